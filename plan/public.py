"""What published statements make of commitments, beside the reports of their units and never in their place.

The room that keeps the statements adds its reader here when it is ready (evidence.apps); pages of the spine ask.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from plan.badges import Badge
from plan.models import Item, Plan


class Says(models.TextChoices):
    """What a published statement says of a commitment."""

    APPROVED = "approved", pgettext_lazy("public evidence", "获批")
    STARTED = "started", gettext_lazy("开工/在建")
    BUILT = "built", gettext_lazy("建成")
    OPERATING = "operating", gettext_lazy("运营/投用")
    FOUNDED = "founded", gettext_lazy("成立/揭牌")
    ENACTED = "enacted", gettext_lazy("印发/施行")
    LISTED = "listed", gettext_lazy("入选")
    NUMBER = "number", gettext_lazy("数量进展")
    UNFINISHED = "unfinished", gettext_lazy("未完成/仍在推进")
    ADJUSTED = "adjusted", pgettext_lazy("public evidence", "调整")


@dataclass(frozen=True)
class PublicState:
    """What the newest statements on a commitment come to; `key` is what they say (`Says`).

    `code` is the commitment's, `item` itself, `above` the codes of what it is part of.

    `word` has the day of the event as printed, “2024-05-01 运营/投用”, or else that of publication said as such;
    `day` is that of the event alone, `said` the word without either. `is_there`: a named thing is built, open or
    founded, or a rule in force, by these words; `is_open`: it was still under way. `is_disputed`: another
    statement says otherwise.
    """

    code: str
    item: Item
    above: tuple[str, ...]
    key: str
    word: str
    said: str
    badge: Badge
    day: str
    fact: str
    publisher: str
    published: str
    url: str
    is_there: bool
    is_open: bool
    is_disputed: bool


Reader = Callable[[Plan, date], dict[str, PublicState]]
public_readers: list[Reader] = []


def public_on(plan: Plan, day: date) -> dict[str, PublicState]:
    """By code, what was public of each commitment on a day."""
    return {code: state for read in public_readers for code, state in read(plan, day).items()}


def show_public(plan: Plan, items: Iterable[Item], day: date) -> None:
    """Gives items what was public of them on a day as `.public`, None where nothing was; and as `.public_below`
    what was public of them and of everything below them."""
    items = list(items)
    states = public_on(plan, day) if items else {}
    below: dict[str, list[PublicState]] = {}
    for state in states.values():
        for code in (state.code, *state.above):
            below.setdefault(code, []).append(state)
    for item in items:
        item.public, item.public_below = states.get(item.code), below.get(item.code, [])


def public_words(items: Iterable[Item]) -> str:
    """How many commitments, these and those below them, have public statements and what they come to.

    “2 项有公开信息（1 项已建成、投用或成立，1 项在建或仍在推进）”; empty where none has. Where those below are
    among them it says so: their number is another than that of the commitments themselves.
    """
    items = list(items)
    states = {state.code: state for item in items for state in getattr(item, "public_below", ())}
    if not states:
        return ""
    if states.keys() <= {item.code for item in items}:
        told = ngettext("%(n)s 项有公开信息", "%(n)s 项有公开信息", len(states))
    else:
        told = ngettext("连同所含各项，%(n)s 项有公开信息", "连同所含各项，%(n)s 项有公开信息", len(states))
    told %= {"n": len(states)}
    there, still = (sum(getattr(state, name) for state in states.values()) for name in ("is_there", "is_open"))
    parts = []
    if there:
        parts.append(_("%(n)s 项已建成、投用或成立") % {"n": there})
    if still:
        parts.append(_("%(n)s 项在建或仍在推进") % {"n": still})
    return _("%(told)s（%(parts)s）") % {"told": told, "parts": _("，").join(parts)} if parts else told
