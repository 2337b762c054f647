"""The lists of one kind as their address asks for them: by state, by who answers, by words. Pure: strips in, and
those that were asked for out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Organisation
from plan.after_period import STATE_WORDS, state_on
from plan.list_filters import ListFilters, asks, one_of, words
from plan.models import Item, Plan
from plan.queries import in_state

# What an address says for commitments nobody leads.
NOBODY = "-"
Strip = dict[str, Any]


@dataclass(frozen=True)
class Wish(ListFilters):
    """What a reader of a list asked to see; empty for everything."""

    state: str = asks(one_of(*STATE_WORDS))
    organisation: str = asks(one_of())
    words: str = asks(words, name="q")

    @property
    def narrows(self) -> bool:
        return bool(self.state or self.organisation or self.words)

    def keeps(self, strip: Strip, plan: Plan, day: date) -> bool:
        """Whether an item stays: one and the same of its parts has the state and the organisation, and the words
        stand in it or in one of its parts."""
        item, parts = strip["item"], strip["parts"]
        if self.words and not any(self._says(row) for row in (item, *parts)):
            return False
        if not (self.state or self.organisation):
            return True
        return any(self._is(part, item, plan, day) for part in parts or [item])

    def _is(self, part: Item, item: Item, plan: Plan, day: date) -> bool:
        state = state_on(part.status, part.status_as_of, plan.ends_on, day)
        if self.state and self.state not in (state, part.status):
            return False
        lead = part.lead or item.lead
        return not self.organisation or self.organisation == (lead.code if lead else NOBODY)

    def _says(self, row: Item) -> bool:
        words = self.words.lower()
        return any(words in text.lower() for text in (row.title, row.title_en, row.quote))


def organisations(strips: Iterable[Strip]) -> list[Organisation]:
    """Who leads one of the items or of their parts, each once, by name."""
    leads = {row.lead for strip in strips for row in (strip["item"], *strip["parts"]) if row.lead}
    return sorted(leads, key=lambda lead: lead.name)


def read_wish(params, strips: Iterable[Strip]) -> Wish:
    """Of the parameters state, organisation and q."""
    codes = [lead.code for lead in organisations(strips)]
    return Wish.read(params, organisation=(NOBODY, *codes))


@dataclass(frozen=True)
class ItemFilters(ListFilters):
    """What is asked of the list of every commitment."""

    kind: str = asks(one_of())
    status: str = asks(one_of(*STATE_WORDS))
    section: str = asks(one_of())
    words: str = asks(words, name="q")

    def of(self, rows: QuerySet[Item], plan: Plan, day: date) -> QuerySet[Item]:
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.status:
            rows = in_state(rows, plan, self.status, day)
        if self.section:
            rows = rows.filter(Q(section__number=self.section) | Q(section__number__startswith=f"{self.section}."))
        if self.words:
            said = (Q(**{f"{name}__icontains": self.words}) for name in ("title", "title_en", "quote"))
            rows = rows.filter(reduce(or_, said))
        return rows
