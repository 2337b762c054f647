"""Columns of the files of matrices, of the status page, of changes and of an item's history, in their order.

The names are a contract with everyone who reads the files; add only at the end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from indicators.figures.gaps import WORDS as GAP_STATES
from indicators.figures.gaps import GapRow, GapYear
from indicators.shown.wording import CAGR, FINAL, LINEAR_STATUSES
from plan.after_period import STATE_WORDS
from plan.changes import Cause, Change, EventKind, Method, ReadingChange
from plan.columns import Column, Row, Type, columns
from plan.kinds import kind_words
from plan.models import Source
from plan.readers import status_words
from updates.due import BACKLOG, DUE_SOON, OVERDUE, DueUpdate

REPORT_STATES = {DUE_SOON: "report_due", OVERDUE: "report_overdue", BACKLOG: "report_backlog"}
GAP_WORDS = {
    **GAP_STATES,
    "report_due": _("应填报"),
    "report_overdue": _("逾期未填报"),
    "report_backlog": _("待补录"),
}
MATRIX = columns(
    Column("row", "行编码", "Code of the row"),
    Column("row_title", "行", "Row"),
    Column("column", "列编码", "Code of the column"),
    Column("column_title", "列", "Column"),
    Column("mention", "提及方式", "How it is mentioned"),
    Column("words", "原文用语", "In the words"),
    Column("item", "出处编码", "Code of the place"),
    Column("item_title", "出处", "Place"),
    Column("quote", "规划原文", "Words of the plan"),
)
STATUS = columns(
    Column("chapter", "章", "Chapter"),
    Column("chapter_title", "章名", "Title of the chapter"),
    Column("kind", "类别", "Kind", words=kind_words),
    Column("status", "状态", "Status", words=status_words),
    Column("number", "条目数", "Commitments", Type.WHOLE),
)
# What is missing: a row for each year of each component, and one for each report that is due.
GAP = columns(
    Column("subject", "事项", "Subject", words={"figure": _("数据"), "report": _("填报")}),
    Column("code", "编码", "Code"),
    Column("name", "名称", "Name"),
    Column("year", "年份", "Year", Type.YEAR),
    Column("state", "状态", "State", words=GAP_WORDS),
    Column("due_on", "应于", "Due on", Type.DAY),
    Column("days_overdue", "逾期天数", "Days overdue", Type.WHOLE),
    Column("organisation", "责任单位编码", "Code of the organisation in charge"),
    Column("organisation_name", "责任单位", "Organisation in charge"),
    Column("publisher", "通常发布单位", "Usual publisher"),
    Column("month", "通常公布月份", "Usual month", Type.WHOLE),
    Column("last_year", "最近数据年份", "Year of the last figure", Type.YEAR),
    Column("last_value", "最近数据", "Last figure", Type.NUMBER),
    Column("unit", "单位", "Unit"),
    Column("reason", "说明", "Reason"),
)


def gap_year_row(row: GapRow, year: GapYear) -> Row:
    """A year of a component as a row of the file of what is missing."""
    return {
        "subject": "figure",
        "code": row.component.code,
        "name": row.component.name,
        "year": year.year,
        "state": year.state.value,
        "due_on": year.due_on,
        "days_overdue": year.days or None,
        **_in_charge(row.organisation),
        "publisher": row.component.usual_publisher,
        "month": row.component.due_month,
        "last_year": row.last.year if row.last else None,
        "last_value": row.last.value if row.last else None,
        "unit": row.indicator.unit,
        "reason": year.answer.reason if year.answer else "",
    }


def gap_report_row(due: DueUpdate, days: int) -> Row:
    """A missing report as a row of the same file."""
    return {
        **dict.fromkeys(GAP),
        "subject": "report",
        "code": due.item.code,
        "name": due.item.title,
        "year": due.period_end.year,
        "state": REPORT_STATES[due.state],
        "due_on": due.due_on,
        "days_overdue": days or None,
        **_in_charge(due.organisation),
    }


def _in_charge(organisation: Organisation | None) -> Row:
    code, name = (organisation.code, organisation.name) if organisation else (None, None)
    return {"organisation": code, "organisation_name": name}


# What each unit answers for: numbers of tasks by what was reported, and what is overdue.
UNIT = columns(
    Column("organisation", "责任单位编码", "Code of the organisation", find=lambda unit: unit.organisation.code),
    Column("organisation_name", "责任单位", "Organisation", find=lambda unit: unit.organisation.name),
    Column("indicators", "牵头指标", "Indicators led", Type.WHOLE, lambda unit: len(unit.indicators)),
    Column("tasks", "牵头任务", "Tasks led", Type.WHOLE, lambda unit: len(unit.tasks)),
    Column("tasks_done", "任务：已完成", "Tasks done", Type.WHOLE, lambda unit: unit.done),
    Column("tasks_not_done", "任务：未完成", "Tasks reported and not done", Type.WHOLE, lambda unit: unit.others),
    Column("tasks_silent", "任务：未填报", "Tasks without a report", Type.WHOLE, lambda unit: unit.silent),
    Column("projects", "牵头项目", "Projects led", Type.WHOLE, lambda unit: len(unit.entries)),
    Column("reports_overdue", "逾期未填报", "Reports overdue", Type.WHOLE, lambda unit: unit.late_reports),
    Column("figures_overdue", "逾期未公布数据", "Figures overdue", Type.WHOLE, lambda unit: unit.missing),
    Column(
        "actions_overdue", "整改逾期", "Follow-up actions overdue", Type.WHOLE,
        lambda unit: len(unit.late_findings),
    ),
    Column("days_overdue", "最长逾期天数", "Longest overdue, days", Type.WHOLE, lambda unit: unit.days or None),
    Column("last_report", "最近填报截至", "Last report as of", Type.DAY, lambda unit: unit.last_report),
    Column("reports_backlog", "待补录填报", "Reports to be filled in", Type.WHOLE, lambda unit: unit.backlog),
)  # fmt: skip


class WithReadings(Protocol):
    """What became known, with the readings it moved and the sources it rests on."""

    @property
    def steps(self) -> Sequence[ReadingChange]: ...
    @property
    def sources(self) -> Sequence[Source]: ...


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change on its way into a file; `address` is the site's own."""

    change: Change
    slug: str
    address: str

    @property
    def steps(self) -> Sequence[ReadingChange]:
        return self.change.steps

    @property
    def sources(self) -> Sequence[Source]:
        return self.change.sources


