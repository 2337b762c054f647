import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.db import connection, transaction
from django.utils import timezone

from jobs import broker, services
from jobs.models import Job, WorkerBeat
from tests.jobs import kinds, processes

assert kinds  # registers the kinds used below


def only_job():
    return Job.objects.get()


def age(job, **fields):
    """Moves the given times of a job an hour into the past."""
    Job.objects.filter(pk=job.pk).update(**{name: timezone.now() - timedelta(hours=1) for name in fields})


def let_lease_run_out(job):
    age(job, lease_until=True)


@pytest.mark.django_db
def test_enqueue_keeps_kind_arguments_and_who_asked(django_user_model):
    user = django_user_model.objects.create_user("analyst")

    services.enqueue("test.echo", {"plan": "x"}, by=user)

    job = only_job()
    assert (job.kind, job.arguments, job.requested_by, job.state) == (
        "test.echo",
        {"plan": "x"},
        user,
        "queued",
    )


@pytest.mark.django_db
def test_enqueue_refuses_a_kind_nobody_registered():
    with pytest.raises(LookupError):
        services.enqueue("test.misspelt")

    assert not Job.objects.exists()


@pytest.mark.django_db
def test_enqueue_returns_the_identical_job_that_is_still_queued():
    first = services.enqueue("test.echo", {"a": 1, "b": {"c": 2, "d": 3}})

    same = services.enqueue("test.echo", {"b": {"d": 3, "c": 2}, "a": 1})
    other = services.enqueue("test.echo", {"a": 2})

    assert same == first
    assert other != first


@pytest.mark.django_db
def test_enqueue_makes_a_new_job_when_the_identical_one_already_runs():
    first = services.enqueue("test.echo")
    services.claim(first.pk)

    assert services.enqueue("test.echo") != first


@pytest.mark.skipif(not broker.is_filesystem(), reason="counts the files of the embedded broker")
@pytest.mark.django_db(transaction=True)
def test_the_wake_up_is_sent_after_the_commit_and_not_before():
    broker.purge_files()

    with transaction.atomic():
        services.enqueue("test.echo")
        before = broker.purge_files()

    assert (before, broker.purge_files()) == (0, 1)


@pytest.mark.skipif(not broker.is_filesystem(), reason="counts the files of the embedded broker")
@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_caller_leaves_neither_job_nor_wake_up():
    broker.purge_files()

    with transaction.atomic():
        services.enqueue("test.echo")
        transaction.set_rollback(True)

    assert (Job.objects.count(), broker.purge_files()) == (0, 0)


