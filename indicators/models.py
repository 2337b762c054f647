"""Indicators, what they are to reach, what was published, and what was judged from it."""

import re
from copy import copy
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.stored_json import StoredJSON
from indicators.known import (
    BOUND_PRECISIONS,
    JUDGED_PRECISIONS,
    ComponentQuerySet,
    ObservationQuerySet,
    ReferenceQuerySet,
    TargetQuerySet,
)
from indicators.shapes import PATH
from judging.verdict_basis import answer_basis, read_basis
from plan.days import learned_by
from plan.models import Item, ItemQuerySet, Plan, Source, in_language
from plan.wording import RankUnit, measured, plain_number
from plan.workflow import EntryStep, Stateful, Step
from texts.fields import LineField, ProseField

# Known here so much later than in public that pages of the days between tell another story.
LATE_AFTER = timedelta(days=30)


def note_known_by(note: str, day: date) -> str:
    """A figure's note, or nothing where it names a later day: it was written when more was known."""
    later = re.findall(r"\d{4}-\d{2}-\d{2}", note) if note else []
    return "" if any(named > day.isoformat() for named in later) else note


def unit_name(chinese: str, english: str) -> str:
    """A unit for the language of the page; where it begins with a number as a factor: 1,560 × 100 million yuan."""
    name = in_language(chinese, english)
    return f"× {name}" if name.startswith(tuple("123456789")) else name


def is_rank(unit: str, direction: str) -> bool:
    """Whether figures in this unit are places in an order: 位 are people where more is better."""
    return unit == "位" and direction == Indicator.Direction.DOWN


class Indicator(Item):
    """指标: an item with a number to reach."""

    FROM_FIXTURES = Q()

    class Direction(models.TextChoices):
        UP = "up", _("越大越好")
        DOWN = "down", _("越小越好")

    class Nature(models.TextChoices):
        EXPECTED = "expected", _("预期性")
        BINDING = "binding", _("约束性")

    unit = LineField(_("单位"), max_length=20)
    unit_en = LineField(_("英文单位"), max_length=40, blank=True)
    direction = models.CharField(_("方向"), max_length=4, choices=Direction.choices)
    nature = models.CharField(_("性质"), max_length=10, choices=Nature.choices)
    in_table = models.BooleanField(_("列入主要指标表"))
    short = LineField(_("短名"), max_length=40)
    short_en = LineField(_("英文短名"), max_length=60, blank=True)
    table_quote = LineField(_("表内原文"), max_length=200, blank=True)
    definition = ProseField(_("含义"), blank=True)
    definition_en = ProseField(_("英文含义"), blank=True)
    decimals = models.PositiveSmallIntegerField(_("小数位"), default=2)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("指标")
        constraints = [
            # Named direction, never a default: a guessed one turns a failure into a success.
            models.CheckConstraint(condition=Q(direction__in=["up", "down"]), name="indicator_has_direction"),
        ]

    @property
    def short_label(self) -> str:
        return in_language(self.short, self.short_en)

    @property
    def unit_label(self) -> str:
        name = unit_name(self.unit, self.unit_en)
        return RankUnit(name) if self.is_rank else name

    @property
    def is_rank(self) -> bool:
        """Whether its figures are places in an order."""
        return is_rank(self.unit, self.direction)

    @property
    def meaning(self) -> str:
        return in_language(self.definition, self.definition_en)


