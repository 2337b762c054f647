"""What is written into the log by itself, that nothing takes it out again, and how it is read."""

import csv
import hashlib
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import AuditEvent
from audit.services import record_audit
from audit.wording import ACTIONS
from jobs import services as jobs
from jobs.models import Job
from plan.params import today
from tests.factories import make_person
from tests.jobs import kinds

assert kinds  # registers the kinds used below
pytestmark = pytest.mark.django_db
PAGE, FILE, ROOT = "/audit/", "/audit.csv", "/sz-sti-14/"


@pytest.fixture
def reader(client):
    person = make_person("aud", "audit_admin", name="周明")
    client.force_login(person)
    return person


def last():
    return AuditEvent.objects.order_by("-id").first()


def rows_of(client, query=""):
    """The rows of the file, as dictionaries."""
    body = client.get(FILE + query).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body)))


def test_the_product_changes_and_deletes_no_row():
    event = record_audit(action="login")

    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()


@pytest.mark.parametrize(
    ("path", "name", "format", "plan_slug"),
    [
        ("items.csv?kind=platform&header=zh", "sz-sti-14_items", "csv", "sz-sti-14"),
        ("items.json?kind=platform", "sz-sti-14_items", "json", "sz-sti-14"),
        ("indicators/I-01.json", "sz-sti-14_I-01", "json", "sz-sti-14"),
        ("observations.csv", "sz-sti-14_observations", "csv", "sz-sti-14"),
        ("wide.csv", "sz-sti-14_wide", "csv", "sz-sti-14"),
    ],
)
def test_taking_a_file_away_is_logged_with_what_identifies_it(plan, client, path, name, format, plan_slug):
    client.force_login(make_person("ana", "analyst"))

    response = client.get(ROOT + path)

    event = last()
    assert (event.action, event.actor_name, event.object_label, event.plan_slug) == (
        "export",
        "ana",
        name,
        plan_slug,
    )
    assert event.after["format"] == format
    assert event.after["filters"] == (path.split("?")[1] if "?" in path else "")
    assert event.after["rows"] > 0
    assert len(event.after["sha256"]) == 64
    assert event.after["sha256"] == response.headers.get("X-SHA256", event.after["sha256"])


def test_an_unknown_visitor_s_file_is_logged_and_the_api_is_not(plan, client):
    client.get("/api/v1/sz-sti-14/items/")
    client.get(f"{ROOT}items/")
    client.head(f"{ROOT}items.csv")
    assert not AuditEvent.objects.filter(action="export").exists()

    client.get("/api/v1/observations.csv")

    assert (last().action, last().actor, last().actor_name, last().address) == (
        "export",
        None,
        "匿名",
        "127.0.0.1",
    )


def test_refused_access_is_logged(plan, client):
    client.force_login(make_person("ana", "analyst"))

    client.get(PAGE)

    assert (last().action, last().outcome, last().actor_name, last().object_label, last().after) == (
        "refused", "refused", "ana", "GET /audit/", {"reason": "read_audit"},
    )  # fmt: skip


def test_jobs_leave_a_row_when_they_end_or_fail(settings):
    settings.JOB_MAX_ATTEMPTS = 2
    person = make_person("ana", "analyst")
    done, dead, cancelled = (jobs.enqueue("test.echo", {"plan": "p", "n": n}, by=person) for n in range(3))
    jobs.run_job(done.pk)
    for _attempt in range(2):
        jobs.fail(jobs.claim(dead.pk), error="kaputt")
    jobs.cancel(cancelled.pk, by=None)
    jobs.cancel(cancelled.pk, by=None)
    system = jobs.enqueue("test.echo", {"n": 9})
    jobs.run_job(system.pk)

    rows = AuditEvent.objects.filter(action__startswith="job.").order_by("id")

    assert list(rows.values_list("action", "actor_name", "object_code", "outcome")) == [
        ("job.done", "ana", f"job-{done.pk}", "ok"),
        ("job.failed", "ana", f"job-{dead.pk}", "failed"),
        ("job.dead", "ana", f"job-{dead.pk}", "failed"),
        ("job.cancelled", "ana", f"job-{cancelled.pk}", "ok"),
        ("job.done", "系统", f"job-{system.pk}", "ok"),
    ]
    assert rows[2].after == {"kind": "test.echo", "attempt": 2, "error": "kaputt"}
    assert rows[0].plan_slug == "p"


def test_a_job_whose_worker_vanished_in_its_last_attempt_is_logged_once(settings):
    settings.JOB_MAX_ATTEMPTS = 1
    job = jobs.enqueue("test.echo")
    jobs.claim(job.pk)
    Job.objects.update(lease_until=timezone.now() - timedelta(hours=1))

    assert jobs.claim(job.pk) is None
    assert jobs.claim(job.pk) is None

    assert AuditEvent.objects.filter(action="job.dead", object_code=f"job-{job.pk}").count() == 1


def test_page_shows_who_what_and_the_difference(reader, client):
    record_audit(
        action="roles.changed",
        by=make_person("sec", "security_admin", name="孙丽"),
        object_code="ana",
        object_label="安娜",
        before={"roles": ["analyst"], "name": "安娜"},
        after={"roles": ["reviewer"], "name": "安娜"},
    )

    html = client.get(PAGE).content.decode()

    assert "孙丽" in html
    assert "更改角色" in html
    assert "<del>分析</del>" in html
    assert "<ins>复核</ins>" in html
    assert html.count("<dt>") >= 1
    assert "<dt>姓名或名称</dt>" not in html


