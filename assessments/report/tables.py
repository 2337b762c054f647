"""The tables and pictures that a chapter's text asks for by name: 〔表：主要指标〕, 〔图：I-07〕.

Each is made from the round's rows when the report is; none where it would be empty.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from accounts.models import Organisation
from assessments.models import Finding, Note
from assessments.report.context import ReportContext
from assessments.report.document import (
    Block,
    DocumentParagraph,
    DocumentTable,
    Picture,
    day_words,
    named,
    numbers_held,
    unbroken,
)
from assessments.report.facts import is_reported, known_projects
from assessments.wording import foreseen
from charts.large import trend_svg
from indicators.models import Observation
from indicators.queries import ComponentStanding, Standing
from indicators.shown import tracks
from indicators.shown.states import FigureMark, standpoint
from indicators.shown.wording import VALUE_MARKS, number, share, stated, target_words
from judging.terms import RULE_VERSION
from plan.after_period import STATE_WORDS
from plan.badges import indicator_badge
from plan.models import Item, Plan
from plan.public import PublicState
from plan.wording import as_place, closed_up

Rows = Iterator[Block]
# What the table of indicators says of those with several parts.
OF_THE_WHOLE = "有分项的指标，数据按分项列；期末预测和评估结论按整项给出，写在整项一行。"


def indicators(context: ReportContext) -> Rows:
    """附表: every indicator of the plan's table with its figure, its pace, what is foreseen and concluded."""
    found = context.found
    rows = [row for n, standing in enumerate(found.tabled, 1) for row in _standing_rows(n, standing, context)]
    if not rows:
        return
    yield DocumentTable(
        caption=f"主要指标进展（数据截至{day_words(found.as_of)}）",
        columns=(
            "序号",
            "指标",
            "单位",
            "基期值",
            "目标值",
            "最新值\n（年份）",
            "时间\n进度",
            "进展",
            "期末预测",
            "评估结论",
        ),
        rows=rows,
        widths=(6, 31, 12, 12, 15, 23, 12, 15, 15, 15),
        numeric=frozenset({3, 4, 5, 6}),
    )
    yield DocumentParagraph(
        "注：基期值取自规划原文，规划未给出的写“—”，不作推定；（初）为初步数，（修订）为修订数；"
        "时间进度为数据年份占规划期的份额。"
        f"{OF_THE_WHOLE if any(standing.is_compound for standing in found.tabled) else ''}",
        "note",
    )


def _latest(row: Observation) -> str:
    """A figure over its year and nature: a number that does not fit beside them would be broken in two."""
    mark = str(VALUE_MARKS.get(row.value_status, ""))
    return f"{unbroken(_value(row))}\n（{row.year}{f' {mark}' if mark else ''}）"


def _value(row: Observation) -> str:
    """A figure as a column of them shows it, a rank as a place."""
    return as_place(stated(row), row.component.indicator.unit_label)


def _standing_rows(position: int, standing: Standing, context: ReportContext) -> Iterator[list[str]]:
    """A row an indicator; of several parts one of the whole, of which alone something is foreseen and concluded,
    and one a part."""
    note = context.notes.get(standing.indicator.pk)
    said = [forecast_words(note) or "—", _concluded(note, standing, context)]
    if not standing.is_compound:
        (part,) = standing.components
        yield [str(position), part.component.name, *_part_cells(part, context.plan), *said]
        return
    yield [str(position), standing.indicator.title, *[""] * 5, _state(standing), *said]
    for part in standing.components:
        yield ["", f"其中：{part.component.name}", *_part_cells(part, context.plan), "", ""]


def _concluded(note: Note | None, standing: Standing, context: ReportContext) -> str:
    """The evaluator's word, that it is still to come, or that nobody was asked for one."""
    if note is not None:
        return str(note.get_conclusion_display())
    return "未提交" if standing.indicator.pk in context.given else "本轮未评"


def _part_cells(part: ComponentStanding, plan: Plan) -> list[str]:
    """From the unit to the pace."""
    indicator, base, latest = part.component.indicator, part.component.baseline_value, part.latest
    return [
        indicator.unit,
        as_place(number(base), indicator.unit_label) if base is not None else "—",
        unbroken(target_words(part.target, indicator.direction)),
        _latest(latest) if latest else "暂无数据",
        unbroken(share(_elapsed(latest.year, plan) if latest else None)),
        _state(part),
    ]


