"""What a commitment with parts promised and what is public of it: shown while no unit has reported. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from plan.models import Item
from plan.public import PublicState

# A clause of the plan with a quantity in it: “组织实施…项目超过 1000 项”, not “5G” and not a year.
_QUANTITY = re.compile(
    r"[^，。；：、]*?\d[\d.,]*\s*(?:-\s*\d[\d.]*\s*)?(?:%|％|[万亿千百]{0,2}"
    r"(?:个|家|项|所|条|件|台|种|名|人|倍|座|平方公里|平方米|公里|元))[^，。；：、]*"
)
# So many a compact list names.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Promise:
    """Named projects and clauses with a quantity, in the plan's order; what is public, the finished told apart.

    `there` is built, open, founded or in force, `still` is under way or not done, `told` says neither.
    `things` are the kinds whose items have names of their own.
    """

    things: tuple[str, ...]
    projects: list[Item]
    phrases: list[str]
    there: list[PublicState]
    still: list[PublicState]
    told: list[PublicState]

    @property
    def named(self) -> list[PublicState]:
        """What is known as finished, by name: what has a name of its own first, as there is room."""
        return self._by_name(self.there)[:NAMED]

    @property
    def unfinished(self) -> list[PublicState]:
        """What is known as not finished, in the same way."""
        return self._by_name(self.still)[:NAMED]

    def _by_name(self, states: list[PublicState]) -> list[PublicState]:
        return sorted(states, key=lambda state: state.item.kind not in self.things)

    @property
    def others(self) -> int:
        """How many more have public statements."""
        return len(self.states) - len(self.named) - len(self.unfinished)

    @property
    def states(self) -> list[PublicState]:
        return [*self.there, *self.still, *self.told]


def promise(item: Item, parts: Iterable[Item], projects: Iterable[Item]) -> Promise:
    """Of an item with its parts and the projects below it, after `plan.public.show_public` has been asked."""
    states = sorted(getattr(item, "public_below", ()), key=lambda state: state.item.order)
    return Promise(
        item.kinds.things,
        list(projects),
        quantities([item.quote, *(part.quote for part in parts)]),
        [state for state in states if state.is_there],
        [state for state in states if not state.is_there and state.is_open],
        [state for state in states if not state.is_there and not state.is_open],
    )


def quantities(quotes: Iterable[str]) -> list[str]:
    """The clauses of the plan's words that promise a number, each once."""
    return list(dict.fromkeys(clause.strip() for quote in quotes for clause in _QUANTITY.findall(quote)))
