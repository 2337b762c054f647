"""The tables of the data package: columns with their meaning, and the rows as known on a day.

Rows come in one order that nothing but their content decides, so that the same day gives the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import F

from indicators.files.columns import PROGRESS, ComponentLine
from indicators.models import Component, Observation, Target
from indicators.queries import overview
from plan.columns import Column, Row, Type, columns, row_of
from plan.models import Focus, Item, Link, Paragraph, Plan
from plan.queries import statuses_on
from reports.describing import Described
from updates.columns import UPDATE
from updates.models import StatusUpdate
from updates.queries import approved_on, with_all

DAY, NUMBER, WHOLE, YEAR = Type.DAY, Type.NUMBER, Type.WHOLE, Type.YEAR


@dataclass(frozen=True)
class PackageTable:
    """A table: what its rows are made of on a day, and `refers`, own column → (table, its column)."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    read: Callable[[Plan, date], Iterable[Any]]
    refers: tuple[tuple[str, str, str], ...] = ()

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @property
    def described(self) -> Described:
        return Described(self.name, self.zh, self.en, self.columns, self.key, self.refers)

    def rows(self, plan: Plan, as_of: date) -> Iterator[Row]:
        named = columns(*self.columns)
        return (row_of(named, source) for source in self.read(plan, as_of))


def _sections(plan: Plan, as_of: date):
    return plan.sections.select_related("parent").order_by("order")


def _paragraphs(plan: Plan, as_of: date):
    return Paragraph.objects.filter(plan=plan).select_related("section").order_by("order")


@dataclass(frozen=True, slots=True)
class _Commitment:
    """An item with its status of the day."""

    item: Item
    known: Any


def _items(plan: Plan, as_of: date) -> Iterator[_Commitment]:
    statuses = statuses_on(plan, as_of)
    rows = plan.items.select_related("parent", "section", "paragraph", "lead").order_by("order")
    return (_Commitment(row, statuses.get(row.code, row)) for row in rows)


def _indicators(plan: Plan, as_of: date):
    return (standing.indicator for standing in overview(plan, as_of).standings)


def _components(plan: Plan, as_of: date):
    rows = Component.objects.of(plan).select_related("indicator", "baseline_source", "continues__indicator__plan")
    return rows.order_by("indicator__order", "order", "code")


def _targets(plan: Plan, as_of: date):
    rows = Target.objects.filter(component__in=Component.objects.of(plan)).known_on(as_of)
    order = ("component__indicator__order", "component__order", "component__code", "version")
    return rows.select_related("component").order_by(*order)


def _known(plan: Plan, as_of: date):
    rows = Observation.objects.filter(component__in=Component.objects.of(plan)).known_on(as_of)
    order = ("component__indicator__order", "component__order", "component__code", "year", "released_on")
    return rows.select_related("component", "source").order_by(*order, "source__title", "source__url")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure with the note on it that was known by the day."""

    row: Observation
    note: str


def _observations(plan: Plan, as_of: date) -> Iterator[_Figure]:
    rows = _known(plan, as_of).iterator(chunk_size=2000)
    return (_Figure(row.as_on(as_of), row.note_known_by(as_of)) for row in rows)


def _verdicts(plan: Plan, as_of: date) -> Iterator[ComponentLine]:
    standings = overview(plan, as_of).standings
    return (ComponentLine(standing, part, as_of) for standing in standings for part in standing.components)


def _sources(plan: Plan, as_of: date):
    figures = _known(plan, as_of).order_by().values_list("source_id", flat=True)
    baselines = Component.objects.of(plan).values_list("baseline_source_id", flat=True)
    wanted = {plan.source_id, *figures, *baselines} - {None}
    return type(plan.source).objects.filter(pk__in=wanted).order_by("title", "url")


def _links(plan: Plan, as_of: date):
    rows = Link.objects.filter(source__plan=plan).select_related("source", "target")
    return rows.order_by("source__order", "target__order", "kind", "quote")


def _industries(plan: Plan, as_of: date):
    return plan.industries.select_related("parent", "item").order_by("order")


def _focuses(plan: Plan, as_of: date):
    rows = Focus.objects.filter(item__plan=plan).select_related("item", "industry")
    return rows.order_by("item__order", "order", "name")


@dataclass(frozen=True, slots=True)
class _Numbered:
    """An approved report with its place in the table."""

    number: int
    row: StatusUpdate


def _updates(plan: Plan, as_of: date) -> Iterator[_Numbered]:
    rows = with_all(approved_on(plan, as_of)).order_by("item__order", "status_on", F("known_on"), "id")
    return (_Numbered(number, row) for number, row in enumerate(rows, start=1))


def column(name: str, zh: str, en: str, at: str = "", type: Type = Type.TEXT, *, required: bool = False) -> Column:
    """A column whose value lies `at` a path of attributes, which may end early at a None; else at its name."""
    steps = (at or name).split(".")

    def find(source: Any) -> Any:
        for step in steps:
            source = None if source is None else getattr(source, step)
        return source

    return Column(name, zh, en, type, find, required=required)


def must(name: str, zh: str, en: str, at: str = "", type: Type = Type.TEXT) -> Column:
    """The same of a value that every row has."""
    return column(name, zh, en, at, type, required=True)


def place(own: Column) -> Column:
    """The same of a section's number."""
    return replace(own, is_place=True)


