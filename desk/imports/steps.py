"""The long steps of an import, as a worker or a request runs them: comparing a file, and storing its rows.

Both may be run again after a kill at any line. Comparing restarts from nothing; storing is one transaction, so
that either all rows stand or none. Memory holds one chunk of rows, whatever the file's length.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count, islice
from typing import Any, BinaryIO

from django.db import connection, models, transaction
from django.db.models import Exists, F, Max, Min, OuterRef, QuerySet, Subquery, Value, Window
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.permissions import Permission, people_who_may
from audit.services import record_audit
from desk.imports.mending import cells_of, read_again
from desk.models import ImportBatch, ImportRow
from indicators.files.comparing import Comparer, Judged
from indicators.files.faults import WARNINGS, BrokenFile, Fault, broken
from indicators.files.importing import open_figures
from indicators.files.readings import Answer
from indicators.files.rows import CHUNK, Draft
from indicators.models import Component, Observation, ObservationStep
from jobs.services import Cancelled
from judging.decimals import plain
from notices.models import NoticeKind
from notices.phrases import Said, counted_noop, say
from notices.services import notify
from plan.folders import open_kept, remove
from plan.models import Plan, Source
from plan.params import today
from plan.workflow import WrongState
from tables.cells import cell_name
from texts.numbers import whole_number

State, Outcome = ImportBatch.State, ImportRow.Outcome
RELEASE = ("component", "year", "released_on", "source_title", "source_url")
# What a figure says of itself beside its number.
SAID_OF_IT = ("value_status", "precision", "exclusive")
COMPARED = ("line", *RELEASE, "value", *SAID_OF_IT)
# How many of the rows that changed meanwhile are named; all of them are compared again.
NAMED_LINES = 200
# What is kept of a cell that has a fault.
CELL_LENGTH = 200
# An update of many rows names each: so many fit into one statement of either database.
WRITTEN_AT_ONCE = 100
# A batch in one of these states is still read from its file.
FOLDER = "imports"
NEEDS_ITS_FILE = (State.UPLOADED, State.CHECKING, State.CHECKED, State.APPLYING)
# How many ticks are kept while a file is compared again.
TICKS_KEPT = 20_000


def stored_file(batch: ImportBatch) -> BinaryIO:
    """Raises FileNotFoundError."""
    return open_kept(FOLDER, batch.stored_as)


def drop_file(batch: ImportBatch) -> None:
    """Once the batch's end is committed; a restart of the step would still need the file."""
    name = batch.stored_as
    transaction.on_commit(lambda: remove(FOLDER, [name]))


# Comparing


def run_check(batch: ImportBatch, *, report: Callable[[float], None]) -> None:
    """Reads the file and stores each row beside what is stored. `report` takes per cent, and may raise
    Cancelled. A file that breaks off ends the batch as failed, with the fault."""
    if not ImportBatch.objects.filter(pk=batch.pk, state=State.CHECKING).exists():
        return
    batch.rows.all().delete()
    try:
        with stored_file(batch) as file:
            _store_rows(batch, file, report)
    except (BrokenFile, FileNotFoundError) as error:
        fault = (error if isinstance(error, BrokenFile) else broken("gone")).faults[0]
        _end_unread(batch, fault)
        return
    with transaction.atomic():
        batch = _lock(batch, State.CHECKING)
        _mark_doubles(batch)
        _mend_as_before(batch)
        _answer_as_before(batch)
        batch.state, batch.fault, batch.changed_lines = State.CHECKED, None, []
        count_rows(batch)
        batch.save()
        title = say(counted_noop("已比对：%(file)s，%(count)s 行"), file=batch.name, count=batch.total)
        _tell_uploader(batch, title)


def _store_rows(batch: ImportBatch, file, report: Callable[[float], None]) -> None:
    comparer, order = Comparer(batch.plan), count(1)
    with open_batch(batch, file) as opened:
        for chunk in _chunks(opened.drafts):
            with transaction.atomic():
                _lock(batch, State.CHECKING)
                found = [judged for judged in comparer.judge(chunk) if not _is_of_no_row(judged.draft)]
                rows = [_row(batch, judged, next(order)) for judged in found]
                ImportRow.objects.bulk_create(rows)
            report(95 * opened.table.progress(chunk[-1].line))


def open_batch(batch: ImportBatch, file):
    """The batch's file, read as its person said."""
    return open_figures(
        batch.plan,
        file,
        today=today(),
        defaults=batch.defaults,
        names=batch.names,
        mapping=None if batch.is_wide else batch.mapping,
        encoding=batch.said_encoding,
        sheet=batch.sheet,
        file_name=batch.name,
    )


