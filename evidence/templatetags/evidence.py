"""What pages of commitments say of published statements."""

from django import template

from accounts.permissions import Permission, may
from evidence.models import PublicEvidence
from evidence.queries import of_item
from evidence.states import said
from plan.badges import EVIDENCE, UPDATE
from plan.models import Item

register = template.Library()


@register.inclusion_tag("evidence/_item.html", takes_context=True)
def item_evidence(context, item: Item):
    """Everything public of an item on the page's day, the newest first, and the way to enter more."""
    request = context["request"]
    shown = item.kind != Item.Kind.INDICATOR
    return {
        "request": request,
        "plan": context["plan"],
        "as_of": context.get("as_of"),
        "item": item,
        "shown": shown,
        "told": of_item(context["plan"], item, request.as_of) if shown else [],
        "enters": request.user.is_authenticated and may(request.user, Permission.ENTER_EVIDENCE),
    }


@register.inclusion_tag("_components/badge.html")
def evidence_says(row: PublicEvidence):
    """What a statement says, in outline: it is no report."""
    return {"badge": EVIDENCE[row.says].badge(said(row), key=row.says)}


@register.inclusion_tag("_components/badge.html")
def evidence_state(row: PublicEvidence):
    """Where the entry of a statement stands."""
    return {"badge": UPDATE[row.state].badge(row.get_state_display())}
