"""The life of a job: enqueued, claimed by one worker under a lease, finished, failed or cancelled.

The row is the job and the message only a wake-up (docs/decisions/0002), so delivery is at least once:
**a handler must be idempotent**. It may be run again after a kill at any line, and while a run that lost
its lease has not noticed yet. Keep a handler's transactions short: on SQLite an open write transaction
keeps its own lease from being renewed, on PostgreSQL a report inside one is seen by others only at commit.
"""

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Now

from audit.models import AuditEvent
from audit.services import record_audit
from jobs import broker
from jobs.limits import TooMuchMemory, bounded_memory
from jobs.models import Job, WorkerBeat

log = logging.getLogger(__name__)

WORKER = "worker"
WAKE_GRACE_SECONDS = 5
RETRY_SECONDS = 5
REPORT_SECONDS = 1.0
# Processes may have been started with another lease, machines may disagree on the time.
CLOCK_GRACE = timedelta(minutes=10)
WAKE_LIMIT = 100
ERROR_LENGTH = 2000
WORKER_LOST = "工作进程在执行中失去联系 / the worker vanished while it ran this job"
OVER_TIME = "超过时限，{seconds} 秒后停止；请缩小范围后重试 / over the time limit, stopped after {seconds} s"
OVER_MEMORY = "所用内存超过上限 {megabytes} MB，已停止；请缩小范围后重试 / over the memory limit, stopped"
UNKNOWN_KIND = "等待认识这一类任务的工作进程（升级中？）/ waits for a worker that knows this kind"


class Cancelled(Exception):
    """Raised by `Run.report` when the job was cancelled: the handler should stop and let it pass."""


class LeaseLost(Cancelled):
    """The lease ran out and the job was taken by another worker: whatever this run does is surplus."""


@dataclass
class Run:
    """One attempt at a job, as its handler sees it."""

    job_id: int
    kind: str
    arguments: dict[str, Any]
    attempt: int
    lease: str
    requested_by_id: int | None = None
    _lost: bool = field(default=False, repr=False)
    _progress: int = field(default=0, repr=False)
    _reported_at: float = field(default=0.0, repr=False)

    def report(self, progress_percent: float) -> None:
        """Records progress (0–100) and renews the lease; cheap enough for every row of a loop.

        Raises Cancelled when the job was cancelled meanwhile, LeaseLost when another worker has it.
        """
        progress = max(0, min(100, int(progress_percent)))
        recent = time.monotonic() - self._reported_at < REPORT_SECONDS
        if recent and progress == self._progress and not self._lost:
            return
        if not _renew(self, progress=progress):
            self._lost = True
            state = Job.objects.filter(pk=self.job_id).values_list("state", flat=True).first()
            raise (Cancelled if state == Job.State.CANCELLED else LeaseLost)(f"job {self.job_id}: {state}")
        self._progress, self._reported_at = progress, time.monotonic()

    def check(self) -> None:
        """Raises as `report` does, but only reads: for inside a long transaction, where a report would keep the
        job's row locked, and with it whoever wants to cancel, until the end."""
        state, lease = Job.objects.filter(pk=self.job_id).values_list("state", "lease").first() or ("gone", "")
        if state != Job.State.RUNNING or lease != self.lease:
            self._lost = True
            raise (Cancelled if state == Job.State.CANCELLED else LeaseLost)(f"job {self.job_id}: {state}")


Handler = Callable[[Run], dict[str, Any] | None]
_handlers: dict[str, Handler] = {}


def job_kind(name: str) -> Callable[[Handler], Handler]:
    """Registers the function below as the handler of a kind; put it into an app's tasks.py.

    The handler takes a Run and returns the job's result (JSON) or None; it must be idempotent.
    """

    def register(handler: Handler) -> Handler:
        if _handlers.setdefault(name, handler) is not handler:
            raise ValueError(f"job kind {name!r} is registered twice")
        return handler

    return register


def enqueue(kind: str, arguments: dict[str, Any] | None = None, *, by: Any = None) -> Job:
    """Creates the job in the caller's transaction and wakes a worker once that is committed.

    An identical job (kind and arguments, whoever asked) that is still queued is returned instead of a second
    one; what belongs to one person needs that person among its arguments. A broker that is away is only
    logged: the sweep wakes the job later. Raises LookupError for a kind nobody registered, TypeError for
    arguments that are not JSON.
    """
    if kind not in _handlers:
        raise LookupError(f"no handler is registered for jobs of kind {kind!r}")
    # SQLite compares JSON as text, so the keys need one order.
    arguments = json.loads(json.dumps(arguments or {}, sort_keys=True))
    with transaction.atomic():
        # Locked until the caller commits, so that no worker starts it without seeing the caller's changes;
        # a row somebody else holds is as good as started.
        twins = Job.objects.select_for_update(skip_locked=True)
        twin = twins.filter(kind=kind, arguments=arguments, state=Job.State.QUEUED).first()
        if twin:
            return twin
        job = Job.objects.create(kind=kind, arguments=arguments, requested_by=by)
        transaction.on_commit(lambda: _wake([job.pk]))
    return job


