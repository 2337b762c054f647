"""The page on which a whole import is decided on: what is doubtful first, then what it changes, then a sample."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Min
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from desk.imports import reviewing
from desk.models import BatchReview, ImportBatch, ImportRow
from desk.queries import batch_seen_by, queue_entries
from indicators.figures.grades import Grade
from indicators.models import Observation
from plan.params import (
    BadParameter,
    Look,
    found_by,
    read_choice,
    read_keys,
    read_looks,
    read_number,
    read_text,
    today,
)
from plan.queries import get_plan
from plan.workflow import WrongState
from texts.forms import refuse

PAGE_SIZE, SAMPLE = 100, 20
SHOWS = {
    "outlier": gettext_lazy("异常值"),
    "flip": gettext_lazy("判定改变"),
    "changed": gettext_lazy("更新现有数据"),
    "sample": gettext_lazy("抽样"),
    "left": gettext_lazy("不在内"),
    "all": gettext_lazy("全部"),
}


@never_cache
def review(request, slug, pk):
    """What waits of an import, and the decision on it as a whole."""
    batch, status = batch_seen_by(get_plan(slug), request.user, pk), 200
    if request.method == "POST":
        try:
            _act(request, batch)
            return redirect(f"{request.path}{_query(request)}")
        except (WrongState, ValidationError) as error:
            status = refuse(request, error, "reason")
    turns = reviewing.turning(batch)
    numbers = _numbers(batch, turns)
    show = read_choice(request.GET, "show", SHOWS) or next(
        name for name in ("outlier", "flip", "changed", "sample") if numbers[name] or name == "sample"
    )
    pages = max(1, -(-numbers[show] // PAGE_SIZE))
    page = read_number(request.GET, "page", default=1, low=1, high=pages)
    under_way = batch.reviews.filter(ended_at=None).select_related("job", "by").first()
    context = {
        "plan": batch.plan,
        "batch": batch,
        "numbers": numbers,
        "shows": [(name, word, numbers[name]) for name, word in SHOWS.items()],
        "show": show,
        "entries": _entries(request, batch, show, page, turns),
        "page": page,
        "pages": pages,
        "review": under_way,
        "is_working": reviewing.is_working(under_way),
        "past": batch.reviews.exclude(ended_at=None).select_related("by"),
        "is_own": batch.uploaded_by_id == request.user.pk,
        "until": timezone.now().isoformat(),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "desk/import_review.html", context, status=status)


@never_cache
def state(request, slug, pk):
    """What the progress bar asks for."""
    found = batch_seen_by(get_plan(slug), request.user, pk).reviews.select_related("job").first()
    body = {"working": reviewing.is_working(found), "progress": found.percent if found else 0}
    return JsonResponse(body)


def _query(request) -> str:
    return f"?{request.GET.urlencode()}" if request.GET else ""


def _act(request, batch: ImportBatch) -> None:
    act = read_choice(request.POST, "do", ("keep", "stop", "go_on", *BatchReview.Act.values), "keep")
    if act in ("stop", "go_on"):
        found = batch.reviews.filter(ended_at=None).first()
        if found is None:
            raise WrongState(_("这项整批核定已结束或仍在进行"))
        (reviewing.stop if act == "stop" else reviewing.go_on)(found, by=request.user)
        return
    shown, left = (read_keys(request.POST, name)[:PAGE_SIZE] for name in ("shown", "left"))
    looks = read_looks(request.POST)
    _demand_whole(batch, looks)
    reviewing.leave_out(batch, shown=shown, left=left, by=request.user, looked=found_by(looks))
    if act != "keep":
        reason = read_text(request.POST, "reason") if act == BatchReview.Act.RETURN else ""
        reviewing.start_review(batch, act, until=_until(request), by=request.user, reason=reason)


def _demand_whole(batch: ImportBatch, looks: Mapping[int, Look]) -> None:
    """Raises ValidationError, each under its own field, where a row was ticked without a word, or the reverse."""
    half = [key for key, look in looks.items() if look.is_half]
    rows = Observation.objects.filter(pk__in=half, import_rows__batch=batch).select_related("component")
    words = _("%(what)s：“已看过”与核对情况缺一不可，请补上，或两样都去掉")
    if faults := {f"why-{row.pk}": words % {"what": f"{row.component.code} {row.year}"} for row in rows}:
        raise ValidationError(faults)


def _until(request) -> datetime:
    """When the page was made: what was handed in since has not been looked at."""
    text = request.POST.get("until", "")
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment) or moment > timezone.now():
        raise BadParameter("until", text, _("应为打开本页的时间；请刷新后重试"))
    return moment


def _numbers(batch: ImportBatch, turns: Collection[int]) -> dict[str, int]:
    """How many wait, and of which kind; two queries."""
    kinds = batch.rows.waiting().order_by().values_list("outcome", "is_outlier", "left_out")
    found = dict.fromkeys([*SHOWS, "meant"], 0)
    for outcome, is_outlier, left_out, number in kinds.annotate(number=Count("id")):
        found["all"] += number
        found["outlier"] += number * is_outlier
        found["changed"] += number * (outcome == ImportRow.Outcome.CHANGED)
        found["left"] += number * left_out
    taken_in = batch.rows.waiting().filter(left_out=False)
    return found | {
        "flip": len(turns),
        "returned": found["all"] - found["left"],
        "meant": taken_in.quiet_or_looked_at(turns).count(),
        "sample": min(SAMPLE, found["all"]),
    }


def _entries(request, batch: ImportBatch, show: str, page: int, turns: Collection[int]) -> list[tuple]:
    """The rows of a page as the queue shows them, each with its own row of the import and whether it asks for a
    look of its own."""
    rows = batch.rows.waiting().order_by("line")
    narrowed = {
        "outlier": {"is_outlier": True},
        "changed": {"outcome": ImportRow.Outcome.CHANGED},
        "flip": {"observation__in": list(turns)},
        "left": {"left_out": True},
    }
    if show == "sample":
        rows = rows.filter(line__in=_sample(batch))
    else:
        rows = rows.filter(**narrowed.get(show, {}))[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    of_row = {
        row.observation_id: row
        for row in rows.only("batch", "line", "left_out", "looked", "is_outlier", "observation")
    }
    figures = Observation.objects.filter(pk__in=of_row).select_related(
        "component__indicator__plan", "source", "entered_by"
    )
    in_order = sorted(figures, key=lambda figure: of_row[figure.pk].line)
    found, looks = queue_entries(batch.plan, request.user, in_order, day=today()), read_looks(request.POST)
    for entry in found:
        line = of_row[entry.row.pk]
        kinds = {
            Grade.OUTLIER: line.is_outlier,
            Grade.NOT_OVER: Grade.NOT_OVER in entry.grades,
            Grade.DOUBLE: entry.is_double,
            Grade.FLIP: entry.row.pk in turns,
        }
        line.asks = [grade for grade, holds in kinds.items() if holds]
        kept = Look(bool(line.looked), line.looked)
        line.asks_of, line.looks = entry.row.pk, {entry.row.pk: looks.get(entry.row.pk, kept)}
    return [(entry, of_row[entry.row.pk]) for entry in found]


def _sample(batch: ImportBatch) -> list[int]:
    """Lines at even distances from the first to the last, the same whenever somebody looks."""
    ends = batch.rows.waiting().aggregate(first=Min("line"), last=Max("line"))
    first, last = ends["first"] or 0, ends["last"] or 0
    return sorted({first + (last - first) * n // (SAMPLE - 1) for n in range(SAMPLE)})
