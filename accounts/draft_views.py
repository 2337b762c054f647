"""What the scripts of every page ask: is the session still open, and what was typed and not handed in."""

import json
from json import JSONDecodeError

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.drafts import OtherTab, draft_of, forget_draft, save_draft
from accounts.models import FormDraft
from accounts.views import next_page
from texts.numbers import whole_number
from texts.site_root import below_root


@never_cache
@require_GET
def session(request):
    """Who is signed in here, for how many seconds more, and the key his forms are sent with now."""
    is_used = "X-Automatic" not in request.headers
    left = request.session.seconds_left(is_used=is_used)
    return JsonResponse({"person": request.user.pk, "left": left, "csrf": get_token(request)})


@never_cache
@require_http_methods(["GET", "POST"])
def draft(request):
    """The draft of one form: read, saved (its `values` as JSON), or thrown away (`forget`).

    409 with what stands there now where another tab was quicker, or where another person has signed in in this
    browser meanwhile.
    """
    if request.method == "GET":
        return JsonResponse(_shown(draft_of(request.user, request.GET.get("form", ""))))
    told = request.POST
    if told.get("person") != str(request.user.pk):
        return JsonResponse({"person": request.user.pk}, status=409)
    if "forget" in told:
        forget_draft(request.user, told.get("form", ""))
        return redirect(next_page(request, "home")) if "next" in told else HttpResponse(status=204)
    try:
        row = save_draft(
            request.user,
            form=told.get("form", ""),
            content=told.get("content", ""),
            values=json.loads(told.get("values", "")),
            revision=whole_number(told.get("revision", "")) or 0,
            address=_page(request, told.get("address", "")),
            title=told.get("title", ""),
            edition=told.get("edition", ""),
        )
    except OtherTab as other:
        return JsonResponse(_shown(other.row), status=409)
    except ValidationError as error:
        return JsonResponse({"detail": " ".join(error.messages)}, status=400)
    except JSONDecodeError as error:
        return JsonResponse({"detail": str(error)}, status=400)
    left = request.session.seconds_left(is_used=True)
    return JsonResponse({"revision": row.revision, "at": _clock(row), "left": left})


def _page(request, address: str) -> str:
    """Where the form stands, as an address of this site."""
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return below_root(request.page_for(address)) if is_ours and address.startswith("/") else ""


def _shown(row: FormDraft | None) -> dict:
    if row is None:
        return {"revision": 0, "content": "", "taken": "", "values": []}
    names = ("revision", "content", "taken", "values", "edition")
    return {name: getattr(row, name) for name in names} | {"at": row.saved_at.isoformat()}


def _clock(row: FormDraft) -> str:
    return timezone.localtime(row.saved_at).strftime("%H:%M:%S")
