"""What a watcher asks: is the process alive, can it do its work, how long are the queues."""

from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from ipaddress import ip_address

from django.conf import settings
from django.core.cache import caches
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count
from django.db.models.functions import Now
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit.models import AuditEvent
from audit.services import current_address
from jobs import broker
from jobs.models import Job, WorkerBeat
from jobs.services import known_kinds
from plan import disk, sight
from plan.models import RefusedLoad

# A queue that long with nobody at work is stuck, whatever the worker's sign of life says.
STUCK_SECONDS = 900
BEATS_MISSED = 3
# As far as clocks of machines that are kept by the same service may stand apart.
CLOCK_APART = timedelta(seconds=60)


def _for_watchers(view):
    """For those named in WATCHER_ADDRESSES; where nobody is named, for everybody who may read the site."""

    @wraps(view)
    def answer(request):
        named = settings.WATCHER_ADDRESSES
        is_let_in = is_among(current_address.get(), named) if named else settings.PUBLIC_READ
        if is_let_in:
            return view(request)
        text = "仅供监控地址访问（WATCHER_ADDRESSES）/ for the addresses in WATCHER_ADDRESSES only\n"
        return HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")

    return answer


def is_among(address: str, networks) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    # A server on both kinds of addresses writes the old ones as ::ffff:127.0.0.1.
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in networks)


class NotReady(Exception):
    """A check that failed; the text names what is wrong, without addresses or passwords."""


@never_cache
@require_safe
def healthz(request):
    """200 as long as the process answers; touches neither database nor broker."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
@_for_watchers
def readyz(request):
    """200 when everything a user needs works, 503 naming what does not; looks afresh each time."""
    checks, facts = {}, {}
    for name, check in CHECKS.items():
        try:
            facts |= check() or {}
        except NotReady as reason:
            checks[name] = str(reason)
        except Error as error:
            connection.close()  # the next request must not meet a broken one
            checks[name] = f"database error ({type(error).__name__})"
        else:
            checks[name] = "ok"
            continue
        if name in STOPPERS:
            break
    wrong = [name for name, outcome in checks.items() if outcome != "ok"]
    body = {"ready": not wrong, "wrong": wrong, "checks": checks, **facts}
    return JsonResponse(body, status=503 if wrong else 200)


@never_cache
@require_safe
@_for_watchers
def metrics(request):
    """Numbers in Prometheus' text format; without the database only `plan_database_up 0`."""
    try:
        counts = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
        lines = [
            *_metric("plan_database_up", "1 when the database answers.", [("", 1)]),
            *_metric(
                "plan_jobs",
                "Jobs by state.",
                [(f'{{state="{state}"}}', counts.get(state, 0)) for state in Job.State.values],
            ),
            *_metric("plan_job_queue_age_seconds", "Age of the oldest queued job.", [("", _oldest_queued())]),
            *_metric("plan_worker_seen_seconds_ago", "Since the worker's last sweep.", [("", _silence())]),
        ]
    except Error:
        connection.close()
        lines = _metric("plan_database_up", "1 when the database answers.", [("", 0)])
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations():
    missing = _migrations_of_the_code() - MigrationRecorder(connection).applied_migrations().keys()
    if missing:
        raise NotReady(f"{len(missing)} migrations are not applied")


def _worker():
    silence = _silence()
    limit = BEATS_MISSED * settings.JOB_SWEEP_SECONDS
    # A worker busy with long jobs has no time to sweep; the leases it renews are its sign of life.
    if (silence is None or silence > limit) and not _busy():
        raise NotReady("no sign of life yet" if silence is None else f"silent for {silence} s")
    return {"worker_seen_seconds_ago": silence}


def _queue():
    age = _oldest_queued()
    # In the middle of an upgrade that is as it should be; for long it is not, and the age tells.
    queued = Job.objects.filter(state=Job.State.QUEUED).order_by()
    unknown = sorted(set(queued.values_list("kind", flat=True)) - known_kinds())
    if age > STUCK_SECONDS and not _busy():
        told = f", of a kind unknown here: {', '.join(unknown)}" if unknown else ""
        raise NotReady(f"the oldest job waits for {age} s and none is running{told}")
    return {"oldest_queued_seconds": age, "unknown_kinds": unknown}


