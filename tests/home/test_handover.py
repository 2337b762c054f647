"""Work that changes hands: what is open, who takes it, what cannot be handed, and whose hand it was."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Organisation
from accounts.services import set_active
from accounts.substitutes import end_substitution, name_substitute
from assessments import handing, notes
from assessments.models import Assignment, ReportChapter
from audit.models import AuditEvent
from desk.imports import batches
from home.handover import hand_over
from home.open_work import open_counts, open_things
from indicators.targets import workflow as targets
from notices.models import Notice
from plan.params import today
from tests.assessments.scene import COMPLETE, open_round
from tests.factories import make_component, make_item, make_plan
from tests.updates.people import make_person
from updates import services as updates
from updates.worklist import work_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    """A plan with an indicator and two tasks in a round of eva's; evi could take over, rev manages, sys closes."""
    own = Organisation.objects.create(code="sti", name="科技局")
    plan = make_plan()
    component = make_component(plan)
    tasks = [make_item(plan, f"P-1.{number}", lead=own) for number in (1, 2)]
    people = {
        "eva": make_person("eva", "evaluator", "reporter", organisation=own),
        "evi": make_person("evi", "evaluator", "reporter", "reviewer"),
        "rep": make_person("rep", "reporter"),
        "rev": make_person("rev", "reviewer"),
        "sys": make_person("sys", "system_admin"),
    }
    items = [component.indicator, *tasks]
    round = open_round(plan, by=people["rev"], items=items, evaluator=people["eva"])
    return {"plan": plan, "round": round, "items": items, "own": own} | people


def write(office, item, *, by=None, **fields):
    by = by or office["eva"]
    note = notes.begin_note(round=office["round"], item=item, by=by)
    return notes.change_note(note, edition=note.edition, by=by, **(COMPLETE | fields))


def test_everything_in_hand_is_handed_over_in_one_act_and_what_cannot_be_says_why(office):
    note = write(office, office["items"][0])
    draft = updates.file_update(
        item=office["items"][1], by=office["eva"], status_on=today(), status="on_schedule", done="在建"
    )
    chapter = ReportChapter.objects.create(
        round=office["round"], key="overall", position=1, title="总", author=office["eva"]
    )
    keys = [thing.key for thing in open_things(office["eva"])]

    found = hand_over(person=office["eva"], to=office["evi"], keys=keys, reason="离职", by=office["rev"])

    # evi reports for no unit: the report stays, everything else goes.
    assert [thing.key for thing, _why in found.refused] == [f"update:{draft.pk}"]
    assert len(found.done) == len(keys) - 1
    note.refresh_from_db()
    chapter.refresh_from_db()
    assert note.author == chapter.author == office["evi"]
    assert set(Assignment.objects.values_list("evaluator__username", flat=True)) == {"evi"}
    step = note.steps.get(action="handed")
    assert (step.by, step.for_person, step.reason) == (office["rev"], office["eva"], "eva → evi：离职")
    event = AuditEvent.objects.get(action="work.handed")
    assert len(event.after["things"]) == len(keys) - 1
    assert Notice.objects.filter(person=office["evi"], key=f"work:{event.pk}:handed").exists()


def test_neither_the_former_nor_the_new_author_reviews_a_note(office):
    office["eva"].is_reviewer = True
    office["eva"].save()
    note = write(office, office["items"][0])
    note = notes.hand_note(note, to=office["evi"], by=office["rev"], reason="病假")
    note = notes.submit_note(note, edition=note.edition, by=office["evi"])

    for person in ("eva", "evi"):
        with pytest.raises(PermissionDenied):
            notes.publish_note(note, edition=note.edition, by=office[person])
    assert notes.publish_note(note, edition=note.edition, by=office["rev"]).state == "published"


def test_a_note_of_a_closed_account_is_given_to_another_and_the_others_with_it(office):
    note = write(office, office["items"][0])
    begun = write(office, office["items"][1])
    set_active(person_id=office["eva"].pk, active=False, by=office["sys"])

    given = handing.give(
        round=office["round"], items=office["items"], evaluator=office["evi"], due_on=None, by=office["rev"]
    )

    assert given.refused == []
    for row in (note, begun):
        row.refresh_from_db()
        assert row.author == office["evi"]
    assert Assignment.objects.filter(evaluator=office["evi"]).count() == 3


