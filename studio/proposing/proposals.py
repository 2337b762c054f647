"""What a text may promise, piece by piece with the rule that says so. A person decides; nothing is an item yet."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from studio.proposing.clauses import Clause, read_clause
from studio.proposing.figures import YEAR, NumberFound, figures_in, year_of
from studio.proposing.names import WORKS, Text, names_in
from studio.proposing.rules import ChapterRule, Template, words
from studio.proposing.targets import ReadTarget, in_base_unit, is_unit, parse_targets, unit_in
from studio.reading.document import Block, PlanText
from studio.reading.headings import MARKS, mark_of
from studio.reading.tables import cells_of
from texts.clauses import Span, clauses, cut, sentences, trimmed

FUTURE = re.compile(r"围绕(?P<names>[^，。]+?)等?[一二三四五六七八九十]?[个大]?未来产业")
RUN_IN_LONGEST = 26
SHORTEST_IN_BOX = 4
SHORTEST_POINT = 5
# A numbered paragraph lies below whatever heading stands over it.
DEEPEST = 99
# What says what something is, and a row of things that goes on from the clause before.
TELLS = re.compile(r"(?<![凡特尤还但就])是(?!否)")
A_ROW = re.compile(r"、[^、]+等[^、]{0,8}$")
PLACE = re.compile(r"(?:组团|园|谷|港|城|区|带|岛|镇|湾)$")


@dataclass(frozen=True)
class Proposal:
    """Words of one block that may be a commitment of a kind. `parent` is the place of another in the list, or -1.

    `rule` names why it is proposed; `same_as` is set where the same name was proposed before: a link, no item.
    """

    kind: str
    block: int
    start: int
    end: int
    title: str
    rule: str
    parent: int = -1
    targets: tuple[ReadTarget, ...] = ()
    year: int = 0
    same_as: int = -1
    row: tuple[str, ...] = ()
    # What a row of a table is counted in, by its column or the bracket of its name.
    unit: str = ""
    # A clause that is no commitment but holds one, so that it need not be judged again.
    covers: Span | None = None
    # Where the words of a section run on over its paragraphs: the last of them and the end there.
    last: Span | None = None


@dataclass
class Proposals:
    found: list[Proposal] = field(default_factory=list)

    def add(self, proposal: Proposal) -> int:
        self.found.append(proposal)
        return len(self.found) - 1


@dataclass
class _Place:
    """Where in the text the reading is: the chapter's rule and the proposals that what follows stands under."""

    rule: ChapterRule
    looks_back: bool = False
    goals: bool = False
    top: int = -1
    under: int = -1
    titles: tuple[str, ...] = ()
    is_box: bool = False


