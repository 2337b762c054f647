"""The life of a note: draft → submitted → under review → published, or sent back, any number of times.

Every step keeps the whole text it was taken with. Nothing in a round that is not open changes; asking the author
whether a published note still holds, and his answer, is not a change of the note.
"""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.permissions import Permission, people_who_may, require
from assessments import snapshots
from assessments.models import Note, NoteComment, NoteStep, Round
from assessments.queries import changes_since, pin_of
from audit.services import record_audit
from judging.calculator_json import plain
from notices.models import Kind
from notices.phrases import Said, both, say
from notices.services import notify
from plan.models import Item
from plan.params import today
from plan.services import touch_plan
from plan.workflow import WrongState, demand_edition, demand_state

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
# The evaluator's word that says the same as a computed one (methods 1.2: 滞后 is the rest).
SAME_WORD = {
    "achieved": Conclusion.ACHIEVED,
    "ahead": Conclusion.AHEAD,
    "on_schedule": Conclusion.ON_SCHEDULE,
    "slightly_behind": Conclusion.BEHIND,
    "behind": Conclusion.BEHIND,
    "regressed": Conclusion.BEHIND,
    "missed": Conclusion.BEHIND,
    "overshoot": Conclusion.BEHIND,
    "not_assessable": Conclusion.NOT_ASSESSABLE,
    "no_data": Conclusion.NOT_ASSESSABLE,
}
SAME_TASK_WORD = {
    Item.Status.DONE: Conclusion.TASK_DONE,
    Item.Status.ON_SCHEDULE: Conclusion.TASK_ON_SCHEDULE,
    Item.Status.BEHIND: Conclusion.TASK_BEHIND,
    Item.Status.NOT_STARTED: Conclusion.TASK_NOT_STARTED,
    Item.Status.ADJUSTED: Conclusion.TASK_ADJUSTED,
    Item.Status.NOT_REPORTED: Conclusion.NOT_ASSESSABLE,
}

# In a final evaluation: reached early or on time is the same verdict, and whatever else the period ended with is
# not. What has no figure of the end year cannot be told.
SAME_FINAL_WORD = {"achieved": (Conclusion.ACHIEVED, Conclusion.ON_TIME), "missed": (Conclusion.NOT_DONE,)}
SAME_FINAL_TASK_WORD = {
    Item.Status.DONE: (Conclusion.TASK_DONE,),
    Item.Status.ON_SCHEDULE: (Conclusion.NOT_DONE,),
    Item.Status.BEHIND: (Conclusion.NOT_DONE,),
    Item.Status.NOT_STARTED: (Conclusion.NOT_DONE,),
    Item.Status.ADJUSTED: (Conclusion.TASK_ADJUSTED,),
}


def begin_note(*, round: Round, item: Item, by) -> Note:
    """The note of an item in an open round, made when its evaluator first opens it; later the same one."""
    require(by, Permission.EVALUATE)
    with transaction.atomic():
        held = _open_round(round)
        note = Note.objects.filter(round=held, item=item).first()
        if note is not None:
            return note
        if not held.assignments.filter(item=item, evaluator=by).exists():
            raise PermissionDenied(_("这一条目没有分给您评估"))
        note = Note.objects.create(round=held, item=item, author=by, organisation=by.organisation)
        _log(note, Action.CREATED, by=by)
    return note


def change_note(note: Note, *, edition: int, by, **fields: Any) -> Note:
    """Saves what was typed (fields of FIELDS), complete or not. Raises Overtaken, WrongState, PermissionDenied."""
    with transaction.atomic():
        row = _locked(note, edition)
        _own(row, by)
        demand_state(row, *WRITABLE)
        before = body_of(row)
        for name in FIELDS:
            if name in fields:
                setattr(row, name, fields[name])
        row.full_clean(exclude=["pinned", "author", "reviewer"], validate_constraints=False, validate_unique=False)
        after = body_of(row)
        changed = [name for name in FIELDS if before[name] != after[name]]
        if not changed:
            return row
        row.edition += 1
        row.save()
        record_audit(
            action="note.changed",
            by=by,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
            **_object(row),
        )
    return row


