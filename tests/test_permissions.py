"""Who may do what: every address, method and role against one readable table.

`MAY` repeats in plain words what each permission means; `SAMPLES` gives every view name an address. A view
without an entry in shenzhen_plan/access.py, or without a sample here, fails.
"""

import pytest
from django.conf import settings as project
from django.urls import NoReverseMatch, reverse

from accounts.permissions import ROLE_PERMISSIONS, Role, may, people_who_may
from accounts.permissions import Permission as P
from audit.models import AuditEvent
from plan.api_root import OF_A_PLAN
from plan.params import today
from shenzhen_plan.access import ACCESS, needed, view_names
from shenzhen_plan.parameters import COMMON, taken_by
from tests.breadth import more
from tests.conftest import ADMINISTRATORS, VISITORS
from tests.factories import make_person
from tests.names import FRAMEWORK, is_taken, record_names, sent_by
from tests.probe import LET_IN

# Who may is decided by a table before a view asks for rows.
pytestmark = pytest.mark.one_database

SLUG = "sz-sti-14"
SIGNED_IN = VISITORS
EVERYBODY = SIGNED_IN | {"anonymous"}
# "other reporter" belongs to an organisation that is responsible for nothing.
MAY = {
    P.ANYONE: EVERYBODY,
    P.READ: EVERYBODY,
    P.OWN_ACCOUNT: SIGNED_IN,
    P.USE_DESK: {"reporter", "other reporter", "analyst", "reviewer"},
    P.ENTER_FIGURES: {"reporter", "other reporter", "analyst"},
    P.IMPORT_FIGURES: {"analyst"},
    P.APPROVE_FIGURES: {"reviewer"},
    P.PROPOSE_TARGETS: {"analyst"},
    P.APPROVE_TARGETS: {"reviewer"},
    P.REPORT_STATUS: {"reporter", "other reporter", "analyst"},
    P.APPROVE_STATUS: {"reviewer"},
    P.ENTER_EVIDENCE: {"analyst"},
    P.APPROVE_EVIDENCE: {"reviewer"},
    P.ASSIGN: {"analyst"},
    P.EDIT_PLAN: {"planner"},
    P.PUBLISH_PLAN: {"planner"},
    P.HAND_OVER: {"reviewer"},
    P.MANAGE_ROUNDS: {"reviewer"},
    P.SEE_ROUNDS: {"evaluator", "reviewer"},
    P.EVALUATE: {"evaluator"},
    P.REVIEW_NOTES: {"reviewer"},
    P.ANSWER_FINDINGS: {"reporter", "other reporter"},
    P.MANAGE_ACCOUNTS: {"system_admin"},
    P.MANAGE_ROLES: {"security_admin"},
    P.READ_AUDIT: {"audit_admin"},
    P.CONFIRM_ACTS: ADMINISTRATORS,
}
# What fills the address of a view; `None`: its name alone. Values may be names of rows that `people` makes.
CODES = {
    "indicators": "I-01", "platforms": "P-1", "actions": "A-01", "clusters": "C-01",
    "item": "P-1.1", "pillar": "S-1", "industry": "G-1", "safeguard": "B-1",
}  # fmt: skip
PLAN = {"slug": SLUG}
# A draft of "reporter" on I-01, its report on P-1.1 (approved, with a file), a proposal for I-01's target.
FIGURE = PLAN | {"pk": "figure"}
RELEASE = PLAN | {"number": "release"}
TARGET = PLAN | {"pk": "target"}
UPDATE = PLAN | {"pk": "update"}
# A published round with a published note on I-01 and a follow-up action asked of o1.
ROUND, NOTE, FINDING = PLAN | {"round": "midterm"}, PLAN | {"pk": "note"}, PLAN | {"pk": "finding"}
BATCH = PLAN | {"pk": "batch"}
SAMPLES: dict[str, dict | None] = {
    **dict.fromkeys(["home", "healthz", "readyz", "metrics", "set_language", "schema", "api_docs"]),
    **dict.fromkeys(["api_root", "api_plans", "robots", "sitemap"]),
    **dict.fromkeys(["api_assess", "api_all_observations", "operations", "audit", "audit_file", "audit_chain"]),
    **dict.fromkeys(["accounts:login", "accounts:logout", "accounts:me", "accounts:password", "accounts:verify"]),
    **dict.fromkeys(["accounts:second_factor", "accounts:second_factor_remove", "accounts:policy"]),
    **dict.fromkeys(["accounts:people", "accounts:person_new", "accounts:organisations", "accounts:roles"]),
    **dict.fromkeys(["accounts:tokens", "verify", "api_verify_file", "accounts:acts"]),
    **dict.fromkeys(["accounts:sessions", "accounts:sessions_end", "accounts:session", "accounts:draft"]),
    **dict.fromkeys(["handover", "handover_mine", "substitute_mine"]),
    **dict.fromkeys(["handover_of", "substitute"], {"pk": "person"}),
    "substitute_end": {"pk": "substitution"},
    "webhooks:hooks": None,
    "sitemap_section": {"section": "items"},
    **dict.fromkeys([f"webhooks:{name}" for name in ("hook", "test", "resume", "end")], {"pk": "hook"}),
    "accounts:session_end": {"pk": "sign_in"},
    **dict.fromkeys(["accounts:act_confirm", "accounts:act_refuse"], {"pk": "act"}),
    "accounts:person_sessions_end": {"pk": "person"},
    "accounts:person_identity": {"pk": "person"},
    "accounts:person_token": {"pk": "person", "token": "token"},
    "accounts:token_revoke": {"pk": "token"},
    "api_plan": PLAN,
    "api_verify": {"sha256": "0" * 64},
    **dict.fromkeys(["package", "sdmx", "sdmx_structure", "csv_metadata"], PLAN),
    **dict.fromkeys(["package_metadata", "dataset"], PLAN),
    **dict.fromkeys(["plans_rss", "plans_atom", "plans_package"], None),
    "plans_file": {"dataset": "progress", "format": "json"},
    **dict.fromkeys(["report_desk", "report_file", "report_make", "report_save", "report_saved"], PLAN),
    **dict.fromkeys(["report_edit", "report_delete", "report_again"], PLAN | {"pk": "report"}),
    **dict.fromkeys(["report_run", "report_cancel", "report_run_file"], PLAN | {"pk": "run"}),
    "accounts:organisation_new": None,
    "accounts:person": {"pk": "person"},
    "accounts:person_active": {"pk": "person"},
    "accounts:person_password": {"pk": "person"},
    "accounts:person_second_factor": {"pk": "person"},
    "accounts:person_unlock": {"pk": "person"},
    "accounts:role": {"pk": "person"},
    "accounts:organisation": {"pk": "organisation"},
    "overview": PLAN,
    "wide": PLAN | {"format": "csv"},
    "plan:text": PLAN,
    "plan:search": PLAN,
    "plan:coverage": PLAN,
    "plan:coverage_file": PLAN | {"format": "json"},
    **dict.fromkeys(["my_work", "guide"], PLAN),
    "guide_role": PLAN | {"role": "analyst"},
    "indicators:picture": PLAN | {"code": "I-01", "component": "I-01", "kind": "svg"},
    "indicators:embed": PLAN | {"code": "I-01"},
    "indicators:embed_picture": PLAN | {"code": "I-01", "component": "I-01"},
    "indicators:figure": PLAN | {"code": "I-01", "component": "I-01"},
    "indicators:observations_file": PLAN | {"format": "csv"},
    **{
        f"{app}:{page}{suffix}": PLAN | code | file
        for app in ("indicators", "platforms", "actions", "clusters")
        for page, code in (("index", {}), ("detail", {"code": CODES[app]}))
        for suffix, file in (("", {}), ("_file", {"format": "json"}))
    },
    **{
        f"plan:{name}{suffix}": PLAN | code | file
        for one, many in (
            ("item", "items"), ("pillar", "pillars"), ("industry", "industries"), ("safeguard", "safeguards")
        )
        for name, code in ((one, {"code": CODES[one]}), (many, {}))
        for suffix, file in (("", {}), ("_file", {"format": "json"}))
    },
    **dict.fromkeys([f"api_{name}" for name in ("items", "indicators", "observations", "releases")], PLAN),
    **dict.fromkeys([f"api_{name}" for name in ("platforms", "actions", "clusters")], PLAN),
    **dict.fromkeys(["notices:inbox", "notices:read_all", "notices:preferences", "text_size", "styleguide"]),
    "notices:read": {"pk": "notice"},
    **dict.fromkeys(["api_updates", "api_changes", "changes", "changes_rss", "changes_atom", "wall"], PLAN),
    **dict.fromkeys(["gaps", "status", "matrix", "matrix_figure", "units"], PLAN),
    **dict.fromkeys(["brief", "brief_file", "brief_save"], PLAN),
    "units_file": PLAN | {"format": "json"},
    "unit": PLAN | {"unit": "o1"},
    "unit_calendar": PLAN | {"unit": "o1"},
    "calendar": {"secret": "none"},
    "following:mine": None,
    "following:choose": PLAN,
    **dict.fromkeys(["following:rss", "following:atom"], {"secret": "none"}),
    **dict.fromkeys(["talk:mine", "talk:people"], PLAN),
    "talk:about": FIGURE | {"kind": "figure"},
    **dict.fromkeys(["talk:thread", "talk:step"], PLAN | {"pk": "thread"}),
    **dict.fromkeys(["talk:comment", "talk:withdraw"], PLAN | {"pk": "comment"}),
    "unit_file": PLAN | {"unit": "o1", "format": "json"},
    **dict.fromkeys(["plan:version", "indicators:methods"], PLAN),
    "plans": {},
    "plan:kind": PLAN | {"kind": "goal_dimension"},
    "plan:kind_file": PLAN | {"kind": "goal_dimension", "format": "json"},
    **dict.fromkeys(["changes_file", "gaps_file", "status_file", "matrix_file"], PLAN | {"format": "json"}),
    "updates:file": PLAN | {"format": "json"},
    "clusters:map": PLAN,
    "history": PLAN | {"code": "I-01"},
    "history_file": PLAN | {"code": "I-01", "format": "json"},
    "matrix_cell": PLAN | {"row": "C-01", "column": "G-1"},
    **dict.fromkeys(["desk:home", "desk:version", "desk:figure_new", "desk:figure_hint"], PLAN),
    **dict.fromkeys(["desk:grid", "desk:targets", "desk:target_new"], PLAN),
    "desk:releases": PLAN,
    "review:index": PLAN,
    "review:chosen": PLAN,
    "review:former": PLAN,
    "review:undo": PLAN | {"kind": "figure"},
    **dict.fromkeys(["review:record", "review:answer"], FIGURE | {"kind": "figure"}),
    "desk:no_figure": PLAN,
    "desk:release_new": PLAN,
    "desk:release": RELEASE,
    "desk:release_file": RELEASE | {"file": 1},
    **{
        f"desk:release_{step}": RELEASE
        for step in ("approve", "return", "take_back", "take_out", "keep_in", "merge", "attach", "change")
    },
    "desk:figure": FIGURE,
    "desk:figure_verdict": FIGURE,
    **{
        f"desk:figure_{step}": FIGURE
        for step in ("withdraw", "discard", "ask_out", "take_out", "keep_in")
    },
    "desk:target": TARGET,
    **dict.fromkeys([f"desk_import:{name}" for name in ("list", "upload", "template", "template_csv")], PLAN),
    **{
        f"desk_import:{name}": BATCH
        for name in (
            "batch", "state", "review", "review_state", "faults", "mapping", "rows", "names",
            "apply", "undo", "cancel",
        )  # fmt: skip
    },
    "studio:home": None,
    "studio_door": PLAN,
    **{
        f"studio:{name}": {"slug": "some-30"}
        for name in (
            *("draft", "frame", "folder", "text", "kinds", "commitments", "indicators", "check", "step", "undo"),
            *("decide", "table", "table_file", "item_new"),
        )
    },
    "studio:further": {"slug": "some-30", "name": "note"},
    "studio:base": {"slug": "some-30", "code": "I-1"},
    "studio:kind": {"slug": "some-30", "key": "platform"},
    **dict.fromkeys(["studio:item", "studio:split", "studio:numbers"], {"slug": "some-30", "key": 1}),
    **dict.fromkeys(["updates:index", "updates:bulk", "updates:bulk_apply"], PLAN),
    "updates:table": PLAN,
    "updates:answer": PLAN | {"token": "x"},
    **dict.fromkeys(["updates:responsibilities", "updates:assign_preview", "updates:assign_apply"], PLAN),
    **dict.fromkeys([f"evidence:{name}" for name in ("index", "new", "approve", "import", "template")], PLAN),
    "api_evidence": PLAN,
    "evidence:file": PLAN | {"format": "json"},
    **dict.fromkeys(["evidence:batch", "evidence:decide"], PLAN | {"pk": "evidence_batch"}),
    **dict.fromkeys(["evidence:detail", "evidence:edit", "evidence:step"], PLAN | {"pk": "evidence"}),
    **dict.fromkeys(["updates:detail", "updates:edit", "updates:step"], UPDATE),
    "updates:attachment": UPDATE | {"file": "file"},
    **dict.fromkeys(["updates:report", "updates:timeline"], PLAN | {"code": "P-1.1"}),
    "updates:list_timeline": PLAN | {"kind": "platform"},
    **dict.fromkeys([f"assessments:{name}" for name in ("index", "work", "queue", "findings", "round_new")], PLAN),
    "assessments:file": PLAN | {"format": "json"},
    **{f"assessments:{name}": ROUND for name in ("round", "round_edit", "round_step", "board", "assign")},
    "assessments:compare": ROUND,
    **dict.fromkeys(["assessments:report", "assessments:report_build"], ROUND),
    **{
        f"assessments:{name}": ROUND
        for name in (
            "workshop", "chapters_begin", "chapter_add", "chapters_word", "chapters_back", "report_front",
            "opinions", "version_new",
        )  # fmt: skip
    },
    **{f"assessments:chapter{name}": ROUND | {"pk": "chapter"} for name in ("", "_step", "_arrange", "_word")},
    "assessments:chapter_return": ROUND | {"pk": "chapter_return"},
    "assessments:opinion_answer": ROUND | {"pk": "opinion"},
    **{f"assessments:version{name}": ROUND | {"number": "version"} for name in ("", "_docx", "_pptx")},
    "assessments:item_note": ROUND | {"code": "I-01"},
    **{f"assessments:report_{name}": PLAN | {"job": "job"} for name in ("job", "state", "cancel", "docx")},
    **{f"assessments:note{name}": NOTE for name in ("", "_edit", "_save", "_step", "_print")},
    **{f"assessments:{name}": NOTE for name in ("comment", "pinned", "finding_new")},
    "assessments:past": NOTE | {"step": "note_step"},
    "assessments:note_evidence": NOTE | {"file": "evidence"},
    **{f"assessments:finding{name}": FINDING for name in ("", "_respond", "_step")},
    "assessments:finding_evidence": FINDING | {"file": "evidence"},
    "api_assessments": PLAN,
    **{f"api_{name}": PLAN for name in OF_A_PLAN if "_" in name},
    "api_item": PLAN | {"code": "P-1.1"},
    "api_indicator": PLAN | {"code": "I-01"},
}  # fmt: skip
# Views of rows that belong to an organisation: let in by the table, "other reporter" is refused by the row.
OWN_ROWS = {"desk:figure_withdraw", "desk:figure_discard", "updates:report", "assessments:finding_respond"}
# Configured sites only; tests/accounts/test_oidc.py walks them.
PROVIDER = {"oidc_authentication_init", "oidc_authentication_callback"}


