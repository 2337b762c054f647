"""The paper for a meeting (会议材料): where every indicator stands beside where it stood at the last meeting, what
changed and why, what is overdue. It is read from the days of its address, so that the same address gives it again.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organisation
from dashboard.changes import USUAL_DAYS, events
from dashboard.gaps import UnitGaps, by_unit, report_gaps
from dashboard.models import SavedBrief
from dashboard.units import UnitDuties, units_on
from indicators.figures.gaps import GapRow, answers_of, final_year, gap_rows
from indicators.queries import ComponentStanding, Overview, Standing, overview, standing_on
from indicators.reader_units import for_reader
from indicators.shown.cards import Card, CardPart, card
from indicators.shown.decimals import difference_text
from indicators.shown.rows import by_part, met_since
from indicators.shown.states import state_badge
from indicators.shown.summary import summary
from indicators.shown.wording import completion_words, difference_unit, lack_of_figures, number
from judging.progress import cut
from plan.after_period import STATE_WORDS, state_on
from plan.badges import Badge
from plan.changes import Cause, Change, Clock, seen_from
from plan.days import day_facts
from plan.models import Plan, Source
from plan.params import BadParameter, read_date, read_day, today
from plan.public import public_words
from plan.queries import SHOWN_ORDER, show_day
from plan.wording import closed_up, percent
from texts.names import nearest

# What a sheet has room for: changes with their headings, units, lines of what to look at. So many sheets at once,
# the longest codes of which a kept paper (SavedBrief.items) and the code on its foot still hold.
CHANGES_ROOM, UNITS_ROOM, ATTENTION_ROOM, MOST_ITEMS = 36, 16, 5, 24


@dataclass(frozen=True)
class BriefAsked:
    """What an address asks for: the day of the last meeting, that of this one, and whose sheets to add."""

    since: date
    day: date
    indicators: tuple[str, ...] = ()
    units: tuple[Organisation, ...] = ()

    @property
    def items(self) -> str:
        return ",".join([*self.indicators, *(unit.code for unit in self.units)])

    @property
    def query(self) -> str:
        """The query of the same paper for ever: with what is known here by today, where no day of it was asked."""
        pairs = {"since": self.since.isoformat(), **day_facts(self.day)}
        pairs.setdefault("known_by", today().isoformat())
        if self.items:
            pairs["items"] = self.items
        return urlencode(pairs, safe=",")


def last_meeting(plan: Plan, day: date) -> date:
    """The day of the newest brief kept for an earlier day; some months before where there is none."""
    kept = SavedBrief.objects.filter(plan=plan, as_of__lt=day).order_by("-as_of").values_list("as_of", flat=True)
    return kept.first() or day - timedelta(days=USUAL_DAYS)


def read_asked(plan: Plan, params) -> BriefAsked:
    """What a query or a form asks for. Raises BadParameter for days in the wrong order, and for unknown items."""
    day = read_day(params, today())
    since = read_date(params, "since", None) or last_meeting(plan, day)
    if since > day:
        said = _("上次会议日 %(since)s 晚于本次截至日 %(day)s，请把上次会议日改早，或把截至日改晚")
        raise BadParameter("since", since.isoformat(), said % {"since": since.isoformat(), "day": day.isoformat()})
    return BriefAsked(since, day, *_chosen(plan, day, params))


def _chosen(plan: Plan, day: date, params) -> tuple[tuple[str, ...], tuple[Organisation, ...]]:
    """Indicators in the plan's order, units in that of the address."""
    wanted = dict.fromkeys(
        word for text in params.getlist("items") for part in text.split(",") if (word := part.strip())
    )
    known = overview(plan, day).by_code
    others = [word for word in wanted if word not in known]
    units = {unit.code: unit for unit in Organisation.objects.filter(code__in=others)} if others else {}
    if unknown := next((word for word in others if word not in units), ""):
        near = nearest(unknown, [*known, *Organisation.objects.values_list("code", flat=True)])
        said = _("没有代码为“%(code)s”的指标或单位") % {"code": unknown}
        said += _("，最接近的是 %(near)s") % {"near": near} if near else ""
        raise BadParameter("items", unknown, said)
    if len(wanted) > MOST_ITEMS:
        raise BadParameter("items", str(len(wanted)), _("一次最多选 %(most)s 项") % {"most": MOST_ITEMS})
    return tuple(code for code in known if code in wanted), tuple(units[word] for word in others)


