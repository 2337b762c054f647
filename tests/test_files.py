"""Every file that leaves, generated from the table of addresses: its headers, log, register, and verifying.

A view that answers with something else than a page is either in `FILES` (shenzhen_plan/access.py) and held to
all of this, or named below with the reason why it is no file.
"""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import Organisation, User
from assessments.evidence import FOLDER as EVIDENCE
from assessments.models import Evidence, FindingStep
from audit.models import AuditEvent
from audit.services import key_of, times_of
from jobs.services import run_job
from plan.folders import keep
from plan.models import Export
from reports.models import ReportRun
from reports.services import make_file
from shenzhen_plan.access import FILES, needed, view_names
from tests import test_permissions as permissions
from tests.factories import make_person
from updates.models import Attachment
from updates.services import FOLDER as ATTACHMENTS

FORMATS = {"format": ("csv", "json"), "kind": ("svg", "png")}
# Answers to programs and scripts, which nobody keeps as a file.
NO_FILES = {
    "healthz": "for monitors",
    "readyz": "for monitors",
    "metrics": "for monitors",
    "robots": "for programs that gather pages",
    "sitemap": "for programs that gather pages",
    "unit_calendar": "a calendar, polled",
    "calendar": "a calendar, polled",
    "changes_rss": "a feed, polled",
    "plans_rss": "a feed, polled",
    "plans_atom": "a feed, polled",
    "changes_atom": "a feed, polled",
    "following:rss": "a feed, polled",
    "following:atom": "a feed, polled",
    "talk:people": "asked by a form",
    "sitemap_section": "for programs that gather pages",
    "clusters:map": "a picture that stands in a page",
    "indicators:embed_picture": "a picture that stands in another site's page",
    "indicators:figure": "drawn by a script",
    "matrix_figure": "drawn by a script",
    "updates:timeline": "drawn by a script",
    "updates:list_timeline": "drawn by a script",
    "plan:version": "asked again and again by a script",
    "desk:version": "asked again and again by a script",
    "accounts:session": "asked again and again by a script",
    "accounts:draft": "asked by a form",
    "desk:figure_hint": "asked by a form",
    "desk:figure_verdict": "asked by a form",
    "desk_import:state": "asked again and again by a script",
    "desk_import:review_state": "asked again and again by a script",
    "assessments:report_state": "asked again and again by a script",
}
PDF = b"%PDF-1.7\n%%EOF\n"
FACTS = ("X-As-Of", "X-Filters", "X-Row-Count", "X-SHA256", "X-Rule-Version", "Content-Disposition")


def patterns(found=None, prefix=""):
    """By view name, the names in its address."""
    names = {}
    for pattern in get_resolver().url_patterns if found is None else found:
        if hasattr(pattern, "url_patterns"):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            names |= patterns(pattern.url_patterns, inner)
        else:
            names[f"{prefix}{pattern.name}"] = set(pattern.pattern.converters)
    return names


CASES = sorted(
    (name, keyword, value)
    for name in {*FILES, "api_all_observations"} - NO_FILES.keys()
    for keyword, values in [next(((key, FORMATS[key]) for key in FORMATS if key in patterns()[name]), ("", ("",)))]
    for value in values
)


def keep_pdf(name: str, number: int) -> dict:
    """A file in the folder of a kind of upload, and the fields of the row that speaks of it."""
    data, stored = PDF + bytes(number), f"{number:032}"
    keep(f"attachments/{name}", stored, data)
    digest = hashlib.sha256(data).hexdigest()
    return {"stored_as": stored, "size": len(data), "sha256": digest, "content_type": "application/pdf"}


@pytest.fixture
def kept(rows, plan, settings, tmp_path):
    """The rows of the table of permissions, with real files where they speak of one."""
    settings.DATA_DIR = tmp_path
    Attachment.objects.filter(pk=rows["file"]).update(**keep_pdf(ATTACHMENTS, 1), is_internal=False)
    link = Evidence.objects.get(pk=rows["evidence"])
    of_note = Evidence.objects.create(
        note=link.note, title="a.pdf", added_by=link.added_by, **keep_pdf(EVIDENCE, 2)
    )
    step = FindingStep.objects.filter(finding=rows["finding"]).first()
    of_finding = Evidence.objects.create(step=step, title="b.pdf", added_by=link.added_by, **keep_pdf(EVIDENCE, 3))
    make_file(ReportRun.objects.select_related("plan", "report", "by").get(pk=rows["run"]))
    run_job(rows["job"])
    return rows | {"note_evidence": of_note.pk, "finding_evidence": of_finding.pk}


def address(name, keyword, value, kept) -> str:
    given = {key: kept.get(one, one) for key, one in (permissions.SAMPLES[name] or {}).items()}
    if "file" in given:
        given["file"] = kept.get(name.removeprefix("assessments:"), given["file"])
    return reverse(name, kwargs=given | ({keyword: value} if keyword else {}))


def visitor(name) -> Client:
    """Somebody the file is for: a stranger where it is for all, else a person who may have it."""
    allowed = permissions.MAY[needed(name, "GET")]
    private = name.endswith(("_evidence", "report_docx"))
    who = (
        "reviewer"
        if private
        else next(one for one in ("anonymous", "analyst", *sorted(allowed)) if one in allowed)
    )
    # Each file has a minute of its own: what one visitor may ask for in one is not the matter here.
    cache.clear()
    client = Client()
    if who != "anonymous":
        unit = Organisation.objects.get(code="o1")
        person = User.objects.filter(username=f"the-{who}").first()
        client.force_login(person or make_person(f"the-{who}", who, organisation=unit))
    return client


