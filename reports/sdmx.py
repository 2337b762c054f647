"""The judged figures as SDMX-CSV 2.0, for the tools of statistical offices, and the structure they are read by.

One series a component; every release stays, told apart by VINTAGE (the day it became public, numbered where two
sources released on one day). The structure (SDMX-ML 2.1) names every code the file uses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string

from indicators.files.exports import judged_observations
from indicators.models import Component, Observation
from plan.columns import words_in
from plan.exports.csvfile import CountedRows, csv_line
from plan.models import Plan
from texts.xml import xml_safe

AGENCY, VERSION = "PLAN", "2.0.0"
STRUCTURE_ID = f"{AGENCY}:OBSERVATIONS({VERSION})"
# Of SDMX's own list CL_OBS_STATUS, which has no "revised": that a figure was revised says VALUE_STATUS.
STATUS = {"final": "A", "preliminary": "P", "estimated": "E", "revised": "A"}
# Units by their words: the code, and the power of ten a figure is to be multiplied by.
UNITS: dict[str, tuple[str, int]] = {
    "%": ("PT", 0),
    "元": ("CNY", 0),
    "万元": ("CNY", 4),
    "亿元": ("CNY", 8),
    "万亿元": ("CNY", 12),
    "家": ("UNITS", 0),
    "万家": ("UNITS", 4),
    "项": ("CASES", 0),
    "件": ("PIECES", 0),
    "万件": ("PIECES", 4),
    "位": ("RANK", 0),
    "人": ("PERSONS", 0),
    "万人": ("PERSONS", 4),
}
UNIT_NAMES = {
    "PT": ("%", "Per cent"),
    "CNY": ("元", "Yuan renminbi"),
    "UNITS": ("家", "Enterprises or institutions"),
    "CASES": ("项", "Items"),
    "PIECES": ("件", "Pieces"),
    "RANK": ("位", "Place in an order"),
    "PERSONS": ("人", "Persons"),
}
POWERS = {0: ("个", "Units"), 4: ("万", "Ten thousands"), 8: ("亿", "Hundred millions"), 12: ("万亿", "Trillions")}


@dataclass(frozen=True)
class Part:
    """A column of the file: a dimension, an attribute or the measure; `codes` is the list its values are of."""

    id: str
    zh: str
    en: str
    codes: str = ""
    type: str = "String"
    assignment: str = "Conditional"


@dataclass(frozen=True)
class Code:
    id: str
    zh: str
    en: str


@dataclass(frozen=True)
class CodeList:
    id: str
    zh: str
    en: str
    codes: list[Code]


DIMENSIONS = (
    Part("FREQ", "频率", "Frequency", "CL_FREQ"),
    Part("PLAN", "规划", "Plan", "CL_PLAN"),
    Part("INDICATOR", "指标分项", "Component of an indicator", "CL_INDICATOR"),
    Part("VINTAGE", "发布版本", "Release, by its day"),
)
TIME = Part("TIME_PERIOD", "年份", "Reference year", type="GregorianYear")
MEASURE = Part("OBS_VALUE", "数值", "Observed value", type="Decimal")
ATTRIBUTES = (
    Part("OBS_STATUS", "观测状态", "Observation status", "CL_OBS_STATUS", assignment="Mandatory"),
    Part("UNIT_MEASURE", "计量单位", "Unit of measure", "CL_UNIT_MEASURE", assignment="Mandatory"),
    Part("INDICATOR_NAME", "指标名称", "Name of the indicator"),
    Part("COMPONENT", "分项名称", "Name of the component"),
    Part("RELEASED_ON", "公布日期", "Released on", type="GregorianDay"),
    Part("SOURCE", "来源", "Source"),
    Part("SOURCE_URL", "来源网址", "Address of the source"),
    Part("UNIT_MULT", "单位乘数", "Unit multiplier", "CL_UNIT_MULT", assignment="Mandatory"),
    Part("VALUE_STATUS", "数据性质", "Kind of figure", "CL_VALUE_STATUS", assignment="Mandatory"),
    Part("PRECISION", "精确程度", "Precision", "CL_PRECISION", assignment="Mandatory"),
)
COLUMNS = (
    *("STRUCTURE", "STRUCTURE_ID", "ACTION"),
    *("FREQ", "PLAN", "INDICATOR", "TIME_PERIOD", "VINTAGE", "OBS_VALUE"),
    *(part.id for part in ATTRIBUTES),
)


def code_id(code: str) -> str:
    """A code as SDMX allows it: letters, digits, _ and -."""
    return code.replace(".", "_")


def unit_of(words: str) -> tuple[str, int]:
    """The code of a unit and its power of ten; of one nobody has named yet a code made of its characters."""
    return UNITS.get(words) or (f"U_{'_'.join(f'{ord(one):X}' for one in words) or '0'}", 0)


class SdmxFile:
    """Heading and lines in blocks; `number` says how many figures there were."""

    def __init__(self, plan: Plan, as_of: date):
        self._rows = CountedRows(judged_observations(plan, as_of).iterator(chunk_size=2000))
        self._plan = plan

    @property
    def number(self) -> int:
        return self._rows.number

    def __iter__(self) -> Iterator[bytes]:
        yield csv_line(COLUMNS).encode()
        before, times = None, 1
        for row in self._rows:
            release = (row.component_id, row.year, row.released_on)
            times = times + 1 if release == before else 1
            before = release
            vintage = row.released_on.isoformat() + (f"-{times}" if times > 1 else "")
            yield csv_line(self._cells(row, vintage)).encode()

    def _cells(self, row: Observation, vintage: str) -> list[str | int | Decimal]:
        indicator = row.component.indicator
        unit, power = unit_of(indicator.unit)
        return [
            "dataflow",
            STRUCTURE_ID,
            "I",
            "A",
            code_id(self._plan.slug),
            code_id(row.component.code),
            row.year,
            vintage,
            row.value,
            STATUS[row.value_status],
            unit,
            indicator.title,
            row.component.name,
            row.released_on.isoformat(),
            row.source.title,
            row.source.url,
            power,
            row.value_status.upper(),
            row.precision.upper(),
        ]


def structure(plan: Plan, as_of: date) -> bytes:
    """The structure of the file as SDMX-ML 2.1: its columns, the lists of codes, the concepts behind them."""
    components = list(Component.objects.of(plan).select_related("indicator").order_by("indicator__order", "order"))
    context: dict[str, Any] = {
        "plan": plan,
        "agency": AGENCY,
        "version": VERSION,
        "day": as_of.isoformat(),
        "lists": [_safe(one) for one in _lists(plan, components)],
        "parts": (*DIMENSIONS, TIME, MEASURE, *ATTRIBUTES),
        "dimensions": DIMENSIONS,
        "time": TIME,
        "measure": MEASURE,
        "attributes": ATTRIBUTES,
    }
    return render_to_string("reports/sdmx_structure.xml", context).encode()


def _lists(plan: Plan, components: list[Component]) -> Iterator[CodeList]:
    yield CodeList("CL_FREQ", "频率", "Frequency", [Code("A", "每年", "Annual")])
    plans = [Code(code_id(plan.slug), plan.title, plan.title_en or plan.title)]
    yield CodeList("CL_PLAN", "规划", "Plan", plans)
    named = [Code(code_id(row.code), row.full_name, row.full_name_en or row.full_name) for row in components]
    yield CodeList("CL_INDICATOR", "指标分项", "Components of indicators", named)
    yield CodeList("CL_OBS_STATUS", "观测状态", "Observation status", [
        Code("A", "正常值", "Normal value"), Code("P", "初步数据", "Provisional value"),
        Code("E", "估计值", "Estimated value"),
    ])  # fmt: skip
    units = [Code(code, *names) for code, names in UNIT_NAMES.items()]
    units += [Code(unit_of(words)[0], words, words) for words in _other_units(components)]
    yield CodeList("CL_UNIT_MEASURE", "计量单位", "Unit of measure", units)
    powers = [Code(str(power), *names) for power, names in POWERS.items()]
    yield CodeList("CL_UNIT_MULT", "单位乘数", "Unit multiplier", powers)
    yield _choices("CL_VALUE_STATUS", "数据性质", "Kind of figure", Observation.ValueStatus)
    yield _choices("CL_PRECISION", "精确程度", "Precision", Observation.Precision)


def _other_units(components: list[Component]) -> list[str]:
    return sorted({row.indicator.unit for row in components} - UNITS.keys())


def _choices(id: str, zh: str, en: str, choices: Any) -> CodeList:
    words = [words_in(dict(choices.choices), language) for language in ("zh-hans", "en")]
    return CodeList(id, zh, en, [Code(key.upper(), words[0][key], words[1][key]) for key in choices.values])


def _safe(one: CodeList) -> CodeList:
    codes = [Code(code.id, xml_safe(code.zh), xml_safe(code.en)) for code in one.codes]
    return CodeList(one.id, one.zh, one.en, codes)
