"""Search over the plan's text, its commitments and what is said of them: substrings, alike on every database."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plan.annotated_text import sentence_with
from plan.models import Item, Paragraph, Plan, Section, TextNote
from plan.text import annotate, clip, mark, plain_row

# Keys of the groups that are no kind of commitment: the plan's own paragraphs, and what was noted on the text.
TEXT, TEXT_NOTE = "text", "textnote"
# Hits shown of each group in the list of all, and of one group by itself.
EACH, AT_MOST = 10, 100
# Kinds whose quote is their title: one line is enough where that line holds the words.
CHINESE, ENGLISH = "zh-CN", "en"
# ５Ｇ, ５％ and Ｉ－０１ are typed in full width as often as not; brackets and commas are the text's own and stay.
_WIDE = [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), *map(ord, "％＆＋－．／＞＜")]
NARROW = {code: code - 0xFEE0 for code in _WIDE}
# The text sets a blank between figures and characters, most people do not: 1.1万亿 is 「1.1 万亿」.
_SEAM = re.compile(r"(?<=[0-9A-Za-z%])(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?=[0-9A-Za-z])")

# "X", 'X', ‘X’ and 「X」 are asked for where the text prints “X”.
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']+)'|‘([^’]+)’|「([^」]+)」")
_ROMAN = dict(zip("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ", ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"], strict=True))
_SIGNS = {name: sign for sign, name in _ROMAN.items()}
# AI, PCT: so short a word stands by itself.
_SHORT = re.compile(r"[A-Za-z]{1,3}")
_NUMERAL = re.compile(r"(?<![A-Za-z])(?:VIII|VII|VI|IV|IX|III|II)(?![A-Za-z])", re.I)

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Place:
    """Where a hit stands: words, their language where it is not the page's, and an address without the day."""

    label: str
    url: str = ""
    anchor: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Hit:
    """One result: what was found (`row`), its title and an excerpt with the hits marked, and where it stands.

    `url` leads to the very place, without the day, which every link of a page adds; `lang` and `excerpt_lang`
    say where the words are in another language than the page.
    """

    row: Any
    title: Pieces
    url: str
    anchor: str = ""
    code: str = ""
    lang: str = ""
    label: str = ""
    excerpt: Pieces | None = None
    excerpt_lang: str = CHINESE
    places: tuple[Place, ...] = ()
    badge: Any = None


@dataclass(frozen=True)
class HitGroup:
    """The results of one kind, in plan order; `total` is how many there are, `hits` those shown."""

    key: str
    label: Any
    hits: tuple[Hit, ...]
    total: int

    def cut(self, number: int) -> "HitGroup":
        return replace(self, hits=self.hits[:number])

    @property
    def left_out(self) -> int:
        return self.total - len(self.hits)


@dataclass(frozen=True)
class Finder:
    """How an app above the spine searches what is its own: what everybody could read on a day, no more."""

    key: str
    label: Any
    find: Callable[[Plan, list[str], date], list[Hit]]


# Apps add theirs when they are ready (indicators.apps, assessments.apps).
finders: list[Finder] = []


def split_words(asked: str) -> list[str]:
    """The words that must all occur; a space, also a full-width one, separates them."""
    return asked.translate(NARROW).split()


def spellings(word: str) -> tuple[str, ...]:
    """How the text may write a word: as typed, with its blanks, with the quotes and the numerals of print."""
    quoted = _QUOTED.sub(r"“\1\2\3\4”", word).replace('"', "”")
    typed = [word, quoted, _roman(quoted), "".join(_ROMAN.get(letter, letter) for letter in quoted)]
    return tuple(dict.fromkeys(one for text in typed for one in (text, _SEAM.sub(" ", text))))


def _roman(word: str) -> str:
    """云脑III as 云脑Ⅲ: a numeral that stands alone, in the one sign of print."""
    return _NUMERAL.sub(lambda found: _SIGNS[found[0].upper()], word)


def contains(field: str, word: str) -> Q:
    """The condition that a text holds a word; one of a few Latin letters by itself, AI not within chain."""
    if _SHORT.fullmatch(word):
        return Q((f"{field}__iregex", rf"(^|[^a-z]){word}([^a-z]|$)"))
    return Q((f"{field}__icontains", word))


def written(words: Iterable[str]) -> list[str]:
    """Every spelling of the words, for marking what was found."""
    return [one for word in words for one in spellings(word)]


def holds(words: Iterable[str], *texts: str) -> bool:
    """Whether each word occurs in one text or another; case does not matter."""
    low = [text.lower() for text in texts]
    return all(any(_is_in(one.lower(), text) for text in low for one in spellings(word)) for word in words)


def _is_in(word: str, text: str) -> bool:
    if _SHORT.fullmatch(word):
        return re.search(rf"(?<![a-z]){word}(?![a-z])", text) is not None
    return word in text


def every(words: list[str], has: Callable[[str], Q]) -> Q:
    """The condition that each word occurs."""
    condition = Q()
    for word in words:
        condition &= Q(*(has(one) for one in spellings(word)), _connector=Q.OR)
    return condition


def group_keys(plan: Plan) -> list[str]:
    return [*plan.kinds, TEXT, TEXT_NOTE, *(finder.key for finder in finders)]


