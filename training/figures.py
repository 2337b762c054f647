"""The demo's figures and targets, and how the verdicts changed over the years they became known in."""

import csv
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_noop

from indicators.figures import workflow
from indicators.models import Component, Observation, ObservationStep, Target, Verdict, VerdictChange
from indicators.services import recompute
from jobs.models import Job
from notices.models import NoticeKind
from notices.phrases import both, say
from notices.services import notify
from plan.demo import MARK
from plan.models import Source
from training.stage import FOLDER, Stage, date_notices, moment, untold

Action = ObservationStep.Action
# Days from the release of a figure to its steps: the day itself, unless it was sent back.
RETURNED, CHANGED, APPROVED_LATE = 2, 3, 5


def demo_figures(stage: Stage) -> dict[str, int]:
    with open(FOLDER / "figures.csv", encoding="utf-8", newline="") as file:
        rows = [row | {"day": date.fromisoformat(row["released_on"])} for row in csv.DictReader(file)]
    components = {row.code: row for row in _components(stage)}
    last_job = Job.objects.aggregate(last=Max("pk"))["last"] or 0
    days: dict[date, list[str]] = {stage.plan.starts_on: ["载入规划"]}
    told = [row for row in rows if not untold(stage, [row["day"] + timedelta(days=APPROVED_LATE)])]
    for row in told:
        figure = _figure(stage, components[row["component"]], row)
        if figure.state == Observation.State.APPROVED:
            cause = f"核定数据 {figure.component.code} {figure.year}"
            days.setdefault(timezone.localdate(figure.approved_at), []).append(cause)
    for target in _targets(stage, components):
        cause = f"目标调整 {target.component.code}（{target.document_number}）"
        days.setdefault(target.effective_on, []).append(cause)
    _history(stage, days)
    # The story's own recomputing is done by now; what a worker would do again stands as the log of jobs.
    for job in Job.objects.filter(pk__gt=last_job, kind="indicators.recompute", state=Job.State.QUEUED):
        at = moment(_day_of(days, job.arguments["cause"], stage.today))
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.DONE,
            progress=100,
            attempts=1,
            created_at=at,
            heartbeat_at=at,
            finished_at=at + timedelta(seconds=3),
            result={"components": len(components)},
        )
    return {"figures": len(told)}


def _day_of(days: dict[date, list[str]], cause: str, default: date) -> date:
    return next((day for day, causes in days.items() if cause in causes), default)


def _components(stage: Stage):
    return Component.objects.of(stage.plan).select_related("indicator__plan")


def _figure(stage: Stage, component: Component, row: dict) -> Observation:
    """One figure through the services, as far as its state says, then dated."""
    by, reviewer, day = stage.people[row["by"]], stage.reviewer, row["day"]
    title = f"{MARK}：{component.code} {row['released_on']} 发布（虚构）"
    source = Source.objects.keep(title, publisher="演示单位", published_on=day)
    figure = workflow.enter_figure(
        component=component,
        by=by,
        source=source,
        year=int(row["year"]),
        value=Decimal(row["first"] or row["value"]),
        value_status=row["value_status"],
        precision=row["precision"],
        released_on=day,
        note=row["note"],
    )
    steps = [0]
    if row["state"] != "draft":
        figure = workflow.submit_figure(figure, edition=figure.edition, by=by)
        steps.append(0)
    if row["reason"]:
        figure = workflow.return_figure(figure, edition=figure.edition, by=reviewer, reason=row["reason"])
        steps.append(RETURNED)
    if row["reason"] and row["state"] != "returned":
        value = Decimal(row["value"])
        figure = workflow.change_figure(figure, edition=figure.edition, by=by, value=value)
        figure = workflow.submit_figure(figure, edition=figure.edition, by=by)
        steps += [CHANGED, CHANGED]
    if row["state"] == "approved":
        figure = workflow.approve_figure(figure, edition=figure.edition, by=reviewer, reason="演示：已核对原文")
        steps.append(APPROVED_LATE if row["reason"] else 0)
    return _date_figure(stage, figure, [day + timedelta(days=offset) for offset in steps])


