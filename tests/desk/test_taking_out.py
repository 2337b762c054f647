"""An approved figure is taken out by two people: readable for ever, counting until that day."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from indicators.figures import taking_out, workflow
from indicators.models import Observation
from indicators.queries import overview
from jobs.models import Job
from notices.models import Notice
from plan.changes import Cause
from plan.models import Plan
from plan.params import today
from plan.workflow import Overtaken, WrongState
from tests.factories import make_observation

ROOT = "/test-plan/"


@pytest.fixture
def wrong(component, people):
    """210 of 2022, approved ten days ago: a number of another indicator, and the target reached by it."""
    return make_observation(
        component, 2022, "210", released="2023-05-01", entered_by=people["ana"], approved_by=people["rev"],
        approved_at=timezone.now() - timedelta(10),
    )  # fmt: skip


def taken(row, people, reason="是另一指标的数"):
    row = taking_out.ask_out(row, edition=row.edition, by=people["ana"], reason=reason)
    return taking_out.take_out(row, edition=row.edition, by=people["rev"])


def status(client, query=""):
    return client.get(f"{ROOT}indicators.json{query}").json()["results"][0]["linear_status"]


def test_one_asks_and_another_decides(wrong, people, client):
    asked = taking_out.ask_out(wrong, edition=wrong.edition, by=people["ana"], reason="是另一指标的数")
    assert (asked.state, status(client)) == ("approved", "achieved")
    assert Notice.objects.filter(person=people["rev"]).count() == 1

    row = taking_out.take_out(asked, edition=asked.edition, by=people["rev"])

    assert (row.state, row.approved_at, row.out_reason) == ("rejected", wrong.approved_at, "是另一指标的数")
    assert status(client) == "on_schedule"
    assert list(row.steps.values_list("action", "reason")) == [("out_asked", "是另一指标的数"), ("taken_out", "")]
    assert Job.objects.filter(kind="indicators.recompute").latest("pk").arguments["cause"] == "不采用 I-01 2022"
    assert Notice.objects.filter(person=people["ana"]).count() == 1


def test_who_may_not_is_refused(wrong, people):
    with pytest.raises(ValidationError, match="理由"):
        taking_out.ask_out(wrong, edition=wrong.edition, by=people["ana"], reason=" ")
    with pytest.raises(PermissionDenied):
        taking_out.ask_out(wrong, edition=wrong.edition, by=people["far"], reason="错")
    with pytest.raises(WrongState, match="没有人建议"):
        taking_out.take_out(wrong, edition=wrong.edition, by=people["rev"])
    row = taking_out.ask_out(wrong, edition=wrong.edition, by=people["both"], reason="错")
    with pytest.raises(PermissionDenied, match="不能自己决定"):
        taking_out.take_out(row, edition=row.edition, by=people["both"])
    with pytest.raises(Overtaken):
        taking_out.take_out(row, edition=row.edition - 1, by=people["rev"])
    with pytest.raises(WrongState, match="正待决定"):
        taking_out.ask_out(row, edition=row.edition, by=people["ana"], reason="错")
    with pytest.raises(ValidationError, match="理由"):
        taking_out.keep_in(row, edition=row.edition, by=people["rev"], reason="")


def test_kept_in_it_goes_on_counting_and_may_be_asked_out_again(wrong, people, client):
    row = taking_out.ask_out(wrong, edition=wrong.edition, by=people["ana"], reason="错")
    row = taking_out.keep_in(row, edition=row.edition, by=people["rev"], reason="与原文一致")

    assert (row.state, row.out_reason, status(client)) == ("approved", "", "achieved")
    assert Notice.objects.filter(person=people["ana"], kind="returned").count() == 1
    assert taken(row, people).state == "rejected"


@pytest.mark.breadth
def test_pages_of_earlier_days_show_it_and_later_ones_say_why_not(wrong, people, client):
    taken(wrong, people)
    before = today() - timedelta(1)

    assert status(client, f"?as_of={before}") == "achieved"
    assert status(client, f"?known_by={before}") == "achieved"
    assert status(client, f"?known_by={before - timedelta(20)}") == "not_assessable"
    for state, number in (("approved", 1), ("rejected", 1)):
        rows = client.get(f"/api/v1/test-plan/observations/?state={state}").json()
        assert rows["count"] == number
    assert (rows["results"][0]["state"], rows["results"][0]["note"]) == ("rejected", "是另一指标的数")
    old = client.get(f"/api/v1/test-plan/observations/?as_of={before}").json()
    assert {(row["value"], row["state"], row["in_force"]) for row in old["results"]} == {
        ("120", "approved", True), ("210", "approved", True),
    }  # fmt: skip
    page = client.get(f"{ROOT}indicators/I-01/").content.decode()
    assert "不采用" in page
    assert "是另一指标的数" in client.get(f"{ROOT}items/I-01/history/").content.decode()


@pytest.mark.parametrize("clock", ["public", "known"])
def test_the_cause_stands_in_the_changes(wrong, people, client, clock):
    taken(wrong, people)

    told = client.get(f"{ROOT}changes.json?from={today() - timedelta(1)}&clock={clock}").json()["results"]
    told = [row for row in told if row["year"] == 2022]

    assert [(row["cause"], row["year"], row["old"], row["new"], row["text"]) for row in told] == [
        (Cause.TAKEN_OUT, 2022, "210", None, "是另一指标的数")
    ]
    assert (told[0]["linear_before"], told[0]["linear_after"]) == ("achieved", "on_schedule")


def test_what_stood_before_counts_again(wrong, component, people, client):
    make_observation(component, 2022, "140", released="2023-02-01", approved_at=timezone.now() - timedelta(20))
    taken(wrong, people)

    told = client.get(f"{ROOT}changes.json?from={today() - timedelta(1)}").json()["results"]

    assert [(row["cause"], row["old"], row["new"]) for row in told] == [(Cause.TAKEN_OUT, "210", "140")]
    part = overview(Plan.objects.get(slug="test-plan"), today()).standings[0].first
    assert part.in_force()[2022].value == 140


def test_the_right_figure_of_the_same_release_can_be_entered_and_the_wrong_one_not_again(wrong, people):
    taken(wrong, people)
    fields = {
        "component": wrong.component, "by": people["ana"], "source": wrong.source, "year": 2022,
        "value_status": "final", "released_on": wrong.released_on,
    }  # fmt: skip
    with pytest.raises(ValidationError, match="不采用"):
        workflow.enter_figure(value=Decimal(210), **fields)

    assert workflow.enter_figure(value=Decimal(140), **fields).state == "draft"
    with pytest.raises(ValidationError, match="草稿"):
        workflow.enter_figure(value=Decimal(150), **fields)


def test_the_review_desk_says_how_many_it_does_not_list(component, people, sign_in):
    for number in range(12):
        make_observation(
            component, 2000 + number, "1", released="2023-05-01", out_asked_by=people["ana"], out_reason="录错"
        )

    page = sign_in("rev").get(f"{ROOT}review/").content.decode()

    listed = page.split('id="asked-out"')[1].split("</section>")[0]
    assert listed.count("#out") == 10
    assert "另有 2 条，没有在此列出。" in listed


@pytest.mark.breadth
def test_the_pages_of_the_desk(wrong, sign_in, people, client):
    address = f"{ROOT}data/figures/{wrong.pk}/"
    ana, rev = sign_in("ana"), sign_in("rev")
    assert "建议不采用" in ana.get(address).content.decode()
    assert ana.post(f"{address}ask_out/", {"edition": wrong.edition, "reason": ""}).status_code == 400
    answer = ana.post(f"{address}ask_out/", {"edition": wrong.edition, "reason": "录错年份"}, follow=True)
    assert "待另一人决定" in answer.content.decode()
    queue = rev.get(f"{ROOT}review/").content.decode()
    assert "建议不采用的数据" in queue
    assert "录错年份" in queue
    row = Observation.objects.get(pk=wrong.pk)
    answer = rev.post(f"{address}take_out/", {"edition": row.edition}, follow=True)
    assert "从这一天起不再计入" in answer.content.decode()
    assert status(client) == "on_schedule"