class _Proposer:
    def __init__(self, document: PlanText, template: Template, year: int) -> None:
        self.blocks, self.template, self.year = document.blocks, template, year
        self.own = Text("\n".join(block.text for block in document.blocks), _marks(self.blocks))
        self.led = -1
        self.found = Proposals()
        self.names: dict[str, int] = {}
        self.place = _Place(ChapterRule(words("sections", "goals"), fits_all=True))
        self.run_in = _run_in_chapters(self.blocks)
        self.chapter = -1
        self.level = {block.depth for block in self.blocks if block.depth and not is_box(block)}
        self.tabled: list[Proposal] = []
        self.above: dict[int, int] = {}
        self.measured = (-1, "")
        self.goals_opened = False

    def read(self, report: Callable[[float], None]) -> list[Proposal]:
        for number, block in enumerate(self.blocks):
            report(number * 100 / len(self.blocks))
            if block.depth:
                self.heading(number, block)
            elif block.kind == "table":
                self.table(number, block)
            elif not self.place.looks_back or self.is_of_goals(block):
                self.paragraph(number, block)
        return _without_twins(self.running_on())

    def running_on(self) -> list[Proposal]:
        """What a section promises in its later paragraphs stands within its own words: they run on so far."""
        found = list(self.found.found)
        for one in self.found.found:
            above = found[one.parent] if one.parent >= 0 else None
            if one.kind not in ("point", "project") or not above or above.rule not in ("heading", "lead"):
                continue
            first = above.block + (self.blocks[above.block].depth > 0)
            stop = one.block
            if stop <= (above.last or (above.block, 0))[0] or self.is_parted(first, stop):
                continue
            start = above.start if first == above.block else 0
            end, last = len(self.blocks[first].text), (stop, len(self.blocks[stop].text))
            found[one.parent] = replace(
                above, block=first, start=start, end=end, last=last if stop > first else None
            )
        return found

    def is_parted(self, first: int, stop: int) -> bool:
        return any(block.depth or block.kind == "table" for block in self.blocks[first : stop + 1])

    def heading(self, number: int, block: Block) -> None:
        title = block.mark.rest if block.mark else block.text
        titles = (*self.place.titles[: block.depth - 1], title)
        self.goals_opened = False
        if block.depth == 1:
            self.chapter = number
            self.place = _Place(self.template.rule_for(title))
            self.led = -1
        goals = any(_is_of_goals(one) for one in titles[-2:])
        back = any(_looks_back(one) for one in ((title,) if goals else titles))
        self.place = replace(self.place, titles=titles, looks_back=back, goals=goals)
        self.place.is_box = is_box(block)
        if block.depth == 1:
            self.place.top = self.place.under = -1
            self.above = {}
        if not (back or goals) and (block.depth > 1 or self.has_no_sections(number)):
            self.open_section(number, block, title)

    def has_no_sections(self, number: int) -> bool:
        """Whether a chapter is itself what others have sections for; a box is none."""
        below = self.blocks[number + 1 :]
        return bool(below) and next(
            (block.depth == 1 for block in below if block.depth and not is_box(block)), True
        )

    def open_section(self, number: int, block: Block, title: str) -> None:
        """The item a section stands for: its words are the paragraph that follows, or its own title."""
        rule = self.place.rule
        section = rule.section or ("" if self.has_statements(number) else self.template.rule_for("").section)
        kind = section if block.depth <= 2 else rule.statement or section
        if not kind:
            return
        parent = -1 if kind == section else self.next_above(block.depth, kind)
        ahead = number + 1
        lead = self.blocks[ahead] if ahead < len(self.blocks) else None
        whole = lead is not None and lead.kind == "prose" and not mark_of(lead.text) and self.takes_lead(ahead)
        if whole and lead:
            made = Proposal(kind, ahead, 0, self.lead_end(lead.text), title, "heading", parent)
        else:
            start = block.text.find(title)
            made = Proposal(kind, number, start, start + len(title), title, "heading", parent)
        at = self.found.add(made)
        self.names.setdefault(_key(title), at)
        self.place.under = at
        self.above = {depth: row for depth, row in self.above.items() if depth < block.depth} | {block.depth: at}
        if kind == section:
            self.place.top = at

    def has_statements(self, number: int) -> bool:
        """Whether below a heading stands what is an item of its own, so that the heading need not be one."""
        depth, future = self.blocks[number].depth, self.place.rule.future
        for block in self.blocks[number + 1 :]:
            if 0 < block.depth <= depth:
                break
            if block.depth or mark_of(block.text) or (future and FUTURE.match(block.text)):
                return True
        return False

    def next_above(self, depth: int, kind: str) -> int:
        """The section that one of a depth lies in, as far as its kind may stand below that one's."""
        parents: list[str] = next(
            (row.get("parents", []) for row in self.template.kinds if row["key"] == kind), []
        )
        rows = [row for other, row in sorted(self.above.items()) if other < depth]
        fits = [row for row in rows if self.found.found[row].kind in parents]
        return fits[-1] if fits else self.place.top

    def lead_end(self, text: str) -> int:
        """Where the words of a section itself end: before the first of the places it goes through."""
        places = sentences(text) if self.place.rule.place else []
        return next((part[0] for part in places if _place_name(text, *part)), len(text))

    def takes_lead(self, block: int) -> bool:
        """Whether the paragraph under a heading speaks for the section, and is not itself run-in statements."""
        rule, text = self.place.rule, self.blocks[block].text
        if rule.run_in and self.chapter in self.run_in:
            return False
        return not (rule.place and _place_name(text, *sentences(text)[0]))

    def paragraph(self, number: int, block: Block) -> None:
        text, rule = block.text, self.place.rule
        if (block.kind == "subheading" and not self.place.is_box) or re.match(r"注[：:]|[表图]\s*\d", text):
            return
        statement = mark_of(text)
        opener = _opener(text, len(statement.printed)) if statement else ""
        if _looks_back(opener):
            return
        if self.place.goals or self.is_of_goals(block):
            self.goals(number, text, len(statement.printed) if opener and statement else 0)
        elif self.place.is_box and self.place.under >= 0:
            self.boxed(number, text, len(statement.printed) if statement else 0)
        elif not self.level:
            self.unheaded(number, text)
        elif not self.place.titles:
            self.commitments(number, 0, len(text), -1, figures_only=True)
        elif self.future(number, text) or (self.is_lead() and 2 in self.level):
            self.leads(number, text)
        elif statement and rule.statement:
            self.statement(number, text, len(statement.printed))
        elif rule.run_in and self.chapter in self.run_in:
            self.run_ins(number, text)
        elif self.place.under < 0 and 2 in self.level:
            self.leads(number, text)
        elif rule.place:
            self.places(number, text)
        else:
            self.commitments(number, 0, len(text), self.place.under)

    def is_of_goals(self, block: Block) -> bool:
        """Whether a numbered paragraph opens with a title of goals, or goes on from one that did."""
        if mark := mark_of(block.text):
            self.goals_opened = _is_of_goals(_opener(block.text, len(mark.printed)))
        return self.goals_opened

    def boxed(self, number: int, text: str, at: int) -> None:
        """A box names things in rows without a verb: each is one."""
        for part in sentences(text, at):
            label = text.find("：", *part)
            if label > 0:
                part = self.labelled(number, part, label)
            places = [piece for place in clauses(text, *part) for piece in cut(text, *place, "、")]
            if any(read_clause(text, *place).sort == "action" or self.beyond(text, *place, 0) for place in places):
                self.commitments(number, *part, self.place.under)
                continue
            for start, end in places:
                title = text[start:end].strip("“”")
                if end - start >= SHORTEST_IN_BOX:
                    self.in_box(number, start, end, title)

    def labelled(self, number: int, part: Span, label: int) -> Span:
        """What stands behind a label of a box. What is done to it makes the label a thing: 环湖绿道：建设驿站."""
        text, rest = self.blocks[number].text, (label + 1, part[1])
        if first := clauses(text, *rest):
            is_done = read_clause(text, *first[0]).sort == "action" or self.beyond(text, *first[0], 0)
            title = text[part[0] : label]
            if is_done and words("names", "endings").end_of(title) and label - part[0] >= SHORTEST_IN_BOX:
                self.in_box(number, part[0], label, title)
        return rest

    def in_box(self, number: int, start: int, end: int, title: str) -> None:
        known = self.names.get(_key(title), -1)
        made = Proposal("project", number, start, end, title, "box", self.place.under, same_as=known)
        self.names.setdefault(_key(title), self.found.add(made))

    def unheaded(self, number: int, text: str) -> None:
        """Of a text without headings each paragraph is what others have sections for, by its first words."""
        parts = [place for part in sentences(text) for place in clauses(text, *part)]
        if not parts:
            return
        first = parts[0]
        kind = self.template.rule_for("").section
        parent = self.found.add(Proposal(kind, number, 0, len(text), text[slice(*first)], "paragraph"))
        self.commitments(number, 0, len(text), parent)

    def is_lead(self) -> bool:
        """Whether a paragraph stands right below a chapter that has sections."""
        return len(self.place.titles) < 2 and self.place.under < 0

    def leads(self, number: int, text: str) -> None:
        """What a chapter says of itself beside its sections: goals that no section will repeat."""
        for part in sentences(text):
            for place in _with_means(text, clauses(text, *part)):
                if figures := self.beyond(text, *place, self.year):
                    self.figures(number, figures)
                elif read_clause(text, *place).sort == "action":
                    self.lead(number, text, place)

    def lead(self, number: int, text: str, place: Span) -> None:
        of_goals = self.template.has("goal_dimension")
        if self.led < 0 and (opened := "goal_dimension" if of_goals else self.place.rule.section):
            title = self.place.titles[0]
            self.led = self.found.add(Proposal(opened, number, 0, len(text), title, "lead"))
        kind = "goal" if self.template.has("goal") else "point"
        self.found.add(Proposal(kind, number, *place, text[slice(*place)], "lead", self.led))

    def statement(self, number: int, text: str, at: int) -> None:
        first = sentences(text, at)[0]
        whole = trimmed(text, at, len(text)) or (at, len(text))
        kind, title = self.place.rule.statement, text[slice(*first)]
        above = self.next_above(DEEPEST, kind)
        made = Proposal(kind, number, whole[0], len(text), title, "statement", above)
        parent = self.found.add(made)
        rest = first[1] + 1 if first[1] < len(text) - 1 else at
        # The title itself may name what the statement is about.
        self.named(number, read_clause(text, *first), parent, marked=True)
        if rest > at or not self.stands_over(number):
            self.commitments(number, rest, len(text), parent)

    def stands_over(self, number: int) -> bool:
        """Whether a numbered paragraph is but the title of those with a lower number behind it."""
        here, behind = (
            mark_of(block.text) for block in (*self.blocks[number : number + 2], self.blocks[number])[:2]
        )
        sorts = list(MARKS)
        known = here and behind and behind.sort in MARKS and here.sort in MARKS
        return bool(known and here and behind and sorts.index(behind.sort) > sorts.index(here.sort))

    def run_ins(self, number: int, text: str) -> None:
        """Short sentences that open what follows: 加强前瞻布局。制定实施…"""
        parts = sentences(text)
        heads = [place for place in range(len(parts) - 1) if _is_head(text, parts, place)]
        for order, place in enumerate(heads):
            stop = parts[heads[order + 1]][0] if order + 1 < len(heads) else len(text)
            start = parts[place][0] if order or not place else parts[place][0]
            title = text[slice(*parts[place])]
            made = Proposal(self.place.rule.run_in, number, start, stop, title, "run_in", self.place.top)
            parent = self.found.add(made)
            self.named(number, read_clause(text, *parts[place]), parent, marked=True)
            self.commitments(number, parts[place][1] + 1, stop, parent)
        if not heads:
            self.commitments(number, 0, len(text), self.place.under)

    def places(self, number: int, text: str) -> None:
        """Sentences that begin with the name of a place: 笋岗片区，聚焦…; others belong to the one before."""
        parts = sentences(text)
        parent = self.place.top
        openers = [place for place, part in enumerate(parts) if _place_name(text, *part)]
        for place, part in enumerate(parts):
            if place in openers:
                later = [parts[other][0] for other in openers if other > place]
                name = _place_name(text, *part)
                stop = later[0] if later else len(text)
                made = Proposal(self.place.rule.place, number, part[0], stop, name, "place", self.place.top)
                parent = self.found.add(made)
            opener = len(_place_name(text, *part)) if place in openers else 0
            self.commitments(number, part[0] + opener, part[1], parent)

    def future(self, number: int, text: str) -> int:
        """The future industries a paragraph names: each an item of its own with the paragraph's words."""
        found = FUTURE.match(text) if self.place.rule.future else None
        made = 0
        for name in re.split("、", found["names"]) if found else ():
            kind = self.place.rule.future
            made = self.found.add(Proposal(kind, number, 0, len(text), name.removesuffix("等"), "future"))
        return made

    def goals(self, number: int, text: str, at: int) -> None:
        parts = sentences(text, at)
        head = _is_head(text, parts, 0) or text.startswith("——")
        title = text[slice(*parts[0])] if head else text[slice(*parts[0])][:20]
        parent = -1
        if self.template.has("goal_dimension"):
            parent = self.found.add(Proposal("goal_dimension", number, 0, len(text), title, "goals"))
        year = self.year
        for part in parts[1:] if head else parts:
            for clause in _joined_states(text, *part):
                year = year_of(text[slice(*clause)]) or year
                if figures := self.beyond(text, *clause, year):
                    self.figures(number, figures)
                elif not _only_a_year(text, *clause) and year <= self.year:
                    goal = self.found.add(Proposal("goal", number, *clause, text[slice(*clause)], "goal", parent))
                    self.named(number, read_clause(text, *clause), goal, marked=True)

    def beyond(self, text: str, start: int, end: int, year: int) -> list[NumberFound]:
        return [figure for figure in figures_in(text, start, end, year=year) if figure.year <= self.year]

    def figures(self, number: int, figures: list[NumberFound]) -> None:
        for figure in figures:
            name, before = figure.name, self.measured
            if name in words("names", "growth", "figures.toml") and before[0] == number:
                # 地区生产总值超过5万亿元，年均增速5%以上: it is the growth of what was measured before.
                name = f"{before[1]}{name}"
            else:
                self.measured = (number, name)
            made = Proposal(
                "indicator", number, figure.start, figure.end, name, "figure",
                targets=(figure.target,), year=figure.year,
            )  # fmt: skip
            self.found.add(made)

    def commitments(self, number: int, start: int, end: int, parent: int, *, figures_only: bool = False) -> None:
        text = self.blocks[number].text
        for part in sentences(text, start, end):
            year = self.year
            for place in _with_means(text, clauses(text, *part)):
                said = text[slice(*place)]
                year = year_of(said) or year
                if figures := self.beyond(text, *place, year):
                    self.figures(number, figures)
                elif not figures_only and year <= self.year:
                    self.clause(number, read_clause(text, *place), parent, is_last=place[1] == part[1])

    def clause(self, number: int, clause: Clause, parent: int, *, is_last: bool) -> None:
        """An action without a name in it is a point; a standing, 打造…示范区, is one whatever it names."""
        text = self.blocks[number].text
        said = text[clause.start : clause.end]
        standing = clause.verb in words("names", "standing") and not words("names", "built").end_of(said)
        begun = len(self.found.found)
        more = standing or self.named(number, clause, parent)
        if clause.sort != "action" and begun == len(self.found.found) and promises(text, clause, is_last=is_last):
            self.found.add(Proposal("point", number, clause.start, clause.end, said, "promise", parent))
        if (
            clause.sort != "action"
            or not more
            or clause.end - clause.start < SHORTEST_POINT
            or self.is_focus(text, clause)
        ):
            return
        names = [one.end for one in self.found.found[begun:] if one.same_as < 0]
        if names:
            # What is promised of a name begins behind it: 鹏城实验室 | 落地建设若干平台.
            self.of_a_name(number, clause, max(names), parent)
            return
        for start, end in self.split(text, clause):
            title = text[start:end] if start == clause.start else f"{clause.verb}{text[start:end]}"
            self.found.add(Proposal("point", number, start, end, title, "verb", parent))

    def of_a_name(self, number: int, clause: Clause, start: int, parent: int) -> None:
        text = self.blocks[number].text
        rest = trimmed(text, start, clause.end)
        if rest and rest[1] - rest[0] >= 4:
            self.found.add(Proposal("point", number, *rest, text[clause.start : clause.end], "verb", parent))

    def split(self, text: str, clause: Clause) -> list[Span]:
        """A row of things is a point each: the first with its verb, the others by their own words."""
        verb = "" if clause.verb in words("names", "standing") else clause.verb
        named = names_in(text, clause.object, clause.end, verb=verb, own=self.own)
        if len(named.things) < 2 or named.names or clause.end - named.things[-1][1] > 8:
            return [(clause.start, clause.end)]
        first, *others = named.things
        return [(clause.start, first[1]), *others]

    def is_focus(self, text: str, clause: Clause) -> bool:
        """Which industries a place looks to is no promise of its own: 重点发展…产业."""
        standing = clause.verb in words("names", "standing")
        return bool(self.place.rule.place) and standing and text[: clause.end].endswith("产业")

    def named(self, number: int, clause: Clause, parent: int, *, marked: bool = False) -> bool:
        """Proposes the names of a clause; whether the clause says something besides, or names only what is known.

        `marked`: for titles, which are commitments themselves: only names that bear a mark of one.
        """
        text = self.blocks[number].text
        named = names_in(text, clause.object, clause.end, verb=clause.verb, own=self.own)
        new = False
        for start, end in named.names:
            if marked and not words("names", "marks").found(text[start:end]):
                continue
            title = named.title(text, (start, end))
            known = self.names.get(_key(title), -1)
            new = new or known < 0
            made = Proposal("project", number, start, end, title, "name", parent, same_as=known)
            at = self.found.add(made)
            self.names.setdefault(_key(title), at)
        return named.more or not new

    def table(self, number: int, block: Block) -> None:
        """A table of indicators: a row each, where a column of targets can be read.

        A row whose target cannot be read (empty, 待定) is proposed without one: a person says what it is.
        """
        lines = block.text.split("\n")
        head = [cell.strip() for cell in cells_of(lines[0])]
        columns = columns_of(head, self.year)
        if columns is None:
            return
        rows, at = [], len(lines[0]) + 1
        for line in lines[1:]:
            cells = cells_of(line)
            if _is_a_row(cells, head, columns):
                rows.append((at, line, cells, _read_row(cells, columns)))
            at += len(line) + 1
        of_indicators = "指标" in head[columns.name] or any(read for *_row, (_title, _unit, read) in rows)
        for at, line, cells, (title, unit, read) in rows if of_indicators else ():
            made = Proposal(
                "indicator", number, at, at + len(line), title, "row", targets=tuple(read),
                year=columns.year or self.year, row=tuple(cells), unit=unit,
            )  # fmt: skip
            self.found.add(made)


