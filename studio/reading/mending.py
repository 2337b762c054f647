"""Page furniture and broken lines mended. Each repair is shown with what was printed, and is undone by its key.

A repair is found anew each time the text is read, so that undoing one is no more than passing it over.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from studio.reading.headings import is_heading, mark_of
from studio.reading.tables import is_row

CONTENTS = re.compile(r"(?:\.{3,}|…+|·{3,}|\t)\s*[-—–]?\s*\d{1,4}\s*[-—–]?$")
CONTENTS_HEAD = re.compile(r"目\s*[录次]$")
PAGE = re.compile(
    r"(?:[-—–－]\s*\d{1,4}\s*[-—–－]|第\s*\d{1,4}\s*页(?:\s*[，,/]?\s*共\s*\d+\s*页)?|\d{1,4}\s*/\s*\d{1,4})$"
)
BARE_PAGE = re.compile(r"\d{1,3}$")
# What ends a paragraph; a line without it goes on in the next.
ENDED = re.compile(r"[。；！？：:;!?][”’」』）)]*$")
CAPTION = re.compile(r"[表图]\s*[\d一二三四五六七八九十]+|专栏|注[：:]|附[件表]")
OPENERS = re.compile(r"——|注[：:]")
GLUED_NUMBER = re.compile(r"(\d{1,2})([.．])(?=\d+\s*[至到~～—-])")
LATIN_AND = re.compile(r"(?<=[一-鿿])\s*and\s*(?=[一-鿿])")
# A running head stands on every page, and is short.
RUNNING, RUNNING_LONGEST = 3, 40


@dataclass(frozen=True)
class Repair:
    """One repair: `key` names it as long as the text stays, `line` counts from 1 in the text as it came in."""

    key: str
    sort: str
    line: int
    printed: str
    reading: str


@dataclass
class Line:
    number: int
    text: str
    numbers: list[int] = field(default_factory=list)


@dataclass
class Mended:
    lines: list[Line]
    repairs: list[Repair]


class _Mender:
    def __init__(self, text: str, undone: Collection[str]) -> None:
        self.lines = [Line(number, line.strip(" 　")) for number, line in enumerate(text.split("\n"), 1)]
        self.undone = set(undone)
        self.repairs: list[Repair] = []
        self.whole = text

    def repair(self, sort: str, line: int, printed: str, reading: str) -> bool:
        """Notes a repair; False where somebody undid it."""
        found = Repair(f"{sort}-{line}", sort, line, printed, reading)
        self.repairs.append(found)
        return found.key not in self.undone

    def drop(self, sort: str, wanted: Callable[[Line], bool]) -> None:
        self.lines = [
            line for line in self.lines if not (wanted(line) and self.repair(sort, line.number, line.text, ""))
        ]

    def rewrite(self, sort: str, pattern: re.Pattern[str], reading: str) -> None:
        for line in self.lines:
            new = pattern.sub(reading, line.text)
            if new != line.text and self.repair(sort, line.number, line.text, new):
                line.text = new

    def furniture(self) -> None:
        self.drop("contents", lambda line: bool(CONTENTS_HEAD.match(line.text) or _in_contents(line.text)))
        self.drop("page", lambda line: bool(PAGE.match(line.text)))
        bare = [line.number for line in self.lines if BARE_PAGE.match(line.text)]
        if len(bare) >= RUNNING:
            self.drop("page", lambda line: line.number in set(bare))
        counts = Counter(line.text for line in self.lines)
        seen: set[str] = set()
        self.drop("running", lambda line: _runs(line.text, counts, seen))

    def numbers(self) -> None:
        """1.5至10年内 and 2.10至15年内 are the statements 1 and 2, no decimals."""
        found = [(line, GLUED_NUMBER.match(line.text)) for line in self.lines]
        glued = [(line, match) for line, match in found if match]
        if [int(match[1]) for _line, match in glued] == list(range(1, len(glued) + 1)):
            for line, match in glued:
                new = f"{match[1]}{match[2]} {line.text[match.end() :]}"
                if self.repair("number", line.number, line.text, new):
                    line.text = new

    def join(self) -> None:
        joined: list[Line] = []
        for line in self.lines:
            last = joined[-1] if joined else None
            if not line.text:
                continue
            if last and self.goes_on(last, line):
                reading = self.without_doubled(last.text, line.text)
                printed = f"{last.text[-12:]}⏎{line.text[:12]}"
                if self.repair("join", line.number, printed, last.text[-12:] + reading[:12]):
                    last.text += reading
                    last.numbers.append(line.number)
                    continue
            joined.append(Line(line.number, line.text, [line.number]))
        self.lines = joined

    def goes_on(self, last: Line, line: Line) -> bool:
        if ENDED.search(last.text) or is_row(last.text) or is_row(line.text):
            return False
        if is_heading(last.text) or CAPTION.match(last.text) or is_heading(line.text) or CAPTION.match(line.text):
            return False
        if mark_of(line.text) or OPENERS.match(line.text):
            return False
        # A short line without any stop is a title of its own, unless it broke off within a phrase.
        broken = last.text[-1] in "、（" or last.text.count("“") > last.text.count("”")
        return broken or bool(re.search("[。；，]", last.text)) or len(last.text) > 45

    def without_doubled(self, before: str, after: str) -> str:
        """What follows a break, without a character that the break printed twice."""
        twice = before[-1] + after[0]
        if before[-1] != after[0] or not "一" <= after[0] <= "鿿":
            return _spaced(before, after)
        if twice in self.whole or self.whole.count(after[:2]) < 2:
            return after
        return after[1:] if self.repair("doubled", self._line_of(after), twice, after[0]) else after

    def _line_of(self, text: str) -> int:
        return next(line.number for line in self.lines if line.text == text)


def mend(text: str, undone: Collection[str] = ()) -> Mended:
    """Lines of whole paragraphs, and every repair made or undone on the way."""
    mender = _Mender(text, undone)
    mender.rewrite("bold", re.compile(r"\*\*"), "")
    mender.furniture()
    mender.rewrite("latin", LATIN_AND, "和")
    mender.numbers()
    mender.join()
    return Mended(mender.lines, mender.repairs)


def _in_contents(line: str) -> bool:
    return bool(CONTENTS.search(line)) and not ENDED.search(line) and bool(mark_of(line)) and len(line) <= 80


def _runs(line: str, counts: Counter[str], seen: set[str]) -> bool:
    """Whether a line is a running head: its first occurrence stays."""
    if counts[line] < RUNNING or not line or len(line) > RUNNING_LONGEST or ENDED.search(line) or is_row(line):
        return False
    first = line not in seen
    seen.add(line)
    return not first


def _spaced(before: str, after: str) -> str:
    latin = re.compile(r"[A-Za-z0-9]")
    return f" {after}" if latin.match(before[-1]) and latin.match(after[0]) else after
