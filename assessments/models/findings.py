"""What follows from a note until it is closed, and what notes and answers rest on."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation
from assessments.models.notes import Note
from assessments.models.rounds import PERSON, RaisedQuerySet
from plan.workflow import Stateful, Step
from texts.fields import AddressField, LineField, ProseField


class Finding(Stateful):
    """问题与整改: what a note asks an organisation to do, followed until it is closed."""

    class State(models.TextChoices):
        OPEN = "open", _("待整改")
        RESPONDED = "responded", _("已反馈")
        RETURNED = "returned", _("反馈退回")
        ACCEPTED = "accepted", _("反馈采纳")
        CLOSED = "closed", _("已办结")

    # The organisation is still waited for; what it has answered waits for the other side.
    UNANSWERED = (State.OPEN, State.RETURNED)

    note = models.ForeignKey(Note, models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField(_("序号"))
    title = LineField(_("问题"), max_length=200)
    request = ProseField(_("整改要求"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="findings", verbose_name=_("责任单位")
    )
    due_on = models.DateField(_("整改期限"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)

    objects = RaisedQuerySet.as_manager()

    class Meta:
        verbose_name = _("整改事项")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["note", "number"], name="finding_number_once"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False)
                | (~Q(state="closed") & Q(closed_on__isnull=True)),
                name="closed_finding_says_when",
            ),
        ]

    def __str__(self):
        return self.title

    def is_late_on(self, day: date) -> bool:
        """Whether its day was over on another and, in the state it is in, its organisation had not answered.

        Of many rows `assessments.queries.overdue_findings` says the same.
        """
        return self.due_on < day and self.state in self.UNANSWERED


class FindingStep(Step):
    """A response, and what was said to it."""

    class Action(models.TextChoices):
        CREATED = "created", pgettext_lazy("follow-up action", "提出")
        RESPONDED = "responded", _("反馈")
        ACCEPTED = "accepted", _("采纳")
        RETURNED = "returned", _("退回")
        CLOSED = "closed", _("办结")
        ASKED = "asked", _("询问")
        ANSWERED = "answered", _("答复")

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="steps")
    action = models.CharField(_("步骤"), max_length=10, choices=Action.choices)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    # What was said is the matter itself here, not a reason beside it.
    reason = None
    text = ProseField(_("内容"), blank=True)

    class Meta(Step.Meta):
        verbose_name = _("整改记录")
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=["created", "accepted", "closed"]) | ~Q(text=""),
                name="response_says_something",
            )
        ]


class Evidence(models.Model):
    """佐证材料 of a note or a response: a file (plan.uploads) or a link, with the number of its document."""

    note = models.ForeignKey(Note, models.CASCADE, null=True, blank=True, related_name="evidence")
    step = models.ForeignKey(FindingStep, models.CASCADE, null=True, blank=True, related_name="evidence")
    title = LineField(_("名称"), max_length=200)
    document_number = LineField(_("文号"), max_length=100, blank=True)
    url = AddressField(_("网址"), max_length=1000, blank=True)
    content_type = LineField(_("类型"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("字节"), null=True, blank=True)
    sha256 = LineField(max_length=64, blank=True)
    stored_as = LineField(max_length=60, blank=True, editable=False)
    # Seen by the people of the house alone, whatever becomes of what it is attached to (docs/decisions/0049).
    is_internal = models.BooleanField(_("内部"), default=True)
    added_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("佐证材料")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(note__isnull=False, step__isnull=True) | Q(note__isnull=True, step__isnull=False),
                name="evidence_of_a_note_or_a_response",
            ),
            models.CheckConstraint(
                condition=Q(stored_as="", size__isnull=True, sha256="") & ~Q(url="")
                | ~Q(stored_as="") & Q(size__isnull=False, url="") & ~Q(sha256=""),
                name="evidence_is_a_file_or_a_link",
            ),
        ]

    def __str__(self):
        return self.title
