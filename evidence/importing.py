"""A table of published statements: read, shown row by row, taken in together, taken back together.

A row is read by the very form a person fills in, so that a file and a form refuse the same and say the same.
"""

from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.permissions import Permission, require
from audit.refusals import Overtaken, WrongState
from audit.services import record_audit
from evidence.columns import EVIDENCE
from evidence.forms import PublicEvidenceForm, initial_of
from evidence.models import EvidenceBatch, PublicEvidence
from evidence.services import (
    EVIDENCE as LIFE,
)
from evidence.services import change_evidence, check_rules, demand_published, enter_evidence, submit_together
from judging.decimals import plain
from plan.models import Plan, in_language
from plan.services import touch_plan
from tables.faults import BrokenFile
from tables.table import open_table

MAX_BYTES = 5_000_000
MAX_ROWS = 2000
# What our columns are called in the form.
FIELDS = {
    "item": "item", "says": "says", "fact": "fact", "phrase": "phrase", "number": "number", "unit": "unit",
    "took_place_on": "took_place", "published_on": "published", "publisher": "publisher", "source_title": "title",
    "source_url": "url", "document_number": "document_number", "rank": "rank", "contradicts": "contradicts",
    "note": "note",
}  # fmt: skip
# What makes a row the same statement as one that stands there, besides item and source.
SAME_BY = ("says", "fact")
# What may differ between the two.
COMPARED = ("published_on", "took_place_on", "number", "unit", "phrase", "contradicts", "note")
# Without these a row of headings is none of ours.
HEADED = ("item", "says", "fact")
INVALID, NEW, CHANGED, SAME = OUTCOMES = ("invalid", "new", "changed", "same")
State = PublicEvidence.State
Action = LIFE.Action


def _name_of(heading: str) -> str:
    """The column a heading means, in either language or as programs call it; "" for another."""
    wanted = "".join(heading.split()).lower()
    for name, column in EVIDENCE.items():
        if name in FIELDS and wanted in ["".join(one.split()).lower() for one in (name, column.zh, column.en)]:
            return name
    return ""


def _is_heading(cells: list[str]) -> bool:
    return set(HEADED) <= {_name_of(cell) for cell in cells}


def read_table(plan: Plan, file: BinaryIO, *, name: str, by) -> EvidenceBatch:
    """Keeps what a CSV or workbook would do, row by row; nothing of it is stored as a statement yet.

    `passed_over` of the answer are the headings of columns that nothing was read from.

    Raises ValidationError for what is no table with our headings, and PermissionDenied.
    """
    require(by, Permission.ENTER_EVIDENCE)
    needed = "、".join(EVIDENCE[name].zh for name in HEADED)
    try:
        with open_table(file, is_heading=_is_heading, max_bytes=MAX_BYTES) as table:
            names = [_name_of(heading) for heading in table.headings]
            is_ours = _is_heading(table.headings)
            lines = (
                [(line, dict(zip(names, cells, strict=False))) for line, cells in table.lines] if is_ours else []
            )
    except BrokenFile as error:
        raise ValidationError(
            _("文件不能读取：%(why)s。首行应有列名，至少 %(names)s") % {"why": error, "names": needed}
        ) from error
    if not is_ours:
        raise ValidationError(_("没有认出列名。首行应有列名，至少 %(names)s") % {"names": needed})
    if len(lines) > MAX_ROWS:
        raise ValidationError(_("至多 %(number)s 行；请分成几个文件") % {"number": MAX_ROWS})
    if not lines:
        raise ValidationError(_("列名之下没有数据"))
    rows = [_read(plan, line, cells) for line, cells in lines]
    _mark_twice(rows)
    batch = EvidenceBatch.objects.create(plan=plan, name=name[:200], rows=rows, uploaded_by=by)
    batch.passed_over = [heading for heading in table.headings if heading.strip() and not _is_ours(heading)]
    return batch


def _is_ours(heading: str) -> bool:
    """Whether a heading is one of an export's own, read or not."""
    wanted = "".join(heading.split()).lower()
    words = (one for name, column in EVIDENCE.items() for one in (name, column.zh, column.en))
    return wanted in {"".join(one.split()).lower() for one in words}


