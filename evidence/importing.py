"""A table of published statements: read, shown row by row, taken in together, taken back together.

A row is read by the very form a person fills in, so that a file and a form refuse the same and say the same.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO
from unicodedata import normalize

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.permissions import Permission, require
from audit.refusals import Overtaken, WrongState
from audit.services import console_name, record_audit
from evidence.beside import disagree
from evidence.columns import EVIDENCE
from evidence.forms import PublicEvidenceForm, initial_of
from evidence.models import EvidenceBatch, PublicEvidence
from evidence.services import (
    EVIDENCE as LIFE,
)
from evidence.services import (
    change_evidence,
    check,
    check_rules,
    demand_published,
    enter_evidence,
    submit_together,
)
from judging.decimals import plain
from plan.demo import COLUMNS as DEMO_COLUMNS
from plan.models import Plan, in_language
from plan.services import touch_plan
from tables.cells import DayCell
from tables.faults import BrokenFile
from tables.table import open_table
from texts.names import nearest, title_key

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
COMPARED = ("published_on", "took_place_on", "number", "unit", "phrase", "source_url", "contradicts", "note")
# A source is of many statements: what it is changes on its own page.
OF_SOURCE = ("publisher", "document_number", "rank")
# What is one of a list.
CHOSEN = {"says", "rank"}
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
    rows, passed_over = read_rows(plan, file)
    batch = EvidenceBatch.objects.create(plan=plan, name=name[:200], rows=rows, uploaded_by=by)
    batch.passed_over = passed_over
    return batch


def read_rows(plan: Plan, file: BinaryIO) -> tuple[list[dict[str, Any]], list[str]]:
    """What each row of a table would do, and the headings nothing is read from. Raises ValidationError."""
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
    read = [_read(plan, line, cells) for line, cells in lines]
    rows = [row for row, _statement in read]
    _mark_twice(rows)
    _mark_sources(rows)
    _tell_what_disagrees(read)
    return rows, [_not_read(heading) for heading in table.headings if heading.strip() and not _is_ours(heading)]


@transaction.atomic
def import_drafts(plan: Plan, file: BinaryIO, *, name: str, dry_run: bool = False) -> tuple[int, int, list[str]]:
    """From the console: new rows become drafts for a person to hand in, all or none; how many are new and how many
    stand already, and the headings nothing is read from.

    Raises ValidationError, a message a row, for what is wrong or would change a statement somebody works on.
    """
    # What stands is compared with one file after the other: two at once would each find their rows new.
    Plan.objects.select_for_update().get(pk=plan.pk)
    rows, passed_over = read_rows(plan, file)
    faults = []
    for row in rows:
        if row["outcome"] == CHANGED:
            changes_open = _("已有这一条（编号 %(number)s），还没有核定；请在网页上改，或在网页上导入")
            row["faults"] = [changes_open % {"number": row["pk"]}]
        told = "；".join(row["faults"])
        faults += [_("第 %(line)s 行：%(why)s") % {"line": row["line"], "why": told}] if told else []
    if faults:
        raise ValidationError(faults)
    new = [row for row in rows if row["outcome"] == NEW]
    for row in [] if dry_run else new:
        form = _valid(PublicEvidenceForm(_data(row["cells"]), plan=plan))
        draft = PublicEvidence(item=form.cleaned_data["item"], state=State.DRAFT, **form.fields_of_row())
        check(draft)
        draft.save()
    if new and not dry_run:
        record_audit(
            action="evidence.imported",
            name=console_name(),
            plan_slug=plan.slug,
            object_code=plan.slug,
            object_label=name[:200],
            after={"rows": len(new)},
        )
        touch_plan(plan)
    return len(new), len(rows) - len(new), passed_over


def _not_read(heading: str) -> str:
    """A heading of none of our columns, with the one it may have been meant for."""
    like = nearest(heading, [word for name in FIELDS for word in (label_of(name), name)])
    words = {"heading": heading[:40], "like": like}
    return _("%(heading)s（最接近的列名是%(like)s）") % words if like else heading[:40]


def _is_ours(heading: str) -> bool:
    """Whether a heading is one of an export's own, read or not."""
    wanted = "".join(heading.split()).lower()
    columns = {**EVIDENCE, **DEMO_COLUMNS}
    words = (one for name, column in columns.items() for one in (name, column.zh, column.en))
    return wanted in {"".join(one.split()).lower() for one in words}