@dataclass(frozen=True)
class BriefFigure:
    """The latest figure of a day, with its own year and mark; “—” without a year where there is none."""

    value: str = "—"
    year: int | None = None
    mark: str = ""

    def __str__(self) -> str:
        return f"{self.value}（{self.year}{self.mark}）" if self.year else self.value


@dataclass(frozen=True)
class BriefPart:
    """A component in a row: at the start, at the last meeting, now, and what has moved between the last two."""

    start: str
    before: BriefFigure
    now: BriefFigure
    moved: str
    goal: str


@dataclass(frozen=True)
class BriefRow:
    """An indicator in a row; `numbers` are those of its sources below the table."""

    card: Card
    parts: list[BriefPart]
    badge: Badge
    was: Badge
    reason: str
    numbers: list[int]

    @property
    def changed(self) -> bool:
        return (self.was.key, self.was.word) != (self.badge.key, self.badge.word) or any(
            part.before != part.now for part in self.parts
        )


@dataclass(frozen=True)
class CauseGroup:
    """Changes of one cause, as many as there is room for."""

    cause: Cause
    changes: list[Change]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.changes)


@dataclass(frozen=True)
class Brief:
    """The paper, whole; `late` are the units with something overdue, `nobody` what no unit is in charge of."""

    plan: Plan
    asked: BriefAsked
    found: Overview
    sentence: str
    second: list[str]
    rows: list[BriefRow]
    tasks: str
    attention: list[str]
    groups: list[CauseGroup]
    units: list[UnitDuties]
    nobody: UnitGaps | None
    sources: list[Source]
    clock: Clock

    @property
    def late(self) -> list[UnitDuties]:
        return [unit for unit in self.units if unit.overdue][:UNITS_ROOM]

    @property
    def late_more(self) -> int:
        return sum(unit.overdue > 0 for unit in self.units) - len(self.late)

    @property
    def changes(self) -> int:
        return sum(group.total for group in self.groups)

    @property
    def by_entry(self) -> bool:
        return self.clock == Clock.KNOWN


def clock_of(plan: Plan, since: date) -> Clock:
    """By what was known here, where the site had the plan at the last meeting; else by what was published."""
    return Clock.KNOWN if plan.loaded_on is not None and plan.loaded_on <= since else Clock.PUBLIC


def brief_of(plan: Plan, asked: BriefAsked) -> Brief:
    """The paper of an address; some thirty queries, however many indicators, units and changes there are."""
    found, clock = for_reader(overview(plan, asked.day)), clock_of(plan, asked.since)
    gaps = gap_rows(found, answers_of(found))
    sources: dict[int, Source] = {}
    before = seen_from(asked.since, clock)
    rows = [_row(found, standing, before, gaps, sources) for standing in found.standings]
    units = units_on(plan, asked.day)
    owed = by_unit(gaps, report_gaps(plan, asked.day))
    tasks, unfinished = _tasks(plan, asked.day)
    return Brief(
        plan=plan,
        asked=asked,
        found=found,
        sentence=str(summary(found.tabled)),
        second=_second(rows, gaps),
        rows=rows,
        tasks=tasks,
        attention=[*_attention(rows, gaps, owed, units), *unfinished][:ATTENTION_ROOM],
        groups=_groups(events(plan, asked.since, asked.day, clock=clock)),
        units=units,
        nobody=next((unit for unit in owed if unit.organisation is None), None),
        sources=list(sources.values()),
        clock=clock,
    )


