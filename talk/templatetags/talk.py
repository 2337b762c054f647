"""{% load talk %}: the section of what is said about a thing, for people of the house; words, whom they name."""

import re

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import pgettext

from notices.phrases import tell
from plan.badges import TALK, TALK_ASKED
from plan.params import today
from talk.forms import CommentForm, ThreadForm
from talk.models import Thread
from talk.queries import choices_of, threads_about
from talk.services import is_fresh
from talk.subjects import SUBJECTS, About, Sight

register = template.Library()
# As many threads as the foot of a page shows, and as many of the last words of each.
SHOWN, WORDS = 8, 4


@register.inclusion_tag("talk/_section.html", takes_context=True)
def talk_about(context, key, row):
    """The section 讨论 at the foot of a thing's page; nothing for strangers, and on pages of a past day."""
    request, plan = context["request"], context["plan"]
    sight = Sight(plan, request.user)
    told = About(SUBJECTS[key], row, plan)
    is_now = getattr(request, "as_of", today()) == today()
    if not (is_now and sight.is_of_house and told.seen_by(sight)):
        return {"shown": False}
    found = threads_about(told, sight)
    choices = choices_of(row, sight) if key == "item" else []
    still = [one for one in found if one.state == Thread.State.OPEN]
    return {
        "shown": True,
        "plan": plan,
        "about": told,
        "threads": still[:SHOWN],
        "open": len(still),
        "resolved": len(found) - len(still),
        "left": max(0, len(still) - SHOWN),
        "closed": told.closed,
        "form": ThreadForm(choices=choices),
        "user": request.user,
        "csrf_token": context.get("csrf_token"),
        "LANGUAGE_CODE": context.get("LANGUAGE_CODE"),
    }


@register.inclusion_tag("_components/badge.html")
def talk_state(thread):
    """Open, to be answered, or resolved."""
    if thread.is_question and thread.state == Thread.State.OPEN:
        return {"badge": TALK_ASKED.badge(pgettext("talk", "提问"), key="asked")}
    return {"badge": TALK[thread.state].badge(thread.get_state_display(), key=thread.state)}


@register.simple_tag
def reply_form(thread):
    return CommentForm(said_of=f"reply-{thread.pk}")


@register.filter
def told(said):
    """A name kept in both languages, in the reader's."""
    return tell(said)


@register.filter
def last_words(thread):
    """The last few comments of a thread, without those that are folded away."""
    return list(thread.comments.all())[-WORDS:]


@register.filter
def words_before(thread):
    return max(0, len(thread.comments.all()) - WORDS)


@register.filter
def with_names(comment):
    """A comment's words with those they name marked."""
    said = sorted({row.said for row in comment.mentions.all() if row.said}, key=len, reverse=True)
    text = comment.text
    if not said:
        return linebreaksbr(text)
    named = re.compile("@(?:" + "|".join(map(re.escape, said)) + ")")
    parts, at = [], 0
    for found in named.finditer(text):
        parts += [
            conditional_escape(text[at : found.start()]),
            format_html("<b class='mentioned'>{}</b>", found[0]),
        ]
        at = found.end()
    whole = "".join([*parts, conditional_escape(text[at:])])
    return mark_safe(whole.replace("\n", "<br>"))


@register.filter
def may_mend(comment, user):
    """Whether somebody may still change a comment."""
    return comment.by_id == user.pk and comment.withdrawn_at is None and is_fresh(comment)
