"""The demo's imports, jobs, evaluation rounds and reminders."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import gettext_noop

from assessments import chapters, findings, notes, rounds
from assessments.models import Note, NoteStep, Round, RoundStep
from desk.imports import batches
from desk.models import ImportBatch
from following.services import follow
from home.reminders import everything_pending, remind
from indicators.files.columns import OBSERVATION
from indicators.models import Observation, ObservationStep
from jobs.models import Job
from judging.decimals import plain
from notices.models import NoticeKind
from notices.phrases import Said, say
from notices.services import notify
from plan.demo import MARK
from talk.models import Comment, Thread
from talk.services import begin_thread, reply, resolve
from talk.subjects import about
from training.stage import Stage, date_notices, moment, untold

HEADINGS = ("component", "year", "value", "value_status", "released_on", "source_title")
FIELDS = (*Note.TEXTS, "conclusion")


def demo_imports(stage: Stage) -> dict[str, int]:
    """Uploaded files in every state, by the services a person uses; only their clock is set back."""
    told = [row for row in stage.story["import"] if not untold(stage, [row["at"]])]
    for row in told:
        _import(stage, row)
    return {"imports": len(told)}


def _import(stage: Stage, row: dict[str, Any]) -> None:
    State, analyst, at = ImportBatch.State, stage.analyst, moment(row["at"])
    batch = batches.upload_file(stage.plan, SimpleUploadedFile(row["name"], _csv(stage, row)), by=analyst)
    if row["state"] != State.UPLOADED:
        batch = batches.start_check(batch, mapping=batch.mapping, by=analyst)
    if row["state"] in (State.APPLIED, State.UNDONE):
        batch = batches.start_apply(batch, whole=False, by=analyst)
    if row["state"] == State.UNDONE:
        batch = batches.undo_import(batch, by=analyst)
    if row["state"] == State.CANCELLED:
        batch = batches.cancel_import(batch, by=analyst)
    clock = {"uploaded_at": at}
    clock |= {"applied_at": at + timedelta(hours=1)} if batch.applied_at else {}
    clock |= {"undone_at": at + timedelta(hours=3)} if batch.undone_at else {}
    ImportBatch.objects.filter(pk=batch.pk).update(**clock)
    figures = Observation.objects.filter(import_rows__batch=batch)
    figures.update(entered_at=at, submitted_at=at + timedelta(hours=1))
    ObservationStep.objects.filter(observation__in=figures.values("pk")).update(at=at + timedelta(hours=1))
    if batch.state in (State.APPLIED, State.FAILED):
        word = "导入完成" if batch.state == State.APPLIED else "导入失败"
        _job_notice(stage, f"import:{batch.pk}", f"{word}：{batch.name}", row["at"], body="")


def _as_stored(stage: Stage, component: str, year: str) -> list[str]:
    """The figure in force, as an export would give it: read back it is the same."""
    rows = Observation.objects.filter(
        component__indicator__plan=stage.plan,
        component__code=component,
        year=year,
        state=Observation.State.APPROVED,
    )
    row = rows.select_related("source").order_by("released_on", "id").last()
    assert row is not None
    return [plain(row.value), row.value_status, row.released_on.isoformat(), row.source.title]


def _csv(stage: Stage, row: dict[str, Any]) -> bytes:
    """The file as a person would have saved it; a text among the rows stands as it is."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(OBSERVATION[name].zh for name in HEADINGS)
    source = f"{MARK}：{row['name']}（虚构）"
    for cells in row["rows"]:
        if isinstance(cells, str):
            out.write(cells)
        elif len(cells) == 2:
            writer.writerow([*cells, *_as_stored(stage, *cells)])
        else:
            writer.writerow([*cells, "final", row["at"].isoformat(), source])
    return out.getvalue().encode("utf-8-sig")


def demo_jobs(stage: Stage) -> dict[str, int]:
    """A job that was given up after every attempt, and one that somebody cancelled."""
    told = [row for row in stage.story["job"] if not untold(stage, [row["at"]])]
    for row in told:
        dead, at = row["state"] == Job.State.DEAD, moment(row["at"])
        arguments = {"plan": stage.plan.slug} | ({"cause": row["cause"]} if dead else {})
        job = Job.objects.create(
            kind=row["kind"],
            arguments=arguments,
            state=row["state"],
            attempts=settings.JOB_MAX_ATTEMPTS if dead else 1,
            progress=0 if dead else 40,
            error=row["error"],
            requested_by=stage.analyst,
            heartbeat_at=at,
            finished_at=at + timedelta(minutes=5),
        )
        Job.objects.filter(pk=job.pk).update(created_at=at)
        if dead:
            _job_notice(
                stage,
                f"job:{job.pk}",
                say(gettext_noop("任务已放弃：%(cause)s"), cause=row["cause"]),
                row["at"],
                body=row["error"],
            )
    return {"jobs": len(told)}


def _job_notice(stage: Stage, key: str, title: Said, day: date, *, body: str) -> None:
    notify(
        [stage.analyst],
        kind=NoticeKind.JOB,
        key=f"demo:{key}",
        title=title,
        body=body,
        url=reverse("desk:home", args=[stage.plan.slug]),
    )
    date_notices(stage, f"demo:{key}", {NoticeKind.JOB: day})


def demo_assessments(stage: Stage) -> dict[str, int]:
    """Evaluation rounds with notes in every state and one follow-up action."""
    told = [row for row in stage.story["round"] if not untold(stage, [row["cut_off"]])]
    for row in told:
        _round(stage, row)
    return {"rounds": len(told), "notes": sum(len(row["note"]) for row in told)}


