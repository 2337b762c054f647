"""What became public of a plan between two moments, and by whose hands: what followers are told of.

Rows are asked as they are now, so that a decision taken back meanwhile is no news. Comments are told at once by
those who write them (talk).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop, override

from assessments.models import Note
from evidence.models import PublicEvidence
from indicators.models import Observation, Target, VerdictChange
from judging.ladder import state_from
from notices.phrases import Said, both, say
from plan.badges import INDICATOR_WORDS
from plan.models import Item, Plan
from plan.wording import plain_number
from updates.models import StatusUpdate


@dataclass(frozen=True)
class News:
    """One change of a commitment: what, when, by whose hands, and of which further unit it is."""

    item: Item
    what: Said
    at: datetime
    by: frozenset[int]
    unit: int | None = None


def news_of(plan: Plan, since: datetime, until: datetime) -> list[News]:
    """Everything after `since` up to `until`, in the plan's order; seven queries whatever there is."""
    found = [one for provide in PROVIDERS for one in provide(plan, since, until)]
    return sorted(found, key=lambda one: (one.item.order, one.at))


def _within(name: str, since: datetime, until: datetime) -> Q:
    return Q(**{f"{name}__gt": since, f"{name}__lte": until})


def _hands(*people: int | None) -> frozenset[int]:
    return frozenset(pk for pk in people if pk is not None)


def _figures(plan: Plan, since: datetime, until: datetime) -> Iterator[News]:
    earlier = Observation.objects.filter(
        component=OuterRef("component"), year=OuterRef("year"), approved_at__lt=OuterRef("approved_at")
    )
    rows = _of_plan(Observation, plan).filter(_within("approved_at", since, until), state="approved")
    for row in rows.annotate(is_revised=Exists(earlier)):
        source = gettext_noop("修订数据：%(what)s") if row.is_revised else gettext_noop("新数据：%(what)s")
        hands = _hands(row.entered_by_id, row.approved_by_id)
        yield News(row.component.indicator, say(source, what=_value(row)), row.approved_at, hands)


def _taken_out(plan: Plan, since: datetime, until: datetime) -> Iterator[News]:
    rows = _of_plan(Observation, plan).filter(_within("taken_out_at", since, until))
    for row in rows:
        hands = _hands(row.taken_out_by_id, row.out_asked_by_id)
        what = say(gettext_noop("不再采用数据：%(what)s"), what=_value(row))
        yield News(row.component.indicator, what, row.taken_out_at, hands)


def _of_plan(model: Any, plan: Plan) -> Any:
    rows = model.objects.filter(component__indicator__plan=plan, component__indicator__retired_on=None)
    return rows.select_related("component__indicator__plan")


def _value(row: Observation) -> Said:
    """The year, and the number where it says all: a bound or a rounded one would be said too surely."""
    indicator = row.component.indicator
    if row.precision != Observation.Precision.EXACT:
        return say(gettext_noop("%(year)s 年"), year=row.year)
    unit = both(indicator.unit, indicator.unit_en)
    return say(
        gettext_noop("%(year)s 年 %(value)s %(unit)s"), year=row.year, value=plain_number(row.value), unit=unit
    )


def _verdicts(plan: Plan, since: datetime, until: datetime) -> Iterator[News]:
    rows = _of_plan(VerdictChange, plan).select_related("component__indicator__plan", "before", "after")
    for row in rows.filter(_within("at", since, until), before__isnull=False).order_by("id"):
        was, now = _state(row.before), _state(row.after)
        if was != now:
            what = say(gettext_noop("结论 %(was)s → %(now)s"), was=_word(was), now=_word(now))
            yield News(row.component.indicator, what, row.at, frozenset())


def _state(verdict: Any) -> str:
    known = verdict.linear_status != "no_data"
    return state_from(verdict.final_verdict, verdict.linear_status, is_known=known)


def _word(state: str) -> Said:
    said = {}
    for language in ("zh-hans", "en"):
        with override(language):
            said[language] = str(INDICATOR_WORDS[state])
    return both(said["zh-hans"], said["en"])


def _targets(plan: Plan, since: datetime, until: datetime) -> Iterator[News]:
    rows = _of_plan(Target, plan).filter(_within("decided_at", since, until), state=Target.State.APPROVED)
    for row in rows:
        what = say(gettext_noop("目标调整：%(year)s 年 %(text)s"), year=row.year, text=row.text)
        yield News(row.component.indicator, what, row.decided_at, _hands(row.proposed_by_id, row.decided_by_id))


def _updates(plan: Plan, since: datetime, until: datetime) -> Iterator[News]:
    rows = StatusUpdate.objects.filter(_within("approved_at", since, until), state="approved")
    for row in rows.filter(item__plan=plan, item__retired_on=None).select_related("item__plan"):
        what = say(gettext_noop("进展填报：截至 %(day)s"), day=row.status_on.isoformat())
        hands = _hands(row.entered_by_id, row.approved_by_id)
        yield News(row.item, what, row.approved_at, hands, row.organisation_id)


def _evidence(plan: Plan, since: datetime, until: datetime) -> Iterator[News]:
    rows = PublicEvidence.objects.of(plan).approved().filter(_within("approved_at", since, until))
    for row in rows.select_related("item__plan"):
        what = say(gettext_noop("公开信息：%(fact)s"), fact=row.fact)
        yield News(row.item, what, row.approved_at, _hands(row.entered_by_id, row.approved_by_id))


def _notes(plan: Plan, since: datetime, until: datetime) -> Iterator[News]:
    rows = Note.objects.filter(_within("published_at", since, until), item__plan=plan, item__retired_on=None)
    for row in rows.filter(state=Note.State.PUBLISHED).select_related("item__plan", "round"):
        what = say(gettext_noop("评估意见已发布：%(round)s"), round=row.round.label)
        yield News(row.item, what, row.published_at, _hands(row.author_id, row.reviewer_id))


PROVIDERS: tuple[Callable[[Plan, datetime, datetime], Iterator[News]], ...] = (
    _figures, _taken_out, _verdicts, _targets, _updates, _evidence, _notes,
)  # fmt: skip
