"""评估报告: a round as a document. Every number is as of the round's cut-off, every sentence from a published
note; what nobody has filed is said to be missing, never filled in."""

from collections.abc import Iterable, Iterator

from django.utils.translation import override

from assessments.models import Evidence, Finding, Note, Round
from assessments.queries import commitments
from assessments.report.document import (
    Block,
    Document,
    DocumentParagraph,
    DocumentTable,
    Heading,
    Labelled,
    Picture,
)
from charts.large import trend_svg
from indicators.models import Observation
from indicators.queries import ComponentStanding, Overview, Standing, overview
from indicators.shown import tracks
from indicators.shown.states import badge_of, standpoint, state_badge
from indicators.shown.wording import VALUE_MARKS, completion_words, number, share, target_words
from judging.ladder import WORST_FIRST, IndicatorState
from judging.terms import RULE_VERSION
from plan.badges import INDICATOR_WORDS
from plan.demo import MARK
from plan.kinds import CHAPTERS
from plan.models import Item, Plan

NUMERALS = "一二三四五六七八九十"
TEXT_LABELS = {name: Note._meta.get_field(name).verbose_name for name in Note.TEXTS}


@override("zh-hans")
def build_report(round: Round) -> Document:
    """The report of a round, from what is stored: the same rows give the same document.

    It is an official paper, in Chinese whoever opens it: the words shared with the pages around it are too.
    """
    plan = Plan.objects.get(pk=round.plan_id)
    found = overview(plan, round.cut_off)
    notes = {note.item_id: note for note in _published(round)}
    document = Document(
        title=plan.title,
        subtitle=f"{round.get_kind_display()}报告",
        lines=(
            round.name,
            f"评估期：{_day(round.starts_on)}至{_day(round.ends_on)}",
            f"数据截至：{_day(round.cut_off)}",
            *((f"{MARK}：其中的单位、人员和数据是虚构的，仅供培训",) if plan.is_demo else ()),
        ),
        dated=(round.published_on or round.cut_off).isoformat(),
    )
    chapters = [
        ("总体判断", _judgement(round, plan, found, notes)),
        ("主要指标", _indicators(found, notes)),
        *_commitments(plan, notes),
        ("存在问题与对策建议", _problems(notes)),
        ("整改事项", _findings(round)),
        ("调整建议", _adjustments(notes)),
        ("附件：数据来源与评价方法", _sources(found)),
    ]
    for position, (title, blocks) in enumerate(chapters):
        numeral = _numeral(position)
        document.blocks.append(Heading(1, title if title.startswith("附件") else f"{numeral}、{title}"))
        document.blocks.extend(blocks)
    return document


def _published(round: Round) -> list[Note]:
    rows = round.notes.filter(state=Note.State.PUBLISHED).prefetch_related("evidence")
    return list(rows.select_related("item", "author", "organisation").order_by("item__order"))


def _judgement(round: Round, plan: Plan, found: Overview, notes: dict[int, Note]) -> Iterator[Block]:
    elapsed = int(plan.elapsed(round.cut_off) * 100)
    yield DocumentParagraph(
        f"截至{_day(round.cut_off)}，规划期已过 {elapsed} %。规划表 1 所列 {len(found.tabled)} 项主要指标："
        f"{_standings(found.tabled)}。"
    )
    concluded: dict[str, int] = {}
    for note in notes.values():
        concluded[note.get_conclusion_display()] = concluded.get(note.get_conclusion_display(), 0) + 1
    assigned = round.assignments.count()
    if notes:
        words_said = "，".join(f"“{word}”{count} 项" for word, count in concluded.items())
        yield DocumentParagraph(
            f"本轮分工评估 {assigned} 项，已发布评估意见 {len(notes)} 项，其中：{words_said}。"
        )
    else:
        yield DocumentParagraph(f"本轮分工评估 {assigned} 项，尚无已发布的评估意见。", "missing")


def _standings(standings: Iterable[Standing]) -> str:
    """Every word of the ladder that was said, best first, with its number and names: they add up to all."""
    names: dict[IndicatorState, list[str]] = {}
    for standing in standings:
        stand, short = standpoint(standing), standing.indicator.short
        marks = "、".join(badge_of(stand).marks)
        names.setdefault(stand.state, []).append(f"{short}（{marks}）" if marks else short)
    return "；".join(
        f"{INDICATOR_WORDS[state]} {len(names[state])} 项：{'、'.join(names[state])}"
        for state in reversed(WORST_FIRST)
        if state in names
    )


