"""Jobs that would never end, eat all memory or raise: a real worker gives them up, says so and lives on."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings

from jobs import services
from jobs.models import Job
from jobs.services import enqueue
from tests.jobs import kinds, processes

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
assert kinds  # registers the kinds used below

TIME, MEMORY = 2, 64


@contextmanager
def worker(tmp_path, **changes):
    """A worker with tight limits on this test's database and a queue folder of its own."""
    environment = processes.environment(
        tmp_path,
        JOB_TIME_LIMIT_SECONDS=str(TIME),
        JOB_MEMORY_MB=str(MEMORY),
        JOB_SWEEP_SECONDS="1",
        JOB_MAX_ATTEMPTS="2",
        **changes,
    )
    words = ["celery", "-q", "-A", "tests.jobs.celery_app", "worker", "-B", "--concurrency", "1"]
    log_path = tmp_path / "worker.log"
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *words, "--without-gossip", "--without-mingle"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(100)
        finally:
            process.kill()  # whatever is left of it would be found by the tests that follow
            process.wait(10)
        print(log_path.read_text()[-4000:])  # shown by pytest when the test fails


def ended(job, *, seconds):
    def over():
        job.refresh_from_db()
        return job.finished_at

    processes.wait_until(over, seconds=seconds, what=f"{job.kind} is over")
    return job


def test_every_poisoned_job_is_given_up_with_its_reason_and_the_next_one_is_done(tmp_path):
    endless, stubborn, hungry, raising, good = [
        enqueue(kind)
        for kind in ("test.endless", "test.endless and deaf", "test.hungry", "test.failing", "test.echo")
    ]
    with worker(tmp_path) as process:
        ended(good, seconds=60)
        ended(endless, seconds=30)
        ended(stubborn, seconds=30)
        ended(hungry, seconds=30)
        ended(raising, seconds=60)
        assert process.poll() is None

    assert good.state == "done"
    assert {job.state for job in (endless, stubborn, hungry, raising)} == {"dead"}
    assert f"超过时限，{TIME} 秒后停止" in endless.error
    assert f"超过时限，{TIME + 5} 秒后停止" in stubborn.error
    assert f"所用内存超过上限 {MEMORY} MB" in hungry.error
    assert raising.error == "ValueError: 第三行不是数字"
    assert (endless.attempts, stubborn.attempts, hungry.attempts, raising.attempts) == (1, 1, 1, 2)


@pytest.mark.breadth
def test_a_kind_no_worker_knows_waits_for_one_that_does(tmp_path):
    job = Job.objects.create(kind="of.the.next.version", arguments={})
    with worker(tmp_path):
        ended(enqueue("test.echo"), seconds=60)
        ended(enqueue("test.echo", {"n": 2}), seconds=60)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)


@pytest.mark.django_db
def test_a_wake_up_for_an_unknown_kind_says_what_the_job_waits_for():
    job = Job.objects.create(kind="of.the.next.version", arguments={})

    assert not services.run_job(job.pk)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)
    assert "等待认识这一类任务的工作进程" in job.error


@pytest.mark.breadth
def test_a_worker_outlives_messages_that_a_full_disk_left_behind(tmp_path):
    folder = tmp_path / "queue" / "data"
    folder.mkdir(parents=True)
    (tmp_path / "queue" / "control").mkdir()
    for number, words in enumerate(["", '{"body": "W1', "null", "[]", '"text"']):
        (folder / f"{number}_broken.celery.msg").write_text(words)
    (tmp_path / "queue" / "control" / "celeryev.exchange").write_text("")
    (tmp_path / "queue" / "control" / "celery.pidbox.exchange").write_text('[["", "')
    job = enqueue("test.echo")

    with worker(tmp_path) as process:
        ended(job, seconds=60)
        assert process.poll() is None

    assert job.state == "done"
    assert not list(folder.glob("*_broken.*"))
