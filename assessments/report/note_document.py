"""One note as a document of plain blocks, for its printed page."""

from datetime import date
from typing import Any

from django.utils.translation import override

from assessments.models import Note
from assessments.report.document import Document, DocumentParagraph, DocumentTable, Heading, Labelled
from assessments.wording import PinShown, said, show_pin
from plan.after_period import STATE_WORDS, state_on


@override("zh-hans")
def note_document(note: Note, body: dict[str, Any], *, state: str) -> Document:
    """The text of a step (notes.body_of) with what it was pinned to, in Chinese whoever opens it.

    `state` is the state of a note that is not published, which the sheet says; empty for one that is.
    """
    told = said(body, note)
    lines = [f"{note.round.name}　数据截至 {note.round.cut_off.isoformat()}"]
    if note.organisation:
        lines.append(f"评估单位：{note.organisation.name}")
    if state:
        lines.append(f"{Note.State(state).label}，尚未发布")
    document = Document(
        title=f"{note.item.code} {note.item.title}",
        subtitle="评估意见",
        lines=lines,
        dated=(note.published_on or note.round.cut_off).isoformat(),
    )
    blocks = document.blocks
    blocks.append(Heading(1, "一、规划原文"))
    blocks.append(DocumentParagraph(note.item.quote))
    blocks.append(Heading(1, "二、评估意见"))
    blocks.append(Labelled("评估结论", told.conclusion.word if told.conclusion else "（未填写）"))
    blocks.extend(Labelled(line.label, line.text) for line in told.lines)
    if told.difference:
        blocks.append(Labelled("与系统判定不同的理由", told.difference))
    if body.get("pinned"):
        blocks.append(Heading(1, "三、所依据的数据"))
        blocks.extend(_grounds(show_pin(body["pinned"]), note.round.plan.ends_on))
    if told.evidence:
        rows = [
            [row["title"], row["document_number"] or "—", row["url"] or row["sha256"]] for row in told.evidence
        ]
        blocks.append(Heading(1, "四、佐证材料"))
        blocks.append(DocumentTable("佐证材料", ("名称", "文号", "网址或 SHA-256"), rows, (30, 20, 50)))
    return document


def _grounds(pin: PinShown, ends_on: date) -> list:
    if not pin.is_indicator:
        said_of = pin.update["done"] if pin.update else "（没有已核定的填报）"
        status_on = pin.update["status_on"] if pin.update else None
        state = state_on(pin.status.key, status_on, ends_on, pin.as_of)
        return [Labelled("系统记录的状态", str(STATE_WORDS[state])), Labelled("责任单位填报", said_of)]
    rows = [
        [
            part.name,
            part.unit,
            part.target,
            f"{part.value}（{part.year}）" if part.year else "暂无数据",
            part.badge.text,
        ]
        for part in pin.parts
    ]
    columns = ("指标", "单位", "目标值", "最新值（年份）", "结论")
    found = [DocumentTable("系统结论", columns, rows, (30, 10, 14, 20, 26), frozenset({3}))]
    figures = [
        [part.code, str(row["year"]), row["value"], row["status"], row["released_on"].isoformat(), row["source"]]
        for part in pin.parts
        for row in part.figures
    ]
    if figures:
        names = ("编码", "年份", "数值", "性质", "公布日期", "来源")
        found.append(DocumentTable("数据来源", names, figures, (8, 8, 12, 10, 14, 44), frozenset({2})))
    return found
