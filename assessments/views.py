"""Pages of rounds that everybody reads, and the work lists of those who take part."""

from collections import Counter

from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.permissions import Permission, may, people_who_may
from assessments import board as boards
from assessments import comparing
from assessments.columns import NOTE
from assessments.exports import note_rows
from assessments.models import Finding, Round, RoundStep
from assessments.notes import NOTES
from assessments.queries import (
    asked,
    findings_of,
    get_round,
    known_notes,
    open_findings,
    overdue_findings,
    round_on,
    rounds_of,
    waiting_notes,
)
from assessments.wording import change_word, computed_badge, said
from plan.exports.files import rows_file
from plan.params import page_of, read_choice, today
from plan.queries import get_plan

PAGE_SIZE = 100


def index(request, slug):
    """Every round, and how many notes of it stood published on the day."""
    plan = get_plan(slug)
    rounds = rounds_of(plan, request.user, request.as_of)
    published: dict[int, int] = {}
    for step in known_notes(plan, request.as_of):
        published[step.note.round_id] = published.get(step.note.round_id, 0) + 1
    context = {
        "plan": plan,
        "rounds": [{"round": row, "published": published.get(row.pk, 0)} for row in rounds],
        "may_manage": request.as_of == today() and may(request.user, Permission.MANAGE_ROUNDS),
        "findings": open_findings(plan, request.as_of).count(),
        "overdue": overdue_findings(plan, request.as_of).count(),
    }
    return render(request, "assessments/index.html", context)


def file(request, slug, format):
    """Every published note known on the day."""
    plan = get_plan(slug)
    rows = note_rows(plan, request.as_of, request.build_absolute_uri("/").rstrip("/"))
    return rows_file(request, rows, columns=NOTE, name=f"{slug}_assessments", format=format)


def round(request, slug, round):
    """A round: what it is, what was published in it, and for those who take part how far it has got."""
    plan = get_plan(slug)
    row = round_on(plan, round, request.user, request.as_of)
    sees_steps = may(request.user, Permission.SEE_ROUNDS)
    # How far it is, and what can be done with it, is of today: assignments have no days of their own.
    works = request.as_of == today()
    takes_part = works and sees_steps
    tasks = boards.tasks_of(row) if takes_part else []
    steps = list(row.steps.until(request.as_of).select_related("by", "for_person"))
    notes = [step for step in known_notes(plan, request.as_of) if step.note.round_id == row.pk]
    context = {
        "plan": plan,
        "round": row,
        "takes_part": takes_part,
        "counts": boards.state_counts(tasks),
        "total": len(tasks),
        "unfinished": [task for task in tasks if not task.is_over],
        "to_review": sum(task.state in boards.TO_REVIEW for task in tasks),
        "notes": [
            {"step": step, "said": said(step.body, step.note), "computed": computed_of(step.body)}
            for step in notes
        ],
        "may_manage": works and may(request.user, Permission.MANAGE_ROUNDS),
        "compares": bool(notes) and bool(_earlier(row, request)),
        "sees_report": may_read_report(row, request),
        "steps": steps if sees_steps else [],
        # A round that was opened again says so to everybody, with the reason.
        "reopened": [step for step in steps if step.action == RoundStep.Action.REOPENED],
    }
    return render(request, "assessments/round.html", context)


def computed_of(body: dict):
    return computed_badge(body["pinned"]) if body.get("pinned") else None


def may_read_report(row: Round, request) -> bool:
    """Of a round as it stood on the page's day: a published report is everybody's; before, it is read by those who
    take part, as it is today."""
    if row.state == Round.State.PUBLISHED:
        return True
    return request.as_of == today() and may(request.user, Permission.SEE_ROUNDS)


def _earlier(row: Round, request) -> list[Round]:
    """The rounds before this one that a visitor may know of, the nearest first."""
    found = [one for one in rounds_of(row.plan, request.user, request.as_of) if one.cut_off < row.cut_off]
    return sorted(found, key=lambda one: one.cut_off, reverse=True)


