"""Where the demo's story plays, and how what it tells gets its days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import Organisation, User
from notices.models import Notice
from plan.models import Item, Plan

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "demo"
# Notices older than that were read long ago.
READ_AFTER_DAYS = 40


@dataclass
class Stage:
    """Where the story plays: its plan, its people and units by name, and the day on which it is told."""

    plan: Plan
    today: date
    people: dict[str, User]
    organisations: dict[str, Organisation]
    items: dict[str, Item]
    story: dict[str, Any] = field(repr=False)

    @property
    def analyst(self) -> User:
        return self.people["demo-analyst"]

    @property
    def reviewer(self) -> User:
        return self.people["demo-reviewer"]


def moment(day: date, hour: int = 10) -> datetime:
    """A time of the story's day in the site's zone."""
    return timezone.make_aware(datetime.combine(day, time(hour, 12)))


def date_notices(stage: Stage, prefix: str, days: dict[str, date]) -> None:
    """Gives the notices of one thing the days of the story, by kind; what is old was read and mailed."""
    for kind, day in days.items():
        at = moment(day, 11)
        rows = Notice.objects.filter(key__startswith=prefix, kind=kind)
        rows.update(created_at=at)
        if (stage.today - day).days > READ_AFTER_DAYS:
            rows.update(read_at=at + timedelta(hours=5), mailed_at=at + timedelta(hours=20))


def untold(stage: Stage, days: Iterable[date]) -> bool:
    """Whether a part of the story still lies ahead of the day it is told on."""
    return any(day > stage.today for day in days)
