"""Reads what is to be judged, many plans at once: on PostgreSQL as text the database joins, elsewhere by model.

Both readings give the same rows, and the nightly audit compares what comes of them with `queries.read_overview`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from io import StringIO
from typing import Any, NamedTuple

from django.db import connection

from indicators.known import by_effect_sql, current_sql, in_force_sql, judged_sql
from indicators.models import Component, Observation, Target, Verdict
from indicators.shapes import PATH
from judging.decimals import plain
from judging.judge_many import Case
from judging.verdict_basis import basis_text, figure_text, path_text
from plan.models import Plan

DAY_ZERO = date(1970, 1, 1)


class Subject(NamedTuple):
    """A component with its current verdict and its indicator's stored status; all text, "" where absent."""

    plan: str
    item: str
    component: str
    code: str
    status: str
    share: str
    status_as_of: str
    verdict: str
    fingerprint: str
    words: tuple[str, str, str]
    # Release days of the figures, in their order, as days since 1970.
    days: str
    case: Case

    def released(self, place: int) -> str:
        """The day the figure at this place of the basis became public."""
        return _day(self.days.rpartition(",")[2] if place == -1 else self.days.split(",")[place])


@lru_cache(maxsize=4096)
def _day(number: str) -> str:
    return (DAY_ZERO + timedelta(days=int(number))).isoformat()


def read_subjects(plans: Sequence[Plan], as_of: date, rule: str, *, bounds_decide: bool = True) -> list[Subject]:
    """Every component of the plans that has a target in force, in plan, indicator and component order.

    `rule` is the head of each basis (`basis.rule_text`). Three queries on PostgreSQL, five elsewhere.
    """
    by_text = connection.vendor == "postgresql"
    heads = list(_copied_heads(plans, as_of) if by_text else _model_heads(plans, as_of))
    # Later rows replace earlier ones of a component: targets come in the order they took effect.
    latest = {head[2]: head for head in heads}
    figures = _copied_figures(list(latest), as_of) if by_text else _model_figures(plans, as_of)
    if bounds_decide:
        _add_bounds(figures, plans, as_of)
    starts = {str(plan.pk): plan.starts_on.year for plan in plans}
    return [_subject(head, figures.get(head[2], ("", "")), starts, rule) for head in latest.values()]


def _subject(head: list[str], known: tuple[str, str], starts: dict[str, int], rule: str) -> Subject:
    plan, item, component, code, status, share, day, direction, kept, year, base, kind, *rest = head
    bounds, target_year, path = (rest[0], rest[1], rest[2]), rest[3], _canonical(rest[4])
    verdict, printed, words = rest[5], rest[6], rest[7:]
    if kept == "cumulative" and not base:
        # A running total starts from nothing before the first year (see queries.baseline).
        year, base = str(starts[plan] - 1), "0"
    elif kept in Component.BY_YEARS and not year:
        year = str(starts[plan] - 1)
    figures, days = known
    basis = basis_text(rule, year, base, target_year, kind, direction, bounds, kept, figures, path)
    case = Case(basis, direction, kind, kept, year, base, bounds, target_year, figures, path)
    said = (words[0], words[1], words[2])
    return Subject(plan, item, component, code, status, share, day, verdict, printed, said, days, case)


def _canonical(path: str) -> str:
    """Yearly targets as a basis has them, from however the database writes JSON; "" without any."""
    return path_text(PATH.read(json.loads(path))) if path else ""


HEADS = """
COPY (
  SELECT i.plan_id, i.id, c.id, c.code, i.status, i.progress, i.status_as_of, n.direction, c.accumulation,
         c.baseline_year, trim_scale(c.baseline_value), t.type, trim_scale(t.value), trim_scale(t.low),
         trim_scale(t.high), t.year,
         NULLIF(t.path, '{{}}'::jsonb)::text, v.id, v.fingerprint, v.linear_status, v.cagr_status, v.final_verdict
  FROM plan_item i
  JOIN indicators_indicator n ON n.item_ptr_id = i.id
  JOIN indicators_component c ON c.indicator_id = i.id AND {current}
  JOIN indicators_target t ON t.component_id = c.id AND {in_force}
  LEFT JOIN indicators_verdict v ON v.component_id = c.id AND v.is_current
  WHERE i.plan_id = ANY('{{{plans}}}')
  ORDER BY i.plan_id, i."order", c."order", c.code, {by_effect}, v.id
) TO STDOUT WITH (NULL '')"""

# The latest release of a year is in force; approved, judged by, and public on the day.
FIGURES = """
COPY (
  SELECT component_id,
         string_agg('[' || year || ',"' || trim_scale(value) || '","' || value_status || '"]', ','),
         string_agg((released_on - date '1970-01-01')::text, ',')
  FROM (
    SELECT DISTINCT ON (component_id, year) component_id, year, value, value_status, released_on
    FROM indicators_observation o
    WHERE component_id = ANY('{{{components}}}') AND {known}
    ORDER BY component_id, year, released_on DESC, id DESC
  ) in_force
  GROUP BY component_id
) TO STDOUT WITH (NULL '')"""


