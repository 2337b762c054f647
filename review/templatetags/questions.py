"""{% load questions %}: decision bar and question on the page of what was entered; links of the review desk."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse

from accounts.permissions import may
from plan.workflow import QuestionedLife
from review.bar import bar_on_page
from review.kinds import BY_KEY

register = template.Library()


@register.inclusion_tag("review/_question.html", takes_context=True)
def question_about(context, kind, row):
    """The question that waits of a row, and the field for its answer to who may enter such rows."""
    reviewed, user = BY_KEY[kind], context["request"].user
    life = reviewed.life
    assert isinstance(life, QuestionedLife)
    question = life.open_question(row) if row.state == life.WAITS and user.is_authenticated else None
    may_see = question is not None and (may(user, life.entering) or may(user, reviewed.permission))
    return {
        "question": question if may_see else None,
        "asked": getattr(question, life.said, ""),
        "may_answer": may_see and may(user, life.entering),
        "kind": kind,
        "row": row,
        "slug": life.plan(row).slug,
        "csrf_token": context.get("csrf_token"),
        "LANGUAGE_CODE": context.get("LANGUAGE_CODE"),
    }


@register.inclusion_tag("review/_decide_here.html", takes_context=True)
def decide_here(context, kind, row):
    """The decision bar on a row's own page, for whoever may decide; nothing where it does not wait."""
    plan, user = context["plan"], context["request"].user
    return {
        "plan": plan,
        "bar": bar_on_page(BY_KEY[kind], row, user) if user.is_authenticated else None,
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
