"""Who has got how far: the work list of one evaluator and the board of a round."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.substitutes import principals
from assessments.models import Assignment, Note, Round
from assessments.wording import NOT_BEGUN
from plan.badges import NOTE
from plan.kinds import PlanKind
from plan.list_filters import ListFilters, asks, one_of, words
from plan.models import Plan

TO_REVIEW = (Note.State.SUBMITTED, Note.State.UNDER_REVIEW)
STATES = tuple(str(state) for state in NOTE)


@dataclass(frozen=True)
class Task:
    """One commitment of a round in somebody's hands; `note` is None until it is begun."""

    assignment: Assignment
    note: Note | None

    @property
    def state(self) -> str:
        return self.note.state if self.note else NOT_BEGUN

    @property
    def is_over(self) -> bool:
        return self.state == Note.State.PUBLISHED

    @property
    def waits_for_author(self) -> bool:
        return self.state in (NOT_BEGUN, Note.State.DRAFT, Note.State.RETURNED, Note.State.WITHDRAWN)

    def is_overdue(self, day: date) -> bool:
        return self.waits_for_author and self.assignment.due_on < day


@dataclass(frozen=True)
class BoardFilters(ListFilters):
    """As the address has them; empty means all."""

    state: str = asks(one_of(*STATES))
    kind: str = asks(one_of())
    evaluator: str = asks(one_of())
    words: str = asks(words, name="q")

    def takes(self, task: Task) -> bool:
        item = task.assignment.item
        return (
            self.kind in ("", item.kind)
            and self.evaluator in ("", task.assignment.evaluator.get_username())
            and (not self.words or self.words.lower() in f"{item.code} {item.title} {item.title_en}".lower())
        )


@dataclass(frozen=True)
class WorkFilters(BoardFilters):
    """Of one evaluator's list: the round as well."""

    round: str = asks(one_of())

    def takes(self, task: Task) -> bool:
        return super().takes(task) and self.round in ("", task.assignment.round.code)


@dataclass(frozen=True)
class KindCounts:
    """A kind of commitment and how many of its commitments are in each state, in the order of STATES."""

    kind: PlanKind
    numbers: list[int]
    total: int

    @property
    def in_states(self) -> list[tuple[str, int]]:
        return list(zip(STATES, self.numbers, strict=True))


@dataclass(frozen=True)
class Stuck:
    """How far one evaluator has got, and since when others wait for him or he for them."""

    person: Any
    given: int
    published: int
    to_write: int
    overdue: int
    returned: int
    in_review: int
    waits_days: int

    @property
    def is_stuck(self) -> bool:
        return bool(self.overdue or self.returned or (self.to_write and not self.person.is_active))


def people_of(tasks: Iterable[Task], day: date) -> list[Stuck]:
    """Who is stuck comes first: closed accounts, then whoever is latest."""
    by_person: dict[Any, list[Task]] = {}
    for task in tasks:
        by_person.setdefault(task.assignment.evaluator, []).append(task)
    found = [_stuck(person, own, day) for person, own in by_person.items()]
    return sorted(found, key=lambda row: (row.person.is_active, -row.overdue, -row.returned, -row.waits_days))


def _stuck(person: Any, own: list[Task], day: date) -> Stuck:
    waiting = [task.note for task in own if task.note and task.state in TO_REVIEW]
    since = [timezone.localdate(note.submitted_at) for note in waiting if note.submitted_at]
    return Stuck(
        person,
        given=len(own),
        published=sum(task.is_over for task in own),
        to_write=sum(task.waits_for_author for task in own),
        overdue=sum(task.is_overdue(day) for task in own),
        returned=sum(task.state == Note.State.RETURNED for task in own),
        in_review=len(waiting),
        waits_days=(day - min(since)).days if since else 0,
    )


def tasks_of(round: Round) -> list[Task]:
    """Every commitment given out in a round, in the plan's order; two queries."""
    rows = round.assignments.select_related("item__plan", "evaluator").order_by("item__order")
    return _with_notes(rows, round.notes.all())


def work_of(plan: Plan, person, day: date) -> list[Task]:
    """What a person, or whoever it stands in for, has to evaluate in rounds under way; three queries.

    Round by round, the one due first first; in each what is most pressing.
    """
    people = [person, *principals(person)]
    under_way = Q(round__plan=plan, round__state__in=[Round.State.PLANNED, Round.State.OPEN])
    rows = Assignment.objects.filter(under_way, evaluator__in=people).select_related(
        "item__plan", "evaluator", "round"
    )
    tasks = _with_notes(rows.order_by("due_on", "item__order"), Note.objects.filter(under_way, author__in=people))
    return sorted(tasks, key=lambda task: _pressing(task, day))


def _pressing(task: Task, day: date) -> tuple:
    """Where a task stands among others: its round, then what came back, is late, begun, to do, and is over."""
    round = task.assignment.round
    order = (Note.State.RETURNED, Note.State.DRAFT, Note.State.WITHDRAWN, NOT_BEGUN)
    place = order.index(task.state) if task.state in order else len(order)
    is_first = task.state == Note.State.RETURNED
    return (
        (not round.is_open, round.due_on, round.code),
        (not is_first, not task.is_overdue(day), place, task.assignment.due_on),
    )


def _with_notes(assignments: Iterable[Assignment], notes: Iterable[Note]) -> list[Task]:
    by_key = {(note.round_id, note.item_id): note for note in notes}
    return [Task(row, by_key.get((row.round_id, row.item_id))) for row in assignments]


def lines_of(plan: Plan, tasks: Iterable[Task]) -> list[KindCounts]:
    """The board: kinds down, states across."""
    counts: dict[str, Counter[str]] = {}
    for task in tasks:
        counts.setdefault(task.assignment.item.kind, Counter())[task.state] += 1
    return [
        KindCounts(plan.kinds[kind], [found[state] for state in STATES], found.total())
        for kind, found in counts.items()
    ]


def state_counts(tasks: Iterable[Task]) -> list[tuple[str, int]]:
    """How many are in each state, without the states there are none in."""
    found = Counter(task.state for task in tasks)
    return [(state, found[state]) for state in STATES if found[state]]