def _verdict(name: str, *, required: bool = False) -> Column:
    """A column of the progress file."""
    own = PROGRESS[name]
    return Column(name, own.zh, own.en, own.type, own.find, required=required)


COMPONENT = ("component", "分项编码", "Component")
OF_COMPONENT = must(*COMPONENT, "component.code")
TABLES: tuple[PackageTable, ...] = (
    PackageTable("sections", "章节", "Chapters and sections", (
        place(must("section", "编号", "Number", "number")), column("title", "标题", "Title"),
        place(column("parent", "上级编号", "Part of", "parent.number")),
        must("order", "顺序", "Order", type=WHOLE),
    ), ("section",), _sections, (("parent", "sections", "section"),)),
    PackageTable("paragraphs", "规划原文", "Text of the plan", (
        must("paragraph", "段号", "Paragraph", "order", WHOLE),
        place(must("section", "章节", "Section", "section.number")),
        must("kind", "类别", "Kind"), must("text", "文字", "Text"),
    ), ("paragraph",), _paragraphs, (("section", "sections", "section"),)),
    PackageTable("items", "条目", "Commitments", (
        must("code", "编码", "Code", "item.code"), must("kind", "类别", "Kind", "item.kind"),
        must("title", "标题", "Title", "item.title"),
        column("title_en", "英文标题", "English title", "item.title_en"),
        must("quote", "规划原文", "Words of the plan", "item.quote"),
        column("parent", "上级编码", "Part of", "item.parent.code"),
        place(must("section", "章节", "Section", "item.section.number")),
        must("paragraph", "段号", "Paragraph", "item.paragraph.order", WHOLE),
        column("lead", "牵头单位", "Lead organisation", "item.lead.name"),
        must("status", "状态", "Status", "known.status"),
        column("progress", "完成份额", "Share done", "known.progress", NUMBER),
        column("status_as_of", "状态截至", "Status as of", "known.status_as_of", DAY),
    ), ("code",), _items, (
        ("parent", "items", "code"), ("section", "sections", "section"), ("paragraph", "paragraphs", "paragraph"),
    )),
    PackageTable("indicators", "指标", "Indicators", (
        must("code", "编码", "Code"), must("unit", "单位", "Unit"), column("unit_en", "英文单位", "English unit"),
        must("direction", "方向", "Direction"), must("nature", "性质", "Nature"),
        must("in_table", "列入主要指标表", "In the plan's table", type=Type.YES_NO),
        column("definition", "含义", "Meaning"), column("definition_en", "英文含义", "English meaning"),
    ), ("code",), _indicators, (("code", "items", "code"),)),
    PackageTable("components", "分项", "Components", (
        must(*COMPONENT, "code"), must("code", "编码", "Code", "indicator.code"), must("name", "名称", "Name"),
        column("name_en", "英文名称", "English name"), must("accumulation", "累计方式", "Accumulation"),
        column("baseline_year", "基期年", "Baseline year", type=YEAR),
        column("baseline_value", "基期值", "Baseline", type=NUMBER),
        column("baseline_source", "基期来源", "Source of the baseline", "baseline_source.title"),
        column("continues_plan", "接续的规划", "Plan it goes on from", "continues.indicator.plan.slug"),
        column("continues_component", "接续的分项", "Component it goes on from", "continues.code"),
        column("continues_note", "接续口径说明", "What differs from it"),
    ), ("component",), _components, (("code", "indicators", "code"),)),
    PackageTable("targets", "目标值", "Target versions", (
        OF_COMPONENT, must("version", "版本", "Version", type=WHOLE), must("type", "类型", "Type"),
        column("value", "目标值", "Value", type=NUMBER),
        column("low", "下限", "Low", type=NUMBER), column("high", "上限", "High", type=NUMBER),
        must("year", "目标年", "Target year", type=YEAR), must("text", "原文写法", "As printed"),
        column("path", "年度目标", "Yearly targets", "path_text"),
        column("effective_on", "生效日期", "Effective on", type=DAY),
        column("approving_body", "批准机关", "Approved by"),
        column("document_number", "文号", "Document number"),
    ), ("component", "version"), _targets, (("component", "components", "component"),)),
    PackageTable("observations", "数据", "Figures as released", (
        must(*COMPONENT, "row.component.code"), must("year", "年份", "Year", "row.year", YEAR),
        must("value", "数值", "Value", "row.value", NUMBER),
        must("value_status", "数据性质", "Kind of figure", "row.value_status"),
        must("precision", "精确程度", "Precision", "row.precision"),
        must("exclusive", "不含本数", "Number excluded", "row.exclusive", Type.YES_NO),
        must("state", "状态", "State", "row.state"),
        must("released_on", "公布日期", "Released on", "row.released_on", DAY),
        must("source", "来源", "Source", "row.source.title"),
        column("source_url", "来源网址", "Source address", "row.source.url"),
        column("published_text", "公布时的写法", "As published", "row.published_text"),
        column("note", "说明", "Note"),
    ), ("component", "year", "released_on", "source", "source_url"), _observations,
        (("component", "components", "component"),)),
    PackageTable("verdicts", "判定", "Verdicts of the day", (
        _verdict("component", required=True), _verdict("latest_year"), _verdict("linear_status", required=True),
        _verdict("linear_progress"), _verdict("linear_lead"), _verdict("cagr_status", required=True),
        _verdict("cagr_ratio"), _verdict("final_verdict", required=True), _verdict("rule_version", required=True),
    ), ("component",), _verdicts, (("component", "components", "component"),)),
    PackageTable("sources", "来源", "Sources", (
        must("source", "标题", "Title", "title"), column("source_url", "网址", "Address", "url"),
        column("publisher", "发布单位", "Publisher"), column("document_number", "文号", "Document number"),
        column("published_on", "发布日期", "Published on", type=DAY),
    ), ("source", "source_url"), _sources),
    PackageTable("links", "关联", "Ties between commitments", (
        must("from", "出处编码", "From", "source.code"), must("to", "指向编码", "To", "target.code"),
        must("kind", "类别", "Kind"), must("basis", "依据", "Basis"),
        column("quote", "原文", "Words"), column("note", "说明", "Note"),
    ), ("from", "to", "kind", "quote"), _links, (("from", "items", "code"), ("to", "items", "code"))),
    PackageTable("industries", "产业", "Industries", (
        must("industry", "编码", "Code", "code"), must("name", "名称", "Name"),
        column("name_en", "英文名称", "English name"), must("level", "层级", "Level"),
        column("parent", "上级编码", "Part of", "parent.code"), column("item", "条目编码", "Item", "item.code"),
    ), ("industry",), _industries, (("parent", "industries", "industry"), ("item", "items", "code"))),
    PackageTable("focuses", "聚焦产业", "Focus industries", (
        must("item", "条目编码", "Item", "item.code"), must("name", "原文名称", "Name as printed"),
        column("name_en", "英文名称", "English name"), column("industry", "产业编码", "Industry", "industry.code"),
    ), ("item", "name"), _focuses, (("item", "items", "code"), ("industry", "industries", "industry"))),
    PackageTable("updates", "进展填报", "Status reports", (
        must("update", "序号", "Number", "number", WHOLE), must("item", "条目编码", "Item", "row.item.code"),
        column("organisation", "填报单位", "Reporting organisation", "row.organisation.name"),
        must("status_on", "进展截至", "Speaks of", "row.status_on", DAY),
        must("status", "状态", "Status", "row.status"),
        column("progress_percent", "完成份额（%）", "Share done (%)", "row.progress", NUMBER),
        *(column(name, UPDATE[name].zh, UPDATE[name].en, f"row.{name}") for name in StatusUpdate.TEXTS),
        must("known_on", "核定日期", "Approved on", "row.known_on", DAY),
    ), ("update",), _updates, (("item", "items", "code"),)),
)  # fmt: skip