def propose(
    document: PlanText, template: Template, year: int, report: Callable[[float], None] = lambda per_cent: None
) -> list[Proposal]:
    """Everything a text may promise until a year, in its order; indices of parents lead into the list.

    `report` is told how far the reading is.
    """
    return _Proposer(document, template, year).read(report)


def promises(text: str, clause: Clause, *, is_last: bool) -> bool:
    """Whether a clause without a verb in front promises: 养老机构全部达标, or a setting that nothing follows.

    A row of things does not, nor what says what something is, nor the title of a numbered paragraph.
    """
    said = text[clause.start : clause.end]
    if clause.end - clause.start < SHORTEST_POINT or mark_of(said) or _only_a_year(text, clause.start, clause.end):
        return False
    if clause.sort == "setting":
        return is_last and not words("clauses", "looks").at(said)
    return clause.sort in ("bare", "state") and not (TELLS.search(said) or A_ROW.search(said))


def is_box(block: Block) -> bool:
    return bool(block.depth) and block.mark is not None and block.mark.sort == "box"


def _marks(blocks: list[Block]) -> tuple[str, ...]:
    """Marks of names that this text's own headings show: 玉塘-马田-燕罗, and the first letters of 光明科学城."""
    found: set[str] = set()
    for block in blocks:
        title = block.mark.rest if block.depth and block.mark else ""
        found.update(re.findall(r"(?<![一-鿿])[一-鿿]{2,3}(?=-)|(?<=-)[一-鿿]{2}", title))
        named = title and words("names", "endings").end_of(title)
        if named and read_clause(title, 0, len(title)).sort != "action":
            found.add(title[:2])
    return tuple(sorted(found))