@pytest.fixture(autouse=True)
def _unhurried(settings):
    """Ten kinds of visitors at one address ask for everything: how often is another matter."""
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": dict.fromkeys(rates)}


@pytest.fixture
def judged_alone(settings):
    """Who is let in is answered with a number: no view behind the door, no words on the page of who stays outside.

    Seven thousand times the whole page was half of what this file takes; its words have tests of their own.
    """
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.probe.Probe"]
    bare = ("django.template.loaders.locmem.Loader", {"403.html": "refused", "405.html": "no such method"})
    (engine,) = settings.TEMPLATES
    options = engine["OPTIONS"] | {"loaders": [bare, *engine["OPTIONS"]["loaders"]]}
    settings.TEMPLATES = [engine | {"OPTIONS": options}]


def address_of(name, rows) -> str:
    given = SAMPLES[name] or {}
    return reverse(name, kwargs={key: rows.get(value, value) for key, value in given.items()})


def is_refused(response) -> bool:
    to_sign_in = response.status_code == 302 and response.url.startswith("/accounts/login/")
    return response.status_code == 403 or to_sign_in


def test_every_view_has_an_entry_and_a_sample_and_no_entry_is_left_over():
    names = set(view_names())

    assert names - set(ACCESS) == set(), "say in shenzhen_plan/access.py who it is for"
    assert names - set(SAMPLES) == set(), "give it an address in SAMPLES"
    assert set(SAMPLES) - names == set(), "no such view any more"
    assert set(ACCESS) - names == PROVIDER, "no such view any more"


