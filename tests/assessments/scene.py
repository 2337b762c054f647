"""A round with its people, taken as far as a test needs it."""

from datetime import date, timedelta

from accounts.models import Organisation
from assessments import findings, notes, rounds, versions
from assessments.models import ChapterReturn, Evidence, Note, Opinion, ReportChapter, Round
from jobs.models import Job
from plan.models import Item, Plan
from plan.params import today
from tests.factories import make_person

COMPLETE = {"progress": "增长平稳。", "conclusion": "ahead", "difference_reason": "综合判断。"}
DAYS = {
    "starts_on": date(2021, 1, 1),
    "ends_on": date(2023, 6, 30),
    "cut_off": date(2023, 6, 30),
    "due_on": date(2023, 9, 30),
}


def open_round(plan: Plan, *, by, items, evaluator, code="midterm", **fields) -> Round:
    """An open mid-term round with items given to an evaluator."""
    fields = {"kind": Round.Kind.MIDTERM, "name": "中期评估"} | DAYS | fields
    row = rounds.create_round(plan=plan, code=code, by=by, **fields)
    row = rounds.open_round(row, edition=row.edition, by=by)
    rounds.assign(round=row, items=items, evaluator=evaluator, due_on=None, by=by)
    return row


def filed(round: Round, item: Item, *, by, **fields) -> Note:
    """A note handed in."""
    note = notes.begin_note(round=round, item=item, by=by)
    note = notes.change_note(note, edition=note.edition, by=by, **(COMPLETE | fields))
    return notes.submit_note(note, edition=note.edition, by=by)


def published(round: Round, item: Item, *, by, reviewer, **fields) -> Note:
    note = filed(round, item, by=by, **fields)
    return notes.publish_note(note, edition=note.edition, by=reviewer)


def ended(round: Round, *, by) -> Round:
    """The round closed and published."""
    row = Round.objects.get(pk=round.pk)
    row = rounds.close_round(row, edition=row.edition, by=by)
    return rounds.publish_round(row, edition=row.edition, by=by)


def published_round(plan: Plan, organisation: Organisation) -> dict[str, int]:
    """Rows by the names the table of permissions uses for them."""
    evaluator, reviewer = make_person("round-evaluator", "evaluator"), make_person("round-reviewer", "reviewer")
    item = plan.items.get(code="I-01")
    round = open_round(plan, by=reviewer, items=[item], evaluator=evaluator)
    note = published(round, item, by=evaluator, reviewer=reviewer)
    finding = findings.raise_finding(
        note=note, title="t", request="r", organisation=organisation, due_on=today() + timedelta(9), by=evaluator
    )
    link = Evidence.objects.create(note=note, title="t", url="https://example.org/", added_by=evaluator)
    job = Job.objects.create(kind="assessments.report", arguments={"plan": plan.slug, "round": round.code})
    chapter = ReportChapter.objects.create(round=round, key="overall", position=1, title="总体评价", body="一。")
    returned = ChapterReturn.objects.create(chapter=chapter, body="二。", edition_sent=1, by=evaluator)
    opinion = Opinion.objects.create(
        round=round, kind="unit", who="某单位", received_on=today(), text="t", entered_by=reviewer
    )
    version = versions.keep_version(round, by=reviewer)
    ended(round, by=reviewer)
    return {
        "note": note.pk,
        "note_step": note.steps.get(action="published").pk,
        "finding": finding.pk,
        "evidence": link.pk,
        "job": job.pk,
        "chapter": chapter.pk,
        "chapter_return": returned.pk,
        "opinion": opinion.pk,
        "version": version.number,
    }