def claim(job_id: int) -> Run | None:
    """Takes the job for this process, or None: another has it, it is over, or its attempts are used up."""
    lease = secrets.token_urlsafe(16)
    open_to_all = Job.objects.filter(Q(state=Job.State.QUEUED) | _let_go(), pk=job_id)
    claimed = open_to_all.filter(attempts__lt=settings.JOB_MAX_ATTEMPTS).update(
        state=Job.State.RUNNING,
        lease=lease,
        lease_until=_lease_end(),
        heartbeat_at=Now(),
        attempts=F("attempts") + 1,
        progress=0,
    )
    if not claimed:
        # Only a worker killed in its last attempt leaves such a row; `fail` buries the others itself.
        with transaction.atomic():
            buried = open_to_all.update(
                state=Job.State.DEAD,
                lease="",
                lease_until=None,
                finished_at=Now(),
                error=Case(When(error="", then=Value(WORKER_LOST)), default=F("error"), output_field=TextField()),
            )
            if buried:
                _log_end(job_id, "job.dead")
        return None
    job = Job.objects.filter(pk=job_id, lease=lease).first()
    if job is None:  # cancelled between the two statements
        return None
    return Run(job.pk, job.kind, job.arguments, job.attempts, lease, job.requested_by_id)


def finish(run: Run, *, result: dict[str, Any] | None = None) -> bool:
    """Marks the job done; False, and nothing written, when the lease is no longer ours.

    Raises TypeError for a result that is not JSON.
    """
    json.dumps(result)  # refused before the database is asked: a failed statement may break a transaction
    with transaction.atomic():
        updated = _ours(run).update(
            state=Job.State.DONE,
            progress=100,
            result=result,
            error="",
            lease="",
            lease_until=None,
            finished_at=Now(),
        )
        if updated:
            _log_end(run.job_id, "job.done")
    return updated == 1


def fail(run: Run, *, error: str, for_good: bool = False) -> bool:
    """Puts the job back into the queue with the error, or buries it: after the last attempt, or `for_good`.

    False, and nothing written, when the lease is no longer ours.
    """
    over: dict[str, Any] = {"state": Job.State.QUEUED}
    last = for_good or run.attempt >= settings.JOB_MAX_ATTEMPTS
    if last:
        over = {"state": Job.State.DEAD, "finished_at": Now()}
    with transaction.atomic():
        updated = _ours(run).update(
            error=error[:ERROR_LENGTH], lease="", lease_until=None, heartbeat_at=Now(), **over
        )
        if updated:
            _log_end(run.job_id, "job.dead" if last else "job.failed")
    return updated == 1


def bury(job_id: int, *, error: str) -> bool:
    """Ends a running job whose process was killed for it; False: it ran no more."""
    with transaction.atomic():
        updated = Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(
            state=Job.State.DEAD, lease="", lease_until=None, finished_at=Now(), error=error[:ERROR_LENGTH]
        )
        if updated:
            _log_end(job_id, "job.dead")
    return updated == 1


def cancel(job_id: int, *, by: Any) -> bool:
    """Cancels a job; its running handler learns of it at the next report. False: the job was over."""
    waiting = Job.objects.filter(pk=job_id, state__in=[Job.State.QUEUED, Job.State.RUNNING])
    with transaction.atomic():
        updated = waiting.update(state=Job.State.CANCELLED, lease="", lease_until=None, finished_at=Now())
        if updated:
            _log_end(job_id, "job.cancelled", by=by)
    return updated == 1


def run_job(job_id: int) -> bool:
    """Claims the job and runs its handler to the end; False when there was nothing to claim.

    A kind this process does not know is left to one that does: a newer worker, in the middle of an upgrade.
    An exception of the handler is recorded in the row, not raised; one over its time or memory is not tried
    again. A database that goes away raises: the row keeps its lease until that runs out, and is then taken again.
    """
    kind = Job.objects.filter(pk=job_id).values_list("kind", flat=True).first()
    if kind is not None and kind not in _handlers:
        log.warning("job %s is left in the queue: its kind %r is not known here", job_id, kind)
        Job.objects.filter(pk=job_id, state=Job.State.QUEUED, error="").update(error=UNKNOWN_KIND)
        return False
    run = claim(job_id)
    if run is None:
        return False
    try:
        with _heartbeat(run), bounded_memory(settings.JOB_MEMORY_MB):
            result = _handlers[run.kind](run)
        if not finish(run, result=result):
            log.warning("job %s was cancelled or taken over before it finished", run.job_id)
    except Cancelled as reason:
        log.info("job %s stopped: %s", run.job_id, reason)
    except SoftTimeLimitExceeded:
        log.error("job %s (%s) ran over its time", run.job_id, run.kind)
        fail(run, error=OVER_TIME.format(seconds=settings.JOB_TIME_LIMIT_SECONDS), for_good=True)
    except TooMuchMemory:
        log.error("job %s (%s) ran over its memory", run.job_id, run.kind)
        fail(run, error=OVER_MEMORY.format(megabytes=settings.JOB_MEMORY_MB), for_good=True)
    except Exception as error:  # a handler may raise anything; the job must say so, the worker live on
        log.exception("job %s (%s) failed in attempt %s", run.job_id, run.kind, run.attempt)
        fail(run, error=f"{type(error).__name__}: {error}")
    return True


