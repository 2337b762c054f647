"""All indicators on one table: a row a component, a column a year; filtered and sorted by the address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from charts.bullet import bullet_svg
from indicators import tracks
from indicators.cards import Card, CardPart, card
from indicators.models import Indicator, Observation
from indicators.progress import CAGR_ORDER, FINAL_ORDER, LINEAR_ORDER, cut
from indicators.queries import Overview
from indicators.wording import LINEAR, VALUE_MARKS, number, share
from plan.params import read_choice

# What the address may sort by, with the heading it stands under; a minus before it turns the order round.
SORTS = {
    "plan": _("编码"),
    "year": _("最新年份"),
    "completion": _("完成程度"),
    "lead": _("进度比"),
    "linear": _("时间进度法"),
    "cagr": _("复合增长率比值法"),
    "final": _("期末判定"),
}
VIEWS = ("table", "bullet")
# Columns of the plan's own years, or from the first known figure on.
YEARS = ("plan", "all")
CHOICES = ("status", "nature", "in_table", "sort", "view", "years")


@dataclass(frozen=True)
class YearCell:
    """What is known of one year: the figure in force, else a statement of at least so much, else nothing."""

    year: int
    text: str = ""
    mark: str = ""
    status: str = ""
    is_bound: bool = False


@dataclass(frozen=True)
class Row:
    """One component, with what each column shows and what it is sorted by (None: nothing to sort by, last)."""

    card: Card
    shown: CardPart
    years: tuple[YearCell, ...]
    keys: dict[str, Fraction | Decimal | int | None]

    @property
    def lead(self) -> str:
        return share(self.shown.part.assessment.linear.lead)

    @property
    def completion(self) -> list[str]:
        """y/y*; against both ends for a range."""
        return [f"{cut(part, 1):,f} %" for part in self.shown.part.assessment.completion]

    @property
    def bullet(self) -> str:
        track = tracks.track(self.shown.part)
        return bullet_svg(track, label=self.shown.sentence, words=tracks.words())


@dataclass(frozen=True)
class Choice:
    """What the address asks for; an empty word means all."""

    status: str = ""
    nature: str = ""
    in_table: str = ""
    sort: str = "plan"
    view: str = "table"
    years: str = "plan"

    @property
    def sort_key(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def is_reversed(self) -> bool:
        return self.sort.startswith("-")

    def query(self, **other: str) -> dict[str, str]:
        """The parameters of the same choice with some changed; defaults are left out."""
        pairs = {name: getattr(self, name) for name in CHOICES} | other
        defaults = {"sort": "plan", "view": "table", "years": "plan"}
        return {name: value for name, value in pairs.items() if value and value != defaults.get(name)}


def read_table_choice(params) -> Choice:
    """The choice of a request; a word that is none is refused by name."""
    sorts = [sign + key for key in SORTS for sign in ("", "-")]
    return Choice(
        read_choice(params, "status", LINEAR),
        read_choice(params, "nature", Indicator.Nature.values),
        read_choice(params, "in_table", ("yes", "no")),
        read_choice(params, "sort", sorts, "plan"),
        read_choice(params, "view", VIEWS, "table"),
        read_choice(params, "years", YEARS, "plan"),
    )


def year_span(found: Overview, choice: Choice) -> range:
    """From the year before the plan, or where asked from the first known figure, to the last target year."""
    parts = [part for standing in found.standings for part in standing.components]
    years = [row.year for part in parts for row in part.known] if choice.years == "all" else []
    ends = [part.target.year for part in parts]
    return range(min([found.plan.starts_on.year - 1, *years]), max([found.plan.target_year, *ends]) + 1)


def table_rows(found: Overview, choice: Choice) -> list[Row]:
    """The rows a choice leaves, in its order."""
    years = year_span(found, choice)
    rows = []
    for standing in found.standings:
        indicator = standing.indicator
        if choice.nature not in ("", indicator.nature):
            continue
        if choice.in_table and (choice.in_table == "yes") != indicator.in_table:
            continue
        whole = card(standing)
        rows += [_row(whole, shown, years, len(rows) + at) for at, shown in enumerate(whole.parts)]
    kept = [row for row in rows if choice.status in ("", row.shown.badge.key)]
    return sorted_rows(kept, choice)


def sorted_rows(rows: Iterable[Row], choice: Choice) -> list[Row]:
    """By the chosen column; equal ones in plan order, those with nothing to sort by last either way."""
    rows = list(rows)
    known = [row for row in rows if row.keys[choice.sort_key] is not None]
    known.sort(key=lambda row: row.keys[choice.sort_key], reverse=choice.is_reversed)
    return known + [row for row in rows if row.keys[choice.sort_key] is None]


def filtered(found: Overview, choice: Choice) -> Overview:
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


def _row(whole: Card, shown: CardPart, years: range, place: int) -> Row:
    assessment = shown.part.assessment
    return Row(
        whole,
        shown,
        _cells(shown, years),
        {
            "plan": place,
            "year": assessment.latest.year if assessment.latest else None,
            "completion": assessment.completion[0] if assessment.completion else None,
            "lead": assessment.linear.lead,
            "linear": _rank(assessment.linear.status if assessment.latest else "", LINEAR_ORDER),
            "cagr": _rank(assessment.cagr.status, CAGR_ORDER),
            "final": _rank(assessment.final_verdict, FINAL_ORDER),
        },
    )


def _rank(status: str, order: tuple[str, ...]) -> int | None:
    """Worst first."""
    return order.index(status) if status in order else None


def _cells(shown: CardPart, years: range) -> tuple[YearCell, ...]:
    in_force = shown.part.in_force()
    bounds = {
        row.year: row
        for row in shown.part.known
        if row.precision == Observation.Precision.LOWER_BOUND and row.state == Observation.State.APPROVED
    }
    cells = []
    for year in years:
        if row := in_force.get(year):
            mark = str(VALUE_MARKS.get(row.value_status, ""))
            cells.append(YearCell(year, number(row.value), mark, row.get_value_status_display()))
        elif row := bounds.get(year):
            cells.append(YearCell(year, f"≥ {number(row.value)}", is_bound=True))
        else:
            cells.append(YearCell(year))
    return tuple(cells)