def _indicators(found: Overview, notes: dict[int, Note]) -> Iterator[Block]:
    yield DocumentTable(
        caption=f"表 1　主要指标进展（数据截至{_day(found.as_of)}）",
        columns=(
            "序号",
            "指标",
            "单位",
            "基期值",
            "目标值",
            "最新值（年份）",
            "时间进度",
            "结论",
            "评估结论",
        ),
        rows=[row for n, standing in enumerate(found.tabled, 1) for row in _table_rows(n, standing, notes)],
        widths=(5, 18, 9, 12, 14, 18, 12, 15, 12),
        numeric=frozenset({3, 4, 5, 6}),
    )
    yield DocumentParagraph(
        "注：基期值取自规划原文，规划未给出的写“—”，不作推定；（初）为初步数，（修订）为修订数；"
        "时间进度为数据年份占规划期的份额。",
        "note",
    )
    for position, standing in enumerate(found.standings, 1):
        yield Heading(2, f"（{_numeral(position - 1)}）{standing.indicator.title}")
        for part in standing.components:
            yield from _component(part)
        yield from _note(notes.get(standing.indicator.pk))


def _table_rows(position: int, standing: Standing, notes: dict[int, Note]) -> Iterator[list[str]]:
    note = notes.get(standing.indicator.pk)
    for part in standing.components:
        latest, component = part.latest, part.component
        mark = str(VALUE_MARKS.get(latest.value_status, "")) if latest else ""
        yield [
            str(position),
            component.name if not standing.is_compound else f"{standing.indicator.title}：{component.name}",
            standing.indicator.unit,
            number(component.baseline_value) if component.baseline_value is not None else "—",
            _unbroken(target_words(part.target, standing.indicator.direction)),
            f"{number(latest.value)}{f'（{mark}）' if mark else ''}（{latest.year}）" if latest else "暂无数据",
            _unbroken(share(part.assessment.linear.tau)),
            state_badge(part).text,
            note.get_conclusion_display() if note else "未提交",
        ]


def _unbroken(words: str) -> str:
    """A number with its sign and unit, which no line may part."""
    return words.replace(" ", "\u00a0")


def _component(part: ComponentStanding) -> Iterator[Block]:
    sentence = tracks.sentence(part)
    yield Picture(trend_svg(tracks.track(part), label=sentence, words=tracks.words()), sentence)
    badge, done = state_badge(part), completion_words(part)
    said = f"{badge.text}{f'（{badge.why}）' if badge.why else ''}。"
    yield DocumentParagraph(f"{part.component.name}：{said}{f'{done}。' if done else ''}")


def _note(note: Note | None) -> Iterator[Block]:
    """A published note in its own words; none is said to be missing."""
    if note is None:
        yield DocumentParagraph("（本轮没有已发布的评估意见。）", "missing")
        return
    for name, label in TEXT_LABELS.items():
        if text := getattr(note, name).strip():
            yield Labelled(str(label), text)
    if note.forecast or note.forecast_value is not None:
        value = f"预计值 {number(note.forecast_value)}，" if note.forecast_value is not None else ""
        yield Labelled("期末预测", f"{value}{note.get_forecast_display() or '未判断'}。")
    yield Labelled("评估结论", f"{note.get_conclusion_display()}。")
    if note.difference_reason.strip():
        yield Labelled("与系统判定不同的理由", note.difference_reason.strip())
    if named := [_evidence_words(row) for row in note.evidence.all()]:
        yield Labelled("佐证材料", "；".join(named) + "。")


def _evidence_words(row: Evidence) -> str:
    """A piece of evidence as a reader finds it again: its title, its document's number, its address."""
    return row.title + "".join(f"（{more}）" for more in (row.document_number, row.url) if more)


