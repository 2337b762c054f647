"""First drafts of a report's chapters, from figures, published notes, reports and public statements.

A draft is text: paragraphs, （一）… headings, 〔表：…〕 places. What nobody has said is not said here either: a
chapter without anything to tell gives nothing. Numbers come through the pinner, so that the
chapter knows what they are.
"""

from collections.abc import Callable, Iterator

from assessments.models import Note, Round
from assessments.report.context import ReportContext
from assessments.report.document import day_words, numeral
from assessments.report.facts import Facts, Pinner, facts_of, known_projects, latest_words
from assessments.report.tables import forecast_words
from assessments.same_words import differs
from indicators.queries import Standing
from indicators.shown.states import standpoint, state_badge
from judging.ladder import IndicatorState
from plan.after_period import CLOSING, STATE_WORDS, UNFINISHED, states
from plan.models import Item

Lines = Iterator[str]
Drafter = Callable[[ReportContext, Pinner], Lines]
PROBLEMS, ADJUSTMENTS = "〔表：问题与对策〕", "〔表：调整建议〕"
# What ends well and what ends worse, as notes conclude.
GOOD = (Note.Conclusion.ACHIEVED, Note.Conclusion.AHEAD, Note.Conclusion.TASK_DONE, Note.Conclusion.ON_TIME)


def drafted(context: ReportContext, drafter: str) -> tuple[str, dict[str, str]]:
    """The draft of a chapter and what its numbers are; nothing of both for a chapter that only people write."""
    if not drafter:
        return "", {}
    pin = Pinner(facts_of(context))
    return "\n".join(DRAFTERS[drafter](context, pin)), pin.used


def cited(context: ReportContext, drafter: str, facts: Facts) -> dict[int, list[str]]:
    """By item, what a chapter drafted now would say of its note."""
    pin = Pinner(facts)
    for _line in DRAFTERS[drafter](context, pin):
        pass
    return pin.cited


def overall(context: ReportContext, pin: Pinner) -> Lines:
    """总体评价 opens with the sentence that every page says of the plan, and how far the period is."""
    told = pin.all(["indicators.sentence", "period.elapsed", "indicators.last_year"])
    yield f"截至{day_words(context.round.cut_off)}，{'。'.join(words.rstrip('。') for words in told)}。"
    if "tasks.total" in pin.facts:
        names = (f"tasks.{state}" for state in states(context.plan.ends_on, context.round.cut_off))
        stand = "，".join(pin.all(names))
        told = f"{pin('tasks.total')}中，{pin('tasks.reported')}{'：' if stand else ''}{stand}。"
        yield told + "".join(_public(pin))
    if context.notes:
        conclusions = "，".join(pin.all(f"notes.{word}" for word in context.concluded))
        given = "" if context.assigned == len(context.notes) else f"{pin('notes.assigned')}，"
        yield f"本轮{given}{pin('notes.published')}：{conclusions}。"


def _public(pin: Pinner) -> Iterator[str]:
    if "public.total" in pin.facts:
        yield f"{pin('public.total')}，其中{pin('public.there')}，{pin('public.open')}。"


def targets(context: ReportContext, pin: Pinner) -> Lines:
    """目标实现程度: the table, a paragraph for each indicator with figures, one for all that have none."""
    if context.found.tabled:
        yield "〔表：主要指标〕"
    known = [row for row in context.found.standings if any(part.latest for part in row.components)]
    for position, standing in enumerate(known, 1):
        yield f"（{numeral(position)}）{standing.indicator.title}"
        yield from _known(context, standing, pin)
    silent = [row for row in context.found.standings if row not in known]
    if silent:
        yield f"（{numeral(len(known) + 1)}）尚无公布数据的指标"
        yield from _silent(context, silent, pin)


def _known(context: ReportContext, standing: Standing, pin: Pinner) -> Lines:
    first, *others = list(note_lines(context.notes.get(standing.indicator.pk), pin)) or [""]
    yield _indicator_sentence(standing, pin) + first
    yield from others
    if standing.indicator.in_table and any(len(part.in_force()) > 1 for part in standing.components):
        yield f"〔图：{standing.indicator.code}〕"


def _silent(context: ReportContext, silent: list[Standing], pin: Pinner) -> Lines:
    """One paragraph an indicator somebody wrote of; the others are named."""
    names = []
    for standing in silent:
        note = context.notes.get(standing.indicator.pk)
        if note is None:
            names.append(standing.indicator.short)
        else:
            yield f"{standing.indicator.title}：{''.join(note_lines(note, pin))}"
    if names:
        yield f"截至评估时点没有公布数据的还有：{'、'.join(names)}。"


def _indicator_sentence(standing: Standing, pin: Pinner) -> str:
    told = []
    for part in standing.components:
        # A figure that follows a name stands apart from it.
        name = f"{part.component.name} " if standing.is_compound else ""
        code = part.component.code
        latest = pin(f"{code}.latest") if latest_words(part) else "暂无数据"
        told.append(f"{name}{latest}，{pin(f'{code}.target')}")
    if standpoint(standing).state == IndicatorState.NO_DATA:
        return f"{'；'.join(told)}。"
    # The year and kind of the figure stand with it already.
    return f"{'；'.join(told)}，{state_badge(standing).word}。"


