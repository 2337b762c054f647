"""The page behind the link of a reminder: looking at it does nothing, only what is sent from it answers."""

from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from plan.params import read_text
from plan.queries import get_plan
from texts.forms import refuse
from updates.answering import DONE, SAME, DeadLink, MailAnswer, answer, asked_by, open_link


@never_cache
def answer_link(request, slug, token):
    plan = get_plan(slug)
    try:
        link = open_link(plan, token)
        done = answer(link, _read(request, link)) if request.method == "POST" else []
    except DeadLink as error:
        return render(request, "updates/answer.html", {"plan": plan, "dead": str(error)}, status=410)
    except ValidationError as error:
        refuse(request, error)
        done = []
    context = {
        "plan": plan,
        "person": link.person,
        "until": link.expires_at,
        "done": done,
        "rows": [] if done else _as_answered(request, link),
    }
    is_faulty = request.method == "POST" and not done
    return render(request, "updates/answer.html", context, status=400 if is_faulty else 200)


def _as_answered(request, link) -> list[tuple]:
    """What is asked, with what was chosen of it where the answer comes back."""
    return [(row, *(request.POST.get(f"{name}{row.item.pk}", "") for name in "ad")) for row in asked_by(link)]


def _read(request, link) -> dict[int, MailAnswer]:
    found = {}
    for row in asked_by(link):
        kind = request.POST.get(f"a{row.item.pk}", "")
        if kind in (SAME, DONE):
            found[row.item.pk] = MailAnswer(kind, _day(request, f"d{row.item.pk}") if kind == DONE else None)
    return found


def _day(request, name: str):
    text = read_text(request.POST, name, limit=20)
    try:
        return parse_date(text)
    except ValueError as error:
        raise ValidationError({f"day-{name[1:]}": _("“%(text)s”不是日期") % {"text": text}}) from error
