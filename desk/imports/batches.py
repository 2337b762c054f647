"""What a person does with a file of figures: upload, map, choose, apply, undo, cancel."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Permission, require
from audit.services import record_audit
from desk.imports import steps
from desk.imports.steps import count_rows, drop_file, open_batch, run_apply, run_check, stored_file
from desk.imports.words import WHOLE_FILE, YEAR, whole_file
from desk.models import ImportBatch, ImportRow
from indicators.files.columns import IMPORT_ONLY, OBSERVATION
from indicators.files.faults import BrokenFile, broken
from indicators.files.headings import REQUIRED, missing_columns
from indicators.files.importing import open_figures
from indicators.models import Observation, ObservationStep
from indicators.services import remember_names
from jobs.services import cancel, enqueue
from plan.folders import keep
from plan.models import Plan
from plan.params import today
from plan.uploads import clean_name
from plan.workflow import WrongState, demand_handing, demand_reason
from tables.table import TableFile
from texts.cleaning import kept_text

State, Outcome = ImportBatch.State, ImportRow.Outcome
# What a request does itself, so that a small file is compared at once.
INLINE_ROWS = 500
# A file of which nothing was taken in: somebody has to go on with it.
WAITING = (ImportBatch.State.UPLOADED, ImportBatch.State.CHECKED)
SAMPLE_ROWS, SAMPLE_LENGTH = 3, 60
# How many earlier imports are looked through for one of the same kind.
RECIPES = 50


def upload_file(plan: Plan, upload: UploadedFile, *, by, encoding: str = "") -> ImportBatch:
    """Keeps the file under a random name and reads its headings. Raises BrokenFile for what is no table.

    `encoding`: what the person chose for a file that reads well in two.
    """
    require(by, Permission.IMPORT_FIGURES)
    limit = settings.IMPORT_MAX_MB
    if upload.size > limit * 1_000_000:
        raise broken("too_large", size=-(-upload.size // 1_000_000), limit=limit)
    found = _look_into(plan, upload.file, encoding=encoding, file_name=upload.name)
    stored_as, sha256 = _keep(upload.file)
    with transaction.atomic():
        batch = ImportBatch(
            plan=plan,
            name=clean_name(upload.name),
            stored_as=stored_as,
            size=upload.size,
            sha256=sha256,
            uploaded_by=by,
            said_encoding=encoding,
            **found,
        )
        _prefill(batch)
        batch.save()
        _log(batch, "import.uploaded", by, size=batch.size)
    return batch


def _look_into(plan: Plan, file: BinaryIO, **options: Any) -> dict[str, Any]:
    """What an import's page shows of a file before it is read: its layout, headings and first rows."""
    with open_figures(plan, file, today=today(), **options) as opened:
        table = opened.table
        return {
            "format": table.format,
            "encoding": table.encoding,
            "layout": opened.layout,
            "sheet": table.sheet,
            "sheets": table.others,
            "headings": [heading.strip() for heading in table.headings],
            "mapping": opened.columns,
            "sample": _sample(table),
            "defaults": {YEAR: str(opened.year)} if opened.year else {},
        }


def _prefill(batch: ImportBatch) -> None:
    """What was said of the last file of this kind, by whoever imported it: its columns and its constants.

    Two files are of one kind where their headings are the same, years aside.
    """
    former = former_of_kind(batch)
    if former is None:
        return
    kept = ("source_publisher", "value_status")
    batch.defaults |= {name: former.defaults[name] for name in kept if former.defaults.get(name)}
    if not batch.is_wide and former.headings == batch.headings:
        batch.mapping = former.mapping


def former_of_kind(batch: ImportBatch) -> ImportBatch | None:
    """The last applied import of a file with the same headings, years aside."""
    applied = ImportBatch.objects.filter(plan=batch.plan, layout=batch.layout, state=State.APPLIED)
    recent = applied.exclude(pk=batch.pk).order_by("-id")[:RECIPES]
    return next((one for one in recent if _kind_of(one.headings) == _kind_of(batch.headings)), None)


def recipes_of(batch: ImportBatch) -> list[ImportBatch]:
    """The last applied import of each publisher, newest first: how its files were read is offered for this one."""
    applied = ImportBatch.objects.filter(plan=batch.plan, state=State.APPLIED).exclude(pk=batch.pk)
    found: dict[str, ImportBatch] = {}
    for one in applied.order_by("-id")[:RECIPES]:
        if publisher := one.defaults.get("source_publisher", ""):
            found.setdefault(publisher, one)
    return list(found.values())


