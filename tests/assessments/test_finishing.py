"""What helps a note to be finished: the list, the page before it is begun, sentences, reports, no false alarm."""

from datetime import date

from django.test import Client
from django.urls import reverse

from assessments import notes, rounds
from assessments.board import work_of
from assessments.models import Evidence, Note
from assessments.queries import changes_since, pin_of
from assessments.sentences import gaps, offered, written
from plan.params import today
from plan.services import touch_plan
from tests.approving import approve_update
from tests.assessments.scene import COMPLETE, filed, open_round, published
from tests.factories import make_item, make_observation, make_person
from updates import services as updates

GAPS = {"item", "day", "value", "unit", "year", "target", "target_year", "reported_on", "share"}


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def released(component, value, day):
    make_observation(component, 2022, value, released=day)
    touch_plan(component.indicator.plan)


def reported(item, person, reviewer, **fields):
    values = {"status_on": date(2023, 6, 30), "status": "on_schedule", "done": "已封顶", "progress": 60} | fields
    row = updates.file_update(item=item, by=person, **values)
    row = updates.submit_update(row, edition=row.edition, by=person)
    row = approve_update(row, edition=row.edition, by=reviewer)
    row.known_on = date(2023, 6, 30)
    row.save()
    return row


def test_the_list_goes_round_by_round_and_the_pressing_first(midterm, component, people):
    plan = component.indicator.plan
    late = open_round(
        plan, by=people["rev"], items=[component.indicator, make_item(plan, "P-1")], evaluator=people["eva"],
        code="annual", name="年度评估", due_on=date(2022, 1, 1),
    )  # fmt: skip
    filed(late, component.indicator, by=people["eva"])

    found = [(task.assignment.round.code, task.state) for task in work_of(plan, people["eva"], today())]

    assert found == [("annual", "none"), ("annual", "submitted"), ("midterm", "none")]
    page = signed_in(people["eva"]).get(f"/{plan.slug}/assessments/work/?round=midterm").content.decode()
    assert page.count("开始评估") == 2  # the button and its name


def test_a_note_not_begun_has_a_page_for_its_evaluator(midterm, component, people):
    plan = component.indicator.plan
    address = reverse("assessments:item_note", args=[plan.slug, "midterm", component.indicator.code])
    page = signed_in(people["eva"]).get(address)
    assert page.status_code == 200
    assert "开始评估" in page.content.decode()
    assert not Note.objects.exists()
    assert "开始评估" not in signed_in(people["rev"]).get(address).content.decode()
    for person in (people["evi"], make_person("vic")):
        assert signed_in(person).get(address).status_code == 404


def test_sentences_fill_only_what_is_known(midterm, component, people):
    assert all(set(gaps(row["text"])) <= GAPS for row in written())
    labels = set(Note.Conclusion.values)
    assert all(set(row["conclusions"]) <= labels and row["field"] in notes.FIELDS for row in written())

    note = notes.begin_note(round=midterm, item=component.indicator, by=people["eva"])
    told = {one.conclusion: one.sentences for one in offered(note, pin_of(note.item, midterm.cut_off))}
    assert "142件（2022年）" in told["ahead"][0].text
    assert {row.field for row in told["behind"]} == {"progress", "problems", "causes", "remedies"}

    task = make_item(component.indicator.plan, "P-1")
    rounds.assign(round=midterm, items=[task], evaluator=people["eva"], due_on=None, by=people["rev"])
    note = notes.begin_note(round=midterm, item=task, by=people["eva"])
    told = {one.conclusion: one.sentences for one in offered(note, pin_of(task, midterm.cut_off))}
    # Nobody reported: no sentence says what a unit reported.
    assert "progress" not in {row.field for row in told["task_done"]}


def test_reports_are_offered_and_cited(midterm, component, people):
    plan = component.indicator.plan
    task = make_item(plan, "P-1")
    part = make_item(plan, "P-1.1", parent=task)
    reported(part, make_person("ana", "analyst"), people["rev"])
    rounds.assign(round=midterm, items=[task], evaluator=people["eva"], due_on=None, by=people["rev"])
    note = notes.begin_note(round=midterm, item=task, by=people["eva"])
    client, address = signed_in(people["eva"]), f"/{plan.slug}/assessments/notes/{note.pk}/edit/"
    page = client.get(address)
    ((row, is_cited),) = page.context["reports"]
    button = f'<button class="quiet" name="cite_report" value="{row.pk}">'
    assert not is_cited
    assert button in page.content.decode()

    for _again in (1, 2):
        note.refresh_from_db()
        client.post(address, {"edition": note.edition, "cite_report": row.pk, "progress": "在建"})

    cited = note.evidence.get()
    assert cited.title == "责任单位填报：P-1.1 已封顶（截至 2023-06-30）"
    assert cited.url.endswith(f"/updates/{row.pk}/")
    html = client.get(address).content.decode()
    assert '<span class="tag">已引用</span>' in html
    assert button not in html