def _row(batch: ImportBatch, judged: Judged, order: int) -> ImportRow:
    draft, words = judged.draft, judged.draft.words
    row = ImportRow(
        batch=batch,
        line=order if batch.is_wide else draft.line,
        place=_place(draft) if batch.is_wide else "",
        outcome=judged.outcome,
        is_outlier=judged.is_outlier,
        old_id=judged.old.pk if judged.old else None,
        faults=_kept(judged),
        chosen=judged.outcome in ImportRow.CHOOSABLE and not judged.is_outlier,
    )
    if draft.faults or draft.passed:
        row.cells = {name: cell[:CELL_LENGTH] for name, cell in draft.cells.items() if cell}
        row.name = _asked_name(draft)
        return row
    row.component, row.year, row.value, row.released_on = (
        draft.component,
        draft.year,
        draft.value,
        draft.released_on,
    )
    row.source_title, row.source_url, row.source_publisher = draft.source
    row.value_status, row.precision = words["value_status"], words["precision"]
    row.exclusive = words["exclusive"]
    row.release_precision = words["release_precision"]
    row.published_text, row.note = words["published_text"], words["note"]
    if row.outcome == Outcome.ASK:
        row.cells = {name: draft.cells[name][:CELL_LENGTH] for name in ("value", "year") if draft.cells.get(name)}
        row.answers, row.name = [answer.as_json() for answer in draft.answers], draft.name
    if row.is_choosable and words["state"] == Observation.State.REJECTED:
        row.outcome, row.chosen = Outcome.INVALID, False
        row.faults = [Fault(draft.line, "state", draft.cells["state"], "not_by_file").as_json()]
    return row


def _kept(judged: Judged) -> list[dict[str, Any]]:
    """What a row keeps of what is wrong with it, asked of it, or stands out."""
    return [fault.as_json() for fault in (*judged.faults, *judged.warnings)]


def _is_of_no_row(draft: Draft) -> bool:
    """Sheets that were not read are named on the batch itself."""
    return draft.passed is not None and draft.passed.code == "other_sheet"


def _place(draft: Draft) -> str:
    return cell_name(draft.line, draft.column - 1) if draft.column else str(draft.line)


def _asked_name(draft: Draft) -> str:
    """What somebody may say is a component after all."""
    return draft.passed.params["name"] if draft.passed and draft.passed.code == "not_ours" else ""


def _mark_doubles(batch: ImportBatch) -> None:
    """Rows that give the same release are all conflicts: which of them is meant, the file does not say."""
    together = [F(name) for name in RELEASE]
    rows = (
        batch.rows.filter(component__isnull=False)
        .exclude(outcome__in=(Outcome.INVALID, Outcome.ASK, Outcome.PASSED))
        .annotate(
            first=Window(Min("line"), partition_by=together), last=Window(Max("line"), partition_by=together)
        )
        .filter(first__lt=F("last"))
        .select_related("component")
        .order_by("line")
    )
    for chunk in _chunks(rows.iterator(chunk_size=CHUNK)):
        others = {row.pk: row.last if row.line == row.first else row.first for row in chunk}
        places = _places_of(batch, others.values())
        for row in chunk:
            row.outcome, row.chosen = Outcome.CONFLICT, False
            code, params = "double_row", {"row": others[row.pk]}
            if batch.is_wide:
                code, params = "double_place", {"cell": places[others[row.pk]]}
            fault = Fault(row.line, "component", row.component.code, code, params).as_json()
            row.faults = row.faults if fault in row.faults else [*row.faults, fault]
        ImportRow.objects.bulk_update(chunk, ["outcome", "chosen", "faults"], batch_size=WRITTEN_AT_ONCE)


def _places_of(batch: ImportBatch, lines: Iterable[int]) -> dict[int, str]:
    """By line, what a person calls a row: its cell where its line is an order within the file."""
    lines = list(dict.fromkeys(lines))
    if not batch.is_wide:
        return {line: str(line) for line in lines}
    return {row.line: row.where for row in batch.rows.filter(line__in=lines).only("line", "place")}


def named_places(batch: ImportBatch) -> list[str]:
    """The rows whose comparison no longer held when they were to be applied, as a person calls them."""
    places = _places_of(batch, batch.changed_lines)
    return [places.get(line, str(line)) for line in batch.changed_lines]


