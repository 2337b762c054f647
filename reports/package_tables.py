"""The tables of the data package: columns with their meaning, and the rows as known on a day.

Rows come in one order that nothing but their content decides, so that the same day gives the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F

from indicators.models import Component, Observation, Target
from indicators.queries import overview
from judging.decimals import decimal_of
from plan.models import Focus, Link, Paragraph, Plan
from plan.queries import statuses_on
from updates.queries import approved_on, with_all

Row = dict[str, Any]


@dataclass(frozen=True)
class PackageColumn:
    """A column: machine name, Chinese and English heading, datatype of CSV on the Web."""

    name: str
    zh: str
    en: str
    datatype: str = "string"
    required: bool = False


@dataclass(frozen=True)
class PackageTable:
    name: str
    zh: str
    en: str
    columns: tuple[PackageColumn, ...]
    key: tuple[str, ...]
    rows: Callable[[Plan, date], Iterable[Row]]
    # Own column → (table, its column).
    refers: tuple[tuple[str, str, str], ...] = ()

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


def _sections(plan: Plan, as_of: date) -> Iterator[Row]:
    for row in plan.sections.select_related("parent").order_by("order"):
        parent = row.parent.number if row.parent else None
        yield {"section": row.number, "title": row.title, "parent": parent, "order": row.order}


def _paragraphs(plan: Plan, as_of: date) -> Iterator[Row]:
    for row in Paragraph.objects.filter(plan=plan).select_related("section").order_by("order"):
        yield {"paragraph": row.order, "section": row.section.number, "kind": row.kind, "text": row.text}


def _items(plan: Plan, as_of: date) -> Iterator[Row]:
    statuses = statuses_on(plan, as_of)
    rows = plan.items.select_related("parent", "section", "paragraph", "lead").order_by("order")
    for row in rows:
        known = statuses.get(row.code, row)
        yield {
            "code": row.code,
            "kind": row.kind,
            "title": row.title,
            "title_en": row.title_en,
            "quote": row.quote,
            "parent": row.parent.code if row.parent else None,
            "section": row.section.number,
            "paragraph": row.paragraph.order,
            "lead": row.lead.name if row.lead else None,
            "status": known.status,
            "progress": known.progress,
            "status_as_of": known.status_as_of,
        }


def _indicators(plan: Plan, as_of: date) -> Iterator[Row]:
    for standing in overview(plan, as_of).standings:
        row = standing.indicator
        yield {
            "code": row.code,
            "unit": row.unit,
            "unit_en": row.unit_en,
            "direction": row.direction,
            "nature": row.nature,
            "in_table": "true" if row.in_table else "false",
            "definition": row.definition,
            "definition_en": row.definition_en,
        }


def _components(plan: Plan, as_of: date) -> Iterator[Row]:
    rows = Component.objects.of(plan).select_related("indicator", "baseline_source")
    for row in rows.order_by("indicator__order", "order", "code"):
        yield {
            "component": row.code,
            "code": row.indicator.code,
            "name": row.name,
            "name_en": row.name_en,
            "accumulation": row.accumulation,
            "baseline_year": row.baseline_year,
            "baseline_value": row.baseline_value,
            "baseline_source": row.baseline_source.title if row.baseline_source else None,
        }


def _targets(plan: Plan, as_of: date) -> Iterator[Row]:
    rows = Target.objects.filter(component__in=Component.objects.of(plan)).known_on(as_of)
    order = ("component__indicator__order", "component__order", "component__code", "version")
    for row in rows.select_related("component").order_by(*order):
        yield {
            "component": row.component.code,
            "version": row.version,
            "type": row.type,
            "value": row.value,
            "low": row.low,
            "high": row.high,
            "year": row.year,
            "text": row.text,
            "effective_on": row.effective_on,
            "approving_body": row.approving_body,
            "document_number": row.document_number,
        }


def _known(plan: Plan, as_of: date):
    rows = Observation.objects.filter(component__in=Component.objects.of(plan)).known_on(as_of)
    order = ("component__indicator__order", "component__order", "component__code", "year", "released_on")
    return rows.select_related("component", "source").order_by(*order, "source__title", "source__url")


def _observations(plan: Plan, as_of: date) -> Iterator[Row]:
    for row in _known(plan, as_of).iterator(chunk_size=2000):
        yield {
            "component": row.component.code,
            "year": row.year,
            "value": row.value,
            "value_status": row.value_status,
            "precision": row.precision,
            "state": row.state,
            "released_on": row.released_on,
            "source": row.source.title,
            "source_url": row.source.url,
            "published_text": row.published_text,
            "note": row.note_known_by(as_of),
        }


def _verdicts(plan: Plan, as_of: date) -> Iterator[Row]:
    for standing in overview(plan, as_of).standings:
        for part in standing.components:
            found = part.assessment
            yield {
                "component": part.component.code,
                "latest_year": part.latest.year if part.latest else None,
                "linear_status": found.linear.status,
                "linear_progress": decimal_of(found.linear.progress),
                "linear_lead": decimal_of(found.linear.lead),
                "cagr_status": found.cagr.status,
                "cagr_ratio": found.cagr.ratio,
                "final_verdict": found.final_verdict,
                "rule_version": part.rule.version,
            }


def _sources(plan: Plan, as_of: date) -> Iterator[Row]:
    figures = _known(plan, as_of).order_by().values_list("source_id", flat=True)
    baselines = Component.objects.of(plan).values_list("baseline_source_id", flat=True)
    wanted = {plan.source_id, *figures, *baselines} - {None}
    for row in type(plan.source).objects.filter(pk__in=wanted).order_by("title", "url"):
        yield {
            "source": row.title,
            "source_url": row.url,
            "publisher": row.publisher,
            "document_number": row.document_number,
            "published_on": row.published_on,
        }


def _links(plan: Plan, as_of: date) -> Iterator[Row]:
    rows = Link.objects.filter(source__plan=plan).select_related("source", "target")
    for row in rows.order_by("source__order", "target__order", "kind", "quote"):
        yield {
            "from": row.source.code,
            "to": row.target.code,
            "kind": row.kind,
            "basis": row.basis,
            "quote": row.quote,
            "note": row.note,
        }


def _industries(plan: Plan, as_of: date) -> Iterator[Row]:
    for row in plan.industries.select_related("parent", "item").order_by("order"):
        yield {
            "industry": row.code,
            "name": row.name,
            "name_en": row.name_en,
            "level": row.level,
            "parent": row.parent.code if row.parent else None,
            "item": row.item.code if row.item else None,
        }


def _focuses(plan: Plan, as_of: date) -> Iterator[Row]:
    rows = Focus.objects.filter(item__plan=plan).select_related("item", "industry")
    for row in rows.order_by("item__order", "order", "name"):
        industry = row.industry.code if row.industry else None
        yield {"item": row.item.code, "name": row.name, "name_en": row.name_en, "industry": industry}


def _updates(plan: Plan, as_of: date) -> Iterator[Row]:
    rows = with_all(approved_on(plan, as_of)).order_by("item__order", "status_on", F("known_on"), "id")
    for number, row in enumerate(rows, start=1):
        yield {
            "update": number,
            "item": row.item.code,
            "organisation": row.organisation.name if row.organisation else None,
            "status_on": row.status_on,
            "status": row.status,
            "progress_percent": row.progress,
            "done": row.done,
            "problems": row.problems,
            "next_steps": row.next_steps,
            "known_on": row.known_on,
        }


C = PackageColumn
CODE = C("code", "编码", "Code", required=True)
COMPONENT = C("component", "分项编码", "Component", required=True)
DECIMAL, YEAR, DAY, WHOLE = "decimal", "gYear", "date", "integer"
TABLES: tuple[PackageTable, ...] = (
    PackageTable("sections", "章节", "Chapters and sections", (
        C("section", "编号", "Number", required=True), C("title", "标题", "Title"),
        C("parent", "上级编号", "Part of"), C("order", "顺序", "Order", WHOLE, True),
    ), ("section",), _sections, (("parent", "sections", "section"),)),
    PackageTable("paragraphs", "规划原文", "Text of the plan", (
        C("paragraph", "段号", "Paragraph", WHOLE, True), C("section", "章节", "Section", required=True),
        C("kind", "类别", "Kind", required=True), C("text", "文字", "Text", required=True),
    ), ("paragraph",), _paragraphs, (("section", "sections", "section"),)),
    PackageTable("items", "条目", "Commitments", (
        CODE, C("kind", "类别", "Kind", required=True), C("title", "标题", "Title", required=True),
        C("title_en", "英文标题", "English title"), C("quote", "规划原文", "Words of the plan", required=True),
        C("parent", "上级编码", "Part of"), C("section", "章节", "Section", required=True),
        C("paragraph", "段号", "Paragraph", WHOLE, True), C("lead", "牵头单位", "Lead organisation"),
        C("status", "状态", "Status", required=True), C("progress", "完成份额", "Share done", DECIMAL),
        C("status_as_of", "状态截至", "Status as of", DAY),
    ), ("code",), _items, (
        ("parent", "items", "code"), ("section", "sections", "section"), ("paragraph", "paragraphs", "paragraph"),
    )),
    PackageTable("indicators", "指标", "Indicators", (
        CODE, C("unit", "单位", "Unit", required=True), C("unit_en", "英文单位", "English unit"),
        C("direction", "方向", "Direction", required=True), C("nature", "性质", "Nature", required=True),
        C("in_table", "列入主要指标表", "In the plan's table", "boolean", True),
        C("definition", "含义", "Meaning"), C("definition_en", "英文含义", "English meaning"),
    ), ("code",), _indicators, (("code", "items", "code"),)),
    PackageTable("components", "分项", "Components", (
        COMPONENT, CODE, C("name", "名称", "Name", required=True), C("name_en", "英文名称", "English name"),
        C("accumulation", "累计方式", "Accumulation", required=True),
        C("baseline_year", "基期年", "Baseline year", YEAR), C("baseline_value", "基期值", "Baseline", DECIMAL),
        C("baseline_source", "基期来源", "Source of the baseline"),
    ), ("component",), _components, (("code", "indicators", "code"),)),
    PackageTable("targets", "目标值", "Target versions", (
        COMPONENT, C("version", "版本", "Version", WHOLE, True), C("type", "类型", "Type", required=True),
        C("value", "目标值", "Value", DECIMAL),
        C("low", "下限", "Low", DECIMAL), C("high", "上限", "High", DECIMAL),
        C("year", "目标年", "Target year", YEAR, True), C("text", "原文写法", "As printed", required=True),
        C("effective_on", "生效日期", "Effective on", DAY), C("approving_body", "批准机关", "Approved by"),
        C("document_number", "文号", "Document number"),
    ), ("component", "version"), _targets, (("component", "components", "component"),)),
    PackageTable("observations", "数据", "Figures as released", (
        COMPONENT, C("year", "年份", "Year", YEAR, True), C("value", "数值", "Value", DECIMAL, True),
        C("value_status", "数据性质", "Kind of figure", required=True),
        C("precision", "精确程度", "Precision", required=True), C("state", "状态", "State", required=True),
        C("released_on", "公布日期", "Released on", DAY, True), C("source", "来源", "Source", required=True),
        C("source_url", "来源网址", "Source address"), C("published_text", "公布时的写法", "As published"),
        C("note", "说明", "Note"),
    ), ("component", "year", "released_on", "source", "source_url"), _observations,
        (("component", "components", "component"),)),
    PackageTable("verdicts", "判定", "Verdicts of the day", (
        COMPONENT, C("latest_year", "数据年份", "Latest year", YEAR),
        C("linear_status", "时间进度法判定", "Linear verdict", required=True),
        C("linear_progress", "完成份额", "Share of the way done", DECIMAL),
        C("linear_lead", "进度比", "Pace ratio", DECIMAL),
        C("cagr_status", "复合增长率比值法判定", "Growth-ratio verdict", required=True),
        C("cagr_ratio", "增长率比值", "Growth ratio", DECIMAL),
        C("final_verdict", "期末判定", "Final verdict", required=True),
        C("rule_version", "规则版本", "Rule version", required=True),
    ), ("component",), _verdicts, (("component", "components", "component"),)),
    PackageTable("sources", "来源", "Sources", (
        C("source", "标题", "Title", required=True), C("source_url", "网址", "Address"),
        C("publisher", "发布单位", "Publisher"), C("document_number", "文号", "Document number"),
        C("published_on", "发布日期", "Published on", DAY),
    ), ("source", "source_url"), _sources),
    PackageTable("links", "关联", "Ties between commitments", (
        C("from", "出处编码", "From", required=True), C("to", "指向编码", "To", required=True),
        C("kind", "类别", "Kind", required=True), C("basis", "依据", "Basis", required=True),
        C("quote", "原文", "Words"), C("note", "说明", "Note"),
    ), ("from", "to", "kind", "quote"), _links, (("from", "items", "code"), ("to", "items", "code"))),
    PackageTable("industries", "产业", "Industries", (
        C("industry", "编码", "Code", required=True), C("name", "名称", "Name", required=True),
        C("name_en", "英文名称", "English name"), C("level", "层级", "Level", required=True),
        C("parent", "上级编码", "Part of"), C("item", "条目编码", "Item"),
    ), ("industry",), _industries, (("parent", "industries", "industry"), ("item", "items", "code"))),
    PackageTable("focuses", "聚焦产业", "Focus industries", (
        C("item", "条目编码", "Item", required=True), C("name", "原文名称", "Name as printed", required=True),
        C("name_en", "英文名称", "English name"), C("industry", "产业编码", "Industry"),
    ), ("item", "name"), _focuses, (("item", "items", "code"), ("industry", "industries", "industry"))),
    PackageTable("updates", "进展填报", "Status reports", (
        C("update", "序号", "Number", WHOLE, True), C("item", "条目编码", "Item", required=True),
        C("organisation", "填报单位", "Reporting organisation"),
        C("status_on", "进展截至", "Speaks of", DAY, True), C("status", "状态", "Status", required=True),
        C("progress_percent", "完成份额（%）", "Share done (%)", DECIMAL),
        C("done", "进展情况", "What was done"), C("problems", "存在问题", "Problems"),
        C("next_steps", "下一步安排", "Next steps"), C("known_on", "核定日期", "Approved on", DAY, True),
    ), ("update",), _updates, (("item", "items", "code"),)),
)  # fmt: skip
