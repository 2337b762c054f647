"""{% load questions %}: a reviewer's question on the page of what was entered; links of the review desk."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse

from accounts.permissions import may
from review.kinds import BY_KEY

register = template.Library()


@register.inclusion_tag("review/_question.html", takes_context=True)
def question_about(context, kind, row):
    """The question that waits of a row, and the field for its answer to who may enter such rows."""
    life, user = BY_KEY[kind].life, context["request"].user
    question = life.open_question(row) if row.state == life.SUBMITTED and user.is_authenticated else None
    may_see = question is not None and (may(user, life.entering) or may(user, life.approving))
    return {
        "question": question if may_see else None,
        "may_answer": may_see and may(user, life.entering),
        "kind": kind,
        "row": row,
        "slug": life.plan(row).slug,
        "csrf_token": context.get("csrf_token"),
        "LANGUAGE_CODE": context.get("LANGUAGE_CODE"),
    }


@register.filter
def pages_of(number):
    """1 to a number of pages, for their links."""
    return range(1, number + 1)


@register.simple_tag(takes_context=True)
def narrowed(context, **changes):
    """The address of the desk with the filters of this page, some of them changed; an empty one is left out."""
    said = {name: text for name, text in (context["pairs"] | changes).items() if text not in ("", 1)}
    home = reverse("review:index", args=[context["plan"].slug])
    return f"{home}?{urlencode(said)}" if said else home