def _end_unread(batch: ImportBatch, fault: Fault) -> None:
    with transaction.atomic():
        batch = _lock(batch, State.CHECKING)
        batch.rows.all().delete()
        batch.state, batch.counts = State.FAILED, {}
        batch.fault = {"row": fault.row} | fault.as_json()
        batch.save()
        drop_file(batch)
        _tell_uploader(batch, say(gettext_noop("无法读取：%(file)s"), file=batch.name))


def count_rows(batch: ImportBatch) -> None:
    """Rows by outcome, chosen ones and outliers, on the batch itself; saves nothing."""
    batch.counts = batch.rows.by_outcome() | {
        "chosen": batch.rows.to_apply().count(),
        "outliers": batch.rows.choosable().filter(is_outlier=True).count(),
    }


# Putting right, and answering


def mend_rows(batch: ImportBatch, said: Mapping[int, Mapping[str, str]]) -> list[int]:
    """Reads faulty and conflicting rows again with what a person put into their cells: line → name → text.

    Each is compared anew; what is still wrong stays listed with its reason. The batch is the caller's, locked.
    Returns the lines that were read again.
    """
    rows = [row for row in _wrong_rows(batch).filter(line__in=said) if _differs(row, said[row.line])]
    told = dict(batch.said.get("mended", {}))
    for row in rows:
        # Of a row that is put right in several goes what its file says, and all of what was put in.
        found, put_in = told.get(row.where, [cells_of(row), {}])
        told[row.where] = [found, put_in | said[row.line]]
    batch.said = batch.said | {"mended": told}
    _mend(batch, rows, said)
    count_rows(batch)
    batch.save(update_fields=["counts", "said"])
    return [row.line for row in rows]


def _wrong_rows(batch: ImportBatch) -> QuerySet[ImportRow]:
    rows = batch.rows.filter(outcome__in=(Outcome.INVALID, Outcome.CONFLICT))
    return rows.select_related("component__indicator").order_by("line")


def _differs(row: ImportRow, said: Mapping[str, str]) -> bool:
    held = cells_of(row)
    return any(text != held.get(name, "") for name, text in said.items())


def _mend(batch: ImportBatch, rows: list[ImportRow], said: Mapping[int, Mapping[str, str]]) -> None:
    twins = [twin for row in rows if row.is_double for twin in _same_release(batch, row)]
    drafts = read_again(batch, rows, said)
    for row, judged in zip(rows, Comparer(batch.plan).judge(drafts), strict=True):
        made = _row(batch, judged, row.line)
        made.pk, made.line, made.place = row.pk, row.line, row.place
        made.save()
    _mark_doubles(batch)
    comparer = Comparer(batch.plan)
    for twin in twins:
        if not _same_release(batch, twin) and batch.rows.filter(pk=twin.pk, outcome=Outcome.CONFLICT).exists():
            _judge_alone(twin, comparer)


def _same_release(batch: ImportBatch, row: ImportRow) -> list[ImportRow]:
    """The other rows that give the release of a row."""
    same = {name: getattr(row, name) for name in RELEASE}
    others = batch.rows.filter(outcome=Outcome.CONFLICT, **same).exclude(pk=row.pk)
    return list(others.select_related("component__indicator"))


def _mend_as_before(batch: ImportBatch) -> None:
    """What was put right before the file was compared again, where its cells are what they were."""
    told = batch.said.get("mended", {})
    wrong = _rows_at(batch, told).filter(outcome__in=(Outcome.INVALID, Outcome.CONFLICT))
    rows = [row for row in wrong if cells_of(row) == told[row.where][0]]
    _mend(batch, rows, {row.line: told[row.where][1] for row in rows})


def answer_rows(batch: ImportBatch, said: Mapping[int, str]) -> None:
    """Takes asked rows as a person read them: line → place of the reading in `answers`, "leave", or for one of
    several rows of the same release "take".

    Each is compared anew; what is left out stays listed. The batch is the caller's, locked. Raises WrongState
    where two rows of one release are both to be taken.
    """
    _remember(batch, said)
    _answer(batch, said)
    _choose_doubles(batch, said)
    count_rows(batch)
    batch.save(update_fields=["counts", "said"])


def _remember(batch: ImportBatch, said: Mapping[int, str]) -> None:
    """Keeps what was said by cell: the rows are made anew where the file is compared again."""
    rows = batch.rows.filter(line__in=said, outcome__in=(Outcome.ASK, Outcome.CONFLICT), name="")
    answers = {row.where: [said[row.line], _text_of(row)] for row in rows}
    batch.said = batch.said | {"answers": batch.said.get("answers", {}) | answers}


