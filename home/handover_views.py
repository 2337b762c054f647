"""移交与代办: what somebody has in hand, whom it goes to, and who stands in for him for a while."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import substitutes
from accounts.models import Substitution, User
from home.handover import hand_over
from home.handover_forms import HandForm, SubstituteForm
from home.open_work import KINDS, OpenThing, colleagues, counts_by_person, unit_dues
from plan.params import today
from texts.forms import posted, show_faults


@never_cache
def handover(request):
    """Everybody who has something in hand, closed accounts first."""
    numbers = counts_by_person()
    people = User.objects.filter(pk__in=numbers).select_related("organisation").order_by("is_active", "username")
    in_force = Substitution.objects.in_force(today()).select_related("person", "substitute")
    context = {
        "rows": [{"person": person, "number": numbers[person.pk]} for person in people],
        "substitutions": in_force,
    }
    return render(request, "home/handover.html", context)


@never_cache
def handover_mine(request):
    """One's own open work."""
    return _open_work(request, request.user)


@never_cache
def handover_of(request, pk):
    """Somebody else's open work."""
    return _open_work(request, _person(pk))


def _open_work(request, person: User):
    """What a person has in hand, ticked and handed to another."""
    form, faulty = HandForm(posted(request), person=person), False
    if request.method == "POST":
        faulty = not form.is_valid() or not _handed(request, person, form)
        if not faulty:
            return redirect(_address(request, person))
    groups = [{"kind": kind, "things": kind.things(person), "number": kind.of(person).count()} for kind in KINDS]
    context = {
        "person": person,
        "own": person == request.user,
        "form": form,
        "groups": [group for group in groups if group["number"]],
        "chosen": request.POST.getlist("thing") if faulty else None,
        "dues": unit_dues(person),
        "colleagues": colleagues(person),
        "substitutions": substitutes.of_person(person),
        "stands_in": substitutes.principals(person),
        "today": today(),
    }
    return render(request, "home/handover_of.html", context, status=400 if faulty else 200)


def _address(request, person: User) -> str:
    return reverse("handover_mine") if person == request.user else reverse("handover_of", args=[person.pk])


def _handed(request, person: User, form: HandForm) -> bool:
    keys = request.POST.getlist("thing")[:2000]
    try:
        found = hand_over(person=person, keys=keys, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        show_faults(form, error)
        return False
    if found.done:
        number, words = len(found.done), {"n": len(found.done), "name": form.cleaned_data["to"]}
        messages.success(request, ngettext("已移交 %(name)s %(n)s 项", "已移交 %(name)s %(n)s 项", number) % words)
    for thing, why in found.refused:
        messages.warning(request, _("未移交 %(what)s：%(why)s") % {"what": _called(thing), "why": why})
    return True


def _called(thing: OpenThing) -> str:
    return f"{thing.kind.word} {thing.code or thing.title}"


@never_cache
def substitute_mine(request):
    return _name_substitute(request, request.user)


@never_cache
def substitute(request, pk):
    return _name_substitute(request, _person(pk))


def _name_substitute(request, person: User):
    """Names who stands in for a person."""
    form, back = SubstituteForm(posted(request), person=person), _address(request, person)
    if request.method == "POST" and form.is_valid():
        try:
            substitutes.name_substitute(person=person, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_faults(form, error)
        else:
            messages.success(request, _("已指定代办人"))
            return redirect(back)
    context = {"person": person, "form": form, "back": back}
    return render(request, "home/substitute.html", context, status=400 if form.errors else 200)


@require_POST
def substitute_end(request, pk):
    """By the person himself or by whoever may hand work over."""
    row = get_object_or_404(Substitution.objects.select_related("person", "substitute"), pk=pk)
    substitutes.end_substitution(row, by=request.user)
    messages.success(request, _("代办已结束"))
    return redirect(_address(request, row.person))


def _person(pk: int) -> User:
    person = User.objects.select_related("organisation").filter(pk=pk).first()
    if person is None:
        raise Http404(_("没有这个账号"))
    return person
