"""What people type into rounds, notes, findings. Rules live with the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from assessments.evidence import Added
from assessments.models import Note, Round
from plan.uploads import ACCEPT
from texts.forms import AddressField, DayInput, LineField, ProseField
from updates.forms import Files, FilesField

TEXT_LENGTH = 20_000
CODE_HELP = _("小写字母、数字和连字符，例如 midterm-2023；建立后不能改")


class RoundForm(forms.ModelForm):
    class Meta:
        model = Round
        fields = ("kind", "name", "name_en", "starts_on", "ends_on", "cut_off", "due_on")
        widgets = dict.fromkeys(("starts_on", "ends_on", "cut_off", "due_on"), DayInput())
        help_texts = {
            "cut_off": _("本轮所有数字都是这一天已公布的；不能晚于今天"),
            "due_on": _("没有另行指定时，每项评估意见都应在这一天前提交"),
        }

    # The service checks the whole row, with its plan and code.
    def _post_clean(self):
        pass


class NewRoundForm(RoundForm):
    code = forms.SlugField(label=_("代码"), max_length=30, help_text=CODE_HELP)
    field_order = ("code", *RoundForm.Meta.fields)

    def clean_code(self):
        code = self.cleaned_data["code"].lower()
        if code == "new":
            raise forms.ValidationError(_("“new”另有用处，请换一个代码"))
        return code


def _text(name: str, *, rows: int = 4, help_text="") -> forms.CharField:
    label = Note._meta.get_field(name).verbose_name
    # What is stored is Chinese, whatever the language of the page.
    area = forms.Textarea(attrs={"rows": rows, "maxlength": TEXT_LENGTH, "lang": "zh-CN"})
    return ProseField(label=label, required=False, max_length=TEXT_LENGTH, widget=area, help_text=help_text)


def document_number_field() -> forms.CharField:
    return LineField(
        label=_("文号"), required=False, max_length=100, help_text=_("如 深府办〔2022〕5号；用于本次所加的材料")
    )


class EvidenceForm(forms.Form):
    """Files chosen now and at most one link; together with the form they stand in."""

    uploads = FilesField(label=_("文件"), required=False, widget=Files(attrs={"accept": ACCEPT}))
    link_title = LineField(label=_("链接名称"), required=False, max_length=200)
    link_url = AddressField(label=_("网址"), required=False, max_length=1000, assume_scheme="https")
    document_number = document_number_field()

    def clean_link_url(self):
        address = self.cleaned_data["link_url"]
        if address and not address.lower().startswith(("http://", "https://")):
            raise forms.ValidationError(_("网址应以 http:// 或 https:// 开头"))
        return address

    def clean(self):
        values = super().clean()
        if values.get("link_title") and not values.get("link_url") and "link_url" not in self.errors:
            self.add_error("link_url", _("请填链接的网址，或清空名称"))
        return values

    @property
    def added(self) -> Added:
        values = self.cleaned_data
        return Added(values["uploads"], values["link_title"], values["link_url"] or "", values["document_number"])


class NoteForm(forms.Form):
    """A note, complete or not: what is missing is asked for when it is handed in (notes.missing)."""

    progress = _text("progress", rows=6)
    results = _text("results")
    problems = _text("problems", help_text=_("结论低于“符合预期”或为“未完成”时必填"))
    causes = _text("causes", rows=3)
    remedies = _text("remedies", help_text=_("结论低于“符合预期”或为“未完成”时必填"))
    adjustment = forms.ChoiceField(
        label=_("调整建议"), required=False, choices=Note.Adjustment.choices, widget=forms.RadioSelect
    )
    adjustment_reason = _text("adjustment_reason", rows=3, help_text=_("建议调整时必填"))
    adjustment_document = LineField(
        label=_("依据文件"), required=False, max_length=200, help_text=_("名称和文号；建议调整时必填")
    )
    forecast_value = forms.DecimalField(
        label=_("期末预计值"),
        required=False,
        max_digits=30,
        decimal_places=8,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("目标年的预计数值；说不准就留空，留空不算作零"),
    )
    forecast = forms.ChoiceField(
        label=_("期末能否完成"), required=False, choices=[("", _("未判断")), *Note.Forecast.choices]
    )
    conclusion = forms.ChoiceField(label=_("评估结论"), required=False, widget=forms.RadioSelect)
    difference_reason = _text("difference_reason", rows=3, help_text=_("结论与系统判定不同时必填"))

    def __init__(self, *args, note: Note, **options):
        super().__init__(*args, **options)
        self.fields["conclusion"].choices = [(value, value.label) for value in note.conclusions]

    def clean_adjustment(self):
        return self.cleaned_data["adjustment"] or Note.Adjustment.NONE


class FindingForm(forms.Form):
    title = LineField(label=_("问题"), max_length=200)
    request = ProseField(
        label=_("整改要求"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LENGTH}),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(),
        label=_("责任单位"),
        empty_label="—",
        widget=forms.Select(attrs={"lang": "zh-CN"}),
    )
    due_on = forms.DateField(label=_("整改期限"), widget=DayInput())


class AnswerForm(EvidenceForm):
    text = ProseField(
        label=_("整改情况"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": TEXT_LENGTH}),
    )
    field_order = ("text",)