class Component(models.Model):
    """分项: the thing measured. Most indicators have one; 使用率、开放率 has two.

    One that the plan's files no longer list is retired as an item is (docs/decisions/0013).
    """

    FROM_FIXTURES = Q()

    class Accumulation(models.TextChoices):
        LEVEL = "level", _("水平型")
        CUMULATIVE = "cumulative", _("累计型")
        SUM = "sum", _("逐年相加")
        MEAN = "mean", _("年均值")
        GROWTH = "growth", _("累计增长")
        ANNUAL_GROWTH = "annual_growth", _("年均增长")
        EVERY_YEAR = "every_year", _("每年保持")

    class Frequency(models.TextChoices):
        """How often its figure comes out."""

        YEAR = "year", _("每年")
        HALF_YEAR = "half_year", _("每半年")
        QUARTER = "quarter", _("每季度")
        SEVERAL_YEARS = "several_years", _("每几年")

    # Counted year by year from the year after the base; their target may be without a base value.
    BY_YEARS = (Accumulation.SUM, Accumulation.MEAN, Accumulation.EVERY_YEAR)
    # The target is a change of the base value, in per cent.
    IN_PER_CENT = (Accumulation.GROWTH, Accumulation.ANNUAL_GROWTH)

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="components")
    code = LineField(_("编码"), max_length=40)
    name = LineField(_("名称"), max_length=100)
    name_en = LineField(_("英文名称"), max_length=100, blank=True)
    order = models.PositiveSmallIntegerField()
    accumulation = models.CharField(
        _("累计方式"), max_length=14, choices=Accumulation.choices, default=Accumulation.LEVEL
    )
    baseline_year = models.PositiveSmallIntegerField(_("基期年"), null=True, blank=True)
    baseline_value = models.DecimalField(_("基期值"), max_digits=30, decimal_places=8, null=True, blank=True)
    baseline_source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="+")
    continues = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="continued_by",
        verbose_name=_("接续"),
        help_text="The component of an earlier plan that it goes on from.",
    )
    continues_note = ProseField(_("接续口径说明"), blank=True, default="", db_default="")
    continues_note_en = ProseField(_("接续口径英文说明"), blank=True, default="", db_default="")
    baseline_quote = ProseField(_("基期原文"), blank=True)
    baseline_note = ProseField(_("基期说明"), blank=True)
    baseline_note_en = ProseField(_("基期英文说明"), blank=True, default="", db_default="")
    frequency = models.CharField(
        _("公布频率"), max_length=14, choices=Frequency.choices, default=Frequency.YEAR, db_default=Frequency.YEAR
    )
    every_years = models.PositiveSmallIntegerField(_("每几年一次"), null=True, blank=True)
    first_due_year = models.PositiveSmallIntegerField(_("其中的一年"), null=True, blank=True)
    due_month = models.PositiveSmallIntegerField(
        _("通常公布月份"), null=True, blank=True, help_text="Of the year after; the site's own day where empty."
    )
    usual_publisher = LineField(_("通常发布单位"), max_length=200, blank=True, default="", db_default="")
    retired_on = models.DateField(_("停用日期"), null=True, blank=True, editable=False)
    retired_reason = LineField(
        _("停用原因"), max_length=300, blank=True, default="", db_default="", editable=False
    )

    objects = ComponentQuerySet.as_manager()

    class Meta:
        verbose_name = _("分项")
        ordering = ["indicator__order", "order"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "code"], name="component_code_once"),
            models.CheckConstraint(
                condition=Q(baseline_value__isnull=True)
                | Q(baseline_year__isnull=False, baseline_source__isnull=False),
                name="baseline_has_year_and_source",
            ),
            models.CheckConstraint(
                condition=Q(
                    accumulation__in=[
                        "level",
                        "cumulative",
                        "sum",
                        "mean",
                        "growth",
                        "annual_growth",
                        "every_year",
                    ]
                ),
                name="component_is_compared_in_a_known_way",
            ),
            models.CheckConstraint(
                condition=Q(frequency__in=["year", "half_year", "quarter"], every_years__isnull=True)
                | Q(frequency="several_years", every_years__gte=2, first_due_year__isnull=False),
                name="component_comes_out_in_known_years",
            ),
            models.CheckConstraint(
                condition=Q(due_month__isnull=True) | Q(due_month__range=(1, 12)), name="component_due_month"
            ),
            models.CheckConstraint(
                condition=Q(retired_on__isnull=True, retired_reason="")
                | (Q(retired_on__isnull=False) & ~Q(retired_reason="")),
                name="retired_component_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"

    def comes_out(self, year: int) -> bool:
        """Whether a figure of a year comes out at all: of a survey of every few years only in its own.

        What comes out by the quarter or half-year has a figure of each year too, and only that is kept here.
        """
        if not self.every_years or self.first_due_year is None:
            return True
        return (year - self.first_due_year) % self.every_years == 0

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def baseline_note_label(self) -> str:
        return in_language(self.baseline_note, self.baseline_note_en)

    @property
    def full_name(self) -> str:
        """The indicator's title, of one of several parts with its own name: 使用率、开放率（使用率）."""
        title = self.indicator.title
        return title if self.code == self.indicator.code else f"{title}（{self.name}）"

    @property
    def full_name_en(self) -> str:
        """The same in English; "" where either has none."""
        title = self.indicator.title_en
        if self.code == self.indicator.code:
            return title
        return f"{title} ({self.name_en})" if title and self.name_en else ""


class ComponentName(models.Model):
    """What tables call a component, once a person has said so; without a component: nothing of the plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    name = LineField(_("名称"), max_length=200)
    key = LineField(max_length=200, editable=False, help_text="files.naming.name_key of the name.")
    component = models.ForeignKey(
        Component, models.CASCADE, null=True, blank=True, related_name="names", verbose_name=_("分项")
    )
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    said_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("别名")
        ordering = ["plan", "name"]
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="component_name_once")]

    def __str__(self):
        return self.name


class NoFigure(models.Model):
    """What answers for a due figure that does not come: not published, or not collected, with the reason."""

    class Kind(models.TextChoices):
        NOT_PUBLISHED = "not_published", _("未公布")
        NOT_COLLECTED = "not_collected", _("当年未统计")

    component = models.ForeignKey(Component, models.CASCADE, related_name="answers")
    year = models.PositiveSmallIntegerField(_("年份"))
    kind = models.CharField(_("情况"), max_length=14, choices=Kind.choices)
    reason = ProseField(_("理由"))
    until = models.DateField(
        _("至哪天为止"), null=True, blank=True, help_text="Due again after it; empty: for good."
    )
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("无数据说明")
        constraints = [
            models.UniqueConstraint(fields=["component", "year"], name="one_answer_a_year"),
            models.CheckConstraint(condition=~Q(reason=""), name="no_figure_says_why"),
        ]

    def __str__(self):
        told = {"code": self.component.code, "year": self.year, "kind": self.get_kind_display()}
        return gettext("%(code)s %(year)s 年：%(kind)s") % told

    def holds_on(self, day: date) -> bool:
        return self.until is None or day <= self.until


class Target(models.Model):
    """目标值, one version. Version 1 is the plan's own and never changes; later ones are formal revisions.

    A revision is proposed with the act it rests on and approved by a second person; it gets its version then,
    and counts from `effective_on`.
    """

    # The plan's own; every other version is somebody's proposal.
    FROM_FIXTURES = Q(version=1)

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待核定")
        APPROVED = "approved", _("已核定")
        REFUSED = "refused", _("未通过")

    class Type(models.TextChoices):
        POINT = "point", _("达到")
        STRICT = "strict", _("严格超过")
        RANGE_FLOOR = "range_floor", _("区间（进入即达标，越过也算）")
        RANGE_INSIDE = "range_inside", _("区间（须落在其中）")
        DONE = "done", _("完成（是或否）")

    component = models.ForeignKey(Component, models.CASCADE, related_name="targets")
    version = models.PositiveSmallIntegerField(_("版本"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.APPROVED)
    type = models.CharField(_("类型"), max_length=12, choices=Type.choices)
    value = models.DecimalField(max_digits=30, decimal_places=8, null=True, blank=True)
    low = models.DecimalField(max_digits=30, decimal_places=8, null=True, blank=True)
    high = models.DecimalField(max_digits=30, decimal_places=8, null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("目标年"))
    text = LineField(_("原文写法"), max_length=60)
    path = StoredJSON(
        _("年度目标"),
        shape=PATH,
        default=dict,
        db_default={},
        blank=True,
        help_text='Year → value as text: {"2021": "5.5"}.',
    )
    effective_on = models.DateField(_("生效日期"), null=True, blank=True)
    approving_body = LineField(_("批准机关"), max_length=200, blank=True)
    document_number = LineField(_("文号"), max_length=100, blank=True)
    document_date = models.DateField(_("文件日期"), null=True, blank=True)
    reason = ProseField(_("理由"), blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("提出人")
    )
    proposed_at = models.DateTimeField(_("提出时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("核定人")
    )
    decided_at = models.DateTimeField(_("核定时间"), null=True, blank=True)
    decision_reason = ProseField(_("核定意见"), blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("目标值")
        ordering = ["component", "version"]
        constraints = [
            models.UniqueConstraint(fields=["component", "version"], name="target_version_once"),
            models.CheckConstraint(
                condition=Q(state="approved", version__isnull=False)
                | (~Q(state="approved") & Q(version__isnull=True)),
                name="approved_target_has_version",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="target_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(decision_reason=""), name="refused_target_says_why"
            ),
            models.CheckConstraint(
                condition=Q(type__in=["point", "strict"], value__isnull=False, low__isnull=True, high__isnull=True)
                | Q(
                    type__in=["range_floor", "range_inside"],
                    value__isnull=True,
                    low__isnull=False,
                    high__isnull=False,
                    low__lte=F("high"),
                )
                | Q(type="done", value__isnull=True, low__isnull=True, high__isnull=True),
                name="target_has_the_bounds_of_its_type",
            ),
            models.CheckConstraint(
                condition=Q(version=1, state="approved")
                | (
                    Q(effective_on__isnull=False, document_date__isnull=False)
                    & Q(effective_on__gte=F("document_date"))
                    & ~Q(approving_body="")
                    & ~Q(document_number="")
                    & ~Q(reason="")
                ),
                name="revised_target_names_its_act",
            ),
        ]

    def __str__(self):
        told = {"code": self.component.code, "version": self.version, "text": self.text}
        return gettext("%(code)s 目标第 %(version)s 版：%(text)s") % told

    @property
    def path_text(self) -> str:
        """Its yearly targets on one line: 2021=5.5；2022=5.6."""
        return "；".join(f"{year}={value}" for year, value in sorted(self.path.items()))

    def counts_on(self, day: date) -> bool:
        """Whether it was in force on a day (`TargetQuerySet.in_force_on`)."""
        return (self.effective_on is None or self.effective_on <= day) and self.was_learned(day)

    def was_learned(self, day: date) -> bool:
        """Whether it had been approved here, where the day says what was known."""
        learned = learned_by(day)
        return learned is None or self.learned_on is None or self.learned_on <= learned

    @property
    def learned_on(self) -> date | None:
        """The day it was approved here; the plan's own was before there was a system."""
        return timezone.localdate(self.decided_at) if self.decided_at else None

    @property
    def is_late(self) -> bool:
        """As of a figure."""
        if self.learned_on is None or self.effective_on is None:
            return False
        return self.learned_on - self.effective_on > LATE_AFTER


class Observation(Stateful):
    """观测值: one figure for one component and year, as one source released it on one day.

    Never edited once approved: a correction is a new release, and the old one stays readable.
    """

    class ValueStatus(models.TextChoices):
        PRELIMINARY = "preliminary", _("初步")
        FINAL = "final", _("最终核实")
        REVISED = "revised", _("修订")
        ESTIMATED = "estimated", _("推算")

    class Precision(models.TextChoices):
        EXACT = "exact", _("精确")
        ROUNDED = "rounded", _("约数")
        DERIVED = "derived", _("由公布数推算")
        LOWER_BOUND = "lower_bound", _("下限表述")
        UPPER_BOUND = "upper_bound", _("上限表述")
        APPROXIMATE = "approximate", _("大约")

    class ReleasePrecision(models.TextChoices):
        DAY = "day", _("日")
        MONTH = "month", _("月")
        YEAR = "year", _("年")

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已提交")
        APPROVED = "approved", _("已核定")
        RETURNED = "returned", _("已退回")
        REJECTED = "rejected", _("不采用")

    JUDGED_PRECISIONS = tuple(map(Precision, JUDGED_PRECISIONS))
    BOUNDS = tuple(map(Precision, BOUND_PRECISIONS))

    component = models.ForeignKey(Component, models.CASCADE, related_name="observations")
    year = models.PositiveSmallIntegerField(_("年份"))
    value = models.DecimalField(_("数值"), max_digits=30, decimal_places=8)
    value_status = models.CharField(_("数据性质"), max_length=12, choices=ValueStatus.choices)
    precision = models.CharField(_("精确程度"), max_length=12, choices=Precision.choices)
    exclusive = models.BooleanField(
        _("不含本数"), default=False, db_default=False, help_text="Of a bound: 超、突破、不足 exclude the number."
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices)
    released_on = models.DateField(_("公布日期"))
    release_precision = models.CharField(
        _("公布日期精确到"), max_length=5, choices=ReleasePrecision.choices, default=ReleasePrecision.DAY
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="observations", verbose_name=_("来源"))
    published_text = LineField(_("公布时的写法"), max_length=100, blank=True)
    note = ProseField(_("说明"), blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    # Asked to be taken out, and by whom it was: an approved figure counts until then and stays readable after.
    out_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    out_reason = ProseField(_("不采用的理由"), blank=True, default="", db_default="")
    taken_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    taken_out_at = models.DateTimeField(null=True, blank=True)
    out_key = models.BigIntegerField(
        default=0, db_default=0, editable=False, help_text="Its own key once it is taken out, else nothing."
    )

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("观测值")
        ordering = ["component", "year", "released_on", "id"]
        constraints = [
            # One that was taken out leaves its place to the figure that should have been entered.
            models.UniqueConstraint(
                fields=["component", "year", "released_on", "source", "out_key"], name="one_figure_per_release"
            ),
            models.CheckConstraint(
                condition=Q(state="approved", approved_at__isnull=False)
                | Q(state="rejected", approved_at__isnull=False, taken_out_at__isnull=False)
                | (~Q(state="approved") & Q(approved_at__isnull=True)),
                name="approved_figures_say_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected", note="", out_reason=""), name="rejected_figures_say_why"
            ),
            models.CheckConstraint(
                condition=Q(taken_out_at__isnull=True, taken_out_by__isnull=True, out_key=0)
                | Q(
                    state="rejected",
                    out_key=F("id"),
                    taken_out_at__isnull=False,
                    taken_out_by__isnull=False,
                    out_asked_by__isnull=False,
                ),
                name="taken_out_figures_say_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(out_asked_by__isnull=True) | (Q(approved_at__isnull=False) & ~Q(out_reason="")),
                name="only_approved_figures_are_taken_out",
            ),
            models.CheckConstraint(
                condition=Q(taken_out_by__isnull=True) | ~Q(taken_out_by=F("out_asked_by")),
                name="figure_taken_out_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(exclusive=False) | Q(precision__in=["lower_bound", "upper_bound"]),
                name="only_a_bound_is_exclusive",
            ),
            # Empty on both sides where the system itself loaded the plan's published figures.
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("entered_by")),
                name="figure_approved_by_a_second_person",
            ),
        ]
        indexes = [
            models.Index(fields=["component", "state", "released_on"], name="observation_known_by"),
            # What is under way, of which an import may leave any number: counted, and shown by year as due.
            models.Index(
                fields=["component", "state", "year"],
                name="observation_under_way",
                condition=~Q(state="approved"),
            ),
            # The reviewers' queue, oldest first, however long it is.
            models.Index(fields=["submitted_at", "id"], name="observation_queue", condition=Q(state="submitted")),
            models.Index(
                fields=["component"], name="observation_asked_out", condition=Q(out_asked_by__isnull=False)
            ),
            # Few, and looked for beside the figures of many plans at once (many/read_cases.py).
            models.Index(
                fields=["component", "year"],
                name="observation_bounds",
                condition=Q(precision__in=["lower_bound", "upper_bound"]),
            ),
        ]

    def __str__(self):
        """As people call it: I-08 2022 年 21.3 %."""
        value = measured(plain_number(self.value), self.component.indicator.unit_label)
        sign = f"{self.limit_sign} " if self.precision in self.BOUNDS else ""
        return gettext("%(code)s %(year)s 年 %(value)s") % {
            "code": self.component.code,
            "year": self.year,
            "value": f"{sign}{value}",
        }

    @property
    def is_judged(self) -> bool:
        return self.state == self.State.APPROVED and self.precision in self.JUDGED_PRECISIONS

    @property
    def is_bound(self) -> bool:
        """Approved, and at least or at most."""
        return self.state == self.State.APPROVED and self.precision in self.BOUNDS

    @property
    def limit_sign(self) -> str:
        """What a bound says of its number: > and ≥ of a lower one, < and ≤ of an upper."""
        if self.precision == self.Precision.LOWER_BOUND:
            return ">" if self.exclusive else "≥"
        return "<" if self.exclusive else "≤"

    def was_public(self, day: date) -> bool:
        """Whether it was known on a day (`ObservationQuerySet.known_on`)."""
        learned = learned_by(day)
        return self.released_on <= day and (learned is None or self.learned_on <= learned)

    @property
    def learned_on(self) -> date:
        """The day of our own knowledge: when it was approved here, or entered where it never was."""
        return timezone.localdate(self.approved_at or self.entered_at)

    @property
    def taken_out_on(self) -> date | None:
        """The day from which it counts no more."""
        return timezone.localdate(self.taken_out_at) if self.taken_out_at else None

    def as_on(self, day: date) -> "Observation":
        """The row as it stood at the end of a day: still approved where it was taken out only later."""
        if self.taken_out_on is None:
            return self
        state = self.State.REJECTED if self.taken_out_on <= day else self.State.APPROVED
        if state == self.state:
            return self
        row = copy(self)
        row.state = state
        return row

    @property
    def why_not_used(self) -> str:
        """Why it is kept to be seen only; empty where it counts."""
        return (self.out_reason or self.note) if self.state == self.State.REJECTED else ""

    @property
    def is_late(self) -> bool:
        """Whether somebody entered it long after it was public: pages of the days between were read without."""
        return self.entered_by_id is not None and self.learned_on - self.released_on > LATE_AFTER

    def note_known_by(self, day: date) -> str:
        return note_known_by(self.note, day)

    @property
    def is_provisional(self) -> bool:
        return self.value_status in (self.ValueStatus.PRELIMINARY, self.ValueStatus.ESTIMATED)


