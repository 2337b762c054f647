"""评估报告: a round as a document. Every number is as of the round's cut-off, every sentence from a published note
or from the person who wrote the chapter; what nobody has filed is said to be missing, never filled in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments.models import ReportChapter, ReportFront, Round
from assessments.queries import has_moved_since
from assessments.report.chapter_text import TABLE, blocks_of
from assessments.report.context import ReportContext
from assessments.report.document import (
    FRONT_TITLES,
    Block,
    Document,
    DocumentParagraph,
    DocumentTable,
    Heading,
    day_words,
    from_json,
    numeral,
)
from assessments.report.drafting import drafted
from assessments.report.outline import drafter_of, outline_of
from assessments.report.tables import ANNEX, TABLES, chart
from plan.demo import MARK


@dataclass(frozen=True)
class WrittenChapter:
    """A chapter as the report takes it: as written, or as drafted where nobody has begun to write."""

    title: str
    text: str


@override("zh-hans")
def build_report(round: Round) -> Document:
    """The report of a round, from what is stored: the same rows give the same document.

    It is an official paper, in Chinese whoever opens it: the words shared with the pages around it are too.
    """
    context = ReportContext(round)
    front = ReportFront.objects.filter(round=round).first() or ReportFront(round=round)
    document = Document(
        title=context.plan.title,
        subtitle=f"{round.get_kind_display()}报告",
        lines=tuple(_cover(context, front)),
        dated=(round.published_on or round.cut_off).isoformat(),
        leads=next((kind.label for kind, _rows in context.chapters_of_kinds), ""),
    )
    document.blocks.extend(_front_page(context, front))
    document.blocks.extend(_chapters(context, is_fronted=bool(document.blocks)))
    return document


def current_document(round: Round) -> Document:
    """The report as everybody reads it: the last kept version of a published round, else as it reads today."""
    if round.state == Round.State.PUBLISHED and (kept := round.versions.first()):
        return from_json(kept.document)
    return build_report(round)


def document_on(round: Round, day: date) -> Document:
    """The report of a round, as it stood on a day (queries.round_on), as everybody read it on that day.

    Raises Http404 where the round has moved since and nothing of then was kept: it reads otherwise now.
    """
    if round.state == Round.State.PUBLISHED and (kept := round.versions.until(day).first()):
        return from_json(kept.document)
    if has_moved_since(round, day):
        raise Http404(_("本轮在所选的日期之后重新打开过，当时的报告没有留存"))
    return current_document(round)


def _cover(context: ReportContext, front: ReportFront) -> Iterator[str]:
    round = context.round
    if front.secrecy:
        yield front.secrecy
    yield round.name
    yield f"评估期：{day_words(round.starts_on)}至{day_words(round.ends_on)}"
    yield f"数据截至：{day_words(round.cut_off)}"
    if front.issued_by:
        yield front.issued_by
    if round.published_on:
        yield day_words(round.published_on)
    if context.plan.is_demo:
        yield f"{MARK}：其中的单位、人员和数据是虚构的，仅供培训"


def _front_page(context: ReportContext, front: ReportFront) -> Iterator[Block]:
    """签署页: who signs, and who was asked for an opinion; none where nobody is named."""
    signing = [line.strip() for line in front.signatories.splitlines() if line.strip()]
    if signing:
        yield Heading(1, FRONT_TITLES[0])
        # As high as a hand needs.
        rows = [[f"\n{line}\n", "", ""] for line in signing]
        yield DocumentTable("签署", ("单位、职务和姓名", "签名", "日期"), rows, (40, 25, 20))
    asked = [line.strip() for line in front.consulted.splitlines() if line.strip()]
    if asked:
        yield Heading(1, FRONT_TITLES[1])
        yield DocumentParagraph("、".join(asked) + "。")


def written(context: ReportContext) -> list[WrittenChapter]:
    """The chapters of a round: those people arranged, else those of its outline as the product drafts them."""
    kind = context.round.kind
    rows = list(ReportChapter.objects.filter(round=context.round).order_by("position", "id"))
    if not rows:
        return [WrittenChapter(one.title, drafted(context, one.draft)[0]) for one in outline_of(kind)]
    return [WrittenChapter(row.title, row.body or _unbegun(context, row)) for row in rows if not row.is_left_out]


def _unbegun(context: ReportContext, row: ReportChapter) -> str:
    """A chapter nobody has begun reads as drafted until somebody does."""
    return "" if row.is_begun else drafted(context, drafter_of(context.round.kind, row.key))[0]


def _chapters(context: ReportContext, *, is_fronted: bool) -> Iterator[Block]:
    """What has something to say, numbered; what has not is named once in the annex."""
    position, empty, tables = 0, [], count(1)
    for row in written(context):
        blocks = list(blocks_of(row.text, _places(context)))
        if not blocks:
            empty.append(row.title)
            continue
        position += 1
        yield Heading(1, f"{numeral(position)}、{row.title}", starts_page=is_fronted and position == 1)
        yield from _numbered(blocks, "表", tables)
    yield Heading(1, "附件", starts_page=True)
    yield from _numbered(_annex(context, empty), "附表", count(1))


def _numbered(blocks: Iterable[Block], name: str, numbers: Iterator[int]) -> Iterator[Block]:
    """The blocks with their tables numbered in order: 表1, 附表1."""
    for block in blocks:
        is_table = isinstance(block, DocumentTable)
        yield replace(block, caption=f"{name}{next(numbers)}　{block.caption}") if is_table else block


def _places(context: ReportContext):
    def placed(what: str, name: str) -> Iterable[Block]:
        if what == TABLE:
            return TABLES[name](context) if name in TABLES else ()
        return chart(context, name)

    return placed


def _annex(context: ReportContext, empty: list[str]) -> Iterator[Block]:
    silent = silent_words(context)
    if silent:
        yield DocumentParagraph(silent)
    if empty:
        yield DocumentParagraph(f"本报告没有内容、未单列的章节：{'、'.join(empty)}。")
    for name in ANNEX:
        yield from TABLES[name](context)


def silent_words(context: ReportContext) -> str:
    """What was given out to be evaluated and has no published note, said once; empty where all have."""
    rows = context.round.assignments.exclude(item__in=list(context.notes)).select_related("item__plan")
    waited = list(rows.order_by("item__order"))
    if not waited:
        return ""
    by_kind: dict[str, int] = {}
    for row in waited:
        label = row.item.get_kind_display()
        by_kind[label] = by_kind.get(label, 0) + 1
    told = "，".join(f"{label} {times} 项" for label, times in by_kind.items())
    return f"本轮分工评估而没有已发布评估意见的 {len(waited)} 项：{told}。"