def note_lines(note: Note | None, pin: Pinner) -> Lines:
    """What a published note says, in paragraphs that end in its conclusion; problems have their own chapter."""
    if note is None:
        return
    text = pin.note(note, f"{note.progress}\n{note.results}".strip())
    *paragraphs, last = text.splitlines() or [""]
    yield from paragraphs
    yield last + pin.note(note, concluded_words(note))


def concluded_words(note: Note) -> str:
    """“评估结论为“符合预期”，期末能够完成。” and why, where it is not what is computed."""
    told = f"评估结论为“{note.get_conclusion_display()}”"
    if foreseen := forecast_words(note):
        told += f"，期末{foreseen}"
    reason = note.difference_reason.strip() if differs(note) else ""
    return f"{told}：{reason}" if reason else f"{told}。"


def tasks(context: ReportContext, pin: Pinner) -> Lines:
    """任务进展 by kind, of those with a published note, a unit's report or a public statement."""
    position = 0
    for kind, rows in context.chapters_of_kinds:
        if kind in context.plan.kinds.policies:
            continue
        told = [lines for item, parts in rows if (lines := list(_commitment(context, item, parts, pin)))]
        if told:
            position += 1
            yield f"（{numeral(position)}）{kind.label}"
        for place, (title, *lines) in enumerate(told, 1):
            yield f"{place}．{title}"
            yield from lines


def _commitment(context: ReportContext, item: Item, parts: list[Item], pin: Pinner) -> Lines:
    """One platform, action or cluster: its title, its note, then what is known of its parts in a sentence each."""
    own = context.note_on(item)
    said = [line for part in parts for line in _part(context, part, pin)]
    if own is None and not said:
        return
    yield item.title
    yield from note_lines(own, pin)
    yield from said


def _part(context: ReportContext, part: Item, pin: Pinner) -> Lines:
    note, known = context.note_on(part), context.by_pk.get(part.pk)
    if note is not None:
        yield f"{part.title}：{''.join(note_lines(note, pin))}"
    elif known is not None and known.status != Item.Status.NOT_REPORTED:
        yield f"{part.title}：{_reported(context.state_of(known))}。"
    elif known is not None and known.public:
        yield f"{part.title}：{pin.published(known.public)}。"


def _reported(state: str) -> str:
    """What a unit reported; after the period what it comes to, in the words of pages."""
    if state not in CLOSING:
        return f"责任单位填报{STATE_WORDS[state]}"
    return f"按责任单位填报，{STATE_WORDS[state]}" if state == UNFINISHED else str(STATE_WORDS[state])


def policies(context: ReportContext, pin: Pinner) -> Lines:
    """政策措施: the plan's own safeguards, by their notes."""
    position = 0
    for kind, rows in context.chapters_of_kinds:
        for item, _parts in rows if kind in context.plan.kinds.policies else ():
            if note := context.note_on(item):
                position += 1
                yield f"（{numeral(position)}）{item.title}"
                yield from note_lines(note, pin)


def projects(context: ReportContext, pin: Pinner) -> Lines:
    known = known_projects(context)
    if not known:
        return
    yield f"{pin('projects.total')}，{pin('projects.known')}，其中 {pin('projects.there')}。"
    yield "〔表：重大项目〕"
    for item in known:
        if note := context.note_on(item):
            yield f"{item.title}：{''.join(note_lines(note, pin))}"


def experience(context: ReportContext, pin: Pinner) -> Lines:
    for note in context.notes.values():
        if note.conclusion in GOOD and note.results.strip():
            yield f"{note.item.title}：{pin.note(note, ' '.join(note.results.split()))}"


def problems(context: ReportContext, pin: Pinner) -> Lines:
    named = [note for note in context.notes.values() if note.problems.strip() or note.remedies.strip()]
    for note in named:
        pin.cites(note, PROBLEMS)
        if note.causes.strip():
            yield f"{note.item.title}：{pin.note(note, ' '.join(note.causes.split()))}"
    if named:
        yield PROBLEMS


def advice(context: ReportContext, pin: Pinner) -> Lines:
    adjusting = [note for note in context.notes.values() if note.adjustment != Note.Adjustment.NONE]
    for note in adjusting:
        pin.cites(note, ADJUSTMENTS)
    if adjusting:
        yield ADJUSTMENTS
    if "findings" in pin.facts:
        yield f"本轮提出{pin('findings')}，清单见附件。"


def ahead(context: ReportContext, pin: Pinner) -> Lines:
    """后续工作: what is not reached yet, with the years there are left."""
    months = (context.plan.ends_on - context.round.cut_off).days / 30.44
    if context.round.kind == Round.Kind.FINAL or months <= 0:
        return
    states = (IndicatorState.BEHIND, IndicatorState.SLIGHTLY_BEHIND, IndicatorState.NOT_YET)
    late = [row.indicator.short for row in context.found.tabled if standpoint(row).state in states]
    if late:
        yield f"距规划期末还有{time_left(months)}，尚未达到目标、需要着力推进的指标：{'、'.join(late)}。"


def time_left(months: float) -> str:
    """“两年半”, to the half year; months below one and a half."""
    halves = round(months / 6)
    if halves < 3:
        return f" {round(months)} 个月"
    years = "两" if halves // 2 == 2 else numeral(halves // 2)
    return f"{years}年{'半' if halves % 2 else ''}"


DRAFTERS: dict[str, Drafter] = {
    "overall": overall,
    "targets": targets,
    "tasks": tasks,
    "policies": policies,
    "projects": projects,
    "experience": experience,
    "problems": problems,
    "advice": advice,
    "ahead": ahead,
}
