"""What whoever comes to read should look at next, as known on a day: indicators, tasks, follow-up actions."""

from collections import Counter
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.models import Finding
from assessments.queries import as_it_stood, findings_on
from dashboard.queries import LAGGING, LAGGING_AFTER, watched
from home.to_do import LATE, ROOM, SOON, WAITING, Count, ToDo, ToDoGroup, by_urgency, due_day_words, due_words
from indicators.queries import ComponentStanding, Overview, Standing, overview
from indicators.reader_units import for_reader
from indicators.shown.states import standpoint, state_badge
from indicators.shown.wording import goal_text, number
from judging.ladder import IndicatorState
from plan.after_period import STATE_WORDS, state_on
from plan.badges import INDICATOR_WORDS, item_badge
from plan.models import Item, Plan
from plan.params import as_of_query
from plan.params import today as current_day
from plan.queries import DayStatus, show_day, statuses_on
from plan.wording import measured
from updates.due import BACKLOG, OVERDUE, Reporting, number_due


def reading_groups(
    plan: Plan, user, *, day: date, room: int = ROOM, reporting: Reporting | None = None
) -> list[ToDoGroup]:
    """Indicators that lag or lack figures, tasks that lag, follow-up actions without an answer; `room` rows."""
    reporting = reporting or Reporting(plan)
    found = (indicators(plan, day), tasks(plan, user, day, reporting), findings(plan, day))
    return by_urgency((group for group in found if group is not None), room)


def indicators(plan: Plan, day: date) -> ToDoGroup:
    """The indicators that were missed, lag or have no figures, the worst first."""
    found = for_reader(overview(plan, day))
    rows = watched(found.standings)
    home, query = reverse("indicators:index", args=[plan.slug]), as_of_query(day)
    states = Counter(standpoint(row).state for row in rows)
    counts = [
        Count(
            str(INDICATOR_WORDS[state]),
            number,
            f"{home}?state={state}{query.replace('?', '&')}",
            late=state != IndicatorState.NO_DATA,
        )
        for state, number in states.items()
    ]
    lines = [_indicator_line(found, row, query) for row in rows[:ROOM]]
    return ToDoGroup("watch", _("需要关注的指标"), home + query, counts, lines, _("没有滞后或缺数据的指标。"))


def _indicator_line(found: Overview, standing: Standing, query: str) -> ToDo:
    indicator, badge = standing.indicator, state_badge(standing)
    return ToDo(
        indicator.path(found.plan.slug) + query,
        indicator.code,
        indicator.label,
        pgettext("next step", "查看"),
        badge.look,
        badge.sign,
        badge.text,
        aside=_figures(worst_part(standing)),
    )


def worst_part(standing: Standing) -> ComponentStanding:
    """The part that gave the indicator its word; the first where none did alone."""
    whole = standpoint(standing).state
    alike = (part for part in standing.components if standpoint(part).state == whole)
    return next(alike, standing.first)


def _figures(part: ComponentStanding) -> str:
    """Where it stands and where it should be."""
    indicator = part.component.indicator
    said = {"year": part.target.year, "value": goal_text(part.target, indicator)}
    goal = _("%(year)s 年目标 %(value)s") % said
    if part.latest is None:
        return goal
    said = {"year": part.latest.year, "value": measured(number(part.latest.value), indicator.unit_label)}
    return _("，").join((_("%(year)s 年 %(value)s") % said, goal))


