"""What somebody has in hand and has not finished, over all plans: what is handed over when he leaves.

Each kind says which rows those are, how a line tells of one, and by which service it comes into another's hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from accounts.permissions import Permission, people_who_may
from assessments.chapters import CHAPTERS
from assessments.handing import hand_review
from assessments.models import Assignment, Note, ReportChapter, Round
from assessments.notes import NOTES, hand_note
from assessments.rounds import hand_assignments
from desk.imports.batches import WAITING, hand_import
from desk.models import ImportBatch
from evidence.services import EVIDENCE
from indicators.figures.workflow import FIGURES
from indicators.models import Observation, Target
from indicators.targets.workflow import TARGETS
from notices.phrases import tell
from plan.models import Plan
from plan.params import today
from plan.workflow import EntryLife, Life
from studio import publishing
from studio.models import PlanDraft
from talk.models import TalkMention, Thread
from talk.services import SUBJECT_ROWS, TALK, hand_mention
from talk.subjects import about_of
from updates.services import UPDATES
from updates.worklist import work_rows

# As many lines as a page shows of one kind; the others follow when those are handed over.
SHOWN = 200
UNFINISHED = (*EntryLife.OPEN, EntryLife.SUBMITTED)
UNDER_WAY = (Round.State.PLANNED, Round.State.OPEN)


@dataclass(frozen=True)
class OpenThing:
    """One thing in somebody's hand; `key` names it in a form."""

    kind: "OpenKind"
    row: Any
    code: str
    title: str
    state: str
    url: str

    @property
    def key(self) -> str:
        return f"{self.kind.key}:{self.row.pk}"


@dataclass(frozen=True)
class OpenKind:
    """`rows` gives everybody's; `holder` is the column that says whose; `hand` takes (row, to, by, reason)."""

    key: str
    word: Any
    holder: str
    rows: Callable[[], QuerySet]
    tell: Callable[[Any], tuple[str, str, str, str]]
    hand: Callable[..., Any]

    def of(self, person: User) -> QuerySet:
        return self.rows().filter(**{self.holder: person})

    def things(self, person: User) -> list[OpenThing]:
        return [OpenThing(self, row, *self.tell(row)) for row in self.of(person)[:SHOWN]]


def _not_begun() -> QuerySet:
    begun = Note.objects.filter(round=OuterRef("round"), item=OuterRef("item"))
    rows = Assignment.objects.filter(~Exists(begun), round__state__in=UNDER_WAY)
    return rows.select_related("round__plan", "item", "evaluator").order_by("due_on", "item__order")


def _notes() -> QuerySet:
    return NOTES.rows().exclude(round__state=Round.State.PUBLISHED).order_by("round", "item__order")


def _chapters() -> QuerySet:
    rows = CHAPTERS.rows().exclude(round__state=Round.State.PUBLISHED).exclude(author=None)
    return rows.exclude(state=ReportChapter.State.AGREED).order_by("round", "position")


def _reviews() -> QuerySet:
    return NOTES.rows().filter(state=Note.State.UNDER_REVIEW).order_by("submitted_at")


def _entries(life: EntryLife) -> Callable[[], QuerySet]:
    return lambda: life.rows().filter(state__in=UNFINISHED, entered_by__isnull=False).order_by("pk")


def _of_item(row: Any, address: str) -> tuple[str, str, str, str]:
    return row.item.code, row.item.label, str(row.get_state_display()), address


def _of_chapter(row: ReportChapter) -> tuple[str, str, str, str]:
    return "", f"{row.round.label} {row.title}", str(row.get_state_display()), row.get_absolute_url()


def _of_figure(row: Observation) -> tuple[str, str, str, str]:
    part = row.component
    return part.code, f"{part.label} {row.year}", str(row.get_state_display()), FIGURES.address(row)


def _of_assignment(row: Assignment) -> tuple[str, str, str, str]:
    return row.item.code, row.item.label, str(_("未开始")), row.round.get_absolute_url()


def _hand_entry(life: Life) -> Callable[..., Any]:
    return lambda row, *, to, by, reason: life.hand_over(row, to=to, by=by, reason=reason)


def _hand_assignment(row: Assignment, *, to, by, reason: str) -> None:
    hand_assignments(row.round, [row.item], of=row.evaluator, to=to, by=by, reason=reason)


def _of_thread(row: Thread) -> tuple[str, str, str, str]:
    return "", tell(about_of(row).label), str(row.get_state_display()), row.get_absolute_url()


def _threads() -> QuerySet:
    return TALK.rows().filter(state=Thread.State.OPEN).order_by("pk")


def _mentions() -> QuerySet:
    through = ("comment__thread__plan", *(f"comment__thread__{name}" for name in SUBJECT_ROWS))
    rows = TalkMention.objects.filter(settled_at=None, comment__thread__state=Thread.State.OPEN)
    return rows.select_related(*through, "comment__by", "person").order_by("pk")


