"""Keeping a brief: what was asked for, who made it and when, with its row of the audit log."""

from datetime import date

from django.db import transaction

from accounts.permissions import Permission, require
from audit.services import record_audit
from dashboard.brief import BriefAsked
from dashboard.models import SavedBrief
from plan.days import learned_by
from plan.models import Plan
from plan.params import today

# So many of the newest stand on the page.
SHOWN = 12


def keep_brief(plan: Plan, asked: BriefAsked, *, by) -> SavedBrief:
    """Keeps a brief as it is known today, unless it says by when; asking twice keeps one."""
    require(by, Permission.OWN_ACCOUNT)
    known_by = learned_by(asked.day) or today()
    with transaction.atomic():
        row, is_new = SavedBrief.objects.get_or_create(
            plan=plan,
            since=asked.since,
            as_of=date.fromisoformat(asked.day.isoformat()),
            known_by=known_by,
            items=asked.items,
            made_by=by,
        )
        if is_new:
            record_audit(
                action="brief.saved",
                by=by,
                plan_slug=plan.slug,
                object_code=asked.day.isoformat(),
                object_label=plan.title,
                after={
                    "since": asked.since.isoformat(),
                    "as_of": asked.day.isoformat(),
                    "known_by": known_by.isoformat(),
                    "items": asked.items,
                },
            )
    return row


def kept_briefs(plan: Plan) -> list[SavedBrief]:
    """The newest kept briefs of a plan with their makers; one query."""
    return list(SavedBrief.objects.filter(plan=plan).select_related("made_by").order_by("-id")[:SHOWN])
