"""Saved reports and their files: every write of the report desk."""

import hashlib
import secrets
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.permissions import Permission, require
from audit.services import record_audit
from jobs.services import Run, enqueue
from notices.models import NoticeKind
from notices.phrases import counted_noop, day_of, say
from notices.services import notify
from plan.days import day_facts, learned_by
from plan.disk import incoming
from plan.exports.register import FileOrigin, Made, note_export, rule_version
from plan.folders import keep, remove
from plan.models import Plan
from plan.params import BadParameter
from plan.sight import sweep
from plan.workflow import demand_edition
from reports.datasets import number_of_rows, read_definition
from reports.definition import Definition, params_of
from reports.file import Report
from reports.models import ReportRun, SavedReport
from texts.site_root import below_root

MAKE = "reports.make"
# Where made files are kept: outside of what the web server gives out by itself.
FOLDER = "reports"
NAME_LENGTH = 100
Schedule = SavedReport.Schedule


def next_day(schedule: str, today: date) -> date | None:
    """The first day after today on which a schedule runs."""
    if schedule == Schedule.DAILY:
        return today + timedelta(days=1)
    if schedule == Schedule.WEEKLY:
        return today + timedelta(days=7 - today.weekday())
    if schedule == Schedule.MONTHLY:
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return None


def definition_of(row: SavedReport | ReportRun) -> Definition:
    """What is stored, read again; BadParameter where the plan no longer has what it names."""
    return read_definition(params_of(row.definition), row.plan)


@transaction.atomic
def save_report(
    *, plan: Plan, name: str, definition: Definition, is_shared: bool, schedule: str, by: Any, today: date
) -> SavedReport:
    """Keeps a definition under a name of its owner's own. Raises ValidationError by field."""
    require(by, Permission.OWN_ACCOUNT)
    name = _clean_name(plan, name, by)
    report = SavedReport(
        plan=plan,
        name=name,
        owner=by,
        definition=definition.pairs(),
        is_shared=is_shared,
        schedule=_clean_schedule(schedule),
        next_run_on=next_day(schedule, today),
    )
    _store(report, by)
    _log("report.saved", report, by, after=_values(report))
    return report


@transaction.atomic
def change_report(
    *, report_id: int, edition: int, name: str, is_shared: bool, schedule: str, by: Any, today: date
) -> SavedReport:
    """Another name, audience or schedule. Raises PermissionDenied, Overtaken, ValidationError by field."""
    report = _own(report_id, by)
    demand_edition(report, edition)
    before = _values(report)
    report.name = _clean_name(report.plan, name, by, but=report)
    report.is_shared = is_shared
    if _clean_schedule(schedule) != report.schedule:
        report.schedule, report.next_run_on = schedule, next_day(schedule, today)
    if _values(report) != before:
        report.edition += 1
        _store(report, by)
        _log("report.changed", report, by, before=before, after=_values(report))
    return report


@transaction.atomic
def delete_report(*, report_id: int, by: Any) -> None:
    """Forgets the definition; files already made stay for their days."""
    report = _own(report_id, by)
    _log("report.deleted", report, by, before=_values(report))
    report.delete()


@transaction.atomic
def start_run(
    *, plan: Plan, definition: Definition, as_of: date, by: Any, report: SavedReport | None = None
) -> ReportRun:
    """Asks a worker for the file; the job starts when this is committed."""
    require(by, Permission.OWN_ACCOUNT)
    name = Report(plan, definition, as_of, settings.SITE_URL).file_name
    run = ReportRun.objects.create(
        plan=plan,
        report=report,
        by=by,
        definition=definition.pairs(),
        as_of=as_of,
        known_by=learned_by(as_of),
        name=name,
    )
    run.job = enqueue(MAKE, {"run": run.pk, "plan": plan.slug}, by=by)
    run.save(update_fields=["job"])
    return run


def start_due(today: date) -> int:
    """Starts what is scheduled for today or was missed, each once; the number started."""
    started = 0
    for pk in SavedReport.objects.due(today).values_list("pk", flat=True):
        with transaction.atomic():
            report = SavedReport.objects.select_for_update(of=("self",)).select_related("plan", "owner").get(pk=pk)
            if report.next_run_on is None or report.next_run_on > today:
                continue
            report.next_run_on = next_day(report.schedule, today)
            report.save(update_fields=["next_run_on"])
            started += _start_scheduled(report, today)
    return started


def _start_scheduled(report: SavedReport, today: date) -> bool:
    """False, and its owner told, where the plan no longer has what the report names."""
    try:
        definition = definition_of(report)
    except BadParameter as error:
        title = say(gettext_noop("报表“%(name)s”无法定时生成"), name=report.name)
        key = f"report:{report.pk}:{today.isoformat()}"
        address = reverse("report_saved", args=[report.plan.slug])
        notify([report.owner], kind=NoticeKind.JOB, key=key, title=title, body=str(error), url=address)
        return False
    start_run(plan=report.plan, definition=definition, as_of=today, by=report.owner, report=report)
    return True


