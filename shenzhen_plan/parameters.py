"""The one table of names that may stand in an address behind its question mark. Any other is refused.

A name passed over in silence is an answer to another question: `asof=` would give today's figures, `componet=`
every component's. Keys are view names as in shenzhen_plan/access.py. Every address takes `as_of` and `lang`; one
that is not listed takes nothing else, so a new view says here what it reads, or its own first link is refused.
A name given twice with two values is refused as well, unless it chooses several: whichever of them counted, the
other would be passed over.
What a form sends in its body is the form's own business; keys of JSON bodies are held by their readers.
"""

from assessments.assigning import AssigningFilters
from assessments.board import BoardFilters, WorkFilters
from assessments.views_findings import FindingFilters
from auditing.queries import AuditFilter
from dashboard.changes import ChangeFilters
from dashboard.plans_views import PlanFilters
from evidence.views import EvidenceFilters
from indicators.shown.filters import IndicatorFilters
from plan.exports.files import CSV_WISHES as CSV
from plan.filters import ItemFilters, Wish
from plan.language import NAME as LANGUAGE
from plan.language import read_language
from plan.middleware import refused
from plan.params import BadParameter, hold_names
from reports import definition
from review.filters import DeskFilters
from updates.filters import UpdateFilters

COMMON = ("as_of", "known_by")
# Answers of a provider: what it adds is its own, and by RFC 6749 (4.1.2) a client ignores what it does not know.
FOREIGN = frozenset({"oidc_authentication_callback"})
# Where a program reads back what its holder has written, as it stands: drafts have no days.
OWN = tuple(f"api_{name}_mine" for name in ("observations", "updates", "evidence", "assessments"))

PAGE = ("page",)
PAGES = ("page", "page_size")
NEXT = ("next",)
PEOPLE = ("q", "organisation", "state", "role", *PAGE)
AUDIT = AuditFilter.names()
STRIPS = Wish.names()
TABLE = IndicatorFilters.names()
ITEMS = ItemFilters.names()
CHANGES = ChangeFilters.names()
MATRIX = ("axes", "show")
BRIEF = ("brief", "brief_file")
# Those of the report desk that choose several, each value a pair of its own (reports.definition.read_choices).
SEVERAL = dict.fromkeys(("report_desk", "report_file"), definition.SEVERAL) | dict.fromkeys(BRIEF, ("items",))
# Lists and forms are shown there as they are elsewhere, and lead back to the page itself.
SPECIMENS = (
    "part", "coverage", *PAGE,
    *(
        f"{theme}_{name}"
        for theme in ("light", "dark")
        for name in ("value", "wrong", "fixed", "year", "day", "file", "text", "status", "shared")
    ),
)  # fmt: skip
CHOSEN = (*UpdateFilters.names(), *PAGE)
FORM = ("format",)
API_PAGES = (*PAGES, *FORM)
API_ITEMS = ("q", "status", "parent", "section", "industry", "updated_since", *API_PAGES)

