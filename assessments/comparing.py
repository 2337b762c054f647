"""Two rounds beside each other: what each concluded of a commitment, what changed, and why it says so."""

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.models import NoteStep, Round
from assessments.same_words import difference_in
from assessments.wording import computed_badge, conclusion_badge
from plan.badges import Badge
from plan.models import Item

CHANGED, SAME, NEW, GONE = "changed", "same", "new", "gone"
KINDS = (CHANGED, NEW, GONE, SAME)
# Of a text what says why, the nearest first, behind why it differs from what is computed.
WHY = ("causes", "problems", "progress")


@dataclass(frozen=True)
class ComparedNotes:
    """One commitment; `before` or `after` is None where that round published nothing of it."""

    item: Item
    before: NoteStep | None
    after: NoteStep | None

    @property
    def change(self) -> str:
        if self.before is None or self.after is None:
            return NEW if self.before is None else GONE
        same = self.before.body.get("conclusion") == self.after.body.get("conclusion")
        return SAME if same else CHANGED

    @property
    def was(self) -> Badge | None:
        return conclusion_badge(self.before.body.get("conclusion", "")) if self.before else None

    @property
    def now(self) -> Badge | None:
        return conclusion_badge(self.after.body.get("conclusion", "")) if self.after else None

    @property
    def computed_was(self) -> Badge | None:
        return _computed(self.before)

    @property
    def computed_now(self) -> Badge | None:
        return _computed(self.after)

    @property
    def why(self) -> str:
        """In the words of this round's note; nothing of what stayed as it was."""
        if self.after is None or self.change == SAME:
            return ""
        told = [difference_in(self.after.note, self.after.body), *(self.after.body.get(name, "") for name in WHY)]
        return next((text for words in told if (text := words.strip())), "")


def compared(steps: Iterable[NoteStep], before: Round, after: Round) -> list[ComparedNotes]:
    """Published texts of two rounds by commitment, in the plan's order."""
    found: dict[int, dict[int, NoteStep]] = {}
    items: dict[int, Item] = {}
    for step in steps:
        if step.note.round_id in (before.pk, after.pk):
            items[step.note.item_id] = step.note.item
            found.setdefault(step.note.item_id, {})[step.note.round_id] = step
    rows = [ComparedNotes(items[pk], told.get(before.pk), told.get(after.pk)) for pk, told in found.items()]
    return sorted(rows, key=lambda row: row.item.order)


def _computed(step: NoteStep | None) -> Badge | None:
    return computed_badge(step.body["pinned"]) if step and step.body.get("pinned") else None
