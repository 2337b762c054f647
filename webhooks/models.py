"""Addresses that are told what happened, what they are told, and each attempt at it (docs/decisions/0058)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plan.models import Plan
from texts.fields import LineField, ProseField


class Event(models.TextChoices):
    FIGURES = "figures.approved", _("核定数据")
    VERDICTS = "verdicts.changed", _("判定变化")
    UPDATES = "updates.approved", _("核定进展填报")
    EVIDENCE = "evidence.approved", _("核定公开信息")
    TEST = "test", _("测试")


# What an address can be told; a test is sent where somebody presses its button.
CHOSEN = [event for event in Event if event != Event.TEST]


class Hook(models.Model):
    """An address of another program, and what of a plan it is told in which form."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="hooks", verbose_name=_("规划"))
    name = LineField(_("名称"), max_length=100)
    address = LineField(_("网址"), max_length=1000)
    # Codes of `Event`, with blanks between them.
    events = LineField(_("推送内容"), max_length=200)
    # JSON with gaps (messages.py); empty: our own form, signed.
    template = ProseField(_("消息模板"), blank=True, max_length=4000)
    # Sealed (accounts.sealing).
    secret = models.CharField(max_length=500, editable=False)  # sealed (accounts.sealing)
    failures = models.PositiveIntegerField(_("连续失败"), default=0)
    paused_at = models.DateTimeField(_("暂停时间"), null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("推送")
        ordering = ["plan", "id"]

    def __str__(self):
        return self.name

    @property
    def event_words(self) -> list[str]:
        return [str(Event(code).label) for code in self.events.split()]


class Delivery(models.Model):
    """One message for one address, written in the transaction of what it tells: the row is the work to do."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已送达")
        GIVEN_UP = "given_up", _("已放弃")

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="deliveries")
    # Receivers know by it what came twice.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.CharField(_("内容"), max_length=30, choices=Event.choices)
    body = models.JSONField()
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("推送消息")
        ordering = ["-id"]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="delivery_due")]

    def __str__(self):
        return f"{self.event} {self.key}"


class Attempt(models.Model):
    """What came of sending a message once."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tried")
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    # Of the answer; none where there was no answer.
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()
    fault = LineField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("推送尝试")
        ordering = ["id"]

    def __str__(self):
        return f"{self.delivery_id} {self.status}"