def _key(name: str) -> str:
    """A name by which it is known again: 沙塘水库工程 is 沙塘水库."""
    bare = re.sub(r"[\s“”]", "", name)
    short = WORKS.sub("", re.sub(r"(?:建设)?(?:工程|项目)$", "", bare))
    return short if len(short) >= SHORTEST_IN_BOX else bare


def _only_a_year(text: str, start: int, end: int) -> bool:
    return not YEAR.sub("", text[start:end]).strip("到至 ，")


@dataclass(frozen=True)
class TableColumns:
    """Columns of a table of indicators: the name, the unit or -1, the target of a year or of 0; a unit for all."""

    name: int
    unit: int
    target: int
    year: int = 0
    shared: str = ""


# 责任单位 is who does it.
UNIT_HEAD = re.compile(r"(?:计量|指标|数据|统计)?单位")
# What a column of a year holds that is no target.
REACHED = re.compile(r"实际|现状|基期|基数|基准|完成|增速|增长|增幅|累计")


def columns_of(head: list[str], year: int) -> TableColumns | None:
    """Columns of name, unit and target of a table of indicators, the target's the last by the end of the plan."""

    def where(*said: str) -> int:
        return next((place for word in said for place, cell in enumerate(head) if word in cell), -1)

    name = where("指标名称", "指标", "名称")
    unit = next((place for place, cell in enumerate(head) if UNIT_HEAD.match(cell) and place != name), -1)
    years = {place: int(found[0]) for place, cell in enumerate(head) if (found := re.search(r"20\d\d", cell))}
    places = [
        place
        for place, cell in enumerate(head)
        if place not in (name, unit) and ("目标" in cell or place in years) and years.get(place, 0) <= year
    ]
    goals = [place for place in places if "目标" in head[place] and not REACHED.search(head[place])]
    told = goals or [place for place in places if not REACHED.search(head[place])]
    if not told:
        return None
    target = max(told, key=lambda place: (years.get(place, year if "目标" in head[place] else 0), place in goals))
    if name < 0 and goals:
        # A table that says 目标 has what it is of in its first column of words.
        name = next(
            (place for place in range(len(head)) if place not in (unit, target) and "序" not in head[place]), -1
        )
    shared = unit_in(head[target])[1] or (unit_in(head[unit])[1] if unit >= 0 else "")
    return TableColumns(name, unit, target, years.get(target, 0), shared) if name >= 0 else None