def _commitments(plan: Plan, notes: dict[int, Note]) -> Iterator[tuple[str, list[Block]]]:
    """A chapter per kind, a section per item with the notes on it and on what stands below it."""
    for kind, below in CHAPTERS:
        rows = commitments(plan, kind, below)
        if not rows:
            continue
        blocks: list[Block] = []
        for position, (item, parts) in enumerate(rows):
            blocks.append(Heading(2, f"（{_numeral(position)}）{item.title}"))
            own = notes.get(item.pk)
            filed = [part for part in parts if part.pk in notes]
            if own is not None or not filed:
                blocks.extend(_note(own))
            for place, part in enumerate(filed, 1):
                blocks.append(Heading(3, f"{place}．{part.title}"))
                blocks.extend(_note(notes[part.pk]))
            if parts and (silent := len(parts) - len(filed)):
                what = Item.Kind(below[0]).label
                blocks.append(
                    DocumentParagraph(f"（另有 {silent} 项{what}本轮没有已发布的评估意见。）", "missing")
                )
        yield str(Item.Kind(kind).label), blocks


def _problems(notes: dict[int, Note]) -> Iterator[Block]:
    named = [note for note in notes.values() if note.problems.strip() or note.remedies.strip()]
    if not named:
        yield DocumentParagraph("（已发布的评估意见没有提出问题和建议。）", "missing")
        return
    yield DocumentTable(
        caption="问题与对策建议汇总",
        columns=("编码", "条目", "存在问题", "对策建议"),
        rows=[[n.item.code, n.item.title, n.problems.strip() or "—", n.remedies.strip() or "—"] for n in named],
        widths=(8, 18, 30, 30),
    )


def _findings(round: Round) -> Iterator[Block]:
    rows = Finding.objects.filter(note__round=round).select_related("note__item", "organisation")
    if not rows:
        yield DocumentParagraph("（本轮没有整改事项。）", "missing")
        return
    yield DocumentTable(
        caption="整改事项",
        columns=("编码", "问题", "整改要求", "责任单位", "期限", "状态"),
        rows=[
            [
                row.note.item.code,
                row.title,
                row.request,
                row.organisation.name,
                row.due_on.isoformat(),
                str(row.get_state_display()),
            ]
            for row in rows
        ],
        widths=(8, 18, 26, 14, 11, 9),
    )


def _adjustments(notes: dict[int, Note]) -> Iterator[Block]:
    wanted = [note for note in notes.values() if note.adjustment != Note.Adjustment.NONE]
    if not wanted:
        yield DocumentParagraph("（已发布的评估意见没有提出调整建议。）", "missing")
        return
    yield DocumentTable(
        caption="调整建议",
        columns=("编码", "条目", "建议", "理由", "依据文件"),
        rows=[
            [
                note.item.code,
                note.item.title,
                str(note.get_adjustment_display()),
                note.adjustment_reason,
                note.adjustment_document,
            ]
            for note in wanted
        ],
        widths=(8, 20, 11, 28, 18),
    )


def _sources(found: Overview) -> Iterator[Block]:
    """Every figure of Table 1 as published by the cut-off, with where it stands; then the rules."""
    figures = [row for standing in found.standings for part in standing.components for row in part.judged]
    if figures:
        yield DocumentTable(
            caption=f"数据来源（{_day(found.as_of)}前公布）",
            columns=("编码", "年份", "数值", "性质", "公布日期", "来源"),
            rows=[_source_row(row) for row in figures],
            widths=(7, 7, 11, 9, 12, 44),
            numeric=frozenset({2}),
        )
    else:
        yield DocumentParagraph("（截至这一天没有公布的数据。）", "missing")
    yield DocumentParagraph(
        "评价方法：目标年数据公布后，只看是否达到目标，不设容差；公布之前按最近一年的数据，以基期至目标年的直线为"
        "预期，比较完成份额与已过时间的份额。规划没有给出基期值的，只说距目标多少。"
        f"规则版本 {RULE_VERSION}。",
        "note",
    )


def _source_row(row: Observation) -> list[str]:
    source = row.source
    where = source.title if not source.url else f"{source.title}　{source.url}"
    return [
        row.component.code,
        str(row.year),
        number(row.value),
        str(row.get_value_status_display()),
        row.released_on.isoformat(),
        where,
    ]


def _numeral(position: int) -> str:
    """一 … 十, 十一 … 九十九 for position 0 …"""
    number_ = position + 1
    tens, ones = divmod(number_, 10)
    if number_ <= 10:
        return NUMERALS[number_ - 1]
    return f"{NUMERALS[tens - 1] if tens > 1 else ''}十{NUMERALS[ones - 1] if ones else ''}"


def _day(day) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
