"""Saved reports: kept, shared, run by a worker, delivered on their day."""

import hashlib
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.models import AuditEvent
from jobs.models import Job
from jobs.services import run_job
from notices.models import Notice
from plan.models import Export
from plan.params import today
from plan.workflow import Overtaken
from reports import services
from reports.definition import Definition
from reports.models import ReportRun, SavedReport
from reports.tasks import scheduled_reports
from tests.factories import make_component, make_observation, make_person, make_plan
from tests.stored import path_of

DESK = "/test-plan/reports/"
MONDAY = date(2026, 3, 2)


def made_files():
    folder = path_of("reports")
    return list(folder.iterdir()) if folder.exists() else []


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def small(db):
    plan = make_plan()
    make_observation(make_component(plan, "I-01"), 2021, "110.5")
    return plan


@pytest.fixture
def ana(db):
    return make_person("ana", "analyst", email="ana@example.org")


@pytest.fixture
def bob(db):
    return make_person("bob")


def save(plan, by, name="每月数据", schedule="none", *, is_shared=False, day=MONDAY, **definition):
    wanted = Definition(**{"dataset": "observations"} | definition)
    return services.save_report(
        plan=plan, name=name, definition=wanted, is_shared=is_shared, schedule=schedule, by=by, today=day
    )


@pytest.mark.parametrize(
    ("schedule", "day", "following"),
    [
        ("none", MONDAY, None),
        ("daily", MONDAY, date(2026, 3, 3)),
        ("weekly", MONDAY, date(2026, 3, 9)),
        ("weekly", date(2026, 3, 8), date(2026, 3, 9)),
        ("monthly", date(2026, 1, 31), date(2026, 2, 1)),
        ("monthly", date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_next_day_of_a_schedule(schedule, day, following):
    assert services.next_day(schedule, day) == following


def test_a_report_is_saved_from_the_desk_and_opens_there_again(small, ana, client):
    client.force_login(ana)

    done = client.post(
        f"{DESK}save/", {"query": "dataset=observations&codes=I-01", "name": "我的", "schedule": "weekly"}
    )
    html = client.get(f"{DESK}saved/").content.decode()

    report = SavedReport.objects.get()
    assert done.url == f"{DESK}saved/"
    assert report.definition == [["dataset", "observations"], ["codes", "I-01"]]
    assert services.definition_of(report) == Definition(dataset="observations", codes=("I-01",))
    assert f"{DESK}?dataset=observations&amp;codes=I-01" in html
    assert AuditEvent.objects.get(action="report.saved").object_label == "我的"


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"name": " "}, "name"), ({"name": "x" * 101}, "name"), ({"schedule": "hourly"}, "schedule")],
)
def test_a_wrong_wish_is_refused_by_field(small, ana, client, fields, field):
    with pytest.raises(ValidationError) as refused:
        save(small, ana, **fields)
    client.force_login(ana)
    page = client.post(
        f"{DESK}save/", {"query": "dataset=observations", "name": "好", "schedule": "none"} | fields
    )

    assert list(refused.value.message_dict) == [field]
    assert page.status_code == 400
    assert not SavedReport.objects.exists()


def test_a_name_is_taken_once_by_each_owner(small, ana, bob):
    save(small, ana)
    save(small, bob)

    with pytest.raises(ValidationError, match="您已有名为"):
        save(small, ana)


def test_only_the_owner_changes_a_shared_report(small, ana, bob, client):
    report = save(small, ana, is_shared=True)
    client.force_login(bob)

    seen = client.get(f"{DESK}saved/").content.decode()

    assert report.name in seen
    assert client.get(f"{DESK}saved/{report.pk}/").status_code == 404
    assert client.post(f"{DESK}saved/{report.pk}/delete/").status_code == 403
    with pytest.raises(PermissionDenied):
        services.delete_report(report_id=report.pk, by=bob)


def test_what_is_not_shared_does_not_exist_for_others(small, ana, bob, client):
    report = save(small, ana)
    client.force_login(bob)

    assert report.name not in client.get(f"{DESK}saved/").content.decode()
    for step in ("", "delete/", "run/"):
        assert client.post(f"{DESK}saved/{report.pk}/{step}").status_code == 404


def test_two_windows_do_not_overwrite_each_other(small, ana, client):
    report = save(small, ana)
    client.force_login(ana)
    address = f"{DESK}saved/{report.pk}/"

    first = client.post(address, {"edition": "1", "name": "甲", "schedule": "daily"})
    second = client.post(address, {"edition": "1", "name": "乙", "schedule": "none"})

    report.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 409)
    assert (report.name, report.schedule, report.edition) == ("甲", "daily", 2)
    with pytest.raises(Overtaken):
        services.change_report(
            report_id=report.pk, edition=1, name="丙", is_shared=False, schedule="none", by=ana, today=MONDAY
        )


def run_jobs():
    for pk in Job.objects.filter(kind="reports.make").values_list("pk", flat=True):
        run_job(pk)