def follow_recipe(batch: ImportBatch, former: ImportBatch) -> None:
    """Puts what was said of a publisher's last file in the place of what is proposed; nothing is stored.

    Columns are those of the same headings, years aside; what the former file did not have stays as proposed.
    """
    kept = ("source_publisher", "value_status")
    batch.defaults = batch.defaults | {name: former.defaults[name] for name in kept if former.defaults.get(name)}
    if batch.is_wide or former.is_wide:
        return
    said = {_plain_heading(former.headings[place]): name for name, place in former.mapping.items()}
    mapping = {
        said[key]: place
        for place, heading in enumerate(batch.headings)
        if (key := _plain_heading(heading)) in said
    }
    taken = set(mapping.values())
    batch.mapping = mapping | {
        name: place for name, place in batch.mapping.items() if name not in mapping and place not in taken
    }


def _plain_heading(heading: str) -> str:
    return re.sub(r"\d{4}.*", "", heading).strip()


def _kind_of(headings: list[str]) -> set[str]:
    return {_plain_heading(heading) for heading in headings}


def choose_sheet(batch: ImportBatch, *, sheet: str, by) -> ImportBatch:
    """Reads another sheet of the workbook. Raises BrokenFile, WrongState."""
    with transaction.atomic():
        batch = _own(batch, by, State.UPLOADED, State.CHECKED)
        with _reopened(batch) as file:
            found = _look_into(batch.plan, file, sheet=sheet, encoding=batch.said_encoding, file_name=batch.name)
        said = {name: text for name, text in batch.defaults.items() if name != YEAR}
        found["defaults"] = said | found["defaults"]
        for name, value in found.items():
            setattr(batch, name, value)
        batch.state, batch.counts, batch.said = State.UPLOADED, {}, {}
        batch.rows.all().delete()
        batch.save()
    return batch


def _reopened(batch: ImportBatch) -> BinaryIO:
    try:
        return stored_file(batch)
    except FileNotFoundError:
        raise WrongState(_("上传的文件已不在服务器上；请重新上传")) from None


def _sample(table: TableFile) -> list[list[str]]:
    width = len(table.headings)
    rows = [cells for _line, cells in zip(range(SAMPLE_ROWS), (cells for _, cells in table.lines), strict=False)]
    shown = [[kept_text(cell, lines=False)[:SAMPLE_LENGTH] for cell in cells[:width]] for cells in rows]
    return [cells + [""] * (width - len(cells)) for cells in shown]


def _keep(file: BinaryIO) -> tuple[str, str]:
    """Copies the upload to where workers find it: (random name, SHA-256)."""
    name = secrets.token_urlsafe(24)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    keep(steps.FOLDER, name, file)
    return name, digest


def start_check(
    batch: ImportBatch,
    *,
    mapping: dict[str, int],
    by,
    defaults: dict[str, str] | None = None,
    names: dict[str, str] | None = None,
) -> ImportBatch:
    """Has the file compared with what is stored; a small one at once, others in a worker.

    `mapping`: machine name → place of the column; `defaults`: what holds where the file says nothing; `names`:
    what the file calls a component → its code, or "" for nothing of the plan; remembered for other files.
    Raises ValidationError by column, WrongState.
    """
    defaults = batch.defaults if defaults is None else {name: text for name, text in defaults.items() if text}
    _check_mapping(batch, mapping, defaults)
    small = _is_small(batch)
    with transaction.atomic():
        batch = _own(batch, by, State.UPLOADED, State.CHECKED, State.CHECKING)
        if names:
            remember_names(batch.plan, names, by=by)
            batch.names = batch.names | names
            steps.remember_ticks(batch)
        elif (mapping, defaults) != (batch.mapping, batch.defaults):
            batch.said = {}
        batch.mapping, batch.defaults = mapping, defaults
        batch.state, batch.counts, batch.job = State.CHECKING, {}, None
        if not small:
            batch.job = enqueue("desk.check_import", {"batch": batch.pk}, by=by)
        batch.save()
        if small:
            run_check(batch, report=lambda percent: None)
    batch.refresh_from_db()
    return batch


def lacking(batch: ImportBatch, mapping: Mapping[str, int], defaults: Mapping[str, str]) -> list[str]:
    """Machine names of what neither a column nor a word for the whole file says."""
    if batch.is_wide:
        said = {*mapping, *(name for name, text in defaults.items() if text)}
        return [name for name in WHOLE_FILE if name in REQUIRED and name not in said]
    return missing_columns(mapping, defaults)


