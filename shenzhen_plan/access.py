"""The one table of addresses and the permission each asks for. An address without an entry is refused, to
everybody, and a system check names it: a new view says here who it is for.

Keys are view names (`app:name`); a value is one permission, or one per method where writing asks for more.
"""

from django.contrib.auth.views import redirect_to_login
from django.core import checks
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, get_resolver

from accounts.permissions import Permission as P
from accounts.permissions import may
from audit.models import AuditEvent
from audit.services import record_audit

Entry = P | dict[str, P]

ACCESS: dict[str, Entry] = {
    "home": P.READ,
    "healthz": P.ANYONE,
    "readyz": P.ANYONE,
    "metrics": P.ANYONE,
    "set_language": P.ANYONE,
    # accounts
    "accounts:login": P.ANYONE,
    "accounts:logout": P.ANYONE,
    # reports
    "overview": P.READ,
    "wide": P.READ,
    # indicators
    "indicators:index": P.READ,
    "indicators:index_file": P.READ,
    "indicators:detail": P.READ,
    "indicators:detail_file": P.READ,
    "indicators:figure": P.READ,
    "indicators:observations_file": P.READ,
    # the commitment apps
    **{
        f"{app}:{name}": P.READ
        for app in ("platforms", "actions", "clusters")
        for name in ("index", "index_file", "detail", "detail_file")
    },
    # plan
    "plan:text": P.READ,
    "plan:search": P.READ,
    **{
        f"plan:{name}{suffix}": P.READ
        for name in ("item", "items", "pillar", "pillars", "industry", "industries", "safeguard", "safeguards")
        for suffix in ("", "_file")
    },
    # imports
    "desk_import:list": P.USE_DESK,
    "desk_import:batch": P.USE_DESK,
    "desk_import:state": P.USE_DESK,
    "desk_import:faults": P.USE_DESK,
    "desk_import:template": P.USE_DESK,
    "desk_import:template_csv": P.USE_DESK,
    "desk_import:mapping": P.IMPORT_FIGURES,
    **{
        f"desk_import:{name}": {"POST": P.IMPORT_FIGURES} for name in ("upload", "rows", "apply", "undo", "cancel")
    },
    # API
    "schema": P.READ,
    "api_docs": P.READ,
    "api_plans": P.READ,
    "api_assess": P.READ,
    "api_all_observations": P.READ,
    "api_items": P.READ,
    "api_item": P.READ,
    "api_indicators": P.READ,
    "api_indicator": P.READ,
    "api_observations": P.READ,
    "api_platforms": P.READ,
    "api_actions": P.READ,
    "api_clusters": P.READ,
}


def needed(view_name: str, method: str) -> P | None:
    """The permission an address asks for; None for an address or a method without an entry."""
    entry = ACCESS.get(view_name)
    if not isinstance(entry, dict):
        return entry
    return entry.get({"HEAD": "GET", "OPTIONS": "GET"}.get(method, method))


def view_names(patterns=None, prefix: str = "") -> list[str]:
    """Every view name of the site, with its namespace."""
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            found.append(f"{prefix}{pattern.name}")
        else:
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found += view_names(pattern.url_patterns, inner)
    return found


@checks.register(checks.Tags.security)
def every_address_has_an_entry(app_configs, **kwargs):
    return [
        checks.Error(f"{name} has no entry in shenzhen_plan/access.py", id="access.E001")
        for name in sorted(set(view_names()) - set(ACCESS))
    ]


class AccessMiddleware:
    """Holds every request to the table, and writes a refused one into the audit log."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        if name not in ACCESS:
            raise ImproperlyConfigured(f"{name} has no entry in shenzhen_plan/access.py")
        permission = needed(name, request.method)
        if permission is None:
            return HttpResponseNotAllowed(sorted(ACCESS[name]))
        if may(request.user, permission):
            return None
        return self._refuse(request, str(permission))

    def process_exception(self, request, error):
        """A view or service that refuses (another organisation's row, one's own entry) is logged the same way."""
        if not isinstance(error, PermissionDenied):
            return None
        return self._refuse(request, str(error))

    def _refuse(self, request, reason: str):
        program = request.path.startswith("/api/") or request.path.endswith((".json", ".csv"))
        known = request.user.is_authenticated
        if known or request.method not in ("GET", "HEAD", "OPTIONS"):
            record_audit(
                action="refused",
                by=request.user if known else None,
                name="" if known else "匿名",
                outcome=AuditEvent.Outcome.REFUSED,
                object_label=f"{request.method} {request.path}",
                after={"reason": reason},
            )
        if program:
            body = {"detail": reason or "forbidden"}
            return JsonResponse(body, status=403, json_dumps_params={"ensure_ascii": False})
        if not known:
            return redirect_to_login(request.get_full_path())
        return render(request, "403.html", {"reason": reason}, status=403)
