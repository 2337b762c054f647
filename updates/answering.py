"""Answering a reminder by the link in its mail, without signing in: 无变化, or 已完成 on a day.

The link is its reader's own, signed, good for ANSWER_LINK_DAYS and for one answer, of any number of commitments.
Opening it does nothing, because programs that look through mail open what they find; only what is sent from its
page counts. What is answered is a report like any other: the person's right is asked for then, and somebody else
approves it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.services import record_audit
from notices.models import NoticeKind
from notices.phrases import both, day_of, say
from notices.services import notify
from plan.models import Item, Plan
from plan.params import today
from plan.workflow import Overtaken, WrongState
from updates.models import AnswerLink, StatusUpdate
from updates.services import TableRow, file_table
from updates.worklist import UpdateWorkRow, work_rows

SAME, DONE = "same", "done"
ASKING = ("overdue", "due_soon", "backlog")
SIGNER = TimestampSigner(salt="updates.answer")


class DeadLink(Exception):
    """A link that answers nothing any more; the message says why."""


@dataclass(frozen=True)
class MailAnswer:
    """What is said of one commitment: SAME, or DONE with its day."""

    kind: str
    day: date | None = None


def send_link(plan: Plan, person: Any) -> AnswerLink | None:
    """Puts a link into a person's notices, unless one of this plan is still good or links are switched off."""
    days = settings.ANSWER_LINK_DAYS
    now = timezone.now()
    if not days or AnswerLink.objects.filter(plan=plan, person=person, expires_at__gt=now).exists():
        return None
    link = AnswerLink.objects.create(
        plan=plan, person=person, nonce=secrets.token_hex(16), expires_at=now + timedelta(days=days)
    )
    notify(
        [person],
        kind=NoticeKind.DUE,
        key=f"update:answer:{link.pk}",
        title=say(
            gettext_noop("%(plan)s：没有变化或已完成的，可直接答复（%(day)s 前有效，用一次）"),
            plan=both(plan.short or plan.title, plan.short_en),
            day=day_of(timezone.localdate(link.expires_at)),
        ),
        url=address_of(link),
    )
    return link


def address_of(link: AnswerLink) -> str:
    return reverse("updates:answer", args=[link.plan.slug, SIGNER.sign(link.nonce)])


def open_link(plan: Plan, token: str) -> AnswerLink:
    """The link a token means. Raises DeadLink for what is forged, over, used, or whose person may no longer."""
    try:
        nonce = SIGNER.unsign(token, max_age=timedelta(days=settings.ANSWER_LINK_DAYS))
    except BadSignature as error:
        raise DeadLink(_("这个链接无效或已过期，请登录后填报")) from error
    link = AnswerLink.objects.select_related("person__organisation", "plan").filter(plan=plan, nonce=nonce).first()
    return _demand_good(link)


def _demand_good(link: AnswerLink | None) -> AnswerLink:
    if link is None or link.expires_at <= timezone.now() or not link.person.is_active:
        raise DeadLink(_("这个链接无效或已过期，请登录后填报"))
    if link.used_at is not None:
        raise DeadLink(_("这个链接已用过，每个链接只能答复一次；其余的请登录后填报"))
    return link


def asked_by(link: AnswerLink) -> list[UpdateWorkRow]:
    """What can be answered: what is due and nobody has begun."""
    rows = work_rows(link.plan, link.person, today=today())
    return [row for row in rows if row.state in ASKING and row.current is None]


def answer(link: AnswerLink, answers: Mapping[int, MailAnswer]) -> list[StatusUpdate]:
    """Hands in a report for each commitment answered, all or none, and uses the link up.

    Raises DeadLink, ValidationError (nothing answered, or what one of them lacks, by field: answer-12, day-12);
    nothing is stored then.
    """
    with transaction.atomic():
        held = _demand_good(
            AnswerLink.objects.select_for_update(of=("self",))
            .select_related("person__organisation", "plan")
            .get(pk=link.pk)
        )
        asked = asked_by(held)
        rows = [row for row in asked if row.item.pk in answers]
        if gone := set(answers) - {row.item.pk for row in rows}:
            codes = held.plan.items.filter(pk__in=gone).values_list("code", flat=True)
            told = _("%(code)s：已有人填报，不用再答复；请改选“暂不答复”后提交其余各项")
            raise ValidationError([told % {"code": code} for code in codes] or [_("没有选择任何答复")])
        if not rows:
            words = _("没有选择任何答复")
            raise ValidationError({f"answer-{asked[0].item.pk}": words} if asked else words)
        lines = [TableRow(row.item, None, 0, _fields(row, answers[row.item.pk])) for row in rows]
        done, faults = file_table(held.plan, lines, by=held.person, is_submitted=True)
        if faults:
            items = {row.item.pk: row.item for row in rows}
            raise ValidationError({f"answer-{pk}": _told(items[pk], error) for pk, error in faults.items()})
        held.used_at = timezone.now()
        held.save(update_fields=["used_at"])
        record_audit(
            action="update.answered_by_link",
            by=held.person,
            plan_slug=held.plan.slug,
            object_label=held.person,
            after={"link": held.pk, "items": [row.item.code for row in done]},
        )
    return done


def _told(item: Item, error: Exception) -> str:
    known = isinstance(error, Overtaken | PermissionDenied | WrongState)
    words = str(error) if known else "；".join(getattr(error, "messages", [str(error)]))
    return f"{item.code}：{words}"


def _fields(row: UpdateWorkRow, said: MailAnswer) -> dict[str, Any]:
    """What the report says; stored as it is read, so in Chinese."""
    if said.kind == DONE:
        if said.day is None or said.day > today() or said.day < row.item.plan.starts_on:
            words = _("%(code)s：请填完成日期，不晚于今天") % {"code": row.item.code}
            raise ValidationError({f"day-{row.item.pk}": words})
        done = f"已于{said.day:%Y-%m-%d}完成（邮件答复）。"
        return {"status_on": today(), "status": Item.Status.DONE, "progress": None, "done": done, "problems": ""}
    if row.last is None:
        words = _("%(code)s：从未填报，不能答复“无变化”") % {"code": row.item.code}
        raise ValidationError({f"answer-{row.item.pk}": words})
    last = row.last
    return {
        "status_on": today(),
        "status": last.status,
        "progress": last.progress,
        "done": f"较上次填报（截至{last.status_on:%Y-%m-%d}）无变化（邮件答复）。",
        "problems": last.problems,
        "next_steps": last.next_steps,
    }
