"""公开信息: what somebody published about a commitment. It is never the report of the unit in charge."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.stored_json import StoredJSON
from evidence.days import as_printed
from evidence.shapes import ROWS
from plan.days import end_of, learned_by
from plan.models import Item, Plan, Source
from plan.public import Says
from plan.workflow import EntryStep, Stateful
from texts.fields import LineField, ProseField

PHRASE_LENGTH = 20


class PublicEvidenceQuerySet(models.QuerySet):
    def approved(self) -> "PublicEvidenceQuerySet":
        return self.filter(state=PublicEvidence.State.APPROVED)

    def known_on(self, day: date) -> "PublicEvidenceQuerySet":
        """Approved here and public by a day: what a page of that day shows, known here by `Day.known_by`."""
        rows, learned = self.approved().filter(published_on__lte=day), learned_by(day)
        return rows if learned is None else rows.filter(approved_at__lt=end_of(learned))

    def since(self, day: date) -> "PublicEvidenceQuerySet":
        """Published on a day or later."""
        return self.approved().filter(published_on__gte=day)

    def of(self, plan: Plan) -> "PublicEvidenceQuerySet":
        """About commitments that the plan's files still list."""
        return self.filter(item__plan=plan, item__retired_on=None)

    def newest_last(self) -> "PublicEvidenceQuerySet":
        """In the order in which they became public."""
        return self.order_by("published_on", "id")


class PublicEvidence(Stateful):
    """One published statement about one commitment, in our own words.

    It is known from the day it was published. Where only the month or year of that is printed, `published_on` is
    its last day, by which it surely was public; where only those of the event are, `took_place_on` is their first.
    """

    # Of the fixtures until a person takes the first step with it; `key` keeps the loader from bringing it twice.
    FROM_FIXTURES = Q(is_from_files=True)

    Says = Says

    class Precision(models.TextChoices):
        DAY = "day", _("到日")
        MONTH = "month", _("到月")
        YEAR = "year", _("到年")

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已提交")
        APPROVED = "approved", _("已核定")
        RETURNED = "returned", _("已退回")

    item = models.ForeignKey(Item, models.CASCADE, related_name="evidence", verbose_name=_("条目"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("来源"))
    published_on = models.DateField(_("公布日期"), null=True, blank=True)
    published_precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.DAY)
    says = models.CharField(_("说明了什么"), max_length=10, choices=Says.choices)
    fact = LineField(_("事实"), max_length=200)
    phrase = LineField(_("原文用语"), max_length=PHRASE_LENGTH, blank=True)
    number = models.DecimalField(_("数量"), max_digits=20, decimal_places=4, null=True, blank=True)
    unit = LineField(_("单位"), max_length=20, blank=True)
    took_place_on = models.DateField(_("发生日期"), null=True, blank=True)
    took_place_precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.DAY)
    note = ProseField(_("说明"), blank=True)
    contradicts = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="contradicted_by", verbose_name=_("与之矛盾")
    )
    batch = models.ForeignKey(
        "EvidenceBatch", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    key = LineField(_("文件中的编号"), max_length=40, blank=True, editable=False)
    is_from_files = models.BooleanField(default=False, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("录入人")
    )
    entered_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("核定人")
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = PublicEvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("公开信息")
        ordering = ["item__order", "published_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="approved", approved_at__isnull=False, published_on__isnull=False)
                | (~Q(state="approved") & Q(approved_at__isnull=True, approved_by__isnull=True)),
                name="approved_evidence_says_when",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(entered_by__isnull=True)
                | ~Q(approved_by=F("entered_by")),
                name="evidence_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=(Q(says="number", number__isnull=False) & ~Q(unit=""))
                | (~Q(says="number") & Q(number__isnull=True, unit="")),
                name="evidence_of_a_number_has_one",
            ),
            models.CheckConstraint(condition=~Q(fact=""), name="evidence_states_a_fact"),
            models.CheckConstraint(
                condition=Q(contradicts__isnull=True) | ~Q(contradicts=F("id")),
                name="evidence_contradicts_another",
            ),
            models.UniqueConstraint(fields=["item", "key"], condition=~Q(key=""), name="evidence_key_once"),
        ]
        indexes = [models.Index(fields=["item", "state", "published_on"], name="evidence_known_by")]

    def __str__(self):
        return f"{self.item.code} {self.get_says_display()}{gettext('：')}{self.fact}"

    def was_known(self, day: date) -> bool:
        """Whether it is approved and was public by a day (`PublicEvidenceQuerySet.known_on`)."""
        is_public = self.state == self.State.APPROVED and self.published_on is not None
        if not is_public or self.published_on > day:
            return False
        learned = learned_by(day)
        return learned is None or self.learned_on <= learned

    @property
    def learned_on(self) -> date | None:
        """The day of our own knowledge: when it was approved here."""
        return timezone.localdate(self.approved_at) if self.approved_at else None

    @property
    def published(self) -> str:
        """The day it was published, as far as it is printed."""
        return as_printed(self.published_on, self.published_precision) if self.published_on else ""

    @property
    def took_place(self) -> str:
        """The day of the event, as far as it is printed."""
        return as_printed(self.took_place_on, self.took_place_precision) if self.took_place_on else ""


class EvidenceStep(EntryStep):
    evidence = models.ForeignKey(PublicEvidence, models.CASCADE, related_name="steps")

    class Meta(EntryStep.Meta):
        verbose_name = _("公开信息经办记录")


class EvidenceBatch(models.Model):
    """A file of statements on its way in: what each row would do, then what became of it."""

    class State(models.TextChoices):
        CHECKED = "checked", _("待确认")
        APPLIED = "applied", _("已导入")
        UNDONE = "undone", _("已撤销")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    name = LineField(_("文件名"), max_length=200)
    rows = StoredJSON(_("各行"), shape=ROWS, default=list, help_text="Line, cells by column, outcome and faults.")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.CHECKED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("公开信息导入")
        ordering = ["-id"]

    def __str__(self):
        return self.name

    def of(self, outcome: str) -> list[dict]:
        """Its rows of one outcome: new, changed, same or invalid."""
        return [row for row in self.rows if row["outcome"] == outcome]
