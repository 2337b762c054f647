"""佐证材料: files and links of a note or of an answer. Files are kept by plan.uploads under names of our own."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from assessments import findings
from assessments.models import Evidence, Finding, FindingStep, Note, NoteStep
from assessments.notes import change_note
from audit.services import record_audit
from plan.uploads import RefusedFile, Stored, remove_stored, store_upload

FOLDER = "evidence"
FILES_MAX = 20
# Shown in the browser; everything else is a download.
INLINE = ("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp")


@dataclass(frozen=True)
class Cited:
    """A published statement as a note keeps it: in words that no later change of the statement alters."""

    title: str
    url: str
    document_number: str = ""


@dataclass(frozen=True)
class Added:
    """What a form brings: files just uploaded and at most one link, with the number of their document, and
    published statements cited by one click."""

    uploads: Sequence[Any] = ()
    title: str = ""
    url: str = ""
    document_number: str = ""
    cited: Sequence[Cited] = ()
    is_internal: bool = True


NOTHING = Added()


def file_note(
    note: Note,
    *,
    edition: int,
    by,
    fields: dict[str, Any],
    added: Added = NOTHING,
    remove: Iterable[int] = (),
    public: Iterable[int] | None = None,
) -> Note:
    """Saves what was typed together with its evidence, all or nothing; see notes.change_note for what it raises.

    `remove` names evidence by its ids; what was handed in once stays, because a step speaks of it. `public`, when
    given, names those that everybody will see once the note is published.
    """
    with kept(added.uploads) as stored, transaction.atomic():
        row = change_note(note, edition=edition, by=by, **fields)
        _take_away(row, list(remove), by)
        if public is not None:
            _show(row, set(public), by)
        if row.evidence.count() + len(stored) + bool(added.url) + len(added.cited) > FILES_MAX:
            raise ValidationError({"uploads": _("佐证材料最多 %(number)s 份") % {"number": FILES_MAX}})
        _add(added, stored, by, note=row)
    return row


def answer_finding(finding: Finding, *, edition: int, by, text: str, added: Added = NOTHING) -> FindingStep:
    """The responsible organisation's answer with its evidence, all or nothing."""
    with kept(added.uploads) as stored, transaction.atomic():
        step = findings.respond(finding, edition=edition, by=by, text=text)
        _add(added, stored, by, step=step)
    return step


def is_removable(row: Evidence) -> bool:
    """Until it was handed in for the first time."""
    handed_in = NoteStep.objects.filter(note=row.note_id, action=NoteStep.Action.SUBMITTED, at__gte=row.added_at)
    return row.note_id is not None and not handed_in.exists()


@contextmanager
def kept(uploads: Sequence[Any]) -> Iterator[list[Stored]]:
    """Keeps uploads for the length of a transaction: files of one that fails are removed again."""
    stored: list[Stored] = []
    faults = []
    if len(uploads) > FILES_MAX:
        faults.append(_("佐证材料最多 %(number)s 份") % {"number": FILES_MAX})
    try:
        for upload in [] if faults else uploads:
            try:
                stored.append(store_upload(upload, folder=FOLDER))
            except RefusedFile as error:
                faults.append(str(error))
        if faults:
            raise ValidationError({"uploads": faults})
        yield stored
    except BaseException:
        remove_stored([file.stored_as for file in stored], folder=FOLDER)
        raise


def _add(added: Added, stored: list[Stored], by, **owner: Any) -> None:
    number = added.document_number.strip()
    rows = []
    for file in stored:
        values = asdict(file)
        rows.append(Evidence(title=values.pop("name"), document_number=number, added_by=by, **values, **owner))
    if added.url:
        title = added.title.strip() or added.url[:200]
        rows.append(Evidence(title=title, document_number=number, url=added.url, added_by=by, **owner))
    for row in rows:
        row.is_internal = added.is_internal
    # What was published or approved is everybody's already.
    rows += [Evidence(**asdict(one), added_by=by, is_internal=False, **owner) for one in added.cited]
    for row in rows:
        row.full_clean(exclude=["note", "step", "added_by"])
        row.save()
        _log("evidence.added", row, by)


def _take_away(note: Note, wanted: list[int], by) -> None:
    rows = list(note.evidence.filter(pk__in=wanted)) if wanted else []
    for row in rows:
        if not is_removable(row):
            raise ValidationError({"uploads": _("“%(name)s”已随意见提交过，须留存") % {"name": row.title}})
        _log("evidence.removed", row, by)
        row.delete()
    names = [row.stored_as for row in rows if row.stored_as]
    transaction.on_commit(lambda: remove_stored(names, folder=FOLDER))


def _show(note: Note, public: set[int], by) -> None:
    """Makes evidence public or internal where that changes."""
    for row in note.evidence.all():
        is_internal = row.pk not in public
        if row.is_internal != is_internal:
            row.is_internal = is_internal
            row.save(update_fields=["is_internal"])
            _log("evidence.hidden" if is_internal else "evidence.shown", row, by)


def _log(action: str, row: Evidence, by) -> None:
    note = row.note or row.step.finding.note
    what = {"title": row.title, "document_number": row.document_number, "url": row.url, "sha256": row.sha256}
    record_audit(
        action=action,
        by=by,
        after={name: value for name, value in what.items() if value},
        plan_slug=note.round.plan.slug,
        object_code=note.item.code,
        object_label=f"{note.round.name} {note.item.code} {note.item.title}",
    )
