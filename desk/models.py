"""A file on its way in: what each row would do to what is stored, until it is applied, undone or cancelled."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.models import Observation
from jobs.models import Job
from plan.models import Plan


class ImportBatch(models.Model):
    """One uploaded file. The file itself lies under DATA_DIR/imports until the batch is over."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("已上传")
        CHECKING = "checking", _("比对中")
        CHECKED = "checked", _("待应用")
        APPLYING = "applying", _("写入中")
        APPLIED = "applied", _("已应用")
        UNDONE = "undone", _("已撤销")
        CANCELLED = "cancelled", _("已取消")
        FAILED = "failed", _("无法读取")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="imports")
    name = models.CharField(_("文件名"), max_length=200)
    stored_as = models.CharField(max_length=60, unique=True, editable=False)
    size = models.PositiveBigIntegerField(_("字节"))
    sha256 = models.CharField(max_length=64)
    format = models.CharField(_("格式"), max_length=10, blank=True)
    encoding = models.CharField(_("编码"), max_length=20, blank=True)
    headings = models.JSONField(default=list, help_text="The cells of the heading row as found.")
    mapping = models.JSONField(default=dict, help_text="Machine name of a column → its index in `headings`.")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.UPLOADED)
    counts = models.JSONField(default=dict, help_text="Rows by outcome.")
    error = models.TextField(_("错误"), blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("导入")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.name} ({self.state})"


class ImportRow(models.Model):
    """One row of the file beside what is stored."""

    class Outcome(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("更新")
        SAME = "same", _("相同")
        CONFLICT = "conflict", _("冲突")
        INVALID = "invalid", _("无效")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("行"), help_text="As a spreadsheet counts: the heading is row 1.")
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices)
    values = models.JSONField(default=dict, help_text="The row as read, machine names, text and ISO days.")
    faults = models.JSONField(default=list, help_text="[{column, value, reason}] where invalid or conflicting.")
    old = models.JSONField(null=True, blank=True, help_text="What is in force for the same component and year.")
    is_outlier = models.BooleanField(_("异常值"), default=False)
    chosen = models.BooleanField(_("应用"), default=True)
    observation = models.ForeignKey(
        Observation, models.SET_NULL, null=True, blank=True, related_name="import_rows"
    )

    class Meta:
        verbose_name = _("导入行")
        ordering = ["batch", "line"]
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="import_line_once")]
        indexes = [models.Index(fields=["batch", "outcome", "line"], name="import_rows_by_outcome")]

    def __str__(self):
        return f"{self.batch_id}:{self.line} {self.outcome}"
