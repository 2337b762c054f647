"""Filters of lists: declared once, read by name, said again in an address."""

import ast
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.http import QueryDict

from plan.list_filters import ListFilters, a_day, asks, one_of, words
from plan.params import BadParameter
from shenzhen_plan import parameters


@dataclass(frozen=True)
class Books(ListFilters):
    shelf: str = asks(one_of("upper", "lower", default="upper"), default="upper")
    author: str = asks(one_of())
    said: str = asks(words, name="q")
    since: date | None = asks(a_day, name="from", default=None)


def test_the_names_are_those_of_the_address():
    assert Books.names() == ("shelf", "author", "q", "from")


def test_nothing_asked_narrows_nothing():
    assert Books.read(QueryDict("")) == Books()
    assert Books().pairs() == {}


def test_what_is_asked_comes_back_into_an_address():
    asked = Books.read(QueryDict("shelf=lower&author=b&q= two words &from=2024-02-01"), author=("a", "b"))

    assert asked == Books("lower", "b", "two words", date(2024, 2, 1))
    assert asked.pairs() == {"shelf": "lower", "author": "b", "q": "two words", "from": "2024-02-01"}
    assert Books.read(QueryDict("shelf=upper")).pairs() == {}


@pytest.mark.parametrize(
    ("query", "name"), [("shelf=x", "shelf"), ("author=c", "author"), ("from=2024-13-01", "from")]
)
def test_a_word_that_is_none_is_refused_by_name(query, name):
    with pytest.raises(BadParameter) as error:
        Books.read(QueryDict(query), author=("a", "b"))
    assert error.value.name == name


LISTS = [row for row in ListFilters.__subclasses__() if row is not Books]
# What the code calls a list's filters where it narrows by them.
CALLED = {"self", "choice", "filters", "asked"}


@pytest.mark.breadth
@pytest.mark.parametrize("asked", LISTS, ids=lambda row: row.__name__)
def test_a_filter_that_is_declared_is_gone_by(asked):
    """An address that takes a name and goes by it nowhere answers another question."""
    room = Path(settings.BASE_DIR, asked.__module__.partition(".")[0])
    nodes = [node for path in room.rglob("*.py") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    read = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in CALLED
    }

    assert set(asked.names()) <= {name for names in parameters.PARAMETERS.values() for name in names}
    assert {field.name for field in fields(asked)} - read == set()
