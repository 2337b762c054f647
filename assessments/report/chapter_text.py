"""A chapter's plain text as blocks of a document.

A line is a paragraph; （一）… is a heading of the second level, 1．… one of the third, each where it stands short
and without a full stop; 〔表：名称〕 and 〔图：编码〕 on a line of their own are tables and charts of the report.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from assessments.report.document import Block, DocumentParagraph, Heading, numbers_held

PLACE = re.compile(r"^〔(表|图)：\s*(.+?)\s*〕$")
SECOND = re.compile(r"^（[一二三四五六七八九十]+）[^。；]{1,60}$")
THIRD = re.compile(r"^\d{1,2}[．.、]\s?[^。；]{1,60}$")
TABLE, CHART = "表", "图"
Placed = Callable[[str, str], Iterable[Block]]


def blocks_of(text: str, placed: Placed) -> Iterator[Block]:
    """The blocks of a text; `placed` makes those of a table or chart, given 表 or 图 and its name. Pure."""
    for line in filter(None, map(str.strip, text.splitlines())):
        if place := PLACE.match(line):
            yield from placed(*place.groups())
        elif SECOND.match(line):
            yield Heading(2, line)
        elif THIRD.match(line):
            yield Heading(3, line)
        else:
            yield DocumentParagraph(numbers_held(line))


def is_heading(line: str) -> bool:
    """Whether a line is a heading within a chapter, by its words alone. Pure."""
    return bool(SECOND.match(line) or THIRD.match(line))


def places_in(text: str) -> list[tuple[str, str]]:
    """The tables and charts a text asks for. Pure."""
    return [place.groups() for line in text.splitlines() if (place := PLACE.match(line.strip()))]


SENTENCE = re.compile(r"[^。！？；\n]*[。！？；]?[”』）]?")


def sentences(text: str) -> list[str]:
    """The sentences of a text in order, a paragraph's end as one of its own; together they are the text. Pure."""
    found = []
    for line in text.splitlines():
        found += [piece for piece in SENTENCE.findall(line) if piece]
        found.append("\n")
    return found[:-1]
