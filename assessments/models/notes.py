"""The notes evaluators write in a round, their steps and the remarks on them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from assessments.models.rounds import PERSON, Round
from assessments.shapes import NOTE_BODY, PIN
from audit.stored_json import StoredJSON
from plan.models import Item
from plan.workflow import Stateful, Step
from texts.fields import LineField, ProseField


class Note(Stateful):
    """评估意见: one commitment judged in one round, by a person beside the computed verdict.

    `pinned` is what it spoke of, whole: figures with their releases, target version, rule version, as-of day and
    the computed verdict (assessments.snapshots). It is taken when the note is submitted, and never changes by
    itself.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已提交")
        UNDER_REVIEW = "under_review", _("复核中")
        RETURNED = "returned", _("已退回")
        PUBLISHED = "published", _("已发布")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Adjustment(models.TextChoices):
        NONE = "none", _("不调整")
        TARGET = "target", _("调整目标")
        TASK = "task", _("调整任务")
        OTHER = "other", _("其他")

    class Forecast(models.TextChoices):
        YES = "yes", _("能够完成")
        NO = "no", _("难以完成")
        UNCERTAIN = "uncertain", _("尚不确定")

    class Conclusion(models.TextChoices):
        """The words of 中期评估 for indicators, those of day-to-day plan work for tasks, those of 总结评估."""

        ACHIEVED = "achieved", _("提前达到目标")
        AHEAD = "ahead", _("快于预期")
        ON_SCHEDULE = "on_schedule", _("符合预期")
        BEHIND = "behind", _("滞后")
        NOT_ASSESSABLE = "not_assessable", _("无法评估")
        TASK_DONE = "task_done", _("已完成")
        TASK_ON_SCHEDULE = "task_on_schedule", _("推进中")
        TASK_BEHIND = "task_behind", _("滞后")
        TASK_NOT_STARTED = "task_not_started", _("未启动")
        TASK_ADJUSTED = "task_adjusted", _("调整")
        ON_TIME = "on_time", _("如期达到目标")
        NOT_DONE = "not_done", _("未完成")

    INDICATOR_CONCLUSIONS = (
        Conclusion.ACHIEVED,
        Conclusion.AHEAD,
        Conclusion.ON_SCHEDULE,
        Conclusion.BEHIND,
        Conclusion.NOT_ASSESSABLE,
    )
    TASK_CONCLUSIONS = (
        Conclusion.TASK_DONE,
        Conclusion.TASK_ON_SCHEDULE,
        Conclusion.TASK_BEHIND,
        Conclusion.TASK_NOT_STARTED,
        Conclusion.TASK_ADJUSTED,
        Conclusion.NOT_ASSESSABLE,
    )
    # After the period there is no pace any more: what was promised was reached or it was not.
    FINAL_INDICATOR_CONCLUSIONS = (
        Conclusion.ACHIEVED,
        Conclusion.ON_TIME,
        Conclusion.NOT_DONE,
        Conclusion.NOT_ASSESSABLE,
    )
    FINAL_TASK_CONCLUSIONS = (
        Conclusion.TASK_DONE,
        Conclusion.NOT_DONE,
        Conclusion.TASK_ADJUSTED,
        Conclusion.NOT_ASSESSABLE,
    )
    # Below 符合预期: problems and remedies must be named.
    POOR = (Conclusion.BEHIND, Conclusion.TASK_BEHIND, Conclusion.TASK_NOT_STARTED, Conclusion.NOT_DONE)
    TEXTS = ("progress", "results", "problems", "causes", "remedies")

    round = models.ForeignKey(Round, models.PROTECT, related_name="notes")
    item = models.ForeignKey(Item, models.PROTECT, related_name="notes")
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("评估人"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("评估单位")
    )
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    progress = ProseField(_("进展情况"), blank=True)
    results = ProseField(_("主要成效"), blank=True)
    problems = ProseField(_("存在问题"), blank=True)
    causes = ProseField(_("原因分析"), blank=True)
    remedies = ProseField(_("对策建议"), blank=True)
    adjustment = models.CharField(
        _("调整建议"), max_length=10, choices=Adjustment.choices, default=Adjustment.NONE
    )
    adjustment_reason = ProseField(_("调整理由"), blank=True)
    adjustment_document = LineField(_("依据文件"), max_length=200, blank=True)
    forecast_value = models.DecimalField(_("期末预计值"), max_digits=30, decimal_places=8, null=True, blank=True)
    forecast = models.CharField(_("期末能否完成"), max_length=10, choices=Forecast.choices, blank=True)
    conclusion = models.CharField(_("评估结论"), max_length=20, choices=Conclusion.choices, blank=True)
    difference_reason = ProseField(_("与系统判定不同的理由"), blank=True)
    pinned = StoredJSON(shape=PIN, null=True, blank=True, editable=False)
    reviewer = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_on = models.DateField(_("发布日期"), null=True, blank=True)
    # What the author was last told has changed since, so that one change asks once.
    asked_about = LineField(max_length=64, blank=True, editable=False)
    answered_about = LineField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("评估意见")
        ordering = ["round", "item__order"]
        constraints = [
            models.UniqueConstraint(fields=["round", "item"], name="one_note_per_item_and_round"),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("author")),
                name="note_reviewed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_on__isnull=False, pinned__isnull=False)
                | (~Q(state="published") & Q(published_on__isnull=True)),
                name="published_note_is_pinned_and_dated",
            ),
        ]
        indexes = [models.Index(fields=["item", "state", "published_on"], name="note_known_by")]

    def __str__(self):
        told = {"code": self.item.code, "round": self.round, "state": self.get_state_display()}
        return gettext("%(code)s %(round)s的评估意见（%(state)s）") % told

    @property
    def conclusions(self) -> tuple:
        """The words that fit the kind of commitment and of round."""
        is_indicator = self.item.kind == Item.Kind.INDICATOR
        if self.round.kind == Round.Kind.FINAL:
            return self.FINAL_INDICATOR_CONCLUSIONS if is_indicator else self.FINAL_TASK_CONCLUSIONS
        return self.INDICATOR_CONCLUSIONS if is_indicator else self.TASK_CONCLUSIONS