def test_the_literal_table_covers_every_permission():
    assert set(MAY) == set(P)


@pytest.mark.django_db
def test_who_is_told_of_work_is_who_may_do_it():
    """Notices go to every role that holds a permission, and to nobody who holds none."""
    people = [make_person(role.value, role.value) for role in Role if role != Role.VIEWER]
    make_person("gone", "analyst", is_active=False)

    for permission in frozenset().union(*ROLE_PERMISSIONS.values()):
        granted = {person.username for person in people if permission in ROLE_PERMISSIONS[Role(person.username)]}
        assert set(people_who_may(permission, None).values_list("username", flat=True)) == granted, permission


def wrongly_judged(names, visitors, rows, table) -> list[str]:
    """What the site does to GET and POST of each visitor, where that is not what the table says.

    A method that an address does not take is answered before anybody is looked at: two are asked.
    """
    wrong = []
    for name in names:
        address = address_of(name, rows)
        for method in ("GET", "POST"):
            permission = needed(name, method)
            asked = visitors if permission else {who: visitors[who] for who in ("anonymous", "viewer")}
            for visitor, client in asked.items():
                response = client.generic(method, address)
                if permission is None:
                    right = response.status_code == 405
                elif visitor in table[permission]:
                    right = response.status_code == LET_IN
                else:
                    right = is_refused(response)
                if not right:
                    wrong.append(f"{method} {address} {visitor}: {response.status_code}, needs {permission}")
    return wrong


