"""Giving commitments out again where somebody has begun to write: what can be given is, the rest says why not."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission, require
from assessments import rounds
from assessments.models import Note, Round
from assessments.notes import NOTES, hand_note
from assessments.rounds import GivenOut
from audit.services import record_audit
from plan.models import Item
from plan.workflow import WrongState, demand_handing, demand_reason, demand_state

# Stored with the note: Chinese whatever the language of the page.
GONE = "原评估人的账号已停用"


def give(*, round: Round, items: Iterable[Item], evaluator, due_on: date | None, by) -> GivenOut:
    """Assigns as `rounds.assign` does; the notes of disabled accounts come into the new evaluator's hand.

    Raises ValidationError and WrongState for what concerns all of them; of one item it is told with that item.
    """
    items = list(items)
    with transaction.atomic():
        left = Note.objects.filter(round=round, item__in=items, author__is_active=False).exclude(author=evaluator)
        handed, refused = 0, []
        for note in left.select_related("item__plan", "round__plan", "author"):
            try:
                hand_note(note, to=evaluator, by=by, reason=GONE)
                handed += 1
            except (ValidationError, PermissionDenied, WrongState) as error:
                refused.append((note.item, told(error)))
        done = {item.pk for item, _why in refused}
        given = rounds.assign(
            round=round,
            items=[one for one in items if one.pk not in done],
            evaluator=evaluator,
            due_on=due_on,
            by=by,
        )
    return GivenOut(max(given.number, handed), [*refused, *given.refused])


def told(error: Exception) -> str:
    """Why one thing could not be done, as one sentence."""
    if isinstance(error, ValidationError):
        return "；".join(error.messages)
    words = str(error)
    # A permission says its code only: people are told what it means.
    return _("接手人没有相应的角色") if words.isascii() else words


def hand_review(note: Note, *, to, by, reason: str) -> None:
    """Puts a review that was begun into another reviewer's hand, who wrote nothing of the note."""
    reason = demand_reason(reason, _("移交须写明事由"))
    with transaction.atomic():
        held = NOTES.locked(note, action=NOTES.HANDED)
        demand_state(held, Note.State.UNDER_REVIEW)
        demand_handing(held.reviewer, to, by, held.round.plan.slug)
        require(to, Permission.REVIEW_NOTES)
        NOTES.is_other([held], to)
        before = {"reviewer": held.reviewer.get_username()}
        held.reviewer = to
        held.save(update_fields=["reviewer", "updated_at"])
        after = {"reviewer": to.get_username(), "reason": reason}
        record_audit(action="note.review_handed", by=by, before=before, after=after, **NOTES.thing(held))
