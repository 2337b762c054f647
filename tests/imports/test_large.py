"""Many rows: compared and stored by a worker, in bounded memory, whole or not; at night a hundred thousand."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, nullcontext, suppress

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from audit.models import AuditEvent
from desk.imports import batches, reviewing, steps
from desk.models import BatchReview, ImportBatch, ImportRow
from indicators.models import Observation, ObservationStep
from jobs.models import Job
from notices.models import Notice
from plan.workflow import WrongState
from tests.factories import make_component, make_person, make_plan
from tests.imports.conftest import HEAD, csv_file, figures, row
from tests.jobs import processes
from tests.pace import costs_at_most
from tests.pending import fill_pending

# Of so many rows one is bad.
GOOD_TO_BAD = 200
BADNESS = ("150–160", "", "#N/A", "2.47%", '"1,40"')


def many_rows(number, *, bad=0):
    """Rows of releases that all differ, every so many of them with a value that is none."""
    step = number // bad if bad else number + 1
    yield HEAD
    for n in range(number):
        year, day = 2000 + n % 20, f"{2020 + n // 20 % 4}-{n // 80 % 12 + 1:02d}-{n // 960 % 28 + 1:02d}"
        value = BADNESS[n // step % len(BADNESS)] if n % step == step - 1 else f"{100 + n % 50}.{n % 100:02d}"
        yield row(year=year, value=value, day=day, source=f"公报 第 {n // 26_880} 号", url="https://example.org/")


@pytest.mark.breadth
@pytest.mark.parametrize("number", [10_000, pytest.param(100_000, marks=pytest.mark.drills)])
@pytest.mark.django_db
def test_of_many_rows_the_bad_ones_are_named_and_the_rest_is_stored(component, analyst, reviewer, number):
    bad = number // GOOD_TO_BAD
    text = "".join(many_rows(number, bad=bad))
    large = SimpleUploadedFile("large.csv", text.encode("gb18030"))
    plan, reports = component.indicator.plan, []
    batch = batches.upload_file(plan, large, by=analyst)
    batch = batches.start_check(batch, mapping=batch.mapping, by=analyst)
    assert (batch.state, batch.encoding, batch.job.kind) == ("checking", "gb18030", "desk.check_import")

    steps.run_check(batch, report=reports.append)

    batch.refresh_from_db()
    assert batch.counts == {"new": number - bad, "invalid": bad, "chosen": number - bad, "outliers": 0}
    assert reports == sorted(reports)
    assert len(reports) == number // steps.CHUNK
    faults = batch.rows.filter(outcome="invalid").order_by("line")
    assert list(faults.values_list("line", flat=True)) == [n * (number // bad) + 1 for n in range(1, bad + 1)]
    codes = [fault.code for fault in faults[0].reasons + faults[1].reasons + faults[2].reasons]
    assert codes == ["approximate", "no_number", "excel_error"]
    assert all(len(row.reasons) == 1 and row.reasons[0].column == "value" for row in faults)
    with pytest.raises(WrongState, match=f"有 {bad} 行无效"):
        batches.start_apply(batch, whole=True, by=analyst)

    batch = batches.start_apply(batch, whole=False, by=analyst)
    assert batch.state == "applying"
    # On SQLite everybody else's writes wait meanwhile.
    with costs_at_most(20) if connection.vendor == "sqlite" else nullcontext():
        steps.run_apply(batch, check=lambda: None)

    assert figures().filter(state="submitted", entered_by=analyst).count() == number - bad
    assert ObservationStep.objects.filter(observation__in=figures()).count() == 2 * (number - bad)
    assert batch.rows.filter(observation__isnull=True).count() == bad
    assert Notice.objects.filter(person=reviewer).count() == 1
    batch.refresh_from_db()
    batches.undo_import(batch, by=analyst)
    assert figures().count() == 0


@pytest.mark.breadth
@pytest.mark.one_database
def test_memory_does_not_grow_with_the_file(db, tmp_path):
    """The largest a process got while it read and judged a file, without the database's own cache."""
    program = (
        "import re, sys, django; django.setup()\n"
        "from datetime import date; from types import SimpleNamespace as N\n"
        "from indicators.files.headings import is_heading, propose\n"
        "from indicators.files.naming import Names\n"
        "from indicators.files.rows import RowReader\n"
        "from tables.table import open_table\n"
        "reader = RowReader.__new__(RowReader)\n"
        "unit = N(code='I-01', unit='件', unit_en='', title='', title_en='', short='', short_en='')\n"
        "part = N(code='I-01', indicator=unit, pk=1, name='件数', name_en='')\n"
        "reader.plan, reader.today, reader.last_year = N(slug='x'), date(2026, 1, 1), 2035\n"
        "reader.done_or_not, reader.defaults, reader.value_unit = set(), {}, ''\n"
        "reader.title, reader.spells, reader.taken = [], [], frozenset()\n"
        "reader.names, reader.components, reader.addresses = Names([]), {'I-01': part}, {'': True}\n"
        "with open(sys.argv[1], 'rb') as file, open_table(file, is_heading=is_heading) as table:\n"
        "    reader.columns = list(propose(table.headings).items())\n"
        "    number = sum(not draft.faults for draft in reader.drafts(table.lines, width=7))\n"
        # Not getrusage: what it says is never less than what the process that started it had then.
        "print(number, re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
    )
    peaks = []
    for rows in (5_000, 50_000):
        path = tmp_path / f"{rows}.csv"
        path.write_text("".join(many_rows(rows)), encoding="utf-8")
        environment = processes.environment(tmp_path, DJANGO_SETTINGS_MODULE="shenzhen_plan.settings")
        command = [sys.executable, "-c", program, str(path)]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True
        )
        read, peak = map(int, done.stdout.split()[-2:])
        assert read == rows
        peaks.append(peak)

    assert peaks[1] < peaks[0] + 8_000, f"KiB: {peaks}"