def _read(plan: Plan, line: int, cells: dict[str, str]) -> tuple[dict[str, Any], PublicEvidence | None]:
    """What a row would do, and the statement it makes where nothing is wrong with it."""
    said = {name: _shown_text(cell).strip() for name, cell in cells.items() if name}
    for name in CHOSEN & said.keys():
        said[name] = _code(name, said[name])
    form = PublicEvidenceForm(_data(said), plan=plan)
    faults = [f"{form.fields[field].label}：{fault}" for field, found in _faults(form) for fault in found]
    # As it is kept, so that two ways of writing one thing are the same row.
    said |= {name: str(form.cleaned_data[FIELDS[name]]) for name in ("fact", "source_title") if not faults}
    said |= {} if faults else {"item": form.cleaned_data["item"].code}
    if not faults and form.cleaned_data["number"] is not None:
        said |= {"number": plain(form.cleaned_data["number"]), "unit": form.cleaned_data["unit"]}
    row = {"line": line, "cells": said, "outcome": INVALID, "faults": faults or _broken_rules(form)}
    if row["faults"]:
        return row, None
    statement = PublicEvidence(item=form.cleaned_data["item"], **form.fields_of_row(is_dry=True))
    return row | _beside_what_stands(form, said), statement


def _shown_text(cell: str) -> str:
    """A cell; of a day whose workbook shows only its month or year no more than that."""
    return str(cell.shown or cell) if isinstance(cell, DayCell) else str(cell)


def _beside_what_stands(form: PublicEvidenceForm, said: dict[str, str]) -> dict[str, Any]:
    """What a good row does: a new statement, one that stands there, or a change of one that is still open.

    Columns that the file does not have say nothing of it.
    """
    found = _same(form)
    if found is None:
        return {"outcome": NEW}
    wanted = PublicEvidence(item=found.item, **form.fields_of_row(is_dry=True))
    if wanted.contradicts_id == found.pk:
        return {"faults": [_("不能与自己矛盾（编号 %(number)s）") % {"number": found.pk}]}
    turns = _turns(found, wanted, [name for name in COMPARED if name in said])
    if found.source.url == wanted.source.url:
        of_source = _turns(found, wanted, [name for name in OF_SOURCE if said.get(name)])
        if of_source:
            told = {"title": found.source.title[:60], "turns": _in_words(of_source)}
            return {"faults": [_("来源“%(title)s”登记的与文件不同：%(turns)s。来源请在发布页修改") % told]}
    if not turns:
        return {"outcome": SAME}
    told = {"pk": found.pk, "edition": found.edition, "turns": turns}
    if found.state in LIFE.OPEN:
        return {"outcome": CHANGED} | told
    kept = {"number": found.pk, "state": found.get_state_display(), "turns": _in_words(turns)}
    if found.state == State.SUBMITTED:
        why = _("已有这一条（编号 %(number)s，%(state)s），与文件不同：%(turns)s。请先撤回再改")
    else:
        why = _(
            "已有这一条（编号 %(number)s，%(state)s），与文件不同：%(turns)s。"
            "核定的不再改动；若原来有误，请把事实另写一句，并在“与之矛盾”填 %(number)s"
        )
    return {"faults": [why % kept]}


def _same(form: PublicEvidenceForm) -> PublicEvidence | None:
    """The statement that says the same of the same commitment by the same source, the latest of them."""
    said = form.cleaned_data
    same = {"item": said["item"], "source__title": said["title"]} | {name: said[name] for name in SAME_BY}
    return PublicEvidence.objects.filter(**same).select_related("item", "source").order_by("-pk").first()


def _turns(found: PublicEvidence, wanted: PublicEvidence, names: list[str]) -> list[tuple[str, str, str]]:
    """Name, what stands and what the file says, of each column where the two differ."""
    both = ((name, _shown(found, name), _shown(wanted, name)) for name in names)
    return [(name, was, now) for name, was, now in both if was != now]


