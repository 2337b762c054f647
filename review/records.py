"""What stands beside a decision: what the row says, what it is held against, its source, its trail."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from desk.hints import hints
from desk.queries import QueueEntry, approved_targets, queue_entries, standing_of, waiting_figures
from indicators.shown.what_would_change import effect_of
from indicators.targets.doubts import doubts_about_target
from indicators.targets.versions import target_line
from plan.badges import Badge
from plan.models import Item, Plan, Source
from plan.params import today
from plan.wording import percent
from plan.workflow import QuestionedLife
from review.bar import Bar, bar_of
from review.kinds import Waiting


@dataclass(frozen=True)
class ShownFile:
    """A publication's file that a browser shows in place: `address` of it, and whether it is a picture."""

    name: str
    address: str
    is_picture: bool


@dataclass
class Record:
    """`before` and `after` are said side by side; `texts` are long, each with its heading. Of a publication
    `elsewhere` figures wait that are not among those shown.
    """

    entry: Waiting
    address: str
    before: str = ""
    after: str = ""
    facts: list[tuple[str, Any]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    effect: tuple[Badge, Badge] | None = None
    source: Source | None = None
    files: list[tuple[str, str]] = field(default_factory=list)
    document: "ShownFile | None" = None
    phrase: str = ""
    steps: list[Any] = field(default_factory=list)
    figure: QueueEntry | None = None
    figures: list[QueueEntry] = field(default_factory=list)
    elsewhere: int = 0
    question: Any = None
    bar: Bar | None = None


def record_of(plan: Plan, user, entry: Waiting) -> Record:
    """The whole of what waits, as a reviewer needs it."""
    kind, row = entry.kind, entry.row
    if kind.key == "release":
        return _release(plan, user, entry)
    found = Record(entry, kind.life.address(row), bar=bar_of(kind, row, user, entry.grades))
    if hasattr(row, "steps"):
        found.steps = list(row.steps.select_related("by", "for_person").order_by("-id")[:30])
    if isinstance(kind.life, QuestionedLife):
        found.question = kind.life.open_question(row)
    _TELLERS[kind.key](plan, user, found, row)
    return found


def _release(plan: Plan, user, entry: Waiting) -> Record:
    """All that waits of a publication beside what is in force, doubtful ones first."""
    found = Record(entry, entry.kind.life.address(entry.row, plan))
    rows = [one.row for one in entry.members]
    shown = queue_entries(plan, user, rows, day=today())
    found.figures = sorted(shown, key=lambda one: (not one.grades, one.row.component.code, one.row.year))
    found.elsewhere = waiting_figures(plan).filter(source=entry.row).count() - len(rows)
    _of_source(plan, found, entry.row)
    return found


def _of_source(plan: Plan, found: Record, source: Source) -> None:
    """The publication, its files, and the first of them that a browser shows in place."""
    found.source = source
    for file in source.files.all():
        address = reverse("desk:release_file", args=[plan.slug, source.pk, file.pk])
        found.files.append((file.name, address))
        if found.document is None and file.is_shown_in_place:
            found.document = ShownFile(file.name, f"{address}?show=1", file.is_picture)


def _figure(plan: Plan, user, found: Record, row) -> None:
    shown = queue_entries(plan, user, [row], day=today())[0]
    part = standing_of(row.component, today())
    found.figure, found.phrase = shown, row.published_text
    _of_source(plan, found, row.source)
    found.doubts = [hint.text for hint in hints(part, row.year, row.value) if not hint.is_warning]
    found.effect = effect_of(part, row)
    found.facts = [
        (_("数据性质"), f"{row.get_value_status_display()} · {row.get_precision_display()}"),
        (_("公布日期"), row.released_on.isoformat()),
    ]
    if row.note:
        found.texts = [(_("说明"), row.note)]


def _target(plan: Plan, user, found: Record, row) -> None:
    history = approved_targets([row.component])[row.component_id]
    line, lines = target_line(row, history, today()), [target_line(one, history, today()) for one in history]
    found.before = next((one.goal for one in lines if one.is_current), "")
    found.after = line.goal
    found.doubts = doubts_about_target(row)
    found.facts = [
        (_("生效日期"), row.effective_on.isoformat() if row.effective_on else "—"),
        (_("批准机关"), row.approving_body),
        (_("文号"), row.document_number),
    ]
    found.texts = [(_("理由"), row.reason)]


def _update(plan: Plan, user, found: Record, row) -> None:
    words = dict(Item.Status.choices)
    found.before, found.after = str(words.get(row.item.status, "")), row.get_status_display()
    found.facts = [(_("进展截至"), row.status_on.isoformat()), (_("填报单位"), row.organisation or "—")]
    if row.progress is not None:
        found.facts.append((_("完成份额"), percent(f"{row.progress.normalize():f}")))
    found.texts = row.texts()
    found.files = [
        (file.name, reverse("updates:attachment", args=[plan.slug, row.pk, file.pk]))
        for file in row.attachments.all()
    ]


def _evidence(plan: Plan, user, found: Record, row) -> None:
    found.phrase = row.phrase
    _of_source(plan, found, row.source)
    found.facts = [(_("公布日期"), row.published or "—"), (_("说的是"), row.get_says_display())]
    found.texts = [(_("事实"), row.fact)]


def _note(plan: Plan, user, found: Record, row) -> None:
    found.facts = [(_("轮次"), row.round.name), (_("评估结论"), row.get_conclusion_display())]
    found.texts = [
        (str(row._meta.get_field(name).verbose_name), said) for name in row.TEXTS if (said := getattr(row, name))
    ]


def _finding(plan: Plan, user, found: Record, row) -> None:
    found.facts = [(_("责任单位"), row.organisation), (_("整改期限"), row.due_on.isoformat())]
    said = [step for step in found.steps if step.action == "responded"]
    found.texts = [(_("整改要求"), row.request), *((_("整改反馈"), step.text) for step in said[:1])]


_TELLERS = {
    "figure": _figure,
    "target": _target,
    "update": _update,
    "evidence": _evidence,
    "note": _note,
    "finding": _finding,
}
