"""What a person types in on the way of a file."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.imports.words import COLUMN_HELP, YEAR, column_label, whole_file
from indicators.files.headings import COLUMNS
from indicators.models import Component, Observation
from plan.params import today
from tables.encodings import CHOICES
from texts.forms import AddressField, DayInput, LineField, YearField

TAKEN = ".csv,.tsv,.txt,.xlsx,.xls,.xlsb,.ods,.html,.htm,text/csv"
# Answers to "which component is this": none of the plan's, or not now.
NONE_OF_THEM, NOT_NOW = "-", ""


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("文件"),
        allow_empty_file=True,
        max_length=200,
        error_messages={
            "required": gettext_lazy("请选择一个 CSV 或 XLSX 文件"),
            "max_length": gettext_lazy("文件名至多 200 字；请改短"),
        },
        widget=forms.FileInput(attrs={"accept": TAKEN}),
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("文本编码"),
        required=False,
        choices=[("", gettext_lazy("自动")), *((name, name.upper()) for name in CHOICES)],
    )


class MappingForm(forms.Form):
    """Which column of the file is which of ours, and what holds for the whole file.

    A column without one is not taken in. A table with several figures a row has no columns to name.
    """

    all_year = YearField(
        label=gettext_lazy("数据年份"),
        required=False,
        help_text=gettext_lazy("没有年份一列时填；标题、表名或文件名写着唯一一年的已预填，请核对"),
    )
    all_source_title = LineField(label=gettext_lazy("来源标题"), max_length=500, required=False)
    all_source_url = AddressField(
        label=gettext_lazy("来源网址"), max_length=1000, required=False, assume_scheme="https"
    )
    all_source_publisher = LineField(label=gettext_lazy("发布单位"), max_length=200, required=False)
    all_released_on = forms.DateField(label=gettext_lazy("公布日期"), required=False, widget=DayInput())
    all_value_status = forms.ChoiceField(
        label=gettext_lazy("数据性质"), required=False, choices=[("", "—"), *Observation.ValueStatus.choices]
    )

    def __init__(self, batch, data=None, mapping=None):
        super().__init__(data)
        self.batch = batch
        self.whole = whole_file(is_wide=batch.is_wide)
        if YEAR not in self.whole:
            del self.fields[f"all_{YEAR}"]
        for name in self.whole:
            self.fields[f"all_{name}"].initial = batch.defaults.get(name, "")
            self.fields[f"all_{name}"].widget.attrs["aria-describedby"] = f"about_all_{name}"
        places = {place: name for name, place in (mapping or batch.mapping).items()}
        choices = [("", _("（不导入）"))]
        choices += [(name, column_label(name)) for name in COLUMNS if name in COLUMN_HELP]
        for place, heading in enumerate([] if batch.is_wide else batch.headings):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=heading or _("第 %(number)s 列") % {"number": place + 1},
                choices=choices,
                required=False,
                initial=places.get(place, ""),
            )

    def clean_all_released_on(self):
        day = self.cleaned_data["all_released_on"]
        if day and day > today():
            raise forms.ValidationError(_("公布日期晚于今天"))
        return day

    def clean(self):
        data = super().clean()
        mapping: dict[str, int] = dict(self.batch.mapping) if self.batch.is_wide else {}
        for place in range(0 if self.batch.is_wide else len(self.batch.headings)):
            name = data.get(f"column_{place}")
            if name and name in mapping:
                first = self.fields[f"column_{mapping[name]}"].label
                message = _("“%(column)s”已对应“%(heading)s”，只能对应一列")
                self.add_error(f"column_{place}", message % {"column": column_label(name), "heading": first})
            elif name:
                mapping[name] = place
        self.mapping = mapping
        self.defaults = {name: str(data.get(f"all_{name}") or "") for name in self.whole}
        return data

    def columns(self) -> list[dict]:
        """The file's columns in their order: bound field, first cells."""
        return [
            {"field": self[f"column_{place}"], "sample": [row[place] for row in self.batch.sample if row[place]]}
            for place in range(0 if self.batch.is_wide else len(self.batch.headings))
        ]

    def whole_file(self) -> list:
        return [self[f"all_{name}"] for name in self.whole]


class NamesForm(forms.Form):
    """What the file calls components that nobody has named so before; `asked`: name → the proposed component."""

    def __init__(self, plan, asked: dict[str, str], data=None):
        super().__init__(data)
        self.asked = list(asked)
        components = [
            (part.code, f"{part.code} {part.label}")
            for part in Component.objects.of(plan).select_related("indicator")
        ]
        choices = [(NOT_NOW, _("（以后再说）")), (NONE_OF_THEM, _("不是本规划的指标")), *components]
        for place, (name, proposed) in enumerate(asked.items()):
            self.fields[f"name_{place}"] = forms.ChoiceField(
                label=name, choices=choices, required=False, initial=proposed
            )

    def answers(self) -> dict[str, str]:
        """Name → code, or "" for what the plan does not have."""
        said = {name: self.cleaned_data[f"name_{place}"] for place, name in enumerate(self.asked)}
        return {name: "" if code == NONE_OF_THEM else code for name, code in said.items() if code != NOT_NOW}
