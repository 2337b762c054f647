"""The numbers a chapter may speak of, each with its name: what a text says of them is held to what they are now.

A fact is a phrase, not a bare number: “已达目标 4 项” stands once in a chapter, “4” does not, so that a renewed
number finds its place in a text that people have changed around it.

What a note or a public statement says in numbers is a fact by its own words (`note/I-03/63.7%`): nobody can say it
anew but whoever wrote it, and a chapter that quotes it is told when its source says so no more.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from assessments.models import Note, Round
from assessments.report.context import ReportContext
from assessments.report.document import named
from assessments.wording import foreseen
from indicators.headline import headline
from indicators.queries import ComponentStanding, Standing
from indicators.shown.states import standpoint
from indicators.shown.wording import VALUE_MARKS, stated, target_words
from judging.ladder import WORST_FIRST
from plan.after_period import STATE_WORDS, states
from plan.badges import indicator_badge
from plan.models import Item
from plan.public import PublicState
from plan.wording import closed_up, measured

Facts = Mapping[str, str]
NOTE, PUBLIC = "note", "public"
# The words of a note that a chapter takes up.
NOTE_TEXTS = ("progress", "results", "causes", "difference_reason")
# A day or part of one; else a number with what it counts.
UNITS = "平方公里|平方米|公里|英寸|[元家个项件人次台套所座位篇年月日倍片亩吨米]"
QUOTED = re.compile(
    r"\d{4}\s?年(?:\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?)?|\d{4}-\d{2}(?:-\d{2})?"
    rf"|(?<![A-Za-z\d])\d+(?:[.,]\d+)*(?:\s?个百分点|\s?[%％‰]|\s?[A-Za-z]{{1,3}}|\s?[万亿千百]*(?:{UNITS})|\s?[万亿])?"
)


def facts_of(context: ReportContext) -> dict[str, str]:
    """Every fact by its name, in Chinese words; to be called with Chinese active."""
    return dict(_facts(context))


def _facts(context: ReportContext) -> Iterator[tuple[str, str]]:
    plan, day = context.plan, context.round.cut_off
    yield "period.elapsed", f"规划期已过 {round(plan.elapsed(day) * 100)} %"
    if context.found.tabled:
        yield from _indicators(context)
    for standing in context.found.standings:
        yield from _indicator(standing)
    yield from _tasks(context)
    yield "notes.assigned", f"分工评估 {context.assigned} 项"
    yield "notes.published", f"已发布评估意见 {len(context.notes)} 项"
    for word, times in context.concluded.items():
        yield f"notes.{word}", f"“{word}”{times} 项"
    for note in context.notes.values():
        told = [getattr(note, name) for name in NOTE_TEXTS]
        told.append(foreseen(note))
        yield from quotes(NOTE, note.item.code, "\n".join(told))
    for told in context.public.values():
        yield from quotes(PUBLIC, told.code, published_words(told))
    if context.findings:
        open_ones = sum(row.state != "closed" for row in context.findings)
        yield "findings", f"整改事项 {len(context.findings)} 项，其中 {open_ones} 项尚未办结"


def _indicators(context: ReportContext) -> Iterator[tuple[str, str]]:
    """The plan's sentence, of a final round what is out of the last year, and their parts, which texts of before
    the sentence speak of."""
    told = headline(context.found)
    yield "indicators.sentence", str(told.sentence)
    if context.round.kind == Round.Kind.FINAL and told.second:
        yield "indicators.last_year", told.second
    yield "indicators.total", f"{len(context.found.tabled)} 项主要指标"
    counted = Counter(standpoint(standing).state for standing in context.found.tabled)
    for state in WORST_FIRST:
        if counted[state]:
            yield f"indicators.{state}", f"{indicator_badge(state).word} {counted[state]} 项"


def _indicator(standing: Standing) -> Iterator[tuple[str, str]]:
    for part in standing.components:
        code = part.component.code
        yield f"{code}.target", target_told(part, standing.indicator.direction)
        if words := latest_words(part):
            yield f"{code}.latest", words


def target_told(part: ComponentStanding, direction: str) -> str:
    """“目标 ≥ 108”; words follow without a blank: “目标为第 1 位”, “目标为年均 ≥ 5”."""
    words = target_words(part.target, direction)
    return f"目标为{words}" if "\u4e00" <= words[0] <= "\u9fff" else f"目标 {words}"


def latest_words(part: ComponentStanding) -> str:
    """“2021 年为 5.49 %（初）”, of a rank “2021 年为第 1 位”; empty where nothing was published."""
    row = part.latest
    if row is None:
        return ""
    mark = str(VALUE_MARKS.get(row.value_status, ""))
    value = measured(stated(row), part.component.indicator.unit_label)
    return closed_up(f"{row.year} 年为 {value}{f'（{mark}）' if mark else ''}")


def _tasks(context: ReportContext) -> Iterator[tuple[str, str]]:
    tasks = context.tasks
    if not tasks:
        return
    yield "tasks.total", f"{len(tasks)} 项任务"
    counted = Counter(map(context.state_of, tasks))
    reported = len(tasks) - counted[Item.Status.NOT_REPORTED]
    yield "tasks.reported", f"责任单位已填报 {reported} 项"
    for state in states(context.plan.ends_on, context.round.cut_off):
        if counted[state] and state != Item.Status.NOT_REPORTED:
            yield f"tasks.{state}", f"{STATE_WORDS[state]} {counted[state]} 项"
    yield from _projects(context)
    public = list(context.public.values())
    if public:
        there, still = sum(row.is_there for row in public), sum(row.is_open for row in public)
        yield "public.total", f"{len(public)} 项任务和项目有公开信息"
        yield "public.there", f"已建成、投用、成立或施行 {there} 项"
        yield "public.open", f"在建或仍在推进 {still} 项"


def _projects(context: ReportContext) -> Iterator[tuple[str, str]]:
    if known := known_projects(context):
        there = sum(bool(item.public and item.public.is_there) for item in known)
        words = "、".join(kind.label for kind in context.plan.kinds.things if kind.is_there)
        yield "projects.total", f"规划列有{words} {len(context.projects)} 个"
        yield "projects.known", f"{len(known)} 个有填报或公开信息"
        yield "projects.there", f"{there} 个已建成、投用或成立"


def known_projects(context: ReportContext) -> list[Item]:
    """The projects that a unit reported of, or of which something was public."""
    return [item for item in context.projects if item.public or is_reported(item)]


def is_reported(item: Item) -> bool:
    return item.status != Item.Status.NOT_REPORTED


def quotes(source: str, code: str, text: str) -> Iterator[tuple[str, str]]:
    """Each number of a quoted text by whose words it is. Pure."""
    for words in map(str.strip, QUOTED.findall(text)):
        yield f"{source}/{code}/{words}", words


def published_words(told: PublicState) -> str:
    """What was published as a sentence: the fact, who says it and since when it is known."""
    by = f"{named(told.publisher)}，{told.published} 公布" if told.published else named(told.publisher)
    return f"{told.fact.rstrip('。')}（{by}）"


@dataclass
class Pinner:
    """Gives a draft the words of a fact and remembers which it used."""

    facts: Facts
    used: dict[str, str] = field(default_factory=dict)
    # By item, what the draft says of its note.
    cited: dict[int, list[str]] = field(default_factory=dict)

    def __call__(self, name: str) -> str:
        self.used[name] = self.facts[name]
        return self.facts[name]

    def all(self, names: Iterable[str]) -> list[str]:
        """The words of those facts there are."""
        return [self(name) for name in names if name in self.facts]

    def note(self, note: Note, text: str) -> str:
        """What a note says, its numbers pinned."""
        self.used |= quotes(NOTE, note.item.code, text)
        self.cites(note, text)
        return text

    def cites(self, note: Note, text: str) -> None:
        """Remembers words, or a table, in which the draft takes up a note."""
        self.cited.setdefault(note.item_id, []).append(text)

    def published(self, told: PublicState) -> str:
        """What was published of a commitment, its numbers pinned."""
        text = published_words(told)
        self.used |= quotes(PUBLIC, told.code, text)
        return text


@dataclass(frozen=True)
class PinState:
    """A pin beside today: `is_gone` where the text no longer says its words, `now` what they would be."""

    name: str
    words: str
    now: str
    is_gone: bool

    @property
    def is_changed(self) -> bool:
        return self.now != self.words

    @property
    def source(self) -> str:
        """Whose words they are: NOTE or PUBLIC; empty for what the product counts."""
        return self.name.split("/")[0] if "/" in self.name else ""

    @property
    def code(self) -> str:
        """Of which commitment they speak; empty where of none."""
        return self.name.split("/")[1] if self.source else ""


def check_pins(body: str, pins: Facts, facts: Facts) -> list[PinState]:
    """Each pin of a chapter against its text and against the facts of today. Pure."""
    return [PinState(name, words, facts.get(name, ""), not says(body, words)) for name, words in pins.items()]


def says(text: str, words: str) -> bool:
    """Whether a text holds the words of a pin whole: “77 项任务” is not said by “177 项任务”. Pure."""
    return _whole(words).search(text) is not None


@lru_cache(maxsize=1024)
def _whole(words: str) -> re.Pattern:
    """The words where no further figures stand before or behind them."""
    before = r"(?<!\d)(?<!\d[.,])" if re.match(r"\d", words) else ""
    behind = r"(?!\d|[.,]\d)" if re.search(r"\d$", words) else ""
    return re.compile(before + re.escape(words) + behind)


def renewed(body: str, pins: Facts, facts: Facts) -> tuple[str, dict[str, str]]:
    """The text with each number that changed said anew, and its pins; what people changed by hand stays. Pure."""
    kept = dict(pins)
    # All at once: the new words of one fact may be the old ones of another.
    marks = {f"\x00{place}\x00": name for place, name in enumerate(pins)}
    for mark, name in marks.items():
        if facts.get(name) and facts[name] != pins[name] and says(body, pins[name]):
            body, kept[name] = _whole(pins[name]).sub(mark, body), facts[name]
    for mark, name in marks.items():
        body = body.replace(mark, kept[name])
    return body, kept