@contextmanager
def worker(environment, log_path):
    """A worker with its scheduler in one process group; yields what kills the group, as the end does too."""
    with log_path.open("a") as log:
        places = {"cwd": settings.BASE_DIR, "env": environment, "stdout": log, "stderr": log}
        command = [sys.executable, "-m", "celery", "-q", "-A", "tests.imports.kinds"]
        options = ["--concurrency", "1", "--without-gossip", "--without-mingle"]
        main = subprocess.Popen([*command, "worker", *options], process_group=0, **places)
        beat = subprocess.Popen([*command, "beat"], process_group=main.pid, **places)

    def kill():
        with suppress(ProcessLookupError):
            os.killpg(main.pid, signal.SIGKILL)
        main.wait(10)
        beat.wait(10)

    try:
        yield kill
    finally:
        kill()
        print(log_path.read_text()[-4000:])  # shown by pytest when the test fails


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_writes_leaves_nothing_and_the_next_one_writes_all(tmp_path, monkeypatch):
    component, analyst = make_component(make_plan()), make_person("ana", "analyst")
    monkeypatch.setattr(batches, "INLINE_ROWS", 0)
    monkeypatch.setattr("jobs.broker.send", lambda *args, **options: None)  # the sweep finds what waits
    batch = batches.upload_file(component.indicator.plan, csv_file(row(), row(year=2021)), by=analyst)
    batch = batches.start_check(batch, mapping=batch.mapping, by=analyst)
    steps.run_check(batch, report=lambda percent: None)
    Job.objects.all().delete()
    batch = batches.start_apply(ImportBatch.objects.get(), whole=True, by=analyst)
    mark = tmp_path / "mark"
    environment = processes.environment(
        tmp_path, JOB_LEASE_SECONDS="4", JOB_SWEEP_SECONDS="1", IMPORT_MARK=str(mark)
    )

    with worker(environment, tmp_path / "first.log") as kill:
        processes.wait_until(mark.exists, seconds=60, what="the worker has inserted everything")
        kill()

    assert (figures().count(), ObservationStep.objects.filter(observation__in=figures()).count()) == (0, 0)
    assert ImportRow.objects.filter(observation__isnull=False).count() == 0
    batch.refresh_from_db()
    assert batch.state == "applying"
    with worker(environment, tmp_path / "second.log"):
        processes.wait_until(
            lambda: ImportBatch.objects.get().state == "applied", seconds=90, what="the batch is applied"
        )
    assert Observation.objects.filter(import_rows__batch=batch).count() == 2
    assert ObservationStep.objects.filter(observation__in=figures()).count() == 4


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_review_killed_between_two_lots_loses_and_doubles_nothing(tmp_path, monkeypatch):
    number, component, analyst = 700, make_component(make_plan()), make_person("ana", "analyst")
    reviewer = make_person("rev", "reviewer")
    monkeypatch.setattr("jobs.broker.send", lambda *args, **options: None)  # the sweep finds what waits
    batch = fill_pending(component.indicator.plan, number, by=analyst)
    batch.rows.filter(is_outlier=True).update(looked="已电话核对")
    review = reviewing.start_review(batch, "approve", until=timezone.now(), by=reviewer)
    mark = tmp_path / "mark"
    environment = processes.environment(
        tmp_path, JOB_LEASE_SECONDS="4", JOB_SWEEP_SECONDS="1", IMPORT_MARK=str(mark)
    )

    with worker(environment, tmp_path / "first.log") as kill:
        processes.wait_until(mark.exists, seconds=60, what="the worker has decided on some rows")
        kill()

    review.refresh_from_db()
    halfway = figures().filter(state="approved").count()
    assert 0 < halfway == review.done < number
    with worker(environment, tmp_path / "second.log"):
        processes.wait_until(
            lambda: BatchReview.objects.get().ended_at is not None, seconds=120, what="the review has ended"
        )
    review.refresh_from_db()
    approved = ObservationStep.objects.filter(action="approved", observation__in=figures())
    assert figures().filter(state="approved").count() == review.done == number
    assert approved.count() == approved.values("observation").distinct().count() == number
    assert AuditEvent.objects.filter(action="import.approved").count() == 1