def find_everywhere(plan: Plan, words: list[str], day: date) -> list[HitGroup]:
    """Commitments by kind, the paragraphs, the notes on the text, then what each finder finds; groups that hold
    something. No word finds nothing."""
    if not words:
        return []
    sections = _section_places(plan)
    kinds: dict[str, list[Hit]] = {}
    for item in plan.items.filter(every(words, _item_has)).select_related("paragraph").in_plan_order():
        kinds.setdefault(item.kind, []).append(_item_hit(plan, item, words, sections))
    found: list[tuple[str, Any, list[Hit]]] = [
        (kind.value, kind.plural_label, kinds.get(kind, [])) for kind in plan.kinds.values()
    ]
    found.append((TEXT, gettext_lazy("规划原文"), _paragraph_hits(plan, words, sections)))
    found.append((TEXT_NOTE, gettext_lazy("文本说明"), _text_note_hits(plan, words, sections)))
    found += [(finder.key, finder.label, finder.find(plan, words, day)) for finder in finders]
    return [HitGroup(key, label, tuple(hits), len(hits)) for key, label, hits in found if hits]


def near_words(plan: Plan, words: list[str]) -> list[str]:
    """Names in the plan like words that are nowhere: of industries and commitments; the nearest first."""
    known: list[str] = [name for row in plan.industries.all() for name in (row.name, row.name_en)]
    for title, title_en, also in plan.items.order_by("order").values_list("title", "title_en", "also"):
        known += [title, title_en, *also.split("、")]
    by_form = {name.lower(): name for name in known if 0 < len(name) <= 40}
    found = [name for word in words for name in get_close_matches(word.lower(), by_form, n=5, cutoff=0.5)]
    return [by_form[name] for name in dict.fromkeys(found)][:8]


def excerpt_of(words: list[str], texts: Iterable[str]) -> str:
    """The text that holds most of the words, the first of those that hold as many, near its first hit."""
    best = max(texts, key=lambda text: sum(holds([word], text) for word in words), default="")
    return clip(best, *written(words))


def _item_has(word: str) -> Q:
    return Q(*(contains(name, word) for name in ("title", "title_en", "quote", "also")), _connector=Q.OR) | Q(
        code__iexact=word
    )


def _item_hit(plan: Plan, item: Item, words: list[str], sections: dict[int, Place]) -> Hit:
    place = replace(sections[item.section_id], anchor=item.paragraph.anchor)
    hit = Hit(item, mark(item.label, *written(words)), item.path(plan.slug), code=item.code, places=(place,))
    # What the title says need not be said again; what it does not say must be seen.
    if item.kind in item.kinds.entries and holds(words, item.label, item.code):
        return hit
    told = [(plain_row(item.quote), CHINESE), (item.title, CHINESE), (item.title_en, ENGLISH)]
    text, lang = max(told, key=lambda row: sum(holds([word], row[0]) for word in words))
    # Found by what people call it: said, or nobody sees why.
    label = (
        "" if holds(words, *(row[0] for row in told), item.code) else _("又称 %(names)s") % {"names": item.also}
    )
    spelled = written(words)
    return replace(hit, label=label, excerpt=mark(clip(text, *spelled), *spelled), excerpt_lang=lang)


def _paragraph_hits(plan: Plan, words: list[str], sections: dict[int, Place]) -> list[Hit]:
    condition = every(words, lambda word: contains("text", word))
    rows = (
        plan.paragraphs.filter(condition)
        .prefetch_related(Prefetch("items", Item.objects.current()))
        .order_by("order")
    )
    return [
        Hit(
            row,
            [(sections[row.section_id].label, False)],
            reverse("plan:text", args=[plan.slug]),
            anchor=_sentence(row, words),
            lang=CHINESE,
            excerpt=mark(clip(plain_row(row.text), *written(words)), *written(words)),
        )
        for row in rows
    ]


def _sentence(paragraph: Paragraph, words: list[str]) -> str:
    """A heading and a table have no sentences of their own."""
    if paragraph.kind in (Paragraph.Kind.HEADING, Paragraph.Kind.TABLE):
        return paragraph.anchor
    spelled = [
        next((one for one in spellings(word) if one.lower() in paragraph.text.lower()), word) for word in words
    ]
    return sentence_with(annotate(paragraph, paragraph.items.all()), spelled)


def _text_note_hits(plan: Plan, words: list[str], sections: dict[int, Place]) -> list[Hit]:
    fields = ("key", "title", "title_en", "text", "text_en")
    condition = every(words, lambda word: Q(*(contains(name, word) for name in fields), _connector=Q.OR))
    return [_text_note_hit(plan, note, words, sections) for note in plan.text_notes.filter(condition)]


def _text_note_hit(plan: Plan, note: TextNote, words: list[str], sections: dict[int, Place]) -> Hit:
    # In the page's language where that holds the words, else in the one that does.
    shown, other = (note.body, ""), (note.text, CHINESE)
    if note.body == note.text:
        other = (note.text_en, ENGLISH)
    text, lang = shown if holds(words, note.label, note.body, note.key) else other
    return Hit(
        note,
        mark(note.label, *written(words)),
        reverse("plan:text", args=[plan.slug]),
        anchor=f"note-{note.key}",
        code=note.key,
        label=str(note.get_kind_display()),
        excerpt=mark(clip(text, *written(words)), *written(words)),
        excerpt_lang=lang,
        places=(sections[note.section_id],),
    )


def _section_places(plan: Plan) -> dict[int, Place]:
    """By section, its chapter's and its own title, and where it begins in the text."""
    rows = {section.pk: section for section in plan.sections.all()}
    text = reverse("plan:text", args=[plan.slug])

    def name(section: Section) -> str:
        above = rows.get(section.parent_id)
        own = section.label or str(section)
        return f"{above.label} › {own}" if above else own

    return {
        pk: Place(name(section), text, section.anchor, CHINESE if section.label == section.title else "")
        for pk, section in rows.items()
    }