def _before(method: Method) -> Callable[[WithReadings], Any]:
    return lambda line: next((row.before and row.before.key for row in line.steps if row.method == method), None)


def _after(method: Method) -> Callable[[WithReadings], Any]:
    return lambda line: next((row.after.key for row in line.steps if row.method == method), None)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# What a change and a line of the history both say: every reading at both ends, then where it was published.
READINGS = (
    Column(
        "linear_before", "时间进度法判定（前）", "Linear verdict, before", find=_before(Method.LINEAR),
        words=LINEAR_STATUSES,
    ),
    Column(
        "linear_after", "时间进度法判定（后）", "Linear verdict, after", find=_after(Method.LINEAR),
        words=LINEAR_STATUSES,
    ),
    Column(
        "cagr_before", "复合增长率比值法判定（前）", "Growth-ratio verdict, before",
        find=_before(Method.CAGR), words=CAGR,
    ),
    Column(
        "cagr_after", "复合增长率比值法判定（后）", "Growth-ratio verdict, after",
        find=_after(Method.CAGR), words=CAGR,
    ),
    Column("final_before", "期末判定（前）", "Final verdict, before", find=_before(Method.FINAL), words=FINAL),
    Column("final_after", "期末判定（后）", "Final verdict, after", find=_after(Method.FINAL), words=FINAL),
    Column("status_before", "状态（前）", "Status, before", find=_before(Method.STATUS), words=STATE_WORDS),
    Column("status_after", "状态（后）", "Status, after", find=_after(Method.STATUS), words=STATE_WORDS),
    Column(
        "source_title", "来源", "Source",
        find=lambda line: "；".join(source.title for source in line.sources) or None,
    ),
    Column(
        "source_url", "来源网址", "Source address",
        find=lambda line: " ".join(source.url for source in line.sources if source.url) or None,
    ),
)  # fmt: skip
CHANGE = columns(
    Column("day", "日期", "Day", Type.DAY, lambda line: line.change.day.isoformat()),
    Column("cause", "原因", "Cause", find=lambda line: str(line.change.cause), words=dict(Cause.choices)),
    Column("code", "条目编码", "Item", find=lambda line: line.change.item and line.change.item.code),
    Column("component", "分项编码", "Component", find=lambda line: line.change.part or None),
    Column("title", "标题", "Title", find=lambda line: line.change.item and line.change.item.title),
    Column("kind", "类别", "Kind", find=lambda line: line.change.kind or None, words=kind_words),
    Column("year", "年份", "Year", Type.YEAR, lambda line: line.change.year),
    Column("old", "原值", "Old value", Type.NUMBER, lambda line: line.change.old_value),
    Column("new", "新值", "New value", Type.NUMBER, lambda line: line.change.new_value),
    *READINGS,
    Column("text", "说明", "Note", find=lambda line: line.change.text or None),
    Column(
        "url", "网址", "Address",
        find=lambda line: line.address + line.change.item.path(line.slug) if line.change.item else None,
    ),
    Column("public_on", "公布日", "Made public on", Type.DAY, lambda line: _iso(line.change.public_on)),
    Column("learned_on", "录入核定日", "Approved here on", Type.DAY, lambda line: _iso(line.change.learned_on)),
)  # fmt: skip
ENTRY = columns(
    Column("day", "日期", "Day", Type.DAY, lambda entry: entry.day.isoformat()),
    Column("kind", "类别", "Kind", find=lambda entry: str(entry.kind), words=dict(EventKind.choices)),
    Column("code", "编码", "Code", find=lambda entry: entry.code or None),
    Column("year", "年份", "Year", Type.YEAR, lambda entry: entry.year),
    Column("what", "内容", "What", find=lambda entry: entry.what or None),
    Column("mark", "标记", "Mark", find=lambda entry: entry.mark or None),
    *READINGS,
    Column("text", "说明", "Note", find=lambda entry: entry.text or None),
    Column(
        "logged_on", "系统记录日期", "Logged on", Type.DAY,
        lambda entry: entry.logged_on.isoformat() if entry.logged_on else None,
    ),
)  # fmt: skip
