"""One's own API tokens."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import ApiToken
from accounts.tokens import create_token, revoke_token
from texts.forms import refuse
from texts.numbers import whole_number

DAYS = (30, 90, 180, 365)
FIELDS = ("name", "scope", "days", "writes")


@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request):
    """The list and the form. A new token is shown in the answer itself: it is kept nowhere else."""
    context, status = {"given": {"days": "90", "scope": "read"}}, 200
    if request.method == "POST":
        try:
            context["created"], context["secret"] = create_token(
                by=request.user,
                name=request.POST.get("name", ""),
                scope=request.POST.get("scope", ""),
                writes=request.POST.getlist("writes"),
                days=whole_number(request.POST.get("days", ""), high=99_999) or 0,
                today=timezone.localdate(),
            )
        except ValidationError as error:
            context |= {"given": request.POST, "given_writes": request.POST.getlist("writes")}
            status = refuse(request, error, "", {name: f"token-{name}" for name in FIELDS})
    context |= {
        "tokens": ApiToken.objects.filter(user=request.user),
        "scopes": ApiToken.Scope.choices,
        "writes": ApiToken.Writes.choices,
        "days": DAYS,
        "day": timezone.localdate(),
        "site": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "accounts/tokens.html", context, status=status)


@require_POST
def token_revoke(request, pk):
    try:
        revoke_token(token_id=pk, by=request.user)
    except ApiToken.DoesNotExist as error:
        raise Http404(_("没有这个令牌")) from error
    messages.success(request, _("令牌已停用。"))
    return redirect("accounts:tokens")
