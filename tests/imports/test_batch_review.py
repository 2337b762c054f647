"""A whole import is decided on by a second person: looked at, left out of, approved or returned by a worker."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEvent
from desk.imports import reviewing
from desk.models import BatchReview
from indicators.figures import workflow
from indicators.models import Observation, ObservationStep
from jobs.models import Job
from jobs.services import Cancelled, run_job
from notices.models import Notice
from plan.workflow import WrongState
from tests.factories import make_component, make_observation, make_person, make_plan
from tests.pending import fill_pending

pytestmark = pytest.mark.django_db
NUMBER = 1_200


@pytest.fixture
def people(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return {"ana": make_person("ana", "analyst", "reviewer"), "rev": make_person("rev", "reviewer")}


@pytest.fixture
def plan(db):
    plan = make_plan()
    for code in ("I-01", "I-02", "I-03"):
        make_component(plan, code)
    return plan


@pytest.fixture
def batch(plan, people):
    return looked_at(fill_pending(plan, NUMBER, by=people["ana"]))


def looked_at(batch):
    """A reviewer wrote of every doubtful row what was found."""
    batch.rows.filter(is_outlier=True).update(looked="已电话核对")
    return batch


@pytest.fixture
def rev(people):
    client = Client()
    client.force_login(people["rev"])
    return client


def address(batch):
    return f"/test-plan/data/imports/{batch.pk}/review/"


def states():
    found = Observation.objects.filter(import_rows__isnull=False).values_list("state", flat=True)
    return {state: list(found).count(state) for state in set(found)}


def decide(client, batch, do, **fields):
    until = re.search(r'name="until" value="([^"]+)"', client.get(address(batch)).content.decode())
    return client.post(address(batch), {"do": do, "until": until and until[1].replace("&#x2B;", "+")} | fields)


@pytest.mark.breadth
def test_doubtful_rows_come_first_then_changes_then_a_sample(batch, rev):
    html = rev.get(address(batch)).content.decode()
    changed = rev.get(f"{address(batch)}?show=changed").content.decode()
    sample = rev.get(f"{address(batch)}?show=sample").content.decode()

    assert re.search(r'aria-current="page">\s*异常值 <span class="sub">2</span>', html)
    assert "9,999" in html
    assert html.count('name="left"') == 2
    assert changed.count('name="left"') == 24
    assert sample.count('name="left"') == 20
    assert "整批核定（1,200 条）" in html


def test_a_batch_is_approved_by_a_worker_with_step_and_audit_row_for_each(batch, rev, people):
    answer = decide(rev, batch, "approve")

    assert answer.status_code == 302
    review = BatchReview.objects.get()
    assert (review.job.kind, review.total, review.done) == ("desk.review_import", NUMBER, 0)
    assert "正在核定" in rev.get(address(batch)).content.decode()
    assert rev.get(f"{address(batch)}state.json").json() == {"working": True, "progress": 0}
    run_job(review.job_id)

    review.refresh_from_db()
    batch.refresh_from_db()
    assert states() == {"approved": NUMBER}
    assert (review.done, review.ended_at is not None, batch.reviewed_at is not None) == (NUMBER, True, True)
    assert ObservationStep.objects.filter(action="approved", by=people["rev"]).count() == NUMBER
    events = AuditEvent.objects.filter(action="figure.approved")
    assert sorted(event.after["rows"] for event in events) == [200, 500, 500]
    named = {figure[0] for event in events for figure in event.after["figures"]}
    assert named == set(Observation.objects.filter(import_rows__batch=batch).values_list("pk", flat=True))
    assert AuditEvent.objects.get(action="import.approved").after == {
        "import": batch.pk, "rows": NUMBER, "of": NUMBER,
    }  # fmt: skip
    assert Notice.objects.get(person=people["ana"]).title == f"已核定：导入“pending.csv”，{NUMBER} 条数据"
    assert Job.objects.filter(kind="indicators.recompute").count() == 1
    assert "没有等待核定的数据" in rev.get(address(batch)).content.decode()


@pytest.mark.breadth
def test_chosen_rows_are_left_out_and_wait_on(batch, rev):
    lines = list(batch.rows.filter(is_outlier=True).values_list("line", flat=True))
    shown = {"shown": lines, "left": lines[:1]}

    keys = batch.rows.filter(line__in=lines).values_list("observation_id", flat=True)
    said = {f"why-{key}": "已电话核对" for key in keys} | {f"looked-{key}": "on" for key in keys}
    decide(rev, batch, "keep", **shown, **said)
    html = rev.get(address(batch)).content.decode()
    decide(rev, batch, "approve")
    run_job(Job.objects.get(kind="desk.review_import").pk)

    assert "整批核定（1,199 条）" in html
    assert states() == {"approved": NUMBER - 1, "submitted": 1}
    batch.refresh_from_db()
    assert batch.reviewed_at is None
    assert address(batch) in rev.get("/test-plan/review/").content.decode()


def test_a_batch_is_returned_with_its_reason(batch, rev, people):
    silent = decide(rev, batch, "return", reason=" ")
    decide(rev, batch, "return", reason="来源不清")
    run_job(Job.objects.get(kind="desk.review_import").pk)

    assert silent.status_code == 400
    assert "退回须写明理由" in silent.content.decode()
    assert states() == {"returned": NUMBER}
    steps = ObservationStep.objects.filter(action="returned")
    assert (steps.count(), set(steps.values_list("reason", flat=True))) == (NUMBER, {"来源不清"})
    assert AuditEvent.objects.filter(action="figure.returned").first().after["reason"] == "来源不清"
    notice = Notice.objects.get(person=people["ana"])
    assert (notice.kind, notice.body) == ("returned", "来源不清")


def test_who_uploaded_it_decides_nothing(batch, people):
    ana = Client()
    ana.force_login(people["ana"])

    html = ana.get(address(batch)).content.decode()
    answer = ana.post(address(batch), {"do": "approve", "until": timezone.now().isoformat()})

    assert "须由他人核定" in html
    assert 'value="approve"' not in html
    assert answer.status_code == 403
    assert states() == {"submitted": NUMBER}


@pytest.mark.breadth
def test_a_row_the_reviewer_wrote_waits_for_somebody_else(batch, rev, people):
    row = Observation.objects.filter(import_rows__batch=batch).first()
    ObservationStep.objects.create(observation=row, value=row.value, action="changed", by=people["rev"])

    decide(rev, batch, "approve")
    run_job(Job.objects.get(kind="desk.review_import").pk)

    assert Observation.objects.get(state="submitted").pk == row.pk
    assert BatchReview.objects.get().done == NUMBER - 1


@pytest.mark.breadth
def test_what_was_handed_in_after_the_page_was_made_is_not_meant(batch, rev, people):
    row = Observation.objects.filter(import_rows__batch=batch).first()
    until = timezone.now()
    taken = workflow.withdraw_figure(row, edition=row.edition, by=people["ana"])
    changed = workflow.change_figure(taken, edition=taken.edition, by=people["ana"], value=row.value + 1)
    workflow.submit_figure(changed, edition=changed.edition, by=people["ana"])

    review = reviewing.start_review(batch, "approve", until=until, by=people["rev"])
    run_job(review.job_id)

    assert Observation.objects.get(state="submitted").pk == row.pk


def test_a_worker_killed_in_the_middle_is_followed_by_one_that_goes_on(batch, people):
    review = reviewing.start_review(batch, "approve", until=timezone.now(), by=people["rev"])

    def killed(percent):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reviewing.run_review(review, report=killed)
    halfway = states()
    reviewing.run_review(review, report=lambda percent: None)
    reviewing.run_review(review, report=lambda percent: None)

    assert halfway == {"approved": 500, "submitted": NUMBER - 500}
    assert states() == {"approved": NUMBER}
    review.refresh_from_db()
    assert review.done == NUMBER
    steps = ObservationStep.objects.filter(action="approved")
    assert steps.count() == steps.values("observation").distinct().count() == NUMBER
    assert AuditEvent.objects.filter(action="import.approved").count() == 1


def test_a_lot_that_fails_leaves_nothing_of_itself(batch, people, monkeypatch):
    review = reviewing.start_review(batch, "approve", until=timezone.now(), by=people["rev"])

    def broken(*args, **fields):
        raise IntegrityError("the disk is full")

    monkeypatch.setattr(workflow, "record_audit", broken)
    with pytest.raises(IntegrityError):
        reviewing.run_review(review, report=lambda percent: None)

    assert states() == {"submitted": NUMBER}
    assert not ObservationStep.objects.filter(action="approved").exists()


def test_it_can_be_stopped_and_taken_up_again(batch, rev, people):
    review = reviewing.start_review(batch, "approve", until=timezone.now(), by=people["rev"])

    def cancelled(percent):
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        reviewing.run_review(review, report=cancelled)
    Job.objects.filter(pk=review.job_id).update(state="dead")
    html = rev.get(address(batch)).content.decode()
    rev.post(address(batch), {"do": "go_on"})
    again = BatchReview.objects.get()
    rev.post(address(batch), {"do": "stop"})

    assert "整批处理中断，已停下" in html
    assert again.job_id != review.job_id
    assert Job.objects.get(pk=again.job_id).state == "cancelled"
    again.refresh_from_db()
    assert (again.done, again.ended_at is not None) == (500, True)
    assert states() == {"approved": 500, "submitted": NUMBER - 500}
    assert "500 / 1,200 条" in rev.get(address(batch)).content.decode()


def test_two_decisions_on_one_batch_do_not_run_together(batch, people):
    reviewing.start_review(batch, "approve", until=timezone.now(), by=people["rev"])

    with pytest.raises(WrongState, match="正在整批处理"):
        reviewing.start_review(batch, "return", until=timezone.now(), by=people["rev"], reason="x")
    with pytest.raises(WrongState):
        reviewing.leave_out(batch, shown=[2], left=[2], by=people["rev"])


def test_a_small_batch_is_decided_at_once(plan, people):
    batch = looked_at(fill_pending(plan, 3, by=people["ana"]))

    review = reviewing.start_review(batch, "approve", until=timezone.now(), by=people["rev"])

    assert (review.job, review.done) == (None, 3)
    assert states() == {"approved": 3}


def test_what_cannot_be_asked_is_refused(batch, rev, people):
    assert rev.post(address(batch), {"do": "approve", "until": "yesterday"}).status_code == 400
    late = (timezone.now() + timedelta(days=1)).isoformat()
    assert rev.post(address(batch), {"do": "approve", "until": late}).status_code == 400
    assert rev.post(address(batch), {"do": "burn", "until": late}).status_code == 400
    assert rev.get(f"{address(batch)}?show=nothing").status_code == 400
    with pytest.raises(ValidationError):
        reviewing.start_review(batch, "return", until=timezone.now(), by=people["rev"])
    with pytest.raises(PermissionDenied):
        reviewing.start_review(batch, "approve", until=timezone.now(), by=make_person("bob", "analyst"))
    assert states() == {"submitted": NUMBER}


def test_the_last_row_decided_alone_ends_the_batch_as_well(plan, people, rev):
    batch = fill_pending(plan, 2, by=people["ana"])
    rows = Observation.objects.filter(import_rows__batch=batch)

    said = {f"why-{row.pk}": "已核对" for row in rows} | {f"looked-{row.pk}": "on" for row in rows}
    picks = {"act": "approve", "pick": [f"{row.pk}:1" for row in rows]}
    rev.post(f"/test-plan/review/release/{rows[0].source_id}/", picks | said)

    batch.refresh_from_db()
    assert batch.reviewed_at is not None


@pytest.mark.parametrize("number", [3, 300])
def test_the_page_asks_as_often_for_three_rows_as_for_many(plan, people, rev, number):
    batch = fill_pending(plan, number, by=people["ana"])
    rev.get(address(batch))

    with CaptureQueriesContext(connection) as queries:
        rev.get(address(batch))

    assert len(queries) <= 21


def test_doubtful_rows_stay_out_until_somebody_says_what_was_found(plan, people, rev):
    batch = fill_pending(plan, 3, by=people["ana"])
    doubtful = batch.rows.get(is_outlier=True)

    html = rev.get(address(batch)).content.decode()
    decide(rev, batch, "approve")
    left = Observation.objects.get(state="submitted")
    silent = decide(rev, batch, "approve")
    halves = [{f"why-{left.pk}": "已电话核对"}, {f"looked-{left.pk}": "on"}]
    refused = [decide(rev, batch, "approve", shown=[doubtful.line], **half) for half in halves]
    decide(rev, batch, "approve", shown=[doubtful.line], **halves[0], **halves[1])

    assert "整批核定（2 条）" in html
    assert left.pk == doubtful.observation_id
    assert "勾“已看过”并写明核对情况后才在内" in silent.content.decode()
    for answer in refused:
        assert answer.status_code == 400
        assert f"{left.component.code} {left.year}" in answer.content.decode()
        assert "缺一不可" in answer.content.decode()
    assert 'value="已电话核对"' in refused[0].content.decode()
    assert f'name="looked-{left.pk}" checked' in refused[1].content.decode()
    assert states() == {"approved": 3}
    assert left.steps.get(action="approved").reason == "已电话核对"


def test_the_row_that_turns_a_verdict_stays_out_as_well(plan, people, rev):
    part = plan.items.get(code="I-01").indicator.components.get()
    make_observation(part, 2021, "120")
    batch = looked_at(fill_pending(plan, 30, by=people["ana"]))

    turns = reviewing.turning(batch)
    html = rev.get(f"{address(batch)}?show=flip").content.decode()
    decide(rev, batch, "approve")

    ((key, _badges),) = turns.items()
    assert Observation.objects.get(pk=key).component == part
    assert html.count('name="left"') == 1
    assert list(Observation.objects.filter(state="submitted").values_list("pk", flat=True)) == [key]
