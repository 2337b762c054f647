"""Registering addresses, writing down what they are to be told, and telling them (docs/decisions/0058)."""

import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.permissions import Permission, people_who_may, require
from accounts.sealing import seal, unseal
from audit.services import record_audit
from jobs.services import enqueue
from notices.models import NoticeKind
from notices.phrases import say
from notices.services import notify
from plan.models import Plan
from texts.addresses import is_address
from webhooks.messages import BadTemplate, body_of, check_template, signature
from webhooks.models import CHOSEN, Attempt, Delivery, Event, Hook
from webhooks.sending import NotAllowed, reached, send

DELIVER = "webhooks.deliver"
MOST = 20
# After each failure so many minutes; then it is given up.
WAITS = (1, 5, 30, 120, 360, 720, 1440)
# So many failures in a row, of whatever messages, and the address is left alone.
PAUSED_AFTER = 20
# A message names so many rows at most, and says how many there were.
NAMED = 50
AT_A_TIME = 100


class Announcement(NamedTuple):
    """What happened: a title, a sentence, where to look, and the rows themselves."""

    plan: Plan
    event: Event
    title: str
    rows: list[dict[str, Any]]
    url: str


def announce(told: Iterable[Announcement]) -> int:
    """Writes down what addresses are to be told, in the transaction of what happened; how many messages."""
    told = list(told)
    if not told:
        return 0
    hooks: dict[int, list[Hook]] = {}
    for hook in Hook.objects.filter(plan__in={one.plan.pk for one in told}, ended_at=None):
        hooks.setdefault(hook.plan_id, []).append(hook)
    rows = [
        _delivery(hook, one)
        for one in told
        for hook in hooks.get(one.plan.pk, ())
        if one.event in hook.events.split()
    ]
    Delivery.objects.bulk_create(rows)
    if rows:
        enqueue(DELIVER)
    return len(rows)


def _delivery(hook: Hook, told: Announcement) -> Delivery:
    now = timezone.now()
    row = Delivery(hook=hook, event=told.event, due_at=now)
    site = settings.SITE_URL.rstrip("/")
    row.body = {
        "id": str(row.key),
        "event": str(told.event),
        "at": timezone.localtime(now).isoformat(timespec="seconds"),
        "plan": told.plan.slug,
        "title": told.title,
        "text": "\n".join(one["text"] for one in told.rows[:10]) + ("\n……" if len(told.rows) > 10 else ""),
        "url": f"{site}{told.url}",
        "count": len(told.rows),
        "rows": told.rows[:NAMED],
    }
    return row


