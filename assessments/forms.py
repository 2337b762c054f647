"""What people type into rounds, notes, findings. Rules live with the services."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from assessments.evidence import Added
from assessments.models import Note, Opinion, ReportChapter, Round
from assessments.models.chapters import CHAPTER_LENGTH
from assessments.notes import poor_words
from assessments.same_words import differing
from plan.models import Item
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


@dataclass(frozen=True)
class When:
    """A field is required while another has one of these values; `hides`: it is shown only then."""

    on: str
    values: list[str]
    hides: bool = False


class NoteForm(forms.Form):
    """A note, complete or not: what is missing is asked for when it is handed in (notes.missing)."""

    progress = _text("progress", rows=6)
    results = _text("results")
    problems = _text("problems")
    causes = _text("causes", rows=3)
    remedies = _text("remedies")
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

    def __init__(self, *args, note: Note, computed: str | None = None, **options):
        """`computed`: the system's word on the commitment, where the page shows one."""
        super().__init__(*args, **options)
        self.fields["conclusion"].choices = [(value, value.label) for value in note.conclusions]
        self._ask_by_kind(note)
        poor = [str(word) for word in note.conclusions if word in note.POOR]
        for name in ("problems", "remedies"):
            self.fields[name].help_text = _("结论为%(poor)s时必填") % {"poor": poor_words(note)}
            self.fields[name].when = When("conclusion", poor)
        adjusting = [value for value in Note.Adjustment.values if value != Note.Adjustment.NONE]
        for name in ("adjustment_reason", "adjustment_document"):
            self.fields[name].when = When("adjustment", adjusting, hides=True)
        if computed is not None:
            self._ask_by_verdict(differing(note, computed))

    def _ask_by_kind(self, note: Note) -> None:
        """No forecast of what has no number, nor of an end that has come."""
        if note.item.kind != Item.Kind.INDICATOR and note.forecast_value is None:
            del self.fields["forecast_value"]
        if note.round.kind == Round.Kind.FINAL and not note.forecast and note.forecast_value is None:
            for name in ("forecast", "forecast_value"):
                self.fields.pop(name, None)

    def _ask_by_verdict(self, others: list[str]) -> None:
        """Why one differs from the system is asked only where the system has judged."""
        if others or self.initial.get("difference_reason"):
            self.fields["difference_reason"].when = When("conclusion", others, hides=True)
        else:
            del self.fields["difference_reason"]

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


class ChapterForm(forms.Form):
    """The text of a chapter; what it may hold is for the service to say."""

    body = ProseField(
        label=_("正文"),
        required=False,
        max_length=CHAPTER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 24, "maxlength": CHAPTER_LENGTH, "lang": "zh-CN"}),
        help_text=_(
            "一行一段；“（一）……”单独成行为小标题；〔表：主要指标〕〔图：I-01〕单独成行，生成报告时换成表和图"
        ),
    )


class ChapterNewForm(forms.Form):
    title = LineField(label=_("标题"), max_length=60)
    purpose = LineField(label=_("写什么"), max_length=300, required=False)


class ChapterArrangeForm(forms.Form):
    """Where a chapter stands, who writes it, whether it is in the report."""

    title = LineField(label=_("标题"), max_length=60)
    purpose = LineField(label=_("写什么"), max_length=300, required=False)
    position = forms.IntegerField(label=_("次序"), min_value=1, max_value=200)
    author = forms.ModelChoiceField(User.objects.none(), label=_("执笔人"), required=False, empty_label="—")
    is_left_out = forms.BooleanField(label=_("不写入报告"), required=False)

    def __init__(self, *args, chapter: ReportChapter, people, **options):
        names = ("title", "purpose", "position", "author", "is_left_out")
        super().__init__(*args, initial={name: getattr(chapter, name) for name in names}, **options)
        self.fields["author"].queryset = people


class FrontForm(forms.Form):
    issued_by = LineField(label=_("发布单位"), max_length=100, required=False)
    secrecy = LineField(
        label=_("密级或版本说明"), max_length=50, required=False, help_text=_("如：内部资料，征求意见稿")
    )
    signatories = ProseField(
        label=_("签署人"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "zh-CN"}),
        help_text=_("每行一人：单位、职务和姓名；不填则没有签署页"),
    )
    consulted = ProseField(
        label=_("征求意见的单位和人员"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "zh-CN"}),
        help_text=_("每行一个"),
    )


class OpinionForm(forms.Form):
    kind = forms.ChoiceField(label=_("来自"), choices=Opinion.Kind.choices)
    who = LineField(label=_("提出人"), max_length=100)
    received_on = forms.DateField(label=_("收到日期"), widget=DayInput())
    chapter = forms.ModelChoiceField(
        ReportChapter.objects.none(), label=_("所涉章节"), required=False, empty_label=_("全文")
    )
    text = ProseField(
        label=_("意见"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 5000})
    )

    def __init__(self, *args, chapters, **options):
        super().__init__(*args, **options)
        self.fields["chapter"].queryset = chapters


class ReturnForm(forms.Form):
    """A Word file of chapters that comes back."""

    file = forms.FileField(label=_("带回的 Word 文件"), widget=forms.FileInput(attrs={"accept": ".docx"}))
