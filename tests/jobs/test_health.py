from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from jobs import services
from jobs.models import Job, WorkerBeat
from plan import disk
from tests.jobs import kinds, processes

assert kinds


@pytest.fixture
def worker_seen(db):
    services.sweep()


def silence_worker():
    WorkerBeat.objects.update(seen_at=timezone.now() - timedelta(hours=1))


def readiness(client):
    response = client.get("/readyz")
    return response.status_code, response.json()["wrong"]


@pytest.fixture
def database_away(transactional_db, tmp_path):
    """Two functions: one takes the database out of reach of new connections, one gives it back."""
    there = dict(connection.settings_dict)
    if connection.vendor == "sqlite":
        nowhere = {"NAME": str(tmp_path)}
    else:
        nowhere = {"HOST": "127.0.0.1", "PORT": str(processes.free_port())}

    def go(address):
        connection.close()
        connection.settings_dict.update(address)

    yield lambda: go(nowhere), lambda: go(there)
    go(there)


@pytest.mark.django_db
def test_readyz_names_each_check_and_its_facts(client, worker_seen):
    response = client.get("/readyz")

    assert response.status_code == 200
    names = ["cache", "disk", "broker", "database", "migrations", "files", "clock", "worker", "queue", "plans"]
    answer = response.json()
    assert answer.pop("disk_free_mb") > 0
    assert answer.pop("worker_seen_seconds_ago") < 10  # the sweep of the fixture, on a busy machine
    assert answer == {
        "ready": True,
        "wrong": [],
        "checks": dict.fromkeys(names, "ok"),
        "oldest_queued_seconds": 0,
        "unknown_kinds": [],
        "refused_plans": [],
    }
    assert "no-store" in response["Cache-Control"]


def test_readyz_names_a_lost_database_and_recovers_by_itself(client, database_away):
    take_away, give_back = database_away
    services.sweep()
    before = readiness(client)

    take_away()
    during = readiness(client)
    alive = client.get("/healthz").status_code
    metrics = client.get("/metrics").content.decode()
    give_back()

    assert before == (200, [])
    assert during == (503, ["database"])
    assert alive == 200
    assert "\nplan_database_up 0\n" in metrics
    assert readiness(client) == (200, [])


@pytest.mark.django_db
def test_readyz_names_migrations_that_are_not_applied(client, worker_seen):
    MigrationRecorder.Migration.objects.filter(app="jobs").delete()

    assert readiness(client) == (503, ["migrations"])


@pytest.mark.django_db
def test_readyz_names_a_silent_worker(client):
    never = readiness(client)
    services.sweep()
    silence_worker()

    assert never == (503, ["worker"])
    assert readiness(client) == (503, ["worker"])


@pytest.mark.django_db
def test_a_worker_busy_with_a_long_job_is_not_silent(client, worker_seen):
    silence_worker()
    services.claim(services.enqueue("test.echo").pk)

    assert readiness(client) == (200, [])


@pytest.mark.django_db
def test_readyz_names_a_stuck_queue(client, worker_seen):
    job = services.enqueue("test.echo")
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(hours=1))

    assert readiness(client) == (503, ["queue"])


@pytest.mark.django_db
def test_readyz_names_a_broker_that_is_away(client, worker_seen, settings, tmp_path):
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "gone")}

    assert readiness(client) == (503, ["broker"])


@pytest.mark.django_db
def test_readyz_names_a_disk_without_its_reserve(client, worker_seen, settings):
    settings.DISK_RESERVE_MB = disk.free_mb() + 1_000

    assert readiness(client) == (503, ["disk"])
    assert "MB free" in client.get("/readyz").json()["checks"]["disk"]


@pytest.mark.django_db
def test_readyz_names_a_folder_that_cannot_be_written(client, worker_seen, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "imports").touch()

    answer = client.get("/readyz").json()

    assert answer["wrong"] == ["disk"]
    assert answer["checks"]["disk"].startswith("imports: cannot be written")


@pytest.mark.django_db
def test_readyz_names_a_clock_that_was_set_back(client, worker_seen):
    WorkerBeat.objects.update(seen_at=timezone.now() + timedelta(days=1))

    answer = client.get("/readyz").json()

    assert "clock" in answer["wrong"]
    assert "set back" in answer["checks"]["clock"]


@pytest.mark.django_db
def test_healthz_asks_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_metrics_count_jobs_by_state(client, worker_seen):
    services.enqueue("test.echo", {"n": 1})
    services.run_job(services.enqueue("test.echo", {"n": 2}).pk)

    lines = client.get("/metrics").content.decode().splitlines()

    assert 'plan_jobs{state="queued"} 1' in lines
    assert 'plan_jobs{state="done"} 1' in lines
    assert 'plan_jobs{state="dead"} 0' in lines
    assert "plan_database_up 1" in lines
