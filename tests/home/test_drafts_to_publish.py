"""Drafts that wait for a second person stand among what that person has to do."""

import re

import pytest
from django.test import Client

from home import to_do
from plan.models import Plan
from plan.params import today
from studio import publishing, services
from studio.models import PlanDraft
from tests.factories import make_person
from tests.studio.scene import FRAME, TEXT, everything

pytestmark = pytest.mark.django_db
ROOT = "/sz-sti-14/home/"


@pytest.fixture
def planner():
    return make_person("planner", "planner")


@pytest.fixture
def second():
    return make_person("second", "planner")


def handed_in(slug: str, by) -> PlanDraft:
    row = services.start(slug=slug, template="five-year-plan", frame=FRAME, by=by)
    row = services.take_text(row, TEXT, by=by, edition=row.edition)[0]
    return publishing.submit(everything(row, by), reason="", by=by)


def lines_of(person) -> list[to_do.ToDo]:
    found = to_do.groups(Plan.objects.get(slug="sz-sti-14"), person, today=today())
    return [line for group in found if group.key == "drafts-publish" for line in group.lines]


def urls_of(person) -> list[str]:
    return [line.url for line in lines_of(person)]


def test_who_may_publish_sees_what_another_handed_in(planner, second):
    row = handed_in("some-30", planner)
    (line,) = lines_of(second)
    assert (line.text, line.word, line.action, line.said, line.url) == (
        "某市科技规划", "待发布", "发布", "planner", "/studio/some-30/",
    )  # fmt: skip
    assert line.aside.startswith("新规划 · ")
    client = Client()
    client.force_login(second)
    page = client.get(ROOT).content.decode()
    assert "待发布的编制稿" in page
    assert "/studio/some-30/" in page
    # Neither its maker nor who has no part in publishing.
    assert urls_of(planner) == urls_of(make_person("reviewer", "reviewer")) == []
    publishing.publish(row, edition=row.edition, by=second)
    assert urls_of(second) == []


def test_a_draft_taken_back_handed_over_or_changed_waits_for_others(planner, second):
    third = make_person("third", "planner")
    row = handed_in("some-30", planner)
    publishing.hand_over(row, to=second, by=make_person("manager", "reviewer"), reason="调离")
    assert (urls_of(second), urls_of(third)) == ([], ["/studio/some-30/"])
    row.refresh_from_db()
    publishing.take_back(row, by=third, reason="补充")
    assert urls_of(third) == []
    row.refresh_from_db()
    publishing.submit(row, reason="", by=second)
    # Who returned it changed nothing and may publish it.
    assert urls_of(third) == ["/studio/some-30/"]


def test_who_published_before_may_publish_a_correction_and_is_told_that_it_is_one(planner, second):
    row = handed_in("some-30", planner)
    publishing.publish(row, edition=row.edition, by=second)
    row.refresh_from_db()
    row = services.change(row, lambda held: held, action="frame", by=planner, template="five-year-plan")
    publishing.submit(row, reason="更正", by=planner)
    (line,) = lines_of(second)
    assert line.aside.startswith("更正 · ")
    assert urls_of(planner) == []


def test_roles_of_one_plan_are_not_asked_for_another(planner, second):
    handed_in("some-30", planner)
    second.plans = "sz-sti-14"
    second.save()
    assert urls_of(second) == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_stays_within_its_query_budget(planner, second, number, django_assert_max_num_queries):
    for at in range(number):
        handed_in(f"some-{at}", planner)
    client = Client()
    client.force_login(second)
    client.get(ROOT)
    with django_assert_max_num_queries(30):
        page = client.get(ROOT).content.decode()
    assert len(set(re.findall(r"/studio/some-\d/", page))) == number
