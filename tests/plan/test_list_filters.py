"""Filters of lists: declared once, read by name, said again in an address."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.http import QueryDict

from plan.list_filters import ListFilters, a_day, asks, one_of, words
from plan.params import BadParameter


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