def _is_a_row(cells: list[str], head: list[str], columns: TableColumns) -> bool:
    """Whether a line of a table is of something: no rule, no heading said again, no title of a group of rows.

    Such a title stands alone in its line. Where no column has the units so may an indicator without a target.
    """
    said = {cell for cell in cells if re.search(r"\w", cell)}
    if cells == head or not said:
        return False
    is_open = columns.target < len(cells) and (columns.unit < 0 or cells[columns.target] != "")
    return len(said) > 1 or (is_open and not mark_of(next(iter(said))))


def _read_row(cells: list[str], columns: TableColumns) -> tuple[str, str, list[ReadTarget]]:
    """What a row is of, the unit it is counted in, and its targets: none where they cannot be read."""

    def cell(place: int) -> str:
        return cells[place].strip() if 0 <= place < len(cells) else ""

    own = cell(columns.unit) if is_unit(cell(columns.unit)) else ""
    title, within = (cell(columns.name), "") if own else unit_in(cell(columns.name))
    unit = own or within or columns.shared
    title = title or next((one for one in cells if re.search(r"[^\W\d_]", one)), cells[0])
    return title, unit, parse_targets(cell(columns.target), unit=unit, context=title)


def _opener(text: str, at: int) -> str:
    """The title that a numbered paragraph begins with: （二）主要目标。到2030年…"""
    parts = sentences(text, at)
    return text[slice(*parts[0])] if parts and _is_head(text, parts, 0) else ""