def remember_ticks(batch: ImportBatch) -> None:
    """Keeps which rows a person ticked or unticked against what is proposed, as far as a page can have listed."""
    moved = batch.rows.choosable().filter(chosen=F("is_outlier")).order_by("line")[:TICKS_KEPT]
    batch.said = batch.said | {"ticks": {row.where: row.chosen for row in moved}}


def _answer_as_before(batch: ImportBatch) -> None:
    """What was said of cells before the file was compared again, where they still hold what they held."""
    answers, ticks = batch.said.get("answers", {}), batch.said.get("ticks", {})
    asked = _rows_at(batch, answers).filter(outcome__in=(Outcome.ASK, Outcome.CONFLICT), name="")
    again = {row.line: answers[row.where][0] for row in asked if answers[row.where][1] == _text_of(row)}
    _answer(batch, again)
    _choose_doubles(batch, again)
    for chosen in (True, False):
        wanted = [where for where, tick in ticks.items() if tick is chosen]
        _rows_at(batch, wanted).choosable().update(chosen=chosen)


def _rows_at(batch: ImportBatch, places: Iterable[str]) -> QuerySet[ImportRow]:
    rows = batch.rows.select_related("component__indicator").order_by("line")
    if batch.is_wide:
        return rows.filter(place__in=list(places))
    return rows.filter(line__in=[line for place in places if (line := whole_number(place)) is not None])


def _text_of(row: ImportRow) -> str:
    return str(row.cells.get("value", "")) or plain(row.value)


def _choose_doubles(batch: ImportBatch, said: Mapping[int, str]) -> None:
    """Of rows that give one release twice the one to be taken; the others are left out and stay listed."""
    rows = batch.rows.filter(line__in=said, outcome=Outcome.CONFLICT).select_related("component__indicator")
    asked = [row for row in rows.order_by("line") if row.is_double]
    comparer = Comparer(batch.plan) if asked else None
    settled: dict[tuple, str] = {}
    for row in asked:
        release = tuple(getattr(row, name) for name in RELEASE)
        if said[row.line] == "take" and settled.setdefault(release, row.where) != row.where:
            raise WrongState(
                _("两行是同一次发布，只能用一行：%(lines)s") % {"lines": f"{settled[release]}、{row.where}"}
            )
    for row in asked:
        others = [other for other in _same_release(batch, row) if other.is_double]
        if said[row.line] == "take":
            _leave_out(others)
            _judge_alone(row, comparer)
        elif said[row.line] == "leave":
            _leave_out([row])
            if len(others) == 1 and others[0].line not in said:
                _judge_alone(others[0], comparer)


def _leave_out(rows: Iterable[ImportRow]) -> None:
    for row in rows:
        row.outcome, row.chosen = Outcome.PASSED, False
        row.faults = [*row.faults, Fault(row.line, "—", "", "left_out").as_json()]
        row.save(update_fields=["outcome", "chosen", "faults"])


def _judge_alone(row: ImportRow, comparer: Comparer | None) -> None:
    """A row that is no longer one of two."""
    assert comparer is not None
    row.faults = [fault for fault in row.faults if fault["code"] not in ImportRow.DOUBLED]
    _judge_anew(row, comparer)
    row.save(update_fields=["outcome", "is_outlier", "old", "chosen", "faults"])


def _answer(batch: ImportBatch, said: Mapping[int, str]) -> None:
    rows = batch.rows.filter(line__in=said, outcome=Outcome.ASK, name="").select_related("component__indicator")
    taken, comparer = [], None
    for row in rows:
        choice = said[row.line]
        if choice == "leave":
            row.outcome = Outcome.PASSED
            row.faults = [*row.faults, Fault(row.line, "—", "", "left_out").as_json()]
        elif answer := _chosen(row, choice):
            comparer = comparer or Comparer(batch.plan)
            _take_answer(row, answer, comparer)
        else:
            continue
        taken.append(row)
    fields = ["outcome", "faults", "value", "precision", "exclusive", "value_status", "published_text"]
    fields += ["old", "is_outlier", "chosen"]
    ImportRow.objects.bulk_update(taken, fields, batch_size=WRITTEN_AT_ONCE)
    if taken:
        _mark_doubles(batch)


