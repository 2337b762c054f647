"""The one way to write an audit row."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

from audit.models import AuditEvent

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
        fields["object_label"] = str(fields["object_label"])[:300]
    return AuditEvent.objects.create(
        action=action,
        actor=by,
        actor_name=who[:150],
        address=current_address.get(),
        outcome=outcome,
        **fields,
    )


@contextmanager
def log_exchanged() -> Iterator[None]:
    """Lets a restore, which exchanges the whole database, empty the log as well; call it in its transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('plan.exchange', 'on', true)")
    yield
