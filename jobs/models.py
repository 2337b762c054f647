"""A long piece of work. The row is the job; a Celery message only wakes a worker (docs/decisions/0002)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from texts.fields import LineField, ProseField


class Job(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("排队")
        RUNNING = "running", _("进行中")
        DONE = "done", _("完成")
        CANCELLED = "cancelled", _("已取消")
        DEAD = "dead", _("已放弃")

    kind = LineField(_("类别"), max_length=60)
    arguments = models.JSONField(default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(_("进度（%）"), default=0)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    lease = LineField(max_length=40, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(_("最近心跳"), null=True, blank=True)
    error = ProseField(_("错误"), blank=True, max_length=None)
    result = models.JSONField(null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("发起人"),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("任务")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_to_wake")]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="job_progress_is_a_percentage"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="running_job_has_lease"
            ),
        ]

    def __str__(self):
        return f"{self.kind} #{self.pk} {self.state}"


class WorkerBeat(models.Model):
    """The last sign of life of the worker, written by the sweep: /readyz reads it."""

    name = LineField(max_length=20, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self):
        return f"{self.name} {self.seen_at}"
