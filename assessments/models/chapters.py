"""The report of a round as people write it: its chapters, its front page, opinions on the draft, its versions."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.models.rounds import PERSON, Round
from assessments.shapes import CHAPTER_PINS, REPORT_DOCUMENT, REPORT_PAGES
from audit.stored_json import StoredJSON
from plan.workflow import Stateful, Step, StepQuerySet
from texts.fields import LineField, ProseField

CHAPTER_LENGTH = 60_000


class ReportChapter(Stateful):
    """一章: drafted by the product, written by its author, agreed by a second person.

    `body` is plain text: a line of its own is a paragraph, （一）… a heading, 〔表：…〕 a table of the report
    (assessments.report.tables). `pins` says of each number the draft brought what it is, in the words that stand
    in the text; they are renewed on request, never by themselves.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("起草中")
        REVIEW = "review", _("待审")
        AGREED = "agreed", _("定稿")

    round = models.ForeignKey(Round, models.CASCADE, related_name="chapters")
    key = LineField(_("代号"), max_length=30)
    position = models.PositiveSmallIntegerField(_("次序"))
    title = LineField(_("标题"), max_length=60)
    purpose = LineField(_("写什么"), max_length=300, blank=True)
    author = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="chapters", verbose_name=_("执笔人")
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    is_left_out = models.BooleanField(_("不写入报告"), default=False)
    body = ProseField(_("正文"), blank=True, max_length=CHAPTER_LENGTH)
    pins = StoredJSON(shape=CHAPTER_PINS, default=dict, blank=True, editable=False)
    agreed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("报告章节")
        ordering = ["round", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "key"], name="chapter_key_once"),
            models.CheckConstraint(
                condition=Q(state="agreed", agreed_by__isnull=False)
                | (~Q(state="agreed") & Q(agreed_by__isnull=True)),
                name="agreed_chapter_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | Q(author__isnull=True) | ~Q(agreed_by=F("author")),
                name="chapter_agreed_by_a_second_person",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_begun(self) -> bool:
        """Whether somebody has it in hand; until then the report says it as drafted."""
        return self.state != self.State.DRAFT or self.author_id is not None

    def get_absolute_url(self):
        return reverse("assessments:chapter", args=[self.round.plan.slug, self.round.code, self.pk])


class ChapterStep(Step):
    """One step of a chapter with its text as it stood."""

    class Action(models.TextChoices):
        CREATED = "created", _("设立")
        DRAFTED = "drafted", _("由系统起草")
        CHANGED = "changed", _("修改")
        RENEWED = "renewed", _("更新数字")
        ARRANGED = "arranged", _("调整章节")
        RETOLD = "retold", _("采纳 Word 修改")
        SUBMITTED = "submitted", _("送审")
        WITHDRAWN = "withdrawn", _("撤回")
        RETURNED = "returned", _("退回")
        AGREED = "agreed", _("定稿")
        REOPENED = "reopened", _("重新起草")
        HANDED = "handed", _("移交")

    chapter = models.ForeignKey(ReportChapter, models.CASCADE, related_name="steps")
    action = models.CharField(_("步骤"), max_length=10, choices=Action.choices)
    body = ProseField(_("正文"), blank=True, max_length=CHAPTER_LENGTH)
    # The chapter's after the step: what a Word file that left then was made from.
    edition = models.PositiveIntegerField(null=True, blank=True, editable=False)

    class Meta(Step.Meta):
        verbose_name = _("章节记录")
        constraints = [
            models.CheckConstraint(
                condition=~Q(action__in=["returned", "reopened"]) | ~Q(reason=""),
                name="chapter_sent_back_with_a_reason",
            )
        ]


class ChapterReturn(models.Model):
    """The text of a chapter as it came back in a Word file, until it was gone through."""

    chapter = models.ForeignKey(ReportChapter, models.CASCADE, related_name="returns")
    name = LineField(_("文件名"), max_length=200)
    body = ProseField(_("正文"), blank=True, max_length=CHAPTER_LENGTH)
    edition_sent = models.PositiveIntegerField(help_text="The edition of the chapter that the file was made from.")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("带回的章节")
        ordering = ["id"]

    def __str__(self):
        return f"{self.chapter_id} {self.name}"


class ReportFront(Stateful):
    """封面与签署: what stands on the cover and the page after it, beside what the round itself says."""

    round = models.OneToOneField(Round, models.CASCADE, related_name="front")
    issued_by = LineField(_("发布单位"), max_length=100, blank=True)
    secrecy = LineField(_("密级或版本说明"), max_length=50, blank=True)
    signatories = ProseField(_("签署人"), blank=True, max_length=2000)
    consulted = ProseField(_("征求意见的单位和人员"), blank=True, max_length=5000)

    class Meta:
        verbose_name = _("报告封面")

    def __str__(self):
        return f"{self.round_id}"


class ReportVersion(models.Model):
    """The report as it was on a day, whole: it can be opened, taken as a file and verified for ever."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版次"))
    document = StoredJSON(shape=REPORT_DOCUMENT)
    # Of the headings of its contents in Word; none until a machine with LibreOffice has set it (report.paging).
    pages = StoredJSON(shape=REPORT_PAGES, null=True, blank=True, editable=False)
    digest = LineField(max_length=64)
    reason = LineField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("报告版本")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="report_version_once")]

    def __str__(self):
        return f"{self.round_id} {self.number}"

    def get_absolute_url(self):
        return reverse("assessments:version", args=[self.round.plan.slug, self.round.code, self.number])


class Opinion(Stateful):
    """意见: what an expert, a unit or the public said of the draft, and what became of it."""

    class Kind(models.TextChoices):
        EXPERT = "expert", _("专家")
        UNIT = "unit", _("单位")
        PUBLIC = "public", _("公众")

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        ADOPTED = "adopted", _("采纳")
        PARTLY = "partly", _("部分采纳")
        NOT_ADOPTED = "not_adopted", _("不采纳")

    round = models.ForeignKey(Round, models.CASCADE, related_name="opinions")
    chapter = models.ForeignKey(
        ReportChapter, models.SET_NULL, null=True, blank=True, related_name="opinions", verbose_name=_("所涉章节")
    )
    kind = models.CharField(_("来自"), max_length=10, choices=Kind.choices)
    who = LineField(_("提出人"), max_length=100)
    received_on = models.DateField(_("收到日期"))
    text = ProseField(_("意见"), max_length=5000)
    state = models.CharField(_("处理"), max_length=12, choices=State.choices, default=State.OPEN)
    answer = ProseField(_("处理说明"), blank=True, max_length=5000)
    entered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("征求到的意见")
        ordering = ["round", "received_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["partly", "not_adopted"]) | ~Q(answer=""),
                name="opinion_not_adopted_says_why",
            )
        ]

    def __str__(self):
        return self.who


class OpinionStep(Step):
    class Action(models.TextChoices):
        ENTERED = "entered", _("登记")
        ADOPTED = "adopted", _("采纳")
        PARTLY = "partly", _("部分采纳")
        NOT_ADOPTED = "not_adopted", _("不采纳")
        REOPENED = "reopened", _("重新处理")

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="steps")
    action = models.CharField(_("步骤"), max_length=12, choices=Action.choices)

    class Meta(Step.Meta):
        verbose_name = _("意见处理记录")
