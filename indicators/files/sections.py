"""What a word beside figures says of them (上半年, 计划, 增速, 广州市), and a row of those below it. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from indicators.files.naming import NUMBERING, is_unit, split_unit
from indicators.files.places import OWN_PLACE, is_elsewhere, is_place
from indicators.files.spells import PART, UNCLEAR, WHOLE, kind_of, spoken_of
from indicators.files.years import GROWTH, OTHER_CODES, read_label
from tables.badcell import BadCell
from tables.cells import LONGEST_WORDS, bare, narrow

VALUE_WORDS = {
    "数值",
    "总量",
    "绝对数",
    "绝对值",
    "绝对额",
    "实绩",
    "实际",
    "实际值",
    "实际数",
    "完成值",
    "数",
    "值",
    "value",
}
RANKS = ("占比", "比重", "排名", "位次", "增减", "完成率")
# Where a heading says more than its year: what is passed over, and why.
PASSED_KINDS = {"growth": "growth", "planned": "planned", PART: "sub_annual", UNCLEAR: "part_unclear"}
PLANNED_WORD = re.compile(
    r"(?:年度|全年|当年|规划)?(?:计划|目标|规划|任务|预算|预测|预期)(?:目标|任务)?(?:数|值)?|plan|target|budget"
)
# In a title: not the indicators themselves.
NOT_ITSELF = re.compile(
    r"增速|增幅|增长率|增长速度|同比|环比|年均|五年平均|年计划|计划(?:指标|目标|安排)|目标任务|目标值|目标分解|预算"
)
GROWN = re.compile(r"[比较](?:上年|去年|同期)|同比|环比|增[速长幅减]", re.IGNORECASE)

# Columns by which a table has several figures of one thing: whose it is, a person says.
APART = re.compile(
    r"(?:所在|统计)?(?:地区|区域|城市|地市|省市|省份|市县|区县|各区|片区|国家|行业|行业类别|产业|性别|分组|口径)(?:名称)?"
    r"|(?:省|市|县|区|州|地名)(?:份|别|名)?|region|area|city|district|province|country|industry|sector|scope"
)


@dataclass(frozen=True)
class RowsHeading:
    """What a row that heads others says of them. `passed`: why they are no figures of the year; `text`: its words,
    by which a person is asked where it passes nothing over."""

    text: str = ""
    passed: str = ""

    @property
    def doubts(self) -> list[tuple[str, dict[str, Any]]]:
        return [("section", {"text": self.text[:40]})] if self.text and not self.passed else []


NO_SECTION = RowsHeading()


def section_below(texts: Iterable[str], before: RowsHeading, title: str) -> RowsHeading:
    """What a row of such words says of the rows below it; `title`: of the plan, whose own place is no other."""
    found = [_section(text, before, title) for text in texts]
    return next((section for section in found if section is not before), before if not found else found[0])


def _section(text: str, before: RowsHeading, title: str) -> RowsHeading:
    said = narrow(bare(text))[:LONGEST_WORDS]
    name = NUMBERING.sub("", split_unit(said)[0], count=1).strip(": #")
    kind = sub_kind(name)
    if name in OWN_PLACE:
        return NO_SECTION
    if (code := PASSED_KINDS.get(kind, "") or _year_said(name)) and (kind != "growth" or GROWN.match(name)):
        return RowsHeading(said, code)
    if kind in (WHOLE, "value") or (is_place(name) and not is_elsewhere(name, title)):
        return NO_SECTION
    other = kind in ("status", "growth") or spoken_of(name) or NOT_ITSELF.search(name)
    if other or is_elsewhere(name, title):
        return RowsHeading(said)
    # Another heading does not say that the one before is over.
    return RowsHeading(before.text) if before.text else before


def _year_said(name: str) -> str:
    try:
        read_label(name, last=9999)
    except BadCell as bad:
        return bad.code if bad.code in OTHER_CODES else ""
    return ""


def is_apart(heading: str) -> bool:
    """Whether a column says whose figures its rows are."""
    return APART.fullmatch(narrow(bare(heading)).replace(" ", "").lower()) is not None


def sub_kind(cell: str) -> str:
    """value, growth, unit, status, a part of the year (indicators.files.spells) or ""."""
    name, _unit = split_unit(narrow(bare(cell)))
    if spell := kind_of(name):
        return spell
    plain = name.replace(" ", "").lower()
    if plain in VALUE_WORDS:
        return "value"
    if PLANNED_WORD.fullmatch(plain):
        return "planned"
    # 1310.5（增长10%） is a figure with its growth behind it.
    if (GROWTH.search(plain) and not re.match(r"[0-9]", plain)) or plain in RANKS:
        return "growth"
    if is_unit(cell):
        return "unit"
    try:
        return "status" if read_label(f"2000({plain})", last=9999).status else ""
    except BadCell:
        return ""


def status_of(word: str) -> str:
    return read_label(f"2000({narrow(bare(word))})", last=9999).status