class ReferenceFigure(models.Model):
    """对比值: the same measure elsewhere, with its own source. Shown beside the plan's figures, never judged."""

    FROM_FIXTURES = Q()

    component = models.ForeignKey(Component, models.CASCADE, related_name="reference_figures")
    place = LineField(_("地方"), max_length=40)
    place_en = LineField(_("英文地方"), max_length=60, blank=True)
    year = models.PositiveSmallIntegerField(_("年份"))
    value = models.DecimalField(_("数值"), max_digits=30, decimal_places=8)
    value_status = models.CharField(_("性质"), max_length=12, choices=Observation.ValueStatus.choices)
    released_on = models.DateField(_("公布日期"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("来源"))
    loaded_at = models.DateTimeField(auto_now_add=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("对比值")
        ordering = ["component", "place", "year", "released_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["component", "place", "year", "released_on"], name="one_reference_figure_per_release"
            ),
        ]

    def __str__(self):
        return gettext("%(code)s %(place)s %(year)s 年 %(value)s") % {
            "code": self.component.code,
            "place": self.place_label,
            "year": self.year,
            "value": measured(plain_number(self.value), self.component.indicator.unit_label),
        }

    @property
    def place_label(self) -> str:
        return in_language(self.place, self.place_en)


class ObservationStep(EntryStep):
    """录入、提交、退回、核定 and 不采用 of a figure, with the value it had at each step."""

    class Action(models.TextChoices):
        ENTERED = "entered", _("录入")
        CHANGED = "changed", _("修改")
        SUBMITTED = "submitted", _("提交")
        WITHDRAWN = "withdrawn", _("撤回")
        RETURNED = "returned", _("退回")
        APPROVED = "approved", _("核定")
        ASKED = "asked", _("询问")
        ANSWERED = "answered", _("答复")
        UNDONE = "undone", _("撤销决定")
        OUT_ASKED = "out_asked", _("建议不采用")
        OUT_REFUSED = "out_kept", _("仍予采用")
        TAKEN_OUT = "taken_out", pgettext_lazy("what changed", "不采用")
        HANDED = "handed", _("移交")

    action = models.CharField(_("步骤"), max_length=10, choices=Action.choices)
    observation = models.ForeignKey(Observation, models.CASCADE, related_name="steps")
    value = models.DecimalField(_("数值"), max_digits=30, decimal_places=8)

    class Meta(EntryStep.Meta):
        verbose_name = _("数据经办记录")


class TargetStep(Step):
    """A reviewer's question about a proposed revision, and its answer; the decision stands in the row itself."""

    class Action(models.TextChoices):
        ASKED = "asked", _("询问")
        ANSWERED = "answered", _("答复")
        HANDED = "handed", _("移交")

    target = models.ForeignKey(Target, models.CASCADE, related_name="steps")
    action = models.CharField(_("步骤"), max_length=10, choices=Action.choices)

    class Meta(Step.Meta):
        verbose_name = _("目标调整经办记录")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="target_step_says_something")]