def _row(
    found: Overview, standing: Standing, before: date, gaps: list[GapRow], sources: dict[int, Source]
) -> BriefRow:
    then, now = standing_on(found, standing, before), card(standing)
    numbers = [_number(sources, row.source) for part in standing.components if (row := part.heard)]
    own = [row for row in gaps if row.indicator.pk == standing.indicator.pk]
    return BriefRow(
        card=now,
        parts=[_part(old, new) for old, new in zip(card(then).parts, now.parts, strict=True)],
        badge=state_badge(standing),
        was=state_badge(then),
        reason=_("；").join(by_part((row.component.label, _reason(row)) for row in own)),
        numbers=sorted(set(numbers)),
    )


def _number(sources: dict[int, Source], source: Source) -> int:
    """The number a source has below the table, its first mention counting."""
    sources.setdefault(source.pk, source)
    return list(sources).index(source.pk) + 1


def _part(old: CardPart, new: CardPart) -> BriefPart:
    base = new.part.component.baseline_value
    return BriefPart(
        start="—" if base is None else number(base),
        before=_figure(old),
        now=_figure(new),
        moved=_moved(old.part, new.part),
        goal=new.target,
    )


def _figure(shown: CardPart) -> BriefFigure:
    heard = shown.part.heard
    return BriefFigure() if heard is None else BriefFigure(shown.value, heard.year, shown.mark)


def _moved(old: ComponentStanding, new: ComponentStanding) -> str:
    """What the latest figure is more or less than that of the last meeting; a bound has no difference."""
    was, now = old.heard, new.heard
    if now is None or (was and was.pk == now.pk):
        return "—"
    if was is None:
        return _("新公布")
    if was.is_bound or now.is_bound:
        return _("有更新")
    step = now.value - was.value
    if not step:
        return _("持平")
    unit = difference_unit(new.component.indicator.unit_label)
    return f"{'▲' if step > 0 else '▼'} {difference_text(new, abs(step))} {unit}"


def _reason(row: GapRow) -> str:
    """Why it has its word, in a few: since when it is met or how much of the target it is, what is overdue."""
    part, missing = row.part, row.missing
    late = _("逾期 %(days)s 天") % {"days": missing[-1].days} if missing else ""
    if part.heard is None:
        return _("，").join(filter(None, [lack_of_figures(part), late]))
    told = [_share_words(part)]
    if missing:
        told.append(_("%(year)s 年数据%(late)s") % {"year": missing[-1].year, "late": late})
    return _("，").join(filter(None, told))


def _share_words(part: ComponentStanding) -> str:
    """Since when the target is met, or what share of it the latest figure is; against the near end of a range."""
    found = part.assessment
    goal, compared = found.goal, found.compared
    if (since := met_since(part)) is not None:
        return _("%(year)s 年起达到") % {"year": since}
    if goal is None or compared is None:
        return ""
    if goal.met(compared):
        return _("%(year)s 年起达到") % {"year": found.held_since} if found.held_since else ""
    if part.component.indicator.direction == "down" or not found.completion:
        return completion_words(part)
    words = {"share": percent(f"{cut(found.completion[0], 1):,f}")}
    return (_("为下限的 %(share)s") if len(found.completion) > 1 else _("为目标的 %(share)s")) % words


def _second(rows: list[BriefRow], gaps: list[GapRow]) -> list[str]:
    """What moved since the last meeting, and how many figures of the last year are out."""
    moved = [row.card.indicator.short_label for row in rows if row.changed]
    told = [_("上次会议以来没有指标变化。")]
    if moved:
        words = {"n": len(moved), "names": _("、").join(moved)}
        told = [
            ngettext(
                "上次会议以来 %(n)s 项指标有变化：%(names)s。",
                "上次会议以来 %(n)s 项指标有变化：%(names)s。",
                len(moved),
            )
            % words
        ]
    if last := final_year(gaps):
        told.append(str(last))
    return told