def test_a_worker_makes_the_file_and_tells_its_owner(small, ana, bob, client):
    client.force_login(ana)

    started = client.post(f"{DESK}make/", {"query": "dataset=observations&format=json"})
    waiting = client.get(started.url).content.decode()
    run_jobs()
    ready = client.get(started.url).content.decode()
    run = ReportRun.objects.get()
    file = client.get(f"{started.url}file/")

    data = b"".join(file.streaming_content)
    assert 'http-equiv="refresh"' in waiting
    assert f"{started.url}file/" in ready
    assert (run.rows, run.size, run.sha256) == (1, len(data), hashlib.sha256(data).hexdigest())
    assert file["X-SHA256"] == run.sha256 == Export.objects.get().sha256
    notice = Notice.objects.get(person=ana)
    assert (notice.url, notice.kind) == (started.url, "job")
    client.force_login(bob)
    assert client.get(started.url).status_code == 403
    assert client.get(f"{started.url}file/").status_code == 403


def test_a_job_that_runs_twice_makes_one_file(small, ana):
    run = services.start_run(plan=small, definition=Definition(), as_of=today(), by=ana)

    services.make_file(ReportRun.objects.get(pk=run.pk))
    stale = ReportRun.objects.get(pk=run.pk)
    ReportRun.objects.filter(pk=run.pk)
    services.make_file(stale)
    services.make_file(run)  # read before it was made, as by a worker that lost its lease

    assert len(made_files()) == 1
    assert Notice.objects.count() == 1


def test_a_failure_leaves_no_file(small, ana):
    run = services.start_run(plan=small, definition=Definition(), as_of=today(), by=ana)
    ReportRun.objects.filter(pk=run.pk).update(definition=[["codes", "X-9"]])

    run_job(run.job_id)

    assert made_files() == []
    assert "X-9" in Job.objects.get().error


def test_due_reports_start_once_on_their_day(small, ana):
    weekly = save(small, ana, schedule="weekly")
    save(small, ana, name="别的", schedule="monthly")
    save(small, ana, name="不定时")

    started = [services.start_due(day) for day in (MONDAY + timedelta(days=6), date(2026, 3, 9), date(2026, 3, 9))]

    weekly.refresh_from_db()
    assert started == [0, 1, 0]
    assert weekly.next_run_on == date(2026, 3, 16)
    run = ReportRun.objects.get()
    assert (run.report, run.as_of, run.by) == (weekly, date(2026, 3, 9), ana)


def test_a_report_whose_codes_are_gone_tells_its_owner(small, ana):
    report = save(small, ana, schedule="daily", codes=("I-01",))
    SavedReport.objects.update(definition=[["codes", "X-9"]])

    assert services.start_due(MONDAY + timedelta(days=1)) == 0
    assert not ReportRun.objects.exists()
    assert report.name in Notice.objects.get().title


def test_reports_of_a_closed_account_rest(small, ana):
    save(small, ana, schedule="daily")
    type(ana).objects.update(is_active=False)

    assert services.start_due(MONDAY + timedelta(days=9)) == 0


def test_the_night_starts_what_is_due_and_tidies(small, ana):
    save(small, ana, schedule="daily", day=today() - timedelta(days=3))

    scheduled_reports()
    run_jobs()

    assert ReportRun.objects.get().is_ready
    assert Job.objects.filter(kind="reports.tidy").exists()


def test_files_go_after_their_days(small, ana, settings, client):
    run = services.start_run(plan=small, definition=Definition(), as_of=today(), by=ana)
    services.make_file(run)
    (path_of("reports") / "left").write_text("x")
    later = timezone.now() + timedelta(days=settings.REPORT_KEEP_DAYS + 1)

    removed = [services.tidy(), services.tidy(later), services.tidy(later)]

    client.force_login(ana)
    assert removed == [0, 2, 0]
    assert made_files() == []
    assert "已过保留期" in client.get(f"{DESK}saved/").content.decode()
    assert client.get(f"{DESK}runs/{run.pk}/file/").status_code == 404


def test_a_waiting_run_can_be_cancelled_by_who_asked(small, ana, bob, client):
    run = services.start_run(plan=small, definition=Definition(), as_of=today(), by=ana)
    client.force_login(bob)
    refused = client.post(f"{DESK}runs/{run.pk}/cancel/")
    client.force_login(ana)

    client.post(f"{DESK}runs/{run.pk}/cancel/")

    assert refused.status_code == 403
    assert Job.objects.get().state == "cancelled"


def test_visitors_without_an_account_are_asked_to_sign_in(small, client):
    assert client.post(f"{DESK}make/", {"query": ""}).url.startswith("/accounts/login/")
    assert client.get(f"{DESK}saved/").url.startswith("/accounts/login/")
    assert "登录" in client.get(DESK).content.decode()


def test_a_row_that_is_not_ones_own_is_answered_in_our_words(small, ana, client):
    report = save(small, ana)
    client.force_login(make_person("bob", "viewer"))

    answer = client.get(f"{DESK}saved/{report.pk}/")

    assert answer.status_code == 404
    assert "没有这一条，或不对您开放" in answer.content.decode()
    assert "matches the given query" not in answer.content.decode()
