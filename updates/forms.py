"""What people type: a report, its milestones, a bulk change, an assignment. Rules live with the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from plan.models import Item
from plan.uploads import ACCEPT
from texts.forms import DayInput, LineField, ProseField, RowSet, TableField, plain_digits
from updates.checks import MILESTONES_MAX, TEXT_LENGTH, MilestoneWords
from updates.models import StatusUpdate

REPORTED = [choice for choice in Item.Status.choices if choice[0] != Item.Status.NOT_REPORTED]


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; what they are is for plan.uploads to say."""

    widget = Files

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data] if data else []
        # A browser sends an empty one where nothing was chosen; an empty file is for plan.uploads to refuse.
        return [file for file in files if file]


def text_field(name: str, *, rows: int, required: bool = False):
    """A text of an update, called as its column is."""
    label = StatusUpdate._meta.get_field(name).verbose_name
    area = forms.Textarea(attrs={"rows": rows, "maxlength": TEXT_LENGTH})
    return ProseField(label=label, required=required, max_length=TEXT_LENGTH, widget=area)


class ShareField(forms.DecimalField):
    """A share of a hundred as people write it: 85, 85%, ８５％."""

    def to_python(self, value):
        if isinstance(value, str):
            value = plain_digits(value).strip().removesuffix("%").removesuffix("％").strip()
        return super().to_python(value)


def share_field():
    attributes = {"inputmode": "decimal", "autocomplete": "off"}
    return ShareField(
        label=_("完成份额（%）"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=forms.TextInput(attrs=attributes),
        help_text=_("0 到 100；说不准就留空，留空不算作零"),
    )


class UpdateForm(forms.Form):
    """One report. Its milestones are MilestoneSet, beside it."""

    status_on = forms.DateField(label=_("进展截至"), widget=DayInput(), help_text=_("所报情况是哪一天的"))
    status = forms.ChoiceField(label=_("状态"), choices=REPORTED, widget=forms.RadioSelect)
    progress = share_field()
    done = text_field("done", rows=5, required=True)
    problems = text_field("problems", rows=3)
    next_steps = text_field("next_steps", rows=3)
    attachments = FilesField(label=_("附件"), required=False, widget=Files(attrs={"accept": ACCEPT}))


class TableForm(forms.Form):
    """The day that a table's rows speak of."""

    status_on = forms.DateField(label=_("进展截至"), widget=DayInput(), help_text=_("本表各行所报情况是哪一天的"))


class RowForm(forms.Form):
    """One line of a table: of an item that nothing is said of it stays empty."""

    status = forms.ChoiceField(label=_("状态"), required=False, choices=[("", "—"), *REPORTED])
    progress = share_field()
    done = text_field("done", rows=2)
    problems = text_field("problems", rows=2)
    edition = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args, item: Item, **options):
        super().__init__(*args, prefix=f"r{item.pk}", **options)
        self.whose = item.code
        for name in ("status", "progress", "done", "problems"):
            field = self.fields[name]
            field.help_text = ""
            field.widget.attrs["aria-label"] = f"{item.code} {field.label}"

    def clean(self):
        values = super().clean()
        if self.has_changed() and not self.errors and not values["status"]:
            self.add_error("status", _("请选择状态"))
        if values.get("status") and not values.get("done") and "done" not in self.errors:
            self.add_error("done", _("请用一句话写明进展情况"))
        return values


class MilestoneForm(forms.Form):
    title = LineField(label=_("名称"), required=False, max_length=200)
    planned_on = forms.DateField(label=_("计划日期"), required=False, widget=DayInput())
    actual_on = forms.DateField(label=_("实际日期"), required=False, widget=DayInput())

    def clean(self):
        values = super().clean()
        if not values.get("title") and (values.get("planned_on") or values.get("actual_on")):
            self.add_error("title", _("请写里程碑的名称，或清空日期"))
        if values.get("title") and not values.get("planned_on") and "planned_on" not in self.errors:
            self.add_error("planned_on", _("请填计划日期"))
        return values


class BaseMilestoneSet(RowSet):
    @property
    def milestones(self) -> list[MilestoneWords]:
        """The rows that are filled in; an emptied row is a milestone taken away."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("title")]
        return [MilestoneWords(row["title"], row["planned_on"], row["actual_on"]) for row in rows]


MilestoneSet = forms.formset_factory(
    MilestoneForm, formset=BaseMilestoneSet, extra=2, max_num=MILESTONES_MAX, absolute_max=MILESTONES_MAX + 10
)


class BulkForm(forms.Form):
    """One change for many items: a status and its day, or planned dates moved by so many days."""

    status = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("保持不变")), *REPORTED])
    progress = share_field()
    status_on = forms.DateField(label=_("进展截至"), widget=DayInput())
    shift = forms.IntegerField(
        label=_("未完成里程碑的计划日期推迟（天）"),
        required=False,
        min_value=-3650,
        max_value=3650,
        help_text=_("负数为提前；留空不变"),
    )
    done = text_field("done", rows=3, required=True)
    problems = text_field("problems", rows=3)

    def clean(self):
        values = super().clean()
        if not self.errors and not values["status"] and not values["shift"] and values["progress"] is None:
            self.add_error("status", _("请选择新的状态，或填写份额、推迟的天数"))
        return values


class AssignForm(forms.Form):
    """What to change of the chosen items; what is left empty stays."""

    CLEAR = "-"

    lead = forms.ChoiceField(label=_("牵头单位"), required=False)
    add = forms.ModelMultipleChoiceField(
        Organisation.objects.all(), label=_("增加配合单位"), required=False, widget=forms.SelectMultiple
    )
    remove = forms.ModelMultipleChoiceField(
        Organisation.objects.all(), label=_("去掉配合单位"), required=False, widget=forms.SelectMultiple
    )
    clear_supporting = forms.BooleanField(label=_("先清空配合单位"), required=False)
    weight = forms.DecimalField(
        label=_("权重"),
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("在上级中的相对轻重，任意正数，汇总时自动归一"),
    )
    clear_weight = forms.BooleanField(label=_("清除权重"), required=False)

    def __init__(self, *args, organisations=None, **options):
        super().__init__(*args, **options)
        rows = list(Organisation.objects.all() if organisations is None else organisations)
        self.fields["lead"].choices = [
            ("", _("保持不变")),
            (self.CLEAR, _("清除牵头单位")),
            *((str(row.pk), row.name) for row in rows),
        ]
        for name in ("add", "remove"):
            self.fields[name].choices = [(row.pk, row.name) for row in rows]

    def clean_weight(self):
        weight = self.cleaned_data["weight"]
        if weight is not None and weight <= 0:
            raise forms.ValidationError(_("权重应大于 0；要去掉请勾选“清除权重”"))
        return weight


class PasteForm(forms.Form):
    rows = TableField(
        label=_("粘贴的表格"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
