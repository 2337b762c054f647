"""Status updates as files and the API give them (columns: updates.columns)."""

from typing import Any

from django.urls import reverse

from updates.models import Milestone, StatusUpdate


def update_row(row: StatusUpdate, slug: str, address: str) -> dict[str, Any]:
    """One approved update; `address` is the site's own. Lists are joined with 、 in a CSV."""
    return {
        "plan": slug,
        "item": row.item.code,
        "title": row.item.title,
        "kind": row.item.kind,
        "organisation": row.organisation.name if row.organisation else None,
        "status_on": row.status_on.isoformat(),
        "status": row.status,
        "progress": row.progress,
        "done": row.done,
        "problems": row.problems,
        "next_steps": row.next_steps,
        "milestones": [_milestone(one) for one in row.milestones.all()],
        "attachments": [file.name for file in row.attachments.all()],
        "known_on": row.known_on.isoformat() if row.known_on else None,
        "url": address + reverse("updates:detail", args=[slug, row.pk]),
    }


def _milestone(one: Milestone) -> str:
    """Title, planned day and, once it is reached, the actual one: "主体封顶 2023-06-30/2023-07-12"."""
    return f"{one.title} {one.planned_on.isoformat()}" + (f"/{one.actual_on.isoformat()}" if one.actual_on else "")
