"""Columns of the file and API of published statements: a contract with everyone who reads them; add at the end."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from evidence.models import PublicEvidence
from plan.columns import Column, Row, Type, columns, row_of
from plan.models import Source
from plan.public import Says


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A statement on its way into a file of a day; `address` is the site's own."""

    row: PublicEvidence
    slug: str
    address: str
    day: date


def _url(line: EvidenceLine) -> str:
    return line.address + reverse("evidence:detail", args=[line.slug, line.row.pk])


def _contradicts(line: EvidenceLine) -> int | None:
    """The number of the statement it contradicts, as far as that was public on the day."""
    other = line.row.contradicts
    return other.pk if other and other.was_known(line.day) else None


EVIDENCE = columns(
    Column("plan", "规划", "Plan", find=lambda line: line.slug),
    Column("item", "条目编码", "Item", find=lambda line: line.row.item.code, required=True),
    Column("title", "条目", "Title", find=lambda line: line.row.item.title),
    Column(
        "says", "说明了什么", "Says", find=lambda line: line.row.says, words=dict(Says.choices), required=True
    ),
    Column("fact", "事实", "Fact", find=lambda line: line.row.fact, required=True),
    Column("phrase", "原文用语", "As printed", find=lambda line: line.row.phrase),
    Column("number", "数量", "Number", Type.NUMBER, lambda line: line.row.number),
    Column("unit", "单位", "Unit", find=lambda line: line.row.unit),
    # As far as they are printed: 2024-05-01, 2024-05 or 2024.
    Column("took_place_on", "发生日期", "Took place", find=lambda line: line.row.took_place or None),
    Column("published_on", "公布日期", "Published", find=lambda line: line.row.published, required=True),
    Column("publisher", "发布单位", "Publisher", find=lambda line: line.row.source.publisher, required=True),
    Column("source_title", "来源标题", "Source", find=lambda line: line.row.source.title, required=True),
    Column("source_url", "来源网址", "Source address", find=lambda line: line.row.source.url),
    Column("document_number", "文号", "Document number", find=lambda line: line.row.source.document_number),
    Column(
        "rank", "来源等级", "Rank of source", words=dict(Source.Rank.choices),
        find=lambda line: line.row.source.rank,
    ),
    Column("contradicts", "与之矛盾", "Contradicts", Type.WHOLE, _contradicts),
    Column("note", "说明", "Note", find=lambda line: line.row.note),
    Column("id", "编号", "Number of the statement", Type.WHOLE, lambda line: line.row.pk),
    Column("url", "网址", "Address", find=_url),
)  # fmt: skip


def evidence_row(row: PublicEvidence, slug: str, address: str, day: date) -> Row:
    """An approved statement as files and the API of a day give it."""
    return row_of(EVIDENCE, EvidenceLine(row, slug, address, day))
