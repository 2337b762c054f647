"""What pages of commitments say of published statements."""

from django import template
from django.urls import reverse

from accounts.permissions import Permission, may
from evidence.models import PublicEvidence
from evidence.queries import of_item
from evidence.states import said
from plan import linked
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
        "enters": not item.is_retired
        and request.user.is_authenticated
        and may(request.user, Permission.ENTER_EVIDENCE),
    }


@register.inclusion_tag("_components/badge.html")
def evidence_says(row: PublicEvidence):
    """What a statement says, in outline: it is no report."""
    return {"badge": EVIDENCE[row.says].badge(said(row), key=row.says)}


@register.inclusion_tag("_components/badge.html")
def evidence_state(row: PublicEvidence):
    """Where the entry of a statement stands."""
    return {"badge": UPDATE[row.state].badge(row.get_state_display())}


@register.simple_tag(takes_context=True)
def linked_statement(context, row: PublicEvidence):
    """What the page of an approved statement says to gathering programs: what was claimed, where and when."""
    if row.state != PublicEvidence.State.APPROVED:
        return ""
    plan, source = context["plan"], row.source
    site = context["request"].build_absolute_uri("/").rstrip("/")
    page = site + reverse("evidence:detail", args=[plan.slug, row.pk])
    where = {"@type": "CreativeWork", "name": source.title, "datePublished": row.published}
    where |= {"url": source.url} if source.url else {}
    where |= {"publisher": linked.organisation(source.publisher)} if source.publisher else {}
    about = linked.commitment_reference(row.item, plan, site)
    claim = {"@type": "Claim", "@id": f"{page}#claim", "name": row.fact, "text": row.phrase or row.fact}
    return linked.block(claim | {"url": page, "inLanguage": "zh-CN", "about": about, "appearance": where})
