"""Reads a plan's folder of fixtures and refuses what does not fit the plan's own text.

Nothing here touches the database: `read_plan` returns plain rows, or raises `BrokenFixtures` with every
fault found (file, entry, reason), so that a person can correct the files in one go.

The folder: plan.toml (title, period, counts), text.md (the text in repaired reading), and any further *.toml with
[[item]], [[industry]], [[technology]], [[unlisted]], [[link]], [[note]] and [[indicator]] tables. Its README shows
one of each.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from judging.decimals import plain
from plan.clauses import with_items
from plan.converters import CODE_RULE, PLAN_ADDRESS_RULE, folded, is_code, is_plan_address
from plan.days import FIRST_YEAR, LAST_YEAR, LONGEST_PERIOD, is_sensible, is_too_long
from plan.fixture_names import unknown_names
from plan.kind_files import declared_kinds
from plan.kinds import Kind, KindTable, kind_table
from plan.models import Industry, Link, Paragraph, TextNote
from plan.rollup import as_weight
from texts.cleaning import RefusedText, clean_text
from texts.forms import explain
from texts.numbers import whole_number
from texts.ordinals import printed_number

# The order in which a reader meets the kinds when two items share a place; what else there is comes last.
FILES = (
    "goals",
    "indicators",
    "platforms",
    "pillars",
    "industries",
    "actions",
    "clusters",
    "safeguards",
    "links",
    "notes",
)
# Of the folder, and no table of commitments.
OTHER_FILES = {"plan", "kinds", "repairs"}


# What says on which industries it focuses: an empty cell of the matrix is to mean that the plan has no such words.
FOCUSED = (Kind.CLUSTER, Kind.AREA)


# How often a figure comes out (indicators.models.Component.Frequency).
FREQUENCIES = ("year", "half_year", "quarter", "several_years")


class BrokenFixtures(Exception):
    """Every fault found in a folder of fixtures, one line each."""

    def __init__(self, faults: list[str]):
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass
class TextRow:
    section: str
    kind: str
    text: str
    order: int


@dataclass
class SectionRow:
    number: str
    parent: str
    title: str
    order: int
    title_en: str = ""


@dataclass
class ItemRow:
    code: str
    kind: str
    parent: str
    section: str
    title: str
    title_en: str
    quote: str
    paragraph: int
    start: int
    end: int
    note: str = ""
    horizon: str = ""
    also: str = ""
    focus: list[str] = field(default_factory=list)
    last_paragraph: int | None = None  # where its words run on: the paragraph they end in, and one past the last
    last_end: int | None = None
    weight: str = ""  # what it counts within its parent; nothing where the files leave it to people


@dataclass
class ClauseRow:
    """A clause of the text, and what a reader said of one that is no item: part of which, or why it is none."""

    paragraph: int
    start: int
    end: int
    part_of: str = ""
    reason: str = ""
    reason_en: str = ""


@dataclass
class PlanRows:
    """A whole plan as read: what `plan.services.load_plan` writes."""

    meta: dict[str, Any]
    kinds: list[dict[str, Any]] = field(default_factory=list)  # as plan.kinds.kept has them; empty: the standard
    sections: list[SectionRow] = field(default_factory=list)
    paragraphs: list[TextRow] = field(default_factory=list)
    items: list[ItemRow] = field(default_factory=list)
    industries: list[dict[str, Any]] = field(default_factory=list)
    technologies: list[dict[str, Any]] = field(default_factory=list)
    unlisted: dict[str, str] = field(default_factory=dict)
    links: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    indicators: list[dict[str, Any]] = field(default_factory=list)
    clauses: list[ClauseRow] = field(default_factory=list)
    renames: dict[str, str] = field(default_factory=dict)  # old code → the one it has today
    retired: dict[str, str] = field(default_factory=dict)  # code that is really gone → why


def joined_names(table: dict[str, Any]) -> str:
    """What people call an item besides, as it is kept."""
    return "、".join(table.get("also", []))


def compact(text: str) -> str:
    """Text without white space: the plan writes 「达 5.46%」 and 「40周年」 without one rule."""
    return re.sub(r"\s", "", text)


def locate(words: str, text: str, after: int = 0) -> tuple[int, int] | None:
    """QuotePlace of words in a text, white space disregarded: (first, one past last) or None."""
    places = [i for i, char in enumerate(text) if not char.isspace()]
    bare, wanted = "".join(text[i] for i in places), compact(words)
    begin = sum(1 for i in places if i < after)
    found = bare.find(wanted, begin) if wanted else -1
    return None if found < 0 else (places[found], places[found + len(wanted) - 1] + 1)


def names_in(text: str, names: set[str]) -> set[str]:
    """Which of the names a text holds; one that stands within a longer of them is not meant by itself."""
    longest = sorted(names, key=len, reverse=True)
    found = re.findall("|".join(re.escape(compact(name)) for name in longest), compact(text)) if longest else []
    return {name for name in names if compact(name) in found}


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence of a paragraph that holds the words from start to end."""
    head = max((text.rfind(mark, 0, start) for mark in "。；\n"), default=-1) + 1
    tails = [place for place in (text.find(mark, end) for mark in "。；\n") if place >= 0]
    return text[head : min(tails) + 1 if tails else len(text)].strip()