def _elapsed(year: int, plan: Plan) -> Fraction | None:
    """The share of the plan's years gone by with a year; of one before them none."""
    first, last = plan.starts_on.year, plan.ends_on.year
    return Fraction(min(year, last) - first + 1, last - first + 1) if year >= first else None


def _state(told: Standing | ComponentStanding) -> str:
    """The word alone: year and nature stand with the figure beside it."""
    stand = standpoint(told)
    word = str(indicator_badge(stand.state).word)
    return f"{word}（陈旧）" if FigureMark.STALE in stand.marks else word


def forecast_words(note: Note | None) -> str:
    """What a note foresees for the end of the period; empty where it does not say."""
    if note is None or not note.forecast and note.forecast_value is None:
        return ""
    told = [str(note.get_forecast_display())] if note.forecast else []
    if value := foreseen(note):
        told.append(closed_up(f"预计 {value}"))
    return "，".join(told)


def chart(context: ReportContext, code: str) -> Rows:
    """The course of an indicator; none without figures."""
    standing = context.found.by_code.get(code)
    for part in standing.components if standing else ():
        if part.latest is not None:
            sentence = numbers_held(tracks.sentence(part))
            yield Picture(trend_svg(tracks.track(part), label=sentence, words=tracks.words()), sentence)


def projects(context: ReportContext) -> Rows:
    """重大项目: those of which something was reported or published by the cut-off."""
    known = known_projects(context)
    if not known:
        return
    columns, widths = ["项目", "公开进展", "时间", "来源"], [54, 36, 26, 40]
    rows = [[item.title, *_public(item.public)] for item in known]
    if any(map(is_reported, known)):
        columns.insert(1, "单位填报")
        widths.insert(1, 18)
        for row, item in zip(rows, known, strict=True):
            row.insert(1, str(STATE_WORDS[context.state_of(item)]) if is_reported(item) else "—")
    yield DocumentTable("重大项目推进情况", columns, rows, widths, is_small=True)


def _public(told: PublicState | None) -> tuple[str, str, str]:
    """What was published, when it happened or else was published, and who said so."""
    if told is None:
        return "—", "—", "—"
    # On a page two stages stand beside each other as 开工/在建; on paper as words.
    day = told.day or f"{told.published}公布"
    return told.said.replace("/", "或"), day, named(told.publisher)


def problems(context: ReportContext) -> Rows:
    found = [note for note in context.notes.values() if note.problems.strip() or note.remedies.strip()]
    if found:
        yield DocumentTable(
            caption="问题与对策建议汇总",
            columns=("条目", "存在问题", "对策建议"),
            rows=[[n.item.title, n.problems.strip() or "—", n.remedies.strip() or "—"] for n in found],
            widths=(20, 33, 33),
        )


def adjustments(context: ReportContext) -> Rows:
    wanted = [note for note in context.notes.values() if note.adjustment != Note.Adjustment.NONE]
    if wanted:
        yield DocumentTable(
            caption="调整建议",
            columns=("条目", "建议", "理由", "依据文件"),
            rows=[
                [
                    note.item.title,
                    str(note.get_adjustment_display()),
                    note.adjustment_reason,
                    note.adjustment_document,
                ]
                for note in wanted
            ],
            widths=(22, 12, 32, 20),
        )


def findings(context: ReportContext) -> Rows:
    if context.findings:
        yield DocumentTable(
            caption="整改事项",
            columns=("条目", "问题", "整改要求", "责任单位", "期限", "状态"),
            rows=[_finding_row(row) for row in context.findings],
            widths=(16, 17, 22, 14, 13, 8),
            is_small=True,
        )


def _finding_row(row: Finding) -> list[str]:
    return [
        row.note.item.title,
        row.title,
        row.request,
        row.organisation.name,
        row.due_on.isoformat(),
        str(row.get_state_display()),
    ]


