"""A file on its way in: what each row would do to what is stored, until it is applied, undone or cancelled."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.stored_json import StoredJSON
from desk.shapes import (
    ANSWERS,
    CELLS,
    COUNTS,
    DEFAULTS,
    FAULT,
    FAULTS,
    HEADINGS,
    LINES,
    MAPPING,
    NAMES,
    SAID,
    SAMPLE,
    SHEETS,
)
from indicators.files.faults import Fault
from indicators.models import Component, Observation
from jobs.models import Job
from plan.models import Plan
from tables import encodings
from texts.fields import LineField, ProseField


class ImportBatchQuerySet(models.QuerySet):
    def for_list(self, plan):
        return self.filter(plan=plan).select_related("uploaded_by", "job")

    def waiting(self):
        """Of which something waits for a decision; those decided on as a whole are not looked into again."""
        rows = ImportRow.objects.filter(batch=OuterRef("pk"), observation__state=Observation.State.SUBMITTED)
        return self.filter(Exists(rows), state=ImportBatch.State.APPLIED, reviewed_at=None)


class ImportBatch(models.Model):
    """One uploaded file. The file itself is kept in `imports` until the batch is over."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("待对应列名")
        CHECKING = "checking", _("比对中")
        CHECKED = "checked", _("待应用")
        APPLYING = "applying", _("写入中")
        APPLIED = "applied", _("已应用")
        UNDONE = "undone", _("已撤销")
        CANCELLED = "cancelled", _("已取消")
        FAILED = "failed", _("无法读取")

    class Layout(models.TextChoices):
        LONG = "long", _("一行一个数")
        ACROSS = "across", _("指标在行，年份在列")
        DOWN = "down", _("年份在行，指标在列")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="imports")
    name = LineField(_("文件名"), max_length=200)
    stored_as = LineField(max_length=60, unique=True, editable=False)
    size = models.PositiveBigIntegerField(_("字节"))
    sha256 = LineField(max_length=64)
    format = LineField(_("格式"), max_length=10, blank=True)
    encoding = LineField(_("编码"), max_length=20, blank=True)
    said_encoding = LineField(
        max_length=20, blank=True, help_text="What a person chose where the file left it open."
    )
    headings = StoredJSON(shape=HEADINGS, default=list, help_text="The cells of the heading row as found.")
    sample = StoredJSON(
        shape=SAMPLE, default=list, help_text="The first rows as found, for whoever maps the columns."
    )
    mapping = StoredJSON(
        shape=MAPPING, default=dict, help_text="Machine name of a column → its index in `headings`."
    )
    layout = models.CharField(_("版式"), max_length=10, choices=Layout.choices, default=Layout.LONG)
    sheet = LineField(_("工作表"), max_length=200, blank=True)
    sheets = StoredJSON(shape=SHEETS, default=list, help_text="Names of the visible sheets that are not read.")
    defaults = StoredJSON(
        shape=DEFAULTS, default=dict, help_text="Machine name → what holds where the file says nothing."
    )
    names = StoredJSON(
        shape=NAMES, default=dict, help_text="What the file calls a component → its code, or nothing of the plan."
    )
    said = StoredJSON(
        shape=SAID,
        default=dict,
        help_text="Cell → [answer, its text], and its tick under `ticks`: kept while names are answered.",
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.UPLOADED)
    counts = StoredJSON(shape=COUNTS, default=dict, help_text="Rows by outcome, and of those stored: applied.")
    fault = StoredJSON(
        shape=FAULT, null=True, blank=True, help_text="Why the file cannot be read: {row, column, …}."
    )
    changed_lines = StoredJSON(
        shape=LINES, default=list, help_text="Rows whose comparison no longer held when they were to be applied."
    )
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When nothing of it waited any more; what is handed in again stands alone.",
    )

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("导入")
        ordering = ["-id"]
        indexes = [models.Index(fields=["plan", "sha256"], name="import_by_file")]

    def __str__(self):
        return f"{self.name} ({self.state})"

    def get_absolute_url(self):
        return reverse("desk_import:batch", args=[self.plan.slug, self.pk])

    @property
    def encoding_name(self) -> str:
        return encodings.NAMES.get(self.encoding, self.encoding)

    @property
    def is_working(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.APPLYING)

    @property
    def is_stuck(self) -> bool:
        """A worker gave the job up; the step can be started again."""
        return self.is_working and self.job is not None and self.job.state == Job.State.DEAD

    @property
    def failure(self) -> Fault | None:
        return Fault(**self.fault) if self.fault else None

    @property
    def total(self) -> int:
        return sum(number for name, number in self.counts.items() if name in ImportRow.Outcome.values)

    @property
    def blocked(self) -> int:
        """Rows that keep the file from being applied as a whole."""
        return self.counts.get(ImportRow.Outcome.INVALID, 0) + self.counts.get(ImportRow.Outcome.CONFLICT, 0)

    @property
    def asked(self) -> int:
        """Cells that wait for somebody to say what they mean."""
        return self.counts.get(ImportRow.Outcome.ASK, 0)

    @property
    def is_without_look(self) -> bool:
        """Whether its kind of file does not say how cells look: a raised or struck figure passes for any other."""
        return self.format == "xlsb"

    @property
    def is_wide(self) -> bool:
        return self.layout != self.Layout.LONG


