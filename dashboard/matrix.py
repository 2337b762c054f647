"""Who names what: rows and columns of the plan, and the words that tie them. Pure: rows in, a matrix out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from indicators.models import Indicator
from plan.models import Focus, Industry, Item, Link


@dataclass(frozen=True)
class Head:
    """A row or a column: its Chinese name, its label in the reader's language, the group it stands under."""

    code: str
    name: str
    label: str
    item: Item
    group: str = ""


@dataclass(frozen=True)
class Mention:
    """One place of the plan that ties a row to a column.

    `direct`: the text itself names the column (an industry by its own name; an indicator in its own words).
    Otherwise it names the whole group, or a reader judged that it serves the indicator.
    """

    item: Item
    words: str
    direct: bool
    note: str = ""

    @property
    def text(self) -> str:
        return self.item.quote

    @property
    def place(self) -> int:
        """Number of the paragraph it stands in, for its anchor in the text."""
        return self.item.paragraph.order


@dataclass
class MatrixCell:
    row: Head
    column: Head
    mentions: list[Mention] = field(default_factory=list)

    @property
    def direct(self) -> int:
        return sum(mention.direct for mention in self.mentions)

    @property
    def indirect(self) -> int:
        return len(self.mentions) - self.direct

    @property
    def depth(self) -> float | None:
        """0 to 1 for the eye alone: a group's or a judged mention is pale; None where there is none."""
        if not self.mentions:
            return None
        return (0.4 if self.direct > 1 else 0.26) if self.direct else 0.11


@dataclass
class Matrix:
    """All rows and columns, empty ones as well, with what the text says outside of them."""

    key: str
    rows: list[Head]
    columns: list[Head]
    cells: dict[tuple[str, str], MatrixCell] = field(default_factory=dict)
    # By row, printed names that are in no list of the plan (新一代信息技术, 人工智能 …).
    outside: dict[str, list[Focus]] = field(default_factory=dict)
    # By column, commitments of other kinds that serve it: an orphan here may be served elsewhere.
    elsewhere: dict[str, list[Item]] = field(default_factory=dict)

    def cell(self, row: Head, column: Head) -> MatrixCell:
        return self.cells.get((row.code, column.code)) or MatrixCell(row, column)

    def add(self, row: Head, column: Head, mention: Mention) -> None:
        self.cells.setdefault((row.code, column.code), MatrixCell(row, column)).mentions.append(mention)

    @property
    def lines(self) -> list[tuple[Head, list[MatrixCell]]]:
        return [(row, [self.cell(row, column) for column in self.columns]) for row in self.rows]

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The heading above the columns: each group with the number of its columns; empty without groups."""
        found: list[tuple[str, int]] = []
        for column in self.columns:
            if found and found[-1][0] == column.group:
                found[-1] = (column.group, found[-1][1] + 1)
            else:
                found.append((column.group, 1))
        return found if any(name for name, _number in found) else []

    @property
    def empty_rows(self) -> list[Head]:
        used = {row for row, _column in self.cells}
        return [row for row in self.rows if row.code not in used]

    @property
    def empty_columns(self) -> list[Head]:
        used = {column for _row, column in self.cells}
        return [column for column in self.columns if column.code not in used]

    @property
    def only_indirect(self) -> list[Head]:
        """Columns that are tied only by their group's name or by judgement, never by their own."""
        named = {column for (_row, column), cell in self.cells.items() if cell.direct}
        empty = {column.code for column in self.empty_columns}
        return [column for column in self.columns if column.code not in named | empty]

    @property
    def orphans(self) -> list[tuple[Head, list[Item]]]:
        """Empty columns, each with the commitments of other kinds that serve it all the same."""
        return [(column, self.elsewhere.get(column.code, [])) for column in self.empty_columns]

    @property
    def outsiders(self) -> list[tuple[Head, list[Focus]]]:
        return [(row, self.outside[row.code]) for row in self.rows if row.code in self.outside]

    @property
    def tied(self) -> int:
        return len(self.cells)


def ancestor(item: Item, kind: str) -> Item | None:
    """The item itself or the nearest one above it that is of a kind."""
    at: Item | None = item
    while at is not None and at.kind != kind:
        at = at.parent
    return at


def industry_heads(industries: Iterable[Industry]) -> list[Head]:
    """A column for every cluster of a group and for every future industry, in the plan's order."""
    industries = list(industries)
    groups = {row.pk: row for row in industries if row.level == Industry.Level.GROUP}
    return [
        Head(row.code, row.name, row.label, row.item, groups[row.parent_id].label if row.parent_id else "")
        for row in industries
        if row.level != Industry.Level.GROUP
    ]


def clusters_of(industries: Iterable[Industry]) -> dict[str, list[Industry]]:
    """By the code of a group, the clusters its name covers."""
    found: dict[str, list[Industry]] = {}
    industries = list(industries)
    codes = {row.pk: row.code for row in industries}
    for row in industries:
        if row.level == Industry.Level.CLUSTER:
            found.setdefault(codes[row.parent_id], []).append(row)
    return found


def by_industry(
    key: str, kind: str, rows: Iterable[Item], industries: Iterable[Industry], focuses: Iterable[Focus]
) -> Matrix:
    """Items of a kind against industries, from the focuses of the items and of everything below them.

    A group's name covers each of its clusters; where its one cluster has the same name (新材料), it is that
    cluster's own name that was said.
    """
    industries = list(industries)
    matrix = Matrix(key, [Head(row.code, row.title, row.label, row) for row in rows], industry_heads(industries))
    heads, columns = {row.code: row for row in matrix.rows}, {column.code: column for column in matrix.columns}
    covered = clusters_of(industries)
    for focus in focuses:
        root = ancestor(focus.item, kind)
        if root is None:
            continue
        if focus.industry is None:
            matrix.outside.setdefault(root.code, []).append(focus)
            continue
        industry = focus.industry
        below = covered.get(industry.code, [industry])
        direct = industry.level != Industry.Level.GROUP or [row.name for row in below] == [focus.name]
        for row in below:
            mention = Mention(focus.item, focus.name, direct)
            matrix.add(heads[root.code], columns[row.code], mention)
    return matrix


def by_link(
    key: str, kind: str, rows: Iterable[Item], columns: Iterable[Indicator], links: Iterable[Link]
) -> Matrix:
    """Items of a kind against indicators, from the ties of the items and of everything below them."""
    matrix = Matrix(
        key,
        [Head(row.code, row.title, row.label, row) for row in rows],
        [Head(column.code, column.title, column.short_label, column) for column in columns],
    )
    heads, tops = {row.code: row for row in matrix.rows}, {column.code: column for column in matrix.columns}
    for link in links:
        indicator, other = (link.target, link.source) if link.target.code in tops else (link.source, link.target)
        root = ancestor(other, kind)
        if root is None:
            served = matrix.elsewhere.setdefault(indicator.code, [])
            if link.kind == Link.Kind.SERVES and other not in served:
                served.append(other)
            continue
        mention = Mention(other, link.quote, link.basis == Link.Basis.TEXT, link.note)
        matrix.add(heads[root.code], tops[indicator.code], mention)
    return matrix