def test_a_note_on_a_past_round_is_not_flagged_for_what_was_known_when_it_was_written(midterm, component, people):
    # Known today, when the note is written, though not on the round's cut-off.
    released(component, "150", "2024-03-01")
    note = published(midterm, component.indicator, by=people["eva"], reviewer=people["rev"])
    assert note.pinned["components"][0]["figures"][-1]["value"] == "142"
    assert changes_since(note) == []

    # What comes afterwards is a change, and so is what was known when it changes again.
    released(component, "155", "2024-05-01")
    note = Note.objects.get(pk=note.pk)
    assert [change["now"] for change in changes_since(note)] == ["155"]


def test_a_note_pinned_before_that_was_kept_is_read_as_before(midterm, component, people):
    note = filed(midterm, component.indicator, by=people["eva"], **COMPLETE)
    pin = dict(note.pinned)
    pin.pop("known_then")
    Note.objects.filter(pk=note.pk).update(pinned=pin)
    released(component, "150", "2024-03-01")
    assert len(changes_since(Note.objects.get(pk=note.pk))) == 1


def test_internal_evidence_is_named_to_no_reader(midterm, component, people):
    note = filed(midterm, component.indicator, by=people["eva"])
    for title, is_internal in (("内部纪要", True), ("统计公报", False)):
        Evidence.objects.create(
            note=note, title=title, url="https://example.org/", added_by=people["eva"], is_internal=is_internal
        )
    note = notes.withdraw_note(note, edition=note.edition, by=people["eva"])
    note = notes.submit_note(note, edition=note.edition, by=people["eva"])
    note = notes.publish_note(note, edition=note.edition, by=people["rev"])
    root, step = f"/{component.indicator.plan.slug}/", note.steps.get(action="published")
    one = f"{root}assessments/notes/{note.pk}/"
    past = reverse("assessments:past", args=[component.indicator.plan.slug, note.pk, step.pk])

    for place in (one, past, f"{one}print/", f"{root}assessments.json", f"/api/v1{root}assessments/"):
        answer = Client().get(place)
        text = (answer.getvalue() if answer.streaming else answer.content).decode()
        assert answer.status_code == 200, place
        assert ("统计公报" in text, "内部纪要" in text) == (True, False), place
    assert "内部纪要" in signed_in(people["rev"]).get(one).content.decode()


def test_two_rounds_stand_beside_each_other(midterm, component, people):
    plan = component.indicator.plan
    tasks = [make_item(plan, f"P-{number}") for number in (1, 2)]
    earlier = open_round(
        plan, by=people["rev"], items=[component.indicator, tasks[0]], evaluator=people["eva"], code="annual",
        name="年度评估", cut_off=date(2022, 12, 31),
    )  # fmt: skip
    told = {"by": people["eva"], "reviewer": people["rev"]}
    published(earlier, component.indicator, **told)
    published(earlier, tasks[0], conclusion="task_on_schedule", **told)
    rounds.assign(round=midterm, items=tasks, evaluator=people["eva"], due_on=None, by=people["rev"])
    behind = {"conclusion": "behind", "problems": "慢", "remedies": "快", "difference_reason": "基数变了"}
    published(midterm, component.indicator, **told, **behind)
    published(midterm, tasks[1], conclusion="task_on_schedule", **told)
    filed(midterm, tasks[0], by=people["eva"], conclusion="task_done")
    address = reverse("assessments:compare", args=[plan.slug, "midterm"])

    page = Client().get(address)

    found = [(row.item.code, row.change, row.why) for row in page.context["rows"]]
    assert found == [("I-01", "changed", "基数变了"), ("P-1", "gone", ""), ("P-2", "new", "增长平稳。")]
    assert len(Client().get(f"{address}?show=changed").context["rows"]) == 1
    assert Client().get(f"{address}?with=nothing").status_code == 400
    # The first round has none before it.
    first = Client().get(reverse("assessments:compare", args=[plan.slug, "annual"]))
    assert "没有可以比较的已发布意见" in first.content.decode()


def test_the_board_says_who_is_stuck(midterm, component, people):
    plan = component.indicator.plan
    tasks = [make_item(plan, f"P-{number}") for number in (1, 2, 3)]
    rounds.assign(round=midterm, items=tasks, evaluator=people["evi"], due_on=None, by=people["rev"])
    filed(midterm, component.indicator, by=people["eva"])
    people["evi"].is_active = False
    people["evi"].save()

    page = signed_in(people["rev"]).get(reverse("assessments:board", args=[plan.slug, "midterm"]))

    rows = page.context["people"]
    assert [(row.person, row.to_write, row.overdue, row.in_review) for row in rows] == [
        (people["evi"], 3, 3, 0),
        (people["eva"], 0, 0, 1),
    ]
    assert f"/handover/{people['evi'].pk}/" in page.content.decode()
