"""Passages of the annotated plan as HTML: sentences with their tracked phrases, addresses, and what stands beside.

Written by hand and not by a template: the page holds some two thousand small pieces, and a template takes four
times as long for them as for all else on it.
"""

from dataclasses import dataclass, field
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from plan.annotated_text import Passage, Sentence
from plan.badges import Badge
from plan.models import Item


@dataclass(frozen=True)
class Drawn:
    """A passage as it stands on the page."""

    sentences: SafeString
    addresses: SafeString
    beside: SafeString


@dataclass(frozen=True)
class PassageWords:
    """What every passage says again, put into the page's language once."""

    here: str  # the address of the whole text
    open_passage: str
    of_passage: str
    passage_link: str
    passage: str
    sentence: str
    link: str
    is_english: bool
    badges: dict[Badge, str] = field(default_factory=dict)

    def badge(self, badge: Badge) -> str:
        """A state's mark, made once for all that have it."""
        if badge not in self.badges:
            made = render_to_string("_components/badge.html", {"badge": badge})
            self.badges[badge] = f' <span class="state">{made}</span>'
        return self.badges[badge]


def drawn(passage: Passage, words: PassageWords) -> Drawn:
    return Drawn(drawn_sentences(passage), drawn_addresses(passage, words), drawn_beside(passage, words))


def words_for(here: str) -> PassageWords:
    return PassageWords(
        here=escape(here),
        open_passage=escape(_("这一段和各句的网址")),
        of_passage=escape(_("第 %(number)s 段的")),
        passage_link=escape(_("第 %(number)s 段的网址")),
        passage=escape(_("第 %(number)s 段")),
        sentence=escape(_("第 %(number)s 句")),
        link=escape(_("的链接")),
        is_english=get_language() == "en",
    )


def tracked(item: Item, inner: str) -> str:
    """Words of an item as a link that carries its state."""
    badge, wanted = item.state.badge, " wanted" if item.is_wanted else ""
    state = f' data-look="{badge.look}" data-sign="{badge.sign}"' if item.state.is_told else ""
    href, tip = escape(item.address), escape(item.tip)
    return f'<a class="tracked{wanted}"{state} href="{href}" title="{tip}">{inner}</a>'


def drawn_sentences(passage: Passage) -> SafeString:
    return mark_safe("".join(map(_sentence, passage.sentences)))


def _sentence(sentence: Sentence) -> str:
    said = []
    for pieces, item in sentence.pieces:
        text = "".join(f"<mark>{escape(text)}</mark>" if hit else escape(text) for text, hit in pieces)
        said.append(tracked(item, text) if item else text)
    return f'<span class="sentence" id="{sentence.anchor}">{"".join(said)}</span>'


def drawn_addresses(passage: Passage, words: PassageWords) -> SafeString:
    """One stop of the Tab key a paragraph: the addresses of its sentences stand in a list that it opens. A link
    beside each of some four hundred sentences would come between a keyboard reader and the tracked phrases."""
    number = {"number": passage.number}
    of_passage, link = words.of_passage % number, f'<span class="sr">{words.link}</span>'
    lines = [
        f'<li><a href="{words.here}#{sentence.anchor}"><span class="sr">{of_passage}</span>'
        f"{words.sentence % {'number': sentence.number}}{link} "
        f'<span class="sub" lang="zh-CN">{escape(sentence.opening)}</span></a></li>'
        for sentence in passage.sentences
    ]
    return mark_safe(
        f'<details class="cite" name="cite"><summary title="{words.open_passage}">'
        f'<span aria-hidden="true">¶</span><span class="sr">{words.passage_link % number}</span></summary><ul>'
        f'<li><a href="{words.here}#{passage.paragraph.anchor}">{words.passage % number}{link}</a></li>'
        f"{''.join(lines)}</ul></details>"
    )


def drawn_beside(passage: Passage, words: PassageWords) -> SafeString:
    """The commitments of a paragraph: with their state, or folded where nobody has reported on them."""
    if not passage.items:
        return SafeString()
    told = "".join(_beside(item, words.badge(item.state.badge)) for item in passage.told)
    silent = "".join(_beside(item) for item in passage.silent)
    if silent:
        number, is_open = len(passage.silent), " open" if passage.is_unfolded else ""
        said = ngettext("%(number)s 项未填报", "%(number)s 项未填报", number) % {"number": number}
        silent = f'<details class="silent"{is_open}><summary>{said}</summary><ul>{silent}</ul></details>'
    language = "en" if words.is_english else "zh-CN"
    return mark_safe(f'<div class="margin" lang="{language}">{told and f"<ul>{told}</ul>"}{silent}</div>')


def _beside(item: Item, state: str = "") -> str:
    wanted = ' class="wanted"' if item.is_wanted else ""
    name = f'<span class="code">{escape(item.code)}</span> {escape(item.label)}'
    return f'<li{wanted}><a href="{escape(item.address)}">{name}</a>{state}</li>'
