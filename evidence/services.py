"""The life of a published statement: draft → submitted → approved (locked), or returned with a reason.

The engine and the rules are those of everything entered (plan.workflow.EntryLife). An approved statement is never
changed: another one that contradicts it is entered beside it.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.permissions import Permission, people_who_may, require
from audit.refusals import WrongState
from evidence.models import EvidenceStep, PublicEvidence
from notices.models import NoticeKind
from notices.phrases import Said, both, counted_noop, listed, say
from notices.services import notify
from plan.models import Item, Plan, Source
from plan.params import today
from plan.services import touch_plan
from plan.wording import plain_number
from plan.workflow import EntryLife
from webhooks.models import Event
from webhooks.services import Announcement, announce

State = PublicEvidence.State
Action = EvidenceStep.Action
EDITABLE = (
    "source",
    "published_on",
    "published_precision",
    "says",
    "fact",
    "phrase",
    "number",
    "unit",
    "took_place_on",
    "took_place_precision",
    "note",
    "contradicts",
)


class EvidenceLife(EntryLife):
    name, steps, link = "evidence", EvidenceStep, "evidence"
    # Who hands in what the files brought vouches for it as its writer would.
    WRITING = (Action.ENTERED, Action.CHANGED, Action.SUBMITTED)
    entering, approving = Permission.ENTER_EVIDENCE, Permission.APPROVE_EVIDENCE
    not_theirs = gettext_lazy("只有录入人可以撤回")
    their_own = gettext_lazy("录入人不能核定自己录入的公开信息：%(code)s")
    was_returned = gettext_lazy("这条公开信息曾被退回，退回记录须保留，不能删除；可以修改后重新提交")

    def rows(self):
        return PublicEvidence.objects.select_related("item__plan", "source", "entered_by")

    def plan(self, row: PublicEvidence) -> Plan:
        return row.item.plan

    def is_entrusted(self, rows: Sequence[PublicEvidence], by) -> None:
        """Any commitment is anybody's who may enter: what was published belongs to no unit."""

    def is_entrant(self, rows: Sequence[PublicEvidence], by) -> None:
        """One that the files brought was entered by nobody: whoever may enter takes it back."""
        require(by, self.entering)
        super().is_entrant([row for row in rows if row.entered_by_id is not None], by)

    def entrant(self, row: PublicEvidence, by) -> list[Any]:
        return [row.entered_by] if row.entered_by else []

    def words(self, row: PublicEvidence) -> dict[str, Any]:
        return {
            "item": row.item.code,
            "says": row.says,
            "fact": row.fact,
            "phrase": row.phrase,
            "number": None if row.number is None else plain_number(row.number),
            "unit": row.unit,
            "took_place_on": row.took_place or None,
            "published_on": row.published or None,
            "publisher": row.source.publisher,
            "title": row.source.title,
            "url": row.source.url,
            "rank": row.source.rank,
            "note": row.note,
            "contradicts": row.contradicts_id,
            "state": row.state,
        }

    def thing(self, row: PublicEvidence) -> dict[str, str]:
        return {"plan_slug": row.item.plan.slug, "object_code": row.item.code, "object_label": row.item.title}

    def names(self, row: PublicEvidence, action: str) -> dict[str, Said]:
        return {"what": _title(row)}

    def address(self, row: PublicEvidence) -> str:
        return reverse("evidence:detail", args=[row.item.plan.slug, row.pk])

    def save(self, row: PublicEvidence, action: str) -> None:
        # From a person's first step on it is no longer the files' to change.
        row.is_from_files = False
        row.save()


EVIDENCE = EvidenceLife()


def enter_evidence(*, by, **fields: Any) -> PublicEvidence:
    """Stores a draft. Fields: item and those of EDITABLE.

    Raises PermissionDenied, and ValidationError (by field) for what the columns or the plan do not take.
    """
    row = PublicEvidence(entered_by=by, state=State.DRAFT, **fields)
    return EVIDENCE.begin(row, Action.ENTERED, by=by, edit=check).row


def change_evidence(evidence: PublicEvidence, *, edition: int, by, **fields: Any) -> PublicEvidence:
    """Changes a draft or returned statement (fields of EDITABLE) as long as nobody changed it since `edition`.

    Raises Overtaken, WrongState, PermissionDenied, ValidationError.
    """

    def edit(row: PublicEvidence) -> None:
        for name in EDITABLE:
            if name in fields:
                setattr(row, name, fields[name])
        check(row)

    return EVIDENCE.step(evidence, Action.CHANGED, edition=edition, by=by, edit=edit).row


def submit_evidence(evidence: PublicEvidence, *, edition: int, by) -> PublicEvidence:
    """Hands a draft or returned statement in for approval and tells those who may approve."""
    return EVIDENCE.submit(evidence, edition=edition, by=by, edit=check_public)