def _in_words(turns: list[tuple[str, str, str]]) -> str:
    return _("；").join(f"{label_of(name)} {was or '—'} → {now or '—'}" for name, was, now in turns)


def label_of(name: str) -> str:
    """What a column is called in the reader's language."""
    return in_language(EVIDENCE[name].zh, EVIDENCE[name].en)


def _shown(row: PublicEvidence, name: str) -> str:
    """What a statement says in a column, as a file would."""
    said = initial_of(row)[FIELDS[name]]
    return str(said.pk if isinstance(said, PublicEvidence) else said or "")


def _data(said: dict[str, str]) -> dict[str, str]:
    return {FIELDS[name]: text for name, text in said.items()}


def _faults(form: PublicEvidenceForm) -> Iterator[tuple[str, list[str]]]:
    """What is wrong, by field; a file has no list to choose from, so its faults name what can be chosen."""
    for field, found in form.errors.items():
        if form.has_error(field, "invalid_choice") and field in CHOSEN:
            known = _("、").join(str(word) for word in EVIDENCE[field].words.values())
            found = [_("没有“%(text)s”这个说法；可填：%(known)s") % {"text": form.data[field], "known": known}]
        yield field, found


def _code(name: str, text: str) -> str:
    """The code of a choice, given by itself, in the words of either language or one of two (在建 of 开工/在建);
    other text as it is."""
    wanted = normalize("NFKC", text).strip().lower()
    for language in ("zh-hans", "en"):
        with translation.override(language):
            words = {code: str(word).lower() for code, word in EVIDENCE[name].words.items()}
        for code, word in words.items():
            if wanted in (code, word, *(part.strip() for part in word.split("/"))):
                return code
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
        if row["outcome"] not in (NEW, CHANGED):
            continue
        if key in seen:
            row["outcome"] = INVALID
            row["faults"] = [_("与第 %(line)s 行说的是同一条；请只留一行") % {"line": seen[key]}]
        seen.setdefault(key, row["line"])


def _mark_sources(rows: list[dict[str, Any]]) -> None:
    """Of one title and address is one source; what two rows say of it is the same."""
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        cells = row["cells"]
        if row["outcome"] not in (NEW, CHANGED):
            continue
        first = seen.setdefault((title_key(cells.get("source_title", "")), cells.get("source_url", "")), row)
        both = ((name, first["cells"].get(name, ""), cells.get(name, "")) for name in OF_SOURCE)
        if turns := [(name, was, now) for name, was, now in both if was and now and was != now]:
            row["outcome"] = INVALID
            told = {"line": first["line"], "turns": _in_words(turns)}
            row["faults"] = [_("与第 %(line)s 行是同一来源，写的却不同：%(turns)s。请写成一样") % told]


def _tell_what_disagrees(read: list[tuple[dict[str, Any], PublicEvidence | None]]) -> None:
    """Says of rows that are taken in what they do not go together with: another row, or what stands. It is no
    fault: what was published in two ways is kept twice, and a person says that one contradicts the other."""
    taken = [(row, new) for row, new in read if new is not None and row["outcome"] in (NEW, CHANGED)]
    changed = {row["pk"] for row, _new in taken if row["outcome"] == CHANGED}
    stands: dict[int, list[PublicEvidence]] = {}
    for old in PublicEvidence.objects.filter(
        item__in={new.item_id for _row, new in taken}, state__in=[State.SUBMITTED, State.APPROVED]
    ).exclude(pk__in=changed):
        stands.setdefault(old.item_id, []).append(old)
    lines: dict[int, list[tuple[int, PublicEvidence]]] = {}
    for row, new in taken:
        lines.setdefault(new.item_id, []).append((row["line"], new))
    for row, new in taken:
        beside = [(_("第 %(n)s 行") % {"n": line}, one) for line, one in lines[new.item_id] if one is not new]
        beside += [
            (_("编号 %(n)s 的一条") % {"n": old.pk}, old)
            for old in stands.get(new.item_id, ())
            if old.pk != new.contradicts_id
        ]
        told = [(where, why) for where, one in beside if (why := disagree(new, one))]
        if told:
            row["told"] = [_("与%(where)s说法不一：%(why)s") % {"where": where, "why": why} for where, why in told]


