"""A program of the installation's own that proposes further items (STUDIO_PROPOSER); off by default.

It gets the paragraphs of a text and answers rows `{"kind", "paragraph", "quote"}`, `title` if it likes. What it
says is held to the text: a quote that does not stand there is left out and told. Nothing it proposes is taken in
by itself, and whatever it does, the rules go on without it.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from threading import Thread
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from studio.choosing import proposals, reading_key
from studio.held import DraftContent
from studio.proposing.figures import figures_in
from studio.proposing.proposals import Proposal
from texts.clauses import clauses

# So many rows are looked at, however many come, and so many faults are told.
MOST = 2000
# The rule that such a proposal names as its own.
OUTSIDE = "outside"
FAULTS_TOLD = 5
LONGEST_TITLE = 200


@dataclass(frozen=True)
class HeldAnswer:
    """What the program proposed, as far as it stands in the text; `told` says what was left out or went wrong."""

    proposals: tuple[Proposal, ...] = ()
    told: tuple[str, ...] = ()


@dataclass
class _Call:
    """One call in a thread of its own, which nobody waits for beyond its time."""

    rows: list[Any] = field(default_factory=list)
    error: str = ""

    def run(self, ask: Callable, paragraphs: list[dict[str, Any]]) -> None:
        try:
            self.rows = list(islice(ask(paragraphs), MOST + 1))
        except BaseException as error:  # of a stranger's program: nothing it raises may end the worker
            self.error = type(error).__name__


def key_of(held: DraftContent, template: str) -> str:
    """Names what an answer is of: the text, the kinds and the program."""
    told = f"{reading_key(held, template)} {settings.STUDIO_PROPOSER}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def ask(held: DraftContent, template: str) -> HeldAnswer:
    """Asks the program. It may fail, answer nonsense or never answer: that is told, and nothing raised."""
    try:
        program = import_string(settings.STUDIO_PROPOSER)
    except Exception as error:  # what stands in that module runs now
        return HeldAnswer(told=(_("无法载入（%(error)s）") % {"error": type(error).__name__},))
    blocks = held.document().blocks
    paragraphs = [
        {"paragraph": number, "kind": block.kind, "depth": block.depth, "text": block.text}
        for number, block in enumerate(blocks)
    ]
    call = _Call()
    thread = Thread(target=call.run, args=(program, paragraphs), daemon=True)
    thread.start()
    thread.join(settings.STUDIO_PROPOSER_SECONDS)
    if thread.is_alive():
        return HeldAnswer(told=(_("%(n)s 秒内没有应答") % {"n": settings.STUDIO_PROPOSER_SECONDS},))
    if call.error:
        return HeldAnswer(told=(_("出错（%(error)s）") % {"error": call.error},))
    return held_to(call.rows, held, template)


def held_to(rows: Iterable[Any], held: DraftContent, template: str) -> HeldAnswer:
    """The rows that quote words of the text and name a kind of the plan; what the rules have is not repeated."""
    rows = list(rows)
    known = proposals(held, template)
    taken = {(one.kind, one.block, one.start, one.end) for one in known}
    found, faults = [], []
    for number, row in enumerate(rows[:MOST], 1):
        try:
            one = _read(row, held, known)
        except ValueError as error:
            faults.append(_("第 %(number)s 条：%(what)s") % {"number": number, "what": error})
            continue
        if (place := (one.kind, one.block, one.start, one.end)) not in taken:
            taken.add(place)
            found.append(one)
    if len(rows) > MOST:
        faults.append(_("超过 %(n)s 条的部分没有看") % {"n": MOST})
    left = len(faults) - FAULTS_TOLD
    told = [*faults[:FAULTS_TOLD], *([_("另有 %(n)s 条不合要求") % {"n": left}] if left > 0 else [])]
    return HeldAnswer(tuple(found), tuple(told))


def _read(row: Any, held: DraftContent, known: tuple[Proposal, ...]) -> Proposal:
    """One row as a proposal. Raises ValueError with what is wrong."""
    if not isinstance(row, Mapping):
        raise ValueError(_("不是一条建议"))
    kind, number, quote = row.get("kind"), row.get("paragraph"), row.get("quote")
    if kind not in {one["key"] for one in held.kinds}:
        raise ValueError(_("规划没有这一类别"))
    texts = held.bare_blocks
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < len(texts):
        raise ValueError(_("没有这一段"))
    start = texts[number].find(quote) if isinstance(quote, str) and quote.strip() else -1
    if start < 0:
        raise ValueError(_("引文不在这一段里"))
    title = row.get("title") or quote
    if not isinstance(title, str) or len(title) > LONGEST_TITLE or not title.isprintable():
        raise ValueError(_("标题不是一行 %(n)s 字以内的文字") % {"n": LONGEST_TITLE})
    end = start + len(quote)
    places = clauses(texts[number], start, end) if kind == "indicator" else []
    figures = [figure for place in places for figure in figures_in(texts[number], *place)]
    return Proposal(
        kind, number, start, end, title, OUTSIDE, _above(known, number, start),
        targets=tuple(one.target for one in figures[:1]), year=_year(held, figures),
    )  # fmt: skip


def _year(held: DraftContent, figures: list) -> int:
    return (figures[0].year or int(str(held.frame.get("ends_on") or "0")[:4])) if figures else 0


def _above(known: tuple[Proposal, ...], block: int, start: int) -> int:
    """What the rules' last small proposal before the place stands below: the section both are in."""
    before = [one for one in known if (one.block, one.start) <= (block, start) and one.parent >= 0]
    return before[-1].parent if before else -1