@pytest.mark.django_db
def test_a_comparison_cut_off_starts_again_from_nothing(component, analyst, checked, monkeypatch):
    monkeypatch.setattr(batches, "INLINE_ROWS", 0)
    monkeypatch.setattr(steps, "CHUNK", 2)
    batch = checked(csv_file(*[row(year=year) for year in range(2010, 2020)]))

    def cut_off(percent):
        if batch.rows.count() >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        steps.run_check(batch, report=cut_off)
    assert batch.rows.count() == 4
    steps.run_check(batch, report=lambda percent: None)

    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"], batch.rows.count()) == ("checked", 10, 10)


@pytest.mark.django_db
def test_cancelling_a_comparison_stops_the_worker_at_its_next_rows(component, analyst, checked, monkeypatch):
    monkeypatch.setattr(batches, "INLINE_ROWS", 0)
    monkeypatch.setattr(steps, "CHUNK", 2)
    batch = checked(csv_file(*[row(year=year) for year in range(2010, 2020)]))

    def cancel(percent):
        batches.cancel_import(batch, by=analyst)

    with pytest.raises(steps.Cancelled):
        steps.run_check(batch, report=cancel)

    batch.refresh_from_db()
    assert (batch.state, batch.rows.count(), batch.job) == ("cancelled", 0, None)
    assert Job.objects.get().state == "cancelled"
    assert AuditEvent.objects.get(action="job.cancelled").actor == analyst


@pytest.mark.django_db
def test_who_stops_the_writing_of_an_import_stands_in_the_log(component, analyst, checked, monkeypatch):
    batch = checked(csv_file(row(year=2011)))
    steps.run_check(batch, report=lambda percent: None)
    batch.refresh_from_db()
    monkeypatch.setattr(batches, "INLINE_ROWS", 0)
    batch = batches.start_apply(batch, whole=False, by=analyst)

    batches.cancel_import(batch, by=analyst)

    batch.refresh_from_db()
    assert (batch.state, figures().count()) == ("checked", 0)
    told = AuditEvent.objects.filter(action__in=["job.cancelled", "import.stopped"])
    assert {row.actor for row in told} == {analyst}
    assert told.count() == 2