def apply_batch(batch: EvidenceBatch, *, by) -> int:
    """Stores the new rows of a file, changes those that are still open, and hands them in, all or none; how many.

    Raises ValidationError with the line where a row cannot be stored any more, WrongState, PermissionDenied.
    """
    require(by, Permission.ENTER_EVIDENCE)
    with transaction.atomic():
        held = _held(batch, EvidenceBatch.State.CHECKED)
        rows = [_stored(held, row, by) for row in held.rows if row["outcome"] in (NEW, CHANGED)]
        submit_together(held.plan, rows, by=by)
        _note_editions(held)
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
            row["before"], row["was"] = _as_typed(found), found.state
            stored = _change(found, row["before"] | row["cells"], row["edition"], by)
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
    if same := _same(form):
        raise ValidationError(_("已有相同的一条（编号 %(number)s）；请重新上传") % {"number": same.pk})
    return enter_evidence(item=form.cleaned_data["item"], by=by, **form.fields_of_row())


def _change(row: PublicEvidence, said: dict[str, str], edition: int, by) -> PublicEvidence:
    initial = {"item": row.item.code}
    form = _valid(PublicEvidenceForm(_data(said), plan=row.item.plan, row=row, initial=initial))
    return change_evidence(row, edition=edition, by=by, **form.fields_of_row())


def _valid(form: PublicEvidenceForm) -> PublicEvidenceForm:
    if not form.is_valid():
        raise ValidationError([fault for found in form.errors.values() for fault in found])
    return form


def _as_typed(row: PublicEvidence) -> dict[str, str]:
    """A statement in the cells it would have in a file."""
    return {name: _shown(row, name) for name in FIELDS}


def _note_editions(batch: EvidenceBatch) -> None:
    """Notes what each changed statement was left as: undo leaves alone what went on since."""
    changed = [row for row in batch.rows if row["outcome"] == CHANGED]
    now = dict(PublicEvidence.objects.filter(pk__in=[row["pk"] for row in changed]).values_list("pk", "edition"))
    for row in changed:
        row["applied"] = now[row["pk"]]


def undo_batch(batch: EvidenceBatch, *, by) -> tuple[int, int]:
    """Takes back what a file brought as far as nobody decided on it: how many went, how many stay.

    Raises WrongState, PermissionDenied.
    """
    require(by, Permission.ENTER_EVIDENCE)
    with transaction.atomic():
        held = _held(batch, EvidenceBatch.State.APPLIED)
        changed = {row["pk"]: row for row in held.of(CHANGED)}
        rows = list(LIFE.rows().filter(Q(batch=held) | Q(pk__in=changed)))
        theirs = [row for row in rows if row.entered_by_id in (by.pk, None) and not _went_on(row, changed)]
        for row in theirs:
            if row.state == State.SUBMITTED:
                row = LIFE.withdraw(row, edition=row.edition, by=by)
            if row.pk in changed:
                _change(row, _as_it_was(changed[row.pk]["before"]), row.edition, by)
            else:
                LIFE.discard(row, edition=row.edition, by=by)
        held.state = EvidenceBatch.State.UNDONE
        held.save(update_fields=["state"])
        _log(held, "evidence.import_undone", by, len(theirs))
        touch_plan(held.plan)
    return len(theirs), len(rows) - len(theirs)


def _as_it_was(before: dict[str, str]) -> dict[str, str]:
    """What a statement said, without another that it contradicted and that is there no more."""
    other = before.get("contradicts", "")
    stands = bool(other) and PublicEvidence.objects.filter(pk=other).exists()
    return before if stands else before | {"contradicts": ""}


def _went_on(row: PublicEvidence, changed: dict[int, Any]) -> bool:
    """Whether somebody decided on what the file brought. What it changed is given back only as it was left, and
    never what had been returned: that would be a draft nobody knows of."""
    if row.pk in changed:
        told = changed[row.pk]
        return row.edition != told["applied"] or row.state != State.SUBMITTED or told["was"] == State.RETURNED
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
