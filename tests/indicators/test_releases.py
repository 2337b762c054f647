from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Organisation
from audit.models import AuditEvent
from indicators.figures import workflow
from indicators.models import Observation
from indicators.queries import overview
from jobs.models import Job
from notices.models import Notice
from plan.models import Plan
from plan.workflow import Overtaken, WrongState
from tests.factories import make_component, make_person, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def component():
    return make_component(make_plan())


def entered(component, by, value="150", year=2022, released="2023-05-01", **fields):
    return workflow.enter_figure(
        component=component,
        by=by,
        source=component.indicator.plan.source,
        year=year,
        value=Decimal(value),
        value_status="final",
        released_on=date.fromisoformat(released),
        **fields,
    )


def test_a_figure_lives_from_draft_to_approval(component):
    analyst, reviewer = make_person("ana", "analyst"), make_person("rev", "reviewer")
    row = entered(component, analyst)
    row = workflow.submit_figure(row, edition=row.edition, by=analyst)
    row = workflow.return_figure(row, edition=row.edition, by=reviewer, reason="来源不清")
    row = workflow.change_figure(row, edition=row.edition, by=analyst, value=Decimal("151"))
    row = workflow.submit_figure(row, edition=row.edition, by=analyst)

    row = workflow.approve_figure(row, edition=row.edition, by=reviewer, reason="已核对")

    plan = Plan.objects.get(pk=component.indicator.plan_id)
    steps = list(row.steps.values_list("action", "value", "reason"))
    assert [step[0] for step in steps] == ["entered", "submitted", "returned", "changed", "submitted", "approved"]
    assert steps[2] == ("returned", Decimal(150), "来源不清")
    assert overview(plan, date(2023, 6, 1)).standings[0].status == "ahead"
    assert overview(plan, date(2023, 4, 1)).standings[0].status == "no_data"
    assert Job.objects.get(kind="indicators.recompute").arguments["cause"] == "核定数据 I-01 2022"
    logged = AuditEvent.objects.filter(object_code="I-01").order_by("id").values_list("action", flat=True)
    assert list(logged) == [f"figure.{step[0]}" for step in steps]
    assert Notice.objects.filter(person=analyst).count() == 2
    assert Notice.objects.filter(person=reviewer, kind="submitted").count() == 2


def test_who_entered_may_not_approve(component):
    both = make_person("both", "analyst", "reviewer")
    row = entered(component, both)
    row = workflow.submit_figure(row, edition=row.edition, by=both)

    with pytest.raises(PermissionDenied):
        workflow.approve_figure(row, edition=row.edition, by=both)

    assert Observation.objects.get(pk=row.pk).state == "submitted"


def test_an_approved_figure_is_locked(component):
    analyst, reviewer = make_person("ana", "analyst"), make_person("rev", "reviewer")
    row = entered(component, analyst)
    row = workflow.submit_figure(row, edition=row.edition, by=analyst)
    row = workflow.approve_figure(row, edition=row.edition, by=reviewer, reason="已核对")

    for step in (
        lambda: workflow.change_figure(row, edition=row.edition, by=analyst, value=Decimal(1)),
        lambda: workflow.submit_figure(row, edition=row.edition, by=analyst),
        lambda: workflow.discard_figure(row, edition=row.edition, by=analyst),
        lambda: workflow.return_figure(row, edition=row.edition, by=reviewer, reason="x"),
    ):
        with pytest.raises(WrongState):
            step()

    assert Observation.objects.get(pk=row.pk).value == 150


def test_the_second_editor_is_told(component):
    analyst, other = make_person("ana", "analyst"), make_person("bob", "analyst")
    row = entered(component, analyst)
    workflow.change_figure(row, edition=1, by=other, value=Decimal("152"))

    with pytest.raises(Overtaken) as caught:
        workflow.change_figure(row, edition=1, by=analyst, value=Decimal("153"))

    assert caught.value.row.value == 152
    assert Observation.objects.get(pk=row.pk).value == 152


def test_a_reporter_enters_only_what_its_organisation_answers_for(component):
    own, other = (Organisation.objects.create(code=code, name=code) for code in ("own", "other"))
    reporter = make_person("rep", "reporter", organisation=own)

    component.indicator.lead = other
    component.indicator.save()
    with pytest.raises(PermissionDenied):
        entered(component, reporter)
    component.indicator.supporting.add(own)

    assert entered(component, reporter).state == "draft"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"released": "2099-01-01"}, "released_on"),
        ({"year": 2023, "released": "2022-01-01"}, "year"),
        ({"value": "NaN"}, "value"),
        ({"value": "1e40"}, "value"),
    ],
)
def test_what_cannot_be_is_refused_by_field(component, fields, named):
    analyst = make_person("ana", "analyst")

    with pytest.raises(ValidationError) as caught:
        entered(component, analyst, **fields)

    assert named in caught.value.message_dict
    assert not Observation.objects.filter(component=component).exists()


def test_the_same_release_twice_is_refused(component):
    analyst = make_person("ana", "analyst")
    entered(component, analyst)

    with pytest.raises(ValidationError, match="150"):
        entered(component, analyst, value="151")


def test_a_correction_is_a_release_of_its_own_day(component):
    analyst, reviewer = make_person("ana", "analyst"), make_person("rev", "reviewer")
    for value, released in (("150", "2023-05-01"), ("149", "2024-05-01")):
        row = entered(component, analyst, value=value, released=released)
        row = workflow.submit_figure(row, edition=row.edition, by=analyst)
        workflow.approve_figure(row, edition=row.edition, by=reviewer, reason="已核对")
    plan = Plan.objects.get(pk=component.indicator.plan_id)

    before = overview(plan, date(2024, 4, 30)).standings[0].first
    after = overview(plan, date(2024, 5, 1)).standings[0].first

    assert (before.latest.value, after.latest.value) == (150, 149)
    assert [row.value for row in after.vintages[2022]] == [150, 149]


def test_nothing_is_released_before_its_source(component):
    analyst, source = make_person("ana", "analyst"), component.indicator.plan.source
    source.published_on = date(2023, 5, 2)
    source.save()

    with pytest.raises(ValidationError) as caught:
        entered(component, analyst, released="2023-05-01")
    row = entered(component, analyst, released="2023-05-02")

    (words,) = caught.value.message_dict["released_on"]
    assert "2023-05-01 早于来源的发布日期 2023-05-02" in words
    assert row.state == "draft"


def test_a_release_known_by_its_year_may_stand_before_its_source(component):
    source = component.indicator.plan.source
    source.published_on = date(2023, 5, 2)
    source.save()

    row = entered(component, make_person("ana", "analyst"), released="2023-01-01", release_precision="year")

    assert row.state == "draft"
