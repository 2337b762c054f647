from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AuditEvent
from indicators.models import Target
from indicators.queries import overview, read_overview
from indicators.targets import workflow
from jobs.models import Job
from notices.models import Notice
from plan.models import Plan
from plan.workflow import Overtaken, WrongState
from tests.factories import make_component, make_observation, make_person, make_plan

pytestmark = pytest.mark.django_db
ACT = {
    "text": "180",
    "effective_on": date(2024, 7, 1),
    "approving_body": "市政府",
    "document_number": "深府〔2024〕1号",
    "document_date": date(2024, 6, 1),
    "reason": "中期评估",
}


@pytest.fixture
def component():
    return make_component(make_plan())


def proposed(component, by, **fields):
    fields = {"type": "point", "value": Decimal(180), "year": 2025} | ACT | fields
    return workflow.propose_target(component=component, by=by, **fields)


def test_a_revision_counts_from_its_day_and_the_plans_own_stays(component):
    analyst, reviewer = make_person("ana", "analyst"), make_person("rev", "reviewer")
    make_observation(component, 2023, "180", released="2024-03-01")
    before = Plan.objects.get(pk=component.indicator.plan_id).figures_version
    target = proposed(component, analyst)

    target = workflow.approve_target(target, latest_version=1, by=reviewer, reason="与文件一致")

    plan = Plan.objects.get(pk=component.indicator.plan_id)
    eve, day = (overview(plan, on).standings[0].first for on in (date(2024, 6, 30), date(2024, 7, 1)))
    assert (eve.target.version, day.target.version) == (1, 2)
    assert (eve.assessment.linear.status, day.assessment.linear.status) == ("ahead", "achieved")
    assert [row.version for row in eve.scheduled] == [2]
    assert [row.version for row in day.targets] == [1, 2]
    assert overview(plan, date(2024, 5, 31)).standings[0].first.scheduled == []
    assert component.targets.get(version=1).value == 200
    assert plan.figures_version == before + 1
    assert Job.objects.get().arguments["cause"] == "目标调整 I-01 第 2 版（深府〔2024〕1号）"
    logged = AuditEvent.objects.filter(action__startswith="target.").order_by("id")
    assert [event.action for event in logged] == ["target.proposed", "target.approved"]
    assert Notice.objects.get(person=reviewer).kind == "submitted"
    assert Notice.objects.get(person=analyst).kind == "approved"


def test_a_proposal_judges_nothing(component):
    proposed(component, make_person("ana", "analyst"))
    plan = component.indicator.plan

    part = read_overview(plan, date(2026, 1, 1)).standings[0].first

    assert [row.version for row in part.targets] == [1]
    assert part.scheduled == []


def test_whoever_proposed_may_not_decide(component):
    both = make_person("both", "analyst", "reviewer")
    target = proposed(component, both)

    with pytest.raises(PermissionDenied):
        workflow.approve_target(target, latest_version=1, by=both)
    with pytest.raises(PermissionDenied):
        workflow.refuse_target(target, by=both, reason="x")
    with pytest.raises(PermissionDenied):
        proposed(component, make_person("rep", "reporter"))
    with pytest.raises(PermissionDenied):
        workflow.approve_target(target, latest_version=1, by=make_person("ana", "analyst"))


def test_a_refusal_gives_a_reason_and_is_final(component):
    analyst, reviewer = make_person("ana", "analyst"), make_person("rev", "reviewer")
    target = proposed(component, analyst)

    with pytest.raises(ValidationError):
        workflow.refuse_target(target, by=reviewer, reason=" ")
    workflow.refuse_target(target, by=reviewer, reason="文号有误")

    with pytest.raises(WrongState):
        workflow.approve_target(target, latest_version=1, by=reviewer)
    stored = Target.objects.get(pk=target.pk)
    assert (stored.state, stored.version, stored.decision_reason) == ("refused", None, "文号有误")
    assert Notice.objects.get(person=analyst).body == "文号有误"


def test_two_proposals_are_approved_one_after_the_other(component):
    analyst, reviewer = make_person("ana", "analyst"), make_person("rev", "reviewer")
    one = proposed(component, analyst)
    two = proposed(component, analyst, value=Decimal(170), effective_on=date(2025, 1, 1))
    workflow.approve_target(one, latest_version=1, by=reviewer, reason="两条已比较")

    with pytest.raises(Overtaken) as caught:
        workflow.approve_target(two, latest_version=1, by=reviewer)
    workflow.approve_target(two, latest_version=caught.value.row.version, by=reviewer, reason="与文件一致")

    assert list(component.targets.order_by("version").values_list("version", "value")) == [
        (1, 200),
        (2, 180),
        (3, 170),
    ]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"approving_body": ""}, "approving_body"),
        ({"document_number": ""}, "document_number"),
        ({"reason": ""}, "reason"),
        ({"effective_on": None}, "effective_on"),
        ({"effective_on": date(2024, 5, 1)}, "effective_on"),
        ({"document_date": date(2099, 1, 1), "effective_on": date(2099, 1, 1)}, "document_date"),
        ({"value": None}, "value"),
        ({"value": Decimal("NaN")}, "value"),
        ({"value": Decimal(200)}, "value"),
        ({"type": "range_floor", "low": Decimal(9), "high": Decimal(8)}, "low"),
        ({"type": "range_floor", "low": Decimal(9)}, "high"),
        ({"type": "other"}, "type"),
        ({"year": 2020}, "year"),
        ({"year": 9999}, "year"),
        ({"text": ""}, "text"),
    ],
)
def test_what_is_no_act_or_no_target_is_refused_by_field(component, fields, named):
    with pytest.raises(ValidationError) as caught:
        proposed(component, make_person("ana", "analyst"), **fields)

    assert named in caught.value.message_dict
    assert component.targets.count() == 1


def test_the_version_replaced_and_the_ambition_are_named(component):
    analyst, reviewer = make_person("ana", "analyst"), make_person("rev", "reviewer")
    for value in (180, 190):
        target = proposed(component, analyst, value=Decimal(value))
        workflow.approve_target(
            target, latest_version=component.targets.exclude(version=None).count(), by=reviewer, reason="已核对"
        )
    first, second, third = component.targets.order_by("version")

    assert workflow.replaced_by(third, [first, second, third]) == second
    assert workflow.ambition_of(second, first) == "less_ambitious"
    assert workflow.ambition_of(third, second) == "more_ambitious"
    assert workflow.ambition_of(third, first) == "less_ambitious"
