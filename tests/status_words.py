"""Which words of a page say how something stands: none but those of the two ladders (plan.badges)."""

import re

from django.utils import translation
from lxml import html as parser

from indicators.shown.wording import CAGR, FINAL, LINEAR
from plan.after_period import STATE_WORDS
from plan.badges import INDICATOR_WORDS
from plan.changes import Method

# Words that pages had for the same before, in Chinese and in English.
FORMER = {
    "zh-hans": (
        "如期实现",
        "无基期，仅比目标",
        "达到序时进度",
        "滞后于序时进度",
        "提前完成",
        "如期完成",
        "未判定",
    ),
    "en": (
        "Achieved on time",
        "No baseline",
        "Behind schedule",
        "Completed early",
        "Completed on time",
        "Not judged",
    ),
}
# Said by a program and by nobody who works in an office; beside each what people say.
MACHINE_WORDS = {
    "路程的": "增量目标完成",
    "松紧": "调整方向",
    "近端为达标线": "进入即达标，越过也算",
    "未分任务": "未列出片区任务",
    "落单": "不在任何集群",
    "整组被提及": "规划提到几处",
    "处聚焦": "相关集群",
    "被提及于": "相关条目",
    "加权平均完成": "平均完成",
    "未报的计入后": "其余未报",
    r"参数.{0,20}不能使用": "这里没有这个参数",
}
# Said of much else too: a word of a method only where a badge says it.
PLAIN = {"Achieved", "Missed"}
# What says how it was reckoned, and what others wrote.
EXEMPT = ("//*[@data-methods]", "//script", "//style", "//template", "//select[@name='sort']")
READ_ALOUD = ("title", "aria-label", "alt", "data-label", "placeholder")


def strange_words(html: str, language: str) -> list[tuple[str, str]]:
    """(word, the text it stands in) for every word of the methods that a page shows outside of their places."""
    page = parser.fromstring(html)
    machine = _machine_words(page)
    for path in EXEMPT:
        for element in page.xpath(path):
            element.drop_tree()
    texts = _texts(page)
    badges = [" ".join(one.text_content().split()) for one in page.xpath("//*[contains(@class, 'badge')]")]
    found = [(word, text) for word in method_words(language) for text in texts if _says(text, word)]
    found += [(word, text) for word in PLAIN for text in badges if _says(text, word)]
    return machine + found


def _texts(page) -> list[str]:
    """Every text of a page and what is read aloud of it."""
    texts = [text.strip() for text in page.itertext() if text.strip()]
    return texts + [value for element in page.iter() for name in READ_ALOUD if (value := element.get(name))]


def _machine_words(page) -> list[tuple[str, str]]:
    """Said nowhere, not even where it is told how something was reckoned."""
    machine = re.compile("|".join(MACHINE_WORDS))
    return [(said[0], text) for text in _texts(page) if (said := machine.search(text))]


def method_words(language: str) -> set[str]:
    """The words of the three methods, and their names, that are none of the ladders."""
    with translation.override(language):
        ladders = {str(word) for word in (*INDICATOR_WORDS.values(), *STATE_WORDS.values())}
        methods = (Method.LINEAR.label, Method.CAGR.label, Method.FINAL.label)
        told = {str(word) for word in (*LINEAR.values(), *CAGR.values(), *FINAL.values(), *methods)}
    return (told | set(FORMER[language])) - ladders - PLAIN


def _says(text: str, word: str) -> bool:
    if word.isascii():
        return re.search(rf"\b{re.escape(word)}\b", text) is not None
    return word in text
