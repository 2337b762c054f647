"""The audit log. It knows people only by name and things only by code and label, so that nothing it speaks of
has to stay for the log to stay. Each row is a link of a chain (docs/decisions/0014)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.digests import digest_of, plain


class AuditQuerySet(models.QuerySet):
    """Rows are added, one or many; nothing else is done to them."""

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for event in objs:
            event.seal()
        return super().bulk_create(objs, *args, **kwargs)

    def update(self, **kwargs):
        raise TypeError("Audit rows cannot be changed.")

    def delete(self):
        raise TypeError("Audit rows cannot be deleted.")


class AuditEvent(models.Model):
    """Who did what to which row, written in the transaction of the change; never edited, never deleted.

    Triggers refuse both in the database as well, and link each new row to the one before (audit.guards).
    """

    class Outcome(models.TextChoices):
        OK = "ok", _("成功")
        REFUSED = "refused", _("拒绝")
        FAILED = "failed", _("失败")
        DIFFERS = "differs", _("有差异")

    at = models.DateTimeField(_("时间"), default=timezone.now, editable=False)
    # Without a constraint: a restore exchanges the accounts, and the log stays as it is.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    actor_name = models.CharField(_("操作人"), max_length=150)
    address = models.CharField(_("地址"), max_length=45, blank=True)
    action = models.CharField(_("操作"), max_length=40)
    plan_slug = models.CharField(_("规划"), max_length=50, blank=True)
    object_code = models.CharField(_("对象编码"), max_length=60, blank=True)
    object_label = models.CharField(_("对象"), max_length=300, blank=True)
    before = models.JSONField(_("变更前"), null=True, blank=True)
    after = models.JSONField(_("变更后"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=20, choices=Outcome.choices, default=Outcome.OK)
    # SHA-256 of all of the above (audit.digests).
    digest = models.CharField(max_length=64, editable=False, default="", db_default="")
    # Empty: written here. Else the chain it came with out of a backup (ChainLink.chain).
    origin = models.CharField(max_length=64, blank=True, editable=False, default="", db_default="")

    objects = AuditQuerySet.as_manager()

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
        self.seal()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Audit rows cannot be deleted.")

    def seal(self):
        """Puts the values into the one form they are read back in, and their digest beside them."""
        self.before, self.after = plain(self.before), plain(self.after)
        if not self.origin:
            self.origin, self.digest = "", digest_of(vars(self))

    @property
    def person_name(self) -> str:
        """The name of the actor's account, where it is still the account that acted."""
        is_same = self.actor is not None and self.actor.get_username()[:150] == self.actor_name
        return self.actor.name if is_same else ""


class ChainLink(models.Model):
    """The place of a row in its chain: `hash` is SHA-256 over the hash before, the position and the row's digest.

    The database adds it at the end of the row's transaction (audit.guards). Rows that came with a backup keep
    the links they had there, under a chain named by the first of their hashes.
    """

    chain = models.CharField(max_length=64, blank=True)
    position = models.PositiveBigIntegerField()
    event = models.OneToOneField(AuditEvent, models.PROTECT, related_name="link")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["chain", "position"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "position"], name="audit_one_link_a_position"),
            models.CheckConstraint(condition=Q(position__gte=1), name="audit_positions_from_one"),
        ]

    def __str__(self):
        return f"{self.chain[:8]}#{self.position} {self.hash[:12]}"


class Repeated(models.Model):
    """How often a stranger did within an hour what one row of the log says he did.

    Beside the log, because a row of the log never changes; found by what the row itself says (`services.key_of`).
    """

    key = models.CharField(max_length=64, unique=True)
    times = models.PositiveBigIntegerField(_("次数"), default=1)
    last_at = models.DateTimeField(_("最近一次"))

    class Meta:
        verbose_name = _("重复次数")

    def __str__(self):
        return f"{self.key[:12]} × {self.times}"
