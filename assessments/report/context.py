"""What a report is made of, read once: everything as it was known on the round's cut-off."""

from collections import Counter, defaultdict
from functools import cached_property

from assessments.models import Evidence, Finding, Note, Opinion, Round
from assessments.queries import commitments
from indicators.queries import Overview, overview
from plan.after_period import state_on
from plan.models import Item, Plan
from plan.public import PublicState, show_public
from plan.queries import answerable
from updates.due import DueUpdate, due_of, last_period
from updates.models import StatusUpdate
from updates.queries import NOT_REPORTED, statuses_of


class ReportContext:
    """The rows of one report; each is asked for once, and only where a chapter speaks of it."""

    def __init__(self, round: Round):
        self.round = round
        self.plan = Plan.objects.get(pk=round.plan_id)

    @cached_property
    def found(self) -> Overview:
        return overview(self.plan, self.round.cut_off)

    @cached_property
    def notes(self) -> dict[int, Note]:
        """The published notes by the item they speak of, in the plan's order."""
        rows = self.round.notes.filter(state=Note.State.PUBLISHED).prefetch_related("evidence")
        rows = rows.select_related("item__plan", "author", "organisation").order_by("item__order")
        return {note.item_id: note for note in rows}

    @cached_property
    def items(self) -> list[Item]:
        """What units report on, with what they reported of the cut-off and what was public on it."""
        rows = list(self.plan.items.filter(kind__in=self.plan.kinds.due).select_related("lead").in_plan_order())
        show_public(self.plan, rows, self.round.cut_off)
        told = statuses_of(self.plan, self.round.cut_off)
        for item in rows:
            known = told.get(item.code, NOT_REPORTED)
            item.status, item.progress, item.status_as_of = known.status, known.progress, known.status_as_of
        return rows

    @cached_property
    def owed(self) -> list[DueUpdate]:
        """What is missing of the last period that ended by the cut-off, asked as the page of gaps asks, with who
        answers for it; a report of a day up to the cut-off counts whenever it came (decision 0056)."""
        period, leads = last_period(self.plan, self.round.cut_off), answerable(self.plan)
        told: dict[int, list[StatusUpdate]] = defaultdict(list)
        for row in StatusUpdate.objects.filter(item__plan=self.plan).of_state_on(self.round.cut_off):
            told[row.item_id].append(row)
        day = self.round.cut_off
        found = (
            due_of(item, told[item.pk], period, organisation=leads[item.pk], today=day) for item in self.items
        )
        return [due for due in found if due is not None]

    @cached_property
    def tasks(self) -> list[Item]:
        return [item for item in self.items if item.kind not in self.plan.kinds.entries]

    @cached_property
    def projects(self) -> list[Item]:
        return [item for item in self.items if item.kind in self.plan.kinds.things]

    @cached_property
    def by_pk(self) -> dict[int, Item]:
        return {item.pk: item for item in self.items}

    @cached_property
    def chapters_of_kinds(self) -> list[tuple[str, list[tuple[Item, list[Item]]]]]:
        """By kind that has a place of its own, its items with their parts."""
        told = [(kind, commitments(self.plan, kind, below)) for kind, below in self.plan.kinds.chapters]
        return [(kind, rows) for kind, rows in told if rows]

    @cached_property
    def public(self) -> dict[str, PublicState]:
        """By code, what was public of a task or project."""
        return {item.code: item.public for item in self.items if item.public}

    @cached_property
    def findings(self) -> list[Finding]:
        rows = Finding.objects.filter(note__round=self.round)
        return list(rows.select_related("note__item__plan", "organisation").order_by("due_on", "id"))

    @cached_property
    def opinions(self) -> list[Opinion]:
        return list(self.round.opinions.select_related("chapter"))

    @cached_property
    def given(self) -> set[int]:
        """The items given out to be evaluated in this round."""
        return set(self.round.assignments.values_list("item", flat=True))

    @property
    def assigned(self) -> int:
        return len(self.given)

    @cached_property
    def concluded(self) -> Counter:
        """How many published notes came to each conclusion."""
        return Counter(str(note.get_conclusion_display()) for note in self.notes.values())

    def state_of(self, item: Item) -> str:
        """How a commitment stood on the cut-off, as pages say it (plan.after_period)."""
        return state_on(item.status, item.status_as_of, self.plan.ends_on, self.round.cut_off)

    def note_on(self, item: Item) -> Note | None:
        return self.notes.get(item.pk)

    def grounds_of(self, note: Note) -> list[Evidence]:
        return [row for row in note.evidence.all() if not row.is_internal]
