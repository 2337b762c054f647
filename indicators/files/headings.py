"""Which column of a file is which, by its headings, and what a file must say."""

import re
from collections.abc import Mapping
from functools import lru_cache

from indicators.files.columns import IMPORT_ONLY, OBSERVATION
from indicators.files.faults import Fault, broken
from indicators.files.naming import Names, in_chinese, name_key, split_unit
from indicators.files.sections import is_apart
from indicators.files.years import NOTES, OTHER_CODES, read_label, relative_year, why_no_year
from indicators.models import Component, ComponentName
from plan.columns import with_code_columns
from plan.demo import COLUMNS as DEMO_COLUMNS
from plan.models import FormerCode, Plan
from tables.badcell import BadCell
from tables.cells import (
    LONGEST_WORDS,
    bare,
    narrow,
)
from texts.names import nearest

REQUIRED = ("component", "year", "value", "value_status", "released_on", "source_title")
COLUMNS = OBSERVATION | IMPORT_ONLY
# The mark of a training installation's export: known, and not read.
PASSED_OVER = frozenset(word for row in DEMO_COLUMNS.values() for word in (row.name, row.zh, row.en))
# The codes beside the words of an export say nothing that the words do not.
CODE_HEADINGS = frozenset(
    word
    for name, row in with_code_columns(OBSERVATION).items()
    if name not in OBSERVATION
    for word in (row.name, row.zh, row.en)
)
_HEADINGS = {word.lower(): name for name, row in COLUMNS.items() for word in (name, row.zh, row.en, *row.also)}
# As people call them who do not know ours.
_HEADINGS |= {
    "编码": "component",
    "代码": "component",
    "项目": "indicator",
    "指标名": "indicator",
    "名称（单位）": "indicator",
}
_HEADINGS |= {"数": "value", "数据值": "value", "指标值": "value", "时间": "year", "公布日": "released_on"}
_HEADINGS |= {"出处": "source_title", "资料来源": "source_title", "计量单位": "unit", "exclusive": "exclusive"}
# What may name the year of a row that has no column for it.
DATED = ("period", "month", "quarter", "half")
# A cell cut in two by a diagonal names both what stands below it and what stands beside it.
DIAGONAL = re.compile(
    r"(?:年份?|年度|时间)\s*[/\\|\s]\s*(?:指标|项目|名称)(?:名称)?|(?:指标|项目|名称)(?:名称)?\s*[/\\|\s]\s*(?:年份?|年度|时间)"
)
BRACKETED = re.compile(r"\s*[(（\[【:].*$", re.DOTALL)


def propose(headings: list[str], ids: list[str] = ()) -> dict[str, int]:
    """Machine name → place of its column, as far as the headings say; a template's hidden ids win."""
    mapping: dict[str, int] = {}
    for place, name in enumerate(ids):
        if name in COLUMNS:
            mapping.setdefault(name, place)
    for place, name in enumerate(columns_of(headings)):
        if place not in mapping.values() and name:
            mapping.setdefault(name, place)
    return mapping


def columns_of(headings: list[str]) -> list[str]:
    """The machine name of each heading, or ""; without a column of years that of periods is one: 2024年上半年."""
    names = [column_of(heading) for heading in headings]
    if "year" not in names and (spell := next((name for name in DATED if name in names), None)):
        names[names.index(spell)] = "year"
    return names


@lru_cache(maxsize=4096, typed=True)
def column_of(heading: str) -> str:
    """The machine name a heading means, in Chinese, English or itself; or "".

    What is in brackets (a unit, 必填) or behind a colon, stars, footnote marks and blanks do not count.
    """
    if len(heading) > LONGEST_WORDS:
        return ""
    words = NOTES.sub("", narrow(bare(heading)).strip("*:★ \n")).strip("*: ").lower()
    short = BRACKETED.sub("", words).strip("*: ")
    forms = (words, short, re.sub(r"\s+", "", short), in_chinese(short))
    found = next((_HEADINGS[form] for form in forms if form in _HEADINGS), "")
    return found or ("year" if DIAGONAL.fullmatch(words) else "")


def is_heading(cells: list[str]) -> bool:
    """Whether a row heads a table of one figure a row."""
    return len({column_of(cell) for cell in cells} - {""}) >= 2


def names_of(plan: Plan, more: Mapping[str, str] | None = None, *, components: list | None = None) -> Names:
    """The names of a plan's components with those that people answered before; `more`: answered just now."""
    components = components or Component.objects.of(plan).select_related("indicator")
    known = ComponentName.objects.filter(plan=plan).values_list("key", "component__code")
    former = FormerCode.objects.filter(plan=plan).values_list("code", "item__code")
    aliases = {key: code or "" for key, code in known} | {
        name_key(split_unit(name)[0]): code for name, code in (more or {}).items()
    }
    names = Names(components, aliases, dict(former))
    names.title, names.title_en = plan.title, plan.title_en
    return names


def last_year_of(plan: Plan) -> int:
    return plan.ends_on.year + 10


def refuse_invented(plan: Plan, headings: list[str]) -> None:
    """Raises BrokenFile for a file that a training installation exported, where the plan is a real one."""
    if not plan.is_demo and any(heading.strip() in PASSED_OVER for heading in headings):
        raise broken("from_demo")


def missing_columns(mapping: Mapping[str, int], defaults: Mapping[str, str] | None = None) -> list[str]:
    """What a table of one figure a row needs and neither a column nor a word for the whole file says."""
    said = {*mapping, *(name for name, text in (defaults or {}).items() if text)}
    if said & {"code", "indicator"}:
        said.add("component")
    return [name for name in REQUIRED if name not in said]


def _why_no_heading(heading: str) -> str:
    """Why a heading that was meant for a year is none: ’24, 上半年, 五年平均; "" for any other."""
    try:
        read_label(heading, last=9999)
    except BadCell as bad:
        code = why_no_year(split_unit(narrow(heading))[0], bad.code)
        return code if code in ("short_year", *OTHER_CODES) else ""
    return ""


def _unknown(heading: str, known: str) -> Fault:
    if relative_year(split_unit(narrow(heading))[0]) is not None:
        return Fault(1, heading, heading, "relative_heading")
    if code := _why_no_heading(heading):
        return Fault(1, heading, heading, code)
    if near := nearest(heading, _HEADINGS):
        return Fault(1, heading or "—", heading, "unknown_heading_near", {"names": known, "near": near})
    return Fault(1, heading or "—", heading, "unknown_heading", {"names": known})


def heading_faults(headings: list[str], ids: list[str], defaults: Mapping[str, str] | None = None) -> list[Fault]:
    """What keeps a file from being read without a person who says which column is which."""
    names = ids if any(ids) else columns_of(headings)
    known = "、".join(COLUMNS)
    faults = [
        _unknown(heading, known)
        for heading, name in zip(headings, names, strict=True)
        if not name and heading.strip() not in PASSED_OVER | CODE_HEADINGS and not is_apart(heading)
    ]
    missing = missing_columns(dict.fromkeys(filter(None, names), 0), defaults)
    faults += [Fault(1, name, "", "missing_column") for name in missing]
    faults += [
        Fault(1, name, name, "double_heading")
        for name in dict.fromkeys(names)
        if name and list(names).count(name) > 1
    ]
    return faults
