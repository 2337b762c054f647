"""Which lines are headings, and how deep: 第X章, 第X节, 一、, （一）, 1., 专栏."""

import re
from dataclasses import dataclass

CN = "〇零一二三四五六七八九十百"
# From the highest to the lowest; which of them a plan uses decides their depth there.
MARKS = {
    "part": re.compile(rf"第[{CN}\d]+[篇编部]分?[\s　:：]*"),
    "chapter": re.compile(rf"第[{CN}\d]+章[\s　:：]*"),
    "section": re.compile(rf"第[{CN}\d]+节[\s　:：]*"),
    "cn": re.compile(rf"[{CN}]{{1,4}}、\s*"),
    "paren": re.compile(rf"[（(][{CN}]{{1,4}}[）)]\s*[、.．]?\s*"),
    "number": re.compile(r"\d{1,3}\s*[.．、](?!\d)\s*"),
    "paren_number": re.compile(r"[（(]\d{1,3}[）)]\s*|[①-⑳]\s*"),
}
BOX = re.compile(rf"专栏\s*[{CN}\d]*[\s　:：]*")
# A heading has no sentence in it and fits on a line or two.
LONGEST = 45
SENTENCE = re.compile(r"[。；！？]")


@dataclass(frozen=True)
class HeadingNumber:
    """How a line begins: the sort of number, the number as printed, and the words after it."""

    sort: str
    printed: str
    rest: str

    @property
    def is_heading(self) -> bool:
        return bool(self.rest) and len(self.rest) <= LONGEST and not SENTENCE.search(self.rest)


def mark_of(line: str) -> HeadingNumber | None:
    """The number a line begins with, or None."""
    for sort, pattern in MARKS.items():
        if found := pattern.match(line):
            return HeadingNumber(sort, found[0], line[found.end() :].strip())
    if found := BOX.match(line):
        return HeadingNumber("box", found[0], line[found.end() :].strip())
    return None


def is_heading(line: str) -> bool:
    found = mark_of(line)
    return found is not None and found.is_heading


def depths(lines: list[str]) -> dict[str, int]:
    """By sort of number, how deep its headings lie in this text: 1 for chapters.

    1. and below open no section: they number statements, or stand as a line over a paragraph. A box (专栏) lies in
    the section it is printed in.
    """
    used = {found.sort for line in lines if (found := mark_of(line)) and found.is_heading}
    sorts = [sort for sort in MARKS if sort in used and sort not in ("number", "paren_number")]
    boxes = {"box": min(len(sorts), 2) + 1} if "box" in used else {}
    return {sort: depth for depth, sort in enumerate(sorts, 1)} | boxes
