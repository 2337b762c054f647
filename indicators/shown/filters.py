"""What the address of the indicators' table asks for: filters, order, view; the same words for page and files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from indicators.models import Indicator
from indicators.queries import Overview
from indicators.shown.wording import CAGR, FINAL, LINEAR_STATUSES
from judging.ladder import WORST_FIRST, IndicatorState
from plan.badges import INDICATOR_WORDS
from plan.changes import Method
from plan.list_filters import ListFilters, asks, one_of, words
from plan.models import in_language

# What the address may sort by, with the heading it stands under; a minus before it turns the order round.
# Each year that is shown is one more.
SORTS = {
    "plan": _("编码"),
    "name": _("指标"),
    "latest": _("最新值"),
    "year": _("最新年份"),
    "target": _("目标"),
    "linear": _("时间进度法"),
    "cagr": _("复合增长率比值法"),
    "final": _("期末判定"),
    "completion": _("完成程度"),
    "lead": _("进度比"),
    "gap": _("与目标的差距"),
    "base": _("基期"),
}
VIEWS = ("rows", "table", "bullet")
# The order a view has of itself: bullets begin with what is furthest from its target.
OWN_SORT = {"": "plan", "rows": "plan", "table": "plan", "bullet": "-gap"}
# Columns of the plan's own years, or from the first known figure on.
YEARS = ("plan", "all")
FILTERS = ("q", "state", "status", "doubt", "cagr", "final", "org", "nature", "in_table")
# Whether a verdict is as sure as it looks (docs/methods.md 1.13).
DOUBTS = {"none": _("近年的，不靠推算"), "some": _("陈旧或靠推算")}


@dataclass(frozen=True)
class IndicatorFilters(ListFilters):
    """What the address asks for; an empty word means all, an empty sort the view's own order."""

    q: str = asks(words)
    state: str = asks(one_of(*IndicatorState))
    status: str = asks(one_of(*LINEAR_STATUSES))
    doubt: str = asks(one_of("none", "some"))
    cagr: str = asks(one_of(*CAGR))
    final: str = asks(one_of(*FINAL))
    org: str = asks(one_of())
    nature: str = asks(one_of(*Indicator.Nature.values))
    in_table: str = asks(one_of("yes", "no"))
    sort: str = asks(one_of())
    # Empty: the reader's own, or what the other parameters are about.
    view: str = asks(one_of(*VIEWS))
    years: str = asks(one_of(*YEARS, default="plan"), default="plan")

    @property
    def order(self) -> str:
        return self.sort or OWN_SORT[self.view]

    @property
    def sort_key(self) -> str:
        return self.order.removeprefix("-")

    @property
    def is_reversed(self) -> bool:
        return self.order.startswith("-")

    @property
    def asks_methods(self) -> bool:
        """Whether it asks for the word of a method, which components have."""
        return any((self.status, self.doubt, self.cagr, self.final))

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}

    def with_view(self, own: str) -> "IndicatorFilters":
        """The same in the view it is shown in: what it sorts by, or years it asks for, are those of the table."""
        return replace(self, view=self.view or ("table" if self.sort or self.years != "plan" else own))

    def query(self, **other: str) -> dict[str, str]:
        """The parameters of the same choice with some changed; defaults are left out."""
        pairs = replace(self, **other).pairs()
        own = OWN_SORT[pairs.get("view", "")]
        return {name: value for name, value in pairs.items() if (name, value) != ("sort", own)}


@dataclass(frozen=True)
class Filter:
    """One filter as the form and the marks above the rows show it."""

    name: str
    label: Any
    options: list[tuple[str, Any]]
    chosen: str
    # Names of organisations stay Chinese where they have no English one.
    lang: str = ""

    @property
    def is_of_methods(self) -> bool:
        """Whether it asks by a word of one method, which only the table with all columns shows."""
        return self.name in ("status", "cagr", "final")

    @property
    def word(self) -> Any:
        return dict(self.options).get(self.chosen, "")


def leads(found: Overview) -> list[Organisation]:
    """The organisations that answer for some indicator of the plan, by code."""
    rows = {row.code: row for standing in found.standings if (row := standing.indicator.lead)}
    return [rows[code] for code in sorted(rows)]


def read_table_choice(params, *, organisations: Iterable[str] = (), years: Iterable[int] = ()) -> IndicatorFilters:
    """The choice of a request; a word that is none is refused by name."""
    sorts = [sign + key for key in (*SORTS, *map(str, years)) for sign in ("", "-")]
    return IndicatorFilters.read(params, org=organisations, sort=sorts)


def filters(found: Overview, choice: IndicatorFilters) -> list[Filter]:
    """All filters with what there is to choose; that of organisations only where some are named."""
    every = [standing.indicator for standing in found.standings]
    natures = [(key, word) for key, word in Indicator.Nature.choices if key in {row.nature for row in every}]
    places = {True: ("yes", _("列入")), False: ("no", _("正文中的量化承诺"))}
    tables = [places[key] for key in (True, False) if key in {row.in_table for row in every}]
    named = [(row.code, in_language(row.name, row.name_en)) for row in leads(found)]
    lang = "" if all(re.search("[a-z]", name) for _code, name in named) else "zh-CN"
    rows = [
        Filter("state", Method.STATE.label, [(key, INDICATOR_WORDS[key]) for key in WORST_FIRST], choice.state),
        # 提前 and 如期实现 are one choice for whoever looks for what was reached.
        Filter("status", SORTS["linear"], list(LINEAR_STATUSES.items()), choice.status),
        Filter("doubt", _("判定是否可靠"), list(DOUBTS.items()), choice.doubt),
        Filter("cagr", SORTS["cagr"], list(CAGR.items()), choice.cagr),
        Filter("final", SORTS["final"], list(FINAL.items()), choice.final),
        Filter("org", _("责任单位"), named, choice.org, lang),
        Filter("nature", _("性质"), natures, choice.nature),
        Filter("in_table", _("规划表 1"), tables if found.has_table else [], choice.in_table),
    ]
    return [row for row in rows if len(row.options) > (row.name != "org") or row.chosen]


def sort_options(choice: IndicatorFilters) -> list[tuple[str, str]]:
    """Both ways of every order for a list of choices; the view's own has the empty value."""
    keys = SORTS if choice.sort_key in SORTS else SORTS | {choice.sort_key: choice.sort_key}
    pairs = [
        (sign + key, f"{label} {arrow}") for key, label in keys.items() for sign, arrow in (("", "↑"), ("-", "↓"))
    ]
    return [("" if value == OWN_SORT[choice.view] else value, label) for value, label in pairs]
