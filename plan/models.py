"""The spine: a plan, its text, and every commitment the text makes, one row each.

Everything later apps add (figures, notes, updates, audit) points at Item, so that one list, one search and
one work list can speak of an indicator, a task or a park in the same words.
"""

from datetime import date
from functools import lru_cache

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from audit.stored_json import StoredJSON
from plan.kinds import Kind, KindTable, PlanKind, kind_table, pages
from plan.shapes import COLUMNS, KIND_COUNTS, KINDS
from texts.fields import AddressField, LineField, ProseField
from texts.names import title_key
from texts.site_root import at_root


def in_language(chinese: str, english: str) -> str:
    """The words for the language of the request; Chinese where no English was written."""
    return english if english and (get_language() or "").startswith("en") else chinese


class TitleKeyField(models.CharField):
    """What tells one title from another, kept beside it: written with every row, single or many.

    A row whose look-alike stood there before the rule was has its key with an ending of its own, and keeps it.
    """

    def __init__(self, *args, **options):
        super().__init__(*args, **{"max_length": 80, "editable": False, "default": ""} | options)

    def pre_save(self, instance, add):
        kept, fresh = getattr(instance, self.attname), title_key(instance.title)
        key = kept if kept.startswith(fresh) else fresh
        setattr(instance, self.attname, key)
        return key

    def deconstruct(self):
        name, path, positional, named = super().deconstruct()
        return name, "django.db.models.CharField", positional, named


class SourceQuerySet(models.QuerySet):
    def keep(self, title: str, url: str = "", **particulars) -> "Source":
        """The source of this title, however spelled, at this address; stored with the particulars where new."""
        return self.get_or_create(key=title_key(title), url=url, defaults={"title": title} | particulars)[0]


class Source(models.Model):
    """Where a sentence or a figure was published."""

    class Rank(models.TextChoices):
        """How near a source is to whoever knows."""

        OFFICIAL = "official", _("官方发布")
        STATE_PRESS = "state_press", _("官方媒体")
        REPOST = "repost", _("转载")

    publisher = LineField(_("发布单位"), max_length=200, blank=True)
    title = LineField(_("标题"), max_length=500)
    url = AddressField(_("网址"), max_length=1000, blank=True)
    document_number = LineField(_("文号"), max_length=100, blank=True)
    published_on = models.DateField(_("发布日期"), null=True, blank=True)
    rank = models.CharField(
        _("来源等级"),
        max_length=12,
        choices=Rank.choices,
        blank=True,
        default="",
        db_default="",
        help_text="Empty where nobody has judged it yet.",
    )
    key = TitleKeyField()

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("来源")
        constraints = [
            models.UniqueConstraint(fields=["title", "url"], name="source_once"),
            # The same title in another width, with other brackets or blanks is the same source.
            models.UniqueConstraint(fields=["key", "url"], name="source_once_however_spelled"),
            models.CheckConstraint(
                condition=Q(rank__in=["", "official", "state_press", "repost"]), name="source_has_a_known_rank"
            ),
        ]

    def __str__(self):
        return self.title