def submit_note(note: Note, *, edition: int, by) -> Note:
    """Hands a note in, pinned to what is known on the round's cut-off. Raises ValidationError by field."""
    with transaction.atomic():
        row = _locked(note, edition)
        _own(row, by)
        demand_state(row, *WRITABLE)
        row.pinned = pin_of(row.item, row.round.cut_off)
        if faults := missing(row):
            raise ValidationError(faults)
        row.state, row.submitted_at, row.reviewer = State.SUBMITTED, timezone.now(), None
        row.asked_about = row.answered_about = ""
        _save(row, Action.SUBMITTED, by=by)
        reviewers = people_who_may(Permission.REVIEW_NOTES).exclude(pk=row.author_id)
        _tell(row, reviewers, Kind.SUBMITTED, say(gettext_noop("待复核：%(what)s"), what=_about(row)))
    return row


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
                faults[name] = _("%(words)s：结论低于“基本符合预期”或为“未完成”时必填") % {"words": words}
    if note.adjustment != Note.Adjustment.NONE:
        if not note.adjustment_reason.strip():
            faults["adjustment_reason"] = _("建议调整时须写明理由")
        if not note.adjustment_document.strip():
            faults["adjustment_document"] = _("建议调整时须写明依据文件")
    if note.conclusion and differs(note) and not note.difference_reason.strip():
        faults["difference_reason"] = _("结论与系统判定不同，请写明理由")
    return faults


def differs(note: Note) -> bool:
    """Whether the evaluator's own word says something else than the computed verdict beside it."""
    if note.pinned is None or not note.conclusion:
        return False
    is_indicator, computed = note.item.kind == Item.Kind.INDICATOR, note.pinned["status"]
    if note.round.kind == Round.Kind.FINAL:
        finals = SAME_FINAL_WORD if is_indicator else SAME_FINAL_TASK_WORD
        return note.conclusion not in finals.get(computed, (Conclusion.NOT_ASSESSABLE,))
    words = SAME_WORD if is_indicator else SAME_TASK_WORD
    return words.get(computed, Conclusion.NOT_ASSESSABLE) != note.conclusion


def withdraw_note(note: Note, *, edition: int, by) -> Note:
    """The author takes a note back that was not yet published."""
    with transaction.atomic():
        row = _locked(note, edition)
        _own(row, by)
        demand_state(row, State.SUBMITTED, State.UNDER_REVIEW)
        row.state, row.reviewer = State.WITHDRAWN, None
        _save(row, Action.WITHDRAWN, by=by)
    return row


def take_note(note: Note, *, edition: int, by) -> Note:
    """A reviewer, never the author, starts to review."""
    with transaction.atomic():
        row = _locked(note, edition)
        _review(row, by)
        demand_state(row, State.SUBMITTED)
        row.state, row.reviewer = State.UNDER_REVIEW, by
        _save(row, Action.TAKEN, by=by)
    return row


def return_note(note: Note, *, edition: int, by, reason: str) -> Note:
    """Sends a note back with a reason, which stays for ever."""
    if not reason.strip():
        raise ValidationError({"reason": _("退回须写明理由")})
    with transaction.atomic():
        row = _locked(note, edition)
        _review(row, by)
        demand_state(row, State.SUBMITTED, State.UNDER_REVIEW)
        row.state, row.reviewer = State.RETURNED, by
        _save(row, Action.RETURNED, by=by, reason=reason.strip())
        title = say(gettext_noop("已退回：%(what)s"), what=_about(row))
        _tell(row, [row.author], Kind.RETURNED, title, body=reason.strip())
    return row


def publish_note(note: Note, *, edition: int, by) -> Note:
    with transaction.atomic():
        row = _locked(note, edition)
        _review(row, by)
        demand_state(row, State.SUBMITTED, State.UNDER_REVIEW)
        row.state, row.reviewer = State.PUBLISHED, by
        row.published_at, row.published_on = timezone.now(), today()
        _save(row, Action.PUBLISHED, by=by)
        _tell(row, [row.author], Kind.APPROVED, say(gettext_noop("已发布：%(what)s"), what=_about(row)))
        touch_plan(row.round.plan)
    return row


def amend_note(note: Note, *, edition: int, by) -> Note:
    """Opens a published note for its author again; the published text stays in its step."""
    return _unpublish(note, edition, by, Action.AMENDED, State.DRAFT)


