"""What is late of follow-up actions means one thing, and a count is as long as the list it leads to."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation
from assessments.models import Finding, FindingStep, NoteStep
from assessments.queries import due_findings, findings_on, overdue_findings, unanswered_findings
from dashboard.queries import overdue
from dashboard.units import units_on
from home import to_do, watching
from plan.params import today
from tests.assessments.scene import open_round, published
from tests.factories import make_component, make_person, make_plan

pytestmark = pytest.mark.django_db
LIST = "/test-plan/assessments/findings/"
# The steps that lead to each state.
WAYS = {
    "open": ["created"],
    "responded": ["created", "responded"],
    "returned": ["created", "responded", "returned"],
    "accepted": ["created", "responded", "accepted"],
    "closed": ["created", "responded", "accepted", "closed"],
}
LATE = {"open 逾期", "returned 逾期"}


@pytest.fixture
def own(db):
    return Organisation.objects.create(code="own", name="市某局")


@pytest.fixture
def plan(own):
    """A follow-up action of each state past its day, and one of each before it; one more of another unit."""
    plan, ago = make_plan(), timezone.now() - timedelta(days=9)
    eva, rev = make_person("eva", "evaluator"), make_person("rev", "reviewer")
    indicator = make_component(plan).indicator
    note = published(open_round(plan, by=rev, items=[indicator], evaluator=eva), indicator, by=eva, reviewer=rev)
    other = Organisation.objects.create(code="other", name="另一局")
    asked = [(own, state, days) for state in WAYS for days in (-3, 3)] + [(other, "open", -3)]
    for number, (unit, state, days) in enumerate(asked, 1):
        row = Finding.objects.create(
            note=note, number=number, title=f"{state} {'逾期' if days < 0 else '未到期'}", request="整改",
            organisation=unit, due_on=today() + timedelta(days=days), created_by=eva, state=state,
            closed_on=today() if state == "closed" else None,
        )  # fmt: skip
        for action in WAYS[state]:
            FindingStep.objects.create(finding=row, action=action, by=eva, text="说明")
    Finding.objects.update(created_at=ago)
    FindingStep.objects.update(at=ago)
    NoteStep.objects.update(at=ago)
    return plan


def listed(address: str, person) -> tuple[int, str]:
    """How many rows a list says it has, and its page."""
    client = Client()
    client.force_login(person)
    html = client.get(address).content.decode()
    return int(re.search(r'<h1>整改事项 <span class="sub">(\d+)</span>', html)[1]), html


def test_one_row_and_many_agree_on_what_is_late(plan):
    for days in range(-4, 5):
        day = today() + timedelta(days=days)
        one_by_one = set()
        for row in findings_on(plan, day):
            row.state = row.state_then
            if row.is_late_on(day):
                one_by_one.add(row.pk)

        assert set(overdue_findings(plan, day).values_list("pk", flat=True)) == one_by_one, day
        rest = set(unanswered_findings(plan, day).values_list("pk", flat=True)) - one_by_one
        assert set(due_findings(plan, day).values_list("pk", flat=True)) == rest, day
    assert {row.title for row in overdue_findings(plan, today())} == LATE


def test_what_is_answered_is_late_nowhere(plan, own):
    unit = next(row for row in units_on(plan, today()) if row.organisation == own)
    item = Client().get("/test-plan/indicators/I-01/").content.decode()
    marked = re.findall(r'lang="zh-CN">\s*([a-z]+ \S+?)</a>(?:(?!</li>).)*class="late"', item, re.DOTALL)
    pages = {
        row.title: 'class="sub late"' in Client().get(f"{LIST}{row.pk}/").content.decode()
        for row in Finding.objects.all()
    }

    assert {row.title for row in unit.late_findings} == LATE
    assert {row.title.partition(" ")[2] for row in overdue(plan, today())} == LATE
    assert set(marked) == LATE
    assert {title for title, is_late in pages.items() if is_late} == LATE
    assert listed(LIST, make_person("vie"))[1].count('class="sub late"') == len(marked) == 3


def test_counts_of_what_there_is_to_read_are_as_long_as_their_lists(plan):
    person, group = make_person("vie"), watching.findings(plan, today())

    assert [(count.word, count.number) for count in group.counts] == [
        ("整改逾期", 3), ("待反馈", 2), ("待采纳", 2),
    ]  # fmt: skip
    for count in group.counts:
        assert listed(count.url, person)[0] == count.number, count.word
    assert not [line for line in group.lines if line.text.startswith("responded") and "逾期" in line.aside]


def test_counts_of_what_a_unit_has_to_answer_are_as_long_as_their_lists(plan, own):
    person = make_person("rep", "reporter", organisation=own)
    group = to_do.findings(plan, person, today=today())

    assert [(count.word, count.number) for count in group.counts] == [("已逾期", 2), ("待整改", 2)]
    for count in group.counts:
        number, html = listed(count.url, person)
        assert number == count.number, count.word
        assert 'whose=mine" aria-current="page"' in html
    assert listed(f"{LIST}?whose=mine", person)[0] == listed(f"{LIST}?state=mine", person)[0] == 10
    assert listed(f"{LIST}?whose=mine", make_person("vie"))[0] == 0