def _looks_back(title: str) -> bool:
    """Whether what stands under a title tells what was, or on what principles: it promises nothing."""
    return any(words("sections", name).found(title) for name in ("looking_back", "principles"))


def _is_of_goals(title: str) -> bool:
    """主要目标 and 发展目标 are; 强化目标考核 is something to be done."""
    known = words("sections", "goals")
    is_action = read_clause(title, 0, len(title)).sort == "action"
    return bool(known.end_of(title) or (known.found(title) and not is_action))


def _is_head(text: str, parts: list[Span], place: int) -> bool:
    """A short sentence of one clause whose successor is its body: not itself a short one of the same make."""
    start, end = parts[place]
    if end - start > RUN_IN_LONGEST + 6 or re.search("[，、]", text[start:end]) or place + 1 >= len(parts):
        return False
    following = parts[place + 1]
    long_enough = following[1] - following[0] > RUN_IN_LONGEST or "，" in text[slice(*following)]
    own_end = text[end : end + 1] == "。"
    return own_end and (long_enough or place == 0)


def _run_in_chapters(blocks: list[Block]) -> set[int]:
    """Chapters whose paragraphs mostly open with a short sentence."""
    opened: dict[int, list[bool]] = {}
    chapter = -1
    for number, block in enumerate(blocks):
        if block.depth == 1:
            chapter = number
            opened[chapter] = []
        elif block.kind == "prose" and chapter >= 0 and not block.mark and number and blocks[number - 1].depth > 1:
            parts = sentences(block.text)
            opened[chapter].append(len(parts) > 2 and _is_head(block.text, parts, 0))
    return {chapter for chapter, heads in opened.items() if heads and sum(heads) * 10 >= len(heads) * 6}