PARAMETERS: dict[str, tuple[str, ...]] = {
    # accounts
    **{f"accounts:{name}": NEXT for name in ("login", "verify", "password", "second_factor")},
    "accounts:draft": ("form",),
    "set_language": NEXT,
    "oidc_authentication_init": NEXT,
    "accounts:people": PEOPLE,
    "accounts:roles": ("q", "role", *PAGE),
    "audit": (*AUDIT, "before"),
    "audit_file": (*AUDIT, "before", *CSV),
    "desk_import:faults": CSV,
    "webhooks:hooks": ("preset",),
    "notices:inbox": ("kind", *PAGE),
    "talk:about": PAGE,
    "talk:people": ("q",),
    "studio:commitments": ("section", "at"),
    "studio:item_new": ("block",),
    # reports
    "overview": ("since", "clock"),
    "my_work": ("since", "clock"),
    "changes": (*CHANGES, "group"),
    **dict.fromkeys(("changes_rss", "changes_atom"), ("clock", "item", "kind", "unit")),
    "sitemap_section": ("p",),
    **dict.fromkeys(("plans_rss", "plans_atom"), ("clock",)),
    "plans_file": CSV,
    "changes_file": (*CHANGES, "group", *CSV),
    "history": ("kind",),
    "history_file": ("kind", *CSV),
    "matrix": MATRIX,
    "matrix_figure": MATRIX,
    "matrix_file": (*MATRIX, *CSV),
    "gaps": ("organisation",),
    "gaps_file": CSV,
    **dict.fromkeys(("units_file", "unit_file"), CSV),
    **dict.fromkeys(BRIEF, ("since", "items")),
    "status": ("show",),
    "status_file": ("show", *CSV),
    "wall": ("turn", "refresh", "fragment"),
    "styleguide": SPECIMENS,
    "wide": CSV,
    "verify": ("sha256",),
    "plans": (*PlanFilters.names(), "page"),
    **dict.fromkeys(("report_desk", "report_file"), definition.NAMES),
    # indicators
    "indicators:index": TABLE,
    "indicators:index_file": (*TABLE, *CSV),
    "indicators:detail": ("what_if", "year", "value", "path"),
    "indicators:detail_file": CSV,
    "indicators:figure": ("width", "path"),
    "indicators:picture": ("width", "path"),
    "indicators:embed": ("show",),
    "indicators:observations_file": CSV,
    # the commitment apps
    **{f"{app}:index": STRIPS for app in ("platforms", "actions")},
    "clusters:index": (*STRIPS, "view"),
    **{f"{app}:index_file": (*STRIPS, *CSV) for app in ("platforms", "actions", "clusters")},
    **{f"{app}:detail_file": CSV for app in ("platforms", "actions", "clusters")},
    # plan
    "plan:text": ("words", "coverage", "status"),
    "plan:search": ("q", "kind"),
    "plan:coverage": ("judged",),
    "plan:coverage_file": ("judged", *CSV),
    "plan:items": (*ITEMS, *PAGE),
    "plan:items_file": (*ITEMS, *CSV),
    **{f"plan:{name}": STRIPS for name in ("pillars", "industries", "safeguards", "kind")},
    **{f"plan:{name}_file": (*STRIPS, *CSV) for name in ("pillars", "industries", "safeguards", "kind")},
    **{f"plan:{name}_file": CSV for name in ("item", "pillar", "industry", "safeguard")},
    # the data desk
    "desk:releases": PAGE,
    "desk:figure_new": ("component", "year", "source"),
    "desk:figure_hint": ("component", "year", "value"),
    "desk:release_file": ("show",),
    "review:former": ("organisation", "indicator", "by", *PAGE),
    "desk:target_new": ("component",),
    **{f"review:{name}": (*DeskFilters.names(), "part", *PAGE) for name in ("index", "record", "chosen", "undo")},
    **{f"desk_import:{name}": ("outcome", *PAGE) for name in ("batch", "rows")},
    "desk_import:list": PAGE,
    "desk_import:mapping": ("recipe",),
    "desk_import:review": ("show", *PAGE),
    # updates
    "updates:index": ("state", "organisation", *PAGE),
    "updates:table": ("organisation", *PAGE),
    "updates:list_timeline": STRIPS,
    "updates:file": CSV,
    "updates:report": ("copy", "confirm"),
    **{f"updates:{name}": CHOSEN for name in ("bulk", "bulk_apply", "responsibilities", "assign_preview")},
    # evidence
    "evidence:index": (*EvidenceFilters.names(), *PAGE),
    "evidence:file": CSV,
    "evidence:new": ("item",),
    "evidence:import": PAGE,
    "evidence:template": CSV,
    # assessments
    "assessments:file": CSV,
    "assessments:version_docx": ("pages",),
    "assessments:compare": ("with", "show"),
    "assessments:board": (*BoardFilters.names(), *PAGE),
    "assessments:work": (*WorkFilters.names(), *PAGE),
    "assessments:assign": (*AssigningFilters.names(), *PAGE),
    "assessments:findings": (*FindingFilters.names(), *PAGE),
    **{f"assessments:{name}_evidence": ("show",) for name in ("note", "finding")},
    # API
    "schema": ("format", "version"),
    "api_docs": ("script",),
    **dict.fromkeys(("api_root", "api_plans", "api_plan", "api_item", "api_indicator", "api_verify"), FORM),
    "api_all_observations": (*CSV, *FORM),
    "api_items": ("kind", *API_ITEMS),
    **{f"api_{name}": API_ITEMS for name in ("platforms", "actions", "clusters")},
    "api_indicators": API_PAGES,
    "api_releases": API_PAGES,
    "api_observations": ("component", "code", "year", "state", *API_PAGES),
    "api_updates": ("item", "status", "since", *API_PAGES),
    "api_evidence": ("item", "says", "since", *API_PAGES),
    "api_assessments": ("round", "item", "kind", "conclusion", *API_PAGES),
    "api_changes": (*CHANGES, *API_PAGES),
    **dict.fromkeys(OWN, ("state", *API_PAGES)),
}


def taken_by(view_name: str) -> tuple[str, ...]:
    """The names an address takes."""
    return (*(() if view_name in OWN else COMMON), LANGUAGE, *PARAMETERS.get(view_name, ()))


def refuse_unknown(view_name: str, params) -> None:
    """Raises BadParameter for a name that the address does not take, for one with two values of which it
    reads one, and for a language there is not."""
    if view_name not in FOREIGN:
        hold_names(params, taken_by(view_name), several=SEVERAL.get(view_name, ()))
        read_language(params)


class NameMiddleware:
    """Holds the names of every address to the table, once it is known that the person may open it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        try:
            refuse_unknown(request.resolver_match.view_name, request.GET)
        except BadParameter as error:
            return refused(request, error)
        return None
