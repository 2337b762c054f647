"""Who has the form of a note open: people at the same note are told of each other."""

from datetime import timedelta

from django.utils import timezone

from assessments.models import Note, NoteEditor

# A form reports itself more often than this (static/js/assessments.js).
SECONDS = 60


def seen(note: Note, person) -> list[str]:
    """Leaves a person's sign of life and names whoever else gave one within the last minute."""
    now = timezone.now()
    NoteEditor.objects.update_or_create(note=note, person=person, defaults={"seen_at": now})
    return others(note, person)


def others(note: Note, person) -> list[str]:
    since = timezone.now() - timedelta(seconds=SECONDS)
    rows = NoteEditor.objects.filter(note=note, seen_at__gt=since).exclude(person=person)
    return [str(row.person) for row in rows.select_related("person").order_by("person__username")]


def left(note: Note, person) -> None:
    """Whoever has handed the note in no longer edits it."""
    NoteEditor.objects.filter(note=note, person=person).delete()
