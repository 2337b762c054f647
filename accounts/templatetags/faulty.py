"""What is wrong with the forms of a page, said once at its top: {% load faulty %}.

A fault comes from a Django form of the page, or, where fields are written out by hand or a button was refused,
from a message of level error, whose extra tag is the id of the field it is about.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django import template
from django.contrib.messages import ERROR
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


def refusals_of(context) -> list[FormFault]:
    """The messages of level error, which are said nowhere else then; others wait for where the page says them."""
    storage = context.get("messages") or ()
    was_used = getattr(storage, "used", True)
    found = [FormFault(str(one), target=one.extra_tags or "") for one in storage if one.level == ERROR]
    if not was_used and not found:
        storage.used = False
    return found


def faults_of(context) -> list[FormFault]:
    """Every fault of every form that was sent to this page, in the order of the page's own names."""
    seen: dict[int, BaseForm] = {}
    loose = []
    for value in context.flatten().values():
        if issubclass(type(value), BaseFormSet) and value.is_bound:
            loose += [FormFault(str(error)) for error in value.non_form_errors()]
        seen |= {id(form): form for form in _forms(value)}
    return [*loose, *(fault for form in seen.values() for fault in _faults(form)), *refusals_of(context)]


@register.simple_tag(takes_context=True)
def error_prefix(context) -> str:
    """What the title of a page begins with whose form came back."""
    return _("错误：") if faults_of(context) else ""


@register.inclusion_tag("_components/faults.html", takes_context=True)
def faults(context, heading="") -> dict:
    """The summary at the top of a page whose form came back, with a link to each field."""
    found = faults_of(context)
    heading = heading or context.get("faults_heading", "")
    if not heading and len(found) == len(refusals_of(context)):
        heading = _("这一步没有完成")
    return {"faults": found, "heading": heading, "lost": context.get("lost_files")}


@register.inclusion_tag("_components/fault_at.html", takes_context=True)
def fault_at(context, target: str, key: int | str = "") -> dict:
    """What is wrong with a field written out by hand, below it; of a row's own field its id ends in the key."""
    name = f"{target}{key}"
    return {"target": name, "faults": [one for one in refusals_of(context) if one.target == name]}


@register.filter
def told(messages) -> list:
    """The messages of a page that are no faults."""
    return [one for one in messages or () if one.level != ERROR]