def test_every_address_method_and_role(rows, visitors, judged_alone):
    """Nobody is let in whom the table does not name, and nobody it names is kept out."""
    assert wrongly_judged(view_names(), visitors, rows, MAY) == []


@pytest.mark.breadth
def test_a_method_that_an_address_does_not_take_is_taken_from_nobody(rows, visitors, judged_alone):
    taken = [
        f"{method} {name} {visitor}"
        for name in view_names()
        for method in ("GET", "POST")
        if needed(name, method) is None
        for visitor, client in visitors.items()
        if client.generic(method, address_of(name, rows)).status_code != 405
    ]
    assert taken == []


def test_a_closed_site_is_read_by_whoever_signed_in(rows, visitors, judged_alone, settings):
    settings.PUBLIC_READ = False
    read = [name for name in view_names() if P.READ in (needed(name, "GET"), needed(name, "POST"))]
    few = {name: visitors[name] for name in ("anonymous", "viewer", "audit_admin")}

    assert wrongly_judged(read, few, rows, MAY | {P.READ: SIGNED_IN}) == []
    for name in ("healthz", "readyz", "accounts:login", "set_language"):
        assert not is_refused(visitors["anonymous"].get(reverse(name)))


def test_refused_programs_get_json_and_people_a_page(rows, visitors, settings):
    settings.PUBLIC_READ = False

    api = visitors["anonymous"].get("/api/v1/plans/")
    file = visitors["anonymous"].get(f"/{SLUG}/items.csv")
    page = visitors["anonymous"].get(f"/{SLUG}/items/")
    known = visitors["analyst"].get("/audit/")

    assert (api.status_code, api["Content-Type"]) == (403, "application/problem+json")
    assert (file.status_code, file["Content-Type"]) == (403, "application/problem+json")
    assert page.url.startswith("/accounts/login/?next=")
    assert (known.status_code, known["Content-Type"]) == (403, "text/html; charset=utf-8")


