"""The one way to write an audit row."""

import getpass
import hashlib
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from audit.models import AuditEvent, Repeated
from texts.cleaning import kept_all, kept_text

SYSTEM, STRANGER = "系统", "匿名"
# The visitor's address while a request is answered (audit.middleware); empty in workers and commands.
current_address: ContextVar[str] = ContextVar("current_address", default="")
# By which token a program acts for its holder (accounts.middleware): start and name of it.
current_token: ContextVar[str] = ContextVar("current_token", default="")


def record_audit(
    *, action: str, by=None, outcome: str = AuditEvent.Outcome.OK, name: str = "", **fields: Any
) -> AuditEvent:
    """Writes the audit row; call it inside the transaction of the change it speaks of.

    `by` is the person, None the system itself; `name` is what somebody unknown called himself. Other fields:
    plan_slug, object_code, object_label, before, after (JSON). The address is the request's own, and so is the
    token of a program, which `after` names.
    """
    who = by.get_username() if by else name or SYSTEM
    if "object_label" in fields:
        fields["object_label"] = kept_text(str(fields["object_label"]), lines=False)[:300]
    if token := current_token.get():
        fields["after"] = _with_token(token, fields.get("after"))
    # Clean before the row is sealed: its digest is taken of what is stored.
    for side in ("before", "after"):
        fields[side] = kept_all(fields.get(side))
    # One statement: the database adds the row's link of the chain to it, and both stand or neither (audit.guards).
    return AuditEvent.objects.create(
        action=action,
        actor=by,
        actor_name=kept_text(who, lines=False)[:150],
        address=current_address.get(),
        outcome=outcome,
        **fields,
    )


def _with_token(token: str, after: Any) -> dict[str, Any]:
    return {"token": token} | (after if isinstance(after, dict) else {"after": after} if after else {})


def console_name() -> str:
    """What the log calls whoever types at the console: the user of the operating system."""
    try:
        return f"控制台 {getpass.getuser()}"
    except (KeyError, OSError):  # a container may run under a number without a name
        return "控制台"


def count_stranger(*, action: str, **fields: Any) -> None:
    """Logs what somebody unknown does; doing it again within the hour only counts.

    One row for each address, action, plan, label, format and outcome: the label must not hold what a stranger
    can make up without end. How often it was stands in `Repeated`.
    """
    now = timezone.now()
    key = key_of(AuditEvent(at=now, action=action, address=current_address.get(), **fields))
    again = {"times": F("times") + 1, "last_at": now}
    if Repeated.objects.filter(key=key).update(**again):
        return
    try:
        with transaction.atomic():
            event = record_audit(action=action, name=STRANGER, **fields)
            Repeated.objects.create(key=key_of(event), last_at=now)
    except IntegrityError:  # another process was quicker with the first one
        Repeated.objects.filter(key=key).update(**again)


def key_of(event: AuditEvent) -> str:
    """What makes two acts of strangers the same one; the same for the row as it was stored."""
    # By the clock of the world: an hour of summer time would come twice.
    hour = int(event.at.timestamp()) // 3600
    format = event.after.get("format", "") if isinstance(event.after, dict) else ""
    parts = (event.address, event.action, event.plan_slug, event.object_label[:300], format, str(event.outcome))
    return hashlib.sha256(repr((hour, *parts)).encode()).hexdigest()


def times_of(events: Iterable[AuditEvent]) -> dict[int, tuple[int, datetime]]:
    """By row of the log, how often it was done and when last; rows of people are not counted."""
    keys = {key_of(event): event.pk for event in events if event.actor_id is None and event.address}
    found = Repeated.objects.filter(key__in=keys).values_list("key", "times", "last_at")
    return {keys[key]: (times, last) for key, times, last in found}