class SourceFile(models.Model):
    """The publication itself as a file beside its source, a PDF or a page; public as the source is."""

    FOLDER = "releases"

    source = models.ForeignKey(Source, models.CASCADE, related_name="files")
    name = LineField(_("文件名"), max_length=200)
    content_type = LineField(_("类型"), max_length=100)
    size = models.PositiveBigIntegerField(_("字节"))
    sha256 = LineField(max_length=64)
    stored_as = LineField(max_length=60, unique=True, editable=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("发布文件")
        ordering = ["id"]

    def __str__(self):
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def is_shown_in_place(self) -> bool:
        """Whether a browser shows it on a page; what it does not, it downloads."""
        return self.is_picture or self.content_type == "application/pdf"


class Plan(models.Model):
    """A published plan; a second one is another folder of fixtures, never another deployment."""

    slug = models.SlugField(unique=True)
    title = LineField(_("名称"), max_length=200)
    title_en = LineField(_("英文名称"), max_length=200, blank=True)
    short = LineField(_("简称"), max_length=60)
    short_en = LineField(_("英文简称"), max_length=80, blank=True)
    starts_on = models.DateField(_("规划期起"))
    ends_on = models.DateField(_("规划期止"))
    published_on = models.DateField(_("公开日期"))
    loaded_on = models.DateField(
        _("载入日期"), null=True, blank=True, editable=False, help_text="When the system came to know of it."
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("来源"))
    corrected_on = models.DateField(
        _("最近更正"),
        null=True,
        blank=True,
        editable=False,
        help_text="When what was published was last corrected.",
    )
    figures_version = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="Raised by every write that can change a verdict or a page."
    )
    # With the version: what a program is told as Last-Modified.
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    is_demo = models.BooleanField(
        _("演示数据"),
        default=False,
        editable=False,
        help_text="Holds invented figures; every page says so.",
    )
    declared_kinds = StoredJSON(
        null=True, shape=KINDS, editable=False, help_text="plan.kinds.kept of each; empty: the standard ones."
    )
    kind_counts = StoredJSON(
        null=True,
        shape=KIND_COUNTS,
        editable=False,
        help_text="By kind, how many items; plan.services.count_kinds.",
    )

    class Meta:
        verbose_name = _("规划")
        ordering = ["starts_on", "slug"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="plan_ends_after_start")
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("overview", args=[self.slug])

    @property
    def label(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def short_label(self) -> str:
        return in_language(self.short, self.short_en)

    @cached_property
    def kinds(self) -> KindTable:
        """What kinds of commitment it has, as its row was read."""
        return kind_table(self.declared_kinds or (), self.kind_counts)

    @property
    def items(self) -> "ItemQuerySet":
        """The commitments that stand: without the retired ones, which `every_item` has as well."""
        return self.every_item.current()

    @property
    def target_year(self) -> int:
        return self.ends_on.year

    def changed_on(self, as_of: date) -> date:
        """The day of the last change of what is shown as of a day: no later than either."""
        return min(timezone.localdate(self.changed_at), as_of)

    @property
    def asks_since(self) -> date | None:
        """The day from which what falls due is somebody's delay: that of loading, None where all of it is.

        The plan of a training installation was never new: what is late there is late as its story has it.
        """
        return None if self.is_demo else self.loaded_on

    def elapsed(self, day: date) -> float:
        """Share of the plan period gone by on a day, 0 to 1."""
        total = (self.ends_on - self.starts_on).days + 1
        return min(1.0, max(0.0, ((day - self.starts_on).days + 1) / total))


class Section(models.Model):
    """A heading with what stands under it, as deep as the plan goes: 章 (number "3"), 节 ("3.1"), 一、 ("3.1.1"),
    专栏 ("3.专栏1"), each with the number it prints; number "0" is the preamble."""

    FROM_FIXTURES = Q()

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="sections")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    number = LineField(_("编号"), max_length=40)
    title = LineField(_("标题"), max_length=200, blank=True)
    title_en = LineField(_("英文标题"), max_length=200, blank=True)
    order = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("章节")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="section_number_once"),
            models.UniqueConstraint(fields=["plan", "order"], name="section_order_once"),
        ]

    def __str__(self):
        return self.title or "前言"

    @property
    def label(self) -> str:
        """Its title in the reader's language; the Chinese one carries its number as printed."""
        return in_language(self.title, f"{self.number} {self.title_en}" if self.title_en else "")

    @property
    def anchor(self) -> str:
        return f"s{self.number}"

    @property
    def depth(self) -> int:
        return self.number.count(".") + 1

    @property
    def level(self) -> int:
        """The level of its heading on a page, below the page's own."""
        return min(self.depth + 1, 6)

    @property
    def lineage(self) -> list[str]:
        """The numbers of the sections it stands in, its own last."""
        parts = self.number.split(".")
        return [".".join(parts[: at + 1]) for at in range(len(parts))]


class Paragraph(models.Model):
    """One paragraph of the plan in its repaired reading."""

    FROM_FIXTURES = Q()

    class Kind(models.TextChoices):
        PROSE = "prose", _("正文")
        HEADING = "heading", _("标题")
        SUBHEADING = "subheading", _("小标题")
        TABLE = "table", _("表格")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="paragraphs")
    section = models.ForeignKey(Section, models.CASCADE, related_name="paragraphs")
    order = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PROSE)
    text = ProseField()

    class Meta:
        verbose_name = _("段落")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="paragraph_order_once")]

    def __str__(self):
        return self.text[:40]

    @property
    def anchor(self) -> str:
        return f"p{self.order}"


class ItemQuerySet(models.QuerySet):
    def current(self):
        """Without what the plan's files no longer list."""
        return self.filter(retired_on=None)

    def in_plan_order(self):
        return self.order_by("order")

    def for_list(self):
        return self.select_related("section", "parent", "lead").in_plan_order()


@lru_cache(maxsize=20_000)
def _address(name: str, slug: str, code: str, below: str) -> str:
    """Kept, since the page of the text asks for six hundred; `below` is the path the site stands under."""
    return reverse(name, args=[slug, code])


