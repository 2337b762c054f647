"""What people type of a published statement. Rules live with the services."""

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from evidence.days import read_rough
from evidence.models import PHRASE_LENGTH, Evidence
from evidence.services import source_of
from plan.models import Item, Plan, Source
from plan.public import Says
from texts.forms import AddressField, LineField, ProseField


class RoughDayField(LineField):
    """A day as far as it is printed."""

    def __init__(self, **options):
        hint = _("写到哪一级就填到哪一级：2025-05-01、2025-05 或 2025")
        super().__init__(
            max_length=10, help_text=hint, widget=forms.TextInput(attrs={"autocomplete": "off"}), **options
        )

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_rough(text)
        except ValueError as error:
            message = _t("“%(value)s”不是日期；应如 2025-05-01、2025-05 或 2025") % {"value": text}
            raise forms.ValidationError(message) from error


class EvidenceForm(forms.Form):
    """One statement with its source."""

    item = LineField(label=_("条目编码"), max_length=40, help_text=_("例如 P-1.1-02"))
    says = forms.ChoiceField(label=_("说明了什么"), choices=[("", "—"), *Says.choices])
    fact = LineField(label=_("事实"), max_length=200, help_text=_("用自己的话，一句话"))
    phrase = LineField(
        label=_("原文用语"),
        max_length=PHRASE_LENGTH,
        required=False,
        help_text=_("起决定作用的字样，照印，至多 20 字"),
    )
    number = forms.DecimalField(
        label=_("数量"),
        required=False,
        max_digits=20,
        decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("只有“数量进展”才填"),
    )
    unit = LineField(label=_("单位"), max_length=20, required=False)
    took_place = RoughDayField(label=_("发生日期"), required=False)
    published = RoughDayField(label=_("公布日期"), required=False)
    publisher = LineField(label=_("发布单位"), max_length=200)
    title = LineField(label=_("来源标题"), max_length=500)
    url = AddressField(label=_("来源网址"), max_length=1000, required=False, assume_scheme="https")
    document_number = LineField(label=_("文号"), max_length=100, required=False)
    rank = forms.ChoiceField(label=_("来源等级"), choices=Source.Rank.choices, initial=Source.Rank.OFFICIAL)
    contradicts = forms.ModelChoiceField(
        Evidence.objects.none(), label=_("与之矛盾的另一条"), required=False, empty_label=_("没有")
    )
    note = ProseField(label=_("说明"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)

    def __init__(self, *args, plan: Plan, row: Evidence | None = None, **options):
        super().__init__(*args, **options)
        self.plan = plan
        code = self.data.get("item") if self.is_bound else self.initial.get("item")
        others = Evidence.objects.filter(item__plan=plan, item__code=code or "").exclude(
            pk=row.pk if row else None
        )
        self.fields["contradicts"].queryset = others.newest_last()
        self.fields["contradicts"].label_from_instance = lambda one: f"{one.published} {one.fact}"
        if row:
            self.fields["item"].disabled = True

    def clean_item(self) -> Item:
        code = self.cleaned_data["item"]
        items = self.plan.items
        if not (item := items.filter(code=code).first()):
            raise forms.ValidationError(_t("规划中没有条目“%(code)s”") % {"code": code})
        return item

    def fields_of_row(self) -> dict:
        """What the services take; the source is made where there is none yet."""
        said = self.cleaned_data
        published, took_place = said["published"], said["took_place"]
        source = source_of(
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
            "published_precision": published.precision if published else Evidence.Precision.DAY,
            "took_place_on": took_place.first if took_place else None,
            "took_place_precision": took_place.precision if took_place else Evidence.Precision.DAY,
        }


def initial_of(row: Evidence) -> dict:
    """What the form shows of a stored statement."""
    names = ("says", "fact", "phrase", "number", "unit", "contradicts", "note")
    return {name: getattr(row, name) for name in names} | {
        "item": row.item.code,
        "took_place": row.took_place,
        "published": row.published,
        "publisher": row.source.publisher,
        "title": row.source.title,
        "url": row.source.url,
        "document_number": row.source.document_number,
        "rank": row.source.rank,
    }
