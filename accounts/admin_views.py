"""Pages of the system administrator (people, organisations) and the security administrator (roles, policy)."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import queries, second_person, services
from accounts.forms import NewOrganisationForm, NewPersonForm, OrganisationForm, PersonForm, RolesForm
from accounts.models import AdminAct, ApiToken, Organisation, ProviderIdentity, Role, User
from accounts.permissions import ROLE_PERMISSIONS
from accounts.policy import needs_second_factor, rules_in_force
from accounts.sessions import held_by
from accounts.signin import locked_until
from accounts.tokens import revoke_token
from accounts.wording import ADMINISTRATIONS, BUSINESS, PERMISSION_WORDS, ROLE_WORDS
from audit.refusals import Overtaken
from texts.forms import refuse
from texts.parameters import page_of

PAGE_SIZE = 50


def people(request):
    words, organisation, state, role = (
        request.GET.get(name, "").strip()[:100] for name in ("q", "organisation", "state", "role")
    )
    found = queries.people(words=words, organisation=organisation, state=state, role=role)
    context = {
        "page": page_of(found, PAGE_SIZE, request.GET),
        "organisations": Organisation.objects.all(),
        "roles": [*BUSINESS, *ADMINISTRATIONS],
        "words": words,
        "organisation": organisation,
        "state": state,
        "role": role,
    }
    for person in context["page"].object_list:
        person.second_factor_needed = needs_second_factor(person)
    return render(request, "accounts/people.html", context)


@require_http_methods(["GET", "POST"])
def person_new(request):
    form = NewPersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("username", "name", "email", "organisation")}
        try:
            person, password = services.create_person(**fields, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _hand_over(request, person, password, created=True)
    return render(request, "accounts/person_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
def person(request, pk):
    row = _person(pk)
    seen = services.stamp(services.person_values(row))
    form = PersonForm(
        request.POST if request.method == "POST" else None, instance=_person(pk), initial={"seen": seen}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_person(person_id=pk, **form.cleaned_data, by=request.user)
        except Overtaken as error:
            form = PersonForm(instance=row, initial={"seen": seen})
            form.overtaken = [str(error)]
        else:
            messages.success(request, _("已保存。"))
            return redirect("accounts:person", pk)
    context = {
        "person": row,
        "form": form,
        "locked_until": locked_until(row.username),
        "second_factor_needed": needs_second_factor(row),
        "oneself": pk == request.user.pk,
        "sessions": held_by(row),
        "tokens": row.tokens.usable(timezone.localdate()),
        "identity": ProviderIdentity.objects.filter(user=row).first(),
        "acts": second_person.waiting().filter(person=row),
    }
    return render(request, "accounts/person.html", context)


@require_POST
def person_active(request, pk):
    active = request.POST.get("active") == "1"
    if _takes_two(_person(pk), request.user):
        return _ask(request, pk, kind=AdminAct.Kind.ENABLE if active else AdminAct.Kind.DISABLE)
    services.set_active(person_id=pk, active=active, by=request.user)
    messages.success(request, _("账号已启用。") if active else _("账号已停用，其登录已全部退出，接口令牌已停用。"))
    return redirect("accounts:person", pk)


@never_cache
@require_POST
def person_password(request, pk):
    if _takes_two(_person(pk), request.user):
        return _ask(request, pk, kind=AdminAct.Kind.PASSWORD)
    row, password = services.reset_password(person_id=pk, by=request.user)
    return _hand_over(request, row, password, created=False)


@require_POST
def person_second_factor(request, pk):
    if _takes_two(_person(pk), request.user):
        return _ask(request, pk, kind=AdminAct.Kind.SECOND_FACTOR)
    services.reset_second_factor(person_id=pk, by=request.user)
    messages.success(request, _("动态验证码已重置。"))
    return redirect("accounts:person", pk)


@require_POST
def person_sessions_end(request, pk):
    _person(pk)
    services.end_sessions(person_id=pk, by=request.user)
    messages.success(request, _("其登录已全部退出。"))
    return redirect("accounts:person", pk)


@require_POST
def person_identity(request, pk):
    _person(pk)
    if services.release_identity(person_id=pk, by=request.user):
        messages.success(request, _("已解除与统一身份的绑定。"))
    return redirect("accounts:person", pk)


@require_POST
def person_token(request, pk, token):
    """Revokes a token of somebody's."""
    try:
        revoke_token(token_id=token, by=request.user, holder=_person(pk))
    except ApiToken.DoesNotExist as error:
        raise Http404(_("没有这个令牌")) from error
    messages.success(request, _("令牌已停用。"))
    return redirect("accounts:person", pk)


def _takes_two(row: User, by: User) -> bool:
    """Whether it is an administrator's account; for one's own the services have their own refusal."""
    return bool(row.administers) and row.pk != by.pk