@dataclass
class QuotePlace:
    """Where words stand: a stretch of a paragraph, or of several one after another."""

    spans: list[tuple[TextRow, int, int]]

    @property
    def quote(self) -> str:
        return "\n".join(row.text[start:end] for row, start, end in self.spans)

    def fields(self) -> dict[str, Any]:
        """As an item keeps it."""
        (first, start, end), (last, _from, until) = self.spans[0], self.spans[-1]
        runs_on = {"last_paragraph": last.order, "last_end": until} if last is not first else {}
        return {"quote": self.quote, "paragraph": first.order, "start": start, "end": end} | runs_on


def locate_across(words: str, rows: list[TextRow]) -> QuotePlace | None:
    """Words that run on from one paragraph into the next."""
    whole = "\n".join(row.text for row in rows)
    if (found := locate(words, whole)) is None:
        return None
    spans, at = [], 0
    for row in rows:
        start, end = max(found[0] - at, 0), min(found[1] - at, len(row.text))
        if start < end:
            spans.append((row, start, end))
        at += len(row.text) + 1
    return QuotePlace(spans)


class Numbering:
    """The numbers of sections: as printed where a heading prints one that is free, else the next in turn."""

    def __init__(self) -> None:
        self.open: list[tuple[int, str]] = []  # depth and number of the headings that stand above
        self.last: dict[str, int] = {}
        self.taken: set[str] = {"0"}

    def take(self, depth: int, title: str) -> tuple[str, str]:
        """The number of a heading and of the one above it."""
        self.open = [above for above in self.open if above[0] < depth]
        parent = self.open[-1][1] if self.open else ("" if depth == 1 else "0")
        own = printed_number(title)
        if not own or self._full(parent, own) in self.taken:
            own = str(self.last.get(parent, 0) + 1)
            while self._full(parent, own) in self.taken:
                own = str(int(own) + 1)
        if (count := whole_number(own)) is not None:
            self.last[parent] = count
        number = self._full(parent, own)
        self.taken.add(number)
        self.open.append((depth, number))
        return number, parent

    @staticmethod
    def _full(parent: str, own: str) -> str:
        return f"{parent}.{own}" if parent else own


def phrase_in(place: QuotePlace, phrase: str, cursor: tuple[int, int]) -> tuple[TextRow, int, int, str] | None:
    """A phrase of a statement, after the last one where it stands there again: its paragraph, place, and the words
    up to the statement's end."""
    order, at = cursor
    after = [(row, max(start, at if row.order == order else 0), end) for row, start, end in place.spans]
    for row, start, end in [*(span for span in after if span[0].order >= order), *place.spans]:
        if found := locate(phrase, row.text[:end], start):
            return row, *found, row.text[:end]
    return None


def in_circles(parents: Mapping[str, str]) -> list[str]:
    """Those whose way up leads back to themselves."""
    found = []
    for code in parents:
        above, seen = parents[code], set()
        while above and above != code and above not in seen:
            seen.add(above)
            above = parents.get(above, "")
        found += [code] if above == code else []
    return found


def named(table: dict[str, Any]) -> dict[str, Any]:
    """An indicator's table with what goes without saying: short names are titles, parts named as it is."""
    names = {"short": table["title"][:40], "short_en": table.get("title_en", "")[:60], "unit_en": ""}
    texts = {"title_en": "", "definition": "", "definition_en": "", "in_table": False}
    part = {"name": table["title"][:100], "name_en": table.get("title_en", "")[:100]}
    return names | texts | table | {"component": [part | row for row in table.get("component", [])]}


