"""移交: somebody's open work comes into another's hand as one act.

Whoever may hand work over hears what a closed account leaves open.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.permissions import Permission, people_who_may
from assessments.handing import told
from audit.services import record_audit
from home.open_work import KINDS, OpenThing, open_counts
from notices.models import NoticeKind
from notices.phrases import counted_noop, say
from notices.services import notify
from plan.workflow import Overtaken, WrongState, demand_handing, demand_reason
from texts.numbers import whole_number


@dataclass(frozen=True)
class HandedOver:
    """What came into the other's hand, and what could not, each with its reason."""

    done: list[OpenThing]
    refused: list[tuple[OpenThing, str]]


def hand_over(*, person: User, to: User, keys: Collection[str], reason: str, by: User) -> HandedOver:
    """Hands over what is named by its key in one transaction; of what cannot be the rest does not suffer.

    Raises PermissionDenied, ValidationError (the reason, the taker, nothing named) for all of it.
    """
    demand_handing(person, to, by)
    reason = demand_reason(reason, _("移交须写明事由"))
    done: list[OpenThing] = []
    refused: list[tuple[OpenThing, str]] = []
    with transaction.atomic():
        for thing in _named(person, keys):
            try:
                with transaction.atomic():
                    thing.kind.hand(thing.row, to=to, by=by, reason=reason)
                done.append(thing)
            except (ValidationError, PermissionDenied, WrongState, Overtaken) as error:
                refused.append((thing, told(error)))
        if not done and not refused:
            raise ValidationError({"things": _("没有勾选事项，或所选的已移交给他人；请刷新后再选")})
        if done:
            _record(person, to, done, reason, by)
    return HandedOver(done, refused)


def _named(person: User, keys: Collection[str]) -> list[OpenThing]:
    """Those of the keys that are still in the person's hand."""
    found = []
    for kind in KINDS:
        wanted = [key.partition(":")[2] for key in keys if key.partition(":")[0] == kind.key]
        numbers = [number for text in wanted if (number := whole_number(text)) is not None]
        if numbers:
            rows = kind.of(person).filter(pk__in=numbers)
            found += [OpenThing(kind, row, *kind.tell(row)) for row in rows]
    return found


def _record(person: User, to: User, done: list[OpenThing], reason: str, by: User) -> None:
    event = record_audit(
        action="work.handed",
        by=by,
        object_code=person.username[:60],
        object_label=person,
        before={"person": person.get_username()},
        after={
            "person": to.get_username(),
            "things": [f"{one.key} {one.code}".strip() for one in done],
            "reason": reason,
        },
    )
    notify(
        [to],
        kind=NoticeKind.DUE,
        key=f"work:{event.pk}:handed",
        title=say(counted_noop("%(name)s 的 %(count)s 项工作移交给您"), name=str(person), count=len(done)),
        body=reason,
        url=reverse("handover_mine"),
    )


def tell_of_closed(sender, person: User, action: str, by: User | None, **kwargs) -> None:
    """Whoever may hand work over hears what a closed account leaves open."""
    if action != "account.disabled":
        return
    number = sum(count for _word, count in open_counts(person))
    if not number:
        return
    notify(
        people_who_may(Permission.HAND_OVER, None).exclude(pk=person.pk),
        kind=NoticeKind.OVERDUE,
        key=f"account:{person.pk}:open:{person.sessions_round}",
        title=say(
            counted_noop("%(name)s 的账号已停用，还有 %(count)s 项工作待移交"), name=str(person), count=number
        ),
        body=say(gettext_noop("在“移交与代办”中交给他人。")),
        url=reverse("handover_of", args=[person.pk]),
    )
