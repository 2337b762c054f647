"""What a word says of a part of a year: all of it, some of it, or nobody can tell. Pure.

Shared by the labels of years, columns such as 季度 and 频率, headings above and below years, names and titles.
"""

import re
from functools import lru_cache

from tables.badcell import BadCell
from tables.cells import LONGEST_WORDS, bare, narrow

WHOLE, PART, UNCLEAR = "whole", "part", "unclear"
_N = r"(?:0?[1-9]|1[0-2]|十[一二]?|[一二三四五六七八九])"
_SUM = r"(?:累计|合计|总计)?(?:数据?|值|总量)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_QUARTER = r"第?[一二三四1-4ⅠⅡⅢⅣ]季度?"
_ALL = (
    rf"全年度?{_SUM}|年度(?:数据?|值)?|年?年?(?:末|底|终)数?|年?期末数?"
    rf"|(?:0?1|一)月?份?-(?:12|十二)(?:月份?|个月){_SUM}|(?:12|十二)月[末底]|前?(?:12|十二)个月{_SUM}"
    rf"|(?:第?[一1Ⅰ]季?度?-第?[四4Ⅳ]|前?四个)季度?{_SUM}|前四季度{_SUM}|m0?1-m?12|q1-q?4"
    r"|annual|full-?year|year-?end|yearly|twelvemonths|12months"
)
_SOME = (
    rf"(?:上|下|前|后)?半年度?{_SUM}|[上下]半{_SUM}|半年报|(?:前|后|首|头)?[一二三两1-3]个?季度?{_SUM}|{_QUARTER}{_SUM}"
    rf"|第?[一1Ⅰ]季?度?-第?[二三23ⅡⅢ]季度?{_SUM}|(?:上|本|当|下)季度?|季度?(?:报|末|初|数据?)?|[一二三四]季报"
    rf"|{_N}月?份?-{_N}(?:月份?|个月)?{_SUM}|{_N}月份?(?:末|底|初)?{_SUM}|{_N}月\d{{1,2}}日|前{_N}个月{_SUM}"
    r"|(?:本|当|上|下)?月份?(?:度|末|底|初|报|数据?)?(?:累计)?|(?:上|中|下)旬|[本上]?[旬周日](?:度|报)?"
    r"|[年期]初(?:数|值)?|年中|中期|年?中|上|下"
    r"|q[1-4](?:-q?[1-4])?|[1-4]q|h[12]|[12]h|s[12]|m(?:0?[1-9]|1[0-2])(?:-m?\d{1,2})?"
    r"|[1-4](?:st|nd|rd|th)quarter|[12](?:st|nd)half|(?:first|second|third|fourth)(?:quarter|half)|half-?year(?:ly)?|halfyear"
    rf"|quarter(?:ly)?|month(?:ly)?|weekly|daily|{_MONTH}(?:-{_MONTH})?"
)
_OPEN = (
    r"(?:年度?)?(?:累计|合计|总计|小计|平均)(?:数|值)?|第?[四4Ⅳ]季度?累计|(?:12|十二)月份?累计|(?:本|报告|上|当)?期(?:数|累计)?"
    r"|(?:上年|去年)?同期数?|ytd|yeartodate|至今|初"
)
ALL_OF_IT, SOME_OF_IT, WHO_KNOWS = (re.compile(words, re.IGNORECASE) for words in (_ALL, _SOME, _OPEN))
# The words of a column that says nothing else: 年 beside 季 and 月.
YEARLY = re.compile(r"年|每年|一年|年报|a|y|fy|year|1-12|12个?月", re.IGNORECASE)
# In a title or a name, between other words; a month alone may be the day of publication.
SPOKEN_OF = re.compile(
    r"[上下前]半年|半年度|半年报|(?:前|第|首)?[一二三四1-4ⅠⅡⅢⅣ]个?季度(?:累计)?|分季度|季报|月报|月度|前[一二三四五六七八九十\d]{1,2}个?月"
    rf"|{_N}月?份?-{_N}(?:月份?|个月)|\d月份|年初|年中"
    r"|(?<![a-z\d])(?:q[1-4]|[1-4]q|h[12]|[12]h)(?![a-z\d])"
    r"|(?:first|second|third) (?:half|quarter)|quarterly|monthly",
    re.IGNORECASE,
)
DASHES = re.compile(r"\s*[—–―‒─~～〜至到]\s*")
# In the middle of other words behind a year, enough to say that it is no plain year.
WITHIN = re.compile(r"月|季|半年|旬|周|[上下]半|quarter|month|half", re.IGNORECASE)


# 上年一季度, 本年1-9月: which year is meant does not matter.
OF_THE_YEAR = re.compile(
    r"(?:本|今|当|上|去|前)年度?(?:同期)?的?(?=.)|(?:this|last)year(?:'?s)?(?=.)", re.IGNORECASE
)


def one_dash(text: str) -> str:
    """1—6月, 1～6月 and 1至6月 written in one way."""
    return DASHES.sub("-", text)


def squeezed(text: str) -> str:
    """Without brackets, blanks and the marks between words."""
    return re.sub(r"[\s()（）\[\]【】〔〕「」:：,，、_·]", "", text)


def whole_at(word: str) -> int:
    """How many of a word's first letters say that all of a year is meant: 全年（初步） → 2."""
    match = ALL_OF_IT.match(word)
    if match is None or ALL_OF_IT.fullmatch(word):
        return len(word) if match else 0
    return 0 if SOME_OF_IT.fullmatch(word) or WHO_KNOWS.fullmatch(word) else match.end()


@lru_cache(maxsize=4096)
def kind_of(text: str, *, within: bool = False) -> str:
    """WHOLE, PART, UNCLEAR, or "" for a word of something else. `within`: behind a year, between other words."""
    if len(text) > LONGEST_WORDS:
        return ""
    word = squeezed(one_dash(narrow(bare(text)))).strip("-*.")
    if not word:
        return ""
    for kind, pattern in ((WHOLE, ALL_OF_IT), (UNCLEAR, WHO_KNOWS), (PART, SOME_OF_IT)):
        if pattern.fullmatch(word):
            return kind
    if (of := OF_THE_YEAR.match(word)) and SOME_OF_IT.fullmatch(word, of.end()):
        return PART
    return PART if within and WITHIN.search(word) else ""


def spoken_of(text: str) -> str:
    """The part of a year a title or a name speaks of, as written there, or ""."""
    plain = one_dash(narrow(bare(text)[: 10 * LONGEST_WORDS]))
    return next((match[0] for match in SPOKEN_OF.finditer(plain) if kind_of(match[0]) != WHOLE), "")


def read_spell(text: str) -> bool:
    """Whether a cell of a column such as 季度 says that all of its year is meant; False where it leaves that open.

    Raises BadCell(sub_annual) for a part of the year. A number is a month or a quarter.
    """
    word = squeezed(one_dash(narrow(bare(text)))).strip("*.")
    kind = WHOLE if YEARLY.fullmatch(word) else kind_of(word)
    if kind == PART or re.fullmatch(_N + r"|\d|[ⅠⅡⅢⅣ]|半年?", word):
        raise BadCell("sub_annual")
    return kind == WHOLE