def sweep() -> int:
    """Leaves the worker's sign of life and wakes what waits; the number of jobs woken.

    Waiting are: queued rows whose wake-up had time to arrive, failed ones after a pause that doubles with
    each attempt, and running ones whose lease ran out; of the kinds known here.
    """
    WorkerBeat.objects.update_or_create(name=WORKER, defaults={"seen_at": Now()})
    job_ids = list(
        Job.objects.filter(_due(), kind__in=list(_handlers))
        .order_by("pk")
        .values_list("pk", flat=True)[:WAKE_LIMIT]
    )
    if job_ids:
        # They expire before the next sweep repeats them, so a long queue does not pile up messages.
        _wake(job_ids, expires=settings.JOB_SWEEP_SECONDS)
    return len(job_ids)


def _due() -> Q:
    grace = timedelta(seconds=WAKE_GRACE_SECONDS)
    due = _let_go() | Q(state=Job.State.QUEUED, attempts=0, created_at__lt=Now() - grace)
    # Written before the clock was set back: to wait until that moment comes again would be a day's silence.
    due |= Q(state=Job.State.QUEUED, created_at__gt=Now() + grace) | Q(
        state=Job.State.QUEUED, heartbeat_at__gt=Now() + grace
    )
    last = settings.JOB_MAX_ATTEMPTS - 1
    for attempts in range(1, last + 1):
        pause = timedelta(seconds=RETRY_SECONDS * 2 ** (attempts - 1))
        count = Q(attempts__gte=attempts) if attempts == last else Q(attempts=attempts)
        due |= Q(count, state=Job.State.QUEUED, heartbeat_at__lt=Now() - pause)
    return due


def _wake(job_ids: Iterable[int], *, expires: float | None = None) -> None:
    try:
        broker.send("jobs.run", [[job_id] for job_id in job_ids], expires=expires)
    except Exception:  # each transport raises its own; none of them may cost the caller its work
        log.warning("broker away, the sweep will wake jobs %s", job_ids, exc_info=True)


def known_kinds() -> frozenset[str]:
    """The kinds of jobs this process has handlers for."""
    return frozenset(_handlers)


def _let_go() -> Q:
    """Running rows nobody holds: the lease ran out, or ends so late that the clock must have been set back."""
    late = Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS) + CLOCK_GRACE
    return Q(state=Job.State.RUNNING) & (Q(lease_until__lt=Now()) | Q(lease_until__gt=late))


def _ours(run: Run) -> QuerySet[Job]:
    return Job.objects.filter(pk=run.job_id, state=Job.State.RUNNING, lease=run.lease)


def _log_end(job_id: int, action: str, *, by: Any = None) -> None:
    """The audit row of a job that ended or will be tried again: for whoever asked for it, else the system."""
    job = Job.objects.select_related("requested_by").get(pk=job_id)
    after = {"kind": job.kind, "attempt": job.attempts} | ({"error": job.error} if job.error else {})
    record_audit(
        action=action,
        by=by or job.requested_by,
        plan_slug=str(job.arguments.get("plan", ""))[:50] if isinstance(job.arguments, dict) else "",
        object_code=f"job-{job.pk}",
        object_label=job.kind,
        after=after,
        outcome=AuditEvent.Outcome.FAILED if action in ("job.failed", "job.dead") else AuditEvent.Outcome.OK,
    )


def _lease_end() -> Any:
    # The database's clock decides: workers on several machines need not agree on the time.
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _renew(run: Run, **fields: Any) -> bool:
    return _ours(run).update(lease_until=_lease_end(), heartbeat_at=Now(), **fields) == 1


@contextmanager
def _heartbeat(run: Run) -> Iterator[None]:
    """Renews the lease from a thread while the handler runs, so that a long step needs no reports."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(settings.JOB_LEASE_SECONDS / 3):
            try:
                if not _renew(run):
                    run._lost = True
                    return
            except Error as error:  # away, closed or locked; the next beat tries again
                log.warning("the lease of job %s was not renewed: %s", run.job_id, error)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, name=f"lease of job {run.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
