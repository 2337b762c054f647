"""Signing in and out, and one's own account. What administrators see is in admin_views."""

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import signin
from accounts.forms import CodeForm, PasswordForm, SignInForm
from accounts.policy import needs_second_factor, password_is_over
from accounts.sessions import end_one, held_by
from audit.address import counted_address
from texts.forms import posted

PROVIDER = "accounts.oidc.ProviderBackend"


class SignInView(LoginView):
    """Name and password; a right pair and a wrong one both leave an audit row."""

    form_class = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def post(self, request, *args, **kwargs):
        # Before the password is looked at: nothing is learnt, and nothing has to be hashed.
        if until := signin.slowed_until(request):
            return slowed_down(request, until)
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | sign_in_context()

    def get_redirect_url(self):
        # Whoever sent a form after the session had ended comes back to the form, not to where it was sent.
        return self.request.page_for(super().get_redirect_url())

    def form_valid(self, form):
        person = form.get_user()
        before = person.last_login
        response = super().form_valid(form)
        signin.signed_in(self.request, by=person, method="password", before=before)
        return response

    def form_invalid(self, form):
        name, locked = form.cleaned_data.get("username", ""), getattr(self.request, "axes_locked_out", False)
        signin.sign_in_refused(name=name, method="password", reason=_reason(form), locked=locked)
        return super().form_invalid(form)


def sign_in_context() -> dict:
    return {"provider": settings.OIDC_RP_CLIENT_ID, "idle_minutes": settings.LOGIN_IDLE_MINUTES}


def _reason(form) -> str:
    codes = [error.code for errors in form.errors.as_data().values() for error in errors]
    return ",".join(str(code) for code in codes)


def locked_out(request, original_response, credentials):
    """django-axes answers with this instead of the sign-in page."""
    until = signin.locked_until((credentials or {}).get("username", ""), counted_address(request))
    return _refused_for_now(request, until)


def slowed_down(request, until: datetime):
    """One address has tried many names: it waits between attempts, whoever sits there."""
    name = request.POST.get("username", "")[:150].replace("\0", "")
    signin.sign_in_refused(name=name, method="password", reason="slowed", locked=True)
    return _refused_for_now(request, until, is_address=True)


def _refused_for_now(request, until: datetime | None, *, is_address: bool = False):
    context = {"until": until, "minutes": settings.LOGIN_LOCK_MINUTES, "failures": settings.LOGIN_FAILURE_LIMIT}
    response = render(request, "accounts/locked.html", context | {"is_address": is_address}, status=429)
    if until:
        response["Retry-After"] = str(max(1, round((until - timezone.now()).total_seconds())))
    return response


@require_POST
def sign_out(request):
    """Ends the session here; who came by a provider that has a page for it is led on to end it there."""
    came_by_provider = request.session.get(BACKEND_SESSION_KEY) == PROVIDER
    signin.sign_out(request)
    if came_by_provider and settings.OIDC_OP_LOGOUT_ENDPOINT:
        asked = {
            "client_id": settings.OIDC_RP_CLIENT_ID,
            "post_logout_redirect_uri": request.build_absolute_uri(resolve_url(settings.LOGOUT_REDIRECT_URL)),
        }
        return redirect(f"{settings.OIDC_OP_LOGOUT_ENDPOINT}?{urlencode(asked)}")
    return redirect(settings.LOGOUT_REDIRECT_URL)


def me(request, form: CodeForm | None = None):
    """One's own account: who one is here, and the two factors; `form` comes back with its fault."""
    previous = request.session.get(signin.PREVIOUS)
    person = request.user
    context = {
        "previous": datetime.fromisoformat(previous) if previous else None,
        "second_factor_needed": needs_second_factor(person),
        "max_age": settings.PASSWORD_MAX_AGE_DAYS,
        "has_password": person.has_usable_password(),
        "form": form or CodeForm(),
    }
    return render(request, "accounts/me.html", context, status=400 if form else 200)


@never_cache
def sessions(request):
    """Where one is signed in, this session first among them."""
    rows = held_by(request.user)
    for row in rows:
        row.is_this = row.session_key == request.session.session_key
    context = {"rows": rows, "idle": settings.LOGIN_IDLE_MINUTES, "hours": settings.LOGIN_MAX_HOURS}
    return render(request, "accounts/sessions.html", context)


@require_POST
def session_end(request, pk):
    """Ends one of one's own sessions; ending this one is signing out."""
    with transaction.atomic():
        found = end_one(request.user, pk=pk, by=request.user)
    if not found:
        raise Http404(_("没有这次登录"))
    messages.success(request, _("这次登录已退出。"))
    return redirect("accounts:sessions")


@require_POST
def sessions_end(request):
    signin.end_other_sessions(request)
    messages.success(request, _("其他地方的登录已全部退出。"))
    return redirect("accounts:sessions")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request):
    person = request.user
    form = PasswordForm(posted(request), person=person, request=request)
    if request.method == "POST" and form.is_valid():
        signin.change_own_password(request, password=form.cleaned_data["new"])
        messages.success(request, _("密码已更换，其他地方的登录已退出，接口令牌已停用。"))
        return redirect(next_page(request, "accounts:me"))
    if getattr(request, "axes_locked_out", False):
        signin.sign_out(request)
        return locked_out(request, None, {"username": person.username})
    forced = "given" if person.must_change_password else "old" if password_is_over(person) else ""
    context = {"form": form, "forced": forced, "next": request.GET.get("next", "")}
    return render(request, "accounts/password.html", context | {"max_age": settings.PASSWORD_MAX_AGE_DAYS})


@require_http_methods(["GET", "POST"])
def second_factor(request):
    """Setting up the one-time code: the key as a picture and as text, confirmed by a first code."""
    if request.user.device_id:
        return redirect("accounts:me")
    form = _code(request, signin.enrol)
    if form.done:
        messages.success(request, _("动态验证码已启用，以后登录时需要它。"))
        return redirect(next_page(request, "accounts:me"))
    device = signin.unconfirmed_device(request.user)
    context = {
        "form": form,
        "picture": signin.setup_picture(device),
        "key": signin.setup_key(device),
        "needed": needs_second_factor(request.user),
    }
    return render(request, "accounts/second_factor.html", context)


@require_http_methods(["GET", "POST"])
def verify(request):
    """The second step of signing in."""
    form = _code(request, signin.verify)
    if form.done:
        return redirect(next_page(request, settings.LOGIN_REDIRECT_URL))
    return render(request, "accounts/verify.html", {"form": form})


@require_POST
def remove_second_factor(request):
    form = _code(request, signin.remove_second_factor)
    if not form.done:
        return me(request, form)
    messages.success(request, _("动态验证码已停用。"))
    return redirect("accounts:me")


def _code(request, use) -> CodeForm:
    """The form of a code, put to use where one was sent; `done` says whether it was right."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    form.done = False
    if form.is_valid():
        try:
            use(request, code=form.cleaned_data["code"])
            form.done = True
        except ValidationError as error:
            form.add_error("code", error)
    return form


def next_page(request, default: str) -> str:
    """Where the person was going, when that is an address of this site."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(address, allowed_hosts=hosts, require_https=request.is_secure()):
        return request.page_for(address)
    return resolve_url(default)