def faults_of(client, asked: str) -> list[str]:
    """What is wrong with a file that is taken from an address."""
    logged = AuditEvent.objects.filter(action="export").count()
    response = client.get(asked)
    if response.status_code != 200:
        return [f"status {response.status_code}"]
    digest = hashlib.sha256(response.getvalue()).hexdigest()
    faults = [f"no {fact}" for fact in FACTS if fact not in response]
    events = AuditEvent.objects.filter(action="export").order_by("-id")
    after = events[0].after if len(events) == logged + 1 else {}
    told = {
        "hash": (response.get("X-SHA256"), digest),
        "log": ((after.get("sha256"), str(after.get("rows"))), (digest, response.get("X-Row-Count"))),
        "register": (Export.objects.filter(sha256=digest).exists(), True),
    }
    body = client.get(f"/api/v1/verify/{digest}/").json()
    told["verified"] = ((body["known"], body["changed"], body.get("reason")), (True, False, None))
    told["as-of"] = (body.get("export", {}).get("as_of"), response.get("X-As-Of"))
    return faults + [f"{what}: {found} for {wanted}" for what, (found, wanted) in told.items() if found != wanted]


def test_every_file_says_what_it_is_and_is_found_again(kept):
    wrong = {}
    for name, keyword, value in CASES:
        if faults := faults_of(visitor(name), address(name, keyword, value, kept)):
            wrong[f"{name} {value}"] = faults

    assert wrong == {}


# What an address answers to, and what it answers with, is decided before any row is asked for.
@pytest.mark.one_database
def test_other_methods_than_get_give_no_file_and_leave_no_row(kept):
    methods = ("OPTIONS", "TRACE", "POST", "PUT", "DELETE", "PATCH", "HEAD")
    wrong = {}
    for name, keyword, value in CASES:
        client, asked = visitor(name), address(name, keyword, value, kept)
        logged = AuditEvent.objects.count()
        answers = {method: client.generic(method, asked) for method in methods}
        found = {method: answer.status_code for method, answer in answers.items()}
        right = dict.fromkeys(methods, 405) | {"OPTIONS": 200 if name.startswith("api_") else 204, "HEAD": 200}
        told = [m for m in methods if m != "HEAD" and "GET" not in answers[m].get("Allow", "")]
        taken = [m for m in methods if m != "HEAD" and "X-SHA256" in answers[m]]
        if found != right or told or taken or AuditEvent.objects.count() != logged:
            wrong[f"{name} {value}"] = (found, told, taken)

    assert wrong == {}


@pytest.mark.breadth
@pytest.mark.one_database
def test_a_new_file_cannot_be_forgotten(kept):
    """Whatever is no page is a file at the one door, or named as none."""
    told = {name for name, _keyword, _value in CASES}
    wrong = []
    for name in view_names():
        if needed(name, "GET") is None or name.startswith(("api_", "schema", "oidc_")):
            continue
        response = visitor(name).get(permissions.address_of(name, kept))
        is_page = response["Content-Type"].startswith("text/html") or response.status_code >= 300
        if not is_page and name not in told | NO_FILES.keys():
            wrong.append(name)
        if "X-SHA256" in response and name not in told:
            wrong.append(name)

    assert wrong == []
    assert set(NO_FILES) - set(view_names()) == set()


def test_strangers_are_counted_by_address_file_and_hour(plan, client):
    for _time in range(30):
        client.get("/sz-sti-14/indicators.csv")
    client.get("/sz-sti-14/indicators.json")
    client.get("/sz-sti-14/items.csv", REMOTE_ADDR="192.0.2.7")

    events = AuditEvent.objects.filter(action="export").order_by("id")
    times = times_of(events)
    told = [(row.object_label, row.after["format"], row.address, times[row.pk][0]) for row in events]
    assert told == [
        ("sz-sti-14_progress", "csv", "127.0.0.1", 30),
        ("sz-sti-14_progress", "json", "127.0.0.1", 1),
        ("sz-sti-14_items", "csv", "192.0.2.7", 1),
    ]


def test_refused_posts_of_strangers_are_counted_by_address_and_pattern(rows, client):
    for number in range(20):
        client.post(f"/sz-sti-14/updates/{number}/step/")
    client.post("/sz-sti-14/data/figures/new/")

    events = list(AuditEvent.objects.filter(action="refused").order_by("id"))
    times = times_of(events)
    assert [(row.object_label, times[row.pk][0]) for row in events] == [
        ("POST /<slug:slug>/updates/<int:pk>/step/", 20),
        ("POST /<slug:slug>/data/figures/new/", 1),
    ]


def test_a_person_leaves_one_row_for_each_file(plan, client):
    client.force_login(make_person("ana"))
    for _time in range(3):
        client.get("/sz-sti-14/indicators.csv")

    assert AuditEvent.objects.filter(action="export", actor_name="ana").count() == 3


def test_what_makes_two_acts_the_same_one():
    moment = datetime(2026, 1, 2, 10, 59, 59, tzinfo=UTC)
    fields = {
        "at": moment,
        "address": "192.0.2.7",
        "action": "export",
        "object_label": "a",
        "after": {"format": "csv"},
    }
    others = (
        {"at": moment + timedelta(seconds=1)},
        {"address": "192.0.2.8"},
        {"action": "refused"},
        {"object_label": "b"},
        {"after": {"format": "json"}},
        {"outcome": "failed"},
        {"plan_slug": "x"},
    )

    assert key_of(AuditEvent(**fields)) == key_of(AuditEvent(**fields | {"at": moment - timedelta(minutes=59)}))
    keys = {key_of(AuditEvent(**fields | other)) for other in ({}, *others)}
    assert len(keys) == len(others) + 1