class Item(models.Model):
    """条目: one commitment of the plan, with the words it stands in and their place.

    One that the plan's files no longer list is retired when something hangs on it, and kept for its history
    (docs/decisions/0013): out of every list and count, its own page still there.
    """

    # What people give it (plan.keeping counts it as history), and what is derived from other rows.
    GIVEN = ("lead", "weight")
    FROM_FIXTURES = Q()

    Kind = Kind

    class Status(models.TextChoices):
        """The users' words for tasks; an indicator's status is its verdict, not one of these."""

        NOT_REPORTED = "not_reported", _("未填报")
        NOT_STARTED = "not_started", _("未启动")
        ON_SCHEDULE = "on_schedule", _("推进中")
        BEHIND = "behind", _("滞后")
        DONE = "done", _("已完成")
        ADJUSTED = "adjusted", _("调整")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="every_item", related_query_name="items")
    code = LineField(_("编码"), max_length=40)
    # A key of its plan's kinds (plan.kinds).
    kind = models.CharField(_("类别"), max_length=20)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    order = models.PositiveIntegerField()
    title = LineField(_("标题"), max_length=300)
    title_en = LineField(_("英文标题"), max_length=300, blank=True)
    section = models.ForeignKey(Section, models.PROTECT, related_name="items", verbose_name=_("章节"))
    paragraph = models.ForeignKey(
        Paragraph,
        models.PROTECT,
        null=True,
        related_name="items",
        verbose_name=_("段落"),
        help_text="Empty only where a retired item's words stand in the text no more.",
    )
    quote = ProseField(_("规划原文"))
    start = models.PositiveIntegerField(help_text="First character of the tracked words in the paragraph.")
    end = models.PositiveIntegerField(help_text="One past their last character there.")
    last_paragraph = models.ForeignKey(
        Paragraph,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where its words run on: the paragraph they end in.",
    )
    last_end = models.PositiveIntegerField(null=True, blank=True, help_text="One past their last character there.")
    note = ProseField(_("读法说明"), blank=True)
    also = LineField(
        _("又称"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="What people call it besides, joined by 、: search finds it by these.",
    )
    horizon = LineField(_("成长期（年）"), max_length=10, blank=True)
    lead = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("牵头单位"),
    )
    supporting = models.ManyToManyField(
        "accounts.Organisation", blank=True, related_name="supports", verbose_name=_("配合单位")
    )
    weight = models.DecimalField(
        _("权重"),
        max_digits=8,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Share in the roll-up of its parent, normalised there.",
    )
    status = LineField(_("状态"), max_length=20, default=Status.NOT_REPORTED)
    progress = models.DecimalField(_("完成份额"), max_digits=20, decimal_places=6, null=True, blank=True)
    status_as_of = models.DateField(_("状态截至"), null=True, blank=True)
    retired_on = models.DateField(_("停用日期"), null=True, blank=True, editable=False)
    retired_reason = LineField(
        _("停用原因"), max_length=300, blank=True, default="", db_default="", editable=False
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("条目")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="item_code_once"),
            models.UniqueConstraint(fields=["plan", "order"], name="item_order_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="item_words_not_empty"),
            models.CheckConstraint(condition=~Q(quote=""), name="item_has_quote"),
            models.CheckConstraint(
                condition=Q(weight__isnull=True) | Q(weight__gt=0), name="item_weight_positive"
            ),
            models.CheckConstraint(
                condition=Q(retired_on__isnull=True, retired_reason="")
                | (Q(retired_on__isnull=False) & ~Q(retired_reason="")),
                name="retired_item_says_why",
            ),
            models.CheckConstraint(
                condition=Q(paragraph__isnull=False) | Q(retired_on__isnull=False), name="item_stands_in_the_text"
            ),
        ]
        indexes = [models.Index(fields=["plan", "kind", "order"], name="item_by_kind")]

    def __str__(self):
        return f"{self.code} {self.title}"

    def get_absolute_url(self):
        return self.path(self.plan.slug)

    @property
    def label(self) -> str:
        return in_language(self.title, self.title_en)

    # Where a kind has pages of its own; everything else is shown at items/<code>/.
    def path(self, slug: str) -> str:
        """Address of the item's page; takes the plan's slug so that lists need no query per row."""
        name = "plan:item" if self.is_retired else pages.get(self.kind, "plan:item")
        return _address(name, slug, self.code, get_script_prefix())

    @property
    def line(self) -> list["Item"]:
        """What it stands below, the highest first, and itself."""
        return [*(self.parent.line if self.parent else ()), self]

    @property
    def is_retired(self) -> bool:
        return self.retired_on is not None

    @property
    def is_made_of_parts(self) -> bool:
        return self.kind in self.kinds.made_of_parts

    @property
    def kinds(self) -> KindTable:
        """The kinds of its plan; the standard ones of an item without (a specimen)."""
        return self.plan.kinds if self.plan_id else kind_table(())

    def get_kind_display(self) -> str:
        """What its plan calls its kind."""
        return self.plan_kind.label

    @property
    def plan_kind(self) -> PlanKind:
        """Its kind with what its plan says of it."""
        return self.kinds[self.kind]

    @property
    def reported(self) -> bool:
        return self.status != self.Status.NOT_REPORTED


