"""What became known of a plan's indicators between two days, and what it did to their verdicts.

Pure on an overview of the later day: it holds every release, target version and rule known by then, so an earlier
day is read from it without another query, and a component is judged anew only on the days something happened.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any

from django.utils.translation import gettext as _

from indicators.models import Component, Observation, Target
from indicators.queries import (
    ComponentStanding,
    JudgingRule,
    Overview,
    Standing,
    part_on,
    standing_on,
)
from indicators.reader_units import indicator_for_reader, row_for_reader, target_for_reader
from indicators.shown.states import state_badge
from indicators.shown.wording import (
    bound_words,
    cagr_badge,
    final_badge,
    goal_text,
    linear_badge,
    number,
)
from plan.changes import Cause, Change, Clock, Method, ReadingChange, seen_from, shown_moves
from plan.wording import measured


def changes(found: Overview, since: date, code: str = "", clock: str = "") -> list[Change]:
    """Everything known after `since` up to the overview's day, oldest first; of one indicator when named.

    By the clock of our own knowledge a figure is dated by the day it was approved here, whenever it was public.

    A change of rule stands once for the plan and at each component whose verdict it moved; of one indicator it
    always stands at its components.
    """
    told: list[Change] = []
    for standing in found.standings:
        if code in ("", standing.indicator.code):
            for part in standing.components:
                told += _of_part(found, standing, part, since, every_rule=bool(code), clock=clock)
    if not code:
        told += [_of_plan(old, new) for old, new in rule_changes(found, since)]
    return sorted(told, key=lambda change: change.day)


@dataclass(frozen=True)
class Moved:
    """A day on which the verdicts of a component changed, with what did it; nothing did where it begins."""

    day: date
    part: str
    label: str
    steps: tuple[ReadingChange, ...]
    causes: tuple[Change, ...]

    @property
    def moves(self) -> list[ReadingChange]:
        return shown_moves(self.steps)


def verdict_history(found: Overview, standing: Standing) -> list[Moved]:
    """Every change of an indicator's verdicts, newest first, from where they stood when the plan came out."""
    start = found.plan.published_on
    if found.as_of < start:
        return []
    told = []
    for part in standing.components:
        label = name_of(part, compound=standing.is_compound)
        first = part_on(found, part, start)
        opened = tuple(ReadingChange(step.method, None, step.after) for step in steps(first, first))
        told.append(Moved(start, part.component.code, label, opened, ()))
        walked = _of_part(found, standing, part, start, every_rule=True)
        for day, rows in groupby(walked, key=lambda change: change.day):
            causes = tuple(rows)
            if any(step.moved for step in causes[0].steps):
                told.append(Moved(day, part.component.code, label, causes[0].steps, causes))
    return sorted(told, key=lambda moved: moved.day, reverse=True)


def day_before_latest(found: Overview, number: int, clock: str = "") -> date:
    """The day before the `number`-th latest figure became known: what came after it holds at least as many; the
    beginning of time where there are not so many, so that nothing else is left out for want of figures."""
    days = sorted(figure_day(row, clock) for s in found.standings for part in s.components for row in part.judged)
    return days[-number] - timedelta(days=1) if len(days) >= number else date.min


def movement(found: Overview, standing: Standing, since: date) -> tuple[ReadingChange, ...]:
    """An indicator's verdicts as a whole, on a day and on the overview's."""
    before = standing_on(found, standing, since)
    return (
        ReadingChange(Method.STATE, state_badge(before), state_badge(standing)),
        ReadingChange(Method.LINEAR, linear_badge(before), linear_badge(standing)),
        ReadingChange(Method.CAGR, cagr_badge(before.whole.cagr_status), cagr_badge(standing.whole.cagr_status)),
        ReadingChange(
            Method.FINAL, final_badge(before.whole.final_verdict), final_badge(standing.whole.final_verdict)
        ),
    )


def compare(before: ComponentStanding, after: ComponentStanding, day: date, *, every_rule=True) -> list[Change]:
    """What differs between two readings of one component: figures by year, target, rule; dated `day`.

    A figure for a year without one is new; another value or nature (preliminary, final) for a known year is a
    revision; a second source of the same figure is nothing.
    """
    judged = steps(before, after)
    told = _figures(before, after, day, judged)
    if before.target.pk != after.target.pk:
        told.append(_target(before, after, day, judged))
    if _differ(before.rule, after.rule) and (every_rule or any(step.moved for step in judged)):
        told.append(_rule(before.rule, after.rule, day, after, judged))
    return told