def test_one_begun_note_takes_no_other_down(office):
    write(office, office["items"][0])

    given = handing.give(
        round=office["round"], items=office["items"], evaluator=office["evi"], due_on=None, by=office["rev"]
    )

    assert given.number == 2
    assert [item.code for item, _why in given.refused] == ["I-01"]


@pytest.mark.breadth
def test_closing_an_account_tells_who_hands_over(office, client):
    set_active(person_id=office["eva"].pk, active=False, by=office["sys"])

    notice = Notice.objects.get(person=office["rev"], kind="overdue")
    assert "3 项工作待移交" in notice.title
    client.force_login(office["sys"])
    page = client.get(f"/accounts/people/{office['eva'].pk}/").content.decode()
    assert "停用后仍未了的工作" in page
    assert "P-1.2" in page
    client.force_login(office["rev"])
    assert client.get(notice.url).status_code == 200


def test_one_hands_over_one_s_own_and_nobody_else_s(office):
    keys = [thing.key for thing in open_things(office["eva"])]
    with pytest.raises(PermissionDenied):
        hand_over(person=office["eva"], to=office["rev"], keys=keys, reason="要", by=office["rep"])
    with pytest.raises(ValidationError, match="事由"):
        hand_over(person=office["eva"], to=office["evi"], keys=keys, reason=" ", by=office["eva"])
    with pytest.raises(ValidationError, match="没有勾选"):
        hand_over(
            person=office["eva"], to=office["evi"], keys=["note:99", "x", "note:٣"], reason="去", by=office["eva"]
        )
    # Whoever is no evaluator takes nothing of it.
    found = hand_over(person=office["eva"], to=office["rep"], keys=keys, reason="去", by=office["eva"])
    assert (found.done, len(found.refused)) == ([], 3)
    assert found.refused[0][1] == "接手人没有相应的角色"

    assert hand_over(person=office["eva"], to=office["evi"], keys=keys, reason="去", by=office["eva"]).done
    assert open_counts(office["eva"]) == []


def test_a_proposed_target_is_handed_over_and_neither_decides_on_it(office):
    fields = {
        "type": "point", "value": 300, "year": 2025, "text": "300", "effective_on": today(), "reason": "调整",
        "document_date": today(), "approving_body": "市政府", "document_number": "1号",
    }  # fmt: skip
    both = ("analyst", "reviewer")
    ana, bob, cal = (make_person(name, *both) for name in ("ana", "bob", "cal"))
    target = targets.propose_target(component=office["items"][0].components.get(), by=ana, **fields)
    targets.TARGETS.ask(target, edition=None, by=office["rev"], reason="依据何在")
    assert [thing.kind.key for thing in open_things(ana)] == ["target"]

    assert hand_over(person=ana, to=office["evi"], keys=[f"target:{target.pk}"], reason="去", by=ana).done == []
    found = hand_over(person=ana, to=bob, keys=[f"target:{target.pk}"], reason="离职", by=office["rev"])

    assert [thing.row for thing in found.done] == [target]
    target.refresh_from_db()
    assert target.proposed_by == bob
    # What was asked still waits for its answer, whose hand it is in.
    assert targets.TARGETS.open_question(target).reason == "依据何在"
    for person in (ana, bob):
        with pytest.raises(PermissionDenied):
            targets.approve_target(target, latest_version=1, by=person)
    assert targets.approve_target(target, latest_version=1, by=cal).state == "approved"


def substituted(office, who="eva", by="evi", days=3, **fields):
    named = {"person": office[who], "substitute": office[by], "reason": "出差", "by": office["rev"]} | fields
    return name_substitute(starts_on=today(), ends_on=today() + timedelta(days), **named)


