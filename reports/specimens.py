"""Invented rows for the style guide: every state a component can be in, none of it stored, none of it real."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from indicators.cards import Card, card
from indicators.models import Component, Indicator, Observation, Target
from indicators.queries import standing_of
from plan.models import Item, Plan, Source
from plan.queries import strip

Figures = dict[int, tuple[str, str]]


def sample_plan() -> Plan:
    return Plan(
        slug=settings.DEFAULT_PLAN,
        title="示例规划",
        title_en="Sample plan",
        short="示例",
        short_en="Sample",
        starts_on=date(2031, 1, 1),
        ends_on=date(2035, 12, 31),
    )


def sample_cards(plan: Plan) -> list[Card]:
    """Normal, provisional, a range, behind, without figures, and of two parts."""
    final, first = "final", "preliminary"
    point, strict = {"type": "point", "value": Decimal(200)}, {"type": "strict", "value": Decimal(200)}
    ranged = {"type": "range_floor", "low": Decimal(150), "high": Decimal(200)}
    rising: Figures = {2031: ("118", final), 2032: ("141", final), 2033: ("163", final)}
    return [
        _card(plan, "I-01", ("普通", "Normal"), [("100", point, rising)]),
        _card(plan, "I-02", ("初步数", "Preliminary"), [("100", strict, rising | {2034: ("189", first)})]),
        _card(plan, "I-03", ("区间", "Range"), [("100", ranged, rising)]),
        _card(plan, "I-04", ("滞后", "Behind"), [("100", point, {2031: ("101", final), 2032: ("104", final)})]),
        _card(plan, "I-05", ("没有数据", "No data"), [(None, point, {})]),
        _card(plan, "I-06", ("两项", "Two parts"), [("100", point, rising), (None, point, {})]),
    ]


def _card(plan: Plan, code: str, names: tuple[str, str], parts: list[tuple[str | None, dict, Figures]]) -> Card:
    indicator = Indicator(
        plan=plan,
        code=code,
        kind=Item.Kind.INDICATOR,
        title=names[0],
        title_en=names[1],
        short=names[0],
        short_en=names[1],
        unit="件",
        unit_en="pieces",
        direction="up",
        nature="expected",
        in_table=True,
    )
    rows = [_part(indicator, number, *part) for number, part in enumerate(parts, 1)]
    return card(standing_of(indicator, rows))


def _part(indicator: Indicator, number: int, base: str | None, target: dict[str, Any], figures: Figures):
    component = Component(
        indicator=indicator,
        code=f"{indicator.code}.{number}",
        name=f"分项 {number}",
        name_en=f"Part {number}",
        baseline_year=2030 if base else None,
        baseline_value=Decimal(base) if base else None,
    )
    aim = Target(component=component, version=1, year=2035, text="200", state=Target.State.APPROVED, **target)
    source = Source(title="示例来源")
    known = [
        Observation(
            component=component,
            year=year,
            value=Decimal(value),
            value_status=status,
            precision=Observation.Precision.EXACT,
            state=Observation.State.APPROVED,
            released_on=date(year + 1, 4, 1),
            source=source,
        )
        for year, (value, status) in figures.items()
    ]
    return component, [aim], known


def sample_strips() -> list[dict[str, Any]]:
    """Nothing reported, some, all, and an item that has no parts."""
    State = Item.Status
    wanted = [
        ("P-1", ("都未填报", "Nothing reported"), {State.NOT_REPORTED: 3}),
        ("P-2", ("部分已填报", "Partly reported"), {State.NOT_REPORTED: 1, State.ON_SCHEDULE: 1, State.BEHIND: 1}),
        ("P-3", ("全部完成", "All done"), {State.DONE: 3}),
        ("P-4", ("没有下级任务", "Without tasks"), {}),
    ]
    return [
        strip(
            Item(code=code, kind=Item.Kind.PLATFORM, title=names[0], title_en=names[1]),
            [Item(status=state) for state, number in counts.items() for _part in range(number)],
        )
        for code, names, counts in wanted
    ]


def sample_items() -> list[Item]:
    """One commitment in each state of tasks."""
    return [Item(code=f"A-0{at}", status=state) for at, state in enumerate(Item.Status.values, 1)]


def sample_steps() -> list[tuple[str, str, str]]:
    """A life of a figure, for the timeline: day, step, who."""
    return [
        ("2034-04-02", _("录入"), _("分析员")),
        ("2034-04-03", _("退回"), _("审核员")),
        ("2034-04-03", _("提交"), _("分析员")),
        ("2034-04-05", _("核定"), _("审核员")),
    ]