def make_file(run: ReportRun, job: Run | None = None) -> ReportRun:
    """Writes the file and tells its owner; safe to run twice, because a made run is left as it is."""
    if run.made_at is not None:
        return run
    report = Report(run.plan, definition_of(run), run.day, settings.SITE_URL, logins=True)
    total = number_of_rows(run.plan, report.definition, run.day) or 1
    stored, digest, size = secrets.token_hex(16), hashlib.sha256(), 0
    with incoming() as file:
        for piece in report.pieces():
            file.write(piece)
            digest.update(piece)
            size += len(piece)
            if job is not None:
                job.report(min(99, 100 * report.number / total))
        file.seek(0)
        keep(FOLDER, stored, file)
    made = Made(run.name, report.definition.format, report.number, size, digest.hexdigest())
    try:
        _note_made(run, report, stored, made)
    except BaseException:
        remove(FOLDER, [stored])
        raise
    return run


def _note_made(run: ReportRun, report: Report, stored: str, made: Made) -> None:
    """The row, the notice and the register in one transaction; another worker that was quicker wins."""
    with transaction.atomic():
        row = ReportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if row.made_at is not None:
            remove(FOLDER, [stored])
            run.refresh_from_db()
            return
        run.stored_as, run.rows, run.size, run.sha256 = stored, made.rows, made.size, made.digest
        run.made_at = timezone.now()
        run.save(update_fields=["stored_as", "rows", "size", "sha256", "made_at"])
        note_export(
            FileOrigin(
                by=run.by,
                plan_slug=run.plan.slug,
                view="report_file",
                path=below_root(reverse("report_file", args=[run.plan.slug])),
                query=report.definition.query(**day_facts(run.day)),
                site=settings.SITE_URL,
                permission=str(Permission.READ),
                as_of=run.as_of,
                rule=rule_version(run.plan.slug, run.day),
                language=settings.LANGUAGE_CODE,
            ),
            Made(made.name, made.format, made.rows, made.size, made.digest, tuple(report.columns)),
        )
        name = run.report.name if run.report else run.name
        title = say(counted_noop("报表“%(name)s”已生成：%(count)s 行"), name=name, count=made.rows)
        body = say(
            gettext_noop("截至%(day)s，文件保留 %(days)s 天。"),
            day=day_of(run.as_of),
            days=settings.REPORT_KEEP_DAYS,
        )
        notify(
            [run.by],
            kind=NoticeKind.JOB,
            key=f"report:{run.pk}",
            title=title,
            body=body,
            url=run.get_absolute_url(),
        )


def tidy(now=None) -> int:
    """Deletes files past their days, and what a killed worker left behind; the number of files deleted."""
    now = now or timezone.now()
    limit = now - timedelta(days=settings.REPORT_KEEP_DAYS)
    over = list(ReportRun.objects.filter(made_at__lt=limit, deleted_at__isnull=True))
    for run in over:
        remove(FOLDER, [run.stored_as])
        ReportRun.objects.filter(pk=run.pk).update(deleted_at=now)
    kept = set(
        ReportRun.objects.filter(deleted_at__isnull=True).exclude(stored_as="").values_list("stored_as", flat=True)
    )
    return len(over) + sweep(FOLDER, kept, now=now)


def _own(report_id: int, by: Any) -> SavedReport:
    """The report, locked; only its owner may change it."""
    report = SavedReport.objects.select_for_update(of=("self",)).select_related("plan", "owner").get(pk=report_id)
    if report.owner_id != by.pk:
        raise PermissionDenied(_("只有所有者可以更改这张报表"))
    return report


def _clean_name(plan: Plan, name: str, by: Any, *, but: SavedReport | None = None) -> str:
    name = name.strip()
    if not name:
        raise ValidationError({"name": _("请填写名称，例如“每月指标进度”")})
    if len(name) > NAME_LENGTH:
        raise ValidationError({"name": _("名称最多 %(n)s 个字符") % {"n": NAME_LENGTH}})
    twins = SavedReport.objects.filter(plan=plan, owner=by, name=name)
    if twins.exclude(pk=but.pk if but else None).exists():
        raise ValidationError({"name": _("您已有名为“%(name)s”的报表，请换一个名称") % {"name": name}})
    return name


def _store(report: SavedReport, by: Any) -> None:
    """A name that the same person gave in the same moment is refused as `_clean_name` would."""
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError:
        _clean_name(report.plan, report.name, by, but=report)
        raise


def _clean_schedule(schedule: str) -> str:
    if schedule not in Schedule.values:
        raise ValidationError({"schedule": _("没有“%(word)s”这种周期") % {"word": schedule[:20]}})
    return schedule


def _values(report: SavedReport) -> dict[str, Any]:
    return {"name": report.name, "shared": report.is_shared, "schedule": report.schedule}


def _log(action: str, report: SavedReport, by: Any, **fields: Any) -> None:
    record_audit(
        action=action,
        by=by,
        plan_slug=report.plan.slug,
        object_code=f"report-{report.pk}",
        object_label=report.name,
        **fields,
    )