class FormerCode(models.Model):
    """A code an item had before the plan's files renamed it: old addresses and saved reports still find it."""

    FROM_FIXTURES = Q()

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="former_codes")
    code = LineField(_("原编码"), max_length=40)
    item = models.ForeignKey(Item, models.CASCADE, related_name="former_codes")

    class Meta:
        verbose_name = _("原编码")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="former_code_once")]

    def __str__(self):
        return self.code


class RefusedLoad(models.Model):
    """A folder of fixtures that was refused while the site went on with what it had, until it is loaded.

    By its own name: where it lies is one machine's affair.
    """

    folder = LineField(max_length=500, unique=True)
    refused_at = models.DateTimeField(auto_now=True)
    faults = ProseField()

    def __str__(self):
        return f"{self.folder} {self.refused_at}"

    @property
    def name(self) -> str:
        """The folder's own name, for whoever may not know where this installation lives."""
        return self.folder.rstrip("/").rpartition("/")[2]


class Industry(models.Model):
    """Reference data of chapter 5: 7 groups, their clusters, 8 future industries."""

    FROM_FIXTURES = Q()

    class Level(models.TextChoices):
        GROUP = "group", _("战略性新兴产业")
        CLUSTER = "cluster", _("产业集群")
        FUTURE = "future", _("未来产业")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="industries")
    code = LineField(_("编码"), max_length=20)
    name = LineField(_("名称"), max_length=100)
    name_en = LineField(_("英文名称"), max_length=100, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    item = models.ForeignKey(Item, models.CASCADE, null=True, blank=True, related_name="industries")
    order = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("产业")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="industry_code_once")]

    def __str__(self):
        return self.name

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)


class Technology(models.Model):
    """A technology that an industry group is to attack (重点在……领域开展技术攻关)."""

    FROM_FIXTURES = Q()

    industry = models.ForeignKey(Industry, models.CASCADE, related_name="technologies")
    name = LineField(_("名称"), max_length=100)
    name_en = LineField(_("英文名称"), max_length=100, blank=True)
    order = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("重点技术")
        ordering = ["order"]

    def __str__(self):
        return self.name

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)


class Focus(models.Model):
    """An industry that a cluster, area or task names as its focus, in the text's own words and order.

    `industry` is empty where the printed name is in no list of chapter 5 (新一代信息技术, 先进制造 …).
    """

    FROM_FIXTURES = Q()

    item = models.ForeignKey(Item, models.CASCADE, related_name="focuses")
    industry = models.ForeignKey(Industry, models.CASCADE, null=True, blank=True, related_name="focuses")
    name = LineField(_("原文名称"), max_length=100)
    name_en = LineField(_("英文名称"), max_length=100, blank=True)
    order = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("聚焦产业")
        ordering = ["item", "order"]
        constraints = [models.UniqueConstraint(fields=["item", "name"], name="focus_once_per_item")]

    def __str__(self):
        return self.name

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)


class Link(models.Model):
    """A tie between two commitments, with the words that make it."""

    FROM_FIXTURES = Q()

    class Kind(models.TextChoices):
        NAMES = "names", _("再次提及")
        REFERS_TO = "refers_to", _("文中引用")
        SERVES = "serves", _("服务于")

    class Basis(models.TextChoices):
        TEXT = "text", _("原文")
        JUDGEMENT = "judgement", _("研判")

    source = models.ForeignKey(Item, models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Item, models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    basis = models.CharField(max_length=10, choices=Basis.choices, default=Basis.TEXT)
    quote = ProseField(_("原文"))
    note = ProseField(_("说明"), blank=True)

    class Meta:
        verbose_name = _("关联")
        ordering = ["source__order", "target__order"]
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind", "quote"], name="link_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="link_not_to_itself"),
        ]

    def __str__(self):
        return f"{self.source_id} → {self.target_id}"


