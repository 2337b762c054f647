"""A request that bears a key is done once: the same again is given the same answer, another of its key refused.

The row of the key is written first, in the transaction of what is done: of two at once the second waits for the
first and finds its answer (docs/decisions/0057). What was refused leaves no row: mended, it may use its key again.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import AnsweredOnce, User

HEADER = "Idempotency-Key"
# As a header may carry it, and as the column holds it.
KEY = re.compile(r"[!-~]{1,255}")


class OtherRequest(Exception):
    """The key was used for another request."""


class Answered(NamedTuple):
    """Status and body of an answer, and whether it was given before."""

    status: int
    body: Any
    is_repeated: bool


def digest_of(method: str, address: str, body: bytes) -> str:
    """What makes two requests the same one."""
    return hashlib.sha256(b"\0".join((method.encode(), address.encode(), body))).hexdigest()


@transaction.atomic
def do_once(person: User, key: str, request: str, act: Callable[[], tuple[int, Any]]) -> Answered:
    """Status and body that `act` gives, or gave for the same request; without a key `act` is done each time.

    Raises OtherRequest, and whatever `act` raises: nothing is kept of it then.
    """
    if not key:
        return Answered(*act(), False)
    try:
        with transaction.atomic():
            row = AnsweredOnce.objects.create(person=person, key=key, request=request)
    except IntegrityError:
        row = AnsweredOnce.objects.get(person=person, key=key)
        if row.request != request:
            raise OtherRequest from None
        return Answered(row.status, row.answer, True)
    row.status, row.answer = act()
    row.save(update_fields=["status", "answer"])
    # As it is kept: PostgreSQL puts the keys of JSON in an order of its own.
    row.refresh_from_db(fields=["answer"])
    return Answered(row.status, row.answer, False)


def past_answers(limit: datetime) -> QuerySet[AnsweredOnce]:
    """Keys older than a moment: they mean nothing any more."""
    return AnsweredOnce.objects.filter(at__lt=limit)
