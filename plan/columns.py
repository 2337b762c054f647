"""What a column of a file is, said once for every form the file has.

A declaration names the column for machines and for people in both languages, says what kind of value it holds,
in which unit, and how the value is found. CSV, XLSX, JSON, API, the page that shows a report, the data package and
what an import understands read it from there. Names are a contract with everyone who reads the files (design:
exports): add only at the end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _


class Type(StrEnum):
    """What a value is. Values stay what they are up to the writer of a form, which alone makes text of them."""

    TEXT = "string"
    NUMBER = "decimal"
    WHOLE = "integer"
    YEAR = "gYear"
    DAY = "date"
    MOMENT = "dateTime"
    YES_NO = "boolean"


# What a code is called by people; where the same code means two things, the row says which.
Words = Mapping[Any, Any] | Callable[[Mapping[str, Any]], Mapping[Any, Any]]
YES_NO: Words = {True: _("是"), False: _("否")}
# The languages of headings; under machine names values are codes.
LANGUAGES = {"zh": "zh-hans", "en": "en"}
# Before the number of a section in CSV.
PLACE = "§"
NUMBERS = frozenset({Type.NUMBER, Type.WHOLE, Type.YEAR})


@dataclass(frozen=True)
class Column:
    """A column; `unit` is that of all its numbers, `find` gives its value from what a row is made of.

    The types are those of CSV on the Web (https://www.w3.org/TR/tabular-data-primer/). `also` are other headings
    that an import takes for this column. `words` say what the codes of a column mean: under Chinese and English
    headings a file has them instead of the codes.
    """

    name: str
    zh: str
    en: str
    type: Type = Type.TEXT
    find: Callable[[Any], Any] | None = None
    unit: str = ""
    required: bool = False
    also: tuple[str, ...] = ()
    words: Words | None = None
    # A number of a chapter or section: CSV, which has no types, marks it, or 6.10 comes out of its readers as 6.1.
    is_place: bool = False

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


def with_code_columns(columns: Columns) -> dict[str, Column]:
    """The same and, at the end, a column of codes for each whose values a file gives in words."""
    codes = (
        Column(f"{name}_code", f"{column.zh}代码", f"{column.en} code")
        for name, column in columns.items()
        if column.words
    )
    return {**columns, **{column.name: column for column in codes}}


def in_words(columns: Columns, rows: Iterable[Row], header: str) -> Iterator[Row]:
    """Rows as a file with these headings has them: words for codes, the codes beside them where columns ask so.

    `header` as in `Column.heading`; under machine names rows stay as they are.
    """
    if (language := LANGUAGES.get(header)) is None:
        yield from rows
        return
    words = {name: given for name, column in columns.items() if (given := _words(column))}
    beside = {f"{name}_code": name for name in words if f"{name}_code" in columns}
    made: dict[int, dict[Any, str]] = {}

    def told(given: Words, row: Row, code: Any) -> Any:
        known = given if isinstance(given, Mapping) else given(row)
        # Lists of words outlive the file, so their numbers name them.
        if id(known) not in made:
            made[id(known)] = words_in(known, language)
        return made[id(known)].get(code, code)

    for row in rows:
        codes = {code: row[name] for code, name in beside.items()}
        yield row | {name: told(given, row, row[name]) for name, given in words.items() if name in row} | codes


def words_in(words: Mapping[Any, Any], language: str) -> dict[Any, str]:
    """Codes and their words in a language."""
    with translation.override(language):
        return {code: str(word) for code, word in words.items()}


def _words(column: Column) -> Words | None:
    return column.words or (YES_NO if column.type is Type.YES_NO else None)
