"""Search over the plan's text and its commitments: substrings, alike on every database."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from plan.models import Item, Paragraph, Plan, Section
from plan.text import clip, mark

# Key of the group that is no kind of commitment: the plan's own paragraphs.
TEXT = "text"
# Hits shown of each group in the list of all, and of one group by itself.
EACH, AT_MOST = 10, 100
# Kinds whose quote is their title: one line is enough.
BRIEF = (Item.Kind.PROJECT, Item.Kind.POINT)
# ５Ｇ is typed with full-width letters as often as not; brackets and commas are the text's own and stay.
_WIDE = [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]
NARROW = {code: code - 0xFEE0 for code in _WIDE}

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Hit:
    """One result: the row, its title and an excerpt with the hits marked, and where it stands."""

    row: Item | Paragraph
    title: Pieces
    excerpt: Pieces
    place: str


@dataclass(frozen=True)
class Group:
    """The results of one kind, in plan order; `total` is how many there are, `hits` those shown."""

    key: str
    label: Any
    hits: tuple[Hit, ...]
    total: int

    def cut(self, number: int) -> "Group":
        return replace(self, hits=self.hits[:number])

    @property
    def left_out(self) -> int:
        return self.total - len(self.hits)


def split_words(asked: str) -> list[str]:
    """The words that must all occur; a space, also a full-width one, separates them."""
    return asked.translate(NARROW).split()


def find_everywhere(plan: Plan, words: list[str]) -> list[Group]:
    """Commitments by kind, then the paragraphs; three queries. No word finds nothing."""
    if not words:
        return []
    names = _section_names(plan)
    kinds: dict[str, list[Hit]] = {}
    for item in plan.items.filter(_every(words, _item_has)).in_plan_order():
        kinds.setdefault(item.kind, []).append(_item_hit(item, words, names))
    paragraphs = plan.paragraphs.filter(_every(words, lambda word: Q(text__icontains=word))).order_by("order")
    texts = [
        Hit(row, [(names[row.section_id], False)], mark(clip(row.text, *words), *words), "") for row in paragraphs
    ]
    groups = [
        Group(kind.value, kind.label, tuple(kinds[kind]), len(kinds[kind])) for kind in Item.Kind if kind in kinds
    ]
    return groups + ([Group(TEXT, _("规划原文"), tuple(texts), len(texts))] if texts else [])


def _every(words: list[str], has) -> Q:
    condition = Q()
    for word in words:
        condition &= has(word)
    return condition


def _item_has(word: str) -> Q:
    return Q(title__icontains=word) | Q(title_en__icontains=word) | Q(quote__icontains=word) | Q(code__iexact=word)


def _item_hit(item: Item, words: list[str], names: dict[int, str]) -> Hit:
    excerpt = [] if item.kind in BRIEF else mark(clip(item.quote, *words), *words)
    return Hit(item, mark(item.label, *words), excerpt, names[item.section_id])


def _section_names(plan: Plan) -> dict[int, str]:
    """By section, its chapter's and its own title."""
    rows = {section.pk: section for section in plan.sections.all()}

    def name(section: Section) -> str:
        above = rows.get(section.parent_id)
        return f"{above} › {section}" if above else str(section)

    return {pk: name(section) for pk, section in rows.items()}