@pytest.mark.parametrize("number", [1, *more(2)])
def test_what_a_view_reads_is_declared_and_no_link_or_form_of_ours_is_refused(
    rows, visitors, monkeypatch, unlimited, number
):
    """The names each address reads behind its question mark, and those that the links and forms there send on.

    On the way the views themselves are asked, as visitors the table names: no view refuses its own people.
    """
    read, undeclared, refused, followed = record_names(monkeypatch), set(), set(), set()
    for name in view_names():
        let_in = MAY[needed(name, "GET")] if needed(name, "GET") else set()
        known = [who for who in ("anonymous", "analyst", "reviewer", *sorted(SIGNED_IN)) if who in let_in]
        for visitor in known[:number]:
            read.clear()
            address = f"{address_of(name, rows)}?as_of={today()}"
            answer = visitors[visitor].get(address)
            list(answer.streaming_content if answer.streaming else [])  # until it is sent a file holds its place
            assert name == "readyz" or answer.status_code < 500 and not is_refused(answer), (address, visitor)
            undeclared |= {f"{name}: {one}" for one in read - {*taken_by(name), *COMMON} - FRAMEWORK}
            if answer["Content-Type"].startswith("text/html") and not answer.streaming:
                found = sent_by(answer.content.decode(), address)
                followed |= found
                refused |= {f"{name} → {one}" for one in found if not is_taken(one)}

    assert sorted(undeclared) == []
    assert sorted(refused) == []
    assert len(followed) > 100


