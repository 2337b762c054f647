"""What a person should know: the site's inbox, and what of it goes out by e-mail."""

from django.conf import settings
from django.db import models
from django.db.models import Case, When
from django.utils.translation import gettext_lazy as _

from audit.stored_json import StoredJSON
from notices.phrases import tell
from notices.shapes import SAID
from texts.fields import LineField, ProseField
from texts.site_root import at_root


class NoticeKind(models.TextChoices):
    DUE = "due", _("即将到期")
    OVERDUE = "overdue", _("已逾期")
    SUBMITTED = "submitted", _("待核定")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已核定")
    TALK = "talk", _("讨论")
    FOLLOWED = "followed", _("关注的变化")
    JOB = "job", _("后台任务结束")
    ACCOUNT = "account", _("账号安全")


# What nobody switches off, and is mailed when it happens.
ALWAYS_TOLD = (NoticeKind.ACCOUNT,)


class NoticeQuerySet(models.QuerySet):
    def in_inbox_of(self, person):
        """What somebody's inbox shows: all of theirs but the kinds they want by mail only."""
        hidden = Preference.objects.filter(person=person, inbox=False).values("kind")
        return self.filter(person=person).exclude(kind__in=hidden)

    def unread(self):
        return self.filter(read_at__isnull=True)

    def unread_first(self):
        """Unread before read, and the newest of each first."""
        is_read = Case(When(read_at__isnull=True, then=0), default=1, output_field=models.SmallIntegerField())
        return self.annotate(is_read=is_read).order_by("is_read", "-created_at", "-id")


class Notice(models.Model):
    """One line of somebody's inbox. `key` keeps the same reminder from being sent twice."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(_("类别"), max_length=10, choices=NoticeKind.choices)
    key = LineField(max_length=120, help_text="What it speaks of, for example figure:17:returned:3.")
    title = LineField(_("标题"), max_length=300)
    body = ProseField(_("内容"), blank=True, max_length=None)
    said = StoredJSON(
        shape=SAID, default=dict, blank=True, help_text="Title and body as notices.phrases tells them."
    )
    url = LineField(_("地址"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("时间"), auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("提醒")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notice_once")]
        indexes = [models.Index(fields=["person", "read_at"], name="notice_unread")]

    def __str__(self):
        return f"{self.person_id} {self.title}"

    @property
    def address(self) -> str:
        """Where it leads, as readers are given it: one that leads nowhere to the inbox."""
        return at_root(self.url or "/inbox/")

    @property
    def title_told(self) -> str:
        """The title in the reader's language; as stored where nothing else was kept."""
        return tell(self.said.get("title", self.title))

    @property
    def excerpt(self) -> tuple[str, str, int]:
        """The body as the inbox shows it: what is open, what is folded away, lines folded away."""
        return split_lines(tell(self.said.get("body", self.body)), 4)


def split_lines(text: str, shown: int) -> tuple[str, str, int]:
    """The first lines, the others, and how many those are; one or two more are not split off."""
    lines = text.splitlines()
    if len(lines) <= shown + 2:
        return text, "", 0
    return "\n".join(lines[:shown]), "\n".join(lines[shown:]), len(lines) - shown


class Preference(models.Model):
    """How somebody wants to hear of a kind; without a row: inbox and the daily digest."""

    class Mail(models.TextChoices):
        NONE = "none", _("不发邮件")
        DIGEST = "digest", _("每日汇总")
        AT_ONCE = "at_once", _("即时")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences")
    kind = models.CharField(_("类别"), max_length=10, choices=NoticeKind.choices)
    inbox = models.BooleanField(_("站内提醒"), default=True)
    mail = models.CharField(_("邮件"), max_length=10, choices=Mail.choices, default=Mail.DIGEST)

    class Meta:
        verbose_name = _("提醒方式")
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="preference_once")]

    def __str__(self):
        return f"{self.person_id} {self.kind}"
