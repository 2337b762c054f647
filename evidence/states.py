"""What the statements known of one commitment come to: read, never counted as the report of its unit.

The newest statement on how far the thing is decides; numbers and listings only where nothing else was said. Where
several say the same, the one that gives the day of the event is shown. After the plan's period a statement of that
time which calls it unfinished says that it was not done in time.

Only a thing of its own is there once it is built, open or founded, and only a rule once it is in force: a park is
part of a task, and a practice goes on. Of those the same words tell of progress. What happened before the plan
began is none of its. docs/decisions/0027 says why.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from evidence.models import PublicEvidence
from plan.badges import EVIDENCE
from plan.kinds import DoneBy, KindTable, PlanKind
from plan.models import Item
from plan.public import PublicState, Says
from plan.wording import plain_number, publisher_of

# Of how far a thing is; the others stand beside it.
THERE = (Says.BUILT, Says.OPERATING, Says.FOUNDED, Says.ENACTED)
OPEN = (Says.STARTED, Says.UNFINISHED)
STAGES = (*THERE, *OPEN, Says.APPROVED, Says.ADJUSTED)


def comes_to(rows: Iterable[PublicEvidence], *, kinds: KindTable, starts_on: date, ends_on: date) -> PublicState:
    """What approved statements on one commitment come to, given as they became public, the newest last.

    `kinds`, `starts_on` and `ends_on` are the plan's kinds and period.
    """
    rows = list(rows)
    newest = next((row for row in reversed(rows) if row.says in STAGES), rows[-1])
    same = [row for row in rows if row.says == newest.says]
    dated = [row for row in same if row.took_place_on and row.took_place_precision == PublicEvidence.Precision.DAY]
    says = newest.says
    after = _is_pursued_after(newest, ends_on)
    shown = newest if after or says == Says.NUMBER else next(iter(reversed(dated)), newest)
    disputed = {row.pk for row in rows if row.contradicts_id in {one.pk for one in rows}}
    disputed |= {row.contradicts_id for row in rows if row.pk in disputed}
    is_before = (shown.took_place_on or shown.published_on) < starts_on
    is_done = is_done_by(kinds[newest.item.kind], says)
    is_progress = says in THERE and not is_done
    word = _("期末仍未完成") if after else _("有进展") if is_progress else _printed(shown)
    if is_before:
        word = _("%(word)s（规划期前）") % {"word": word}
    # The day of a paper is not the day of the event, and is never shown as if it were.
    public = _("%(word)s（%(day)s 公布）") % {"word": word, "day": shown.published}
    # Two numbers side by side read as one: 2023：1,643 个, but 2023-06-19 建成.
    space = _("：") if says == Says.NUMBER else " "
    full = f"{shown.took_place}{space}{word}" if shown.took_place else public
    tip = _("，").join(filter(None, [shown.fact, publisher_of(shown.source), shown.published]))
    return PublicState(
        code=newest.item.code,
        item=newest.item,
        above=tuple(above(newest.item)),
        key=says,
        word=full,
        said=str(word),
        badge=EVIDENCE[Says.LISTED if is_progress else says].badge(full, why=tip, key=says),
        day=shown.took_place,
        fact=shown.fact,
        publisher=shown.source.publisher or shown.source.title,
        published=shown.published,
        url=shown.source.url,
        is_there=is_done and not is_before,
        is_open=says in OPEN and not is_before,
        is_disputed=newest.pk in disputed,
    )


def is_done_by(kind: PlanKind, says: str) -> bool:
    """Whether a commitment is fulfilled by what a statement says: a named thing that is there, a rule in force."""
    by = kind.traits.fulfilled_by
    return says in THERE if by == DoneBy.THING else by == DoneBy.RULE and says == Says.ENACTED


def _is_pursued_after(row: PublicEvidence, ends_on: date) -> bool:
    """Whether a statement from after the period calls unfinished what the period was to bring.

    Work that is only said to have begun may have ended since; what began after the period had not in it.
    """
    if row.says == Says.STARTED:
        return bool(row.took_place_on and row.took_place_on > ends_on)
    return row.says == Says.UNFINISHED and row.published_on > ends_on


def above(item: Item) -> Iterator[str]:
    """The codes of what an item is part of, the nearest first."""
    while item.parent is not None:
        item = item.parent
        yield item.code


def _printed(row: PublicEvidence) -> str:
    """A number as it was printed, with what it counts: “近100家企业” is not 100, and 100 says nothing of what."""
    return f"“{row.phrase}”" if row.says == Says.NUMBER and row.phrase else said(row)


def said(row: PublicEvidence) -> str:
    """In a word or two what a statement says: its number, or the choice's own word."""
    if row.says == Says.NUMBER:
        return f"{plain_number(row.number)} {row.unit}"
    return str(Says(row.says).label)
