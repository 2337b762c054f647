"""What administrators ask and confirm of one another: acts on an administrator's account."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import second_person
from accounts.models import AdminAct, Role
from audit.refusals import Overtaken
from texts.forms import refuse

PAST = 30


@never_cache
def acts(request):
    """What waits, with who may decide it, and what was decided lately."""
    waiting = list(second_person.waiting())
    for act in waiting:
        act.is_mine = second_person.may_decide(act, request.user)
        act.role_words = [str(Role(name).label) for name in act.details.get("roles", [])]
        act.may_take_back = request.user.pk in (act.asked_by_id, act.person_id)
    decided = AdminAct.objects.exclude(state=AdminAct.State.ASKED).select_related(
        "person", "asked_by", "decided_by"
    )
    context = {"waiting": waiting, "decided": decided[:PAST], "hours": second_person.VALID_HOURS}
    return render(request, "accounts/acts.html", context)


@never_cache
@require_POST
def act_confirm(request, pk):
    """Does it; the second half of a new password is shown in the answer itself, it is kept nowhere."""
    try:
        act, half = second_person.confirm(act_id=pk, by=request.user)
    except AdminAct.DoesNotExist as error:
        raise Http404(_("没有这一事项")) from error
    except (ValidationError, Overtaken) as error:
        refuse(request, error)
        return redirect("accounts:acts")
    if half:
        context = {
            "person": act.person,
            "password": half,
            "half": 2,
            "asked_by": act.asked_by,
            "hours": settings.ONE_TIME_PASSWORD_HOURS,
        }
        return render(request, "accounts/one_time.html", context)
    messages.success(request, _("已确认并办理。"))
    return redirect("accounts:acts")


@require_POST
def act_refuse(request, pk):
    try:
        second_person.refuse(act_id=pk, by=request.user)
    except AdminAct.DoesNotExist as error:
        raise Http404(_("没有这一事项")) from error
    except ValidationError as error:
        refuse(request, error)
    else:
        messages.success(request, _("这一事项未通过，账号没有变动。"))
    return redirect("accounts:acts")
