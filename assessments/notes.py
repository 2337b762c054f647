"""The life of a note: draft → submitted → under review → published, or sent back, any number of times.

Every step keeps the whole text it was taken with. Nothing in a round that is not open changes; asking the author
whether a published note still holds, and his answer, is not a change of the note.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.permissions import Permission, people_who_may, require
from accounts.substitutes import stands_in
from assessments import snapshots
from assessments.models import Note, NoteComment, NoteStep, Round
from assessments.queries import changes_since, is_author, pin_for
from assessments.same_words import differs
from audit.services import record_audit
from judging.decimals import plain
from notices.models import NoticeKind
from notices.phrases import Said, both, say
from notices.services import notify
from plan.models import Item, Plan
from plan.params import today
from plan.workflow import ActRule, Life, Tells, WrongState, demand_reason

State = Note.State
Action = NoteStep.Action
Conclusion = Note.Conclusion
WRITABLE = (State.DRAFT, State.RETURNED, State.WITHDRAWN)
FIELDS = (
    *Note.TEXTS,
    "adjustment",
    "adjustment_reason",
    "adjustment_document",
    "forecast_value",
    "forecast",
    "conclusion",
    "difference_reason",
)
# Why the note differs from what stands: as long as any other reason at most.
REASONS = ("adjustment_reason", "difference_reason")


class Notes(Life):
    """Every act but the saving of a draft keeps the whole text it was taken with."""

    name, steps, link, holder = "note", NoteStep, "note", "author"
    CHANGED = "changed"
    # Whoever took one of these wrote what stands there, also where another is its author by now.
    WRITING = (Action.CREATED, Action.WRITTEN, Action.SUBMITTED, Action.AMENDED, Action.CONFIRMED)

    def __init__(self) -> None:
        authors = {"permission": Permission.EVALUATE, "person": self.is_author}
        reviews = {"permission": Permission.REVIEW_NOTES, "person": self.is_other}
        waiting = (State.SUBMITTED, State.UNDER_REVIEW)
        self.rules = {
            Action.CREATED: ActRule(**authors),
            self.CHANGED: ActRule(WRITABLE, edits=True, **authors),
            Action.SUBMITTED: ActRule(
                WRITABLE,
                to=State.SUBMITTED,
                tells=Tells(NoticeKind.SUBMITTED, gettext_noop("待复核：%(what)s"), self.reviewers),
                **authors,
            ),
            Action.WITHDRAWN: ActRule(waiting, to=State.WITHDRAWN, **authors),
            Action.TAKEN: ActRule((State.SUBMITTED,), to=State.UNDER_REVIEW, **reviews),
            Action.RETURNED: ActRule(
                waiting,
                to=State.RETURNED,
                why=gettext_lazy("退回须写明理由"),
                tells=Tells(NoticeKind.RETURNED, gettext_noop("已退回：%(what)s"), self.author, says_why=True),
                **reviews,
            ),
            Action.PUBLISHED: ActRule(
                waiting,
                to=State.PUBLISHED,
                touches=True,
                tells=Tells(NoticeKind.APPROVED, gettext_noop("已发布：%(what)s"), self.author),
                **reviews,
            ),
            Action.AMENDED: ActRule((State.PUBLISHED,), to=State.DRAFT, touches=True, **authors),
            Action.REVOKED: ActRule(
                (State.PUBLISHED,),
                to=State.WITHDRAWN,
                why=gettext_lazy("撤销发布须写明理由"),
                touches=True,
                **authors,
            ),
            Action.CONFIRMED: ActRule((State.PUBLISHED,), **authors),
            Action.HANDED: ActRule(),
        }

    def rows(self):
        return Note.objects.select_related("item__plan", "round__plan", "author")

    def plan(self, row: Note) -> Plan:
        return row.round.plan

    def hold(self, row: Note, action: str) -> None:
        """The round: one that is being closed waits, a closed one refuses all that would change a note."""
        if action not in (Action.CONFIRMED, Action.HANDED):
            _open_round(row.round)

    def is_author(self, rows: Sequence[Note], by) -> None:
        if any(row.author_id != by.pk and not stands_in(by, row.author_id) for row in rows):
            raise PermissionDenied(_("只有评估人本人可以这样操作"))

    def principal(self, row: Note, action: str, by):
        is_for = by is not None and by.pk != row.author_id and self.rules[action].person == self.is_author
        return row.author if is_for else super().principal(row, action, by)

    def written_by(self, person, rows: Sequence[Note]) -> set[int]:
        """Which of the notes a person wrote or had in hand, by primary key; one query."""
        wrote = Q(by=person, action__in=self.WRITING) | Q(for_person=person)
        steps = NoteStep.objects.filter(wrote, note__in=[row.pk for row in rows])
        return {row.pk for row in rows if row.author_id == person.pk} | set(
            steps.values_list("note_id", flat=True)
        )

    def is_other(self, rows: Sequence[Note], by) -> None:
        if self.written_by(by, rows):
            raise PermissionDenied(_("评估人不能复核自己的意见"))

    def demand_taker(self, row: Note, to) -> None:
        require(to, Permission.EVALUATE)

    def reviewers(self, row: Note, by):
        wrote = row.steps.filter(action__in=self.WRITING, by__isnull=False).values("by")
        had = row.steps.filter(for_person__isnull=False).values("for_person")
        people = people_who_may(Permission.REVIEW_NOTES, self.plan(row).slug).exclude(pk=row.author_id)
        return people.exclude(pk__in=wrote).exclude(pk__in=had)

    def author(self, row: Note, by) -> list[Any]:
        return [row.author]

    def thing(self, row: Note) -> dict[str, str]:
        title = f"{row.round.name} {row.item.code} {row.item.title}"
        return {"plan_slug": row.round.plan.slug, "object_code": row.item.code, "object_label": title}

    def before(self, row: Note, action: str) -> Any:
        return body_of(row) if action == self.CHANGED else None

    def after(self, row: Note, action: str) -> Any:
        return body_of(row) if action == self.CHANGED else {"state": row.state, "conclusion": row.conclusion}

    def log(self, row: Note, action: str, *, by, before: Any, after: Any) -> None:
        """Of a draft that was saved only the fields that changed: it is saved every few seconds."""
        if action == self.CHANGED:
            changed = [name for name in FIELDS if before[name] != after[name]]
            before, after = ({name: body[name] for name in changed} for body in (before, after))
        super().log(row, action, by=by, before=before, after=after)

    def names(self, row: Note, action: str) -> dict[str, Said]:
        return {"what": _about(row)}

    def address(self, row: Note) -> str:
        return reverse("assessments:note", args=[row.round.plan.slug, row.pk])

    def step_fields(self, row: Note) -> dict[str, Any]:
        return {"body": body_of(row) | {"pinned": row.pinned, "evidence": evidence_words(row)}}

    def record(self, row: Note, action: str, *, by, reason: str = "", before: Any = None):
        """A draft that is saved leaves no step; the first time another saves it for its author it does."""
        if action == self.CHANGED and by.pk != row.author_id:
            told = {"action": Action.WRITTEN, "by": by, "for_person": row.author}
            if not row.steps.filter(**told).exists():
                NoteStep.objects.create(note=row, **told, **self.step_fields(row))
        return super().record(row, action, by=by, reason=reason, before=before)


NOTES = Notes()


def begin_note(*, round: Round, item: Item, by) -> Note:
    """The note of an item in an open round, made when its evaluator first opens it; later the same one."""
    require(by, Permission.EVALUATE)
    with transaction.atomic():
        held = _open_round(round)
        note = Note.objects.filter(round=held, item=item).first()
        if note is not None:
            return note
        given = held.assignments.filter(item=item).select_related("evaluator__organisation").first()
        if given is None or not (given.evaluator == by or stands_in(by, given.evaluator_id)):
            raise PermissionDenied(_("这一条目没有分给您评估"))
        author = given.evaluator
        note = Note(round=held, item=item, author=author, organisation=author.organisation)
        return NOTES.begin(note, Action.CREATED, by=by).row


def change_note(note: Note, *, edition: int, by, **fields: Any) -> Note:
    """Saves what was typed (fields of FIELDS), complete or not. Raises Overtaken, WrongState, PermissionDenied."""

    def edit(row: Note) -> None:
        for name in FIELDS:
            if name in fields:
                setattr(row, name, fields[name])
        for name in REASONS:
            demand_reason(getattr(row, name), "", name)
        row.full_clean(exclude=["pinned", "author", "reviewer"], validate_constraints=False, validate_unique=False)

    return NOTES.step(note, NOTES.CHANGED, edition=edition, by=by, edit=edit).row


def submit_note(note: Note, *, edition: int, by) -> Note:
    """Hands a note in, pinned to what is known on the round's cut-off. Raises ValidationError by field."""

    def edit(row: Note) -> None:
        row.pinned = pin_for(row)
        if faults := missing(row):
            raise ValidationError(faults)

    fresh = {"submitted_at": timezone.now(), "reviewer": None, "asked_about": "", "answered_about": ""}
    return NOTES.step(note, Action.SUBMITTED, edition=edition, by=by, edit=edit, **fresh).row