def read_text(text: str) -> tuple[list[SectionRow], list[TextRow]]:
    """Sections and paragraphs of text.md: "# " chapters, "## " below, blank lines between paragraphs."""
    sections, paragraphs, numbering = [SectionRow("0", "", "", 0)], [], Numbering()
    for order, block in enumerate(re.split(r"\n\s*\n", text.strip())):
        kind = Paragraph.Kind.PROSE
        if match := re.match(r"(#{1,6}) (.+)", block):
            number, parent = numbering.take(len(match[1]), match[2])
            block, kind = match[2], Paragraph.Kind.HEADING
            sections.append(SectionRow(number, parent, block, len(sections)))
        elif block.startswith("|"):
            kind = Paragraph.Kind.TABLE
        elif not re.search(r"[。；]$", block):
            kind = Paragraph.Kind.SUBHEADING
        paragraphs.append(TextRow(sections[-1].number, kind, block, order))
    return sections, paragraphs


class FixtureReader:
    """Reads one folder, collecting faults instead of stopping at the first."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.faults: list[str] = []
        self.rows = PlanRows(meta={})
        self.files = self._files()
        self.kinds: KindTable = kind_table(())
        self.mentions: list[tuple[str, dict[str, Any], str, str]] = []
        self.by_code: dict[str, ItemRow] = {}
        self.by_folded: dict[str, str] = {}

    def _files(self) -> list[str]:
        """The tables of the folder by name: those everybody knows in their order, then whatever else there is."""
        found = {path.stem for path in self.folder.glob("*.toml")} - OTHER_FILES
        return [*(name for name in FILES if name in found), *sorted(found - set(FILES))]

    def fault(self, file: str, entry: str, reason: str) -> None:
        self.faults.append(f"{file}: {entry}: {reason}")

    def read(self) -> PlanRows:
        documents = {name: self.parse(f"{name}.toml") for name in ("plan", *self.files)}
        text = self.folder / "text.md"
        if not text.exists():
            self.fault("text.md", "—", "文件不存在 / file is missing")
        if self.faults:
            raise BrokenFixtures(self.faults)
        self.read_frame("plan.toml", documents["plan"])
        self.read_kinds("kinds.toml")
        self.rows.sections, self.rows.paragraphs = read_text(self.text_of(text))
        self.name_sections("plan.toml", documents["plan"].get("sections", {}))
        readers = (self.read_items, self.read_indicators, self.read_industries, self.read_links, self.read_notes)
        for reader in readers:
            for name in self.files:
                reader(f"{name}.toml", documents[name])
            if reader == self.read_industries:
                self.read_mentions()
        self.check_parents()
        self.check_focus()
        self.check_technologies()
        self.check_counts()
        self.read_clauses("coverage.toml", documents.get("coverage", {}))
        self.read_renames("plan.toml", documents["plan"].get("renames", {}))
        self.read_retired("plan.toml", documents["plan"].get("retired", {}))
        if self.faults:
            raise BrokenFixtures(self.faults)
        return self.rows

    def parse(self, file: str) -> dict[str, Any]:
        try:
            document = tomllib.loads((self.folder / file).read_text(encoding="utf-8"))
            for place, reason in unknown_names(document, is_plan=file == "plan.toml"):
                self.fault(file, place, reason)
            return self.clean(file, "", document)
        except FileNotFoundError:
            self.fault(file, "—", "文件不存在 / file is missing")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.fault(file, "—", f"无法解析 / cannot be parsed: {error}")
        return {}

    def clean(self, file: str, place: str, value: Any) -> Any:
        """Every text by the rule of `texts.cleaning`; what only its writer can mend is a fault at its place."""
        if isinstance(value, dict):
            return {name: self.clean(file, f"{place}.{name}".strip("."), part) for name, part in value.items()}
        if isinstance(value, list):
            return [self.clean(file, f"{place}[{number}]", part) for number, part in enumerate(value, 1)]
        try:
            return clean_text(value, lines=True) if isinstance(value, str) else value
        except RefusedText as error:
            self.fault(file, place, f"{explain(error)} / {error}")
            return ""

    def text_of(self, path: Path) -> str:
        """The plan's words, line by line, so that a fault names its line."""
        lines = []
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            lines.append(self.clean(path.name, f"第 {number} 行 / line {number}", line))
        return "\n".join(lines)

    def need(self, file: str, entry: str, table: dict[str, Any], names: str) -> bool:
        missing = [name for name in names.split() if table.get(name) in (None, "")]
        if missing:
            self.fault(file, entry, f"缺少字段 / missing: {', '.join(missing)}")
        return not missing

    def read_frame(self, file: str, table: dict[str, Any]) -> None:
        """What the plan is called and when it holds; the short name is the title where none is given."""
        self.need(file, "—", table, "slug title starts_on ends_on published_on source")
        self.need(file, "[source]", table.get("source", {}), "title")
        slug = table.get("slug") or "any"
        if not isinstance(slug, str) or not is_plan_address(slug):
            self.fault(file, "slug", f"{PLAN_ADDRESS_RULE}: {str(slug)[:60]}")
        for name in ("starts_on", "ends_on", "published_on"):
            if not isinstance(table.get(name, date.min), date):
                self.fault(file, name, "应为日期，如 2026-01-01 / must be a date such as 2026-01-01")
        if not self.faults:
            self.hold_period(file, table)
        if self.faults:
            raise BrokenFixtures(self.faults)
        english = {"title_en": "", "short": table["title"][:60], "short_en": table.get("title_en", "")[:80]}
        self.rows.meta = english | table

    def hold_period(self, file: str, table: dict[str, Any]) -> None:
        """Refuses days of no plan: a year 1 would take down every page that counts its years."""
        years = f"年份应在 {FIRST_YEAR} 与 {LAST_YEAR} 之间 / a year from {FIRST_YEAR} to {LAST_YEAR}"
        for name in ("starts_on", "ends_on", "published_on"):
            if not is_sensible(table[name]):
                self.fault(file, name, years)
        if table["ends_on"] <= table["starts_on"]:
            self.fault(file, "ends_on", "应晚于 starts_on / must be after starts_on")
        elif is_too_long(table["starts_on"], table["ends_on"]):
            self.fault(file, "ends_on", f"规划期至多 {LONGEST_PERIOD} 年 / {LONGEST_PERIOD} years at most")

    def read_kinds(self, file: str) -> None:
        """The plan's own kinds; without the file it has the standard ones."""
        if not (self.folder / file).exists():
            return
        self.rows.kinds, faults = declared_kinds(self.parse(file).get("kind", []))
        for entry, reason in faults:
            self.fault(file, entry, reason)
        if self.faults:
            raise BrokenFixtures(self.faults)
        self.kinds = kind_table(self.rows.kinds)

    def name_sections(self, file: str, titles: dict[str, str]) -> None:
        """English titles of the text's sections, as far as there are any."""
        for row in self.rows.sections:
            row.title_en = titles.get(row.number, "")
        for number in titles.keys() - {row.number for row in self.rows.sections}:
            self.fault(file, f"sections.{number}", f"没有章节 {number} / no such section")

    def place(self, file: str, entry: str, quote: str, section: str) -> QuotePlace | None:
        """Where a section has the quote: in one paragraph, else running on from one into the next."""
        inside = [row for row in self.rows.paragraphs if row.section == section]
        if not inside:
            self.fault(file, entry, f"没有章节 {section} / no such section")
            return None
        for row in sorted(inside, key=lambda row: row.kind == Paragraph.Kind.HEADING):
            if found := locate(quote, row.text):
                return QuotePlace([(row, *found)])
        if found := locate_across(quote, inside):
            return found
        self.fault(file, entry, f"规划第 {section} 节没有这段原文 / quote is not in the text: {quote[:60]}")
        return None

    def add(self, file: str, row: ItemRow) -> None:
        self.check_code(file, row.code)
        prefix = self.kinds[row.kind].traits.prefix
        if not row.code.startswith(prefix):
            self.fault(file, row.code, f"此类别的编码应以 {prefix} 开头 / codes of this kind begin so")
        if row.code in self.by_code:
            self.fault(file, row.code, "编码重复 / duplicate code")
            return
        if (twin := self.by_folded.setdefault(folded(str(row.code)), row.code)) != row.code:
            self.fault(file, row.code, f"与 {twin} 只差大小写或全半角 / differs from it by case or width alone")
        self.by_code[row.code] = row
        self.rows.items.append(row)

    def is_kind(self, key: str) -> bool:
        """Whether the plan has such a kind for items; indicators have tables of their own."""
        return key in self.kinds and key != Kind.INDICATOR

    def check_code(self, file: str, code: Any) -> None:
        if not isinstance(code, str) or not is_code(code):
            self.fault(file, str(code), CODE_RULE)

    def read_items(self, file: str, document: dict[str, Any]) -> None:
        for number, table in enumerate(document.get("item", []), 1):
            entry = table.get("code", f"[[item]] {number}")
            if not self.need(file, entry, table, "code kind section title quote"):
                continue
            if not self.is_kind(table["kind"]) or table["kind"] in self.kinds.entries:
                self.fault(file, entry, f"未知类别 / unknown kind: {table['kind']}")
                continue
            if not (found := self.place(file, entry, table["quote"], table["section"])):
                continue
            self.add(
                file,
                ItemRow(
                    code=table["code"],
                    kind=table["kind"],
                    parent=table.get("parent", ""),
                    section=table["section"],
                    title=table["title"],
                    title_en=table.get("title_en", ""),
                    **found.fields(),
                    note=table.get("note", ""),
                    horizon=table.get("horizon", ""),
                    also=joined_names(table),
                    focus=list(table.get("focus", [])),
                    weight=self.weight(file, entry, table),
                ),
            )
            self.read_entries(file, table, found)

    def weight(self, file: str, entry: str, table: dict[str, Any]) -> str:
        """What an item counts within its parent; most files leave that to people."""
        said = str(table.get("weight", ""))
        if said and (weight := as_weight(said)) is None:
            self.fault(
                file, entry, f"权重 {said} 应大于 0，最多三位小数 / weight: above 0, three decimals at most"
            )
        return plain(weight) if said and weight is not None else ""

    def read_entries(self, file: str, table: dict[str, Any], place: QuotePlace) -> None:
        """The named projects and the unnamed points that one statement promises, in printed order."""
        taken: list[tuple[int, int, int]] = []
        cursor = (place.spans[0][0].order, place.spans[0][1])
        for number, entry in enumerate(table.get("entry", []), 1):
            name = entry.get("code") or entry.get("same_as") or f"{table['code']} [[entry]] {number}"
            if not self.need(file, name, entry, "kind phrase"):
                continue
            found = phrase_in(place, entry["phrase"], cursor)
            if not found:
                self.fault(file, name, f"原文中没有 / phrase is not in the statement: {entry['phrase'][:60]}")
                continue
            row, start, end, words = found
            # What is only named again may stand within the words of a promise: 推动光明科学城、…功能互补.
            if not entry.get("same_as"):
                if any(row.order == order and start < other and first < end for order, first, other in taken):
                    self.fault(file, name, f"与另一条目重叠 / phrase overlaps another: {entry['phrase'][:60]}")
                    continue
                taken.append((row.order, start, end))
                cursor = (row.order, end)
            quote = sentence_around(words, start, end)
            if entry.get("same_as"):
                self.mentions.append((file, entry, table["code"], quote))
                continue
            if entry["kind"] not in self.kinds.entries:
                self.fault(file, name, f"未知类别 / unknown kind: {entry['kind']}")
                continue
            if not self.need(file, name, entry, "code"):
                continue
            self.add(
                file,
                ItemRow(
                    code=entry["code"],
                    kind=entry["kind"],
                    parent=table["code"],
                    section=table["section"],
                    title=entry.get("title") or row.text[start:end],
                    title_en=entry.get("title_en", ""),
                    quote=quote,
                    paragraph=row.order,
                    start=start,
                    end=end,
                    note=entry.get("note", ""),
                    also=joined_names(entry),
                    weight=self.weight(file, name, entry),
                ),
            )

    def read_indicators(self, file: str, document: dict[str, Any]) -> None:
        names = "code section title quote nature unit direction"
        parts: set[str] = set()
        for number, table in enumerate(document.get("indicator", []), 1):
            entry = table.get("code", f"[[indicator]] {number}")
            if not self.need(file, entry, table, names):
                continue
            # The table may stand in another section than the sentence that says the same.
            row = table.get("table_quote")
            if row and not any(locate(row, paragraph.text) for paragraph in self.rows.paragraphs):
                self.place(file, entry, row, table["section"])
            found = self.place(file, entry, table["quote"], table["section"])
            components = table.get("component", [])
            if not components:
                self.fault(file, entry, "没有分项 / no [[indicator.component]]")
            for component in components:
                label = component.get("code", entry)
                if self.need(file, label, component, "code accumulation target_type target_text"):
                    self.check_code(file, label)
                    self.check_component(file, label, component)
                if label in parts:
                    self.fault(file, label, "分项编码重复 / duplicate component code")
                parts.add(label)
            if found:
                self.add(
                    file,
                    ItemRow(
                        code=table["code"],
                        kind=Kind.INDICATOR,
                        parent="",
                        section=table["section"],
                        title=table["title"],
                        title_en=table.get("title_en", ""),
                        **found.fields(),
                        note=table.get("note", ""),
                        also=joined_names(table),
                        weight=self.weight(file, entry, table),
                    ),
                )
                self.rows.indicators.append(named(table))

    def check_component(self, file: str, entry: str, component: dict[str, Any]) -> None:
        # The last figure of what it goes on from is in no sentence of this plan; a note says where it is from.
        is_taken_over = bool(component.get("continues") and not component.get("baseline_quote"))
        names = "baseline_year baseline_note" if is_taken_over else "baseline_year baseline_quote baseline_section"
        if component.get("baseline_value") and self.need(file, entry, component, names) and not is_taken_over:
            self.place(file, entry, component["baseline_quote"], component["baseline_section"])
        bounds = {"point": "target_value", "strict": "target_value", "done": ""}
        wanted = bounds.get(component["target_type"], "target_low target_high")
        self.need(file, entry, component, f"target_year {wanted}")
        self.check_due_rule(file, entry, component)

    def check_due_rule(self, file: str, entry: str, component: dict[str, Any]) -> None:
        """How often its figure comes out, and in which month: optional, every year at the site's own day."""
        frequency, month = component.get("frequency", "year"), component.get("due_month")
        if frequency not in FREQUENCIES:
            known = "、".join(FREQUENCIES)
            self.fault(file, entry, f"未知频率 {frequency}，应为 {known} 之一 / unknown frequency")
        if frequency == "several_years":
            if self.need(file, entry, component, "every_years first_due_year") and component["every_years"] < 2:
                self.fault(file, entry, "every_years 应不小于 2 / at least 2")
        elif "every_years" in component:
            self.fault(file, entry, "每几年一次须写 frequency = several_years / only with several_years")
        if month is not None and month not in range(1, 13):
            self.fault(file, entry, f"月份 {month} 应为 1 到 12 / due_month is 1 to 12")

    def read_industries(self, file: str, document: dict[str, Any]) -> None:
        seen = Counter(table.get("code") for table in document.get("industry", []))
        for table in document.get("industry", []):
            entry = table.get("code", "[[industry]]")
            if not self.need(file, entry, table, "code name level"):
                continue
            self.check_code(file, table["code"])
            if seen[table["code"]] > 1:
                self.fault(file, entry, "编码重复 / duplicate code")
            if table["level"] not in Industry.Level.values:
                self.fault(file, entry, f"未知层级 / unknown level: {table['level']}")
            if table.get("parent") and table["parent"] not in seen:
                self.fault(file, entry, f"上级不存在 / broken parent: {table['parent']}")
            self.rows.industries.append({"name_en": ""} | table)
        text = compact("".join(row.text for row in self.rows.paragraphs))
        for table in document.get("technology", []):
            if not self.need(file, table.get("name", "[[technology]]"), table, "group name"):
                continue
            if table["group"] not in seen:
                self.fault(file, table["name"], f"产业不存在 / unknown group: {table['group']}")
            if compact(table.get("phrase", table["name"])) not in text:
                self.fault(file, table["name"], "规划中没有这一技术 / not in the text")
            self.rows.technologies.append({"name_en": ""} | table)
        self.rows.unlisted |= {row["name"]: row.get("name_en", "") for row in document.get("unlisted", [])}

    def read_mentions(self) -> None:
        """An entity named again: a link from the statement to the item that already stands for it."""
        for file, entry, source, quote in self.mentions:
            if entry["same_as"] not in self.by_code:
                self.fault(file, source, f"same_as 指向未知编码 / unknown code: {entry['same_as']}")
            elif entry["same_as"] != source:
                self.rows.links.append(
                    {"source": source, "target": entry["same_as"], "kind": Link.Kind.NAMES, "quote": quote}
                )

    def read_links(self, file: str, document: dict[str, Any]) -> None:
        text = compact("".join(row.text for row in self.rows.paragraphs))
        for table in document.get("link", []):
            entry = f"{table.get('source')} → {table.get('target')}"
            if not self.need(file, entry, table, "source target kind quote"):
                continue
            unknown = [code for code in (table["source"], table["target"]) if code not in self.by_code]
            for code in unknown:
                self.fault(file, entry, f"未知编码 / unknown code: {code}")
            if table["kind"] not in Link.Kind.values:
                self.fault(file, entry, f"未知类别 / unknown kind: {table['kind']}")
            if compact(table["quote"]) not in text:
                self.fault(file, entry, f"规划中没有这段原文 / quote is not in the text: {table['quote'][:60]}")
            if table["source"] == table["target"]:
                self.fault(file, entry, "指向自身 / links to itself")
            self.rows.links.append(table)

    def read_notes(self, file: str, document: dict[str, Any]) -> None:
        text = compact("".join(row.text for row in self.rows.paragraphs))
        numbers = {row.number for row in self.rows.sections}
        for table in document.get("note", []):
            entry = table.get("id", "[[note]]")
            if not self.need(file, entry, table, "id kind section title text"):
                continue
            if table["kind"] not in TextNote.Kind.values:
                self.fault(file, entry, f"未知类别 / unknown kind: {table['kind']}")
            if table["section"] not in numbers:
                self.fault(file, entry, f"没有章节 {table['section']} / no such section")
            for code in table.get("items", []):
                if code not in self.by_code:
                    self.fault(file, entry, f"未知编码 / unknown code: {code}")
            for quote in table.get("quotes", []):
                if compact(quote) not in text:
                    self.fault(file, entry, f"规划中没有这段原文 / quote is not in the text: {quote[:60]}")
            self.rows.notes.append({"title_en": "", "text_en": ""} | table)

    def read_clauses(self, file: str, document: dict[str, Any]) -> None:
        """Every clause of the chapters read: an item by its own words, or judged. None may be left over."""
        judged = self.read_judgements(file, document)
        for row in self.rows.paragraphs:
            if row.kind != Paragraph.Kind.PROSE or row.section.split(".")[0] not in document.get("chapters", []):
                continue
            here = [item for item in self.rows.items if item.paragraph == row.order]
            clauses = with_items(row.text, here)
            spans = Counter(item.code for clause in clauses for item in clause.items)
            for clause in clauses:
                said = judged.pop((row.section, compact(clause.text)), None)
                self.rows.clauses.append(ClauseRow(row.order, clause.start, clause.end, *(said or ())))
                # Of an item of several clauses one may say only how, or in which field.
                codes = [item.code for item in clause.items]
                is_how = said and said[0] in codes and spans[said[0]] > 1
                if codes and said and not is_how:
                    code = codes[0]
                    self.fault(file, row.section, f"已是条目 {code}，不必再判断 / is an item: {clause.text[:40]}")
                elif not clause.items and not said:
                    self.fault(
                        file, row.section, f"既不是条目也没有判断 / neither an item nor judged: {clause.text[:40]}"
                    )
        for section, words in judged:
            self.fault(file, section, f"原文中没有这一句 / no such clause: {words[:40]}")

    def read_judgements(self, file: str, document: dict[str, Any]) -> dict[tuple[str, str], tuple[str, str, str]]:
        """By section and words: the item a clause belongs to, and the reason in both languages."""
        reasons, found = document.get("reasons", {}), {}
        for number, table in enumerate(document.get("clause", []), 1):
            entry = f"[[clause]] {number}"
            if not self.need(file, entry, table, "section why words"):
                continue
            reason = reasons.get(table["why"], {})
            if not self.need(file, f"reasons.{table['why']}", reason, "zh en"):
                continue
            if (part_of := table.get("part_of", "")) and part_of not in self.by_code:
                self.fault(file, entry, f"未知编码 / unknown code: {part_of}")
            for words in table["words"]:
                found[table["section"], compact(words)] = (part_of, reason["zh"], reason["en"])
        return found

    def check_parents(self) -> None:
        for row in self.rows.items:
            if row.kind in self.kinds.top:
                if row.parent:
                    self.fault("*.toml", row.code, f"此类别没有上级 / takes no parent: {row.parent}")
            elif not row.parent and self.kinds.may_stand_alone(row.kind):
                continue
            elif row.parent not in self.by_code:
                self.fault("*.toml", row.code, f"上级不存在 / broken parent: {row.parent or '—'}")
            elif not self.kinds.may_be_above(self.by_code[row.parent].kind, row.kind):
                self.fault("*.toml", row.code, f"上级类别不符 / parent of the wrong kind: {row.parent}")
        for code in in_circles({row.code: row.parent for row in self.rows.items}):
            self.fault("*.toml", code, "上级成环：它在自己的下级之下 / stands below itself")

    def check_focus(self) -> None:
        known = {row["name"] for row in self.rows.industries} | set(self.rows.unlisted)
        for row in self.rows.items:
            for name in row.focus:
                if name not in known:
                    self.fault("*.toml", row.code, f"产业目录没有 / focus is in no list: {name}")
                if compact(name) not in compact(row.quote):
                    self.fault("*.toml", row.code, f"原文没有这一产业 / focus is not in the quote: {name}")
            if row.kind in FOCUSED and (missed := self.named_industries(row.quote) - set(row.focus)):
                self.fault(
                    "*.toml", row.code, f"原文点名而 focus 未列 / named in the quote: {', '.join(sorted(missed))}"
                )
            if repeated := [name for name, n in Counter(row.focus).items() if n > 1]:
                self.fault("*.toml", row.code, f"聚焦产业重复 / duplicate focus: {', '.join(repeated)}")

    def named_industries(self, quote: str) -> set[str]:
        """The industries of chapter 5 that a quote names; a name within a longer one is not meant by itself."""
        listed = {row["name"] for row in self.rows.industries}
        return listed & names_in(quote, listed | set(self.rows.unlisted))

    def check_technologies(self) -> None:
        """The technologies of a group are those its words list, none left out between them; and whatever else says
        on which industries it focuses names technologies of no other group."""
        groups: dict[str, list[str]] = {}
        for table in self.rows.technologies:
            groups.setdefault(table["group"], []).append(compact(table.get("phrase", table["name"])))
        for code, names in groups.items():
            listed = "、".join(names)
            if code in self.by_code and not re.search(
                f"(?<!、){re.escape(listed)}(?!、)", compact(self.by_code[code].quote)
            ):
                self.fault(
                    "industries.toml", code, f"技术与原文所列不一致 / not the list in the text: {listed[:60]}"
                )
        for row in self.rows.items:
            if row.kind in FOCUSED:
                self.check_named_technologies(row)

    def check_named_technologies(self, row: ItemRow) -> None:
        chosen = {table["code"] for table in self.rows.industries if table["name"] in row.focus}
        above = {table["code"]: table.get("parent", "") for table in self.rows.industries}
        known = chosen | {above[code] for code in chosen}
        longer = {table["name"] for table in self.rows.technologies} | set(self.rows.unlisted)
        named = names_in(row.quote, longer)
        for table in self.rows.technologies:
            if table["group"] not in known and table["name"] in named:
                self.fault(
                    "*.toml",
                    row.code,
                    f"点名的技术不属于 focus 所列产业 / technology of no focus: {table['name']}",
                )

    def read_renames(self, file: str, table: dict[str, str]) -> None:
        """Old codes of items and components, each with the code it has in these files; chains are followed."""
        parts = {part.get("code") for row in self.rows.indicators for part in row.get("component", [])}
        for old, named in table.items():
            entry, seen, new = f"renames.{old}", {old}, named
            while isinstance(new, str) and new in table and new not in seen:
                seen.add(new)
                new = table[new]
            if not isinstance(new, str) or not new:
                self.fault(file, entry, f"新编码应为文字 / the new code must be text: {new!r}")
            elif new in seen:
                self.fault(file, entry, f"改名成环 / renames run in a circle: {' → '.join([*seen, new])}")
            elif new not in self.by_code and new not in parts:
                self.fault(file, entry, f"新编码在文件中不存在 / no such code in the files: {new}")
            elif not (new in self.by_code and old not in self.by_code) and not (new in parts and old not in parts):
                self.fault(
                    file, entry, f"旧编码仍在使用，不能同时改名 / the old code is still in the files: {old}"
                )
            else:
                self.rows.renames[old] = new

    def read_retired(self, file: str, table: dict[str, str]) -> None:
        """Codes that are gone for good, each with the reason its page gives."""
        parts = {part.get("code") for row in self.rows.indicators for part in row.get("component", [])}
        for code, reason in table.items():
            entry = f"retired.{code}"
            if not isinstance(reason, str) or not reason.strip() or len(reason) > 300:
                self.fault(file, entry, "应写明停用原因（不超过 300 字）/ say why, in at most 300 characters")
            elif code in self.by_code or code in parts:
                self.fault(file, entry, "编码仍在文件中 / the code is still in the files")
            elif code in self.rows.renames:
                self.fault(file, entry, "编码已改名，不能同时停用 / the code is renamed")
            else:
                self.rows.retired[code] = reason.strip()

    def check_counts(self) -> None:
        """plan.toml says how many of each kind the plan has, so that a lost entry is noticed."""
        found = Counter(str(row.kind) for row in self.rows.items)
        for kind, wanted in self.rows.meta.get("counts", {}).items():
            if found[kind] != wanted:
                self.fault("plan.toml", f"counts.{kind}", f"应有 {wanted}，实有 {found[kind]} / count differs")


def read_plan(folder: Path) -> PlanRows:
    """Everything in a folder of fixtures; raises BrokenFixtures with all faults."""
    return FixtureReader(folder).read()
