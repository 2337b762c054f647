"""What people type on the data desk, checked and named; storing is the services' business."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.figures import NewSource
from indicators.figures.number_input import NotANumber, Unsure, read_figure, read_typed
from indicators.figures.workflow import before_its_source
from indicators.files.readings import Answer
from indicators.models import Component, Observation, Target
from judging.decimals import plain
from judging.plausible import is_before_its_end
from plan.models import Source
from plan.params import today
from plan.uploads import ACCEPT
from texts.forms import (
    AddressField,
    DayInput,
    LineField,
    NumberLineField,
    ProseField,
    RowSet,
    TableField,
    YearField,
)

SOURCE_FIELDS = (
    "source",
    "source_title",
    "source_publisher",
    "source_url",
    "source_number",
    "source_published_on",
)
TITLE_SHOWN = 60


class ComponentChoice(forms.ModelChoiceField):
    def label_from_instance(self, component: Component) -> str:
        return f"{component.code} {component.label} · {component.indicator.unit_label}"


class SourceSelect(forms.Select):
    """Says of each source the day it came out: the page fills the day of release from it (static/js/source.js)."""

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        source = getattr(value, "instance", None)
        if source is not None:
            option["attrs"] |= {"data-day": source.published_on.isoformat() if source.published_on else ""}
            option["attrs"] |= {"data-url": source.url} if source.url else {}
        return option


class SourceChoice(forms.ModelChoiceField):
    widget = SourceSelect

    def label_from_instance(self, source: Source) -> str:
        title = source.title if len(source.title) <= TITLE_SHOWN else f"{source.title[:TITLE_SHOWN]}…"
        day = f"{source.published_on.isoformat()} " if source.published_on else ""
        publisher = f"{source.publisher} · " if source.publisher and source.publisher not in title else ""
        return f"{day}{publisher}{title}"


class SourceForm(forms.Form):
    """Where figures were published: a source known already, or a new one by title."""

    source = SourceChoice(Source.objects.none(), label=gettext_lazy("来源"), required=False)
    source_title = LineField(label=gettext_lazy("来源标题"), max_length=500, required=False)
    source_publisher = LineField(label=gettext_lazy("发布单位"), max_length=200, required=False)
    source_url = AddressField(label=gettext_lazy("网址"), max_length=1000, required=False, assume_scheme="https")
    source_number = LineField(label=gettext_lazy("文号"), max_length=100, required=False)
    source_published_on = forms.DateField(label=gettext_lazy("来源发布日期"), required=False, widget=DayInput())

    def __init__(self, *args, sources: Iterable[Source], **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, SourceChoice)
        field.queryset = sources
        field.empty_label = _("—— 新来源，在下面填写 ——")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        title = cleaned.get("source_title", "")
        # A choice that was no valid one has its own error.
        if "source" in cleaned and not cleaned["source"] and not title and "source_title" in cleaned:
            self.add_error("source", _("没有来源的数不收；请选一个来源，或填写新来源的标题"))
        if cleaned.get("source") and title:
            self.add_error("source_title", _("已选了来源；要用新来源，请把上面改为“新来源”"))
        return cleaned

    def chosen_source(self) -> Source | NewSource:
        data = self.cleaned_data
        return data["source"] or NewSource(
            title=data["source_title"],
            publisher=data["source_publisher"],
            url=data["source_url"],
            document_number=data["source_number"],
            published_on=data["source_published_on"],
        )


class TypedValue(forms.Form):
    """A value as people type it, 2.47万家 or 约1400, read as a file's cell is.

    Where it can be meant in several ways the field asks, and `readings` are what is chosen from: (what the chosen
    one sends as `reading`, the number, what it is).
    """

    reading = LineField(required=False, max_length=80, widget=forms.HiddenInput)
    readings: list[tuple[str, str, str]] = []
    answer: Answer | None = None

    def read_value(self, cleaned: dict[str, Any]) -> None:
        """Puts the number in the place of its text, and beside it what the text says besides."""
        component, text = cleaned.get("component"), cleaned.get("value")
        if not component or not text:
            return
        place, _sep, of = cleaned.get("reading", "").partition(":")
        said = cleaned.get("precision", "")
        unit = (component.indicator.unit, component.indicator.unit_en)
        try:
            # A reading is one of the text it was offered for.
            answer = read_typed(text, *unit, precision=said, choice=place if of == text else "")
        except Unsure as error:
            self.readings = [
                (f"{place}:{text}", plain(one.value), in_words(one)) for place, one in enumerate(error.answers)
            ]
            self.add_error("value", _("%(asked)s请选定怎么读，或改写。") % {"asked": error})
        except NotANumber as error:
            self.add_error("value", str(error))
        else:
            self.answer = answer
            cleaned |= {"value": answer.value} | self._also_said(answer, cleaned, text)

    def _also_said(self, answer: Answer, cleaned: dict[str, Any], text: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if cleaned.get("precision", Observation.Precision.EXACT) == Observation.Precision.EXACT:
            found["precision"] = answer.precision or (
                Observation.Precision.ROUNDED if answer.converted else Observation.Precision.EXACT
            )
        if answer.precision and answer.exclusive:
            found["exclusive"] = True
        if answer.status:
            found["value_status"] = answer.status
        if (answer.converted or answer.how != "read") and not cleaned.get("published_text"):
            found["published_text"] = text.strip()[:100]
        return found


def in_words(answer: Answer) -> str:
    """What a reading is besides its number: 下限表述（不含本数）, 初步."""
    labels = dict(Observation.Precision.choices) | dict(Observation.ValueStatus.choices)
    word = str(labels.get(answer.precision or answer.status, ""))
    return _("%(what)s，不含本数") % {"what": word} if answer.exclusive else word


class FigureForm(TypedValue, SourceForm):
    """One figure. `component` is fixed where the figure exists."""

    component = ComponentChoice(Component.objects.none(), label=gettext_lazy("分项"))
    year = YearField(label=gettext_lazy("数据年份"))
    value = NumberLineField(label=gettext_lazy("数值"), max_length=60, strip=True)
    value_status = forms.ChoiceField(label=gettext_lazy("数据性质"), choices=Observation.ValueStatus.choices)
    precision = forms.ChoiceField(label=gettext_lazy("精确程度"), choices=Observation.Precision.choices)
    exclusive = forms.BooleanField(label=gettext_lazy("不含本数"), required=False)
    released_on = forms.DateField(label=gettext_lazy("公布日期"), widget=DayInput())
    published_text = LineField(label=gettext_lazy("公布时的写法"), max_length=100, required=False)
    settled = forms.BooleanField(label=gettext_lazy("年内已成定局，仍是最终核实的数"), required=False)
    note = ProseField(
        label=gettext_lazy("说明"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    FIELDS = ("year", "value", "value_status", "precision", "exclusive", "released_on", "published_text", "note")

    def __init__(self, *args, components, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["component"]
        assert isinstance(field, ComponentChoice)
        field.queryset = components
        self.fields["value"].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}
        if not self.is_bound and self.initial.get("component") and self.initial.get("year"):
            # What is asked for is known: the number is what is to be typed.
            self.fields["value"].widget.attrs["autofocus"] = True
        mark_faults(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.read_value(cleaned)
        if self.is_early and not cleaned.get("settled"):
            self.add_error(
                "value_status",
                _("%(year)s 年在公布时还没有结束：请选初步，或在下面确认已成定局") % {"year": cleaned["year"]},
            )
        return cleaned

    @property
    def is_early(self) -> bool:
        """Whether what was typed is called final before its year was over, which a person has to confirm."""
        said = getattr(self, "cleaned_data", {})
        year, day = said.get("year"), said.get("released_on")
        # add_error takes the status out; it is asked again as it was sent.
        status = said.get("value_status") or (self["value_status"].value() if self.is_bound else "")
        return bool(year and day) and year == day.year and is_before_its_end(year, day, status)

    def figure(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.FIELDS}


def initial_of(row: Observation) -> dict[str, Any]:
    """The form's fields as the figure stands."""
    names = ("component", *(name for name in FigureForm.FIELDS if name != "value"), "edition")
    return {name: getattr(row, name) for name in names} | {
        "source": row.source,
        "value": f"{row.value.normalize():f}",
    }