def steps(before: ComponentStanding, after: ComponentStanding) -> tuple[ReadingChange, ...]:
    """The word that pages have, and the verdicts it comes from, before and after."""
    was, now = before.assessment, after.assessment
    return (
        ReadingChange(Method.STATE, state_badge(before), state_badge(after)),
        ReadingChange(Method.LINEAR, linear_badge(before), linear_badge(after)),
        ReadingChange(
            Method.CAGR,
            cagr_badge(was.cagr.status, was.cagr.reason),
            cagr_badge(now.cagr.status, now.cagr.reason),
        ),
        ReadingChange(Method.FINAL, final_badge(was.final_verdict), final_badge(now.final_verdict)),
    )


def rule_changes(found: Overview, since: date) -> list[tuple[JudgingRule, JudgingRule]]:
    """(old, new) of every change of rule after `since`; the first rule of a plan is none."""
    return [
        (old, new)
        for old, new in pairwise(found.rules)
        if new.since is not None and since < new.since <= found.as_of and _differ(old, new)
    ]


def rule_words(rule: JudgingRule) -> str:
    """A rule as people compare it: 界线 105/95/60 (规则 2026.1)."""
    cut_offs = "/".join(rule.percentages.values())
    return _("界线 %(cut_offs)s (规则 %(version)s)") % {"cut_offs": cut_offs, "version": rule.version}


def name_of(part: ComponentStanding, *, compound: bool) -> str:
    """The indicator's short name, with the component's own where there are several."""
    short = part.component.indicator.short_label
    return f"{short} · {part.component.label}" if compound else short


def figure_words(row: Observation, component: Component) -> str:
    """A figure with its unit, and its nature unless it is final: 24,700 家 (初步)."""
    row = row_for_reader(row, component)
    unit = indicator_for_reader(component.indicator).unit_label
    nature = "" if row.value_status == Observation.ValueStatus.FINAL else f" ({row.get_value_status_display()})"
    return f"{measured(number(row.value), unit)}{nature}"


def goal_words(target: Target, part: ComponentStanding) -> str:
    """A target with its unit and year: > 22,000 家 (2025)."""
    indicator, target = indicator_for_reader(part.component.indicator), target_for_reader(target, part.component)
    return f"{goal_text(target, indicator)} ({target.year})"


def act_words(target: Target) -> str:
    """The act a revision rests on, as it was stored."""
    return " ".join(filter(None, [target.approving_body, target.document_number, target.reason]))


def figure_day(row: Observation, clock: str) -> date:
    """The day a figure became known, by a clock."""
    return row.released_on if clock != Clock.KNOWN else max(row.released_on, row.learned_on)


def target_day(target: Target, clock: str) -> date | None:
    """The day a target took effect, by a clock; None of the plan's own."""
    if target.effective_on is None or clock != Clock.KNOWN or target.learned_on is None:
        return target.effective_on
    return max(target.effective_on, target.learned_on)


def late_entries(found: Overview, since: date) -> int:
    """How many figures people had approved here after `since` that were public by then: no change by their day."""
    return sum(
        row.entered_by_id is not None and row.was_public(since) and row.learned_on > since
        for standing in found.standings
        for part in standing.components
        for row in part.stated
    )


def _of_part(
    found: Overview,
    standing: Standing,
    part: ComponentStanding,
    since: date,
    *,
    every_rule: bool,
    clock: str = "",
) -> Iterable[Change]:
    days = {figure_day(row, clock) for row in part.known}
    days |= {row.taken_out_on for row in part.known if row.taken_out_on and row.taken_out_on <= found.as_of}
    days |= {day for row in part.targets if (day := target_day(row, clock))}
    days |= {new.since for _old, new in rule_changes(found, since) if new.since}
    days = {day for day in days if day > since}
    if not days:
        return
    before = part_on(found, part, seen_from(since, clock))
    for day in sorted(days):
        after = part_on(found, part, seen_from(day, clock))
        yield from compare(before, after, day, every_rule=every_rule)
        before = after


def _figures(
    before: ComponentStanding, after: ComponentStanding, day: date, judged: tuple[ReadingChange, ...]
) -> list[Change]:
    old, told, known = before.in_force(), [], {row.pk for row in before.judged}
    component = after.component
    gone = {row.pk: row for row in after.known if row.state == Observation.State.REJECTED}
    told += [
        _taken_out(after, day, judged, gone[was.pk], after.in_force().get(year))
        for year, was in sorted(old.items())
        if was.pk in gone
    ]
    for year, row in sorted(after.in_force().items()):
        was = old.get(year)
        if was and was.pk in gone:
            continue
        if was and (was.value, was.value_status) == (row.value, row.value_status):
            continue
        cause = Cause.REVISED_FIGURE if was else Cause.NEW_FIGURE
        said = [other for other in after.judged if (other.year, other.value) == (year, row.value)]
        # One page may have told it twice; the first teller comes first.
        sources = dict.fromkeys(other.source for other in said if other.pk not in known)
        told.append(
            _change(
                after,
                day,
                cause,
                judged,
                what=str(year),
                year=year,
                old=figure_words(was, component) if was else "",
                new=figure_words(row, component),
                old_value=was.value if was else None,
                new_value=row.value,
                sources=tuple(sources),
                **_both_days(row),
            )
        )
    return told + _bounds(before, after, day, judged)