def _plans():
    """No reason to be away: the site works with the plan it has. Whoever watches must learn of it all the same."""
    rows = RefusedLoad.objects.order_by("folder")
    return {
        "refused_plans": [
            {
                "folder": row.name,
                "faults": len(row.faults.splitlines()),
                "since": timezone.localtime(row.refused_at).isoformat(timespec="seconds"),
            }
            for row in rows
        ]
    }


def _broker():
    try:
        with broker.connect():
            pass
    except Exception as error:  # each transport raises its own
        raise NotReady(f"unreachable ({type(error).__name__})") from error


def _cache():
    if "shared" not in settings.CACHES:
        return
    shared = caches["shared"]  # the one the site uses forgives it everything
    try:
        shared.set("ready", "1", 60)
        answer = shared.get("ready")
    except Exception as error:  # each cache raises its own
        raise NotReady(f"unreachable ({type(error).__name__}), memory stands in") from error
    if answer != "1":
        raise NotReady("keeps nothing")


def _disk():
    for name, folder in disk.folders().items():
        if problem := disk.problem_with(folder):
            raise NotReady(f"{name}: {problem}")
    free, reserve = disk.free_mb(), settings.DISK_RESERVE_MB
    if free < reserve:
        raise NotReady(f"{free} MB free, {reserve} MB are the reserve: files are not taken")
    return {"disk_free_mb": free}


def _files():
    """The same files in every process, this one and those seen lately."""
    if found := [*filter(None, [sight.fault()]), *sight.faults_of_others()]:
        raise NotReady("; ".join(found))


def _clock():
    """This machine's clock against the database's, and against what was written last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        theirs = cursor.fetchone()[0]
    if isinstance(theirs, str):
        theirs = datetime.fromisoformat(theirs).replace(tzinfo=UTC)
    apart = abs(timezone.now() - theirs)
    if apart > CLOCK_APART:
        raise NotReady(f"{apart.total_seconds():.0f} s apart from the database's clock")
    newest = AuditEvent.objects.order_by("-pk").values_list("at", flat=True).first()
    seen = WorkerBeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    ahead = max((moment - timezone.now() for moment in (newest, seen) if moment), default=timedelta())
    if ahead > CLOCK_APART:
        raise NotReady(f"{ahead.total_seconds():.0f} s before the newest entry: it was set back")


CHECKS = {
    "cache": _cache,
    "disk": _disk,
    "broker": _broker,
    "database": _database,
    "migrations": _migrations,
    "files": _files,
    "clock": _clock,
    "worker": _worker,
    "queue": _queue,
    "plans": _plans,
}
# What comes after these would only repeat the same failure, perhaps after another long wait.
STOPPERS = {"database", "migrations"}


@cache
def _migrations_of_the_code() -> frozenset:
    return frozenset(MigrationLoader(None).disk_migrations)


def _silence() -> int | None:
    """Seconds since the worker's last sweep, None when there was none."""
    seen = WorkerBeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    # A sign from the future was left before the clock was set back, and says nothing of now.
    ahead = seen is not None and seen > timezone.now() + timedelta(seconds=settings.JOB_SWEEP_SECONDS)
    return None if seen is None or ahead else _seconds_since(seen)


def _busy() -> bool:
    return Job.objects.filter(state=Job.State.RUNNING, lease_until__gt=Now()).exists()


def _oldest_queued() -> int:
    """Seconds the oldest queued job has waited, 0 without one."""
    queued = Job.objects.filter(state=Job.State.QUEUED).order_by("pk")
    created = queued.values_list("created_at", flat=True).first()
    return 0 if created is None else _seconds_since(created)


def _seconds_since(moment) -> int:
    return max(0, round((timezone.now() - moment) / timedelta(seconds=1)))


def _metric(name: str, text: str, samples: list) -> list[str]:
    values = [f"{name}{labels} {value}" for labels, value in samples if value is not None]
    return [f"# HELP {name} {text}", f"# TYPE {name} gauge", *values]