def missing(note: Note) -> dict[str, str]:
    """What a note still lacks before it can be handed in, by field (conventions: required by state and grade)."""
    faults = {}
    if not note.progress.strip():
        faults["progress"] = _("请写明进展情况")
    if note.conclusion not in note.conclusions:
        faults["conclusion"] = _("请选择评估结论")
    if note.conclusion in note.POOR:
        for name, words in (("problems", _("请写明存在问题")), ("remedies", _("请写明对策建议"))):
            if not getattr(note, name).strip():
                faults[name] = _("%(words)s：结论为%(poor)s时必填") % {"words": words, "poor": poor_words(note)}
    if note.adjustment != Note.Adjustment.NONE:
        if not note.adjustment_reason.strip():
            faults["adjustment_reason"] = _("建议调整时须写明理由")
        if not note.adjustment_document.strip():
            faults["adjustment_document"] = _("建议调整时须写明依据文件")
    if note.conclusion and differs(note) and not note.difference_reason.strip():
        faults["difference_reason"] = _("结论与系统判定不同，请写明理由")
    return faults


def poor_words(note: Note) -> str:
    """The conclusions of this round that ask for problems and remedies, as a reader sees them."""
    return "".join(f"“{word.label}”" for word in note.conclusions if word in note.POOR)


