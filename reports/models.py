"""Reports as analysts keep them, and each time one was made."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.stored_json import StoredJSON
from jobs.models import Job
from plan.days import with_knowledge
from plan.models import Plan
from reports.shapes import DEFINITION
from texts.fields import LineField


class SavedReportQuerySet(models.QuerySet):
    def seen_by(self, user):
        """A person's own and those shared with everybody who has signed in."""
        return self.filter(Q(owner=user) | Q(is_shared=True))

    def due(self, day):
        """Scheduled ones whose day has come, of accounts that are open."""
        return self.exclude(schedule=SavedReport.Schedule.NONE).filter(next_run_on__lte=day, owner__is_active=True)


class SavedReport(models.Model):
    """A named report: what `reports.definition` says, kept to be run again, shared or delivered."""

    class Schedule(models.TextChoices):
        NONE = "none", _("不定时")
        DAILY = "daily", _("每天")
        WEEKLY = "weekly", _("每周一")
        MONTHLY = "monthly", _("每月1日")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="saved_reports")
    name = LineField(_("名称"), max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_reports", verbose_name=_("所有者")
    )
    definition = StoredJSON(shape=DEFINITION, help_text="As reports.definition has it; without a day.")
    is_shared = models.BooleanField(_("共享给所有登录用户"), default=False)
    schedule = models.CharField(_("定时生成"), max_length=10, choices=Schedule.choices, default=Schedule.NONE)
    next_run_on = models.DateField(_("下次生成"), null=True, blank=True)
    edition = models.PositiveIntegerField(
        default=1, help_text="Raised by every change: who saves an older one is told."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = SavedReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("报表")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "owner", "name"], name="report_name_once_per_owner"),
            models.CheckConstraint(
                condition=Q(schedule="none", next_run_on__isnull=True)
                | (~Q(schedule="none") & Q(next_run_on__isnull=False)),
                name="scheduled_report_has_a_day",
            ),
        ]

    def __str__(self):
        return self.name


class ReportRun(models.Model):
    """One making of a report by a worker; its file is kept REPORT_KEEP_DAYS days."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="report_runs")
    report = models.ForeignKey(
        SavedReport, models.SET_NULL, null=True, blank=True, related_name="runs", verbose_name=_("报表")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("发起人"))
    definition = StoredJSON(shape=DEFINITION)
    as_of = models.DateField(_("截至"))
    known_by = models.DateField(_("当时已录入"), null=True, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    name = LineField(_("文件名"), max_length=250)
    stored_as = LineField(max_length=60, blank=True, editable=False)
    rows = models.PositiveBigIntegerField(_("行数"), null=True, blank=True)
    size = models.PositiveBigIntegerField(_("字节"), null=True, blank=True)
    sha256 = LineField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("发起时间"), auto_now_add=True)
    made_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("删除时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("报表文件")
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "id"], name="report_run_by_person")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("report_run", args=[self.plan.slug, self.pk])

    @property
    def day(self) -> date:
        """The day of its content, with what was known here where that was asked for."""
        return with_knowledge(self.as_of, self.known_by)

    @property
    def is_ready(self) -> bool:
        return self.made_at is not None and self.deleted_at is None