def _of_mention(row: TalkMention) -> tuple[str, str, str, str]:
    told = _("%(who)s 提到") % {"who": row.comment.by}
    return "", tell(about_of(row.comment.thread).label), told, row.comment.thread.get_absolute_url()


def _imports() -> QuerySet:
    return ImportBatch.objects.filter(state__in=WAITING).select_related("plan", "uploaded_by").order_by("pk")


def _of_import(row: ImportBatch) -> tuple[str, str, str, str]:
    address = reverse("desk_import:batch", args=[row.plan.slug, row.pk])
    return "", row.name, str(row.get_state_display()), address


def _targets() -> QuerySet:
    return TARGETS.rows().filter(state=Target.State.PROPOSED).order_by("pk")


def _of_target(row: Target) -> tuple[str, str, str, str]:
    return row.component.code, row.component.label, str(row.get_state_display()), TARGETS.address(row)


def _of_draft(row: PlanDraft) -> tuple[str, str, str, str]:
    return "", row.title, str(row.get_state_display()), reverse("studio:draft", args=[row.slug])


KINDS: tuple[OpenKind, ...] = (
    OpenKind(
        "assignment", gettext_lazy("待写的评估意见"), "evaluator", _not_begun, _of_assignment, _hand_assignment,
    ),
    OpenKind(
        "note", pgettext_lazy("work", "评估意见"), "author", _notes,
        lambda row: _of_item(row, NOTES.address(row)), hand_note,
    ),
    OpenKind("chapter", gettext_lazy("报告章节"), "author", _chapters, _of_chapter, _hand_entry(CHAPTERS)),
    OpenKind(
        "review", gettext_lazy("复核中的意见"), "reviewer", _reviews,
        lambda row: _of_item(row, NOTES.address(row)), hand_review,
    ),
    OpenKind(
        "update", gettext_lazy("进展填报"), "entered_by", _entries(UPDATES),
        lambda row: _of_item(row, UPDATES.address(row)), _hand_entry(UPDATES),
    ),
    OpenKind(
        "figure", gettext_lazy("数据"), "entered_by", _entries(FIGURES), _of_figure, _hand_entry(FIGURES),
    ),
    OpenKind(
        "evidence", gettext_lazy("公开信息"), "entered_by", _entries(EVIDENCE),
        lambda row: _of_item(row, EVIDENCE.address(row)), _hand_entry(EVIDENCE),
    ),
    OpenKind("import", gettext_lazy("未写入的导入"), "uploaded_by", _imports, _of_import, hand_import),
    OpenKind("target", gettext_lazy("目标调整"), "proposed_by", _targets, _of_target, _hand_entry(TARGETS)),
    OpenKind("draft", gettext_lazy("编制稿"), "keeper", publishing.unfinished, _of_draft, publishing.hand_over),
    OpenKind("thread", gettext_lazy("讨论"), "keeper", _threads, _of_thread, _hand_entry(TALK)),
    OpenKind("mention", gettext_lazy("待答复的讨论"), "person", _mentions, _of_mention, hand_mention),
)  # fmt: skip


@dataclass(frozen=True)
class UnitDues:
    """What a person's unit owes of a plan, and who else of the unit can report it."""

    plan: Plan
    number: int
    url: str


def open_things(person: User) -> list[OpenThing]:
    return [thing for kind in KINDS for thing in kind.things(person)]


def open_counts(person: User) -> list[tuple[Any, int]]:
    """How many of each kind somebody has in hand, without the kinds there are none of."""
    counted = [(kind.word, kind.of(person).count()) for kind in KINDS]
    return [(word, number) for word, number in counted if number]


def counts_by_person() -> dict[int, int]:
    """How much everybody has in hand, by account; a query or two a kind."""
    found: dict[int, int] = {}
    for kind in KINDS:
        rows = kind.rows().order_by().values_list(kind.holder).annotate(number=Count("pk"))
        for pk, number in rows:
            if pk is not None:
                found[pk] = found.get(pk, 0) + number
    return found


def unit_dues(person: User) -> list[UnitDues]:
    """What a reporter's unit has to report, which is the unit's and stays with it."""
    if not person.is_reporter or person.organisation_id is None:
        return []
    found = []
    for plan in Plan.objects.order_by("-starts_on"):
        number = sum(row.due is not None for row in work_rows(plan, person, today=today()))
        if number:
            found.append(UnitDues(plan, number, reverse("updates:index", args=[plan.slug])))
    return found


def colleagues(person: User) -> list[User]:
    """Who else reports for a person's unit."""
    if person.organisation_id is None:
        return []
    people = people_who_may(Permission.REPORT_STATUS, None).exclude(pk=person.pk)
    return list(people.filter(organisation=person.organisation_id, is_reporter=True))