def _tasks(plan: Plan, day: date) -> tuple[str, list[str]]:
    """The tasks by state and what is public of them, in a paragraph; and what was publicly not done in time."""
    items = list(plan.items.filter(kind__in=plan.kinds.due).in_plan_order())
    show_day(plan, items, day, kinds=plan.kinds.due)
    tasks = [item for item in items if item.kind not in plan.kinds.entries]
    counts = Counter(state_on(item.status, item.status_as_of, plan.ends_on, day) for item in tasks)
    told = [
        _("%(state)s %(n)s") % {"state": str(STATE_WORDS[state]).lower(), "n": counts[state]}
        for state in SHOWN_ORDER
        if counts[state]
    ]
    words = _("%(n)s 项任务：%(told)s。") % {"n": len(tasks), "told": _("，").join(told)} if tasks else ""
    if public := public_words(items):
        words += closed_up(_("任务和项目中 %(public)s。") % {"public": public})
    still = [item for item in items if item.public and item.public.is_open and day > plan.ends_on]
    if not still:
        return words, []
    named = _("、").join(item.label for item in still[:3])
    told_of = {"n": len(still), "names": named}
    return words, [_("公开信息显示 %(n)s 项仍未完成：%(names)s等。") % told_of]


def _attention(
    rows: list[BriefRow], gaps: list[GapRow], owed: list[UnitGaps], units: list[UnitDuties]
) -> list[str]:
    """What the meeting should look at, the gravest first."""
    told = []
    silent = [row.component.label for row in gaps if not row.part.known]
    if silent:
        words = {"n": len(silent), "names": _("、").join(silent[:4])}
        never = ngettext(
            "%(n)s 项数据从未公布，无法判定：%(names)s。",
            "%(n)s 项数据从未公布，无法判定：%(names)s。",
            len(silent),
        )
        told.append(never % words)
    if late := [row for row in gaps if row.missing]:
        words = {"n": len(late), "days": max(year.days for row in late for year in row.missing)}
        told.append(
            ngettext(
                "%(n)s 项有逾期未公布的数据，最长 %(days)s 天。",
                "%(n)s 项有逾期未公布的数据，最长 %(days)s 天。",
                words["n"],
            )
            % words
        )
    reports = [report for unit in owed for report in unit.reports]
    if overdue := [report for report in reports if report.is_overdue]:
        words = {"n": len(overdue), "days": max(report.days for report in overdue)}
        late = ngettext(
            "最近一期 %(n)s 条任务和项目逾期未填报，最长 %(days)s 天。",
            "最近一期 %(n)s 条任务和项目逾期未填报，最长 %(days)s 天。",
            len(overdue),
        )
        told.append(late % words)
    elif reports:
        words = {"n": len(reports)}
        told.append(ngettext("%(n)s 条任务和项目待补录。", "%(n)s 条任务和项目待补录。", len(reports)) % words)
    if findings := sum(len(unit.late_findings) for unit in units):
        told.append(ngettext("%(n)s 项整改逾期。", "%(n)s 项整改逾期。", findings) % {"n": findings})
    return told


def _groups(told: list[Change]) -> list[CauseGroup]:
    """By cause in their own order, newest first within one; as many of each as a sheet has room for."""
    order = list(Cause)
    ordered = sorted(told, key=lambda change: order.index(change.cause))
    every = [(cause, list(rows)) for cause, rows in groupby(ordered, key=lambda change: change.cause)]
    room = next((most for most in range(CHANGES_ROOM, 2, -1) if _lines(every, most) <= CHANGES_ROOM), 2)
    return [CauseGroup(cause, rows[:room], len(rows)) for cause, rows in every]


def _lines(every: list[tuple[Cause, list[Change]]], most: int) -> int:
    """The lines of a sheet that shows so many of each cause at most, each with its heading and its rest."""
    return sum(min(len(rows), most) + 2 for _cause, rows in every)


def choices(plan: Plan, found: Overview, asked: BriefAsked | None) -> dict[str, list[tuple[str, str, bool]]]:
    """What can be ticked: (code, name, whether it is)."""
    chosen = set(asked.items.split(",")) if asked else set()
    led = Organisation.objects.filter(leads__plan=plan, leads__retired_on=None).distinct().order_by("code")
    units: Iterable[Organisation] = dict.fromkeys([*led, *(asked.units if asked else ())])
    return {
        "indicators": [
            (row.indicator.code, row.indicator.short_label, row.indicator.code in chosen)
            for row in found.standings
        ],
        "units": [(unit.code, unit.name, unit.code in chosen) for unit in units],
    }