class RuleInForce(models.Model):
    """The rule and cut-offs verdicts are derived with from a day on; earlier days keep the earlier ones."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="rules")
    since = models.DateField(_("自"))
    rule_version = LineField(_("规则版本"), max_length=20)
    ahead = models.DecimalField(max_digits=6, decimal_places=4)
    on_schedule = models.DecimalField(max_digits=6, decimal_places=4)
    slightly_behind = models.DecimalField(max_digits=6, decimal_places=4)

    class Meta:
        verbose_name = _("现行规则")
        ordering = ["plan", "since"]
        constraints = [models.UniqueConstraint(fields=["plan", "since"], name="one_rule_a_day")]

    def __str__(self):
        return f"{self.since} {self.rule_version}"


class Verdict(models.Model):
    """判定 as stored: the words with everything they were derived from. The same inputs give the same row."""

    # Derived from what was loaded; the log of its changes is history and keeps it.
    FROM_FIXTURES = Q()

    # The constraint below leads with the component, so a second index would only cost.
    component = models.ForeignKey(Component, models.CASCADE, related_name="verdicts", db_index=False)
    fingerprint = LineField(max_length=64, editable=False, help_text="SHA-256 of `basis`.")
    basis = models.TextField(help_text="Rule version, cut-offs, baseline, target, figures (basis.py).")
    linear_status = LineField(max_length=20)
    cagr_status = LineField(max_length=20)
    final_verdict = LineField(max_length=30)
    rule_version = LineField(max_length=20)
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("判定")
        ordering = ["component", "id"]
        constraints = [
            models.UniqueConstraint(fields=["component", "fingerprint"], name="same_inputs_same_verdict"),
        ]

    def __str__(self):
        return f"{self.component_id} {self.linear_status}/{self.cagr_status}/{self.final_verdict}"

    @property
    def inputs(self) -> dict[str, Any]:
        """The basis as a body of the calculator, with the rule version and cut-offs it was judged by."""
        return read_basis(self.basis)

    @property
    def outcome(self) -> dict[str, Any]:
        """The calculator's answer to these inputs, worked out when asked for (docs/decisions/0004)."""
        return answer_basis(self.basis)


class VerdictChange(models.Model):
    """The log of a component's status: from which stored verdict to which, and when the system saw it.

    It begins with a component's second verdict; `before` is empty only in rows of earlier releases.
    """

    component = models.ForeignKey(Component, models.CASCADE, related_name="verdict_changes")
    before = models.ForeignKey(Verdict, models.PROTECT, null=True, blank=True, related_name="+")
    after = models.ForeignKey(Verdict, models.PROTECT, related_name="+")
    cause = LineField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("判定变化")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.component_id}: {self.before_id} → {self.after_id}"