def _check_mapping(batch: ImportBatch, mapping: dict[str, int], defaults: dict[str, str]) -> None:
    labels = OBSERVATION | IMPORT_ONLY
    faults = {name: _("这一列必须有；请指出是文件的哪一列") for name in lacking(batch, mapping, defaults)}
    for name in faults:
        if batch.is_wide:
            faults[name] = _("这一项必须有；请在下面为整份文件填写")
        elif name in whole_file(is_wide=batch.is_wide):
            faults[name] = _("这一列必须有；请指出是文件的哪一列，或在下面为整份文件填写")
    places = list(mapping.values())
    for name, place in mapping.items():
        if name not in labels or not 0 <= place < len(batch.headings):
            faults[name] = _("文件中没有这一列")
        elif places.count(place) > 1:
            faults[name] = _("“%(heading)s”不能同时用作两列") % {"heading": batch.headings[place] or place + 1}
    if faults:
        raise ValidationError(faults)


def _is_small(batch: ImportBatch) -> bool:
    try:
        with _reopened(batch) as file, open_batch(batch, file) as opened:
            return sum(1 for _row in zip(range(INLINE_ROWS + 1), opened.table.lines, strict=False)) <= INLINE_ROWS
    except BrokenFile:  # found within the first rows: the comparison says so at once
        return True


def answer_rows(batch: ImportBatch, said: Mapping[int, str], *, by) -> None:
    """Takes asked cells as the person reads them: line → place of the reading, or "leave"."""
    with transaction.atomic():
        batch = _own(batch, by, State.CHECKED)
        steps.answer_rows(batch, said)
        if said:
            _log(batch, "import.answered", by, rows=len(said))


def mend_rows(batch: ImportBatch, said: Mapping[int, Mapping[str, str]], *, by) -> None:
    """Reads faulty and conflicting rows again with the cells as a person corrects them: line → name → text."""
    with transaction.atomic():
        batch = _own(batch, by, State.CHECKED)
        lines = steps.mend_rows(batch, said)
        if lines:
            told = [{"row": line, **said[line]} for line in lines]
            _log(batch, "import.mended", by, rows=len(lines), cells=told)


def choose_rows(batch: ImportBatch, *, shown: list[int], chosen: list[int], by) -> None:
    """Of the rows shown (lines) applies those chosen; conflicts and invalid rows never are."""
    with transaction.atomic():
        batch = _own(batch, by, State.CHECKED)
        rows = batch.rows.choosable().filter(line__in=shown)
        rows.filter(line__in=chosen).update(chosen=True)
        rows.exclude(line__in=chosen).update(chosen=False)
        _recount(batch)


def choose_outcome(batch: ImportBatch, *, outcome: str, chosen: bool, by) -> None:
    """All rows of an outcome, or none of them; what stands out is chosen by itself only (choose_rows)."""
    with transaction.atomic():
        batch = _own(batch, by, State.CHECKED)
        rows = batch.rows.choosable().filter(outcome=outcome)
        (rows.filter(is_outlier=False) if chosen else rows).update(chosen=chosen)
        _recount(batch)


def _recount(batch: ImportBatch) -> None:
    count_rows(batch)
    batch.save(update_fields=["counts"])


def start_apply(batch: ImportBatch, *, whole: bool, by) -> ImportBatch:
    """Stores the file's new and changed rows: all of them, refused when any row has a fault, or those chosen.

    A small batch is stored at once, others by a worker. Raises WrongState.
    """
    try:
        return _start_apply(batch, whole=whole, by=by)
    except IntegrityError:
        # Somebody stored one of the releases between the comparison and the write: compared again, it is named.
        return _start_apply(batch, whole=whole, by=by)


def _start_apply(batch: ImportBatch, *, whole: bool, by) -> ImportBatch:
    with transaction.atomic():
        batch = _own(batch, by, State.CHECKED, State.APPLYING)
        if whole:
            if batch.asked:
                raise WrongState(_("还有 %(number)s 格待确认，不能整份应用") % {"number": batch.asked})
            if batch.blocked:
                raise WrongState(
                    _("有 %(number)s 行无效或冲突，不能整份应用；请在下面改正，或只应用所选行")
                    % {"number": batch.blocked}
                )
            batch.rows.choosable().filter(is_outlier=False).update(chosen=True)
            if left := batch.rows.choosable().filter(chosen=False).count():
                raise WrongState(
                    _("有 %(number)s 行异常，不能整份应用；请核对后逐行勾选，再应用所选行") % {"number": left}
                )
        rows = batch.rows.to_apply().count()
        if not rows:
            raise WrongState(_("没有选中要写入的行"))
        batch.state, batch.job = State.APPLYING, None
        if rows > INLINE_ROWS:
            batch.job = enqueue("desk.apply_import", {"batch": batch.pk}, by=by)
        batch.save()
        if rows <= INLINE_ROWS:
            run_apply(batch, check=lambda: None)
    batch.refresh_from_db()
    return batch