@pytest.mark.parametrize("name", sorted(OWN_ROWS))
def test_another_organisation_s_rows_are_refused(rows, visitors, name):
    """The view itself decides, and what it refuses is logged."""
    address = address_of(name, rows)

    assert not is_refused(visitors["reporter"].post(address))
    assert is_refused(visitors["other reporter"].post(address))
    assert AuditEvent.objects.order_by("-id").first().action == "refused"


def test_permissions_of_code_and_table_agree(db):
    people = {name: make_person(name.replace(" ", "-"), name.removeprefix("other ")) for name in SIGNED_IN}

    for permission in P:
        assert {name for name, person in people.items() if may(person, permission)} == MAY[permission] - {
            "anonymous"
        }, permission


def test_a_disabled_account_may_nothing(rows, visitors):
    type(make_person("x")).objects.update(is_active=False)

    assert visitors["system_admin"].get("/accounts/people/").url.startswith("/accounts/login/")


def test_there_is_no_superuser_and_no_default_account(rows):
    from accounts.models import User

    columns = {field.name for field in User._meta.get_fields()}
    assert columns & {"is_superuser", "is_staff"} == set()
    own = {"somebody", "round-evaluator", "round-reviewer"}  # the test's
    assert set(User.objects.values_list("username", flat=True)) == own
    assert "django.contrib.admin" not in project.INSTALLED_APPS
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