def _read(plan: Plan, line: int, cells: dict[str, str]) -> dict[str, Any]:
    said = {name: str(cell).strip() for name, cell in cells.items() if name}
    for name in ("says", "rank"):
        said[name] = _code(name, said.get(name, ""))
    form = PublicEvidenceForm(_data(said), plan=plan)
    faults = [f"{form.fields[field].label}：{fault}" for field, found in form.errors.items() for fault in found]
    row = {"line": line, "cells": said, "outcome": INVALID, "faults": faults or _broken_rules(form)}
    return row if row["faults"] else row | _beside_what_stands(form)


def _beside_what_stands(form: PublicEvidenceForm) -> dict[str, Any]:
    """What a good row does: a new statement, one that stands there, or a change of one that is still open."""
    said = form.cleaned_data
    same = {"item": said["item"], "source__title": said["title"]} | {name: said[name] for name in SAME_BY}
    found = PublicEvidence.objects.filter(**same).select_related("item", "source").order_by("-pk").first()
    if found is None:
        return {"outcome": NEW}
    wanted = PublicEvidence(item=found.item, **form.fields_of_row(is_dry=True))
    turns = [
        (name, was, now) for name in COMPARED if (was := _shown(found, name)) != (now := _shown(wanted, name))
    ]
    if not turns:
        return {"outcome": SAME}
    told = {"pk": found.pk, "edition": found.edition, "turns": turns}
    if found.state in LIFE.OPEN:
        return {"outcome": CHANGED} | told
    words = _("；").join(f"{label_of(name)} {was or '—'} → {now or '—'}" for name, was, now in turns)
    kept = {"number": found.pk, "state": found.get_state_display(), "turns": words}
    if found.state == State.SUBMITTED:
        why = _("已有这一条（编号 %(number)s，%(state)s），与文件不同：%(turns)s。请先撤回再改")
    else:
        why = _(
            "已有这一条（编号 %(number)s，%(state)s），与文件不同：%(turns)s。"
            "核定的不再改动；若原来有误，请把事实另写一句，并在“与之矛盾”填 %(number)s"
        )
    return {"faults": [why % kept]}


def label_of(name: str) -> str:
    """What a column is called in the reader's language."""
    return in_language(EVIDENCE[name].zh, EVIDENCE[name].en)


def _shown(row: PublicEvidence, name: str) -> str:
    """What a statement says in a column, as a file would."""
    if name == "number":
        return "" if row.number is None else plain(row.number)
    said = initial_of(row)[FIELDS[name]]
    return str(said.pk if isinstance(said, PublicEvidence) else said or "")


def _data(said: dict[str, str]) -> dict[str, str]:
    return {FIELDS[name]: text for name, text in said.items()}


def _code(name: str, text: str) -> str:
    """The code of a choice, given by itself or in the words of either language; other text as it is."""
    words = EVIDENCE[name].words
    for language in ("zh-hans", "en"):
        with translation.override(language):
            by_word = {str(word).lower(): code for code, word in words.items()}
        if text.lower() in by_word:
            return by_word[text.lower()]
    return text


def _broken_rules(form: PublicEvidenceForm) -> list[str]:
    """What the form lets pass and the plan does not."""
    row = PublicEvidence(item=form.cleaned_data["item"], **form.fields_of_row(is_dry=True))
    try:
        check_rules(row)
        demand_published(row)
    except ValidationError as error:
        return [fault for found in error.message_dict.values() for fault in found]
    return []


def _mark_twice(rows: list[dict[str, Any]]) -> None:
    seen: dict[tuple, int] = {}
    for row in rows:
        key = tuple(row["cells"].get(name, "") for name in ("item", "says", "fact", "source_title"))
        if row["outcome"] == NEW and key in seen:
            row["outcome"] = INVALID
            row["faults"] = [_("与第 %(line)s 行相同；请删去一行") % {"line": seen[key]}]
        elif row["outcome"] == NEW:
            seen[key] = row["line"]


def apply_batch(batch: EvidenceBatch, *, by) -> int:
    """Stores the new rows of a file, changes those that are still open, and hands them in, all or none; how many.

    Raises ValidationError with the line where a row cannot be stored any more, WrongState, PermissionDenied.
    """
    require(by, Permission.ENTER_EVIDENCE)
    with transaction.atomic():
        held = _held(batch, EvidenceBatch.State.CHECKED)
        rows = [_stored(held, row, by) for row in held.rows if row["outcome"] in (NEW, CHANGED)]
        submit_together(held.plan, rows, by=by)
        held.state = EvidenceBatch.State.APPLIED
        held.save(update_fields=["state", "rows"])
        _log(held, "evidence.imported", by, len(rows))
    return len(rows)


