"""The one way to write an audit row."""

import getpass
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from audit.models import AuditEvent
from texts.cleaning import kept_all, kept_text

SYSTEM = "系统"
# The visitor's address while a request is answered (audit.middleware); empty in workers and commands.
current_address: ContextVar[str] = ContextVar("current_address", default="")


def record_audit(
    *, action: str, by=None, outcome: str = AuditEvent.Outcome.OK, name: str = "", **fields: Any
) -> AuditEvent:
    """Writes the audit row; call it inside the transaction of the change it speaks of.

    `by` is the person, None the system itself; `name` is what somebody unknown called himself. Other fields:
    plan_slug, object_code, object_label, before, after (JSON). The address is the request's own.
    """
    who = by.get_username() if by else name or SYSTEM
    if "object_label" in fields:
        fields["object_label"] = kept_text(str(fields["object_label"]), lines=False)[:300]
    # Clean before the row is sealed: its digest is taken of what is stored.
    for side in ("before", "after"):
        fields[side] = kept_all(fields.get(side))
    # The row and its link of the chain, together, where the caller has no transaction of his own.
    with transaction.atomic():
        return AuditEvent.objects.create(
            action=action,
            actor=by,
            actor_name=kept_text(who, lines=False)[:150],
            address=current_address.get(),
            outcome=outcome,
            **fields,
        )


def console_name() -> str:
    """What the log calls whoever types at the console: the user of the operating system."""
    try:
        return f"控制台 {getpass.getuser()}"
    except (KeyError, OSError):  # a container may run under a number without a name
        return "控制台"