class NoteStep(Step):
    """One step of a note with its text as it stood: nothing that was sent back, or why, is lost."""

    class Action(models.TextChoices):
        CREATED = "created", _("新建")
        SUBMITTED = "submitted", _("提交")
        TAKEN = "taken", _("开始复核")
        RETURNED = "returned", _("退回")
        WITHDRAWN = "withdrawn", _("撤回")
        PUBLISHED = "published", _("发布")
        CONFIRMED = "confirmed", _("确认仍然成立")
        AMENDED = "amended", pgettext_lazy("step", "修订")
        REVOKED = "revoked", _("撤销发布")
        WRITTEN = "written", _("代写")
        HANDED = "handed", _("移交")

    note = models.ForeignKey(Note, models.CASCADE, related_name="steps")
    action = models.CharField(_("步骤"), max_length=10, choices=Action.choices)
    body = StoredJSON(
        shape=NOTE_BODY, default=dict, help_text="Every field of the note at that moment, and `pinned`."
    )

    class Meta(Step.Meta):
        verbose_name = _("意见记录")
        constraints = [
            models.CheckConstraint(
                condition=~Q(action__in=["returned", "revoked"]) | ~Q(reason=""),
                name="note_sent_back_with_a_reason",
            )
        ]


class NoteComment(models.Model):
    """A remark of author or reviewer on one field of a note, until it is settled."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="comments")
    field = LineField(_("栏目"), max_length=30)
    text = ProseField(_("批注"))
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    settled_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("批注")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, settled_at__isnull=True)
                | Q(settled_by__isnull=False, settled_at__isnull=False),
                name="comment_settled_by_and_at",
            )
        ]

    def __str__(self):
        return f"{self.note_id} {self.field}"


class NoteEditor(models.Model):
    """Who has the form of a note open, by its last sign of life: two editors are told of each other."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="editors")
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("正在编辑")
        constraints = [models.UniqueConstraint(fields=["note", "person"], name="editor_once_per_note")]

    def __str__(self):
        return f"{self.note_id} {self.person_id}"
