"""The plan's text clause by clause: which words are a commitment, part of one, or none. Pure: rows in, clauses
out.

Clauses are cut as the studio cuts them (texts.clauses). One is an item where an item's own words stand in it:
those of one that contains no other, or the title that opens a statement. What is neither was read by a person,
who named the commitment it belongs to, or the reason why it is none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from texts.clauses import clauses, sentences


class WordsOfItem(Protocol):
    """An item as far as its words go: plan.models.Item, or the row of a file."""

    code: str
    title: str
    quote: str
    start: int
    end: int


class ReadAs(StrEnum):
    ITEM = "item"
    PART = "part"
    NONE = "none"


@dataclass(frozen=True)
class ClauseItems:
    """A clause of a paragraph, from `start` to `end`, with the items whose own words stand in it."""

    start: int
    end: int
    text: str
    # As they were given: rows of the database or of the files.
    items: tuple[Any, ...] = ()


def cut(text: str) -> Iterator[tuple[int, int]]:
    """The clauses of a paragraph, first and one past last character; its stops are in none."""
    for sentence in sentences(text):
        yield from clauses(text, *sentence)


def own_words(items: Iterable[WordsOfItem]) -> Iterator[tuple[WordsOfItem, int, int]]:
    """Where each item of a paragraph speaks for itself alone; of one that contains others, its title."""
    rows = list(items)
    for row in rows:
        holds = any(
            other is not row
            and row.start <= other.start
            and other.end <= row.end
            and (row.start, row.end) != (other.start, other.end)
            for other in rows
        )
        if not holds:
            yield row, row.start, row.end
        elif row.quote.startswith(row.title):
            yield row, row.start, row.start + len(row.title)


def with_items(text: str, items: Iterable[WordsOfItem]) -> list[ClauseItems]:
    """The clauses of a paragraph, each with its items in the order of the text."""
    places = sorted(own_words(items), key=lambda place: place[1])

    def speaking(start: int, end: int) -> tuple[Any, ...]:
        return tuple(row for row, first, last in places if first < end and start < last)

    return [ClauseItems(start, end, text[start:end].strip(), speaking(start, end)) for start, end in cut(text)]