def hand_note(note: Note, *, to, by, reason: str) -> Note:
    """Puts a note into another evaluator's hand, with its commitment in the round; another reviews it."""

    def edit(row: Note) -> None:
        if row.reviewer_id == to.pk:
            row.reviewer = None
        row.round.assignments.filter(item=row.item_id).update(evaluator=to)

    return NOTES.hand_over(note, to=to, by=by, reason=reason, then=edit)


def withdraw_note(note: Note, *, edition: int, by) -> Note:
    """The author takes a note back that was not yet published."""
    return NOTES.step(note, Action.WITHDRAWN, edition=edition, by=by, reviewer=None).row


def take_note(note: Note, *, edition: int, by) -> Note:
    """A reviewer, never the author, starts to review."""
    return NOTES.step(note, Action.TAKEN, edition=edition, by=by, reviewer=by).row


def return_note(note: Note, *, edition: int, by, reason: str) -> Note:
    """Sends a note back with a reason, which stays for ever."""
    return NOTES.step(note, Action.RETURNED, edition=edition, by=by, reason=reason, reviewer=by).row


def publish_note(note: Note, *, edition: int, by) -> Note:
    now = {"published_at": timezone.now(), "published_on": today()}
    return NOTES.step(note, Action.PUBLISHED, edition=edition, by=by, reviewer=by, **now).row


def amend_note(note: Note, *, edition: int, by) -> Note:
    """Opens a published note for its author again; the published text stays in its step."""
    return NOTES.step(note, Action.AMENDED, edition=edition, by=by, published_at=None, published_on=None).row


def revoke_note(note: Note, *, edition: int, by, reason: str) -> Note:
    """Takes a published note back, with a reason."""
    unpublished = {"published_at": None, "published_on": None}
    return NOTES.step(note, Action.REVOKED, edition=edition, by=by, reason=reason, **unpublished).row


