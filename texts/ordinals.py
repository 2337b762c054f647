"""The number printed before a heading: 第四章, 一、, （六）, 1., 专栏3. Pure."""

import re

from texts.numbers import whole_number

DIGITS = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
NUMBER = r"[零〇一二两三四五六七八九十百]+|[0-9]{1,3}"
# From the plainest to the barest; the name is what goes before the number where the heading is no plain one.
PRINTED = (
    re.compile(rf"第({NUMBER})[篇章节条]"),
    re.compile(rf"(专栏|专题|附件)\s*({NUMBER})"),
    re.compile(r"([零〇一二两三四五六七八九十百]+)、"),
    re.compile(rf"[（(]({NUMBER})[）)]"),
    re.compile(r"([0-9]{1,3})[.．、](?!\d)"),
)


def read_number(text: str) -> int:
    """十一 → 11, 二十 → 20, 一百零三 → 103, 七 → 7, "12" → 12."""
    if (plain := whole_number(text)) is not None:
        return plain
    total, last = 0, 0
    for mark in text:
        if mark in "十百":
            total, last = total + (last or 1) * (10 if mark == "十" else 100), 0
        else:
            last = DIGITS[mark]
    return total + last


def printed_number(heading: str) -> str:
    """The number a heading begins with: "4" of 第四章, "专栏3" of 专栏 3; empty where it has none."""
    for pattern in PRINTED:
        if match := pattern.match(heading.strip()):
            *name, number = match.groups()
            return "".join([*name, str(read_number(number))])
    return ""