def _copied(statement: str) -> Iterator[list[str]]:
    """The rows of a COPY … TO STDOUT, as text."""
    buffer = StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, buffer)
    for line in buffer.getvalue().split("\n")[:-1]:
        fields = line.split("\t")
        yield [ESCAPED.sub(_unescaped, field) for field in fields] if "\\" in line else fields


# What COPY writes for characters that are structure to it; a backslash stands for itself.
ESCAPED = re.compile(r"\\(.)")
MEANT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _unescaped(found: re.Match[str]) -> str:
    return MEANT.get(found[1], found[1])


def _copied_heads(plans: Sequence[Plan], as_of: date) -> Iterator[list[str]]:
    known = {"current": current_sql("c"), "in_force": in_force_sql("t", as_of), "by_effect": by_effect_sql("t")}
    return _copied(HEADS.format(plans=",".join(str(plan.pk) for plan in plans), **known))


def _copied_figures(components: list[str], as_of: date) -> dict[str, tuple[str, str]]:
    rows = _copied(FIGURES.format(components=",".join(components), known=judged_sql("o", as_of)))
    return {component: (figures, days) for component, figures, days in rows}


def _model_heads(plans: Sequence[Plan], as_of: date) -> Iterator[list[str]]:
    targets: dict[int, Target] = {}
    in_force = Target.objects.filter(component__indicator__plan__in=plans).in_force_on(as_of)
    for target in in_force.by_effect():
        targets[target.component_id] = target
    current = Verdict.objects.filter(component__indicator__plan__in=plans, is_current=True).order_by("id")
    names = ("id", "fingerprint", "linear_status", "cagr_status", "final_verdict")
    verdicts = {pk: row for pk, *row in current.values_list("component_id", *names)}
    components = Component.objects.current().filter(indicator__plan__in=plans).select_related("indicator")
    for row in components.order_by("indicator__plan_id", "indicator__order", "order", "code"):
        target = targets.get(row.pk)
        if target is None:
            continue
        item = row.indicator
        share = "" if item.progress is None else f"{item.progress:.6f}"
        keys = (item.plan_id, item.pk, row.pk)
        base = (row.baseline_year, _text(row.baseline_value))
        bounds = (_text(target.value), _text(target.low), _text(target.high))
        cells = (
            *keys, row.code, item.status, share, item.status_as_of, item.direction, row.accumulation, *base,
            target.type, *bounds, target.year, json.dumps(target.path) if target.path else "",
            *verdicts.get(row.pk, [None] * len(names)),
        )  # fmt: skip
        yield ["" if cell is None else str(cell) for cell in cells]


def _model_figures(plans: Sequence[Plan], as_of: date) -> dict[str, tuple[str, str]]:
    in_force: dict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    rows = Observation.objects.filter(component__indicator__plan__in=plans).judged_on(as_of).by_release()
    names = ("component_id", "year", "value", "value_status", "released_on")
    for component, year, value, status, day in rows.values_list(*names).iterator():
        in_force[component][year] = figure_text(year, plain(value), status), _days(day)
    return {
        str(component): (
            ",".join(figure for figure, _ in years.values()),
            ",".join(day for _, day in years.values()),
        )
        for component, years in in_force.items()
    }


def _add_bounds(figures: dict[str, tuple[str, str]], plans: Sequence[Plan], as_of: date) -> None:
    """Puts what is known by "at least" or "at most" alone in its place among the figures, year by year.

    One query, of few rows: most components have none, and a year with an exact figure needs none.
    """
    rows = Observation.objects.filter(component__indicator__plan__in=plans).bounds_on(as_of)
    names = ("component_id", "year", "value", "value_status", "precision", "exclusive", "released_on")
    found: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for component, *figure, day in rows.by_release().values_list(*names).iterator():
        year, value, *rest = figure
        found[str(component)].append((year, figure_text(year, plain(value), *rest), _days(day)))
    for component, bounds in found.items():
        known, days = figures.get(component, ("", ""))
        exact = [(row[0], figure_text(*row), day) for row, day in zip(_rows(known), _split(days), strict=True)]
        years = {year for year, _, _ in exact}
        rows = sorted([*exact, *(row for row in bounds if row[0] not in years)], key=lambda row: row[0])
        figures[component] = ",".join(text for _, text, _ in rows), ",".join(day for _, _, day in rows)


def _rows(figures: str) -> list[Any]:
    rows: list[Any] = json.loads(f"[{figures}]")
    return rows


def _split(days: str) -> list[str]:
    return days.split(",") if days else []


def _days(day: date) -> str:
    return str((day - DAY_ZERO).days)


def _text(value: Any) -> str:
    return "" if value is None else plain(value)