def _stored(batch: EvidenceBatch, row: dict[str, Any], by) -> PublicEvidence:
    """A row of a file as the statement it is; of one that is changed the row keeps what it said before."""
    try:
        if row["outcome"] == NEW:
            stored = _enter(batch, row["cells"], by)
        else:
            found = LIFE.rows().get(pk=row["pk"])
            row["before"] = {name: str(said or "") for name, said in _as_typed(found).items()}
            stored = _change(found, row["cells"], row["edition"], by)
    except PublicEvidence.DoesNotExist as error:
        raise ValidationError(_("第 %(line)s 行要改的已删除；请重新上传") % {"line": row["line"]}) from error
    except Overtaken as error:
        raise ValidationError(_("第 %(line)s 行要改的已被他人改过；请重新上传") % {"line": row["line"]}) from error
    except (ValidationError, WrongState) as error:
        told = "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
        raise ValidationError(_("第 %(line)s 行：%(why)s") % {"line": row["line"], "why": told}) from error
    if row["outcome"] == NEW:
        stored.batch = batch
    return stored


def _enter(batch: EvidenceBatch, said: dict[str, str], by) -> PublicEvidence:
    form = _valid(PublicEvidenceForm(_data(said), plan=batch.plan))
    return enter_evidence(item=form.cleaned_data["item"], by=by, **form.fields_of_row())


def _change(row: PublicEvidence, said: dict[str, str], edition: int, by) -> PublicEvidence:
    initial = {"item": row.item.code}
    form = _valid(PublicEvidenceForm(_data(said), plan=row.item.plan, row=row, initial=initial))
    return change_evidence(row, edition=edition, by=by, **form.fields_of_row())


def _valid(form: PublicEvidenceForm) -> PublicEvidenceForm:
    if not form.is_valid():
        raise ValidationError([fault for found in form.errors.values() for fault in found])
    return form


def _as_typed(row: PublicEvidence) -> dict[str, Any]:
    """A statement in the cells it would have in a file."""
    said = initial_of(row)
    contradicts = said["contradicts"].pk if said["contradicts"] else ""
    return {name: said[field] for name, field in FIELDS.items()} | {"contradicts": contradicts}


def undo_batch(batch: EvidenceBatch, *, by) -> tuple[int, int]:
    """Takes back what a file brought as far as nobody decided on it: how many went, how many stay.

    Raises WrongState, PermissionDenied.
    """
    require(by, Permission.ENTER_EVIDENCE)
    with transaction.atomic():
        held = _held(batch, EvidenceBatch.State.APPLIED)
        changed = {row["pk"]: row["before"] for row in held.of(CHANGED)}
        rows = list(LIFE.rows().filter(Q(batch=held) | Q(pk__in=changed)))
        theirs = [row for row in rows if row.entered_by_id == by.pk and not _is_decided(row, changed)]
        for row in theirs:
            if row.state == State.SUBMITTED:
                row = LIFE.withdraw(row, edition=row.edition, by=by)
            if row.pk in changed:
                _change(row, changed[row.pk], row.edition, by)
            else:
                LIFE.discard(row, edition=row.edition, by=by)
        held.state = EvidenceBatch.State.UNDONE
        held.save(update_fields=["state"])
        _log(held, "evidence.import_undone", by, len(theirs))
        touch_plan(held.plan)
    return len(theirs), len(rows) - len(theirs)


def _is_decided(row: PublicEvidence, changed: dict[int, Any]) -> bool:
    """Whether somebody decided on what the file brought; of what it changed, whether it still is as handed in."""
    if row.pk in changed:
        return row.state != State.SUBMITTED
    return row.state == State.APPROVED or row.steps.filter(action=Action.RETURNED).exists()


def _held(batch: EvidenceBatch, state: str) -> EvidenceBatch:
    held = EvidenceBatch.objects.select_for_update(of=("self",)).select_related("plan").get(pk=batch.pk)
    if held.state != state:
        raise WrongState(_("这个文件已是“%(state)s”") % {"state": held.get_state_display()})
    return held


def _log(batch: EvidenceBatch, action: str, by, number: int) -> None:
    record_audit(
        action=action,
        by=by,
        plan_slug=batch.plan.slug,
        object_code=batch.plan.slug,
        object_label=batch.name,
        after={"rows": number},
    )