def register_hook(*, plan: Plan, by: Any, **fields: Any) -> tuple[Hook, str]:
    """A new address, and the secret its messages are signed with, which is shown once.

    Fields: name, address, events, template. Raises ValidationError by field, PermissionDenied.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    _demand(fields)
    secret = f"whsec_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        if Hook.objects.select_for_update().filter(plan=plan, ended_at=None).count() >= MOST:
            raise ValidationError({"name": _("每个规划最多 %(n)s 个") % {"n": MOST}})
        chosen = fields.pop("events")
        events = " ".join(event for event in CHOSEN if event in chosen)
        hook = Hook.objects.create(plan=plan, made_by=by, secret=seal(secret), events=events, **fields)
        _log("webhook.registered", hook, by, {"events": events, "form": "template" if hook.template else "own"})
    return hook, secret


def _demand(fields: dict[str, Any]) -> None:
    faults: dict[str, str] = {}
    if not fields["name"].strip():
        faults["name"] = _("请填写名称")
    if not fields["events"] or set(fields["events"]) - set(CHOSEN):
        faults["events"] = _("请至少选一项推送内容")
    if fault := address_fault(fields["address"]):
        faults["address"] = fault
    if fields["template"]:
        try:
            check_template(fields["template"])
        except BadTemplate as error:
            faults["template"] = _("模板应为 JSON 对象，占位符只能用所列几种：%(fault)s") % {"fault": error}
    if faults:
        raise ValidationError(faults)


def address_fault(address: str) -> str:
    """Why nothing is sent to an address; empty where it may be. Each message asks anew: names change hands."""
    if not is_address(address):
        return _("应为 http:// 或 https:// 开头的网址")
    try:
        reached(address, private=settings.WEBHOOKS_PRIVATE)
    except NotAllowed as error:
        told = _("不是公网 https 地址（%(why)s）；内网地址须由运维设置 WEBHOOKS_PRIVATE=1")
        return told % {"why": error}
    except (OSError, UnicodeError, ValueError):
        return _("找不到这个主机：%(host)s") % {"host": urlsplit(address).hostname}
    return ""


def end_hook(hook: Hook, *, by: Any) -> None:
    """Nothing more is sent there; what was stays in the log."""
    require(by, Permission.MANAGE_ACCOUNTS)
    with transaction.atomic():
        if Hook.objects.filter(pk=hook.pk, ended_at=None).update(ended_at=timezone.now()):
            hook.deliveries.filter(state=Delivery.State.WAITING).update(state=Delivery.State.GIVEN_UP)
            _log("webhook.ended", hook, by, None)


def resume_hook(hook: Hook, *, by: Any) -> None:
    """Sends again to an address that was left alone, what waits first."""
    require(by, Permission.MANAGE_ACCOUNTS)
    with transaction.atomic():
        if Hook.objects.filter(pk=hook.pk).exclude(paused_at=None).update(paused_at=None, failures=0):
            hook.deliveries.filter(state=Delivery.State.WAITING).update(due_at=timezone.now())
            _log("webhook.resumed", hook, by, None)
            enqueue(DELIVER)


def send_test(hook: Hook, *, by: Any) -> Delivery:
    """Sends a message that says it is a test; whatever comes of it is in the log."""
    require(by, Permission.MANAGE_ACCOUNTS)
    with transaction.atomic():
        overview = reverse("overview", args=[hook.plan.slug])
        told = Announcement(hook.plan, Event.TEST, f"测试：{hook.name}", [{"text": "这是一条测试消息"}], overview)
        row = _delivery(hook, told)
        row.save()
        _log("webhook.tested", hook, by, None)
        enqueue(DELIVER)
    return row


def deliver_due(*, now: datetime | None = None, report: Any = None) -> dict[str, int]:
    """Sends what is due, oldest first; how many were taken in and how many were not. Safe to run twice at once
    but for what both send: a receiver knows it by its key."""
    counts = {"sent": 0, "failed": 0}
    due = Delivery.objects.filter(
        state=Delivery.State.WAITING, due_at__lte=now or timezone.now(), hook__paused_at=None, hook__ended_at=None
    )
    for row in due.select_related("hook").order_by("due_at", "id")[:AT_A_TIME]:
        if report is not None:
            report(0)
        counts["sent" if _deliver(row) else "failed"] += 1
    return counts


def _deliver(row: Delivery) -> bool:
    # The request stands outside of any transaction: nobody waits for a lock while somebody else's server thinks.
    hook, moment = row.hook, timezone.now()
    if Hook.objects.filter(pk=hook.pk, paused_at=None, ended_at=None).count() == 0:
        return False
    body = body_of(hook.template, row.body)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "plan-tracking-webhook/1",
        "X-Plan-Event": row.event,
        "X-Plan-Delivery": str(row.key),
        "X-Plan-Signature": signature(unseal(hook.secret), body, int(moment.timestamp())),
    }
    answer = send(hook.address, body, headers, private=settings.WEBHOOKS_PRIVATE)
    with transaction.atomic():
        Attempt.objects.create(
            delivery=row, status=answer.status, milliseconds=answer.milliseconds, fault=answer.fault
        )
        row.attempts += 1
        if not answer.fault:
            row.state = Delivery.State.SENT
        elif row.attempts > len(WAITS):
            row.state = Delivery.State.GIVEN_UP
        else:
            row.due_at = timezone.now() + timedelta(minutes=WAITS[row.attempts - 1])
        row.save(update_fields=["state", "attempts", "due_at"])
        _count(hook.pk, is_sent=not answer.fault)
    return not answer.fault


def _count(pk: int, *, is_sent: bool) -> None:
    hook = Hook.objects.select_for_update(of=("self",)).select_related("plan").get(pk=pk)
    hook.failures = 0 if is_sent else hook.failures + 1
    if hook.failures >= PAUSED_AFTER and hook.paused_at is None:
        hook.paused_at = timezone.now()
        _log("webhook.paused", hook, None, {"failures": hook.failures})
        notify(
            people_who_may(Permission.MANAGE_ACCOUNTS, None),
            kind=NoticeKind.JOB,
            key=f"webhook:{hook.pk}:{hook.paused_at:%Y%m%d%H%M%S}",
            title=say(
                gettext_noop("推送“%(name)s”连续失败 %(n)s 次，已暂停"), name=hook.name, n=str(hook.failures)
            ),
            url=reverse("webhooks:hook", args=[hook.pk]),
        )
    hook.save(update_fields=["failures", "paused_at"])


def past_deliveries(limit: datetime) -> QuerySet[Delivery]:
    """Messages older than a moment."""
    return Delivery.objects.filter(made_at__lt=limit)


def _log(action: str, hook: Hook, by: Any, after: dict[str, Any] | None) -> None:
    # Without what stands behind its name: a robot's address holds its key.
    place = urlsplit(hook.address)
    record_audit(
        action=action,
        by=by,
        plan_slug=hook.plan.slug,
        object_code=f"webhook-{hook.pk}",
        object_label=f"{hook.name} {place.scheme}://{place.netloc}",
        after=json.loads(json.dumps(after)) if after else None,
    )
