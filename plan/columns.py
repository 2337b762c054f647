"""What a column of a file is, said once for every form the file has.

A declaration names the column for machines and for people in both languages, says what kind of value it holds,
in which unit, and how the value is found. CSV, XLSX, JSON, API, the page that shows a report, the data package and
what an import understands read it from there. Names are a contract with everyone who reads the files (design:
exports): add only at the end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Type(StrEnum):
    """What a value is. Values stay what they are up to the writer of a form, which alone makes text of them."""

    TEXT = "string"
    NUMBER = "decimal"
    WHOLE = "integer"
    YEAR = "gYear"
    DAY = "date"
    MOMENT = "dateTime"
    YES_NO = "boolean"


NUMBERS = frozenset({Type.NUMBER, Type.WHOLE, Type.YEAR})


@dataclass(frozen=True)
class Column:
    """A column; `unit` is that of all its numbers, `find` gives its value from what a row is made of.

    The types are those of CSV on the Web (https://www.w3.org/TR/tabular-data-primer/). `also` are other headings
    that an import takes for this column.
    """

    name: str
    zh: str
    en: str
    type: Type = Type.TEXT
    find: Callable[[Any], Any] | None = None
    unit: str = ""
    required: bool = False
    also: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        return self.type in NUMBERS

    def heading(self, header: str) -> str:
        """The heading as a file has it: `header` is "zh", "en" or "code"."""
        return {"zh": self.zh, "en": self.en}.get(header, self.name)


Columns = Mapping[str, Column]
Row = dict[str, Any]


def columns(*declared: Column) -> dict[str, Column]:
    """Columns by their names, in their order."""
    return {column.name: column for column in declared}


def row_of(columns: Columns, source: Any) -> Row:
    """The row of a source: each value found as its column says."""
    return {name: column.find(source) for name, column in columns.items() if column.find}