def _date_figure(stage: Stage, figure: Observation, days: list[date]) -> Observation:
    """Gives a figure's steps, its times and the notices of it the story's days, an hour apart."""
    kinds = {
        Action.SUBMITTED: NoticeKind.SUBMITTED,
        Action.RETURNED: NoticeKind.RETURNED,
        Action.APPROVED: NoticeKind.APPROVED,
    }
    columns = {Action.ENTERED: "entered_at", Action.SUBMITTED: "submitted_at", Action.APPROVED: "approved_at"}
    told: dict[str, date] = {}
    for place, (step, day) in enumerate(zip(figure.steps.order_by("id"), days, strict=True)):
        at = moment(day, 9 + place)
        ObservationStep.objects.filter(pk=step.pk).update(at=at)
        if step.action in columns:
            setattr(figure, columns[step.action], at)
        if step.action in kinds:
            told[kinds[step.action]] = day
    figure.save(update_fields=list(columns.values()))
    date_notices(stage, f"figure:{figure.pk}:", told)
    return figure


def _targets(stage: Stage, components: dict[str, Component]) -> list[Target]:
    """Revisions proposed, approved and refused; returns the approved ones."""
    approved = []
    for row in stage.story["target"]:
        if untold(stage, [row["document_date"] + timedelta(days=8)]):
            continue
        component, decided = components[row["component"]], row["state"] != "proposed"
        bounds = {name: Decimal(row[name]) for name in ("value", "low", "high") if name in row}
        names = ("state", "type", "text", "effective_on", "approving_body", "document_number", "document_date")
        newest = component.targets.aggregate(last=Max("version"))["last"]
        target = Target.objects.create(
            component=component,
            version=newest + 1 if row["state"] == "approved" else None,
            year=stage.plan.target_year,
            reason=row["reason"],
            decision_reason=row.get("decision_reason", ""),
            proposed_by=stage.analyst,
            proposed_at=moment(row["document_date"]),
            decided_by=stage.reviewer if decided else None,
            decided_at=moment(row["document_date"] + timedelta(days=8)) if decided else None,
            **{name: row[name] for name in names},
            **bounds,
        )
        _tell_target(stage, target)
        if target.state == Target.State.APPROVED and not untold(stage, [target.effective_on]):
            approved.append(target)
    return approved


def _tell_target(stage: Stage, target: Target) -> None:
    words = {
        Target.State.PROPOSED: (stage.reviewer, NoticeKind.SUBMITTED, gettext_noop("待核定：%(what)s")),
        Target.State.APPROVED: (stage.analyst, NoticeKind.APPROVED, gettext_noop("已核定：%(what)s")),
        Target.State.REFUSED: (stage.analyst, NoticeKind.RETURNED, gettext_noop("未通过：%(what)s")),
    }
    person, kind, sentence = words[target.state]
    day = timedelta(days=8) + target.document_date
    component = target.component
    what = say(
        gettext_noop("目标调整 %(code)s %(name)s（%(document)s）"),
        code=component.code,
        name=both(component.name, component.name_en),
        document=target.document_number,
    )
    notify(
        [person],
        kind=kind,
        key=f"target:{target.pk}:{kind}",
        title=say(sentence, what=what),
        body=target.decision_reason,
        url=component.indicator.path(stage.plan.slug),
    )
    date_notices(stage, f"target:{target.pk}:", {kind: day})


def _history(stage: Stage, days: dict[date, list[str]]) -> None:
    """Judges the plan on each day something became known, so that the log of verdicts tells it in order.

    What loading the plan had judged is derived again: the log would otherwise begin with its own end.
    """
    components = _components(stage)
    VerdictChange.objects.filter(component__in=components).delete()
    Verdict.objects.filter(component__in=components).delete()
    real = Observation.objects.filter(component__in=components, state=Observation.State.APPROVED)
    real = real.filter(released_on__gte=stage.plan.starts_on, entered_by=None).order_by("released_on")
    known = {day: list(causes) for day, causes in days.items()}
    for day, code, year in real.values_list("released_on", "component__code", "year"):
        known.setdefault(day, []).append(f"公布数据 {code} {year}")
    for day in sorted(known):
        _judge(stage, day, "、".join(dict.fromkeys(known[day])))
    _judge(stage, stage.today, "每日重算")


def _judge(stage: Stage, day: date, cause: str) -> None:
    last = {model: model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in (Verdict, VerdictChange)}
    recompute(stage.plan, as_of=day, cause=cause)
    Verdict.objects.filter(pk__gt=last[Verdict]).update(created_at=moment(day, 18))
    VerdictChange.objects.filter(pk__gt=last[VerdictChange]).update(at=moment(day, 18))
