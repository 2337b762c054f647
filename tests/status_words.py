"""Which words of a page say how something stands: none but those of the two ladders (plan.badges)."""

import re

from django.conf import settings
from django.utils import translation
from lxml import html as parser

from indicators.shown.wording import CAGR, FINAL, LINEAR
from plan.after_period import STATE_WORDS, state_on
from plan.badges import EVIDENCE, INDICATOR_WORDS, ITEM
from plan.changes import Method
from plan.params import today

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


# What somebody published is drawn apart from what a unit reports.
PUBLIC = {mark.look for mark in EVIDENCE.values()}


def badges_of(element) -> list[tuple[str, str, str]]:
    """(word, sign, look) of every badge, the figure's year and kind left out."""
    found = []
    for badge in element.xpath(".//span[contains(concat(' ', @class, ' '), ' badge ')]"):
        sign = badge.xpath("string(span[@aria-hidden])").strip()
        words = " ".join(badge.text_content().split()).removeprefix(sign).strip()
        found.append((words.split(" · ")[0], sign, badge.get("class").split()[1]))
    return found


def wrong_states(plan, client, language: str) -> list[tuple]:
    """(code, its word, what its page shows instead) of every task whose page does not show its one state."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    tasks = [kind for kind in plan.kinds.due if not kind.traits.is_entry]
    wrong = []
    for item in plan.items.filter(kind__in=tasks):
        page = parser.fromstring(client.get(f"/{plan.slug}/items/{item.code}/").content.decode())
        state = state_on(item.status, item.status_as_of, plan.ends_on, today())
        with translation.override(language):
            word = str(STATE_WORDS[state])
        facts = page.xpath("//dl[contains(@class, 'facts')]")[0]
        told = [badge for badge in badges_of(facts) if badge[2] not in PUBLIC]
        if told != [(word, ITEM[state].sign, ITEM[state].look)]:
            wrong.append((item.code, word, told))
    return wrong
