"""Published notes as files and the API give them (columns: assessments.columns)."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from assessments.models import Note, NoteStep
from assessments.queries import known_notes
from plan.models import Plan

SAME = (
    "difference_reason",
    *Note.TEXTS,
    "adjustment",
    "adjustment_reason",
    "adjustment_document",
    "forecast",
)


def note_rows(plan: Plan, day: date, address: str) -> list[dict[str, Any]]:
    """One row a note that stood published at the end of a day; `address` is the site's own."""
    return [note_row(step, plan.slug, address) for step in known_notes(plan, day)]


def note_row(step: NoteStep, slug: str, address: str) -> dict[str, Any]:
    """The text as it was published by that step; lists are joined with 、 in a CSV."""
    note, body = step.note, step.body
    conclusion, pinned = body.get("conclusion", ""), body.get("pinned") or {}
    return {
        "plan": slug,
        "round": note.round.code,
        "round_name": note.round.name,
        "round_kind": note.round.kind,
        "cut_off": note.round.cut_off.isoformat(),
        "item": note.item.code,
        "title": note.item.title,
        "kind": note.item.kind,
        "conclusion": conclusion,
        "conclusion_text": str(Note.Conclusion(conclusion).label) if conclusion else "",
        "computed": pinned.get("status"),
        **{name: body.get(name, "") for name in SAME},
        "forecast_value": body.get("forecast_value") or None,
        "evidence": [_evidence(row) for row in body.get("evidence", [])],
        "organisation": note.organisation.name if note.organisation else None,
        "published_on": timezone.localdate(step.at).isoformat(),
        "rule_version": pinned.get("rule_version"),
        "url": address + reverse("assessments:past", args=[slug, note.pk, step.pk]),
    }


def _evidence(row: dict[str, Any]) -> str:
    """Title, document number and where it is or its checksum: 总结报告 深府办〔2022〕5号 sha256:ab12…"""
    where = row["url"] or f"sha256:{row['sha256']}"
    return " ".join(filter(None, [row["title"], row["document_number"], where]))