def _taken_out(
    part: ComponentStanding,
    day: date,
    judged: tuple[ReadingChange, ...],
    was: Observation,
    now: Observation | None,
) -> Change:
    """A figure that counts no more, with what stands in its place where there is another of that year."""
    component = part.component
    return _change(
        part,
        day,
        Cause.TAKEN_OUT,
        judged,
        what=f"{was.year}:{was.pk}",
        year=was.year,
        old=figure_words(was, component),
        new=figure_words(now, component) if now else _("没有数据"),
        old_value=was.value,
        new_value=now.value if now else None,
        sources=(was.source,),
        text=was.out_reason,
    )


def _both_days(row: Observation) -> dict[str, Any]:
    return {"public_on": row.released_on, "learned_on": row.learned_on, "is_late": row.is_late}


def _bounds(
    before: ComponentStanding, after: ComponentStanding, day: date, judged: tuple[ReadingChange, ...]
) -> list[Change]:
    """ "At least" is no figure; one that decided a verdict is what changed it, and told."""
    known, component = {row.pk for row in before.bounds}, after.component
    gone = {row.pk: row for row in after.known if row.state == Observation.State.REJECTED}
    if out := next((gone[row.pk] for row in before.bounds if row.pk in gone), None):
        return [_taken_out(after, day, judged, out, after.in_force().get(out.year))]
    row = after.latest
    if row is None or not row.is_bound or row.pk in known or not any(step.moved for step in judged):
        return []
    return [
        _change(
            after,
            day,
            Cause.NEW_FIGURE,
            judged,
            what=str(row.year),
            year=row.year,
            old="",
            new=_bound_told(row, component),
            old_value=None,
            new_value=row.value,
            sources=(row.source,),
            **_both_days(row),
        )
    ]


def _bound_told(row: Observation, component: Component) -> str:
    unit = indicator_for_reader(component.indicator).unit_label
    said = bound_words(row_for_reader(row, component), f" {unit}")
    return f"{said} ({row.get_value_status_display()})"


def _target(
    before: ComponentStanding, after: ComponentStanding, day: date, judged: tuple[ReadingChange, ...]
) -> Change:
    return _change(
        after,
        day,
        Cause.REVISED_TARGET,
        judged,
        what=f"v{after.target.version}",
        old=goal_words(before.target, before),
        new=goal_words(after.target, after),
        old_value=before.target.text,
        new_value=after.target.text,
        text=act_words(after.target),
        public_on=after.target.effective_on,
        learned_on=after.target.learned_on,
        is_late=after.target.is_late,
    )


def _rule(
    old: JudgingRule, new: JudgingRule, day: date, part: ComponentStanding, judged: tuple[ReadingChange, ...]
) -> Change:
    return _change(part, day, Cause.CHANGED_RULE, judged, what="rule", **_rule_fields(old, new))


def _of_plan(old: JudgingRule, new: JudgingRule) -> Change:
    assert new.since is not None
    key = f"{new.since}:rule"
    return Change(day=new.since, cause=Cause.CHANGED_RULE, key=key, item=None, **_rule_fields(old, new))


def _rule_fields(old: JudgingRule, new: JudgingRule) -> dict[str, str]:
    was, now = (f"{'/'.join(rule.percentages.values())} {rule.version}" for rule in (old, new))
    return {"old": rule_words(old), "new": rule_words(new), "old_value": was, "new_value": now}


def _change(
    part: ComponentStanding, day: date, cause: Cause, judged: tuple[ReadingChange, ...], *, what: str, **fields
) -> Change:
    code, indicator = part.component.code, part.component.indicator
    return Change(
        day=day,
        cause=cause,
        key=f"{day}:{code}:{cause}:{what}",
        item=indicator,
        part=code,
        label=name_of(part, compound=code != indicator.code),
        steps=judged,
        **fields,
    )


def _differ(old: JudgingRule, new: JudgingRule) -> bool:
    return (old.version, old.cutoffs) != (new.version, new.cutoffs)