def _place_name(text: str, start: int, end: int) -> str:
    """The place a sentence begins with, or nothing."""
    first = clauses(text, start, end)
    name = text[slice(*first[0])] if len(first) > 1 else ""
    starts = words("clauses", "settings").at(name) or words("clauses", "manner").at(name)
    fits = PLACE.search(name) and len(name) <= 30 and not starts
    return name if fits and read_clause(name, 0, len(name)).sort != "action" else ""


def _joined_states(text: str, start: int, end: int) -> Iterator[Span]:
    """Clauses of a goal; a setting goes with the clause it is the setting of."""
    opened = -1
    for place in clauses(text, start, end):
        if read_clause(text, *place).sort == "setting" and place[1] < end and not _only_a_year(text, *place):
            opened = place[0] if opened < 0 else opened
            continue
        yield (opened if opened >= 0 else place[0], place[1])
        opened = -1
    if opened >= 0:
        yield (opened, end)


def _with_means(text: str, places: list[Span]) -> Iterator[Span]:
    """Clauses, each with the one before that says by what means: 依托 X，打造 Y."""
    opened = -1
    for start, end in places:
        if words("clauses", "means").at(text, start) and read_clause(text, start, end).sort == "setting":
            opened = start if opened < 0 else opened
            continue
        yield (opened if opened >= 0 else start, end)
        opened = -1


