"""A note: its page, the steps of its life, remarks on it, and every past text with what it spoke of."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, may
from assessments import notes, open_editors
from assessments.models import Note, NoteStep, Round
from assessments.queries import (
    as_it_stood,
    author_at,
    changes_since,
    findings_of,
    findings_on,
    get_note,
    get_round,
    is_author,
    known_step,
    may_see,
    pin_of,
    previous_note,
    shown_evidence,
    was_public,
    writes_for,
)
from assessments.report.note_document import note_document
from assessments.snapshots import fingerprint
from assessments.wording import LABELS, change_words, said, show_pin
from evidence.queries import of_item
from plan.models import Item
from plan.params import read_act, read_edition, read_text, today
from plan.queries import get_item, get_plan
from plan.steps import REFUSALS
from texts.forms import refuse
from texts.numbers import whole_number


@never_cache
def item_note(request, slug, round, code):
    """The note of a commitment in a round: it is begun by whoever it was given to, else looked at."""
    plan = get_plan(slug)
    row = get_round(plan, round, request.user)
    item = get_item(plan, code)
    note = row.notes.filter(item=item).first()
    if note is None and request.method == "POST":
        try:
            note = notes.begin_note(round=row, item=item, by=request.user)
        except REFUSALS as error:
            refuse(request, error)
            return redirect("assessments:round", slug, row.code)
    if note is None:
        return _not_begun(request, row, item)
    if is_author(note, request.user) and note.state in notes.WRITABLE:
        return redirect("assessments:note_edit", slug, note.pk)
    return redirect("assessments:note", slug, note.pk)


def _not_begun(request, row: Round, item: Item):
    """What a note would rest on, for whoever is to write it or looks after the round."""
    given = row.assignments.filter(item=item).select_related("evaluator").first()
    is_theirs = given is not None and writes_for(given.evaluator, request.user)
    if not (is_theirs or given and may(request.user, Permission.REVIEW_NOTES)):
        raise Http404(_("这一条目在本轮还没有评估意见"))
    context = {
        "plan": row.plan,
        "round": row,
        "item": item,
        "given": given,
        "may_begin": is_theirs and row.is_open,
        "pin": show_pin(pin_of(item, row.cut_off)),
        "public": [told.row for told in of_item(row.plan, item, row.cut_off)],
    }
    return render(request, "assessments/note_start.html", context)


@never_cache
def note(request, slug, pk):
    """The note as it stands for those who work on it; for everybody else the text published on the day."""
    row = get_note(get_plan(slug), pk)
    known = known_step(row, request.as_of)
    works = _works_on(row, request)
    if works and request.as_of == today():
        return render(request, "assessments/note.html", _working(request, row))
    if known is None:
        raise _unseen(row, works)
    return render(request, "assessments/note.html", _published(request, row, known))


def _works_on(row: Note, request) -> bool:
    return is_author(row, request.user) or may(request.user, Permission.REVIEW_NOTES)


def _unseen(row: Note, works: bool) -> Exception:
    if works or row.steps.filter(action=NoteStep.Action.PUBLISHED).exists():
        return Http404(_("这份评估意见在所选的日期没有发布"))
    return PermissionDenied(_("这份评估意见还没有发布，只有评估人和复核人可以查看"))


def _published(request, row: Note, step: NoteStep) -> dict:
    changes = changes_since(row) if row.state == Note.State.PUBLISHED and request.as_of == today() else []
    return _common(row, request.as_of) | {
        "author_then": author_at(row, step),
        "step": step,
        "said": said(step.body, row),
        "pin": show_pin(step.body["pinned"]),
        "changes": [change_words(change) for change in changes],
        "evidence": shown_evidence(row, step.body),
        "findings": [as_it_stood(one) for one in findings_on(row.round.plan, request.as_of).filter(note=row)],
    }


def _working(request, row: Note) -> dict:
    """Everything of a note for its author and its reviewers, and what each may do with it now."""
    user, state = request.user, row.state
    author, reviews = (
        is_author(row, user),
        may(user, Permission.REVIEW_NOTES) and not notes.NOTES.written_by(user, [row]),
    )
    is_open = row.round.is_open
    waits = state in (Note.State.SUBMITTED, Note.State.UNDER_REVIEW)
    changes = changes_since(row) if state == Note.State.PUBLISHED else []
    steps = list(row.steps.select_related("by", "for_person"))
    returned = [step for step in steps if step.action == NoteStep.Action.RETURNED]
    body = notes.body_of(row) | {"evidence": notes.evidence_words(row)}
    about = fingerprint(changes)
    return (
        _common(row, request.as_of)
        | {
            "working": True,
            "author": author,
            "said": said(body, row),
            "pin": show_pin(row.pinned) if row.pinned else None,
            "changes": [change_words(change) for change in changes],
            "about": about,
            "answers": author and bool(changes) and about != row.answered_about,
            "answered": bool(changes) and about == row.answered_about,
            "evidence": list(row.evidence.all()),
            "findings": findings_of(row.round.plan).filter(note=row),
            "steps": steps,
            "returned": returned[-1] if returned and state == Note.State.RETURNED else None,
            "remarks": list(row.comments.select_related("by", "settled_by")),
            "fields": [(name, LABELS[name]) for name in notes.FIELDS],
            "may_remark": is_open and (author or reviews) and state != Note.State.PUBLISHED,
            "may_write": author and is_open and state in notes.WRITABLE,
            "may_withdraw": author and is_open and waits,
            "may_change": author and is_open and state == Note.State.PUBLISHED,
            "may_take": reviews and is_open and state == Note.State.SUBMITTED,
            "may_judge": reviews and is_open and waits,
            "may_find": state == Note.State.PUBLISHED and (author or may(user, Permission.REVIEW_NOTES)),
            "editors": open_editors.others(row, user),
        }
        | (_next_to_write(row) if author and is_open and waits else {})
    )


def _next_to_write(row: Note) -> dict:
    """Which other note of the round its author has to write, and how many there are."""
    written = Note.objects.filter(round=row.round).exclude(state__in=notes.WRITABLE).values("item")
    asked = row.round.assignments.filter(evaluator=row.author).exclude(item__in=written)
    first = asked.select_related("item").order_by("due_on", "item__order").first()
    return {"following": first, "left": asked.count()} if first else {}


def _common(row: Note, day: date) -> dict:
    previous = previous_note(row, day)
    return {
        "plan": row.round.plan,
        "note": row,
        "item": row.item,
        "round": row.round,
        "previous": previous,
        "previous_said": said(previous.body, previous.note) if previous else None,
    }


@require_POST
def note_step(request, slug, pk):
    """Submit, withdraw, take, amend, revoke or confirm, as the button pressed says."""
    row = get_note(get_plan(slug), pk)
    action = read_act(request.POST, "action", STEPS)
    function, done, extra = STEPS[action]
    options = {name: read_text(request.POST, name) for name in extra}
    if action != "confirm":
        options["edition"] = read_edition(request.POST)
    try:
        function(row, by=request.user, **options)
    except REFUSALS as error:
        # What the note lacks is put right in its form.
        at = {name: f"id_{name}" for name in notes.FIELDS} | RADIOS if action == "submit" else {}
        refuse(request, error, "reason" if action == "revoke" else "", at)
        if action == "submit" and isinstance(error, ValidationError):
            return redirect("assessments:note_edit", slug, pk)
    else:
        messages.success(request, done)
        if action in ("submit", "withdraw"):
            open_editors.left(row, request.user)
        if action == "amend":
            return redirect("assessments:note_edit", slug, pk)
    return redirect("assessments:note", slug, pk)


# Of radio buttons the first is where one goes on.
RADIOS = {name: f"id_{name}_0" for name in ("conclusion", "adjustment")}
STEPS = {
    "submit": (notes.submit_note, gettext_lazy("已提交，等待复核"), ()),
    "withdraw": (notes.withdraw_note, gettext_lazy("已撤回，可以修改"), ()),
    "take": (notes.take_note, gettext_lazy("已开始复核"), ()),
    "amend": (notes.amend_note, gettext_lazy("可以修订了，修订后须重新提交"), ()),
    "revoke": (notes.revoke_note, gettext_lazy("已撤销发布"), ("reason",)),
    "confirm": (notes.confirm_note, gettext_lazy("已确认，意见仍然成立"), ("about",)),
}


@require_POST
def remark(request, slug, pk):
    """A remark on one field, or one that is settled."""
    row = get_note(get_plan(slug), pk)
    if not may_see(row, request.user):
        raise PermissionDenied(_("这份评估意见还没有发布，只有评估人和复核人可以查看"))
    try:
        if number := request.POST.get("settle", ""):
            remark = get_object_or_404(row.comments, pk=whole_number(number))
            notes.settle_comment(remark, by=request.user)
        else:
            field, text = read_text(request.POST, "field"), read_text(request.POST, "text")
            notes.comment(row, field=field, text=text, by=request.user)
    except REFUSALS as error:
        refuse(request, error, "remark")
    return redirect(f"{_address(row, slug)}#remarks")


def _address(row: Note, slug: str) -> str:
    return reverse("assessments:note", args=[slug, row.pk])


def pinned(request, slug, pk):
    """What the note as published last spoke of; leads to the page of that text, which never changes."""
    row = get_note(get_plan(slug), pk)
    published = row.steps.filter(action=NoteStep.Action.PUBLISHED).until(request.as_of)
    step = published.order_by("id").last()
    if step is None:
        raise _unseen(row, _works_on(row, request))
    return redirect("assessments:past", slug, pk, step.pk)


def past(request, slug, pk, step):
    """A text exactly as it was at one step, with the figures, target, rule and verdict it spoke of."""
    row = get_note(get_plan(slug), pk)
    found = row.steps.select_related("by").filter(pk=step).first()
    if found is None:
        raise Http404(_("这份评估意见没有这一步"))
    works = _works_on(row, request)
    if not works and not was_public(found):
        raise PermissionDenied(_("这份评估意见还没有发布，只有评估人和复核人可以查看"))
    if not works and timezone.localdate(found.at) > request.as_of:
        raise Http404(_("这份评估意见在所选的日期没有发布"))
    steps = list(row.steps.select_related("by", "for_person").until(request.as_of))
    context = {
        "plan": row.round.plan,
        "note": row,
        "item": row.item,
        "round": row.round,
        "step": found,
        "said": said(found.body, row),
        "pin": show_pin(found.body["pinned"]) if found.body.get("pinned") else None,
        "evidence": shown_evidence(row, found.body, is_all=works),
        "steps": [one for one in steps if works or was_public(one)],
    }
    return render(request, "assessments/past.html", context)


def note_print(request, slug, pk):
    """The note as a sheet of paper: what is published, or the present text for those who work on it today."""
    row = get_note(get_plan(slug), pk)
    works = _works_on(row, request)
    known = known_step(row, request.as_of)
    if known is None and not (works and request.as_of == today()):
        raise _unseen(row, works)
    body = known.body if known else notes.body_of(row) | {"pinned": row.pinned}
    if not works:
        named = {one.pk for one in shown_evidence(row, body)}
        body = body | {"evidence": [one for one in body.get("evidence", []) if one["pk"] in named]}
    document = note_document(row, body, state="" if known else row.state)
    return render(request, "assessments/sheet.html", {"plan": row.round.plan, "document": document, "note": row})
