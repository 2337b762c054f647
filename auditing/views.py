"""The audit log's page and file, and the page that says whether the log is whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from audit.anchors import Anchor, kept
from audit.models import AuditEvent
from audit.services import times_of
from audit.wording import ACTIONS
from auditing.queries import LONG, VERIFYING, AuditFilter, action_label, differences, summary
from jobs.models import Job
from jobs.queries import is_under_way, last_of
from jobs.services import enqueue
from plan.columns import Column, Row, Type, columns, row_of
from plan.days import end_of
from plan.exports.files import csv_file
from plan.models import Plan
from plan.params import read_number, today

PAGE_SIZE = 50
COUNTED = 10_000
CHUNK = 500
ANCHORS_SHOWN = 31
COLUMNS = columns(
    Column("id", "编号", "Number", Type.WHOLE, lambda line: line.event.pk),
    Column("at", "时间", "Moment", Type.MOMENT, lambda line: _moment(line.event.at)),
    Column("actor", "操作人", "Who", find=lambda line: line.event.actor_name),
    Column("actor_name", "姓名", "Name", find=lambda line: line.event.person_name),
    Column("address", "地址", "Network address", find=lambda line: line.event.address),
    Column("action", "操作代码", "Code of the act", find=lambda line: line.event.action),
    Column("action_label", "操作", "Act", find=lambda line: action_label(line.event.action)),
    Column("plan", "规划", "Plan", find=lambda line: line.event.plan_slug),
    Column("object_code", "对象编码", "Code of the object", find=lambda line: line.event.object_code),
    Column("object", "对象", "Object", find=lambda line: line.event.object_label),
    Column("change", "变更", "Change", find=lambda line: summary(line.event)),
    Column(
        "outcome", "结果", "Outcome", find=lambda line: line.event.outcome, words=dict(AuditEvent.Outcome.choices)
    ),
    Column("times", "次数", "Times", Type.WHOLE, lambda line: line.times),
    Column("last_at", "最近一次", "Last time", Type.MOMENT, lambda line: _moment(line.last_at)),
)


@dataclass(frozen=True, slots=True)
class EventLine:
    """A row of the log on its way into a file, with how often what it says happened and when last."""

    event: AuditEvent
    times: int
    last_at: datetime | None


def _moment(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(sep=" ", timespec="seconds") if moment else ""


@require_safe
def events(request):
    """Fifty rows, newest first; `before` is the last row of the page above, so that new rows move nothing."""
    asked = AuditFilter.read(request.GET)
    before = read_number(request.GET, "before", default=0, low=1, high=999_999_999)
    found = asked.events()
    number = found.order_by()[: COUNTED + 1].count()
    rows = list((found.filter(id__lt=before) if before else found)[: PAGE_SIZE + 1])
    times = times_of(rows)
    for row in rows:
        row.label = action_label(row.action)
        row.differences = differences(row)
        row.times, row.last_at = times.get(row.pk, (1, None))
    context = {
        "rows": rows[:PAGE_SIZE],
        "older": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
        "paged": bool(before),
        "number": min(number, COUNTED),
        "more": number > COUNTED,
        "asked": asked,
        "query": asked.query(),
        "actions": action_choices(),
        "outcomes": AuditEvent.Outcome.choices,
        "plans": Plan.objects.values_list("slug", flat=True),
        "long": LONG,
    }
    return render(request, "auditing/audit.html", context)


def action_choices() -> list[tuple[str, str]]:
    """Single actions, and whole families of them by what stands before the dot."""
    families = {
        "login": _("登录（全部）"),
        "figure": _("数据（全部）"),
        "job": _("后台任务（全部）"),
        "account": _("账号（全部）"),
    }
    singles = [(code, label) for code, label in ACTIONS.items() if code not in families]
    return [*families.items(), *singles]


@require_safe
def events_file(request):
    """The same rows as CSV; the register keeps up to which one, so that the file can be made again."""
    asked = AuditFilter.read(request.GET)
    newest = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    before = read_number(request.GET, "before", default=newest + 1, low=1, high=999_999_999)
    found = asked.events().filter(id__lt=before)
    if request.as_of < today():
        found = found.filter(at__lt=end_of(request.as_of))
    again = request.GET.copy()
    again["before"] = str(before)
    return csv_file(request, _rows(found), columns=COLUMNS, name="audit", query=again.urlencode())


def _rows(found) -> Iterator[Row]:
    events = found.iterator(chunk_size=CHUNK)
    while block := list(islice(events, CHUNK)):
        times = times_of(block)
        yield from (row_of(COLUMNS, EventLine(event, *times.get(event.pk, (1, None)))) for event in block)


@require_http_methods(["GET", "HEAD", "POST"])
def chain(request):
    """POST asks for a walk over the whole chain; a worker does it, and the page shows what the last one found."""
    if request.method == "POST":
        enqueue(VERIFYING, by=request.user)
        messages.success(request, _("已开始核验，完成后刷新本页查看结果。"))
        return redirect("audit_chain")
    job = last_of(VERIFYING)
    found = job.result if job and job.state == Job.State.DONE else None
    marks = list(kept())[-ANCHORS_SHOWN:]
    context = {
        "job": job,
        "found": found,
        "more": max(0, found["number"] - len(found["faults"])) if found else 0,
        "under_way": is_under_way(VERIFYING),
        "anchors": [(name, mark if isinstance(mark, Anchor) else None) for name, mark in reversed(marks)],
    }
    return render(request, "auditing/audit_chain.html", context)