def _chosen(row: ImportRow, choice: str) -> Answer | None:
    place = whole_number(choice, high=len(row.answers) - 1) if row.answers else None
    return None if place is None else Answer.from_json(row.answers[place])


def _take_answer(row: ImportRow, answer: Answer, comparer: Comparer) -> None:
    row.value = answer.value
    if answer.precision:
        row.precision, row.exclusive = answer.precision, answer.exclusive
    row.value_status = answer.status or row.value_status
    row.published_text = row.published_text or (answer.text if answer.how != "read" else "")[:100]
    _judge_anew(row, comparer)


def _judge_anew(row: ImportRow, comparer: Comparer) -> None:
    doubts = [fault for fault in row.faults if fault["code"] not in WARNINGS]
    judged = comparer.judge([_draft(row, row.component)])[0]
    row.outcome, row.is_outlier = judged.outcome, judged.is_outlier
    row.old_id = judged.old.pk if judged.old else None
    row.chosen = judged.outcome in ImportRow.CHOOSABLE and not judged.is_outlier
    row.faults = doubts + _kept(judged)


# Storing


def run_apply(batch: ImportBatch, *, check: Callable[[], None]) -> None:
    """Stores the chosen rows as figures handed in for approval, all in one transaction.

    Where what is stored changed since the comparison nothing is stored: the rows concerned are compared again
    and named, and the batch waits for another look. `check` may raise Cancelled.
    """
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if batch.state != State.APPLYING:
            return
        # One import into a plan at a time: the comparison and the write see the same rows.
        Plan.objects.select_for_update().get(pk=batch.plan_id)
        lines = _compare_again(batch, check)
        if lines:
            batch.state, batch.changed_lines = State.CHECKED, lines[:NAMED_LINES]
            count_rows(batch)
            batch.save()
            title = gettext_noop("未写入：%(file)s，比对后库内数据有变化")
            _tell_uploader(batch, say(title, file=batch.name))
            return
        _store_sources(batch.rows.to_apply())
        check()
        stored = _store_figures(batch)
        check()
        batch.state, batch.applied_at, batch.changed_lines = State.APPLIED, timezone.now(), []
        batch.counts["applied"] = stored
        batch.save()
        drop_file(batch)
        _log(batch, "import.applied", stored)
        _tell_reviewers(batch, stored)
        title = counted_noop("已提交待核定：%(file)s，%(count)s 条")
        _tell_uploader(batch, say(title, file=batch.name, count=stored))


def _compare_again(batch: ImportBatch, check: Callable[[], None]) -> list[int]:
    """Lines whose comparison no longer holds; their rows are brought up to date."""
    comparer, lines = Comparer(batch.plan), []
    components = {row.pk: row for row in Component.objects.filter(indicator__plan=batch.plan)}
    rows = batch.rows.to_apply().order_by("line").values_list("pk", "outcome", "old", *COMPARED, named=True)
    # In the order of their lines, which no update moves: a row is seen once.
    for chunk in _chunks(rows.iterator(chunk_size=CHUNK)):
        drafts = [_draft(row, components[row.component]) for row in chunk]
        differing = [
            _compared_again(row.pk, judged)
            for row, judged in zip(chunk, comparer.judge(drafts), strict=True)
            if (row.outcome, row.old) != (judged.outcome, judged.old.pk if judged.old else None)
        ]
        names = ["outcome", "old", "is_outlier", "faults", "chosen"]
        ImportRow.objects.bulk_update(differing, names, batch_size=WRITTEN_AT_ONCE)
        lines += [row.line for row in differing]
        check()
    return lines


def _draft(row: Any, component: Component) -> Draft:
    """A row as a person has already looked at it."""
    source = (row.source_title, row.source_url, "")
    cells, words = {"value": plain(row.value)}, {name: getattr(row, name) for name in SAID_OF_IT}
    return Draft(
        row.line,
        cells,
        [],
        component,
        row.year,
        row.value,
        row.released_on,
        source,
        words,
        answered=True,
    )


def _compared_again(pk: int, judged: Judged) -> ImportRow:
    return ImportRow(
        pk=pk,
        line=judged.draft.line,
        outcome=judged.outcome,
        old_id=judged.old.pk if judged.old else None,
        is_outlier=judged.is_outlier,
        faults=_kept(judged),
        chosen=judged.outcome in ImportRow.CHOOSABLE and not judged.is_outlier,
    )


