"""Following something, and the page of all one follows."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import Organisation
from following.queries import follows_of
from following.services import follow, unfollow
from plan.models import Item, Plan
from plan.params import read_text
from plan.queries import get_item, get_plan
from texts.forms import refuse


@never_cache
def mine(request):
    """Everything one follows, of all plans, each with the button that ends it."""
    return render(request, "following/mine.html", {"follows": follows_of(request.user)})


@require_POST
def choose(request, slug):
    """Follows what is named, or ends it, and leads back to where the button stood."""
    plan = get_plan(slug)
    what = _what(plan, request.POST)
    if "on" not in request.POST:
        unfollow(plan, what, by=request.user)
        messages.success(request, _("已取消关注 %(what)s") % {"what": _name(what)})
        return redirect(_back(request))
    try:
        follow(plan, what, by=request.user)
    except ValidationError as error:
        refuse(request, error)
    else:
        messages.success(request, _("已关注 %(what)s，有变化会提醒您") % {"what": _name(what)})
    return redirect(_back(request))


def _what(plan: Plan, params) -> Item | Organisation:
    if code := read_text(params, "item"):
        return get_item(plan, code)
    unit = Organisation.objects.filter(code=read_text(params, "unit")).first()
    if unit is None:
        raise Http404(_("没有这个责任单位"))
    return unit


def _name(what: Item | Organisation) -> str:
    return f"{what.code} {what.label}" if isinstance(what, Item) else str(what)


def _back(request) -> str:
    here = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(here, {request.get_host()}, require_https=request.is_secure())
    return here if safe else reverse("following:mine")