@pytest.mark.breadth
@pytest.mark.services
@pytest.mark.parametrize("scheme", ["redis", "amqp"])
@pytest.mark.django_db(transaction=True)
def test_enqueue_survives_a_broker_that_is_away(tmp_path, scheme):
    away = f"{scheme}://127.0.0.1:{processes.free_port()}/0"
    program = (
        "import time, tests.jobs.celery_app; from jobs.services import enqueue; started = time.monotonic();"
        "enqueue('test.echo', {'n': 1}); print(time.monotonic() - started)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project.BASE_DIR,
        env=processes.environment(tmp_path, CELERY_BROKER_URL=away),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "broker away" in done.stderr
    assert float(done.stdout) < 10
    assert (only_job().state, only_job().arguments) == ("queued", {"n": 1})


@pytest.mark.breadth
@pytest.mark.django_db(transaction=True)
def test_only_one_of_many_threads_claims_a_job():
    job = services.enqueue("test.echo")
    start, runs = threading.Barrier(8), []

    def claim():
        try:
            start.wait(10)
            runs.append(services.claim(job.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(runs) == 8
    assert len([run for run in runs if run]) == 1
    assert only_job().attempts == 1


@pytest.mark.django_db
def test_a_finished_job_keeps_its_result_and_is_not_run_again():
    job = services.enqueue("test.echo", {"n": 7})

    assert services.run_job(job.pk)
    assert not services.run_job(job.pk)

    job = only_job()
    assert (job.state, job.progress, job.result, job.attempts, job.lease) == ("done", 100, {"n": 7}, 1, "")
    assert job.finished_at is not None


@pytest.mark.django_db
def test_a_lease_that_ran_out_is_claimed_again_and_a_live_one_is_not():
    job = services.enqueue("test.echo")
    services.claim(job.pk)

    assert services.claim(job.pk) is None
    let_lease_run_out(job)

    assert services.claim(job.pk).attempt == 2


@pytest.mark.django_db
def test_a_stale_worker_can_neither_finish_fail_nor_report():
    job = services.enqueue("test.echo")
    stale = services.claim(job.pk)
    let_lease_run_out(job)
    current = services.claim(job.pk)
    current.report(40)

    assert not services.finish(stale, result={"from": "stale"})
    assert not services.fail(stale, error="stale")
    with pytest.raises(services.LeaseLost):
        stale.report(90)

    job = only_job()
    assert (job.state, job.progress, job.result, job.error, job.lease) == (
        "running",
        40,
        None,
        "",
        current.lease,
    )


@pytest.mark.django_db
def test_report_records_progress_and_renews_the_lease():
    job = services.enqueue("test.echo")
    run = services.claim(job.pk)
    let_lease_run_out(job)

    run.report(33.9)

    job = only_job()
    assert job.progress == 33
    assert job.lease_until > timezone.now()


@pytest.mark.breadth
@pytest.mark.django_db(transaction=True)
def test_a_long_step_without_reports_keeps_its_lease(settings):
    settings.JOB_LEASE_SECONDS = 2
    job = services.enqueue("test.long step", {"seconds": 4})

    def run():
        try:
            services.run_job(job.pk)
        finally:
            connection.close()

    worker = threading.Thread(target=run)
    worker.start()
    processes.wait_until(lambda: only_job().state == "running", seconds=5, what="the job runs")
    time.sleep(3)
    second = services.claim(job.pk)
    worker.join(20)

    assert second is None
    assert (only_job().state, only_job().attempts) == ("done", 1)


@pytest.mark.django_db
def test_a_cancelled_job_is_not_started():
    job = services.enqueue("test.echo")

    assert services.cancel(job.pk, by=None)
    assert not services.run_job(job.pk)
    assert only_job().state == "cancelled"


@pytest.mark.django_db
def test_a_running_handler_learns_that_it_was_cancelled():
    job = services.enqueue("test.cancelled on the way")

    services.run_job(job.pk)

    job = only_job()
    assert (job.state, job.error, job.progress) == ("cancelled", "", 0)


@pytest.mark.django_db
def test_a_check_learns_the_same_and_writes_nothing():
    job = services.enqueue("test.echo")
    run = services.claim(job.pk)
    before = only_job().heartbeat_at

    run.check()

    assert only_job().heartbeat_at == before
    services.cancel(job.pk, by=None)
    with pytest.raises(services.Cancelled):
        run.check()
    Job.objects.filter(pk=job.pk).update(state="running", lease="another", lease_until=timezone.now())
    with pytest.raises(services.LeaseLost):
        run.check()


@pytest.mark.django_db
def test_what_is_over_cannot_be_cancelled():
    job = services.enqueue("test.echo")
    services.run_job(job.pk)

    assert not services.cancel(job.pk, by=None)
    assert only_job().state == "done"


@pytest.mark.django_db
def test_an_exception_puts_the_job_back_until_its_attempts_are_used_up(settings):
    settings.JOB_MAX_ATTEMPTS = 3
    job = services.enqueue("test.failing")
    states = []

    for _ in range(4):
        services.run_job(job.pk)
        states.append(only_job().state)

    assert states == ["queued", "queued", "dead", "dead"]
    assert (only_job().attempts, only_job().error) == (3, "ValueError: 第三行不是数字")


@pytest.mark.django_db
def test_a_worker_killed_in_the_last_attempt_leaves_a_dead_job(settings):
    settings.JOB_MAX_ATTEMPTS = 1
    job = services.enqueue("test.echo")
    services.claim(job.pk)
    let_lease_run_out(job)

    assert services.claim(job.pk) is None
    assert (only_job().state, only_job().error) == ("dead", services.WORKER_LOST)


@pytest.mark.django_db
def test_the_error_of_an_earlier_attempt_is_kept_when_the_last_one_is_killed(settings):
    settings.JOB_MAX_ATTEMPTS = 2
    job = services.enqueue("test.failing")
    services.run_job(job.pk)
    services.claim(job.pk)
    let_lease_run_out(job)

    services.claim(job.pk)

    assert (only_job().state, only_job().error) == ("dead", "ValueError: 第三行不是数字")


@pytest.mark.django_db
def test_a_result_that_is_no_json_is_a_failure():
    job = services.enqueue("test.result that is no JSON")

    services.run_job(job.pk)

    assert only_job().state == "queued"
    assert only_job().error.startswith("TypeError")


@pytest.mark.django_db
def test_sweep_leaves_a_sign_of_life_and_wakes_what_waits():
    fresh, old, running, lost, done = (services.enqueue("test.echo", {"n": n}) for n in range(5))
    age(old, created_at=True)
    services.claim(running.pk)
    services.claim(lost.pk)
    let_lease_run_out(lost)
    services.run_job(done.pk)

    woken = services.sweep()

    assert woken == 2
    assert timezone.now() - WorkerBeat.objects.get().seen_at < timedelta(seconds=10)


@pytest.mark.django_db
def test_sweep_gives_a_failed_job_a_pause_before_the_next_attempt():
    job = services.enqueue("test.failing")
    age(job, created_at=True)
    services.run_job(job.pk)

    at_once = services.sweep()
    age(job, heartbeat_at=True)

    assert (at_once, services.sweep()) == (0, 1)
