"""The audit log as its administrator reads it: narrowed, newest first, changes told apart from what stayed."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from audit.models import AuditEvent
from audit.wording import ACTIONS
from auditing.labels import name_label, value_label
from plan.days import end_of, start_of
from plan.list_filters import ListFilters, a_day, asks, one_of, words

LONG = 160
VERIFYING = "audit.verify"  # the kind of job


@dataclass(frozen=True)
class AuditFilter(ListFilters):
    """What the page and its file were asked for; empty means everything."""

    person: str = asks(words)
    object: str = asks(words)
    plan: str = asks(words)
    text: str = asks(words)
    action: str = asks(words)
    outcome: str = asks(one_of(*AuditEvent.Outcome.values))
    first: date | None = asks(a_day, name="from", default=None)
    last: date | None = asks(a_day, name="to", default=None)

    def query(self) -> str:
        return urlencode(self.pairs())

    def events(self) -> QuerySet[AuditEvent]:
        rows = AuditEvent.objects.select_related("actor").order_by("-id")
        if self.person:
            rows = rows.filter(Q(actor_name__icontains=self.person) | Q(actor__name__icontains=self.person))
        if self.action:
            rows = rows.filter(Q(action=self.action) | Q(action__startswith=f"{self.action}."))
        if self.object:
            rows = rows.filter(Q(object_code__icontains=self.object) | Q(object_label__icontains=self.object))
        if self.plan:
            rows = rows.filter(Q(plan_slug=self.plan) | Q(object_code=self.plan))
        if self.outcome:
            rows = rows.filter(outcome=self.outcome)
        if self.text:
            words = ("actor_name", "address", "action", "object_code", "object_label")
            anywhere = Q()
            for name in words:
                anywhere |= Q(**{f"{name}__icontains": self.text})
            named = [code for code, label in ACTIONS.items() if self.text in str(label)]
            rows = rows.filter(anywhere | Q(action__in=named))
        if self.first:
            rows = rows.filter(at__gte=start_of(self.first))
        if self.last:
            rows = rows.filter(at__lt=end_of(self.last))
        return rows


def action_label(code: str) -> str:
    return str(ACTIONS.get(code, code))


@dataclass(frozen=True)
class ValueDifference:
    """One value of a row: as it was and as it is; `changed` is False where there was only one."""

    name: str
    old: str
    new: str
    changed: bool


def differences(event: AuditEvent) -> list[ValueDifference]:
    """What an event changed, value by value; of two full states only what differs."""
    before, after = _values(event.before), _values(event.after)
    rows = []
    for name in [*before, *(name for name in after if name not in before)]:
        if name in before and name in after and before[name] == after[name]:
            continue
        if (name in before) != (name in after) and (before.get(name) or after.get(name)) in (None, "", []):
            continue
        rows.append(
            ValueDifference(
                name=name_label(event.action, name),
                old=words_of(event.action, name, before[name]) if name in before else "",
                new=words_of(event.action, name, after[name]) if name in after else "",
                changed=bool(before) and bool(after),
            )
        )
    return rows


def _values(state: Any) -> dict[str, Any]:
    if state is None:
        return {}
    return state if isinstance(state, dict) else {"value": state}


def words_of(action: str, name: str, value: Any) -> str:
    """A stored value for reading: lists in one line, nothing as a dash, codes by what they mean."""
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return _("、").join(value_label(action, name, entry) for entry in value)
    if action == "recompute" and isinstance(value, list) and all(map(_is_turn, value)):
        return _("；").join(_turned(action, *change) for change in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value_label(action, name, value) if isinstance(value, str) else str(value)


def _is_turn(change: Any) -> bool:
    return isinstance(change, list) and len(change) == 3 and all(isinstance(word, str) for word in change)


def _turned(action: str, code: str, old: str, new: str) -> str:
    """A judgement that came out otherwise: the indicator's code, what it was, what it is."""
    was, now = (value_label(action, "status", status) or "—" for status in (old, new))
    return f"{code} {was} → {now}"


def summary(event: AuditEvent) -> str:
    """The differences in one line, for the file."""
    return "；".join(
        f"{row.name}：{row.old} → {row.new}" if row.changed else f"{row.name}：{row.new or row.old}"
        for row in differences(event)
    )