class ImportRowQuerySet(models.QuerySet):
    def choosable(self):
        return self.filter(outcome__in=ImportRow.CHOOSABLE)

    def to_apply(self):
        return self.choosable().filter(chosen=True)

    def for_page(self):
        return self.select_related("component__indicator", "old").order_by("line")

    def waiting(self, until=None):
        """Whose figure waits for approval, and was handed in by a moment where one is given."""
        rows = self.filter(observation__state=Observation.State.SUBMITTED)
        return rows.filter(observation__submitted_at__lte=until) if until else rows

    def quiet_or_looked_at(self, turns):
        """What a decision on the whole takes in: no doubtful row that a reviewer has not written of.

        `turns`: the keys of the figures that turn a verdict.
        """
        return self.exclude(Q(looked=""), Q(is_outlier=True) | Q(observation__in=list(turns)))

    def by_outcome(self) -> dict[str, int]:
        rows = self.order_by().values_list("outcome").annotate(number=Count("id"))
        return dict(rows)


class ImportRow(models.Model):
    """One row of the file beside what is stored. An invalid one has no values, only its cells and faults."""

    class Outcome(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("更新")
        SAME = "same", _("相同")
        ASK = "ask", _("待确认")
        PASSED = "passed", _("略过")
        CONFLICT = "conflict", _("冲突")
        INVALID = "invalid", _("无效")

    CHOOSABLE = (Outcome.NEW, Outcome.CHANGED)
    # Faults of a row whose release another row of the file gives as well.
    DOUBLED = ("double_row", "double_place")

    # The constraint and the index below begin with it; a component is never looked up from here.
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField(
        _("行"),
        help_text="As a spreadsheet counts: the heading is row 1. With several figures a row: their order.",
    )
    place = LineField(max_length=20, blank=True, help_text="Cell or row, where `line` is an order.")
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices)
    component = models.ForeignKey(
        Component, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    value = models.DecimalField(max_digits=30, decimal_places=8, null=True, blank=True)
    value_status = models.CharField(max_length=12, choices=Observation.ValueStatus.choices, blank=True)
    precision = models.CharField(max_length=12, choices=Observation.Precision.choices, blank=True)
    exclusive = models.BooleanField(default=False, db_default=False)
    released_on = models.DateField(null=True, blank=True)
    release_precision = models.CharField(max_length=5, choices=Observation.ReleasePrecision.choices, blank=True)
    source_title = LineField(max_length=500, blank=True)
    source_url = LineField(max_length=1000, blank=True)
    source_publisher = LineField(max_length=200, blank=True)
    published_text = LineField(max_length=100, blank=True)
    note = ProseField(blank=True)
    cells = StoredJSON(
        shape=CELLS, default=dict, help_text="The row as found, by machine name, where it has faults."
    )
    faults = StoredJSON(
        shape=FAULTS, default=list, help_text="[{column, value, code, params}]: indicators.faults."
    )
    name = LineField(
        max_length=100, blank=True, help_text="What the file calls the component, where that is asked."
    )
    answers = StoredJSON(
        shape=ANSWERS, default=list, help_text="Every way the cell can be meant: indicators.files.readings.Answer."
    )
    old = models.ForeignKey(
        Observation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="What it was compared with: the same release as stored, else what is in force for its year.",
    )
    is_outlier = models.BooleanField(_("异常值"), default=False)
    chosen = models.BooleanField(_("应用"), default=True)
    left_out = models.BooleanField(
        _("不在内"),
        default=False,
        db_default=False,
        help_text="A reviewer kept it out of a decision on the whole.",
    )
    looked = ProseField(
        _("核对情况"),
        blank=True,
        default="",
        db_default="",
        help_text="What a reviewer found of a row that is not quiet: else a decision on the whole leaves it.",
    )
    observation = models.ForeignKey(
        Observation, models.SET_NULL, null=True, blank=True, related_name="import_rows"
    )

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("导入行")
        ordering = ["batch", "line"]
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="import_line_once")]
        indexes = [models.Index(fields=["batch", "outcome", "line"], name="import_rows_by_outcome")]

    def __str__(self):
        return f"{self.batch_id}:{self.line} {self.outcome}"

    @property
    def where(self) -> str:
        return self.place or str(self.line)

    @property
    def is_double(self) -> bool:
        """Whether another row of the file gives the same release: a person chooses one."""
        return self.outcome == self.Outcome.CONFLICT and any(
            fault["code"] in self.DOUBLED for fault in self.faults
        )

    @property
    def is_choosable(self) -> bool:
        return self.outcome in self.CHOOSABLE

    @property
    def reasons(self) -> list[Fault]:
        return [Fault(row=self.line, **fault) for fault in self.faults]


class BatchReview(models.Model):
    """One decision on all that waits of an import, which a worker takes row by row; kept for ever."""

    class Act(models.TextChoices):
        APPROVE = "approve", _("核定")
        RETURN = "return", _("退回")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="reviews")
    act = models.CharField(_("决定"), max_length=10, choices=Act.choices)
    reason = ProseField(_("理由"), blank=True)
    until = models.DateTimeField(help_text="When the reviewer looked: what was handed in later is not meant.")
    total = models.PositiveIntegerField(_("条数"))
    done = models.PositiveIntegerField(_("已处理"), default=0)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("核定人"))
    started_at = models.DateTimeField(_("开始"), auto_now_add=True)
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)

    class Meta:
        verbose_name = _("整批核定")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["batch"], condition=Q(ended_at=None), name="one_review_of_a_batch"),
            models.CheckConstraint(condition=~Q(act="return") | ~Q(reason=""), name="batch_return_has_reason"),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="no_more_reviewed_than_meant"),
        ]

    def __str__(self):
        return f"{self.batch_id} {self.act} {self.done}/{self.total}"

    @property
    def is_stuck(self) -> bool:
        """A worker gave the job up, or somebody cancelled it; the rest can be taken up again, or left."""
        over = (Job.State.DEAD, Job.State.CANCELLED)
        return self.ended_at is None and self.job is not None and self.job.state in over

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100
