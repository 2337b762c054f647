"""A worker killed with everything it started loses no job and does none twice."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress

import pytest
import redis
from django.conf import settings
from django.db import connection
from kombu import Connection, Exchange, Queue

from jobs.models import Job
from tests.jobs import kinds, processes

JOBS = 30
DONE_AT_KILL = 8
# A database of its own on the local Redis; it is emptied before and after.
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/14")
RABBIT_URL = os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")
CELERY = [sys.executable, "-m", "celery", "-q", "-A", "tests.jobs.celery_app"]

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def effects(transactional_db):
    """The table the jobs write to, without any constraint that would hide a doubled effect."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {kinds.EFFECT_TABLE} (n integer NOT NULL)")

    def read():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT n FROM {kinds.EFFECT_TABLE} ORDER BY n")
            return [n for (n,) in cursor.fetchall()]

    yield read
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {kinds.EFFECT_TABLE}")


@pytest.fixture
def redis_url():
    client = redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2)
    try:
        client.flushdb()
    except redis.ConnectionError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no Redis, and CI must have one: {error}")
        pytest.skip(f"no Redis at {REDIS_URL}")
    yield REDIS_URL
    client.flushdb()
    client.close()


@pytest.fixture
def rabbit_url():
    """The local RabbitMQ, with no message in its queue of jobs."""
    with Connection(RABBIT_URL, connect_timeout=2) as client:
        try:
            client.ensure_connection(max_retries=1, timeout=2)
        except client.connection_errors as error:
            pytest.skip(f"no RabbitMQ at {client.as_uri()}: {error}")
        queue = Queue("celery", Exchange("celery"), "celery", channel=client.default_channel)
        queue.declare()
        queue.purge()
        yield RABBIT_URL
        queue.purge()


@contextmanager
def running_group(environment, log_path):
    """Worker and beat in one process group; yields what kills the group, as the end does too."""
    with log_path.open("a") as log:
        places = {"cwd": settings.BASE_DIR, "env": environment, "stdout": log, "stderr": log}
        options = ["--concurrency", "2", "--prefetch-multiplier", "1", "--without-gossip", "--without-mingle"]
        worker = subprocess.Popen([*CELERY, "worker", *options], process_group=0, **places)
        beat = subprocess.Popen([*CELERY, "beat"], process_group=worker.pid, **places)

    def kill():
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)
        beat.wait(10)

    try:
        yield kill
    finally:
        kill()
        print(log_path.read_text()[-4000:])  # shown by pytest when the test fails


def enqueue_all(environment):
    program = (
        "import tests.jobs.celery_app; from jobs.services import enqueue\n"
        f"for n in range({JOBS}): enqueue('test.effect', {{'n': n}})"
    )
    command = [sys.executable, "-c", program]
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, timeout=60, check=True)


def states():
    return Counter(Job.objects.values_list("state", flat=True))


def check_kill_loses_nothing(environment, tmp_path, effects):
    enqueue_all(environment)
    with running_group(environment, tmp_path / "first.log") as kill:
        processes.wait_until(
            lambda: states()["done"] >= DONE_AT_KILL and states()["running"],
            seconds=60,
            what=f"{DONE_AT_KILL} jobs are done and others run: {states()}",
        )
        kill()
    at_kill = states()
    time.sleep(1)

    assert states() == at_kill, "a process of the killed group goes on working"
    assert at_kill["done"] < JOBS
    assert at_kill["running"] >= 1
    with running_group(environment, tmp_path / "second.log"):
        processes.wait_until(lambda: states()["done"] == JOBS, seconds=90, what="all jobs are done")

    assert effects() == list(range(JOBS))
    attempts = list(Job.objects.values_list("attempts", flat=True))
    assert sum(attempts) >= JOBS + at_kill["running"], "no job was interrupted and run again"
    assert max(attempts) <= 3


def quick(tmp_path, **changes):
    return processes.environment(tmp_path, JOB_LEASE_SECONDS="4", JOB_SWEEP_SECONDS="1", **changes)


# Redis is what stands in production; the same on the other two.
@pytest.mark.breadth
def test_a_killed_group_loses_nothing_on_the_embedded_broker(tmp_path, effects):
    check_kill_loses_nothing(quick(tmp_path), tmp_path, effects)


def test_a_killed_group_loses_nothing_on_redis(tmp_path, effects, redis_url):
    check_kill_loses_nothing(quick(tmp_path, CELERY_BROKER_URL=redis_url), tmp_path, effects)


@pytest.mark.breadth
def test_a_killed_group_loses_nothing_on_rabbitmq(tmp_path, effects, rabbit_url):
    check_kill_loses_nothing(quick(tmp_path, CELERY_BROKER_URL=rabbit_url), tmp_path, effects)