def _store_sources(rows: QuerySet[ImportRow]) -> None:
    known = Source.objects.filter(title=OuterRef("source_title"), url=OuterRef("source_url"))
    missing = (
        rows.filter(~Exists(known))
        .order_by()
        .values("source_title", "source_url")
        .annotate(publisher=Max("source_publisher"), day=Min("released_on"))
    )
    for chunk in _chunks(missing.iterator(chunk_size=CHUNK)):
        sources = [
            Source(
                title=found["source_title"],
                url=found["source_url"],
                publisher=found["publisher"],
                published_on=found["day"],
            )
            for found in chunk
        ]
        Source.objects.bulk_create(sources, ignore_conflicts=True)


def _store_figures(batch: ImportBatch) -> int:
    """The figures, their steps and each row's link to its figure; returns their number."""
    now, rows = timezone.now(), batch.rows.to_apply()
    by = Value(batch.uploaded_by_id, models.BigIntegerField())
    at = Value(now, models.DateTimeField())
    source = Source.objects.filter(title=OuterRef("source_title"), url=OuterRef("source_url")).values("pk")
    copied = ("component", "year", "value", "value_status", "precision", "exclusive", "released_on")
    stored = _insert_select(
        Observation,
        rows.order_by("line"),
        {name: F(name) for name in (*copied, "release_precision", "published_text", "note")}
        | {
            "source": Subquery(source[:1]),
            "state": Value(Observation.State.SUBMITTED.value, models.CharField()),
            "entered_by": by,
            "entered_at": at,
            "submitted_at": at,
            "edition": Value(1, models.IntegerField()),
        },
    )
    figure = Observation.objects.filter(
        component=OuterRef("component"),
        year=OuterRef("year"),
        released_on=OuterRef("released_on"),
        source__title=OuterRef("source_title"),
        source__url=OuterRef("source_url"),
        out_key=0,
    )
    rows.update(observation=Subquery(figure.values("pk")[:1]))
    for action, reason in (("entered", f"导入 {batch.name}"), ("submitted", "")):
        _insert_select(
            ObservationStep,
            Observation.objects.filter(import_rows__batch=batch).order_by("pk"),
            {
                "observation": F("pk"),
                "value": F("value"),
                "action": Value(action, models.CharField()),
                "by": by,
                "at": at,
                "reason": Value(reason, models.TextField()),
            },
        )
    return stored


def _insert_select(model: type[models.Model], rows: QuerySet, columns: dict[str, Any]) -> int:
    """INSERT … SELECT, for which the ORM has no word: a hundred thousand rows a second instead of in a quarter
    of a minute, with everybody else's writes waiting on SQLite. The SELECT is the ORM's own."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(model._meta.get_field(name).column) for name in columns)
    select, params = rows.values_list(*columns.values()).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({names}) {select}", params)
        return cursor.rowcount


# Both


def _lock(batch: ImportBatch, state: str) -> ImportBatch:
    """The batch's row, locked; raises Cancelled when it is no longer in this state."""
    locked = ImportBatch.objects.select_for_update(of=("self",)).filter(pk=batch.pk, state=state).first()
    if locked is None:
        raise Cancelled(f"import {batch.pk} is no longer {state}")
    return locked


def _chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _log(batch: ImportBatch, action: str, rows: int) -> None:
    record_audit(
        action=action,
        by=batch.uploaded_by,
        plan_slug=batch.plan.slug,
        object_code=batch.plan.slug,
        object_label=batch.name,
        after={"import": batch.pk, "sha256": batch.sha256, "rows": rows, "counts": batch.counts},
    )


def _tell_reviewers(batch: ImportBatch, stored: int) -> None:
    reviewers = people_who_may(Permission.APPROVE_FIGURES, batch.plan.slug).exclude(pk=batch.uploaded_by_id)
    title = say(counted_noop("待核定：导入“%(file)s”，%(count)s 条数据"), file=batch.name, count=stored)
    _tell(
        batch,
        reviewers,
        NoticeKind.SUBMITTED,
        title,
        reverse("desk_import:review", args=[batch.plan.slug, batch.pk]),
    )


def _tell_uploader(batch: ImportBatch, title: Said) -> None:
    """Only of work that went on without the person looking."""
    if batch.job_id:
        _tell(batch, [batch.uploaded_by], NoticeKind.JOB, title)


def _tell(batch: ImportBatch, people, kind: NoticeKind, title: Said, url: str = "") -> None:
    key = f"import:{batch.pk}:{kind}:{batch.state}:{batch.job_id or 0}"
    notify(people, kind=kind, key=key, title=title, url=url or batch.get_absolute_url())
