"""What a word beside figures says of them (上半年, 计划, 增速, 广州市), and a row of those below it. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from indicators.files.naming import NUMBERING, is_unit, split_unit
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
# Places other than the plan's own, as they head rows and columns.
_CITIES = (
    r"北京|上海|天津|重庆|广州|珠海|佛山|惠州|东莞|中山|江门|肇庆|深汕"
    r"|杭州|南京|苏州|武汉|成都|西安|合肥|厦门|青岛|宁波"
)
_NAMED = rf"世界|全球|香港|澳门|台湾|{_CITIES}"
PLACE = re.compile(rf"[\u4e00-\u9fff]{{1,10}}(?:省|市|县|州|盟|旗|国|镇|乡|街道|区)|{_NAMED}")
# A whole title or the name of a sheet.
NAMED_PLACE = re.compile(rf"[\u4e00-\u9fff]{{2,6}}(?:镇|乡|街道)|{_NAMED}")
# As they open a title: 南山区主要指标; not 高新区, 技术市场 or 中心城市.
PLACE_AHEAD = re.compile(
    r"(?:[\u4e00-\u9fff]{2,3}?(?<![全各分本地园社城股超县市特表])(?<!高新|开发|合作|保税|技术|行政|试验|示范|自治|地级|分区)"
    r"(?<!工作|数据|录入|填报)(?:省|自治区|市(?![场级区民政值价容])|区(?![域间块分位级县])|县(?!级)|自治州)"
    r"|全国|我国|(?:中国|世界|全球)(?=$|各|主要|科技|经济)|全省|(?:香港|澳门|台湾)(?=$|特|地区|科技|主要)"
    r"|(?:粤港澳)?大湾区|长三角|珠三角|京津冀"
    # The towns, not their universities.
    rf"|(?:{_CITIES})(?!大学|理工|工业大))"
)
YEARS_AHEAD = re.compile(r"^[\d\s年度月—―–~至-]+")
OWN_PLACE = ("全市", "本市", "我市", "合计", "总计")


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
    if kind in (WHOLE, "value") or (PLACE.fullmatch(name) and not is_elsewhere(name, title)):
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


def is_elsewhere(text: str, title: str) -> bool:
    """Whether a word names a place that is not the plan's own."""
    name = narrow(bare(text)).replace(" ", "")
    return PLACE.fullmatch(name) is not None and name.removesuffix("市") not in title and name not in OWN_PLACE


def is_apart(heading: str) -> bool:
    """Whether a column says whose figures its rows are."""
    return APART.fullmatch(narrow(bare(heading)).replace(" ", "").lower()) is not None


def place_in(text: str, title: str) -> str:
    """The place other than the plan's own that a title speaks of: 南山区主要指标, 科技指标（全国）; or ""."""
    own = PLACE_AHEAD.match(title)
    for piece in re.split(r"[\s()（）【】\[\]·:：,，、_|/-]+", narrow(bare(text))[:LONGEST_WORDS]):
        words = YEARS_AHEAD.sub("", piece)
        if own and words.startswith(own[0]):
            words = words.removeprefix(own[0])
        if NAMED_PLACE.fullmatch(words) and is_elsewhere(words, title):
            return words[:40]
        ahead = PLACE_AHEAD.match(words)
        if ahead and ahead[0] not in OWN_PLACE and ahead[0].removesuffix("市") not in title:
            return ahead[0]
    return ""


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
    if GROWTH.search(plain) or plain in RANKS:
        return "growth"
    if is_unit(cell):
        return "unit"
    try:
        return "status" if read_label(f"2000({plain})", last=9999).status else ""
    except BadCell:
        return ""


def status_of(word: str) -> str:
    return read_label(f"2000({narrow(bare(word))})", last=9999).status