def compare(request, slug, round):
    """This round's published conclusions beside those of an earlier one."""
    plan = get_plan(slug)
    row = round_on(plan, round, request.user, request.as_of)
    others = _earlier(row, request)
    chosen = read_choice(request.GET, "with", [one.code for one in others])
    before = next((one for one in others if chosen in ("", one.code)), None)
    every = comparing.compared(known_notes(plan, request.as_of), before, row) if before else []
    show = read_choice(request.GET, "show", comparing.KINDS)
    numbers = Counter(one.change for one in every)
    context = {
        "plan": plan,
        "round": row,
        "before": before,
        "others": others,
        "rows": [one for one in every if show in ("", one.change)],
        "total": len(every),
        "show": show,
        "counts": [
            {"name": kind, "word": change_word(kind), "number": numbers[kind]}
            for kind in comparing.KINDS
            if numbers[kind]
        ],
    }
    return render(request, "assessments/compare.html", context)


@never_cache
def board(request, slug, round):
    """Commitments × state of a round, filtered; late ones first to be seen."""
    plan = get_plan(slug)
    row = get_round(plan, round, request.user)
    evaluators = {task.evaluator.get_username(): task.evaluator for task in _assignments(row)}
    filters = boards.BoardFilters.read(request.GET, kind=plan.kinds, evaluator=evaluators)
    every = [task for task in boards.tasks_of(row) if filters.takes(task)]
    tasks = [task for task in every if filters.state in ("", task.state)]
    page = page_of(tasks, PAGE_SIZE, request.GET)
    context = {
        "plan": plan,
        "round": row,
        "tasks": _with_lateness(page),
        "page": page,
        "lines": boards.lines_of(plan, every),
        "people": boards.people_of(every, today()),
        "may_hand": may(request.user, Permission.HAND_OVER),
        "states": boards.STATES,
        "counts": boards.state_counts(every),
        "total": len(every),
        "filters": filters,
        "evaluators": evaluators,
        "kinds": plan.kinds.choices,
        "may_manage": may(request.user, Permission.MANAGE_ROUNDS),
        "reviews": may(request.user, Permission.REVIEW_NOTES),
    }
    return render(request, "assessments/board.html", context)


def _assignments(row: Round):
    return row.assignments.select_related("evaluator").order_by("evaluator__username")


def _with_lateness(tasks) -> list[dict]:
    day = today()
    return [{"task": task, "late": task.is_overdue(day)} for task in tasks]


@never_cache
def work(request, slug):
    """What an evaluator has in hand: what came back, what is begun or still to do, what is asked again."""
    plan = get_plan(slug)
    every = boards.work_of(plan, request.user, today())
    rounds = {task.assignment.round.code: task.assignment.round for task in every}
    filters = boards.WorkFilters.read(request.GET, kind=plan.kinds, round=rounds)
    fitting = [task for task in every if filters.takes(task)]
    tasks = [task for task in fitting if filters.state in ("", task.state)]
    page = page_of(tasks, PAGE_SIZE, request.GET)
    context = {
        "plan": plan,
        "tasks": _with_lateness(page),
        "page": page,
        "total": len(fitting),
        "counts": boards.state_counts(fitting),
        "filters": filters,
        "kinds": plan.kinds.choices,
        "rounds": rounds.values(),
        "asked": asked(plan, request.user),
        "any": bool(every),
    }
    return render(request, "assessments/work.html", context)


@never_cache
def queue(request, slug):
    """What reviewers have to read: notes handed in, answers to follow-up actions."""
    plan = get_plan(slug)
    answered = findings_of(plan).filter(state=Finding.State.RESPONDED)
    waiting = list(waiting_notes(plan))
    own = NOTES.written_by(request.user, waiting)
    context = {
        "plan": plan,
        "notes": [{"note": note, "own": note.pk in own} for note in waiting],
        "answered": answered,
        "evaluators": people_who_may(Permission.EVALUATE, slug).count(),
    }
    return render(request, "assessments/queue.html", context)