def revoke_note(note: Note, *, edition: int, by, reason: str) -> Note:
    """Takes a published note back, with a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("撤销发布须写明理由")})
    return _unpublish(note, edition, by, Action.REVOKED, State.WITHDRAWN, reason=reason.strip())


def _unpublish(note, edition, by, action, state, *, reason="") -> Note:
    with transaction.atomic():
        row = _locked(note, edition)
        _own(row, by)
        demand_state(row, State.PUBLISHED)
        row.state, row.published_at, row.published_on = state, None, None
        _save(row, action, by=by, reason=reason)
        touch_plan(row.round.plan)
    return row


def confirm_note(note: Note, *, by, about: str) -> Note:
    """The author's answer that a published note holds although what it rests on has changed.

    `about` is the fingerprint of the changes he was shown: a change made meanwhile asks again. Allowed in a
    closed round too, because the note itself stays as it is.
    """
    with transaction.atomic():
        row = Note.objects.select_for_update(of=("self",)).select_related("item", "round__plan").get(pk=note.pk)
        _own(row, by)
        demand_state(row, State.PUBLISHED)
        changes = changes_since(row)
        if not changes or snapshots.fingerprint(changes) != about:
            raise WrongState(_("依据又有变化，请重新查看"))
        row.answered_about = about
        _save(row, Action.CONFIRMED, by=by)
    return row


def comment(note: Note, *, field: str, text: str, by) -> NoteComment:
    """A remark of author or reviewer on one field."""
    if by.pk != note.author_id:
        require(by, Permission.REVIEW_NOTES)
    if field not in FIELDS:
        raise ValidationError({"field": _("没有这一栏目：%(field)s") % {"field": field}})
    if not text.strip():
        raise ValidationError({"text": _("请写明批注内容")})
    with transaction.atomic():
        _open_round(note.round)
        row = NoteComment.objects.create(note=note, field=field, text=text.strip(), by=by)
        record_audit(action="note.commented", by=by, after={"field": field, "text": row.text}, **_object(note))
        other = note.author if by.pk != note.author_id else note.reviewer
        if other is not None:
            notify(
                [other],
                kind=Kind.RETURNED if by.pk != note.author_id else Kind.SUBMITTED,
                key=f"note:{note.pk}:comment:{row.pk}",
                title=say(gettext_noop("批注：%(what)s"), what=_about(note)),
                body=row.text,
                url=_address(note),
            )
    return row


def settle_comment(remark: NoteComment, *, by) -> NoteComment:
    note = remark.note
    if by.pk != note.author_id:
        require(by, Permission.REVIEW_NOTES)
    with transaction.atomic():
        _open_round(note.round)
        row = NoteComment.objects.select_for_update().get(pk=remark.pk)
        if row.settled_at is None:
            row.settled_by, row.settled_at = by, timezone.now()
            row.save()
            record_audit(action="note.comment_settled", by=by, after={"field": row.field}, **_object(note))
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
            asked += notify([note.author], kind=Kind.DUE, key=key, title=title, url=_address(note))
    return asked


def _open_round(round: Round) -> Round:
    row = Round.objects.select_for_update(of=("self",)).select_related("plan").get(pk=round.pk)
    if not row.is_open:
        raise WrongState(
            _("“%(round)s”%(state)s，不能新增或修改评估意见；如确需修改，请先重新打开轮次并说明理由")
            % {"round": row.name, "state": row.get_state_display()}
        )
    return row


def _locked(note: Note, edition: int) -> Note:
    """The row, locked with its round: a round that is being closed waits, a closed one refuses."""
    _open_round(note.round)
    rows = Note.objects.select_for_update(of=("self",)).select_related("item__plan", "round__plan", "author")
    row = rows.get(pk=note.pk)
    demand_edition(row, edition)
    return row


def _own(row: Note, by) -> None:
    require(by, Permission.EVALUATE)
    if row.author_id != by.pk:
        raise PermissionDenied(_("只有评估人本人可以这样操作"))


def _review(row: Note, by) -> None:
    require(by, Permission.REVIEW_NOTES)
    if row.author_id == by.pk:
        raise PermissionDenied(_("评估人不能复核自己的意见"))


def _save(row: Note, action: str, *, by, reason: str = "") -> None:
    row.edition += 1
    row.save()
    _log(row, action, by=by, reason=reason)


def _log(row: Note, action: str, *, by, reason: str = "") -> None:
    body = body_of(row) | {"pinned": row.pinned, "evidence": evidence_words(row)}
    NoteStep.objects.create(note=row, action=action, by=by, reason=reason, body=body)
    after = {"state": row.state, "conclusion": row.conclusion} | ({"reason": reason} if reason else {})
    record_audit(action=f"note.{action}", by=by, after=after, **_object(row))


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


def _title(row: Note) -> str:
    return f"{row.round.name} {row.item.code} {row.item.title}"


def _about(row: Note) -> Said:
    item, round = row.item, row.round
    return say(
        "%(round)s %(code)s %(title)s",
        round=both(round.name, round.name_en),
        code=item.code,
        title=both(item.title, item.title_en),
    )


def _address(row: Note) -> str:
    return f"/{row.round.plan.slug}/assessments/notes/{row.pk}/"


def _object(row: Note) -> dict[str, str]:
    return {"plan_slug": row.round.plan.slug, "object_code": row.item.code, "object_label": _title(row)}


def _tell(row: Note, people, kind: Kind, title: Said, *, body: str = "") -> None:
    notify(people, kind=kind, key=f"note:{row.pk}:{kind}:{row.edition}", title=title, body=body, url=_address(row))
