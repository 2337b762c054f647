"""讨论: what people of the house say to each other about a commitment, a figure or a report. Never public."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models import ReportChapter, Round
from indicators.models import Observation
from plan.models import Item, Plan
from plan.workflow import Stateful
from texts.fields import LineField, ProseField
from updates.models import StatusUpdate

PERSON = settings.AUTH_USER_MODEL
COMMENT_LENGTH = 5000
# The columns that say what a thread is about; each holds exactly one.
SUBJECTS = ("item", "figure", "update", "chapter", "round")


def _one_subject() -> Q:
    found = Q()
    for one in SUBJECTS:
        found |= Q(**{f"{name}__isnull": name != one for name in SUBJECTS})
    return found


class Thread(Stateful):
    """One first comment with its replies, about one thing; open until somebody says that it is resolved."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("talk", "进行中")
        RESOLVED = "resolved", pgettext_lazy("talk", "已解决")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="threads")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="threads")
    figure = models.ForeignKey(Observation, models.PROTECT, null=True, blank=True, related_name="threads")
    update = models.ForeignKey(StatusUpdate, models.PROTECT, null=True, blank=True, related_name="threads")
    chapter = models.ForeignKey(ReportChapter, models.PROTECT, null=True, blank=True, related_name="threads")
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="threads")
    is_question = models.BooleanField(_("提问"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    # In whose hand it is to be brought to an end: who began it, or whom it was handed to.
    keeper = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("跟进人"))
    begun_at = models.DateTimeField(auto_now_add=True)
    resolved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("讨论")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=_one_subject(), name="thread_about_one_thing"),
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_by__isnull=False, resolved_at__isnull=False)
                | Q(state="open", resolved_by__isnull=True, resolved_at__isnull=True),
                name="resolved_thread_says_by_whom",
            ),
        ]

    def __str__(self):
        return f"{self.plan_id} {self.pk}"

    def get_absolute_url(self):
        return reverse("talk:thread", args=[self.plan.slug, self.pk])


class Comment(models.Model):
    """What one person said. Taken back, its words stand in the audit log alone."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="comments")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = ProseField(_("发言"), blank=True, max_length=COMMENT_LENGTH)
    edited_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("发言")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(withdrawn_at__isnull=True) & ~Q(text="")) | Q(withdrawn_at__isnull=False, text=""),
                name="comment_says_something_or_is_withdrawn",
            )
        ]

    def __str__(self):
        return f"{self.thread_id} {self.by_id}"


class TalkMention(models.Model):
    """Somebody named in a comment, in the words `said`; settled once he has spoken in the thread since."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="mentions")
    said = LineField(max_length=150, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("提到")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["comment", "person"], name="mentioned_once_a_comment")]
        indexes = [models.Index(fields=["person", "settled_at"], name="mention_waits")]

    def __str__(self):
        return f"{self.comment_id} {self.person_id}"
