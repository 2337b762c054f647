"""Form fields that hold what is typed to the rule of `texts.cleaning`; every form takes its text through them."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from texts.addresses import is_address, trimmed_address
from texts.cleaning import LONGEST, RefusedText, clean_text

REASONS = {
    "nul": gettext_lazy("第 %(place)s 个字是空字符（%(code)s），不能保存；请删去后重试"),
    "half": gettext_lazy("第 %(place)s 个字不完整（%(code)s），不能保存；请重新输入这个字"),
    "lost": gettext_lazy("第 %(place)s 个字是乱码“�”（%(code)s），原来的字已丢失；请重新输入这个字"),
    "override": gettext_lazy("第 %(place)s 个字会颠倒文字方向（%(code)s），看到的与保存的不一样；请删去后重试"),
}


class BadText(ValidationError):
    """A text that cannot be kept, in words; keyed by its field where that is known.

    Forms show it at the field. Where a service meets it past its form, the answer is a 400 (`plan.middleware`).
    """


def posted(request: Any) -> Any:
    """What a form was sent, None where it is only shown. An empty body is sent, and told what it lacks."""
    return request.POST if request.method == "POST" else None


def explain(error: RefusedText) -> str:
    """What is wrong with a text, where, and what helps."""
    return REASONS[error.reason] % {"place": error.place, "code": f"U+{ord(error.character):04X}"}


def too_long(limit: int, found: int) -> str:
    return _("至多 %(limit)s 字，现有 %(found)s 字") % {"limit": limit, "found": found}


def typed_text(params: Mapping[str, str], name: str, *, limit: int = LONGEST) -> str:
    """What was typed into a field of several lines that no Django form holds, by the same rule.

    Raises BadText, for the field, with the line where there are several.
    """
    typed = params.get(name, "")
    try:
        text = clean_text(typed, lines=True)
    except RefusedText as error:
        place = {"line": typed.count("\n", 0, error.place - 1) + 1, "why": explain(error)}
        raise BadText(_("%(why)s（在第 %(line)s 行）") % place if "\n" in typed else explain(error)) from error
    if len(text) > limit:
        raise BadText(too_long(limit, len(text)))
    return text


class CleanText:
    """Mends or refuses the text before anything else of the field looks at it."""

    lines = False

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = clean_text(value, lines=self.lines)
            except RefusedText as error:
                raise BadText(explain(error), code="refused_text") from error
        return super().to_python(value)


class LineField(CleanText, forms.CharField):
    """Text of one line."""


class ProseField(CleanText, forms.CharField):
    """Text of any number of lines."""

    lines = True
    widget = forms.Textarea


class TableField(ProseField):
    """A pasted table: only its own line ends part its rows, so that a soft break inside a cell is a space."""

    SOFT = dict.fromkeys(map(ord, "\x0b\x0c\x85\u2028\u2029"), " ")

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_digits(value.translate(self.SOFT)) if isinstance(value, str) else value)


class NumberLineField(LineField):
    """A number as people write it, read by whoever knows its unit."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_digits(value) if isinstance(value, str) else value)


def plain_digits(text: str) -> str:
    """Without the mark that calculators copy before their numbers, where it changes nothing."""
    return re.sub(r"\u202d(?=[\s\d.,+-])", "", text)


def check_address(text: str) -> None:
    """Raises ValidationError for what is no address of http or https."""
    if not is_address(text):
        raise ValidationError(gettext_lazy("应为 http:// 或 https:// 开头的网址"), code="invalid")


class AddressField(CleanText, forms.URLField):
    """An address on the web; on an intranet a host may be one word."""

    default_validators = [check_address]

    def to_python(self, value: Any) -> Any:
        return super().to_python(trimmed_address(value) if isinstance(value, str) else value)


class EmailField(CleanText, forms.EmailField):
    """An address for mail."""


class YearField(forms.IntegerField):
    """A year; what is none is answered with one."""

    default_error_messages = {"invalid": gettext_lazy("请填四位年份，例如 2023")}

    def __init__(self, *, min_value: int = 1949, max_value: int = 2100, **options: Any):
        super().__init__(min_value=min_value, max_value=max_value, **options)


class RowSet(forms.BaseFormSet):
    """Rows of one form, whose number the page sends along; without it, or with too many, they are refused."""

    default_error_messages = {
        "missing_management_form": gettext_lazy("各行没有完整送到，什么也没有保存；请刷新页面后重填"),
        "too_many_forms": gettext_lazy("至多 %(num)d 行；请删去多余的行"),
        "too_few_forms": gettext_lazy("至少 %(num)d 行"),
    }


class DayInput(forms.DateInput):
    """A day, chosen from the browser's own calendar."""

    input_type = "date"

    def __init__(self, **options: Any):
        super().__init__(format="%Y-%m-%d", **options)


def refuse(request: Any, error: Exception, target: str = "", at: Mapping[str, str] = MappingProxyType({})) -> int:
    """Says at the top of the page that comes next why something was not done; the status of an answer that is it.

    For fields written out by hand, whose faults no Django form holds. `target`: the id of the field it is about;
    `at`: ids by the names an error has for its fields. A row's own field (why-12) is named as its id is.
    """
    if not isinstance(error, ValidationError):
        messages.error(request, str(error))
        return 409
    named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, words in named.items():
        for word in words:
            messages.error(request, word, extra_tags=at.get(name, name if "-" in name else target))
    return 400


def show_faults(
    form: forms.BaseForm, error: ValidationError, names: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Puts a service's refusal beside the fields it names; what the form has no field for stands above it.

    `names`: what the form calls fields of the row otherwise.
    """
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, faults in error.error_dict.items():
        name = names.get(field, field)
        form.add_error(name if name in form.fields else None, faults)
