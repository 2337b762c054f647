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

    `word` has the day as printed: “2025-05-01 运营/投用”. `is_there`: the thing is built, open, founded or in
    force, by these words; `is_open`: it was still under way. `is_disputed`: another statement says otherwise.
    """

    key: str
    word: str
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
    """Gives items what was public of them on a day as `.public`; None where nothing was."""
    items = list(items)
    states = public_on(plan, day) if items else {}
    for item in items:
        item.public = states.get(item.code)


def public_words(items: Iterable[Item]) -> str:
    """How many of these have public statements and what they come to; empty where none has.

    “2 项有公开信息（1 项已建成、投用或成立，1 项在建或仍在推进）”.
    """
    states = [state for item in items if (state := getattr(item, "public", None))]
    if not states:
        return ""
    number = len(states)
    told = ngettext("%(n)s 项有公开信息", "%(n)s 项有公开信息", number) % {"n": number}
    there, still = sum(state.is_there for state in states), sum(state.is_open for state in states)
    parts = []
    if there:
        parts.append(_("%(n)s 项已建成、投用或成立") % {"n": there})
    if still:
        parts.append(_("%(n)s 项在建或仍在推进") % {"n": still})
    return _("%(told)s（%(parts)s）") % {"told": told, "parts": _("，").join(parts)} if parts else told