def sources(context: ReportContext) -> Rows:
    """Every figure of the plan's indicators public by the cut-off, with where it stands."""
    figures = [row for standing in context.found.standings for part in standing.components for row in part.stated]
    if figures:
        urls = dict.fromkeys(row.source.url for row in figures if row.source.url)
        numbers = {url: number for number, url in enumerate(urls, 1)}
        yield DocumentTable(
            caption=f"数据来源（{day_words(context.found.as_of)}前公布）",
            columns=("指标", "年份", "数值", "性质", "公布日期", "来源"),
            rows=[_source_row(row, numbers) for row in figures],
            widths=(34, 10, 16, 16, 18, 62),
            numeric=frozenset({2}),
            is_small=True,
        )
        if numbers:
            yield DocumentParagraph("\n".join(f"〔{number}〕 {url}" for url, number in numbers.items()), "fine")


def _source_row(row: Observation, numbers: Mapping[str, int]) -> list[str]:
    """A figure with its source; addresses stand below the table once, by their numbers."""
    source = row.source
    where = f"{source.title}〔{numbers[source.url]}〕" if source.url else source.title
    return [
        row.component.full_name,
        str(row.year),
        _value(row),
        str(row.get_value_status_display()),
        row.released_on.isoformat(),
        where,
    ]


def grounds(context: ReportContext) -> Rows:
    """佐证材料: what the published notes rest on."""
    rows = [
        [note.item.title, row.title, row.document_number or "—", row.url or "附件"]
        for note in context.notes.values()
        for row in context.grounds_of(note)
    ]
    if rows:
        yield DocumentTable("佐证材料", ("条目", "名称", "文号", "网址"), rows, (16, 30, 14, 30), is_small=True)


def silent_units(context: ReportContext) -> Rows:
    """Who answers for what was not reported on, most first; what nobody is in charge of comes last."""
    owed: dict[Organisation | None, list[Item]] = {}
    for due in context.owed:
        owed.setdefault(due.organisation, []).append(due.item)
    if owed:
        units = sorted(owed, key=lambda unit: (unit is None, -len(owed[unit]), unit.code if unit else ""))
        yield DocumentTable(
            f"未填报进展的单位（截至{day_words(context.owed[0].period_end)}的一期）",
            ("责任单位", "未填报（项）", "从未填报（项）", "未填报的条目"),
            [_silent_row(unit, owed[unit]) for unit in units],
            (26, 14, 15, 40),
            frozenset({1, 2}),
            is_small=True,
        )


def _silent_row(unit: Organisation | None, items: list[Item]) -> list[str]:
    never = sum(not is_reported(item) for item in items)
    return [unit.name if unit else "尚未指定责任单位", str(len(items)), str(never), _by_kind(items)]


def _by_kind(items: list[Item], most: int = 3) -> str:
    """A few by their titles; more by how many there are of each kind."""
    if len(items) <= most:
        return "、".join(item.title for item in items)
    counted = Counter(str(item.get_kind_display()) for item in items)
    return "、".join(f"{kind} {number} 项" for kind, number in counted.items())


def opinions(context: ReportContext) -> Rows:
    """征求意见: what was said of the draft, and what became of it."""
    rows = [[row.who, row.text, str(row.get_state_display()), row.answer or "—"] for row in context.opinions]
    if rows:
        yield DocumentTable("征求意见及处理情况", ("提出人", "意见", "处理", "说明"), rows, (14, 36, 10, 28))


def method(context: ReportContext) -> Rows:
    yield DocumentParagraph(
        "评价方法：目标年数据公布后，只看是否达到目标，不设容差；公布之前按最近一年的数据，以基期至目标年的直线为"
        "预期，比较完成份额与已过时间的份额。规划没有给出基期值的，只说距目标多少。"
        f"规则版本 {RULE_VERSION}。",
        "note",
    )


TABLES: dict[str, Callable[[ReportContext], Rows]] = {
    "主要指标": indicators,
    "重大项目": projects,
    "问题与对策": problems,
    "调整建议": adjustments,
    "整改事项": findings,
    "数据来源": sources,
    "佐证材料": grounds,
    "未填报单位": silent_units,
    "征求意见": opinions,
    "评价方法": method,
}
# What stands at the end of every report, under 附件.
ANNEX = ("整改事项", "未填报单位", "征求意见", "佐证材料", "数据来源", "评价方法")
