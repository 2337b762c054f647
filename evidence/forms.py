"""What people type of a published statement. Rules live with the services."""

import unicodedata
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evidence.days import read_rough
from evidence.models import PHRASE_LENGTH, PublicEvidence
from evidence.services import source_of
from judging.decimals import plain
from plan.models import Item, Plan, Source
from plan.public import Says
from tables.badcell import BadCell
from tables.faults import why_no_number
from tables.numbers import is_no_number, read_with_unit
from texts.forms import AddressField, LineField, NumberLineField, ProseField
from texts.names import title_key

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
# What the column of numbers takes.
_COLUMN = forms.DecimalField(max_digits=20, decimal_places=4)


class RoughDayField(LineField):
    """A day as far as it is printed."""

    def __init__(self, **options):
        hint = gettext_lazy("写到哪一级就填到哪一级：2024-05-01、2024-05 或 2024")
        super().__init__(
            max_length=20, help_text=hint, widget=forms.TextInput(attrs={"autocomplete": "off"}), **options
        )

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_rough(text)
        except ValueError as error:
            message = _("“%(value)s”不是日期；应如 2024-05-01、2024-05 或 2024") % {"value": text}
            raise forms.ValidationError(message) from error


def plain_code(text: str) -> str:
    """A code as it is written: Ⅰ－01 is I-01."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES).strip()


class PublicEvidenceForm(forms.Form):
    """One statement with its source."""

    item = LineField(label=gettext_lazy("条目编码"), max_length=40, help_text=gettext_lazy("例如 P-1.1-02"))
    says = forms.ChoiceField(label=gettext_lazy("说明了什么"), choices=[("", "—"), *Says.choices])
    fact = LineField(label=gettext_lazy("事实"), max_length=200, help_text=gettext_lazy("用自己的话，一句话"))
    phrase = LineField(
        label=gettext_lazy("原文用语"),
        max_length=PHRASE_LENGTH,
        required=False,
        help_text=gettext_lazy("起决定作用的字样，照印，至多 20 字"),
    )
    number = NumberLineField(
        label=gettext_lazy("数量"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("只有“数量进展”才填；1.2万 也可以"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    unit = LineField(label=gettext_lazy("单位"), max_length=20, required=False)
    took_place = RoughDayField(label=gettext_lazy("发生日期"), required=False)
    published = RoughDayField(label=gettext_lazy("公布日期"), required=False)
    publisher = LineField(label=gettext_lazy("发布单位"), max_length=200)
    title = LineField(label=gettext_lazy("来源标题"), max_length=500)
    url = AddressField(label=gettext_lazy("来源网址"), max_length=1000, required=False, assume_scheme="https")
    document_number = LineField(label=gettext_lazy("文号"), max_length=100, required=False)
    rank = forms.ChoiceField(
        label=gettext_lazy("来源等级"),
        choices=[("", gettext_lazy("未定")), *Source.Rank.choices],
        initial=Source.Rank.OFFICIAL,
        required=False,
    )
    contradicts = forms.ModelChoiceField(
        PublicEvidence.objects.none(),
        label=gettext_lazy("与之矛盾的另一条"),
        required=False,
        empty_label=gettext_lazy("没有"),
        error_messages={"invalid_choice": gettext_lazy("同一条目下没有编号为 %(value)s 的公开信息")},
    )
    note = ProseField(
        label=gettext_lazy("说明"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )

    def __init__(self, *args, plan: Plan, row: PublicEvidence | None = None, **options):
        super().__init__(*args, **options)
        self.plan = plan
        code = self.data.get("item") if self.is_bound else self.initial.get("item")
        others = PublicEvidence.objects.filter(item__plan=plan, item__code__iexact=plain_code(code or "")).exclude(
            pk=row.pk if row else None
        )
        self.fields["contradicts"].queryset = others.newest_last()
        self.fields["contradicts"].label_from_instance = lambda one: f"{one.published} {one.fact}"
        if row:
            self.fields["item"].disabled = True

    def clean_item(self) -> Item:
        code = plain_code(self.cleaned_data["item"])
        if item := self.plan.items.filter(code__iexact=code).first():
            return item
        words = {"code": self.cleaned_data["item"]}
        if other := Item.objects.filter(code__iexact=code).select_related("plan").first():
            words["plan"] = other.plan.short
            raise forms.ValidationError(_("本规划没有条目“%(code)s”，它是“%(plan)s”的编码") % words)
        raise forms.ValidationError(_("规划中没有条目“%(code)s”") % words)

    def clean(self):
        said = super().clean()
        typed, unit = said.get("number", ""), said.get("unit", "")
        said["number"] = None
        if typed and not is_no_number(typed):
            try:
                said["number"], said["unit"] = self._count(typed, unit)
            except forms.ValidationError as error:
                self.add_error("number", error)
        self._source(said)
        return said

    def _source(self, said: dict) -> None:
        """Of one title and address is one source: what is said of it otherwise would be lost without a word."""
        title, url = said.get("title"), said.get("url")
        if not title or url is None:
            return
        stored = Source.objects.filter(key=title_key(title), url=url).first()
        for name in ("publisher", "document_number"):
            stands, typed = getattr(stored, name, ""), said.get(name)
            if stands and typed and stands != typed:
                told = _(
                    "这个标题和网址的来源已登记为“%(stands)s”；请写成一样，不同的写明网址；来源请在发布页修改"
                )
                self.add_error(name, told % {"stands": stands})

    @staticmethod
    def _count(typed: str, unit: str) -> tuple[Decimal, str]:
        """The number typed in its unit, 1.2万 of 家 as 12000; raises ValidationError."""
        try:
            number, unit = read_with_unit(typed, unit)
        except BadCell as bad:
            if bad.code == "approximate":
                message = _("“%(typed)s”不是一个确定的数；“约”“超”一类的说法写进事实，这里只填数")
                raise forms.ValidationError(message % {"typed": typed}) from bad
            raise forms.ValidationError(why_no_number(typed, bad)) from bad
        return _COLUMN.clean(plain(number)), unit

    def fields_of_row(self, *, is_dry: bool = False) -> dict:
        """What the services take; the source is made where there is none yet, in a dry run for nobody to keep."""
        said = self.cleaned_data
        published, took_place = said["published"], said["took_place"]
        make = Source if is_dry else source_of
        source = make(
            title=said["title"],
            url=said["url"],
            rank=said["rank"],
            publisher=said["publisher"],
            document_number=said["document_number"],
            published_on=published.first if published and published.precision == "day" else None,
        )
        return {
            name: said[name] for name in ("says", "fact", "phrase", "number", "unit", "contradicts", "note")
        } | {
            "source": source,
            "published_on": published.last if published else None,
            "published_precision": published.precision if published else PublicEvidence.Precision.DAY,
            "took_place_on": took_place.first if took_place else None,
            "took_place_precision": took_place.precision if took_place else PublicEvidence.Precision.DAY,
        }


def initial_of(row: PublicEvidence) -> dict:
    """What the form shows of a stored statement."""
    names = ("says", "fact", "phrase", "unit", "contradicts", "note")
    return {name: getattr(row, name) for name in names} | {
        "item": row.item.code,
        "number": "" if row.number is None else plain(row.number),
        "took_place": row.took_place,
        "published": row.published,
        "publisher": row.source.publisher,
        "title": row.source.title,
        "url": row.source.url,
        "document_number": row.source.document_number,
        "rank": row.source.rank,
    }
