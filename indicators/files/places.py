"""Which words name a place, and whether it is another than the plan's own. Pure.

By their endings and by a list (places.txt) of those that stand without one: 广东, 前海, 长三角. What names another
place is asked about wherever it stands; nothing is taken for the city's because its place is unknown here.
"""

import re
from pathlib import Path

from tables.cells import LONGEST_WORDS, bare, narrow

_LINES = Path(__file__).with_name("places.txt").read_text("utf-8").splitlines()
LISTED = frozenset(name for line in _LINES if not line.startswith("#") for name in line.split())
# 福田 as well as 福田区: the one line below its own heading.
_DISTRICTS = frozenset(_LINES[_LINES.index("# Districts and areas that are named alone:") + 1].split())
LONGEST = max(map(len, LISTED))
# No place at the head of other words: 世界 but not 世界500强.
ALONE = LISTED | {"世界", "全球", "国内", "国外", "海外", "境外", "内地"}
PLACE = re.compile(r"[\u4e00-\u9fff]{1,20}(?:省|市|县|州|盟|旗|国|镇|乡|街道|区)")
DISTRICT = re.compile(r"[\u4e00-\u9fff]{1,12}(?:区|县|镇|街道|乡)")
# A whole title or the name of a sheet.
NAMED_PLACE = re.compile(r"[\u4e00-\u9fff]{2,6}(?:镇|乡|街道)")
# As they open a title: 南山区主要指标; not 高新区, 技术市场 or 中心城市.
PLACE_AHEAD = re.compile(
    r"(?:[\u4e00-\u9fff]{2,3}?(?<![全各分本地园社城股超县市特表片校学辖上都])"
    r"(?<!高新|开发|合作|保税|技术|行政|试验|示范|自治|地级|分区|工作|数据|录入|填报)"
    r"(?:省|自治区|市(?![场级区民政值价容])|区(?![域间块分位级县])|县(?![级域])|自治州)"
    r"|全国|我国|(?:中国|世界|全球)(?=$|各|主要|科技|经济)|全省)"
)
# 中山大学 is no town.
NO_TOWN = re.compile(r"[\u4e00-\u9fff]{0,4}(?:大学|学院|理工|医院)")
# Longer names, which are places only by what stands before their ending: 前海深港合作区, not 经济技术开发区.
ZONE_AHEAD = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,12}?)(?:自治[州县旗]|林区|新区|合作区|开发区|高新区|保税区|示范区|科学城|街道)"
)
OF_ANY_ZONE = re.compile(
    r"国家级?|[省市区]级|全市|本市|我市|全国|各类?|所有|主要|重点|以上|特别|经济|高新|技术|产业|工业|农业|科技|现代|服务业?"
    r"|自主|创新|综合|先行|自由|贸易|功能|新|园|区|和|与|及|的"
)
YEARS_AHEAD = re.compile(r"^[\d\s年度月—―–~至-]+")
OWN_PLACE = ("全市", "本市", "我市", "合计", "总计")
# 广东省（不含深圳）: what is in or out of it.
IN_BRACKETS = re.compile(r"\([^()]*\)$")
PIECES = re.compile(r"[\s()（）【】\[\]·:：,，、_|/-]+")
OF_FIGURES = re.compile(r"的?(?:数据?|口径)$")
# In a note: 本表数据为南山区数据. Not 不含深汕, which is how wide the city's own figure is.
SAID_OF = re.compile(r"[。；;]|为|系|是|仅|指")


def is_place(name: str) -> bool:
    return name in ALONE or PLACE.fullmatch(name) is not None


def is_elsewhere(text: str, title: str) -> bool:
    """Whether a word names a place that is not the plan's own; `title`: of the plan."""
    name = IN_BRACKETS.sub("", narrow(bare(text)).replace(" ", ""))
    return is_place(name) and not _is_own(name, title)


def is_district(name: str) -> bool:
    """Whether a place is smaller than a city: 福田区, 南山, 粤海街道."""
    return name in _DISTRICTS or DISTRICT.fullmatch(name) is not None


def place_in(text: str, title: str) -> str:
    """The place other than the plan's own that a title speaks of: 南山区主要指标, 科技指标（全国）; or ""."""
    for piece in PIECES.split(narrow(bare(text))[:LONGEST_WORDS]):
        words = _without_own(YEARS_AHEAD.sub("", piece), title)
        if (words in ALONE or NAMED_PLACE.fullmatch(words)) and is_elsewhere(words, title):
            return words[:40]
        if (ahead := place_ahead(words)) and not _is_own(ahead, title):
            return ahead
    return ""


def place_in_note(note: str, title: str) -> str:
    """The place other than the plan's own that a note says a table is of."""
    pieces = SAID_OF.split(narrow(note)[:LONGEST_WORDS])[1:]
    found = (piece[:40] if note_is_elsewhere(piece, title) else place_in(piece, title) for piece in pieces)
    return next(filter(None, found), "")


def note_is_elsewhere(note: str, title: str) -> bool:
    """Whether a note names another place and says nothing else: 南山区, 南山区数据."""
    return is_elsewhere(OF_FIGURES.sub("", narrow(note)), title)


def _is_own(name: str, title: str) -> bool:
    return name in OWN_PLACE or name.removesuffix("市") in title


def _without_own(words: str, title: str) -> str:
    """深圳市南山区 and 深圳南山区 are both 南山区 in a plan of 深圳."""
    own = place_ahead(title).removesuffix("市")
    return words.removeprefix(own).removeprefix("市") if own and words.startswith(own) else words


def place_ahead(words: str) -> str:
    """The place that words begin with, or ""."""
    if match := PLACE_AHEAD.match(words):
        return match[0]
    listed = next((words[:size] for size in range(LONGEST, 1, -1) if words[:size] in LISTED), "")
    if listed and not NO_TOWN.match(words, len(listed)):
        return listed
    zone = ZONE_AHEAD.match(words)
    return zone[0] if zone and OF_ANY_ZONE.sub("", zone["name"]) else ""
