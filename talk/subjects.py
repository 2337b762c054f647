"""What can be talked about: what it is called, where it is, who may see it, who wrote it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from accounts.permissions import Permission, may
from assessments.models import ReportChapter, Round
from desk.queries import sees_all
from indicators.models import Observation
from notices.phrases import Said, both, say
from plan.models import Item, Plan
from plan.params import today
from plan.queries import entrusted
from talk.models import Thread
from updates import queries as updates
from updates.models import StatusUpdate

OPEN_FIGURES = (Observation.State.SUBMITTED, Observation.State.APPROVED, Observation.State.REJECTED)
OPEN_UPDATES = (StatusUpdate.State.SUBMITTED, StatusUpdate.State.APPROVED)


class Sight:
    """What one person may see of a plan; asks once, and only where something is not public yet."""

    def __init__(self, plan: Plan, person: Any):
        self.plan, self.person = plan, person

    @property
    def is_of_house(self) -> bool:
        """Whether the person talks here at all: signed in, and his roles hold in this plan."""
        return self.person.is_authenticated and self.person.is_active and self.person.works_in(self.plan.slug)

    @cached_property
    def own(self) -> set[int]:
        return set(entrusted(self.plan, self.person).values_list("pk", flat=True))

    def of(self, subject: "TalkSubject", row: Any) -> bool:
        return self.is_of_house and (subject.is_public(row) or subject.sees(row, self))


@dataclass(frozen=True)
class TalkSubject:
    """One kind of thing; `key` names it in addresses and is the column of `Thread` that holds it.

    `is_public`: whether everybody may see a row; `sees`: whether a person may see it all the same; `closed`: why
    nothing more can be said of it, empty where it can.
    """

    key: str
    word: Any
    rows: Callable[[Plan], QuerySet]
    item: Callable[[Any], Item | None]
    label: Callable[[Any], Said]
    address: Callable[[Any, str], str]
    writer: Callable[[Any], Any]
    is_public: Callable[[Any], bool]
    sees: Callable[[Any, Sight], bool]
    closed: Callable[[Any], str]


def _items(plan: Plan) -> QuerySet:
    return plan.every_item.select_related("plan", "parent__parent__parent")


def _figures(plan: Plan) -> QuerySet:
    rows = Observation.objects.filter(component__indicator__plan=plan)
    return rows.select_related("component__indicator__plan", "component__indicator__parent", "entered_by")


def _updates(plan: Plan) -> QuerySet:
    rows = StatusUpdate.objects.filter(item__plan=plan)
    return rows.select_related("item__plan", "item__parent__parent__parent", "entered_by")


def _chapters(plan: Plan) -> QuerySet:
    return ReportChapter.objects.filter(round__plan=plan).select_related("round__plan", "author")


def _rounds(plan: Plan) -> QuerySet:
    return Round.objects.filter(plan=plan).select_related("plan")


def _item_label(row: Item) -> Said:
    return say(gettext_noop("%(code)s %(name)s"), code=row.code, name=both(row.title, row.title_en))


def _figure_label(row: Observation) -> Said:
    part = row.component
    name = both(part.name, part.name_en)
    return say(gettext_noop("%(code)s %(name)s %(year)s 年数据"), code=part.code, name=name, year=row.year)


def _update_label(row: StatusUpdate) -> Said:
    name = both(row.item.title, row.item.title_en)
    told = {"code": row.item.code, "title": name, "day": row.status_on.isoformat()}
    return say(gettext_noop("%(code)s %(title)s 截至 %(day)s 的进展"), **told)


def _round_label(row: Round) -> Said:
    return say(gettext_noop("%(round)s评估报告"), round=both(row.name, row.name_en))


def _chapter_label(row: ReportChapter) -> Said:
    return say(gettext_noop("%(report)s %(title)s"), report=_round_label(row.round), title=row.title)


def _sees_figure(row: Observation, sight: Sight) -> bool:
    return sees_all(sight.person) or row.component.indicator_id in sight.own


def _sees_update(row: StatusUpdate, sight: Sight) -> bool:
    return updates.may_see(row, sight.person, today())


def _sees_rounds(row: Any, sight: Sight) -> bool:
    return may(sight.person, Permission.SEE_ROUNDS)


def _retired(row: Item) -> str:
    return _("本条目已停用，不能再发言") if row.is_retired else ""


def _closed_figure(row: Observation) -> str:
    return _item_or_draft(row.component.indicator, is_draft=row.state not in OPEN_FIGURES)


def _closed_update(row: StatusUpdate) -> str:
    return _item_or_draft(row.item, is_draft=row.state not in OPEN_UPDATES)


def _item_or_draft(item: Item, *, is_draft: bool) -> str:
    return _("这一条还没有提交，或已撤回、退回；提交后才能发言") if is_draft else _retired(item)


SUBJECTS: dict[str, TalkSubject] = {
    one.key: one
    for one in (
        TalkSubject(
            "item", gettext_lazy("条目"), _items, lambda row: row, _item_label,
            lambda row, slug: row.path(slug), lambda row: None,
            lambda row: True, lambda row, sight: True, _retired,
        ),
        TalkSubject(
            "figure", gettext_lazy("数据"), _figures, lambda row: row.component.indicator, _figure_label,
            lambda row, slug: reverse("desk:figure", args=[slug, row.pk]), lambda row: row.entered_by,
            lambda row: row.state in (Observation.State.APPROVED, Observation.State.REJECTED),
            _sees_figure, _closed_figure,
        ),
        TalkSubject(
            "update", gettext_lazy("进展填报"), _updates, lambda row: row.item, _update_label,
            lambda row, slug: reverse("updates:detail", args=[slug, row.pk]), lambda row: row.entered_by,
            lambda row: row.was_known(today()), _sees_update, _closed_update,
        ),
        TalkSubject(
            "chapter", gettext_lazy("报告章节"), _chapters, lambda row: None, _chapter_label,
            lambda row, slug: row.get_absolute_url(), lambda row: row.author,
            lambda row: False, _sees_rounds, lambda row: "",
        ),
        TalkSubject(
            "round", pgettext_lazy("talk", "评估报告"), _rounds, lambda row: None, _round_label,
            lambda row, slug: reverse("assessments:report", args=[slug, row.code]), lambda row: None,
            lambda row: row.state == Round.State.PUBLISHED and row.published_on <= today(),
            _sees_rounds, lambda row: "",
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class About:
    """One thing that is talked about, with what its kind knows of it."""

    subject: TalkSubject
    row: Any
    plan: Plan

    @property
    def key(self) -> str:
        return self.subject.key

    @property
    def item(self) -> Item | None:
        return self.subject.item(self.row)

    @property
    def label(self) -> Said:
        return self.subject.label(self.row)

    @property
    def address(self) -> str:
        return self.subject.address(self.row, self.plan.slug)

    @property
    def is_public(self) -> bool:
        return self.subject.is_public(self.row)

    @property
    def closed(self) -> str:
        return self.subject.closed(self.row)

    @property
    def writer(self) -> Any:
        return self.subject.writer(self.row)

    def seen_by(self, sight: Sight) -> bool:
        return sight.of(self.subject, self.row)


def about_of(thread: Thread) -> About:
    """What a thread is about."""
    key = next(name for name in SUBJECTS if getattr(thread, f"{name}_id") is not None)
    return About(SUBJECTS[key], getattr(thread, key), thread.plan)


def about(plan: Plan, key: str, pk: int) -> About | None:
    """The thing of a kind and number, in a plan; None where there is none."""
    row = SUBJECTS[key].rows(plan).filter(pk=pk).first() if key in SUBJECTS else None
    return About(SUBJECTS[key], row, plan) if row is not None else None