def submit_together(plan: Plan, rows: Sequence[PublicEvidence], *, by) -> None:
    """Hands drafts in together, all or none, with one notice; call it in a transaction that locked them."""
    for row in rows:
        check_public(row)
    EVIDENCE.take_all(rows, Action.SUBMITTED, by=by, submitted_at=timezone.now())
    if len(rows) == 1:
        EVIDENCE.tell(rows[0], Action.SUBMITTED, by)
    elif rows:
        notify(
            people_who_may(Permission.APPROVE_EVIDENCE, plan.slug).exclude(pk=by.pk),
            kind=NoticeKind.SUBMITTED,
            key=f"evidence:{rows[0].pk}-{rows[-1].pk}:submitted:{rows[0].edition}:{len(rows)}",
            title=say(counted_noop("待核定：%(count)s 条公开信息"), count=len(rows)),
            body=listed(row.item.code for row in rows[:30]),
            url=reverse("evidence:index", args=[plan.slug]),
        )


def withdraw_evidence(evidence: PublicEvidence, *, edition: int, by) -> PublicEvidence:
    return EVIDENCE.withdraw(evidence, edition=edition, by=by)


def discard_evidence(evidence: PublicEvidence, *, edition: int, by) -> None:
    """Deletes a draft that was never returned; the audit row keeps what it said.

    Raises WrongState for one of the plan's files, which would come back with the next load.
    """
    if evidence.key:
        raise WrongState(_("这条来自规划文件，不能在此删除；请在 evidence.csv 中改正"))
    EVIDENCE.discard(evidence, edition=edition, by=by)


def return_evidence(evidence: PublicEvidence, *, edition: int, by, reason: str) -> PublicEvidence:
    """Sends a submitted statement back with a reason, which stays for ever."""
    return EVIDENCE.send_back(evidence, edition=edition, by=by, reason=reason)


def approve_many(plan: Plan, wanted: Sequence[tuple[int, int]], *, by) -> list[PublicEvidence]:
    """Approves and locks submitted statements of one plan together, all or none; pages show each from its day.

    `wanted` are ids with the editions read.
    Raises Overtaken, WrongState or PermissionDenied for the first that may not be approved by this person.
    """
    require(by, Permission.APPROVE_EVIDENCE)
    with transaction.atomic():
        rows = EVIDENCE.locked_all(EVIDENCE.rows().filter(item__plan=plan), dict(wanted))
        EVIDENCE.take_all(rows, Action.APPROVED, by=by, approved_at=timezone.now(), approved_by=by)
        for row in rows:
            EVIDENCE.tell(row, Action.APPROVED, by)
        touch_plan(plan)
        announce([_told(plan, rows)])
    return rows


def _told(plan: Plan, rows: Sequence[PublicEvidence]) -> Announcement:
    """What other programs are told of statements that were approved together."""
    listed = [EVIDENCE.words(row) | {"text": f"{row.item.code} {row.item.title}：{row.fact}"} for row in rows]
    title = f"{plan.short}：核定 {len(rows)} 条公开信息"
    return Announcement(plan, Event.EVIDENCE, title, listed, reverse("evidence:index", args=[plan.slug]))


def check(row: PublicEvidence) -> None:
    """Raises ValidationError, by field, for what a statement may not say or the columns do not take."""
    check_rules(row)
    row.full_clean(exclude=["entered_by", "approved_by", "key"], validate_constraints=False)


def check_rules(row: PublicEvidence) -> None:
    """Raises ValidationError, by field, for what a statement may not say."""
    day = today()
    if isinstance(row.published_on, date) and row.published_on > day:
        raise ValidationError({"published_on": _("公布日期晚于今天")})
    if row.took_place_on and row.published_on and row.took_place_on > row.published_on:
        raise ValidationError({"took_place_on": _("发生日期晚于公布日期；计划中的日期写进事实，不作发生日期")})
    if row.says == PublicEvidence.Says.NUMBER:
        if row.number is None or not row.unit:
            raise ValidationError({"number": _("数量进展须写明数量和单位")})
    elif row.number is not None or row.unit:
        raise ValidationError({"number": _("只有数量进展才写数量和单位；其余写进事实")})
    if isinstance(row.number, Decimal) and row.number.is_nan():
        raise ValidationError({"number": _("应为数字")})
    if row.contradicts and (row.contradicts.item_id != row.item_id or row.contradicts_id == row.pk):
        raise ValidationError({"contradicts": _("应为同一条目下的另一条公开信息")})
    if row.item.kind == Item.Kind.INDICATOR:
        raise ValidationError({"item": _("指标的数字请作为数据录入，不作公开信息")})
    if row.item.is_retired:
        raise ValidationError({"item": _("条目 %(code)s 已停用") % {"code": row.item.code}})


def check_public(row: PublicEvidence) -> None:
    check(row)
    demand_published(row)


def demand_published(row: PublicEvidence) -> None:
    """Raises ValidationError, by field, for what nobody can be told since when it was public."""
    if row.published_on is None:
        raise ValidationError({"published_on": _("没有公布日期的不能提交；请查明何时公布")})


def source_of(*, title: str, url: str, rank: str = "", **particulars: Any) -> Source:
    """The source of that title and address, made where there is none yet; one nobody ranked yet gets the rank."""
    source = Source.objects.keep(title, url, rank=rank, **particulars)
    if rank and not source.rank:
        source.rank = rank
        source.save(update_fields=["rank"])
    return source


def _title(row: PublicEvidence) -> Said:
    title = both(row.item.title, row.item.title_en)
    return say(gettext_noop("%(code)s %(title)s：%(fact)s"), code=row.item.code, title=title, fact=row.fact)