def test_a_substitute_writes_for_another_and_every_step_says_so(office):
    row = substituted(office)

    note = write(office, office["items"][0], by=office["evi"])
    note = notes.submit_note(note, edition=note.edition, by=office["evi"])
    report = updates.file_update(
        item=office["items"][1], by=office["evi"], status_on=today(), status="on_schedule", done="在建"
    )

    assert note.author == office["eva"]
    assert {(step.action, step.by, step.for_person) for step in note.steps.all()} == {
        (action, office["evi"], office["eva"]) for action in ("created", "written", "submitted")
    }
    assert AuditEvent.objects.get(action="note.submitted").after["for"] == "eva"
    assert report.organisation == office["own"]
    assert report.steps.get().for_person == office["eva"]
    # Who wrote for another reviews it no more than he.
    for person in ("eva", "evi"):
        with pytest.raises(PermissionDenied):
            notes.publish_note(note, edition=note.edition, by=office[person])

    end_substitution(row, by=office["eva"])
    with pytest.raises(PermissionDenied):
        notes.withdraw_note(note, edition=note.edition, by=office["evi"])
    assert not work_rows(office["plan"], office["evi"], today=today())


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"by": "rep"}, "没有这些角色：评估"),
        ({"by": "sys"}, "管理员"),
        ({"by": "eva"}, "另一个人"),
        ({"days": -1}, "截止日"),
        ({"days": 400}, "最长一年"),
    ],
)
def test_a_substitute_that_will_not_do_is_refused(office, fields, fault):
    with pytest.raises(ValidationError, match=fault):
        substituted(office, **fields)


def test_a_second_substitute_for_the_same_days_is_refused(office):
    substituted(office)
    with pytest.raises(ValidationError, match="已由 evi 代办"):
        substituted(office)


def test_the_pages_hand_over_and_name(office, client):
    client.force_login(office["rev"])
    page = client.get("/handover/").content.decode()
    assert f"/handover/{office['eva'].pk}/" in page
    address = f"/handover/{office['eva'].pk}/"
    key = open_things(office["eva"])[0].key
    assert client.post(address, {"thing": [key]}).status_code == 400
    answer = client.post(address, {"thing": [key], "to": office["evi"].pk, "reason": "调离"}, follow=True)
    assert "已移交 evi 1 项" in answer.content.decode()

    days = {"starts_on": today().isoformat(), "ends_on": today().isoformat(), "reason": "病假"}
    assert client.post(f"{address}substitute/", days).status_code == 400
    page = client.post(f"{address}substitute/", days | {"substitute": office["evi"].pk}, follow=True)
    assert "已指定代办人" in page.content.decode()
    row = office["eva"].substitutions.get()
    assert "代办已结束" in client.post(f"/handover/substitutes/{row.pk}/end/", follow=True).content.decode()

    client.force_login(office["rep"])
    assert client.get("/handover/mine/").status_code == client.get("/handover/mine/substitute/").status_code == 200
    assert client.get("/handover/").status_code == client.get(address).status_code == 403


@pytest.mark.django_db
def test_a_file_that_waits_is_handed_to_somebody_who_can_go_on_with_it(office, settings, tmp_path):
    """Checked and not written: whoever was away with it left it to nobody."""
    settings.DATA_DIR = tmp_path
    ana, bob = make_person("ana", "analyst"), make_person("bob", "analyst")
    file = SimpleUploadedFile("年鉴.csv", "分项编码,年份,数值\nI-01,2022,1\n".encode())
    batch = batches.upload_file(office["plan"], file, by=ana)
    (thing,) = open_things(ana)
    assert (thing.kind.key, thing.title) == ("import", "年鉴.csv")

    refused = hand_over(person=ana, to=office["evi"], keys=[thing.key], reason="离职", by=office["rev"])
    done = hand_over(person=ana, to=bob, keys=[thing.key], reason="离职", by=office["rev"])

    assert (len(refused.refused), len(done.done)) == (1, 1)
    assert open_things(ana) == []
    event = AuditEvent.objects.get(action="import.handed")
    assert (event.before, event.after) == ({"person": "ana"}, {"person": "bob", "reason": "离职"})
    batch.refresh_from_db()
    with pytest.raises(PermissionDenied):
        batches.cancel_import(batch, by=ana)
    assert batches.cancel_import(batch, by=bob).state == "cancelled"
    assert open_things(bob) == []
