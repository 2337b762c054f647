"""What an update says otherwise than the one before: field by field, texts piece by piece. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from plan.rollup import per_cent
from plan.wording import percent
from updates.models import StatusUpdate

# Longer texts are shown whole: matching them piece by piece would take seconds.
MATCHED = 2000


@dataclass(frozen=True)
class DiffPiece:
    text: str
    kind: str = "same"  # same, new or gone


@dataclass(frozen=True)
class FieldDifference:
    """A field that differs; `pieces` for texts, `before` and `after` for everything else."""

    label: str
    before: str
    after: str
    pieces: list[DiffPiece] = field(default_factory=list)


def differences(before: StatusUpdate, after: StatusUpdate) -> list[FieldDifference]:
    """The fields in which two updates of one item differ; none when they say the same."""
    found = [
        FieldDifference(_("进展截至"), before.status_on.isoformat(), after.status_on.isoformat()),
        FieldDifference(_("状态"), before.get_status_display(), after.get_status_display()),
        FieldDifference(_("完成份额"), _share(before), _share(after)),
        FieldDifference(_("里程碑"), _milestones(before), _milestones(after)),
    ]
    for name in after.TEXTS:
        old, new = getattr(before, name), getattr(after, name)
        found.append(FieldDifference(after.heading(name), old, new, list(pieces(old, new))))
    return [row for row in found if row.before != row.after]


def pieces(before: str, after: str) -> Iterable[DiffPiece]:
    """Two texts as one: what stayed, what is new, what is gone."""
    if max(len(before), len(after)) > MATCHED:
        return [piece for piece in (DiffPiece(before, "gone"), DiffPiece(after, "new")) if piece.text]
    found = []
    for step, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if step == "equal":
            found.append(DiffPiece(before[a:b]))
            continue
        found += [piece for piece in (DiffPiece(before[a:b], "gone"), DiffPiece(after[c:d], "new")) if piece.text]
    return found


def _share(update: StatusUpdate) -> str:
    return "—" if update.progress is None else percent(f"{per_cent(update.progress / 100)}")


def _milestones(update: StatusUpdate) -> str:
    rows = [
        f"{one.title} {one.planned_on.isoformat()}" + (f" → {one.actual_on.isoformat()}" if one.actual_on else "")
        for one in update.milestones.all()
    ]
    return "；".join(rows) or "—"
