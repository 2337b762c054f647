"""The history of one item on one time line: what was published, targeted, judged, reported, and by which rule."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from dashboard.changes import of_notes, of_reports
from evidence.changes import of_evidence
from indicators.changes import (
    Moved,
    act_words,
    figure_words,
    goal_words,
    name_of,
    rule_changes,
    rule_words,
    verdict_history,
)
from indicators.models import Component, Observation, Verdict, VerdictChange
from indicators.queries import ComponentStanding, Overview, Standing, overview_with
from indicators.shown.vintages import fate, is_parallel
from indicators.shown.wording import cagr_badge, final_badge, in_end_year, linear_word
from judging.ladder import is_known, state_from
from judging.verdict_basis import assess_basis
from plan.badges import Badge, indicator_badge
from plan.changes import Change, EventKind, Method, ReadingChange, shown_moves
from plan.models import Item, Plan, Source
from studio.corrections import of_corrections


@dataclass(frozen=True)
class Entry:
    """One line of the history. `what` is in words, `quoted` if it is the Chinese of the source.

    `mark` says what became of it (rejected, second source …). `text` is as stored, in Chinese; `logged_on` the
    day the system noted a verdict, where that is another day than the one it follows from.
    """

    day: date
    kind: EventKind
    code: str = ""
    label: str = ""
    year: int | None = None
    what: str = ""
    quoted: bool = False
    mark: str = ""
    faint: bool = False
    steps: tuple[ReadingChange, ...] = ()
    sources: tuple[Source, ...] = ()
    text: str = ""
    logged_on: date | None = None
    item: Item | None = None

    @property
    def moves(self) -> list[ReadingChange]:
        return shown_moves(self.steps)


def history(plan: Plan, item: Item, as_of: date) -> list[Entry]:
    """Everything known of an item by a day, newest first; for an item with parts, those of its parts too.

    An indicator: the overview's five queries unless in memory, and two. Any other item: three queries.
    """
    if item.kind != Item.Kind.INDICATOR:
        told = [_reported(change, item) for change in reversed(of_reports(plan, date.min, as_of, item))]
        told += [_published(change, item) for change in reversed(of_evidence(plan, date.min, as_of, item))]
        told += [_noted(change, item) for change in reversed(of_notes(plan, date.min, as_of, item))]
        told += [_corrected(change, item) for change in reversed(of_corrections(plan, date.min, as_of, item))]
        return sorted(told, key=lambda entry: -entry.day.toordinal())
    found = overview_with(plan, as_of, item.code)
    standing = found.by_code[item.code]
    entries = _verdicts(found, standing)
    for part in standing.components:
        label = name_of(part, compound=True) if standing.is_compound else ""
        entries += _releases(part, label)
        entries += _targets(plan, part, as_of, label)
    entries += _rules(found)
    entries += [_noted(change, item) for change in of_notes(plan, date.min, as_of, item)]
    entries += [_corrected(change, item) for change in of_corrections(plan, date.min, as_of, item)]
    order = list(EventKind)
    return sorted(entries, key=lambda entry: (-entry.day.toordinal(), order.index(entry.kind), entry.code))


def by_day(entries: list[Entry]) -> list[tuple[date, list[Entry]]]:
    return [(day, list(rows)) for day, rows in groupby(entries, key=lambda entry: entry.day)]


def counts(entries: list[Entry]) -> list[tuple[EventKind, int]]:
    """How many of each kind there are, without the kinds there are none of."""
    found = Counter(entry.kind for entry in entries)
    return [(kind, found[kind]) for kind in EventKind if found[kind]]


def _releases(part: ComponentStanding, label: str) -> list[Entry]:
    """Every statement, those that were not adopted with the reason."""
    entries: list[Entry] = []
    in_force: dict[int, Observation] = {}
    component = part.component
    for row in sorted(part.known, key=lambda row: (row.released_on, row.pk)):
        entries.append(
            Entry(
                day=row.released_on,
                kind=EventKind.RELEASE,
                code=part.component.code,
                label=label,
                year=row.year,
                what=row.published_text if _is_bound(row) else figure_words(row, component),
                quoted=_is_bound(row),
                mark=_became(row, in_force.get(row.year), part.in_force().get(row.year), component),
                faint=not (row.is_judged or row.is_bound),
                sources=(row.source,),
                text=row.why_not_used or row.note,
            )
        )
        if row.is_judged:
            in_force[row.year] = row
    return entries


def _is_bound(row: Observation) -> bool:
    """“At least”, in the words it was published with: no number of its own."""
    return row.precision in Observation.BOUNDS and bool(row.published_text)


def _became(row: Observation, earlier: Observation | None, now: Observation | None, component: Component) -> str:
    """What a statement was when it came out, beside the one then in force for its year, and what replaced it."""
    said = _was(row, earlier, component)
    later = fate(row, now) if row.is_judged and now and not is_parallel(row, now) else ""
    return _("；").join(filter(None, (said, later)))


def _was(row: Observation, earlier: Observation | None, component: Component) -> str:
    if row.state == Observation.State.REJECTED:
        return _("不采用")
    if row.is_bound:
        return str(row.get_precision_display())
    if not row.is_judged:
        return _("%(what)s，不作判定") % {"what": row.get_precision_display()}
    if earlier is None:
        return _("新数据")
    if is_parallel(row, earlier):
        return _("另一来源")
    return _("修订数据，原为 %(old)s") % {"old": figure_words(earlier, component)}


def _targets(plan: Plan, part: ComponentStanding, as_of: date, label: str) -> list[Entry]:
    entries, earlier = [], None
    for target in part.targets:
        words = goal_words(target, part)
        entry = Entry(
            day=target.effective_on or plan.published_on,
            kind=EventKind.TARGET,
            code=part.component.code,
            label=label,
            what=f"{goal_words(earlier, part)} → {words}" if earlier else words,
            mark=_("第 %(version)s 版") % {"version": target.version} if earlier else _("规划原定"),
            sources=() if earlier else (plan.source,),
            text=act_words(target),
        )
        earlier = target
        if entry.day <= as_of:
            entries.append(entry)
    return entries


def _rules(found: Overview) -> list[Entry]:
    first = found.rules[0]
    entries = [
        Entry(
            day=new.since, kind=EventKind.RULE, what=f"{rule_words(old)} → {rule_words(new)}", mark=_("规则变化")
        )
        for old, new in rule_changes(found, date.min)
        if new.since
    ]
    if first.since and first.since <= found.as_of:
        entries.append(Entry(day=first.since, kind=EventKind.RULE, what=rule_words(first), mark=_("起初的规则")))
    return entries


def _reported(change: Change, asked: Item) -> Entry:
    item = change.item
    assert item is not None
    below = item.pk != asked.pk
    return Entry(
        day=change.day,
        kind=EventKind.UPDATE,
        code=item.code if below else "",
        label=item.label if below else "",
        what=change.words,
        steps=change.steps,
        text=change.text,
        item=item if below else None,
    )


def _published(change: Change, asked: Item) -> Entry:
    return replace(_reported(change, asked), kind=EventKind.EVIDENCE, what=change.words, sources=change.sources)


def _noted(change: Change, asked: Item) -> Entry:
    return replace(_reported(change, asked), kind=EventKind.NOTE)


def _corrected(change: Change, asked: Item) -> Entry:
    return replace(_reported(change, asked), kind=EventKind.PLAN)


def _verdicts(found: Overview, standing: Standing) -> list[Entry]:
    """The verdicts as they follow from what was known, noted where the system logged them on another day."""
    entries = [_moved(moved, compound=standing.is_compound) for moved in verdict_history(found, standing)]
    for row in _log(standing):
        day = timezone.localdate(row.at)
        if day > found.as_of:
            continue
        place = next((n for n, entry in enumerate(entries) if _same(entry, row, day)), None)
        if place is None:
            entries.append(_logged(row, day))
        elif entries[place].day != day and entries[place].logged_on is None:
            entries[place] = replace(entries[place], logged_on=day)
    return entries


def _log(standing: Standing) -> list[VerdictChange]:
    """When the system noted each verdict: the log, and before it the first verdict of every component."""
    of_indicator = {"component__indicator": standing.indicator}
    logged = VerdictChange.objects.filter(**of_indicator).select_related("component", "before", "after")
    rows = list(logged.order_by("id"))
    begun = {row.component_id for row in rows if row.before_id is None}
    firsts: dict[int, Verdict] = {}
    verdicts = Verdict.objects.filter(**of_indicator).select_related("component").defer("basis")
    for verdict in verdicts.order_by("id"):
        firsts.setdefault(verdict.component_id, verdict)
    return [
        VerdictChange(component=first.component, after=first, cause="首次判定", at=first.created_at)
        for pk, first in firsts.items()
        if pk not in begun
    ] + rows


def _moved(moved: Moved, *, compound: bool) -> Entry:
    causes = dict.fromkeys(str(change.cause.label) for change in moved.causes)
    return Entry(
        day=moved.day,
        kind=EventKind.VERDICT,
        code=moved.part,
        label=moved.label if compound else "",
        mark=_("因%(causes)s") % {"causes": _("、").join(causes)} if causes else _("规划公布时"),
        steps=moved.steps,
    )


def _same(entry: Entry, row: VerdictChange, day: date) -> bool:
    """Whether a line of the log speaks of this entry: the same component and words, on or before its day."""
    words = tuple(step.after.key for step in entry.steps if step.method != Method.STATE)
    # Stored verdicts have no word for “no data”: without a figure nothing can be assessed.
    words = tuple("not_assessable" if word == "no_data" else word for word in words)
    after = (row.after.linear_status, row.after.cagr_status, row.after.final_verdict)
    return (entry.code, words) == (row.component.code, after) and entry.day <= day


def _logged(row: VerdictChange, day: date) -> Entry:
    """A line of the log that no known figure explains today, for example of a rule's earlier version."""
    before = _stored(row.before) if row.before else (None, None, None, None)
    methods = (Method.STATE, Method.LINEAR, Method.CAGR, Method.FINAL)
    pairs = zip(methods, before, _stored(row.after), strict=True)
    return Entry(
        day=day,
        kind=EventKind.VERDICT,
        code=row.component.code,
        mark=_("系统记录"),
        faint=True,
        steps=tuple(ReadingChange(method, old, new) for method, old, new in pairs),
        text=row.cause,
    )


def _stored(verdict: Verdict) -> tuple[Badge, Badge, Badge, Badge]:
    end, found = verdict.inputs["target_year"], assess_basis(verdict.basis)
    state = state_from(verdict.final_verdict, verdict.linear_status, is_known=is_known(found))
    linear = linear_word(verdict.linear_status, in_end_year=in_end_year(found, end))
    return indicator_badge(state), linear, cagr_badge(verdict.cagr_status), final_badge(verdict.final_verdict)
