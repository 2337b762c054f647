"""Rounds of evaluation, and who evaluates what in them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from plan.days import end_of
from plan.models import Item, Plan, in_language
from plan.workflow import Stateful, Step
from texts.fields import LineField

PERSON = settings.AUTH_USER_MODEL


class RaisedQuerySet(models.QuerySet):
    """What there is from the day it was raised."""

    def known_on(self, day: date) -> "RaisedQuerySet":
        return self.filter(created_at__lt=end_of(day))


class Round(Stateful):
    """评估轮次. `cut_off` is the as-of day of every number in it. A closed round takes no notes any more."""

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("年度评估")
        MIDTERM = "midterm", _("中期评估")
        FINAL = "final", _("总结评估")

    class State(models.TextChoices):
        PLANNED = "planned", _("筹备")
        OPEN = "open", _("进行中")
        CLOSED = "closed", _("已结束")
        PUBLISHED = "published", _("已发布")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="rounds")
    code = models.SlugField(_("代码"), max_length=30)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    name = LineField(_("名称"), max_length=100)
    name_en = LineField(_("英文名称"), max_length=150, blank=True)
    starts_on = models.DateField(_("评估期起"))
    ends_on = models.DateField(_("评估期止"))
    cut_off = models.DateField(_("数据截止日"))
    due_on = models.DateField(_("提交期限"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PLANNED)
    published_on = models.DateField(_("发布日期"), null=True, blank=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RaisedQuerySet.as_manager()

    class Meta:
        verbose_name = _("评估轮次")
        ordering = ["plan", "-cut_off", "code"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="round_code_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="round_ends_after_start"),
            models.CheckConstraint(
                condition=Q(state="published", published_on__isnull=False)
                | (~Q(state="published") & Q(published_on__isnull=True)),
                name="published_round_says_when",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("assessments:round", args=[self.plan.slug, self.code])

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class RoundStep(Step):
    """What was done to a round and why; reopening a closed one always says why."""

    class Action(models.TextChoices):
        CREATED = "created", _("建立")
        CHANGED = "changed", _("修改")
        OPENED = "opened", _("启动")
        CLOSED = "closed", _("结束")
        REOPENED = "reopened", _("重新打开")
        PUBLISHED = "published", _("发布")

    round = models.ForeignKey(Round, models.CASCADE, related_name="steps")
    action = models.CharField(_("步骤"), max_length=10, choices=Action.choices)

    class Meta(Step.Meta):
        verbose_name = _("轮次记录")
        constraints = [
            models.CheckConstraint(condition=~Q(action="reopened") | ~Q(reason=""), name="reopening_has_a_reason")
        ]


class Assignment(models.Model):
    """Who evaluates which commitment in a round, and by when."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="assignments")
    item = models.ForeignKey(Item, models.PROTECT, related_name="assignments")
    evaluator = models.ForeignKey(PERSON, models.PROTECT, related_name="assignments")
    due_on = models.DateField(_("提交期限"))

    class Meta:
        verbose_name = _("评估分工")
        ordering = ["round", "item__order"]
        constraints = [models.UniqueConstraint(fields=["round", "item"], name="one_evaluator_per_item_and_round")]

    def __str__(self):
        return f"{self.round_id} {self.item_id} {self.evaluator_id}"
