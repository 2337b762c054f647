"""What is wrong with the forms of a page, said once at its top: {% load faulty %}."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import template
from django.forms import BaseForm, BaseFormSet
from django.utils.translation import gettext as _

register = template.Library()


@dataclass(frozen=True)
class FormFault:
    """A sentence, and the field it is about: label and id; neither where it is about the whole form."""

    text: str
    label: str = ""
    target: str = ""


def _forms(value) -> Iterator[BaseForm]:
    # By its type: a lazy value of the page (its token, its reader) is not woken by being looked at.
    if issubclass(type(value), BaseForm) and (value.is_bound or hasattr(value, "overtaken")):
        yield value
    elif issubclass(type(value), BaseFormSet) and value.is_bound:
        yield from value.forms
    elif type(value) is list:
        for one in value:
            yield from _forms(one)


def _faults(form: BaseForm) -> Iterator[FormFault]:
    # Of one line of many: which line it is.
    whose = getattr(form, "whose", "")
    for error in getattr(form, "overtaken", ()):
        yield FormFault(str(error))
    for error in form.non_field_errors():
        yield FormFault(f"{whose} {error}".strip())
    for field in form:
        # Of radio buttons the first is where one goes on.
        target = "" if field.is_hidden else field.id_for_label or f"{field.auto_id}_0"
        for error in field.errors:
            yield FormFault(str(error), "" if field.is_hidden else f"{whose} {field.label}".strip(), target)


def faults_of(context) -> list[FormFault]:
    """Every fault of every form that was sent to this page, in the order of the page's own names."""
    seen: dict[int, BaseForm] = {}
    loose = []
    for value in context.flatten().values():
        if issubclass(type(value), BaseFormSet) and value.is_bound:
            loose += [FormFault(str(error)) for error in value.non_form_errors()]
        seen |= {id(form): form for form in _forms(value)}
    return [*loose, *(fault for form in seen.values() for fault in _faults(form))]


@register.simple_tag(takes_context=True)
def error_prefix(context) -> str:
    """What the title of a page begins with whose form came back."""
    return _("错误：") if faults_of(context) else ""


@register.inclusion_tag("_components/faults.html", takes_context=True)
def faults(context, heading="") -> dict:
    """The summary at the top of a page whose form came back, with a link to each field."""
    return {
        "faults": faults_of(context),
        "heading": heading or context.get("faults_heading", ""),
        "lost": context.get("lost_files"),
    }
