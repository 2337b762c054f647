"""Template tags of the data desk: its tabs, the marks of a figure's state."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import Permission as P
from accounts.permissions import may
from desk.hints import size_words
from indicators.figures.due import rhythm_words
from indicators.models import Observation
from indicators.shown.wording import number
from plan.badges import FIGURE, UNKNOWN
from plan.params import today

register = template.Library()
TABS = (
    ("home", "desk:home", _("工作清单"), P.USE_DESK),
    ("new", "desk:figure_new", _("单条录入"), P.ENTER_FIGURES),
    ("grid", "desk:grid", _("表格录入"), P.ENTER_FIGURES),
    ("imports", "desk_import:list", _("文件导入"), P.IMPORT_FIGURES),
    ("releases", "desk:releases", pgettext_lazy("publication", "发布"), P.USE_DESK),
    ("desk", "review:index", _("复核台"), P.APPROVE_FIGURES),
    ("targets", "desk:targets", _("目标调整"), P.USE_DESK),
)


@register.simple_tag(takes_context=True)
def desk_tabs(context, tab):
    """The tabs the person may use: (address, label, whether this is the page)."""
    tabs = []
    for key, name, label, permission in TABS:
        if may(context["request"].user, permission):
            tabs.append((reverse(name, args=[context["plan"].slug]), label, key == tab))
    return tabs


@register.inclusion_tag("_components/badge.html")
def state_badge(state, word=""):
    """draft, submitted, returned, approved … as word, sign and colour."""
    labels = dict(Observation.State.choices)
    return {"badge": FIGURE.get(str(state), UNKNOWN).badge(word or labels.get(str(state), state))}


@register.filter
def figure_number(value):
    """A value as the desk shows it: thousands grouped, up to eight places."""
    return number(value, 8)


@register.filter
def change_size(change, unit):
    """The change of a figure with its sign, in its unit and as per cent."""
    return size_words(change.difference, change.percent, unit) if change else ""


@register.inclusion_tag("desk/_own_look.html", takes_context=True)
def own_look(context, key, grades, looks=None):
    """Why a figure asks for a look of its own, its tick and the field for what was found; none without a key."""
    look = (looks or {}).get(key)
    return {"key": key, "grades": grades, "look": look, "messages": context.get("messages")}


@register.filter
def rhythm(component):
    """How often a component's figure comes out, and when."""
    return rhythm_words(component, today().year)


@register.filter
def of_row(found, row):
    """What a table by key has of a row."""
    return found.get(row.pk)
