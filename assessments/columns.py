"""Columns of the published notes' file and API: a contract with everyone who reads them; add only at the end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from assessments.models import Note, NoteStep, Round
from plan.columns import Column, Type, columns
from plan.kinds import kind_words
from plan.readers import status_words


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note as a step published it, on its way into a file; `address` is the site's own."""

    step: NoteStep
    slug: str
    address: str

    @property
    def note(self) -> Note:
        return self.step.note

    @property
    def conclusion(self) -> str:
        return self.step.body.get("conclusion", "")

    @property
    def pinned(self) -> dict[str, Any]:
        return self.step.body.get("pinned") or {}


def _said(name: str) -> Callable[[NoteLine], str]:
    """What the published text says under a name."""
    return lambda line: line.step.body.get(name, "")


def _named(line: NoteLine) -> list[dict[str, Any]]:
    """What the text was published with, as it named it then; internal material is in no file."""
    shown = {row.pk for row in line.note.evidence.all() if not row.is_internal}
    return [row for row in line.step.body.get("evidence", []) if row["pk"] in shown]


def _evidence(row: dict[str, Any]) -> str:
    """Title, document number and where it is or its checksum: 总结报告 深府办〔2022〕5号 sha256:ab12…"""
    where = row["url"] or f"sha256:{row['sha256']}"
    return " ".join(filter(None, [row["title"], row["document_number"], where]))


def _url(line: NoteLine) -> str:
    return line.address + reverse("assessments:past", args=[line.slug, line.note.pk, line.step.pk])


NOTE = columns(
    Column("plan", "规划", "Plan", find=lambda line: line.slug),
    Column("round", "轮次代码", "Code of the round", find=lambda line: line.note.round.code),
    Column("round_name", "轮次", "Round", find=lambda line: line.note.round.name),
    Column(
        "round_kind", "轮次类别", "Kind of round", find=lambda line: line.note.round.kind,
        words=dict(Round.Kind.choices),
    ),
    Column("cut_off", "数据截止日", "Cut-off day", Type.DAY, lambda line: line.note.round.cut_off.isoformat()),
    Column("item", "条目编码", "Item", find=lambda line: line.note.item.code),
    Column("title", "条目", "Title", find=lambda line: line.note.item.title),
    Column("kind", "类别", "Kind", find=lambda line: line.note.item.plan_kind, words=kind_words),
    Column("conclusion", "评估结论代码", "Code of the conclusion", find=lambda line: line.conclusion),
    Column(
        "conclusion_text", "评估结论", "Conclusion",
        find=lambda line: str(Note.Conclusion(line.conclusion).label) if line.conclusion else "",
    ),
    Column(
        "computed", "系统判定", "Computed verdict", find=lambda line: line.pinned.get("status"), words=status_words
    ),
    Column(
        "difference_reason", "与系统判定不同的理由", "Why it differs from the verdict",
        find=_said("difference_reason"),
    ),
    Column("progress", "进展情况", "Progress", find=_said("progress")),
    Column("results", "主要成效", "Results", find=_said("results")),
    Column("problems", "存在问题", "Problems", find=_said("problems")),
    Column("causes", "原因分析", "Causes", find=_said("causes")),
    Column("remedies", "对策建议", "Remedies", find=_said("remedies")),
    Column(
        "adjustment", "调整建议", "Adjustment proposed", find=_said("adjustment"),
        words=dict(Note.Adjustment.choices),
    ),
    Column("adjustment_reason", "调整理由", "Why to adjust", find=_said("adjustment_reason")),
    Column("adjustment_document", "依据文件", "Document it rests on", find=_said("adjustment_document")),
    Column(
        "forecast_value", "期末预计值", "Value expected at the end", Type.NUMBER,
        lambda line: line.step.body.get("forecast_value") or None,
    ),
    Column(
        "forecast", "期末能否完成", "Whether the end is reached", find=_said("forecast"),
        words=dict(Note.Forecast.choices),
    ),
    Column(
        "evidence", "佐证材料", "Evidence",
        find=lambda line: [_evidence(row) for row in _named(line)],
    ),
    Column(
        "organisation", "评估单位", "Evaluating organisation",
        find=lambda line: line.note.organisation and line.note.organisation.name,
    ),
    Column(
        "published_on", "发布日期", "Published on", Type.DAY,
        lambda line: timezone.localdate(line.step.at).isoformat(),
    ),
    Column("rule_version", "规则版本", "Rule version", find=lambda line: line.pinned.get("rule_version")),
    Column("url", "网址", "Address", find=_url),
)  # fmt: skip