def tasks(plan: Plan, user, day: date, reporting: Reporting) -> ToDoGroup:
    """Tasks that lag or have not begun, after the period those not finished or not known to be.

    Counted is what the list behind a count holds; of one state those of the person's own organisation come first.
    """
    home, query = reverse("plan:items", args=[plan.slug]), as_of_query(day)
    leads, states = reporting.leads, _states(plan, day)
    counts, found = [], []
    for late, state in zip((True, False), LAGGING if day <= plan.ends_on else LAGGING_AFTER, strict=True):
        of_state = [row.pk for row in states if row.state == state]
        address = f"{home}?status={state}{query.replace('?', '&')}"
        counts.append(Count(str(STATE_WORDS[state]), len(of_state), address, late=late))
        found += sorted(of_state, key=lambda pk: not _is_own(leads[pk], user))
    rows = plan.items.in_bulk(found[:ROOM])
    shown = [rows[pk] for pk in found[:ROOM]]
    show_day(plan, shown, day)
    lines = [_task_line(plan, row, leads[row.pk], day) for row in shown]
    reported = [row for row in states if row.kind in plan.kinds.due]
    if day == current_day():
        # No page lists the reports that are overdue to a reader: only their writers have a list of their own.
        due, number = number_due(reporting, [row.pk for row in reported], today=day)
        for word, state in ((_("逾期未填报"), OVERDUE), (_("待补录"), BACKLOG)):
            counts.append(Count(word, number if state == due else 0, "", is_listed=False))
    is_told = any(row.state != Item.Status.NOT_REPORTED for row in reported)
    calm = _("没有滞后的任务。") if is_told else _("还没有任务填报过进展，说不出是否滞后。")
    return ToDoGroup("tasks", _("滞后的任务"), home + query, counts, lines, calm)


class _Stood(NamedTuple):
    """What pages call the state that a commitment had on a day."""

    pk: int
    kind: str
    state: str


def _states(plan: Plan, day: date) -> list[_Stood]:
    """Of every commitment but indicators, in the plan's order: what `plan.queries.in_state` finds, for all states
    at once; one query for today."""
    known = statuses_on(plan, day) if day < current_day() else {}
    rows = plan.items.exclude(kind=Item.Kind.INDICATOR).in_plan_order()
    found = []
    for pk, kind, code, status, status_as_of in rows.values_list("pk", "kind", "code", "status", "status_as_of"):
        then = known.get(code) or DayStatus(status, None, status_as_of)
        found.append(_Stood(pk, kind, state_on(then.status, then.status_as_of, plan.ends_on, day)))
    return found


def _is_own(lead, user) -> bool:
    return lead is not None and lead.pk == user.organisation_id


def _task_line(plan: Plan, item: Item, lead, day: date) -> ToDo:
    badge = item_badge(state_on(item.status, item.status_as_of, plan.ends_on, day))
    aside = ""
    if item.status_as_of:
        aside = _("截至 %(day)s") % {"day": date_format(item.status_as_of, "DATE_FORMAT")}
    return ToDo(
        item.path(plan.slug) + as_of_query(day),
        item.code,
        item.label,
        pgettext("next step", "查看"),
        badge.look,
        badge.sign,
        badge.word,
        aside=aside,
        said=str(lead or ""),
    )


def findings(plan: Plan, day: date) -> ToDoGroup | None:
    """Follow-up actions as they stood on a day, overdue ones first; None where none was ever asked."""
    rows = [as_it_stood(row) for row in findings_on(plan, day)]
    if not rows:
        return None
    unanswered = [row for row in rows if row.state in Finding.UNANSWERED]
    unanswered.sort(key=lambda row: (row.due_on, row.pk))
    late = [row for row in unanswered if row.is_late_on(day)]
    rest = unanswered[len(late) :]
    answered = [row for row in rows if row.state == Finding.State.RESPONDED]
    home, query = reverse("assessments:findings", args=[plan.slug]), as_of_query(day)
    more = query.replace("?", "&")
    counts = [
        Count(_("整改逾期"), len(late), f"{home}?state=overdue{more}", late=True),
        Count(_("待反馈"), len(rest), f"{home}?state=due{more}"),
        Count(_("待采纳"), len(answered), f"{home}?state=responded{more}"),
    ]
    looks = [(row, LATE) for row in late] + [(row, SOON) for row in rest] + [(row, WAITING) for row in answered]
    lines = [
        ToDo(
            reverse("assessments:finding", args=[plan.slug, row.pk]) + query,
            row.note.item.code,
            row.title,
            pgettext("next step", "查看"),
            word=str(row.get_state_display()),
            # What is answered is nobody's delay.
            aside=due_words(row.due_on, day) if row.state in Finding.UNANSWERED else due_day_words(row.due_on),
            said=str(row.organisation),
            is_stored=True,
            **look,
        )
        for row, look in looks[:ROOM]
    ]
    return ToDoGroup("findings", _("评估提出的整改"), home + query, counts, lines, _("没有等待反馈的整改事项。"))