def confirm_note(note: Note, *, by, about: str) -> Note:
    """The author's answer that a published note holds although what it rests on has changed.

    `about` is the fingerprint of the changes he was shown: a change made meanwhile asks again. Allowed in a
    closed round too, because the note itself stays as it is.
    """

    def edit(row: Note) -> None:
        changes = changes_since(row)
        if not changes or snapshots.fingerprint(changes) != about:
            raise WrongState(_("依据又有变化，请重新查看"))

    return NOTES.step(note, Action.CONFIRMED, by=by, edit=edit, answered_about=about).row


def comment(note: Note, *, field: str, text: str, by) -> NoteComment:
    """A remark of author or reviewer on one field."""
    if not is_author(note, by):
        require(by, Permission.REVIEW_NOTES)
    if field not in FIELDS:
        raise ValidationError({"field": _("没有这一栏目：%(field)s") % {"field": field}})
    text = demand_reason(text, _("请写明批注内容"), "text")
    with transaction.atomic():
        _open_round(note.round)
        row = NoteComment.objects.create(note=note, field=field, text=text, by=by)
        record_audit(action="note.commented", by=by, after={"field": field, "text": row.text}, **NOTES.thing(note))
        other = note.author if by.pk != note.author_id else note.reviewer
        if other is not None:
            notify(
                [other],
                kind=NoticeKind.RETURNED if by.pk != note.author_id else NoticeKind.SUBMITTED,
                key=f"note:{note.pk}:comment:{row.pk}",
                title=say(gettext_noop("批注：%(what)s"), what=_about(note)),
                body=row.text,
                url=NOTES.address(note),
            )
    return row


def settle_comment(remark: NoteComment, *, by) -> NoteComment:
    note = remark.note
    if not is_author(note, by):
        require(by, Permission.REVIEW_NOTES)
    with transaction.atomic():
        _open_round(note.round)
        row = NoteComment.objects.select_for_update().get(pk=remark.pk)
        if row.settled_at is None:
            row.settled_by, row.settled_at = by, timezone.now()
            row.save()
            record_audit(action="note.comment_settled", by=by, after={"field": row.field}, **NOTES.thing(note))
    return row


def ask_authors(plan) -> int:
    """Asks the authors of published notes whose grounds have changed, once per change; returns how many."""
    asked = 0
    notes = Note.objects.filter(round__plan=plan, state=State.PUBLISHED).select_related(
        "item", "round__plan", "author"
    )
    for note in notes:
        about = snapshots.fingerprint(changes_since(note))
        if not about or about in (note.asked_about, note.answered_about):
            continue
        with transaction.atomic():
            Note.objects.filter(pk=note.pk, edition=note.edition).update(asked_about=about)
            key = f"note:{note.pk}:changed:{about[:16]}"
            title = say(gettext_noop("依据有变化，请确认、修订或撤回：%(what)s"), what=_about(note))
            people = [note.author] if note.author.is_active else people_who_may(Permission.HAND_OVER, plan.slug)
            asked += notify(people, kind=NoticeKind.DUE, key=key, title=title, url=NOTES.address(note))
    return asked


def _open_round(round: Round) -> Round:
    row = Round.objects.select_for_update(of=("self",)).select_related("plan").get(pk=round.pk)
    if not row.is_open:
        raise WrongState(
            _("“%(round)s”%(state)s，不能新增或修改评估意见；如确需修改，请先重新打开轮次并说明理由")
            % {"round": row.name, "state": row.get_state_display()}
        )
    return row


def body_of(note: Note) -> dict[str, str]:
    """Every field of a note as text: what a step keeps, and what a page shows."""
    return {name: _text(getattr(note, name)) for name in FIELDS}


def says_the_same(note: Note, fields: dict[str, Any]) -> bool:
    """Whether a note holds these values of its fields already."""
    return all(_text(value) == _text(getattr(note, name)) for name, value in fields.items())


def evidence_words(note: Note) -> list[dict[str, Any]]:
    """What a step keeps of the note's evidence: enough to find the file again and to know it is the same."""
    names = ("pk", "title", "document_number", "url", "content_type", "size", "sha256")
    return [{name: getattr(row, name) for name in names} for row in note.evidence.all()]


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    return "" if value is None else str(value)


def _about(row: Note) -> Said:
    item, round = row.item, row.round
    return say(
        "%(round)s %(code)s %(title)s",
        round=both(round.name, round.name_en),
        code=item.code,
        title=both(item.title, item.title_en),
    )
