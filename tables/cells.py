"""What a reader of tables gives, whatever the file was: numbered rows of text. Pure.

A cell is plain text (`str`) unless its file says more of it: what kind of value it is, that it is shown otherwise
than it is stored, that parts of it are struck out or set as footnote marks, that its row is hidden.
"""

# What a sheet of Excel can hold.
MAX_ROWS = 1_048_576
# How many cells of a sheet may be there by merging alone.
MAX_FILLED = 1_000_000
# A longer text is no label, name, heading or unit, and no pattern for them is tried on it.
LONGEST_WORDS = 300
BLOCK = 1 << 20
Line = tuple[int, list[str]]

# Marks of a cell
RAISED = "raised"  # holds runs set as superscript or subscript
STRUCK = "struck"  # holds runs struck out
HIDDEN_ROW = "hidden_row"
HIDDEN_COLUMN = "hidden_column"
SPREAD = "spread"  # the first of several cells merged into one
FILLED = "filled"  # one of the others: it has the first one's text
LITERAL = "literal"  # text that the workbook says stands as it is, apostrophes and all
UNSURE_LOOK = "unsure_look"  # a file that does not say how it shows its numbers

# Full-width forms of ASCII alone: wider normalisation would read 10² as 102.
NARROW: dict[int, str | None] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
# Spaces of every width, within numbers most of all, are one space.
NARROW |= dict.fromkeys([0x3000, 0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F], " ")
NARROW |= dict.fromkeys([0x2010, 0x2011, 0x2212, 0xFE63], "-")
# What has no width, the marks of direction among them.
UNSEEN = [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A)]
NARROW |= dict.fromkeys([*UNSEEN, 0x061C, 0xFEFF])


class Cell(str):
    """Text with what its file says of it.

    `marks`: of those above. `bare`: without raised and struck runs, or None where there are none. `shown`: what
    the spreadsheet shows where that is another number than the text, or None.
    """

    marks: frozenset[str] = frozenset()
    bare: str | None = None
    shown: str | None = None

    def __new__(cls, text: str, *, marks: frozenset[str] = frozenset(), bare=None, shown=None):
        cell = super().__new__(cls, text)
        if marks:
            cell.marks = marks
        if bare is not None:
            cell.bare = bare
        if shown is not None:
            cell.shown = shown
        return cell

    def marked(self, *marks: str) -> "Cell":
        return type(self)(self, marks=self.marks | frozenset(marks), bare=self.bare, shown=self.shown)


class NumberCell(Cell):
    """A cell the workbook holds as a number: plain digits, with % where it is shown as per cent."""


class DayCell(Cell):
    """A cell the workbook holds as a day or a moment, written 2024-01-29 or 2024-01-29 09:30:00.

    `shown` is the year, or the month as 2024-01, where that is all the spreadsheet shows.
    """


class FormulaCell(Cell):
    """A formula the workbook keeps no result of."""


class EmptyResult(Cell):
    """A formula that gave an empty text."""


def marked(cell: str, *marks: str) -> Cell:
    return cell.marked(*marks) if isinstance(cell, Cell) else Cell(cell, marks=frozenset(marks))


def marks_of(cell: str) -> frozenset[str]:
    return cell.marks if isinstance(cell, Cell) else frozenset()


def bare(cell: str) -> str:
    """A cell's text without raised and struck runs."""
    return cell.bare if isinstance(cell, Cell) and cell.bare is not None else cell


def narrow(text: str) -> str:
    """Plain ASCII forms, one kind of space and of hyphen, nothing unseen, nothing around."""
    return text.strip() if text.isascii() else text.translate(NARROW).strip()


def cell_name(row: int, column: int) -> str:
    """C7; `column` counts from 0, `row` as a spreadsheet does."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def is_blank(cells: list[str]) -> bool:
    return not any(cell.strip() for cell in cells)
