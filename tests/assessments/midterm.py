"""The mid-term evaluation of docs/worked-example-midterm.md: what its people write, and their Word file."""

import io
import tomllib
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

import docx
from django.core.files.uploadedfile import SimpleUploadedFile
from docx.text.paragraph import Paragraph

from accounts.models import Organisation
from assessments import chapters, findings, notes, opinions, returns, rounds, versions
from assessments.models import Note, Round
from assessments.report.told_apart import told_apart
from assessments.report.word_work import write_work_file
from plan.params import today
from tests.approving import approve_update
from tests.assessments.scene import DAYS, open_round, published
from tests.factories import make_person
from updates import services as updates

NAME = "“十四五”科技创新规划中期评估"
RECEIVED = date(2023, 9, 1)
STORY = tomllib.loads(Path(__file__).with_name("midterm.toml").read_text("utf-8"))


def edited(data: bytes, person: str) -> bytes:
    """The Word file of the chapters as one of their authors sends it back."""
    file = docx.Document(io.BytesIO(data))
    titles = _titles(file)
    for row in STORY["chapter"]:
        if row["by"] == person:
            _edit(titles, row)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _titles(file) -> dict[str, list]:
    """The paragraphs of each chapter by its title, the heading first."""
    found: dict[str, list] = {}
    for paragraph in file.paragraphs:
        if paragraph.style.name == "Heading 1":
            found[paragraph.text] = []
        if found:
            found[list(found)[-1]].append(paragraph)
    return found


def _edit(titles: dict[str, list], row: dict) -> None:
    heading, *body = titles[row["title"]]
    place = heading
    for words in row.get("before", ()):
        place = _after(place, words)
    place = body[-1] if body else place
    for words in row.get("after", ()):
        place = _after(place, words)


def _after(paragraph, words: str):
    made = deepcopy(paragraph._p)
    for child in list(made):
        made.remove(child)
    paragraph._p.addnext(made)
    new = Paragraph(made, paragraph._parent)
    new.style = "Normal"
    new.add_run(words)
    return new


def run_round(plan) -> Round:
    """The round as far as its published report, by the services that the pages use."""
    people = _people(plan)
    told = {row["item"]: row for row in STORY["note"]}
    items = list(plan.items.filter(code__in=told).in_plan_order())
    for row in STORY["report"]:
        _report(plan.items.get(code=row["item"]), row, people)
    round = open_round(plan, by=people["chen"], items=[], evaluator=people["li"], name=NAME)
    # Whoever left has handed over.
    authors = {"li": people["li"], "wu": people["wu"], "zhou": people["wu"]}
    for item in items:
        author = authors[told[item.code]["by"]]
        rounds.assign(round=round, items=[item], evaluator=author, due_on=None, by=people["chen"])
        _note(round, item, told[item.code], author, people)
    _chapters(round, people)
    for row in STORY["opinion"]:
        _opinion(round, row, people)
    round = Round.objects.get(pk=round.pk)
    round = rounds.close_round(round, edition=round.edition, by=people["chen"])
    return versions.publish_with_report(round, edition=round.edition, by=people["chen"])


def _people(plan) -> dict:
    units = {row["code"]: Organisation.objects.create(code=row["code"], name=row["name"]) for row in STORY["unit"]}
    for row in STORY["unit"]:
        plan.items.filter(code__in=row["leads"]).update(lead=units[row["code"]])
    return {
        row["username"]: make_person(
            row["username"], row["role"], organisation=units[row["unit"]], name=row["name"]
        )
        for row in STORY["person"]
    }


def _report(item, row: dict, people: dict) -> None:
    fields = {name: row.get(name, "") for name in ("status", "done", "problems")}
    update = updates.file_update(
        item=item, by=people["he"], status_on=DAYS["cut_off"], progress=row["share"], **fields
    )
    update = updates.submit_update(update, edition=update.edition, by=people["he"])
    approve_update(update, edition=update.edition, by=people["zheng"])


def _note(round, item, row: dict, author, people: dict) -> None:
    words = {str(label): value for value, label in (*Note.Conclusion.choices, *Note.Forecast.choices)}
    fields = {name: row[name] for name in notes.FIELDS if name in row}
    fields["progress"] += row.get("corrected", "")
    note = Note(round=round, item=item)
    fields["conclusion"] = next(one for one in note.conclusions if str(one.label) == row["conclusion"])
    if "forecast" in row:
        fields["forecast"] = words[row["forecast"]]
    if "adjustment" in row:
        fields["adjustment"] = Note.Adjustment.OTHER
    made = published(round, item, by=author, reviewer=people["zheng"], **EMPTY | fields)
    if "finding" in row:
        findings.raise_finding(
            note=made, title=row["finding"], request=row["finding_request"], organisation=item.lead,
            due_on=today() + timedelta(days=60), by=people["zheng"],
        )  # fmt: skip


EMPTY = {"difference_reason": ""}


def _chapters(round, people: dict) -> None:
    chapters.change_front(round, edition=1, by=people["chen"], **STORY["front"])
    writers = {row["key"]: row["by"] for row in STORY["chapter"]}
    made = chapters.begin_chapters(round, by=people["chen"])
    for row in made:
        author = people[writers.get(row.key, "li")]
        chapters.arrange_chapter(row, edition=row.edition, by=people["chen"], author=author)
    for name in ("li", "wu"):
        rows = list(round.chapters.all())
        upload = SimpleUploadedFile("改.docx", edited(write_work_file(round, rows), name))
        for back in returns.take_back(round, upload, by=people[name]).returns:
            chapter = round.chapters.get(pk=back.chapter_id)
            changes = told_apart(chapter.body, back.body, chapter.pins)
            taken = set(range(len(changes)))
            chapters.take_over(back, changes, taken, edition=chapter.edition, by=people[name])
    for row in round.chapters.select_related("author"):
        row = chapters.submit_chapter(row, edition=row.edition, by=row.author)
        chapters.agree_chapter(row, edition=row.edition, by=people["zheng"])


def _opinion(round, row: dict, people: dict) -> None:
    states = {str(state.label): state for state in opinions.ANSWERS}
    fields = {name: row[name] for name in ("kind", "who", "text")}
    made = opinions.enter_opinion(round, by=people["chen"], received_on=RECEIVED, **fields)
    opinions.answer_opinion(
        made, edition=made.edition, by=people["chen"], state=states[row["state"]], answer=row["answer"]
    )