def _ask(request, pk: int, *, kind: str, back: str = "accounts:person", **what):
    """Asks a second administrator; of a new password the first half is shown here and kept nowhere in clear."""
    try:
        act, half = second_person.ask(kind=kind, person_id=pk, by=request.user, **what)
    except (ValidationError, Overtaken) as error:
        refuse(request, error)
        return redirect(back, pk)
    if half:
        context = {"person": act.person, "password": half, "half": 1, "hours": settings.ONE_TIME_PASSWORD_HOURS}
        return render(request, "accounts/one_time.html", context)
    messages.success(request, _("已提出，等待另一类管理员确认。"))
    return redirect("accounts:acts")


@require_POST
def person_unlock(request, pk):
    _person(pk)
    services.unlock(person_id=pk, by=request.user)
    messages.success(request, _("已解除锁定。"))
    return redirect("accounts:person", pk)


def organisations(request):
    return render(request, "accounts/organisations.html", {"organisations": queries.organisations()})


@require_http_methods(["GET", "POST"])
def organisation_new(request):
    form = NewOrganisationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("code", "name", "name_en")}
        try:
            row = services.create_organisation(**fields, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已建立“%(name)s”。") % {"name": row.name})
            return redirect("accounts:organisations")
    return render(request, "accounts/organisation.html", {"form": form})


@require_http_methods(["GET", "POST"])
def organisation(request, pk):
    row = get_object_or_404(Organisation, pk=pk)
    seen = services.stamp(services.organisation_values(row))
    sent = request.POST if request.method == "POST" else None
    form = OrganisationForm(sent, instance=Organisation.objects.get(pk=pk), initial={"seen": seen})
    if sent is not None and form.is_valid():
        try:
            services.edit_organisation(organisation_id=pk, **form.cleaned_data, by=request.user)
        except Overtaken as error:
            form = OrganisationForm(instance=row, initial={"seen": seen})
            form.overtaken = [str(error)]
        else:
            messages.success(request, _("已保存。"))
            return redirect("accounts:organisations")
    return render(request, "accounts/organisation.html", {"form": form, "organisation": row})


def roles(request):
    words, role = (request.GET.get(name, "").strip()[:100] for name in ("q", "role"))
    page = page_of(queries.people(words=words, role=role), PAGE_SIZE, request.GET)
    columns = [*BUSINESS, *ADMINISTRATIONS]
    for row in page.object_list:
        row.marks = [(column, column in row.roles) for column in columns]
    context = {"page": page, "columns": columns, "words": words, "role": role}
    return render(request, "accounts/roles.html", context)


@require_http_methods(["GET", "POST"])
def role(request, pk):
    row = _person(pk)
    values = services.role_values(row)
    initial = {
        "seen": services.stamp(values),
        "business": [name for name in values["roles"] if name in BUSINESS],
        "administers": row.administers,
        "plans": row.plan_slugs,
    }
    form = RolesForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if services.touches_administration(row, form.roles()) and pk != request.user.pk:
            return _ask_roles(request, row, form)
        try:
            services.set_roles(
                person_id=pk,
                roles=form.roles(),
                seen=form.cleaned_data["seen"],
                by=request.user,
                plans=form.limits(),
            )
        except Overtaken as error:
            form = RolesForm(initial=initial)
            form.overtaken = [str(error)]
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已更改。%(name)s 须重新登录。") % {"name": row})
            return redirect("accounts:roles")
    context = {"person": row, "form": form, "oneself": pk == request.user.pk, "about": ROLE_WORDS}
    return render(request, "accounts/role.html", context)


def _ask_roles(request, row: User, form: RolesForm):
    """Making, changing or ending an administrator takes a second one."""
    try:
        services.refuse_mixing(form.roles())
    except ValidationError as error:
        form.add_error(None, error)
        context = {"person": row, "form": form, "oneself": False, "about": ROLE_WORDS}
        return render(request, "accounts/role.html", context)
    wish = {"roles": form.roles(), "seen": form.cleaned_data["seen"]}
    return _ask(request, row.pk, kind=AdminAct.Kind.ROLES, back="accounts:role", **wish)


def policy(request):
    """The limits in force, and what each role may do."""
    columns = list(Role)
    table = [
        (words, [(role, permission in ROLE_PERMISSIONS[role]) for role in columns])
        for permission, words in PERMISSION_WORDS.items()
    ]
    return render(request, "accounts/policy.html", {"rules": rules_in_force(), "roles": columns, "table": table})


def _person(pk: int) -> User:
    row = User.objects.with_second_factor().filter(pk=pk).first()
    if row is None:
        raise Http404(_("没有这个账号"))
    return row


def _hand_over(request, row: User, password: str, *, created: bool):
    """Shows the password in the answer itself: it is kept nowhere, so a redirect could not show it."""
    context = {"person": row, "password": password, "created": created, "hours": settings.ONE_TIME_PASSWORD_HOURS}
    return render(request, "accounts/one_time.html", context)
