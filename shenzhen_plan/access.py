"""The one table of addresses and the permission each asks for. An address without an entry is refused, to
everybody, and a system check names it: a new view says here who it is for.

Keys are view names (`app:name`); a value is one permission, or one per method where writing asks for more.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core import checks
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import URLPattern, get_resolver, reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control

from accounts.models import ApiToken
from accounts.permissions import Permission as P
from accounts.permissions import may
from accounts.policy import step_before
from accounts.problems import problem
from accounts.wording import refusal_told
from audit.models import AuditEvent
from audit.services import count_stranger, record_audit
from plan.queries import plan_of_address
from shenzhen_plan.middleware import unavailable

Entry = P | dict[str, P]
COMMITMENTS = ("indicators", "platforms", "actions", "clusters")

ACCESS: dict[str, Entry] = {
    "home": P.READ,
    "robots": P.ANYONE,
    # Its address holds a token (home.calendar_views).
    "calendar": P.ANYONE,
    **dict.fromkeys(("sitemap", "sitemap_section"), {"GET": P.READ}),
    "healthz": P.ANYONE,
    "readyz": P.ANYONE,
    "metrics": P.ANYONE,
    "set_language": P.ANYONE,
    "text_size": {"POST": P.ANYONE},
    # accounts
    "accounts:login": P.ANYONE,
    "accounts:logout": P.ANYONE,
    "oidc_authentication_init": P.ANYONE,
    "oidc_authentication_callback": P.ANYONE,
    **{
        f"accounts:{name}": P.OWN_ACCOUNT
        for name in ("me", "password", "verify", "second_factor", "second_factor_remove", "tokens", "sessions")
    },
    "accounts:session": {"GET": P.OWN_ACCOUNT},
    "accounts:draft": P.OWN_ACCOUNT,
    **{f"accounts:{name}": {"POST": P.OWN_ACCOUNT} for name in ("token_revoke", "session_end", "sessions_end")},
    "accounts:acts": P.CONFIRM_ACTS,
    **{f"accounts:act_{step}": {"POST": P.CONFIRM_ACTS} for step in ("confirm", "refuse")},
    **{f"accounts:person_{name}": {"POST": P.MANAGE_ACCOUNTS} for name in ("sessions_end", "token", "identity")},
    **{f"accounts:person{name}": P.MANAGE_ACCOUNTS for name in ("", "_new", "_active", "_password", "_unlock")},
    "accounts:person_second_factor": P.MANAGE_ACCOUNTS,
    "accounts:people": P.MANAGE_ACCOUNTS,
    **{f"accounts:organisation{name}": P.MANAGE_ACCOUNTS for name in ("", "_new", "s")},
    **{f"accounts:{name}": P.MANAGE_ROLES for name in ("roles", "role", "policy")},
    # handing work over: one's own, another's by the right to
    **dict.fromkeys(("handover_mine", "substitute_mine"), P.OWN_ACCOUNT),
    **dict.fromkeys(("handover", "handover_of", "substitute"), P.HAND_OVER),
    "substitute_end": {"POST": P.OWN_ACCOUNT},
    # talking; whoever may see a thing, which the views ask
    **{f"talk:{name}": P.OWN_ACCOUNT for name in ("mine", "about", "thread", "comment")},
    "talk:people": {"GET": P.OWN_ACCOUNT},
    **{f"talk:{name}": {"POST": P.OWN_ACCOUNT} for name in ("step", "withdraw")},
    # following; the address of a feed holds a token
    "following:mine": P.OWN_ACCOUNT,
    "following:choose": {"POST": P.OWN_ACCOUNT},
    **dict.fromkeys(("following:rss", "following:atom"), P.ANYONE),
    # webhooks
    **dict.fromkeys(("webhooks:hooks", "webhooks:hook"), P.MANAGE_ACCOUNTS),
    **{f"webhooks:{what}": {"POST": P.MANAGE_ACCOUNTS} for what in ("test", "resume", "end")},
    # audit
    "audit": P.READ_AUDIT,
    "audit_file": P.READ_AUDIT,
    "audit_chain": {"GET": P.READ_AUDIT, "POST": P.READ_AUDIT},
    "operations": P.MANAGE_ACCOUNTS,
    # notices
    "notices:inbox": P.OWN_ACCOUNT,
    "notices:read": {"POST": P.OWN_ACCOUNT},
    "notices:read_all": {"POST": P.OWN_ACCOUNT},
    "notices:preferences": P.OWN_ACCOUNT,
    # the studio
    "studio_door": P.EDIT_PLAN,
    **{
        f"studio:{name}": P.EDIT_PLAN
        for name in (
            *("home", "draft", "frame", "folder", "text", "kinds", "kind", "commitments", "item", "item_new"),
            "indicators",
            *("numbers", "table", "table_file", "further"),
        )
    },
    "studio:check": P.EDIT_PLAN,
    **{f"studio:{name}": {"POST": P.EDIT_PLAN} for name in ("step", "undo", "decide", "split", "base")},
    # reports
    "overview": P.READ,
    "my_work": P.OWN_ACCOUNT,
    **dict.fromkeys(("guide", "guide_role"), P.READ),
    "wide": P.READ,
    "changes": P.READ,
    "changes_file": P.READ,
    "changes_rss": P.READ,
    "changes_atom": P.READ,
    "history": P.READ,
    "history_file": P.READ,
    **dict.fromkeys(("matrix", "matrix_file", "matrix_figure", "matrix_cell"), P.READ),
    **dict.fromkeys(("gaps", "gaps_file", "status", "status_file", "wall", "styleguide"), P.READ),
    **dict.fromkeys(("units", "units_file", "unit", "unit_file", "unit_calendar"), P.READ),
    **dict.fromkeys(("brief", "brief_file"), P.READ),
    "brief_save": {"POST": P.OWN_ACCOUNT},
    # the report desk, the data package, verifying
    **dict.fromkeys(("sdmx_structure", "csv_metadata", "package_metadata", "dataset"), P.READ),
    **dict.fromkeys(("package", "sdmx", "verify", "api_verify", "plans"), P.READ),
    **dict.fromkeys(("plans_rss", "plans_atom", "plans_package", "plans_file"), P.READ),
    "api_verify_file": {"POST": P.READ},
    "report_desk": P.READ,
    "report_file": P.READ,
    **{f"report_{name}": {"POST": P.OWN_ACCOUNT} for name in ("make", "save", "delete", "again", "cancel")},
    **dict.fromkeys(("report_saved", "report_edit", "report_run", "report_run_file"), P.OWN_ACCOUNT),
    # indicators
    "indicators:index": P.READ,
    "indicators:index_file": P.READ,
    "indicators:detail": P.READ,
    "indicators:detail_file": P.READ,
    "indicators:figure": P.READ,
    "indicators:picture": P.READ,
    **dict.fromkeys(("indicators:embed", "indicators:embed_picture"), {"GET": P.READ}),
    "indicators:methods": P.READ,
    "indicators:observations_file": P.READ,
    # the commitment apps
    **{
        f"{app}:{name}": P.READ
        for app in ("platforms", "actions", "clusters")
        for name in ("index", "index_file", "detail", "detail_file")
    },
    "clusters:map": P.READ,
    # plan
    "plan:text": P.READ,
    "plan:search": P.READ,
    **dict.fromkeys(("plan:coverage", "plan:coverage_file"), P.READ),
    **{
        f"plan:{name}{suffix}": P.READ
        for name in (
            "item",
            "items",
            "pillar",
            "pillars",
            "industry",
            "industries",
            "safeguard",
            "safeguards",
            "kind",
        )
        for suffix in ("", "_file")
    },
    "plan:version": P.READ,
    # the data desk
    "desk:home": P.USE_DESK,
    "desk:version": P.USE_DESK,
    "desk:figure_new": P.ENTER_FIGURES,
    "desk:figure_hint": P.ENTER_FIGURES,
    "desk:no_figure": {"POST": P.ENTER_FIGURES},
    "desk:figure": {"GET": P.USE_DESK, "POST": P.ENTER_FIGURES},
    "desk:figure_verdict": P.USE_DESK,
    **{f"desk:figure_{step}": {"POST": P.ENTER_FIGURES} for step in ("withdraw", "discard", "ask_out")},
    **{f"desk:figure_{step}": {"POST": P.APPROVE_FIGURES} for step in ("take_out", "keep_in")},
    **dict.fromkeys(("desk:releases", "desk:release", "desk:release_file"), P.READ),
    "desk:release_new": P.ENTER_FIGURES,
    **{f"desk:release_{s}": {"POST": P.APPROVE_FIGURES} for s in ("approve", "return", "take_out", "keep_in")},
    **{f"desk:release_{s}": {"POST": P.IMPORT_FIGURES} for s in ("merge", "attach", "change")},
    "desk:release_take_back": {"POST": P.ENTER_FIGURES},
    "desk:grid": P.ENTER_FIGURES,
    "review:index": P.APPROVE_FIGURES,
    "review:former": {"GET": P.APPROVE_FIGURES},
    "review:record": P.APPROVE_FIGURES,
    "review:undo": {"POST": P.APPROVE_FIGURES},
    "review:chosen": {"POST": P.APPROVE_FIGURES},
    "review:answer": {"POST": P.USE_DESK},
    "desk:targets": P.USE_DESK,
    "desk:target_new": P.PROPOSE_TARGETS,
    "desk:target": P.USE_DESK,
    # updates
    "updates:index": P.USE_DESK,
    "updates:file": P.READ,
    "updates:answer": P.ANYONE,  # whoever holds the signed link, which names the person whose right is asked for
    "updates:table": P.REPORT_STATUS,
    "updates:bulk": P.ASSIGN,
    "updates:bulk_apply": {"POST": P.ASSIGN},
    "updates:detail": {"GET": P.READ},
    "updates:edit": P.REPORT_STATUS,
    "updates:step": {"POST": P.USE_DESK},
    **dict.fromkeys(("updates:timeline", "updates:list_timeline"), P.READ),
    "updates:attachment": {"GET": P.READ},
    "updates:report": P.REPORT_STATUS,
    "updates:responsibilities": {"GET": P.ASSIGN},
    "updates:assign_preview": {"POST": P.ASSIGN},
    "updates:assign_apply": {"POST": P.ASSIGN},
    # evidence
    **dict.fromkeys(("evidence:index", "evidence:file"), P.READ),
    "api_evidence": {"GET": P.READ, "POST": P.ENTER_EVIDENCE},
    "evidence:detail": {"GET": P.READ},
    **dict.fromkeys(("evidence:new", "evidence:edit", "evidence:import"), P.ENTER_EVIDENCE),
    **dict.fromkeys(("evidence:batch", "evidence:template"), {"GET": P.ENTER_EVIDENCE}),
    "evidence:decide": {"POST": P.ENTER_EVIDENCE},
    "evidence:step": {"POST": P.USE_DESK},
    "evidence:approve": {"POST": P.APPROVE_EVIDENCE},
    # assessments
    **{
        f"assessments:{name}": P.READ
        for name in (
            "index",
            "file",
            "round",
            "compare",
            "report",
            "note",
            "pinned",
            "past",
            "note_print",
            "note_evidence",
        )
    },
    **{
        f"assessments:{name}": P.READ
        for name in ("findings", "finding", "finding_evidence", "report_job", "report_state", "report_docx")
    },
    **{f"assessments:{name}": P.MANAGE_ROUNDS for name in ("round_new", "round_edit", "assign")},
    "assessments:round_step": {"POST": P.MANAGE_ROUNDS},
    "assessments:board": P.SEE_ROUNDS,
    "assessments:work": P.EVALUATE,
    "assessments:queue": P.REVIEW_NOTES,
    "assessments:item_note": {"GET": P.READ, "POST": P.EVALUATE},
    "assessments:note_edit": P.EVALUATE,
    "assessments:note_save": {"POST": P.EVALUATE},
    **{f"assessments:{name}": {"POST": P.SEE_ROUNDS} for name in ("note_step", "comment")},
    "assessments:finding_new": P.SEE_ROUNDS,
    "assessments:finding_respond": {"POST": P.ANSWER_FINDINGS},
    "assessments:finding_step": {"POST": P.REVIEW_NOTES},
    **{f"assessments:{name}": {"POST": P.OWN_ACCOUNT} for name in ("report_build", "report_cancel")},
    **{f"assessments:{name}": P.READ for name in ("version", "version_docx", "version_pptx")},
    **{
        f"assessments:{name}": P.SEE_ROUNDS
        for name in ("workshop", "chapter", "chapter_word", "chapters_word", "chapter_return", "opinions")
    },
    **{
        f"assessments:{name}": {"POST": P.SEE_ROUNDS}
        for name in ("chapter_step", "chapters_back", "opinion_answer")
    },
    **{
        f"assessments:{name}": {"POST": P.MANAGE_ROUNDS}
        for name in ("chapters_begin", "chapter_add", "chapter_arrange", "version_new")
    },
    "assessments:report_front": P.MANAGE_ROUNDS,
    # imports
    "desk_import:list": P.USE_DESK,
    "desk_import:batch": P.USE_DESK,
    "desk_import:state": P.USE_DESK,
    "desk_import:faults": P.USE_DESK,
    "desk_import:template": P.USE_DESK,
    "desk_import:template_csv": P.USE_DESK,
    "desk_import:mapping": P.IMPORT_FIGURES,
    **{f"desk_import:{name}": P.APPROVE_FIGURES for name in ("review", "review_state")},
    **{
        f"desk_import:{name}": {"POST": P.IMPORT_FIGURES}
        for name in ("upload", "rows", "names", "apply", "undo", "cancel")
    },
    # API
    "api_updates": {"GET": P.READ, "POST": P.REPORT_STATUS},
    "api_assessments": {"GET": P.READ, "POST": P.EVALUATE},
    "api_observations_mine": {"GET": P.ENTER_FIGURES},
    "api_updates_mine": {"GET": P.REPORT_STATUS},
    "api_evidence_mine": {"GET": P.ENTER_EVIDENCE},
    "api_assessments_mine": {"GET": P.EVALUATE},
    "schema": P.READ,
    "api_docs": P.READ,
    **dict.fromkeys(("api_root", "api_plans", "api_plan"), P.READ),
    "api_assess": P.READ,
    "api_all_observations": P.READ,
    "api_items": P.READ,
    "api_item": P.READ,
    "api_indicators": P.READ,
    "api_indicator": P.READ,
    "api_observations": {"GET": P.READ, "POST": P.ENTER_FIGURES},
    "api_releases": P.READ,
    "api_observations_check": {"POST": P.IMPORT_FIGURES},
    "api_platforms": P.READ,
    "api_actions": P.READ,
    "api_clusters": P.READ,
    "api_changes": P.READ,
}

# Addresses that give a file and take nothing.
FILES = {
    *(
        "wide",
        "gaps_file",
        "units_file",
        "unit_file",
        "brief_file",
        "changes_file",
        "changes_rss",
        "changes_atom",
        "history_file",
        "matrix_file",
        "status_file",
    ),
    *(
        "package",
        "plans_package",
        "plans_file",
        "sdmx",
        "sdmx_structure",
        "csv_metadata",
        "package_metadata",
        "dataset",
        "report_file",
        "report_run_file",
        "audit_file",
        "updates:file",
        "updates:attachment",
        "evidence:file",
        "plan:coverage_file",
    ),
    *(f"{app}:{page}_file" for app in COMMITMENTS for page in ("index", "detail")),
    *("indicators:picture", "indicators:observations_file", "clusters:map"),
    *(f"plan:{name}_file" for name in ("item", "items", "pillar", "pillars", "industry", "industries")),
    *("plan:safeguard_file", "plan:safeguards_file", "plan:kind_file"),
    *(f"assessments:{name}" for name in ("file", "note_evidence", "finding_evidence", "report_docx")),
    *(f"assessments:{name}" for name in ("chapter_word", "chapters_word", "version_docx", "version_pptx")),
    *(f"desk_import:{name}" for name in ("faults", "template", "template_csv")),
    "evidence:template",
    "studio:folder",
    "studio:table_file",
}
ACCESS |= {name: {"GET": entry} for name in FILES if not isinstance(entry := ACCESS[name], dict)}
METHODS = ("GET", "HEAD", "POST", "OPTIONS")

# What programs write by the API, and which scope their token has to have for it.
WRITTEN = {
    "api_observations": ApiToken.Writes.FIGURES,
    "api_updates": ApiToken.Writes.UPDATES,
    "api_evidence": ApiToken.Writes.EVIDENCE,
    "api_assessments": ApiToken.Writes.NOTES,
}
# And read back: what its holder has written, for whoever may write it.
WRITTEN |= {f"{name}_mine": what for name, what in WRITTEN.items()}


# What open pages ask for by themselves; it is no activity of the person and does not keep a session open. The
# same holds for a request of the header X-Automatic (static/js): a page shown anew, a sign of life.
POLLED = {
    "plan:version",
    "desk:version",
    "desk:figure_verdict",
    "desk_import:state",
    "desk_import:review_state",
    "assessments:report_state",
    "assessments:report_job",
    "report_run",
    "wall",
}
AUTOMATIC = "X-Automatic"


def needed(view_name: str, method: str) -> P | None:
    """The permission an address asks for; None for an address or a method without an entry."""
    entry = ACCESS.get(view_name)
    if not isinstance(entry, dict):
        return entry
    if method == "OPTIONS":  # asks what may be done here, whatever that is
        return entry.get("GET") or entry.get("POST")
    return entry.get("GET" if method == "HEAD" else method)


def allowed(view_name: str) -> list[str]:
    """The methods of an address, as the header Allow names them."""
    entry = ACCESS[view_name]
    return [m for m in METHODS if m == "OPTIONS" or not isinstance(entry, dict) or needed(view_name, m)]


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
    """Holds every request to the table, and writes a refused one into the audit log.

    A signed-in person with a step of signing in still to do (code, new password) is led there first, whatever
    the address; and a session that is used stays open, one merely left open on a page that polls does not.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.permission = None
        response = self.get_response(request)
        # Only where the person was read already: an answer without a database must not ask it.
        is_known = hasattr(request, "_cached_user") and request.user.is_authenticated
        if is_known and not is_automatic(request):
            request.session.renew()
        if getattr(request, "api_token", None) and request.permission == P.READ:
            patch_cache_control(response, private=True, no_cache=True)  # a program may ask again
        elif request.permission not in (None, P.ANYONE, P.READ) or is_known:
            add_never_cache_headers(response)  # nor may the browser keep it after signing out
        return response

    def process_view(self, request, view, args, kwargs):
        try:
            return self._judge(request)
        except (OperationalError, InterfaceError) as error:  # who signed in is read from the database
            return unavailable(request, error)

    def process_exception(self, request, error):
        """A view or service that refuses (another organisation's row, one's own entry) is logged the same way."""
        if not isinstance(error, PermissionDenied):
            return None
        return self._refuse(request, str(error))

    def _judge(self, request):
        name = request.resolver_match.view_name
        if name not in ACCESS:
            raise ImproperlyConfigured(f"{name} has no entry in shenzhen_plan/access.py")
        request.permission = needed(name, request.method)
        # The API's own views answer to methods by themselves.
        is_page = not request.path_info.startswith("/api/")
        if request.permission is None or is_page and request.method not in METHODS:
            return HttpResponseNotAllowed(allowed(name))
        # Without a session cookie nobody has signed in, and nothing has to be asked.
        if request.permission != P.ANYONE and settings.SESSION_COOKIE_NAME in request.COOKIES:
            step = step_before(request)
            if step and step != name:
                return self._lead(request, step)
        self._place(request)
        if request.api_token and (reason := _beyond(request, name)):
            return self._refuse(request, reason)
        if not may(request.user, request.permission):
            return self._refuse(request, str(request.permission))
        if is_page and request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": ", ".join(allowed(name))})
        return None

    def _place(self, request) -> None:
        """Under the address of a plan that a person's roles are not granted for, the person may look alone."""
        slug = request.resolver_match.kwargs.get("slug")
        writes = request.api_token and request.permission not in (P.ANYONE, P.READ)
        is_person = writes or settings.SESSION_COOKIE_NAME in request.COOKIES
        if slug and is_person and request.user.is_authenticated:
            request.user.is_away = not request.user.works_in(slug)

    def _lead(self, request, step: str):
        if is_for_programs(request):
            return problem(403, f"sign-in is not complete: {reverse(step)}")
        going = request.get_full_path() if request.method == "GET" else reverse("home")
        return redirect(f"{reverse(step)}?{urlencode({'next': going})}")

    def _refuse(self, request, reason: str):
        known = request.user.is_authenticated
        refused = {"action": "refused", "outcome": AuditEvent.Outcome.REFUSED}
        if known:
            label, after = f"{request.method} {request.path}", {"reason": reason}
            record_audit(by=request.user, object_label=label, after=after, **refused)
        elif request.method not in ("GET", "HEAD", "OPTIONS"):
            # Counted by the address's pattern: the numbers in it can be made up without end.
            label = f"{request.method} /{request.resolver_match.route}"
            count_stranger(object_label=label, after={"reason": reason, "path": request.path[:500]}, **refused)
        if is_for_programs(request):
            return problem(403, refusal_told(reason))
        if not known:
            return redirect_to_login(request.get_full_path())
        # The name of a permission is for the log; a refusal in words is for the person as well.
        return render(
            request, "403.html", {"reason": reason, "plan": plan_of_address(request.path_info)}, status=403
        )


def _beyond(request, name: str) -> str:
    """Why a token may not what is asked: it reads what everybody may who has signed in, and writes what its scopes
    name; empty where it may."""
    if request.permission in (P.ANYONE, P.READ):
        return ""
    what = WRITTEN.get(name)
    if what is None:
        return str(request.permission)
    if request.api_token.may_write(what):
        return ""
    return f"this token has no scope `write:{what}` / 此令牌不能写入此项"


def is_automatic(request) -> bool:
    """Whether a page asked by itself, without anybody doing anything."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name in POLLED or AUTOMATIC in request.headers


def is_for_programs(request) -> bool:
    return request.path_info.startswith("/api/") or request.path_info.endswith((".json", ".csv"))
