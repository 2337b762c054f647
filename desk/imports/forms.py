"""What a person types in on the way of a file."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.imports.words import COLUMN_HELP, column_label
from indicators.files.headings import COLUMNS


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("文件"),
        allow_empty_file=True,
        max_length=200,
        error_messages={
            "required": gettext_lazy("请选择一个 CSV 或 XLSX 文件"),
            "max_length": gettext_lazy("文件名至多 200 字；请改短"),
        },
        widget=forms.FileInput(
            attrs={
                "accept": ".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
    )


class MappingForm(forms.Form):
    """For each column of the file, which of ours it is; empty means it is not taken in."""

    def __init__(self, batch, data=None, mapping=None):
        super().__init__(data)
        self.batch = batch
        places = {place: name for name, place in (mapping or batch.mapping).items()}
        choices = [("", _("（不导入）"))]
        choices += [(name, column_label(name)) for name in COLUMNS if name in COLUMN_HELP]
        for place, heading in enumerate(batch.headings):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=heading or _("第 %(number)s 列") % {"number": place + 1},
                choices=choices,
                required=False,
                initial=places.get(place, ""),
            )

    def clean(self):
        data = super().clean()
        mapping: dict[str, int] = {}
        for place in range(len(self.batch.headings)):
            name = data.get(f"column_{place}")
            if name and name in mapping:
                first = self.fields[f"column_{mapping[name]}"].label
                message = _("“%(column)s”已对应“%(heading)s”，只能对应一列")
                self.add_error(f"column_{place}", message % {"column": column_label(name), "heading": first})
            elif name:
                mapping[name] = place
        self.mapping = mapping
        return data

    def columns(self) -> list[dict]:
        """The file's columns in their order: bound field, first cells."""
        return [
            {"field": self[f"column_{place}"], "sample": [row[place] for row in self.batch.sample if row[place]]}
            for place in range(len(self.batch.headings))
        ]
