"""Rows that nobody asks for any more go after so many days, a thousand at a time, with one audit row a night.

The audit log is not among them: `archive_audit` moves its old rows into signed files.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.drafts import old_drafts
from accounts.idempotency import past_answers
from audit.services import record_audit
from desk.models import ImportBatch, ImportRow
from jobs.models import Job
from plan.models import Export
from webhooks.services import past_deliveries

AT_A_TIME = 1000
OVER = (Job.State.DONE, Job.State.CANCELLED, Job.State.DEAD)
State = ImportBatch.State


@dataclass(frozen=True)
class Retention:
    """What is kept how long: `setting` names the days, `past` the rows older than a moment that may go."""

    name: str
    label: Any
    setting: str
    past: Callable[[datetime], QuerySet]

    @property
    def days(self) -> int:
        return getattr(settings, self.setting)


def _jobs(limit: datetime) -> QuerySet:
    return Job.objects.filter(state__in=OVER, finished_at__lt=limit)


def _import_rows(limit: datetime) -> QuerySet:
    """Rows of imports that can be neither applied nor undone any more; the import itself and its counts stay."""
    over = Q(batch__state=State.APPLIED, batch__applied_at__lt=limit) | Q(
        batch__state__in=[State.UNDONE, State.CANCELLED, State.FAILED], batch__uploaded_at__lt=limit
    )
    return ImportRow.objects.filter(over)


def _exports(limit: datetime) -> QuerySet:
    return Export.objects.filter(last_at__lt=limit)


KEPT = (
    Retention("jobs", _("已结束的任务"), "JOB_KEEP_DAYS", _jobs),
    Retention("import_rows", _("已结束导入的逐行记录"), "IMPORT_ROWS_KEEP_DAYS", _import_rows),
    Retention("exports", _("文件登记"), "EXPORT_KEEP_DAYS", _exports),
    Retention("answers", _("接口请求的答复"), "IDEMPOTENCY_KEEP_DAYS", past_answers),
    Retention("deliveries", _("推送消息"), "WEBHOOK_KEEP_DAYS", past_deliveries),
    Retention("drafts", _("未提交的表单内容"), "DRAFT_KEEP_DAYS", old_drafts),
)


def prune(now: datetime | None = None) -> dict[str, int]:
    """Deletes what is past its days; the number of rows by name. Safe to run twice."""
    now = now or timezone.now()
    gone = {rule.name: _delete(rule.past(now - timedelta(days=rule.days))) for rule in KEPT}
    if any(gone.values()):
        record_audit(action="operations.pruned", object_label="retention", after=gone)
    return gone


def _delete(rows: QuerySet) -> int:
    """A thousand rows a transaction, so that nobody waits long for a lock."""
    number = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME]):
        with transaction.atomic():
            rows.model.objects.filter(pk__in=keys).delete()
        number += len(keys)
    return number
