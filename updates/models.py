"""进展填报: what a responsible organisation says of a task, measure, area or project, dated and approved."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from plan.models import Item, Plan
from plan.wording import late_words
from plan.workflow import EntryStep, Stateful
from texts.fields import LineField, ProseField


class UpdateQuerySet(models.QuerySet):
    def approved(self) -> "UpdateQuerySet":
        return self.filter(state=StatusUpdate.State.APPROVED)

    def known_on(self, day: date) -> "UpdateQuerySet":
        """Approved by a day: what it shows of every item."""
        return self.approved().filter(known_on__lte=day)

    def of_state_on(self, day: date) -> "UpdateQuerySet":
        """Approved by now and speaking of a day or of one before it: units report of a day after it is over."""
        return self.approved().filter(status_on__lte=day)

    def since(self, day: date) -> "UpdateQuerySet":
        """Approved on a day or later."""
        return self.approved().filter(known_on__gte=day)

    def latest_last(self) -> "UpdateQuerySet":
        """In the order in which later ones replace earlier ones: of an item the last counts."""
        return self.order_by(*StatusUpdate.LATEST_LAST)


class StatusUpdate(Stateful):
    """One report on one item. Approved ones are never edited: the next report replaces what they said.

    `status_on` is the day it speaks of; `known_on` the day it was approved, from which `?as_of=` shows it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已提交")
        APPROVED = "approved", _("已核定")
        RETURNED = "returned", _("已退回")

    LATEST_LAST = ("status_on", "known_on", "id")
    # What it says in words, in the order of form, page and log.
    TEXTS = ("done", "problems", "next_steps")

    item = models.ForeignKey(Item, models.PROTECT, related_name="updates", verbose_name=_("条目"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="updates", verbose_name=_("填报单位")
    )
    status_on = models.DateField(_("进展截至"))
    status = models.CharField(_("状态"), max_length=20, choices=Item.Status.choices)
    progress = models.DecimalField(
        _("完成份额（%）"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="0 to 100.",
    )
    done = ProseField(_("进展情况"))
    problems = ProseField(_("存在问题"), blank=True)
    next_steps = ProseField(_("下一步安排"), blank=True)
    state = models.CharField(_("填报状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    known_on = models.DateField(_("核定日期"), null=True, blank=True)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("进展填报")
        ordering = ["item", "status_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(status="not_reported"), name="update_reports_something"),
            models.CheckConstraint(
                condition=Q(progress__isnull=True) | Q(progress__gte=0, progress__lte=100),
                name="update_progress_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(progress__isnull=True) | Q(progress=100),
                name="what_is_done_is_done_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", approved_at__isnull=False, known_on__isnull=False)
                | (~Q(state="approved") & Q(approved_at__isnull=True, known_on__isnull=True)),
                name="approved_updates_say_when",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("entered_by")),
                name="update_approved_by_a_second_person",
            ),
        ]
        indexes = [models.Index(fields=["item", "state", "known_on"], name="update_known_by")]

    def __str__(self):
        told = {"code": self.item.code, "day": self.status_on.isoformat(), "status": self.get_status_display()}
        return gettext("%(code)s 截至 %(day)s：%(status)s") % told

    def texts(self) -> list[tuple[str, str]]:
        """What it says in words, each with its heading; what it leaves out is left out."""
        return [(self.heading(name), said) for name in self.TEXTS if (said := getattr(self, name))]

    @classmethod
    def heading(cls, name: str) -> str:
        """What people call one of its columns."""
        return str(cls._meta.get_field(name).verbose_name)

    def was_known(self, day: date) -> bool:
        """Whether it had been approved by a day (`UpdateQuerySet.known_on`)."""
        return self.known_on is not None and self.known_on <= day


class UpdateStep(EntryStep):
    update = models.ForeignKey(StatusUpdate, models.CASCADE, related_name="steps")

    class Meta(EntryStep.Meta):
        verbose_name = _("填报经办记录")


class Milestone(models.Model):
    """A milestone as an update states it: an item's milestones are those of its latest approved update."""

    update = models.ForeignKey(StatusUpdate, models.CASCADE, related_name="milestones")
    title = LineField(_("里程碑"), max_length=200)
    planned_on = models.DateField(_("计划日期"))
    actual_on = models.DateField(_("实际日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("里程碑")
        ordering = ["planned_on", "id"]
        constraints = [models.UniqueConstraint(fields=["update", "title"], name="milestone_once_per_update")]

    def __str__(self):
        return f"{self.title} {self.planned_on}"

    def late_on(self, day: date) -> str:
        """In words, how late it was or, not reached by a day, is; empty when it is not."""
        reached = self.actual_on
        return late_words(((reached or day) - self.planned_on).days, is_done=reached is not None)


class Attachment(models.Model):
    """A file that backs an update: kept outside the web root under a random name (plan.uploads)."""

    update = models.ForeignKey(StatusUpdate, models.CASCADE, related_name="attachments")
    name = LineField(_("文件名"), max_length=200)
    content_type = LineField(_("类型"), max_length=100)
    size = models.PositiveBigIntegerField(_("字节"))
    sha256 = LineField(max_length=64)
    stored_as = LineField(max_length=60, unique=True, editable=False)
    # Seen by the people of the house alone, whatever becomes of what it is attached to (docs/decisions/0049).
    is_internal = models.BooleanField(_("内部"), default=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("附件")
        ordering = ["id"]

    def __str__(self):
        return self.name


class AnswerLink(models.Model):
    """A link by which one person answers one reminder of a plan, once (updates.answering)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    nonce = LineField(max_length=32, unique=True, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("答复链接")
        ordering = ["id"]

    def __str__(self):
        return f"{self.plan_id} {self.person_id} {self.expires_at:%Y-%m-%d}"
