"""All indicators on one table: a row a component, a column a year; filtered and sorted by the address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from indicators.models import Observation
from indicators.queries import ComponentStanding, Overview, Standing
from indicators.shown.bullets import Gauged, gauged, in_range_words
from indicators.shown.cards import Card, CardPart, card
from indicators.shown.decimals import figure_text
from indicators.shown.filters import IndicatorFilters
from indicators.shown.states import standpoint
from indicators.shown.wording import VALUE_MARKS, has_short_road, limit_of, number, share
from judging.progress import cut
from judging.terms import CAGR_ORDER, FINAL_ORDER, LINEAR_ORDER
from plan.badges import INDICATOR_WORDS


@dataclass(frozen=True)
class YearCell:
    """What is known of one year: the figure in force, else a statement of at least so much, else nothing.

    `anchor` is the release on the indicator's page it was taken from, `raw` the figure in full with its unit.
    """

    year: int
    text: str = ""
    mark: str = ""
    status: str = ""
    is_bound: bool = False
    anchor: str = ""
    raw: str = ""


@dataclass(frozen=True)
class ComponentRow:
    """One component, with what each column shows and what it is sorted by (None: nothing to sort by, last)."""

    card: Card
    shown: CardPart
    place: int
    years: tuple[YearCell, ...]
    gauged: Gauged
    keys: dict[str, Fraction | Decimal | int | None]

    @property
    def unit(self) -> str:
        return self.card.indicator.unit_label

    @property
    def goal_unit(self) -> str:
        """The unit of the target beside its number; a growth has its per cent already."""
        return " %" if self.shown.unit == "%" else ""

    @property
    def near_unit(self) -> str:
        """A per cent sign stands with its number; every other unit below it."""
        return " %" if self.unit == "%" else ""

    @property
    def far_unit(self) -> str:
        return "" if self.near_unit else self.unit

    @property
    def latest(self) -> YearCell | None:
        """The figure that was judged."""
        row = self.shown.part.latest
        return _figure(self.shown.part, row) if row else None

    @property
    def base(self) -> str:
        value = self.shown.part.component.baseline_value
        return "" if value is None else figure_text(self.shown.part, value)

    @property
    def lead(self) -> str:
        """The ratio to schedule; from a baseline that all but equals the target, what is the case instead."""
        short = in_range_words(self.gauged) if has_short_road(self.shown.part) else ""
        return short or share(self.keys["lead"])

    @property
    def completion(self) -> list[str]:
        """y/y*; against both ends for a range."""
        return [f"{cut(part, 1):,f} %" for part in self.shown.part.assessment.completion]

    @property
    def anchor(self) -> str:
        """Where the indicator's page tells how this component was judged."""
        return f"c{self.place}"

    @property
    def base_anchor(self) -> str:
        return f"base-{self.shown.part.component.code}"


def year_span(found: Overview, choice: IndicatorFilters) -> range:
    """From the year before the plan, or where asked from the first known figure, to the last target year."""
    parts = [part for standing in found.standings for part in standing.components]
    years = [row.year for part in parts for row in part.known] if choice.years == "all" else []
    ends = [part.target.year for part in parts]
    return range(min([found.plan.starts_on.year - 1, *years]), max([found.plan.target_year, *ends]) + 1)


def table_rows(found: Overview, choice: IndicatorFilters) -> list[ComponentRow]:
    """The rows a choice leaves, in its order."""
    years = year_span(found, choice)
    ranks = _name_ranks(found)
    rows: list[ComponentRow] = []
    for standing in found.standings:
        if not _is_wanted(standing, choice):
            continue
        whole = card(standing)
        for place, shown in enumerate(whole.parts, 1):
            order = {"plan": len(rows), "name": ranks[shown.part.component.pk]}
            rows.append(_row(whole, shown, place, years, order))
    return sorted_rows([row for row in rows if _has_verdicts(row.shown, choice)], choice)


def chosen(found: Overview, choice: IndicatorFilters) -> list[Standing]:
    """The indicators a choice leaves, whole, in the plan's order: an indicator stays if one of its parts does."""
    if choice.asks_methods:
        return [found.by_code[standing.indicator.code] for standing in filtered(found, choice).standings]
    return [standing for standing in found.standings if _is_wanted(standing, choice)]


def _is_wanted(standing: Standing, choice: IndicatorFilters) -> bool:
    indicator = standing.indicator
    return (
        choice.state in ("", standpoint(standing).state)
        and choice.nature in ("", indicator.nature)
        and choice.in_table in ("", "yes" if indicator.in_table else "no")
        and choice.org in ("", indicator.lead.code if indicator.lead else None)
        and _is_called(standing, choice.q)
    )


