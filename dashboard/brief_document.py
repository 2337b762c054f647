"""The paper for a meeting as a document for the Word writer: the same words and numbers as its sheets."""

from collections.abc import Iterator

from assessments.report.document import (
    Block,
    Document,
    DocumentParagraph,
    DocumentTable,
    Heading,
    Labelled,
    Picture,
    day_words,
    numeral,
)
from charts.large import trend_svg
from dashboard.brief import Brief, BriefRow
from dashboard.units import UnitDuties
from indicators.queries import Standing
from indicators.shown import tracks
from indicators.shown.derivation import derive
from plan.demo import MARK


def document_of(brief: Brief, address: str) -> Document:
    """The paper as blocks, to be called in Chinese; `address` is where it stands for ever."""
    asked = brief.asked
    document = Document(
        title=brief.plan.title,
        subtitle="会议材料",
        lines=(
            f"截至{day_words(asked.day)}",
            f"与上次会议（{day_words(asked.since)}）相比",
            *((f"{MARK}：其中的单位、人员和数据是虚构的，仅供培训",) if brief.plan.is_demo else ()),
        ),
        dated=asked.day.isoformat(),
    )
    chapters = [
        ("总体情况", _first(brief)),
        ("上次会议以来的变化", _changes(brief)),
        *(
            (f"{code}　{_standing(brief, code).indicator.title}", _indicator(brief, code))
            for code in asked.indicators
        ),
        ("逾期事项", _overdue(brief)),
        *((f"督办单：{unit.name}", _unit(brief, unit.pk)) for unit in asked.units),
        ("数据来源", _sources(brief, address)),
    ]
    for position, (title, blocks) in enumerate(chapters, 1):
        document.blocks.append(Heading(1, f"{numeral(position)}、{title}"))
        document.blocks.extend(blocks)
    return document


def _first(brief: Brief) -> Iterator[Block]:
    yield DocumentParagraph(brief.sentence)
    yield DocumentParagraph("".join(brief.second))
    yield DocumentTable(
        caption="表 1　主要指标",
        columns=("指标", "单位", "基期", "上次会议", "现在", "变化", "目标", "结论", "说明"),
        rows=[_cells(row) for row in brief.rows],
        widths=(16, 9, 9, 13, 13, 11, 9, 12, 20),
        numeric=frozenset({2, 3, 4, 5, 6}),
    )
    if brief.tasks:
        yield Labelled("任务", brief.tasks)
    for number, words in enumerate(brief.attention, 1):
        yield Labelled(f"请会议关注（{number}）", words)


def _cells(row: BriefRow) -> tuple[str, ...]:
    def lines(name: str) -> str:
        return "\n".join(str(getattr(part, name)) for part in row.parts)

    indicator = row.card.indicator
    return (
        indicator.short, indicator.unit, lines("start"), lines("before"), lines("now"), lines("moved"),
        lines("goal"), row.badge.text, row.reason,
    )  # fmt: skip


def _changes(brief: Brief) -> Iterator[Block]:
    if not brief.groups:
        yield DocumentParagraph("上次会议以来没有变化。")
    for group in brief.groups:
        yield Heading(2, f"{group.cause.label}（{group.total}）")
        for change in group.changes:
            told = "；".join(filter(None, [change.words, change.effect, change.late_words]))
            yield DocumentParagraph(f"{change.day.isoformat()}　{change.code} {change.label}　{told}")
            names = "、".join(source.publisher or source.title for source in change.sources)
            if names:
                yield DocumentParagraph(f"来源：{names}", "note")
        if group.more:
            yield DocumentParagraph(f"另有 {group.more} 条，见“变化”页。", "note")


def _standing(brief: Brief, code: str) -> Standing:
    return brief.found.by_code[code]


def _indicator(brief: Brief, code: str) -> Iterator[Block]:
    standing = _standing(brief, code)
    for part in standing.components:
        if standing.is_compound:
            yield Heading(2, part.component.name)
        if part.in_use:
            svg = trend_svg(tracks.track(part), label=tracks.sentence(part), words=tracks.words(), keyed=True)
            yield Picture(svg, tracks.sentence(part))
        rows = part.in_force().values()
        yield DocumentTable(
            caption="现行数据",
            columns=("年份", f"数值（{standing.indicator.unit}）", "性质", "公布日期", "来源"),
            rows=[
                (
                    str(row.year), f"{row.value.normalize():f}", row.get_value_status_display(),
                    row.released_on.isoformat(), row.source.publisher or row.source.title,
                )
                for row in rows
            ],
            widths=(8, 14, 10, 12, 30),
            numeric=frozenset({1}),
        )  # fmt: skip
        if not rows:
            yield DocumentParagraph("规划期内没有公布过数据。", "missing")
        for step in derive(part).final_steps:
            yield DocumentParagraph(step)


def _overdue(brief: Brief) -> Iterator[Block]:
    if brief.late:
        yield DocumentTable(
            caption="表 2　各单位逾期事项",
            columns=("单位", "逾期合计", "未填报", "未公布数据", "整改", "最长（天）"),
            rows=[
                (
                    unit.organisation.name, str(unit.overdue), str(unit.late_reports), str(unit.missing),
                    str(len(unit.late_findings)), str(unit.days),
                )
                for unit in brief.late
            ],
            widths=(30, 10, 10, 12, 10, 12),
            numeric=frozenset({1, 2, 3, 4, 5}),
        )  # fmt: skip
    if brief.nobody:
        yield DocumentParagraph(
            f"尚未指定责任单位的：逾期未公布数据 {brief.nobody.missing} 个，"
            f"{'待补录填报' if brief.nobody.is_backlog else '逾期未填报'} {len(brief.nobody.reports)} 条。"
        )
    if not brief.late and not brief.nobody:
        yield DocumentParagraph("没有逾期事项。")


def _unit(brief: Brief, pk: int) -> Iterator[Block]:
    unit = next((row for row in brief.units if row.organisation.pk == pk), None)
    if unit is None or not unit.leads:
        yield DocumentParagraph("本规划没有由该单位牵头的指标和任务。")
        return
    yield DocumentParagraph(f"{unit.sentence}。")
    yield from _duties(unit)


def _duties(unit: UnitDuties) -> Iterator[Block]:
    for badge, duties in unit.groups():
        yield Labelled(
            f"{badge.word}（{len(duties)}）", "；".join(f"{row.item.code} {row.item.title}" for row in duties)
        )
    if late := unit.late_entries:
        yield Labelled(f"逾期未填报的项目（{len(late)}）", "；".join(row.item.title for row in late))
    for row in unit.open_findings:
        yield Labelled("整改事项", f"{row.title}（期限 {row.due_on.isoformat()}）")


def _sources(brief: Brief, address: str) -> Iterator[Block]:
    for number, source in enumerate(brief.sources, 1):
        told = "，".join(
            filter(None, [source.publisher, source.title, source.published_on and source.published_on.isoformat()])
        )
        yield DocumentParagraph(f"[{number}] {told}", "note")
        if source.url:
            yield DocumentParagraph(source.url, "note")
    rule = brief.found.rule.version
    yield DocumentParagraph(f"判定规则 {rule}。这份材料的网址，什么时候打开都是同样的内容：{address}", "note")
