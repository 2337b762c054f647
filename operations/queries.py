"""What the operations page says: how much there is of what, how it grew, and what ran last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.archive import BrokenArchive, papers
from audit.models import AuditEvent
from backups.queries import last_trial
from desk.models import ImportRow
from indicators.models import Observation
from jobs.models import Job
from jobs.queries import last_of
from plan import disk
from plan.folders import kept_in
from plan.models import Export
from updates.models import StatusUpdate

GROWTH_DAYS = 30
FOLDER_WORDS = {
    "attachments": _("附件和佐证材料"),
    "evaluation-reports": _("评估报告"),
    "reports": _("后台生成的报表"),
    "incoming": _("上传中的文件"),
    "imports": _("导入文件"),
    "audit-archive": _("审计归档"),
    "anchors": _("审计锚点"),
    "queue/data": _("任务队列"),
}
VERIFYING = "audit.verify"


@dataclass(frozen=True)
class Grows:
    """A table that grows with use: its rows, its bytes where the database tells, and the rows of the last days."""

    label: Any
    rows: int
    size: int | None
    lately: int | None

    @property
    def a_year(self) -> int | None:
        """Rows a year at the pace of the last days."""
        return None if self.lately is None else round(self.lately * 365 / GROWTH_DAYS)


# Model, label, and the moment a row came to be; None where no column says it.
GROWING: tuple[tuple[type[Model], Any, str | None], ...] = (
    (AuditEvent, _("审计记录"), "at"),
    (Job, _("任务"), "created_at"),
    (Export, _("文件登记"), "first_at"),
    (ImportRow, _("导入的逐行记录"), None),
    (Observation, _("观测值"), "entered_at"),
    (StatusUpdate, _("进展填报"), None),
)


def growing(now: datetime | None = None) -> Iterator[Grows]:
    """One or two counts a table."""
    since = (now or timezone.now()) - timedelta(days=GROWTH_DAYS)
    for model, label, moment in GROWING:
        rows = model._default_manager.order_by()
        lately = rows.filter(**{f"{moment}__gte": since}).count() if moment else None
        yield Grows(label, rows.count(), _size_of(model._meta.db_table), lately)


def _size_of(table: str) -> int | None:
    """Bytes of a table with its indexes; SQLite keeps all in one file and does not say."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [table])
        return cursor.fetchone()[0]


@dataclass(frozen=True)
class FolderSize:
    """A folder below DATA_DIR by its name there, what it holds, its files and their bytes."""

    name: str
    label: Any
    files: int
    size: int


def folders() -> list[FolderSize]:
    """Each folder that people's work fills."""
    local = {name: path for name, path in disk.folders().items() if name not in settings.STORED_FOLDERS}
    held = {
        name: [file.stat().st_size for file in path.rglob("*") if file.is_file()] for name, path in local.items()
    }
    held |= {name: [file.size for file in kept_in(name)] for name in settings.STORED_FOLDERS}
    del held["DATA_DIR"]
    return [FolderSize(name, FOLDER_WORDS.get(name, name), len(held[name]), sum(held[name])) for name in held]


def database_bytes() -> int | None:
    """How much the whole database takes on the disk."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return cursor.fetchone()[0]
    path = Path(str(settings.DATABASES["default"]["NAME"]))
    return path.stat().st_size if path.exists() else None


def archives() -> tuple[list[tuple[str, Any]], str]:
    """(file name, what is signed about it) of the archived rows of the log, and what is wrong with them."""
    try:
        return papers(), ""
    except (BrokenArchive, OSError) as problem:
        return [], str(problem)


def last_runs() -> dict[str, Any]:
    """The last trial of a backup and the last walk over the log; None where there was none."""
    return {"trial": last_trial(), "verified": last_of(VERIFYING)}


def waiting() -> int:
    """Rows of the log that `archive_audit` would take out."""
    limit = timezone.now() - timedelta(days=settings.AUDIT_ONLINE_DAYS)
    return AuditEvent.objects.filter(at__lt=limit).order_by().count()
