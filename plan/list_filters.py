"""What the address of a list may ask for, declared once: the names it takes, how each is read, and the way back.

A list declares a frozen dataclass of `ListFilters` whose fields are its filters. The table of names that an
address takes (shenzhen_plan/parameters.py), the reader of the request and the links of the page go by it, so that
a filter is added by one field and the condition it stands for. docs/decisions/0021 says why no library does it.
"""

from collections.abc import Callable, Iterable
from dataclasses import field, fields
from datetime import date
from typing import Any, Self

from plan.params import read_choice, read_date, today

# Of an address: its parameters, the name of this one, and what this request may choose from, if the list says so.
Reader = Callable[[Any, str, Iterable[str]], Any]


def asks(read: Reader, *, name: str = "", default: Any = "") -> Any:
    """A filter that is read by `read`; `name` where the address calls it otherwise than the field."""
    return field(default=default, metadata={"read": read, "name": name})


def one_of(*choices: str, default: str = "") -> Reader:
    """One of these words or, without any, of those that a request is offered; BadParameter for another."""
    return lambda params, name, offered: read_choice(params, name, choices or offered, default)


def words(params: Any, name: str, offered: Iterable[str] = ()) -> str:
    """Words to look for."""
    return params.get(name, "").strip()[:100]


def a_day(params: Any, name: str, offered: Iterable[str] = ()) -> date | None:
    """A day; None where none is asked for."""
    return read_date(params, name, today()) if params.get(name) else None


class ListFilters:
    """What an address asks of a list; a field of its default value narrows nothing."""

    @classmethod
    def _asked(cls) -> list[tuple[str, Any]]:
        """The fields by their names in an address."""
        return [(row.metadata["name"] or row.name, row) for row in fields(cls)]

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names that the address of the list takes."""
        return tuple(name for name, _row in cls._asked())

    @classmethod
    def read(cls, params: Any, **offered: Iterable[str]) -> Self:
        """As an address asks; `offered`, by name, is what this request may choose from. Raises BadParameter."""
        return cls(
            **{row.name: row.metadata["read"](params, name, offered.get(name, ())) for name, row in cls._asked()}
        )

    def pairs(self) -> dict[str, str]:
        """What is asked for, as an address says it."""
        found = {name: (getattr(self, row.name), row.default) for name, row in self._asked()}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, (value, default) in found.items()
            if value and value != default
        }