def _without_twins(found: list[Proposal]) -> list[Proposal]:
    """A row of the table and a clause about the same thing are one indicator, at its place in the prose."""
    rows = [place for place, one in enumerate(found) if one.rule == "row"]
    taken: dict[int, int] = {}
    for place in rows:
        figures = [other for other, one in enumerate(found) if one.rule == "figure"]
        twin = next((other for other in figures if _same_thing(found[other], found[place])), -1)
        if twin >= 0:
            taken[place] = twin
    kept = [place for place in range(len(found)) if place not in taken]
    moved = {old: new for new, old in enumerate(kept)}
    result = []
    for place in kept:
        one = found[place]
        row = next((found[other] for other, twin in taken.items() if twin == place), None)
        if row:
            one = replace(one, title=row.title, row=row.row, targets=row.targets, year=row.year, unit=row.unit)
        result.append(replace(one, parent=moved.get(one.parent, -1), same_as=moved.get(one.same_as, -1)))
    return result


def _same_thing(figure: Proposal, row: Proposal) -> bool:
    """By their names and numbers: 地区生产总值超过5万亿元 is not 研发投入占地区生产总值比重 7%.

    Nearly every pair of neighbouring letters of the shorter name stands in the longer, and one target is the same.
    """
    a, b = sorted((_key(figure.title), _key(row.title)), key=len)
    pairs = {a[place : place + 2] for place in range(len(a) - 1)}
    shared = sum(pair in b for pair in pairs)
    return bool(pairs) and shared / len(pairs) >= 0.75 and bool(_values(figure) & _values(row))


def _values(one: Proposal) -> set[Decimal]:
    """The numbers an indicator is to reach, without 万 and 亿."""
    return {in_base_unit(target.value or target.low, target.unit) for target in one.targets}