class ReleaseForm(SourceForm):
    """The head of a release, with what holds for all its figures."""

    released_on = forms.DateField(label=gettext_lazy("公布日期"), widget=DayInput())
    year = YearField(label=gettext_lazy("数据年份"), required=False)
    value_status = forms.ChoiceField(label=gettext_lazy("数据性质"), choices=Observation.ValueStatus.choices)
    rank = forms.ChoiceField(
        label=gettext_lazy("来源等级"), required=False, choices=[("", "—"), *Source.Rank.choices]
    )
    file = forms.FileField(
        label=gettext_lazy("发布文件"), required=False, widget=forms.ClearableFileInput({"accept": ACCEPT})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        mark_faults(self)


class ReleaseRow(TypedValue):
    """One figure of a release. A row made for a component that is owed (`given`) is none without a value; an empty
    one neither. `seen`: who entered it looked at what is doubtful."""

    given = forms.BooleanField(required=False, widget=forms.HiddenInput)
    component = ComponentChoice(Component.objects.none(), label=gettext_lazy("分项"), required=False)
    year = YearField(label=gettext_lazy("数据年份"), required=False)
    value = NumberLineField(label=gettext_lazy("数值"), max_length=60, required=False)
    value_status = forms.ChoiceField(
        label=gettext_lazy("数据性质"), required=False,
        choices=[("", gettext_lazy("同上")), *Observation.ValueStatus.choices],
    )  # fmt: skip
    published_text = LineField(label=gettext_lazy("公布时的写法"), max_length=100, required=False)
    seen = forms.BooleanField(label=gettext_lazy("已核对"), required=False)

    def __init__(self, *args, components, usual_year=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.usual_year = usual_year
        field = self.fields["component"]
        assert isinstance(field, ComponentChoice)
        field.queryset = components
        self.fields["value"].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    @property
    def is_filled(self) -> bool:
        names = ("value",) if self.cleaned_data.get("given") else ("component", "value")
        # Nought is a number like any other.
        return any(self.cleaned_data.get(name) not in (None, "") for name in names)

    @property
    def chosen(self) -> Component | None:
        """The component of the row: as asked for, or as chosen."""
        if not self.is_bound:
            return self.initial.get("component")
        return getattr(self, "cleaned_data", {}).get("component")

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """What most rows leave as it holds for the whole release."""
        return [self[name] for name in ("published_text", "year", "value_status")]

    @property
    def is_owed(self) -> bool:
        return bool(self.initial.get("given")) or (self.is_bound and self["given"].value() in (True, "True", "on"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.is_filled and not self.errors:
            return cleaned
        cleaned["year"] = cleaned.get("year") or self.usual_year
        for name in ("component", "year", "value"):
            if cleaned.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("这一行没有填全"))
        self.read_value(cleaned)
        return cleaned


ROW_FIELDS = ("component", "year", "value", "published_text", "precision", "exclusive")


class ReleaseRowSet(RowSet):
    """The figures of a release; at least one."""

    def clean(self) -> None:
        if not any(self.errors) and not any(form.is_filled for form in self.forms):
            raise ValidationError(_("请至少填一行数据"))

    @property
    def filled(self) -> list[ReleaseRow]:
        return [form for form in self.forms if hasattr(form, "cleaned_data") and form.is_filled]

    def figures(self, usual: str) -> list[dict[str, Any]]:
        """Fields of a figure for each filled row, with the release's own kind where the row says none."""
        return [
            {name: form.cleaned_data[name] for name in ROW_FIELDS if name in form.cleaned_data}
            | {"value_status": form.cleaned_data["value_status"] or usual}
            for form in self.filled
        ]


# Beside the rows of what is owed, some for other years and components.
FREE_ROWS = 3
ReleaseRows = forms.formset_factory(ReleaseRow, formset=ReleaseRowSet, extra=FREE_ROWS, max_num=300)


class SourceHeadForm(forms.Form):
    """The head of a publication, to be corrected."""

    title = LineField(label=gettext_lazy("标题"), max_length=500)
    publisher = LineField(label=gettext_lazy("发布单位"), max_length=200, required=False)
    url = AddressField(label=gettext_lazy("网址"), max_length=1000, required=False, assume_scheme="https")
    document_number = LineField(label=gettext_lazy("文号"), max_length=100, required=False)
    published_on = forms.DateField(label=gettext_lazy("发布日期"), required=False, widget=DayInput())
    rank = forms.ChoiceField(
        label=gettext_lazy("来源等级"), required=False, choices=[("", "—"), *Source.Rank.choices]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        mark_faults(self)


class GridForm(SourceForm):
    """What holds for every cell of a grid; the cells themselves are read by desk.grid."""

    value_status = forms.ChoiceField(label=gettext_lazy("数据性质"), choices=Observation.ValueStatus.choices)
    precision = forms.ChoiceField(
        label=gettext_lazy("精确程度"), choices=Observation.Precision.choices, required=False
    )
    released_on = forms.DateField(label=gettext_lazy("公布日期"), widget=DayInput())
    pasted = TableField(
        label=gettext_lazy("粘贴表格"), required=False, max_length=200_000, strip=False,
        widget=forms.Textarea({"rows": 4, "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        mark_faults(self)

    def clean_released_on(self):
        day = self.cleaned_data["released_on"]
        if day > today():
            raise ValidationError(_("公布日期晚于今天"))
        return day

    def clean(self) -> dict[str, Any]:
        # The service refuses it as well, but for the grid only after the preview.
        cleaned = super().clean()
        source, day = cleaned.get("source"), cleaned.get("released_on")
        published = source.published_on if source else cleaned.get("source_published_on")
        if day and (problem := before_its_source(day, published)):
            self.add_error("released_on", problem)
        return cleaned

    def clean_precision(self) -> str:
        return self.cleaned_data["precision"] or Observation.Precision.EXACT


class TargetForm(forms.Form):
    """A revision of one component's target with the act it rests on."""

    component = ComponentChoice(Component.objects.none(), label=gettext_lazy("分项"))
    type = forms.ChoiceField(label=gettext_lazy("类型"), choices=Target.Type.choices)
    value = LineField(label=gettext_lazy("目标值"), max_length=60, required=False)
    low = LineField(label=gettext_lazy("下限"), max_length=60, required=False)
    high = LineField(label=gettext_lazy("上限"), max_length=60, required=False)
    path = LineField(label=gettext_lazy("年度目标"), max_length=500, required=False)
    year = YearField(label=gettext_lazy("目标年"))
    text = LineField(label=gettext_lazy("文件中的写法"), max_length=60)
    effective_on = forms.DateField(label=gettext_lazy("生效日期"), widget=DayInput())
    approving_body = LineField(label=gettext_lazy("批准机关"), max_length=200)
    document_number = LineField(label=gettext_lazy("文号"), max_length=100)
    document_date = forms.DateField(label=gettext_lazy("文件日期"), widget=DayInput())
    reason = ProseField(label=gettext_lazy("调整理由"), max_length=2000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args, components, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["component"]
        assert isinstance(field, ComponentChoice)
        field.queryset = components
        mark_faults(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        component = cleaned.get("component")
        said = {name: cleaned.get(name, "") for name in ("value", "low", "high")}
        yearly = self._yearly(cleaned.get("path", ""))
        cleaned |= dict.fromkeys(said) | {"path": {}}
        if component:
            unit = component.indicator.unit
            cleaned |= {name: self._number(name, text, unit) for name, text in said.items() if text}
            numbers = {year: self._number("path", text, unit) for year, text in yearly.items()}
            cleaned["path"] = {year: plain(number) for year, number in numbers.items() if number is not None}
        return cleaned

    def _number(self, name: str, text: str, unit: str) -> Decimal | None:
        try:
            return read_figure(text, unit)
        except NotANumber as error:
            self.add_error(name, str(error))
            return None

    def _yearly(self, text: str) -> dict[str, str]:
        """Yearly targets written 2026=5.5；2027=5.8; a year said twice is refused, not overwritten."""
        found: dict[str, str] = {}
        for part in filter(None, (piece.strip() for piece in re.split("[;；]", text))):
            match = re.fullmatch(r"(\d{4})\s*年?\s*[=＝:：]\s*(\S+)", part, re.ASCII)
            if match is None:
                self.add_error("path", _("“%(part)s”看不懂；应写作 2026=5.5；2027=5.8") % {"part": part})
            elif match[1] in found:
                self.add_error("path", _("%(year)s 年写了两次") % {"year": match[1]})
            else:
                found[match[1]] = match[2]
        return found


def mark_faults(form: forms.Form) -> None:
    """Ties every field to its help and its error for screen readers (templates/desk/_field.html)."""
    for name, field in form.fields.items():
        field.widget.attrs["aria-describedby"] = f"about_{name}"