def test_stored_text_is_shown_as_text(reader, client):
    record_audit(action="login.failed", name="<b>x</b>", after={"reason": "<script>1</script>"})

    html = client.get(PAGE).content.decode()

    assert "<b>x</b>" not in html
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("person=an", ["3", "1"]),
        ("person=安", ["3", "1"]),
        ("action=figure", ["2", "1"]),
        ("action=figure.approved", ["2"]),
        ("object=I-01", ["2", "1"]),
        ("plan=p", ["1"]),
        ("outcome=failed", ["3"]),
        ("text=核定", ["2"]),
        ("text=10.9.9.9", []),
        ("person=ana&outcome=ok", ["1"]),
        ("action=nothing", []),
    ],
)
def test_filters_narrow_page_and_file_alike(reader, client, query, expected):
    ana = make_person("ana", name="安娜")
    record_audit(action="figure.entered", by=ana, object_code="I-01", object_label="1", plan_slug="p")
    record_audit(action="figure.approved", by=make_person("rev"), object_code="I-01", object_label="2")
    record_audit(action="second_factor.failed", by=ana, object_label="3", outcome="failed")
    known = {"1", "2", "3"}

    rows = rows_of(client, f"?{query}")
    page = client.get(f"{PAGE}?{query}")

    assert [row["object"] for row in rows if row["object"] in known] == expected
    assert [row.object_label for row in page.context["rows"] if row.object_label in known] == expected


def test_days_are_those_of_the_site(reader, client):
    record_audit(action="login")
    today = timezone.localdate().isoformat()
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()

    assert len(rows_of(client, f"?from={today}&action=login")) >= 1
    assert rows_of(client, f"?to={yesterday}&action=login") == []


@pytest.mark.parametrize(
    "query", ["from=x", "to=1900-01-01", "outcome=maybe", "before=-1", "from=2999-01-01", "text=%00"]
)
def test_senseless_filters_are_refused_by_name(reader, client, query):
    response = client.get(f"{PAGE}?{query}")

    assert response.status_code == 400
    assert query.split("=")[0] in response.content.decode()


def test_pages_go_back_without_moving(reader, client, django_assert_max_num_queries):
    for number in range(120):
        record_audit(action="login", name=f"p{number}")
    first = client.get(f"{PAGE}?action=login")
    record_audit(action="login", name="later")

    second = client.get(f"{PAGE}?action=login&before={first.context['older']}")
    third = client.get(f"{PAGE}?action=login&before={second.context['older']}")

    names = [row.actor_name for page in (first, second, third) for row in page.context["rows"]]
    assert names == [f"p{number}" for number in reversed(range(120))]
    assert third.context["older"] is None
    with django_assert_max_num_queries(7):  # session, person, number, rows, plans; two for the frame
        client.get(PAGE)


def test_file_has_one_mark_harmless_cells_and_its_hash_and_is_itself_logged(reader, client):
    record_audit(action="login.failed", name="=cmd()")

    response = client.get(f"{FILE}?header=zh&action=login.failed")
    data = response.getvalue()

    text = data.decode("utf-8")
    assert text.count("\ufeff") == 1
    assert text.startswith("\ufeff编号,时间,操作人")
    assert "'=cmd()" in text
    assert response["X-Row-Count"] == "1"
    assert (last().action, last().actor, last().object_label) == ("export", reader, "audit")
    assert response["X-SHA256"] == hashlib.sha256(data).hexdigest()
    assert response["X-As-Of"] == today().isoformat()
    before = AuditEvent.objects.filter(action="login.failed").get().pk + 1
    filters = f"header=zh&action=login.failed&before={before}"
    assert last().after == {"format": "csv", "filters": filters, "rows": 1, "sha256": response["X-SHA256"]}


def test_the_file_of_the_log_is_verified_although_the_log_went_on(reader, client):
    response = client.get(FILE)
    record_audit(action="login", name="later")

    body = client.get(f"/api/v1/verify/{response['X-SHA256']}/").json()

    assert (body["known"], body["changed"]) == (True, False)


def test_file_holds_what_stood_there_when_it_was_asked_for(reader, client):
    rows = rows_of(client, "?action=export")

    assert rows == []
    assert len(rows_of(client, "?action=export")) == 1


def test_log_cannot_be_written_through_its_page(reader, client):
    assert client.post(PAGE).status_code == 405
    assert client.delete(FILE).status_code == 405
    assert Client().get(PAGE).status_code == 302


def test_every_action_written_has_a_word():
    import re
    from pathlib import Path

    from django.conf import settings

    texts = [
        path.read_text(encoding="utf-8")
        for app in settings.INSTALLED_APPS
        if (Path(settings.BASE_DIR) / app).is_dir()
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py")
        if "migrations" not in path.parts
    ]
    code = "\n".join(texts)
    written = set(re.findall(r'(?:record_audit|_log\w*)\(\s*action="([a-z_.]+)"', code))
    written |= set(re.findall(r'_log\w*\(\s*(?:\w+, )?"([a-z_]+\.[a-z_.]+)"', code))

    assert written - set(ACTIONS) == set(), "give it a word in audit/wording.py"