def _round(stage: Stage, row: dict[str, Any]) -> None:
    reviewer, evaluator = stage.reviewer, stage.people["demo-evaluator"]
    names = ("code", "kind", "name", "name_en", "starts_on", "ends_on", "cut_off", "due_on")
    round = rounds.create_round(plan=stage.plan, by=reviewer, **{name: row[name] for name in names})
    round = rounds.open_round(round, edition=round.edition, by=reviewer)
    items = [stage.items[told["item"]] for told in row["note"]]
    rounds.assign(round=round, items=items, evaluator=evaluator, due_on=None, by=reviewer)
    written = [_note(stage, round, told) for told in row["note"]]
    if row["end"] == Round.State.PUBLISHED:
        round = rounds.close_round(round, edition=round.edition, by=reviewer)
        round = rounds.publish_round(round, edition=round.edition, by=reviewer)
        _date_round(stage, round, written)
    else:
        _chapters(stage, round)


def _chapters(stage: Stage, round: Round) -> None:
    """The report of a round that goes on: drafted, its first chapter written and waiting for a second person."""
    reviewer, evaluator = stage.reviewer, stage.people["demo-evaluator"]
    first, *_others = chapters.begin_chapters(round, by=reviewer)
    first = chapters.arrange_chapter(first, edition=first.edition, by=reviewer, author=evaluator)
    body = f"{first.body}\n演示：各项数据为虚构，仅供熟悉操作。"
    first = chapters.write_chapter(first, edition=first.edition, by=evaluator, body=body)
    chapters.submit_chapter(first, edition=first.edition, by=evaluator)


def _note(stage: Stage, round: Round, told: dict[str, Any]) -> Note:
    reviewer, evaluator, end = stage.reviewer, stage.people["demo-evaluator"], told["end"]
    note = notes.begin_note(round=round, item=stage.items[told["item"]], by=evaluator)
    fields = {name: told[name] for name in FIELDS if name in told}
    if end != Note.State.DRAFT:
        fields["difference_reason"] = "演示：结合责任单位情况综合判断。"
    note = notes.change_note(note, edition=note.edition, by=evaluator, **fields)
    if end == Note.State.DRAFT:
        return note
    note = notes.submit_note(note, edition=note.edition, by=evaluator)
    if end == Note.State.RETURNED:
        return notes.return_note(note, edition=note.edition, by=reviewer, reason=told["reason"])
    if end == Note.State.PUBLISHED:
        note = notes.take_note(note, edition=note.edition, by=reviewer)
        note = notes.publish_note(note, edition=note.edition, by=reviewer)
    if "finding" in told:
        _finding(stage, note, told)
    return note


def _finding(stage: Stage, note: Note, told: dict[str, Any]) -> None:
    finding = findings.raise_finding(
        note=note,
        title=told["finding"],
        request=told["finding_request"],
        organisation=stage.organisations[told["finding_organisation"]],
        due_on=stage.today + timedelta(days=30),
        by=stage.reviewer,
    )
    reporter = stage.people["demo-reporter"]
    findings.respond(finding, edition=finding.edition, by=reporter, text="演示：已制定开放共享整改方案。")


def _date_round(stage: Stage, round: Round, written: list[Note]) -> None:
    """The days of a round that was over long ago: begun after its cut-off, published when it was due."""
    begun, published = round.cut_off + timedelta(days=15), round.due_on
    Round.objects.filter(pk=round.pk).update(created_at=moment(begun), published_on=published)
    RoundStep.objects.filter(round=round, action__in=["created", "opened"]).update(at=moment(begun))
    RoundStep.objects.filter(round=round, action__in=["closed", "published"]).update(at=moment(published))
    for note in written:
        at = {"submitted_at": moment(published - timedelta(days=20)), "published_at": moment(published)}
        Note.objects.filter(pk=note.pk).update(published_on=published, **at)
        NoteStep.objects.filter(note=note).update(at=at["submitted_at"])
        NoteStep.objects.filter(note=note, action="published").update(at=at["published_at"])
        date_notices(stage, f"note:{note.pk}:", dict.fromkeys(NoticeKind.values, published))
    date_notices(stage, f"round:{round.pk}:", {NoticeKind.DUE: begun})


def demo_reminders(stage: Stage) -> dict[str, int]:
    """What the night's reminder would say, so that an inbox shows it before the first night."""
    pending = everything_pending(stage.plan, today=stage.today)
    return {"reminders": remind(stage.plan, pending, today=stage.today)}


def demo_talk(stage: Stage) -> dict[str, int]:
    """A question that was answered, one that waits, and what an official follows."""
    told = [row for row in stage.story["talk"] if not untold(stage, [row["at"]])]
    for row in told:
        _thread(stage, row)
    for row in stage.story["follow"]:
        followed = [stage.items[code] for code in row["items"]]
        for what in (*followed, *(stage.organisations[code] for code in row["units"])):
            follow(stage.plan, what, by=stage.people[row["person"]])
    return {"threads": len(told)}


def _thread(stage: Stage, row: dict[str, Any]) -> None:
    by, at = stage.people[row["by"]], moment(row["at"])
    told = about(stage.plan, "item", stage.items[row["item"]].pk)
    assert told is not None
    thread = begin_thread(told, text=row["text"], is_question=True, by=by)
    if "reply" in row:
        thread = reply(thread, text=row["reply"], by=stage.people[row["reply_by"]])
    if row.get("resolved"):
        resolve(thread, edition=thread.edition, by=by)
        Thread.objects.filter(pk=thread.pk).update(resolved_at=at + timedelta(hours=3))
    Thread.objects.filter(pk=thread.pk).update(begun_at=at)
    for number, comment in enumerate(thread.comments.all()):
        Comment.objects.filter(pk=comment.pk).update(at=at + timedelta(hours=number))
    date_notices(stage, f"talk:{thread.pk}:", {NoticeKind.TALK: row["at"]})
