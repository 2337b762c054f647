"""Worked examples for the methods page: real components of the plan, told with their own numbers.

Nothing here is typed in: which components serve as examples follows from what was public on the day.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from indicators.models import Target
from indicators.queries import ComponentStanding, Overview, Standing, what_if
from indicators.shown.derivation import Derivation, derive
from indicators.shown.wording import (
    Badge,
    cagr_badge,
    final_badge,
    final_counts,
    linear_badge,
    linear_badge_of,
    linear_word,
    number,
    target_words,
)
from judging.calculator_json import read_body
from judging.progress import assess


@dataclass(frozen=True)
class Example:
    """One component that shows a rule at work."""

    about: str
    standing: Standing
    told: Derivation

    @property
    def part(self) -> ComponentStanding:
        return self.told.part


@dataclass(frozen=True)
class Examples:
    """The examples of a day and what they are taken from: every final verdict said on it, with its number."""

    rows: list[Example]
    finals: list[tuple[Badge, int]]
    part_finals: list[tuple[Badge, int]]

    def __iter__(self) -> Iterator[Example]:
        return iter(self.rows)


@dataclass(frozen=True)
class BoundTrial:
    """A value at a bound, tried and not stored: what the final verdict would be."""

    part: ComponentStanding
    value: str
    unit: str
    target: str
    year: int
    final: Badge
    linear: Badge
    said: str


def examples(found: Overview) -> Examples:
    """For each situation the rules tell apart, the first component that is in it."""
    situations: list[tuple[str, Callable[[ComponentStanding], bool]]] = [
        (
            _("有基期值：两种方法都能算"),
            lambda part: bool(part.assessment.latest) and part.assessment.linear.lead is not None,
        ),
        (
            _("没有基期值：只比目标"),
            lambda part: bool(part.assessment.latest) and part.inputs["base_value"] is None,
        ),
        (
            _("已有目标年数据：期末判定"),
            lambda part: part.assessment.final_verdict != "pending",
        ),
        (_("还没有公布的数据"), lambda part: part.assessment.latest is None),
    ]
    shown: list[Example] = []
    for about, fits in situations:
        used = {example.part.component.pk for example in shown}
        for standing in found.standings:
            part = next((part for part in standing.components if fits(part)), None)
            if part is not None and part.component.pk not in used:
                shown.append(Example(about, standing, derive(part)))
                break
    return Examples(
        shown,
        final_counts(standing.whole.final_verdict for standing in found.tabled),
        final_counts(part.assessment.final_verdict for standing in found.tabled for part in standing.components),
    )


def compounds(found: Overview) -> list[tuple[Standing, list[tuple[ComponentStanding, Badge]], Badge]]:
    """Indicators of several components: each part's word, and the whole's, which is the worst of them."""
    return [
        (
            standing,
            [(part, linear_badge(part)) for part in standing.components],
            linear_badge(standing),
        )
        for standing in found.standings
        if standing.is_compound
    ]


def trials(found: Overview) -> list[BoundTrial]:
    """Strict bounds and ranges of the plan, tried at the very bound in the target year."""
    tried = []
    parts = [part for standing in found.standings for part in standing.components]
    for type, ends in ((Target.Type.STRICT, ("value",)), (Target.Type.RANGE_FLOOR, ("low", "high"))):
        part = next((part for part in parts if part.target.type == type), None)
        for end in ends if part else ():
            tried.append(_trial(part, end))
    return tried


def _trial(part: ComponentStanding, end: str) -> BoundTrial:
    bound, year = getattr(part.target, end), part.target.year
    assessment = what_if(part, year, bound)
    said = _("恰等于界限：目标要求严格超过，等于不算达到。") if assessment.at_bound else ""
    indicator = part.component.indicator
    return BoundTrial(
        part,
        number(bound),
        indicator.unit_label,
        target_words(part.target, indicator.direction),
        year,
        final_badge(assessment.final_verdict),
        linear_badge_of(assessment, year),
        said,
    )


# Base and target year of numbers that belong to no plan.
EXAMPLE_YEARS = (2030, 2035)


@dataclass(frozen=True)
class KindExample:
    """One kind of target with numbers of no plan: what is given, and the words that follow from it."""

    about: str
    given: str
    linear: Badge
    final: Badge


def kind_examples() -> list[KindExample]:
    """Every kind of target that no single year's exact value decides, judged by the rule itself."""
    first, last = EXAMPLE_YEARS
    at_least = {"type": "point", "direction": "up"}
    bound = {
        "year": last,
        "value": "26000",
        "precision": "lower_bound",
        "exclusive": True,
        "status": "preliminary",
    }

    def yearly(*values: str) -> list[dict[str, Any]]:
        return [{"year": year, "value": value} for year, value in enumerate(values, first + 1)]

    rows: list[tuple[str, str, dict[str, Any]]] = [
        (
            _("范围足以判定"),
            _("目标 > 22,000；公布“突破2.6万”（初步）"),
            {"target": {"type": "strict", "direction": "up", "value": "22000"}, "observations": [bound]},
        ),
        (
            _("范围不足以判定"),
            _("目标 > 30,000；公布“突破2.6万”（初步）"),
            {"target": {"type": "strict", "direction": "up", "value": "30000"}, "observations": [bound]},
        ),
        (
            _("逐年相加"),
            _("五年合计 ≥ 1,000；已公布 200、190、210"),
            {
                "target": at_least | {"value": "1000"},
                "accumulation": "sum",
                "observations": yearly("200", "190", "210"),
            },
        ),
        (
            _("年均值"),
            _("年均 ≥ 5；五年为 8、8、8、8、4.9，年均 7.38"),
            {
                "target": at_least | {"value": "5"},
                "accumulation": "mean",
                "observations": yearly("8", "8", "8", "8", "4.9"),
            },
        ),
        (
            _("累计增长"),
            _("比基期 200 增长 ≥ 50 %，即 ≥ 300；第二年为 240"),
            {
                "base_value": "200",
                "target": at_least | {"value": "50"},
                "accumulation": "growth",
                "observations": yearly("215", "240"),
            },
        ),
        (
            _("年均增长"),
            _("从基期 100 起每年增长 ≥ 6 %；第二年为 112.36，恰在轨迹上"),
            {
                "base_value": "100",
                "target": at_least | {"value": "6"},
                "accumulation": "annual_growth",
                "observations": yearly("106", "112.36"),
            },
        ),
        (
            _("每年保持"),
            _("每年 ≤ 1；各年为 1、1、2、1、1，第三年没有守住"),
            {
                "target": {"type": "point", "direction": "down", "value": "1"},
                "accumulation": "every_year",
                "observations": yearly("1", "1", "2", "1", "1"),
            },
        ),
        (
            _("完成（是或否）"),
            _("第三年公布为已完成"),
            {"target": {"type": "done"}, "observations": yearly("0", "0", "1")},
        ),
        (
            _("年度目标"),
            _("从 100 到 200，第一年 110、第三年 130；第二年为 118，应为 120"),
            {
                "base_value": "100",
                "target": at_least | {"value": "200"},
                "path": {str(first + 1): "110", str(first + 3): "130"},
                "observations": yearly("108", "118"),
            },
        ),
    ]
    return [_kind(about, given, {"base_year": first, "target_year": last} | body) for about, given, body in rows]


def _kind(about: str, given: str, body: dict[str, Any]) -> KindExample:
    found = assess(**read_body(body))
    return KindExample(about, given, linear_badge_of(found, body["target_year"]), final_badge(found.final_verdict))


def legend() -> dict[str, list[Badge]]:
    """Every word the verdicts have, best first, by method."""
    linear = ("ahead", "on_schedule", "slightly_behind", "behind", "regressed", "overshoot", "missed")
    cagr = ("achieved", "significant", "moderate", "insufficient", "away", "overshoot", "missed")
    final = ("achieved", "provisional_achieved", "pending", "provisional_not_achieved", "not_achieved")
    return {
        "linear": [
            linear_word("achieved"),
            linear_word("achieved", in_end_year=True),
            *map(linear_word, linear),
            linear_word("not_assessable", {"no_baseline"}),
            *map(linear_word, ("not_assessable", "no_data")),
        ],
        "cagr": [cagr_badge(key) for key in (*cagr, "not_assessable")],
        "final": [final_badge(key) for key in final],
    }
