"""Search over published notes: what the pages of items show of them, on the page's day."""

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.models import Note, NoteStep
from assessments.queries import standing_steps
from assessments.wording import LABELS, conclusion_badge
from plan.models import Plan
from plan.searching import Finder, Hit, Place, contains, every, excerpt_of, written
from plan.text import mark

# What people wrote; the rest of a note is chosen from lists.
FIELDS = (*Note.TEXTS, "adjustment_reason", "adjustment_document", "difference_reason")


def find_notes(plan: Plan, words: list[str], day: date) -> list[Hit]:
    """The notes that stood published at the end of a day and hold every word, in their text as of then or in the
    name of what they speak of; one query. What is not published is found by nobody, as on the item's own page."""
    steps = standing_steps(plan, day).filter(every(words, _note_has))
    steps = steps.select_related("note__item__plan", "note__round").order_by(
        "note__item__order", "note__round__cut_off"
    )
    return [_hit(plan, step, words) for step in steps]


def _note_has(word: str) -> Q:
    said = Q(*(contains(f"body__{name}", word) for name in FIELDS), _connector=Q.OR)
    about = contains("note__item__title", word) | contains("note__item__title_en", word)
    return said | about | Q(note__item__code__iexact=word)


def _hit(plan: Plan, step: NoteStep, words: list[str]) -> Hit:
    texts = {name: step.body.get(name) or "" for name in FIELDS}
    name = max(FIELDS, key=lambda field: sum(word.lower() in texts[field].lower() for word in words))
    item, row = step.note.item, step.note.round
    return Hit(
        step,
        mark(item.label, *written(words)),
        reverse("assessments:note", args=[plan.slug, step.note_id]),
        anchor=f"said-{name}",
        code=item.code,
        label=str(LABELS[name]),
        excerpt=mark(excerpt_of(words, [texts[name]]), *written(words)),
        places=(Place(row.label, reverse("assessments:round", args=[plan.slug, row.code])),),
        badge=conclusion_badge(step.body.get("conclusion", "")),
    )


NOTES = Finder("note", _("评估意见"), find_notes)
