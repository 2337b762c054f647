"""A draft comes into another planner's hand: what is listed, who may take it, who may publish it then."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.services import set_active
from audit.models import AuditEvent
from home.handover import hand_over
from home.open_work import counts_by_person, open_counts, open_things
from notices.models import Notice
from plan.models import Plan
from studio import publishing, services
from studio.models import DraftStep, PlanDraft
from tests.factories import make_person
from tests.studio.scene import FRAME, everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return make_person("manager", "reviewer")


def handed(person, to, by):
    return hand_over(person=person, to=to, keys=[thing.key for thing in open_things(person)], reason="调离", by=by)


@pytest.mark.breadth
def test_a_draft_is_listed_and_handed_over_with_its_trace(draft, planner, second, manager):
    (thing,) = open_things(planner)
    assert (thing.kind.key, thing.title, thing.url) == ("draft", "某市科技规划", "/studio/some-30/")
    assert counts_by_person() == {planner.pk: 1}

    found = handed(planner, second, manager)

    assert ([one.key for one in found.done], found.refused) == ([thing.key], [])
    assert (open_things(planner), open_counts(second)) == ([], [("编制稿", 1)])
    row = PlanDraft.objects.get()
    assert (row.keeper, row.started_by) == (second, planner)
    step = row.steps.first()
    assert (step.action, step.by, step.told) == ("handed", manager, "planner → second：调离")
    assert AuditEvent.objects.filter(action="studio", after__step="handed", actor=manager).count() == 1
    assert AuditEvent.objects.get(action="work.handed").after["things"] == [thing.key]
    assert Notice.objects.filter(person=second, key__endswith=":handed").exists()


@pytest.mark.breadth
def test_whoever_holds_it_goes_on_and_neither_publishes(draft, planner, second, manager):
    row = publishing.submit(everything(draft, planner), reason="", by=planner)
    handed(planner, second, manager)
    row.refresh_from_db()
    for person in (planner, second):
        with pytest.raises(ValidationError, match="参与编制的人不能发布"):
            publishing.publish(row, edition=row.edition, by=person)
    row = publishing.take_back(row, by=second)
    assert row.steps.first().action == DraftStep.Action.WITHDRAWN
    row = publishing.submit(row, reason="", by=second)
    third = make_person("third", "planner")
    publishing.publish(row, edition=row.edition, by=third)
    # What was published waits for nobody, until somebody changes it.
    assert open_counts(second) == []
    row = services.take_text(PlanDraft.objects.get(), row.raw + "再加一句。", by=third, edition=row.edition + 1)[0]
    assert open_counts(second) == [("编制稿", 1)]


def test_a_step_of_handing_is_not_undone(draft, planner, second, manager):
    handed(planner, second, manager)
    assert services.undo(draft, by=second).action == DraftStep.Action.TEXT
    assert PlanDraft.objects.get().keeper == second


@pytest.mark.parametrize(
    ("roles", "plans", "why"),
    [(("analyst",), "", "接手人没有相应的角色"), (("planner",), " sz-sti-14 ", "角色不在这一规划")],
)
def test_who_cannot_make_plans_takes_none(draft, planner, manager, roles, plans, why):
    taker = make_person("taker", *roles, plans=plans)
    ((_thing, said),) = handed(planner, taker, manager).refused
    assert why in said
    assert PlanDraft.objects.get().keeper == planner


@pytest.mark.breadth
def test_a_correction_is_handed_over_too(planner, second, manager):
    publishing.take_up(Plan.objects.get(slug="sz-sti-14"), by=planner)
    assert open_counts(planner) == [("编制稿", 1)]
    assert len(handed(planner, second, manager).done) == 1


@pytest.mark.breadth
def test_a_closed_account_leaves_its_drafts_to_be_handed_over(draft, planner, second, manager):
    set_active(person_id=planner.pk, active=False, by=make_person("sys", "system_admin"))
    notice = Notice.objects.get(person=manager, kind="overdue")
    assert "1 项工作待移交" in notice.title
    client = Client()
    client.force_login(manager)
    page = client.get(notice.url).content.decode()
    assert "某市科技规划" in page
    key = open_things(planner)[0].key
    client.post(f"/handover/{planner.pk}/", {"thing": [key], "to": second.pk, "reason": "调离"})
    client.force_login(second)
    assert "second" in client.get("/studio/some-30/").content.decode()
    assert "编制稿" in client.get("/handover/mine/").content.decode()


def test_a_draft_of_several_is_handed_alone(draft, planner, second, manager):
    services.start(slug="other-30", template="action-plan", frame=FRAME | {"title": "另一份"}, by=planner)
    hand_over(person=planner, to=second, keys=[f"draft:{draft.pk}"], reason="分工", by=planner)
    assert [thing.title for thing in open_things(planner)] == ["另一份"]