class ReadClause(models.Model):
    """A clause of the text, read for what it promises: an item by its own words (plan.clauses), else judged here.

    Only plans that say so in their files have any.
    """

    FROM_FIXTURES = Q()

    paragraph = models.ForeignKey(Paragraph, models.CASCADE, related_name="clauses")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    part_of = models.ForeignKey(Item, models.CASCADE, null=True, blank=True, related_name="clauses")
    reason = LineField(_("判断"), max_length=200, blank=True)
    reason_en = LineField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("分句")
        ordering = ["paragraph__order", "start"]
        constraints = [models.UniqueConstraint(fields=["paragraph", "start"], name="clause_once")]

    def __str__(self):
        return self.paragraph.text[self.start : self.end]

    @property
    def why(self) -> str:
        return in_language(self.reason, self.reason_en)


class TextNote(models.Model):
    """What a reader of the plan must know: the text disagrees with itself, was damaged, or was read one way."""

    FROM_FIXTURES = Q()
    FROM_FIXTURES_TOO = ("items",)

    class Kind(models.TextChoices):
        DISAGREEMENT = "disagreement", _("前后不一")
        DEFECT = "defect", _("文本缺陷")
        JUDGEMENT = "judgement", _("读法判断")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="text_notes")
    key = LineField(max_length=40)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    section = models.ForeignKey(Section, models.CASCADE, related_name="text_notes")
    title = LineField(max_length=200)
    title_en = LineField(max_length=200, blank=True)
    text = ProseField()
    text_en = ProseField(blank=True)
    items = models.ManyToManyField(Item, related_name="text_notes", blank=True)

    class Meta:
        verbose_name = _("文本说明")
        ordering = ["section__order", "key"]
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="text_note_once")]

    def __str__(self):
        return self.title

    @property
    def label(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def body(self) -> str:
        return in_language(self.text, self.text_en)


class HeldUpload(models.Model):
    """A file that came with a form which was refused, held for the next try (plan.held_uploads)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    form = LineField(max_length=300)
    name = LineField(_("文件名"), max_length=200)
    content_type = LineField(max_length=100)
    size = models.PositiveBigIntegerField(_("字节"))
    sha256 = LineField(max_length=64)
    stored_as = LineField(max_length=60, unique=True, editable=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("待用的附件")
        ordering = ["id"]

    def __str__(self):
        return self.name


class Export(models.Model):
    """文件登记: a file that left the system, with what it takes to make it again and compare.

    The same bytes under the same name are one row, however often they are taken.
    """

    sha256 = LineField(_("SHA-256"), max_length=64)
    name = LineField(_("文件名"), max_length=250)
    format = LineField(_("格式"), max_length=10)
    size = models.PositiveBigIntegerField(_("字节"))
    rows = models.PositiveBigIntegerField(_("行数"))
    as_of = models.DateField(_("截至"))
    plan_slug = LineField(_("规划"), max_length=50, blank=True)
    view = LineField(max_length=80, help_text="Name of the view that makes it.")
    path = LineField(max_length=500)
    query = ProseField(blank=True, max_length=None, help_text="The filters, as in the address.")
    site = LineField(max_length=200, blank=True, help_text="Scheme and host that links in it begin with.")
    language = LineField(max_length=10, blank=True)
    permission = LineField(max_length=30, help_text="What its reader had to be allowed.")
    columns = StoredJSON(_("列"), default=list, shape=COLUMNS)
    rule_version = LineField(_("规则版本"), max_length=20, blank=True)
    figures_version = models.PositiveBigIntegerField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("导出人")
    )
    first_at = models.DateTimeField(_("首次导出"), auto_now_add=True)
    last_at = models.DateTimeField(_("最近导出"))
    times = models.PositiveBigIntegerField(_("导出次数"), default=1)

    class Meta:
        verbose_name = _("文件登记")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["sha256", "name"], name="export_once")]
        indexes = [models.Index(fields=["name"], name="export_by_name")]

    def __str__(self):
        return f"{self.name} {self.sha256[:12]}"

    @property
    def address(self) -> str:
        """Where it is made, as readers are given it."""
        return at_root(self.path)


class StorageMark(models.Model):
    """The one row that says which storage is this installation's: the token that lies there (plan.sight)."""

    token = LineField(max_length=40)

    def __str__(self):
        return self.token


class StorageSight(models.Model):
    """What a process saw of the storage last; `fault` is empty where it sees what the others see."""

    process = LineField(max_length=200, unique=True)
    seen_at = models.DateTimeField()
    fault = LineField(max_length=500, blank=True)
    key = LineField(max_length=64, blank=True)

    def __str__(self):
        return f"{self.process} {self.fault}"