def _is_called(standing: Standing, words: str) -> bool:
    """Whether every word is in a name of the indicator, of its unit or of its state."""
    indicator = standing.indicator
    names = [indicator.code, indicator.title, indicator.title_en, indicator.short, indicator.short_en]
    names += [indicator.lead.name, indicator.lead.name_en] if indicator.lead else []
    said = " ".join([*names, str(INDICATOR_WORDS[standpoint(standing).state])]).casefold()
    return all(word in said for word in words.casefold().split())


def _has_verdicts(shown: CardPart, choice: IndicatorFilters) -> bool:
    return (
        choice.status in ("", shown.badge.key)
        and choice.doubt in ("", "some" if shown.badge.doubts else "none")
        and choice.cagr in ("", shown.cagr.key)
        and choice.final in ("", shown.final.key)
    )


def _name_ranks(found: Overview) -> dict[int, int]:
    """The places of the components by name. GB 18030 has the common characters in the order of their pinyin."""
    parts = [part for standing in found.standings for part in standing.components]

    def spelled(part: ComponentStanding) -> bytes:
        indicator = part.component.indicator
        return f"{indicator.short_label} {part.component.label}".casefold().encode("gb18030")

    return {part.component.pk: rank for rank, part in enumerate(sorted(parts, key=spelled))}


def sorted_rows(rows: Iterable[ComponentRow], choice: IndicatorFilters) -> list[ComponentRow]:
    """By the chosen column; equal ones in plan order, those with nothing to sort by last either way."""
    rows = list(rows)
    key = choice.sort_key
    known = [row for row in rows if row.keys.get(key) is not None]
    known.sort(key=lambda row: row.keys[key], reverse=choice.is_reversed)
    return known + [row for row in rows if row.keys.get(key) is None]


def filtered(found: Overview, choice: IndicatorFilters) -> Overview:
    """The same overview with just the chosen components, for files."""
    kept: dict[str, list] = {}
    for row in table_rows(found, replace(choice, sort="plan")):
        kept.setdefault(row.card.indicator.code, []).append(row.shown.part)
    return Overview(
        found.plan,
        found.as_of,
        [
            replace(standing, components=kept[standing.indicator.code])
            for standing in found.standings
            if standing.indicator.code in kept
        ],
        found.rules,
    )


def _row(whole: Card, shown: CardPart, place: int, years: range, order: dict[str, int]) -> ComponentRow:
    part = shown.part
    assessment, measured = part.assessment, gauged(part)
    return ComponentRow(
        whole,
        shown,
        place,
        _cells(part, years),
        measured,
        order
        | {
            "latest": part.latest.value if part.latest else None,
            "year": assessment.latest.year if assessment.latest else None,
            "target": measured.track.goal.yardstick,
            "linear": _rank(assessment.linear.status if assessment.latest else "", LINEAR_ORDER),
            "cagr": _rank(assessment.cagr.status, CAGR_ORDER),
            "final": _rank(assessment.final_verdict, FINAL_ORDER),
            "completion": assessment.completion[0] if assessment.completion else None,
            # From a baseline that all but equals the target, the ratio says nothing.
            "lead": None if has_short_road(part) else assessment.linear.lead,
            "gap": measured.gap,
            "base": part.component.baseline_value,
        }
        | {str(year): row.value for year, row in part.in_force().items()},
    )


def _rank(status: str, order: tuple[str, ...]) -> int | None:
    """Worst first."""
    return order.index(status) if status in order else None


def _cells(part: ComponentStanding, years: range) -> tuple[YearCell, ...]:
    in_force = part.in_force()
    bounds = {row.year: row for row in part.known if row.is_bound}
    cells = []
    for year in years:
        if row := in_force.get(year):
            cells.append(_figure(part, row))
        elif row := bounds.get(year):
            cells.append(
                YearCell(
                    year, limit_of(row), is_bound=True, anchor=f"obs-{row.pk}", raw=row.get_precision_display()
                )
            )
        else:
            cells.append(YearCell(year))
    return tuple(cells)


def _figure(part: ComponentStanding, row: Observation) -> YearCell:
    return YearCell(
        row.year,
        limit_of(row) if row.is_bound else figure_text(part, row.value),
        str(VALUE_MARKS.get(row.value_status, "")),
        row.get_value_status_display(),
        anchor=f"obs-{row.pk}",
        raw=f"{number(row.value, 8)} {part.component.indicator.unit_label}",
    )
