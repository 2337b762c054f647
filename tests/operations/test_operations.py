"""What nobody asks for any more goes, what is kept stays, and the page says how much there is."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import AuditEvent
from desk.models import ImportBatch, ImportRow
from jobs.models import Job
from operations.retention import prune
from tests.factories import make_person, make_plan

PAGE = "/operations/"
NIGHTLY = 32  # jobs of one plan and night, by the schedule


def ended(days, *, now=None, state="done", number=1):
    at = (now or timezone.now()) - timedelta(days=days)
    Job.objects.bulk_create(Job(kind="test", state=state, finished_at=at) for _ in range(number))


def batch(plan, person, *, state, days):
    at = timezone.now() - timedelta(days=days)
    row = ImportBatch.objects.create(
        plan=plan,
        name="表.csv",
        stored_as=f"{state}{days}",
        size=1,
        sha256="0" * 64,
        uploaded_by=person,
        state=state,
    )
    ImportBatch.objects.filter(pk=row.pk).update(
        uploaded_at=at, applied_at=at if state == "applied" else None, counts={"new": 3}
    )
    ImportRow.objects.bulk_create(ImportRow(batch=row, line=line, outcome="invalid") for line in range(2, 5))
    return row


def test_jobs_that_are_over_go_after_their_days_and_others_stay(db):
    ended(181)
    ended(181, state="dead")
    ended(179)
    waiting = Job.objects.create(kind="test.waiting")
    Job.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(days=1000))

    assert prune()["jobs"] == 2
    assert prune()["jobs"] == 0
    assert Job.objects.count() == 2
    event = AuditEvent.objects.get(action="operations.pruned")
    assert event.after["jobs"] == 2


def test_rows_of_imports_go_once_nothing_can_be_done_with_them(db):
    plan, person = make_plan(), make_person("ana", "analyst")
    over = [batch(plan, person, state=state, days=400) for state in ("applied", "undone", "cancelled", "failed")]
    open_ones = [batch(plan, person, state=state, days=400) for state in ("checked", "uploaded")]
    young = batch(plan, person, state="applied", days=300)

    assert prune()["import_rows"] == 12

    assert not ImportRow.objects.filter(batch__in=over).exists()
    assert ImportRow.objects.filter(batch__in=[*open_ones, young]).count() == 9
    assert ImportBatch.objects.filter(pk__in=[row.pk for row in over]).count() == 4
    assert ImportBatch.objects.get(pk=over[0].pk).counts == {"new": 3}


@pytest.mark.breadth
def test_a_year_of_nights_leaves_no_more_than_the_days_kept(db, settings):
    """Every night's jobs and the pruning, for a year: the table stops growing, the log grows by one a night."""
    start = timezone.now()
    before = AuditEvent.objects.count()
    most = 0
    for night in range(365):
        now = start + timedelta(days=night)
        ended(0, now=now, number=NIGHTLY)
        prune(now)
        most = max(most, Job.objects.count())

    assert most <= NIGHTLY * (settings.JOB_KEEP_DAYS + 1)
    assert AuditEvent.objects.count() - before <= 365 - settings.JOB_KEEP_DAYS


@pytest.mark.parametrize("role", ["analyst", "reviewer", "security_admin", "audit_admin"])
def test_only_the_system_administrator_reads_it(db, role):
    client = Client()
    client.force_login(make_person("somebody", role))

    assert client.get(PAGE).status_code == 403


@pytest.mark.both_databases
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_says_how_much_there_is(plan, settings, tmp_path, language, django_assert_max_num_queries):
    client = Client(headers={"accept-language": language})
    client.force_login(make_person("sys", "system_admin"))
    ended(3, state="dead")

    with django_assert_max_num_queries(50):
        html = client.get(PAGE).content.decode()

    assert ("运行情况" if language == "zh-hans" else "Operations") in html
    assert str(settings.AUDIT_ONLINE_DAYS) in html
    assert str(Job.objects.count()) in html


def test_a_trial_that_failed_is_told(plan):
    Job.objects.create(kind="backups.trial", state="dead", error="备份清单不符", finished_at=timezone.now())
    client = Client()
    client.force_login(make_person("sys", "system_admin"))

    assert "备份清单不符" in client.get(PAGE).content.decode()