def cancel_import(batch: ImportBatch, *, by) -> ImportBatch:
    """Stops a comparison and drops the file; a batch being written goes back to waiting, with nothing written."""
    if batch.job_id:
        _refuse_strangers(batch, by)
        # Committed first: the worker holds the batch's row until it learns of it.
        cancel(batch.job_id, by=by)
    with transaction.atomic():
        batch = _own(batch, by, State.UPLOADED, State.CHECKING, State.CHECKED, State.APPLYING, stopped=True)
        if batch.state == State.APPLYING:
            batch.state, batch.job = State.CHECKED, None
            batch.save()
            _log(batch, "import.stopped", by)
            return batch
        batch.rows.all().delete()
        batch.state, batch.job = State.CANCELLED, None
        batch.save()
        drop_file(batch)
        _log(batch, "import.cancelled", by)
    return batch


def undo_import(batch: ImportBatch, *, by) -> ImportBatch:
    """Takes every figure of the batch out again, as long as nothing was built on any. Raises WrongState."""
    try:
        with transaction.atomic():
            return _undo(batch, by)
    except IntegrityError as error:
        # Something the product keeps points at a figure; the database says so at the commit.
        raise WrongState(_("这批数据已被其他内容引用，不能撤销；更正请按新的公布日期另行发布")) from error


def _undo(batch: ImportBatch, by) -> ImportBatch:
    batch = _own(batch, by, State.APPLIED)
    figures = Observation.objects.filter(import_rows__batch=batch)
    touched = figures.exclude(state=Observation.State.SUBMITTED, edition=1)
    if number := touched.count():
        first = touched.select_related("component").order_by("pk").first()
        raise WrongState(
            _("这批数据中有 %(number)s 条已被核定、退回或修改（例如 %(code)s %(year)s），不能整批撤销")
            % {"number": number, "code": first.component.code, "year": first.year}
        )
    removed = figures.count()
    ObservationStep.objects.filter(observation__import_rows__batch=batch).delete()
    ImportRow.objects.filter(old__import_rows__batch=batch).update(old=None)
    # One statement: the collector would read a hundred thousand rows to find what is known already. Whatever
    # else points at a figure is found by the database's own constraint.
    figures._raw_delete(figures.db)
    batch.rows.update(observation=None)
    batch.state, batch.undone_at = State.UNDONE, timezone.now()
    batch.save()
    _log(batch, "import.undone", by, rows=removed)
    return batch


def _own(batch: ImportBatch, by, *states: str, stopped: bool = False) -> ImportBatch:
    """The batch's row, locked, for the person who uploaded it, in one of these states.

    While a worker has it nobody else does anything with it, unless its job was given up (or just `stopped`).
    """
    require(by, Permission.IMPORT_FIGURES)
    locked = (
        ImportBatch.objects.select_for_update(of=("self",))
        .select_related("plan", "uploaded_by", "job")
        .get(pk=batch.pk)
    )
    _refuse_strangers(locked, by)
    if locked.state not in states or (locked.is_working and not stopped and not locked.is_stuck):
        raise WrongState(_("这份导入%(now)s，现在不能这样操作") % {"now": locked.get_state_display()})
    return locked


def hand_import(batch: ImportBatch, *, to, by, reason: str) -> ImportBatch:
    """Puts a file that was not taken in yet into another's hand; who brought it stands in the log.

    Raises ValidationError, PermissionDenied (the taker, whoever hands), WrongState.
    """
    reason = demand_reason(reason, _("移交须写明事由"))
    with transaction.atomic():
        rows = ImportBatch.objects.select_for_update(of=("self",)).select_related("plan", "uploaded_by")
        held = rows.get(pk=batch.pk)
        if held.state not in WAITING or held.uploaded_by_id != batch.uploaded_by_id:
            raise WrongState(_("这份导入%(now)s，现在不能移交") % {"now": held.get_state_display()})
        demand_handing(held.uploaded_by, to, by, held.plan.slug)
        require(to, Permission.IMPORT_FIGURES)
        former, held.uploaded_by = held.uploaded_by, to
        held.save(update_fields=["uploaded_by"])
        record_audit(
            action="import.handed",
            by=by,
            plan_slug=held.plan.slug,
            object_code=held.plan.slug,
            object_label=held.name,
            before={"person": former.username},
            after={"person": to.username, "reason": reason},
        )
    return held


def _refuse_strangers(batch: ImportBatch, by) -> None:
    if batch.uploaded_by_id != by.pk:
        raise PermissionDenied(_("只有上传人可以处理这份导入"))


def _log(batch: ImportBatch, action: str, by, **after) -> None:
    record_audit(
        action=action,
        by=by,
        plan_slug=batch.plan.slug,
        object_code=batch.plan.slug,
        object_label=batch.name,
        after={"import": batch.pk, "sha256": batch.sha256, **after},
    )
