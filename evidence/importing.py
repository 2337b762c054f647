"""A table of published statements: read, shown row by row, taken in together, taken back together.

A row is read by the very form a person fills in, so that a file and a form refuse the same and say the same.
"""

from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.permissions import Permission, require
from audit.refusals import WrongState
from audit.services import record_audit
from evidence.columns import EVIDENCE
from evidence.forms import PublicEvidenceForm
from evidence.models import EvidenceBatch, PublicEvidence
from evidence.services import (
    EVIDENCE as LIFE,
)
from evidence.services import check_rules, enter_evidence
from plan.models import Plan
from plan.services import touch_plan
from tables.faults import BrokenFile
from tables.table import open_table

MAX_BYTES = 5_000_000
MAX_ROWS = 2000
# What our columns are called in the form.
FIELDS = {
    "item": "item", "says": "says", "fact": "fact", "phrase": "phrase", "number": "number", "unit": "unit",
    "took_place_on": "took_place", "published_on": "published", "publisher": "publisher", "source_title": "title",
    "source_url": "url", "document_number": "document_number", "rank": "rank", "note": "note",
}  # fmt: skip
# Without these a row of headings is none of ours.
HEADED = ("item", "says", "fact")
NEW, SAME, INVALID = "new", "same", "invalid"
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
    return EvidenceBatch.objects.create(plan=plan, name=name[:200], rows=rows, uploaded_by=by)


def _read(plan: Plan, line: int, cells: dict[str, str]) -> dict[str, Any]:
    said = {name: str(cell).strip() for name, cell in cells.items() if name}
    for name in ("says", "rank"):
        said[name] = _code(name, said.get(name, ""))
    form = PublicEvidenceForm(_data(said), plan=plan)
    faults = [f"{form.fields[field].label}：{fault}" for field, found in form.errors.items() for fault in found]
    if not faults:
        faults = _broken_rules(form)
    outcome = INVALID if faults else SAME if _stands(plan, said) else NEW
    return {"line": line, "cells": said, "outcome": outcome, "faults": faults}


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
    fields = form.fields_of_row(is_dry=True)
    try:
        check_rules(PublicEvidence(item=form.cleaned_data["item"], **fields))
    except ValidationError as error:
        return [fault for found in error.message_dict.values() for fault in found]
    return []


def _stands(plan: Plan, said: dict[str, str]) -> bool:
    """Whether the same statement of the same source stands there already."""
    same = {"item__code": said["item"], "says": said["says"], "fact": said["fact"]}
    return PublicEvidence.objects.filter(item__plan=plan, source__title=said["source_title"], **same).exists()


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
    """Stores the new rows of a file and hands them in for approval, all or none; how many.

    Raises ValidationError with the line where a row cannot be stored any more, WrongState, PermissionDenied.
    """
    require(by, Permission.ENTER_EVIDENCE)
    with transaction.atomic():
        held = _held(batch, EvidenceBatch.State.CHECKED)
        rows = []
        for row in held.of(NEW):
            form = PublicEvidenceForm(_data(row["cells"]), plan=held.plan)
            try:
                if not form.is_valid():
                    raise ValidationError([fault for found in form.errors.values() for fault in found])
                stored = enter_evidence(item=form.cleaned_data["item"], by=by, **form.fields_of_row())
            except ValidationError as error:
                told = "；".join(error.messages)
                raise ValidationError(_("第 %(line)s 行：%(why)s") % {"line": row["line"], "why": told}) from error
            stored.batch = held
            rows.append(stored)
        LIFE.take_all(rows, Action.SUBMITTED, by=by)
        held.state = EvidenceBatch.State.APPLIED
        held.save(update_fields=["state"])
        _log(held, "evidence.imported", by, len(rows))
    return len(rows)


def undo_batch(batch: EvidenceBatch, *, by) -> tuple[int, int]:
    """Takes back what a file brought as far as nobody decided on it: how many went, how many stay.

    Raises WrongState, PermissionDenied.
    """
    require(by, Permission.ENTER_EVIDENCE)
    with transaction.atomic():
        held = _held(batch, EvidenceBatch.State.APPLIED)
        rows = list(PublicEvidence.objects.filter(batch=held))
        gone = 0
        for row in rows:
            decided = row.state == row.State.APPROVED or row.steps.filter(action=Action.RETURNED).exists()
            if decided or row.entered_by_id != by.pk:
                continue
            if row.state == row.State.SUBMITTED:
                row = LIFE.withdraw(row, edition=row.edition, by=by)
            LIFE.discard(row, edition=row.edition, by=by)
            gone += 1
        held.state = EvidenceBatch.State.UNDONE
        held.save(update_fields=["state"])
        _log(held, "evidence.import_undone", by, gone)
        touch_plan(held.plan)
    return gone, len(rows) - gone


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
