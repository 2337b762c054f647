"""Drafts of plans: what planners make before anybody else sees it, each step kept."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.stored_json import StoredJSON
from plan.models import Plan
from studio.held import DraftContent
from studio.shapes import CHANGED, HELD, KEYS
from texts.fields import LineField, ProseField


class PlanDraft(models.Model):
    """编制稿: a plan on its way, by the address it will have. `edition` counts its changes."""

    class State(models.TextChoices):
        OPEN = "open", _("编制中")
        SUBMITTED = "submitted", _("待发布")

    slug = models.SlugField(_("地址"), unique=True)
    title = LineField(_("名称"), max_length=200)
    plan = models.OneToOneField(
        Plan, models.PROTECT, null=True, blank=True, related_name="draft", verbose_name=_("规划")
    )
    template = LineField(_("模板"), max_length=40)
    raw = ProseField(_("送入的文本"), blank=True, max_length=None)
    passed = StoredJSON(shape=KEYS, default=list, help_text="Keys of repairs that somebody undid.")
    content = StoredJSON(shape=HELD, default=dict)
    edition = models.PositiveIntegerField(default=1)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    reason = ProseField(_("理由"), blank=True, help_text="Why what is published is to be changed.")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Whose work it is, until it is handed over; every planner may change it.
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    started_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("编制稿")
        ordering = ["-updated_at"]

    def __str__(self):
        return self.title

    @property
    def held(self) -> DraftContent:
        return DraftContent.of_json(self.content)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class DraftStep(models.Model):
    """One change of a draft, by whom: `changed` is what was and what is, so that it can be taken back."""

    class Action(models.TextChoices):
        STARTED = "started", _("新建")
        TEXT = "text", _("改动文本")
        FRAME = "frame", _("改动名称和时期")
        KINDS = "kinds", _("改动类别")
        ACCEPTED = "accepted", _("接受")
        EDITED = "edited", _("修改条目")
        SPLIT = "split", _("拆分")
        MERGED = "merged", _("合并")
        REMOVED = "removed", _("去掉条目")
        NONE = "none", _("判为无承诺")
        TABLE = "table", _("从表格读入")
        UNDONE = "undone", _("撤销")
        SUBMITTED = "submitted", _("提交发布")
        RETURNED = "returned", _("退回")
        WITHDRAWN = "withdrawn", _("撤回")
        PUBLISHED = "published", _("发布")
        HANDED = "handed", _("移交")

    draft = models.ForeignKey(PlanDraft, models.CASCADE, related_name="steps")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    action = models.CharField(max_length=10, choices=Action.choices)
    told = LineField(max_length=300, blank=True)
    changed = StoredJSON(shape=CHANGED, default=dict)
    undone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("编制步骤")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.action} {self.draft_id}"


class Publication(models.Model):
    """发布: a draft made visible, or what is visible corrected; by whom, why, and what it changed by code."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="publications")
    draft = models.ForeignKey(PlanDraft, models.PROTECT, related_name="publications")
    day = models.DateField(_("日期"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = ProseField(_("理由"), blank=True)
    is_correction = models.BooleanField(_("更正"), default=False)
    changes = StoredJSON(shape=CHANGED, default=dict)
    digest = LineField(max_length=64)

    class Meta:
        verbose_name = _("规划发布")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.plan_id} {self.day}"
