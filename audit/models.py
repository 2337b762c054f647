"""The audit log. It knows people only by name and things only by code and label, so that nothing it speaks of
has to stay for the log to stay."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """Who did what to which row, written in the transaction of the change; never edited, never deleted.

    On PostgreSQL a trigger refuses both in the database as well (migrations/0003).
    """

    class Outcome(models.TextChoices):
        OK = "ok", _("成功")
        REFUSED = "refused", _("拒绝")
        FAILED = "failed", _("失败")
        DIFFERS = "differs", _("有差异")

    at = models.DateTimeField(_("时间"), auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    actor_name = models.CharField(_("操作人"), max_length=150)
    address = models.CharField(_("地址"), max_length=45, blank=True)
    action = models.CharField(_("操作"), max_length=40)
    plan_slug = models.CharField(_("规划"), max_length=50, blank=True)
    object_code = models.CharField(_("对象编码"), max_length=60, blank=True)
    object_label = models.CharField(_("对象"), max_length=300, blank=True)
    before = models.JSONField(_("变更前"), null=True, blank=True)
    after = models.JSONField(_("变更后"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=20, choices=Outcome.choices, default=Outcome.OK)

    class Meta:
        verbose_name = _("审计记录")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["action", "id"], name="audit_by_action"),
            models.Index(fields=["actor_name", "id"], name="audit_by_actor"),
            models.Index(fields=["object_code", "id"], name="audit_by_object"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.object_code}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise TypeError("Audit rows cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Audit rows cannot be deleted.")
