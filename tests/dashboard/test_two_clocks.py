"""What was public on a day, and what of it was known here by another: two clocks on every page."""

import pickle
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from indicators.changes import late_entries
from indicators.models import Observation, Target
from indicators.queries import overview
from plan.changes import Clock
from plan.days import Day, with_knowledge
from tests.factories import make_component, make_observation, make_person, make_plan

pytestmark = pytest.mark.django_db
ROOT = "/test-plan/"
APRIL, OCTOBER, NOVEMBER = date(2026, 4, 20), date(2026, 10, 1), date(2026, 11, 20)


@pytest.fixture
def plan(db):
    return make_plan()


@pytest.fixture
def late(plan):
    """Two figures known in May 2024, and 26 that were published in April 2026 and approved in November."""
    ana, rev = make_person("ana", "analyst"), make_person("rev", "reviewer")
    people = {"entered_by": ana, "approved_by": rev}
    for number in range(1, 14):
        part = make_component(plan, f"I-{number:02}")
        if number < 3:
            make_observation(part, 2023, "150", released="2024-05-01", approved_at=at(date(2024, 5, 2)), **people)
        for year in (2024, 2025):
            make_observation(part, year, "210", released=APRIL.isoformat(), approved_at=at(NOVEMBER), **people)
    return plan


def at(day):
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def reached(client, query):
    body = client.get(f"{ROOT}indicators.json{query}").json()
    return sum(row["final_verdict"] == "achieved" for row in body["results"])


def test_a_day_with_knowledge_is_a_date_that_remembers_it():
    day = with_knowledge(OCTOBER, NOVEMBER)

    assert (day.isoformat(), day.known_by, day < NOVEMBER, day > APRIL) == ("2026-10-01", NOVEMBER, True, True)
    assert day not in (OCTOBER, with_knowledge(OCTOBER, OCTOBER))
    assert OCTOBER not in {day: 1}
    assert {day: 1}[Day(2026, 10, 1, NOVEMBER)] == 1
    assert pickle.loads(pickle.dumps(day)) == day
    # A day counted from it is plain again; nothing is known of days after the knowledge.
    assert type(day - timedelta(1)) is date
    assert (day - APRIL).days == 164
    assert with_knowledge(NOVEMBER, OCTOBER) == Day(2026, 10, 1, OCTOBER)
    assert with_knowledge(OCTOBER, None) is OCTOBER


@pytest.mark.parametrize("address", ["indicators.json", "indicators.csv", "observations.csv", "wide.csv"])
def test_a_file_with_known_by_is_the_same_for_ever(late, client, address):
    query = f"{ROOT}{address}?as_of={OCTOBER}&known_by={OCTOBER}"
    before = client.get(query)
    bytes_before = before.getvalue()
    part = late.items.get(code="I-01").indicator.components.get()
    make_observation(part, 2022, "130", released="2023-03-01", approved_at=timezone.now())
    late.figures_version += 1
    late.save()

    again = client.get(query)

    assert again.getvalue() == bytes_before
    assert (again["X-As-Of"], again["X-Known-By"]) == (str(OCTOBER), str(OCTOBER))
    assert client.get(f"{ROOT}{address}?as_of={OCTOBER}").getvalue() != bytes_before


def test_what_was_approved_later_is_public_but_was_not_known(late, client):
    assert reached(client, f"?as_of={OCTOBER}") == 13
    assert reached(client, f"?as_of={OCTOBER}&known_by={OCTOBER}") == 0
    assert reached(client, f"?known_by={OCTOBER}") == 0
    assert reached(client, f"?as_of={OCTOBER}&known_by={NOVEMBER}") == 13
    rows = client.get(f"/api/v1/test-plan/observations/?known_by={OCTOBER}").json()
    assert [row["year"] for row in rows["results"]] == [2023, 2023]
    assert client.get(f"/api/v1/test-plan/observations/?known_by={NOVEMBER}").json()["count"] == 28


@pytest.mark.breadth
def test_a_page_says_both_days_and_keeps_them_in_its_links(late, client):
    page = client.get(f"{ROOT}?as_of={OCTOBER}&known_by={NOVEMBER}").content.decode()

    assert "2026年10月1日" in page
    assert "2026年11月20日" in page
    assert f"as_of={OCTOBER}&amp;known_by={NOVEMBER}" in page
    assert f'<input type="hidden" name="known_by" value="{NOVEMBER}">' in page
    for address in ("", "indicators/", "indicators/I-01/", "changes/", "items/", "status/"):
        page = client.get(f"{ROOT}{address}?as_of={OCTOBER}&known_by={NOVEMBER}").content.decode()
        kept = re.findall(r'href="([^"]*as_of=[^"]*)"', page)
        # Only the banner leads out of it.
        assert [link for link in kept if "known_by=" not in link] == [f"{ROOT}{address}?as_of={OCTOBER}"]
    bad = client.get(f"{ROOT}indicators.json?known_by=gestern")
    assert (bad.status_code, bad.json()["parameter"]) == (400, "known_by")


@pytest.mark.breadth
def test_26_figures_entered_late_show_by_the_second_clock(late, client):
    span = "from=2026-11-01&to=2026-11-28"
    by_day = client.get(f"{ROOT}changes.json?{span}").json()
    by_entry = client.get(f"{ROOT}changes.json?{span}&clock=known").json()

    assert (by_day["count"], by_day["clock"], by_entry["count"], by_entry["clock"]) == (0, "public", 26, "known")
    assert {row["day"] for row in by_entry["results"]} == {str(NOVEMBER)}
    assert {row["public_on"] for row in by_entry["results"]} == {str(APRIL)}
    assert sum(row["final_after"] == "achieved" for row in by_entry["results"] if row["year"] == 2025) == 13
    page = client.get(f"{ROOT}changes/?{span}").content.decode()
    assert "另有 26 个数此前已经公布，这段时间才录入核定" in page
    page = client.get(f"{ROOT}changes/?{span}&clock=known").content.decode()
    assert "迟录：2026-04-20 已公布" in page
    assert "另有" not in page
    page = client.get(f"{ROOT}changes/?from=2026-04-01&to=2026-04-30").content.decode()
    assert "迟录：2026-11-20 才录入核定" in page


@pytest.mark.breadth
def test_overview_and_feeds_offer_both_clocks(late, client):
    page = client.get(f"{ROOT}?since=2026-11-01").content.decode()
    assert "另有 26 个数" in page
    assert "26 项变化" in client.get(f"{ROOT}?since=2026-11-01&clock=known").content.decode()
    for feed in ("changes.rss", "changes.atom"):
        assert client.get(f"{ROOT}{feed}?clock=known").content.decode().count("迟录：2026-04-20 已公布") == 26
        assert "迟录：2026-11-20 才录入核定" in client.get(f"{ROOT}{feed}").content.decode()
        assert client.get(f"{ROOT}{feed}?clock=entry").status_code == 400


def test_what_the_system_loaded_is_not_late(plan):
    part = make_component(plan)
    make_observation(part, 2023, "150", released="2024-05-01")

    assert late_entries(overview(plan, timezone.localdate()), date(2025, 1, 1)) == 0
    assert not Observation.objects.get(component=part).is_late


def test_a_target_approved_late_counts_by_the_second_clock_only_from_then(plan, client):
    part = make_component(plan)
    make_observation(part, 2025, "210", released="2026-01-20", approved_at=at(date(2026, 1, 21)))
    Target.objects.create(
        component=part, version=2, type="point", value=300, year=2025, text="300", effective_on=date(2024, 3, 10),
        document_date=date(2024, 3, 1), approving_body="市政府", document_number="1号", reason="中期",
        proposed_by=make_person("ana", "analyst"), decided_by=make_person("rev", "reviewer"),
        decided_at=at(NOVEMBER),
    )  # fmt: skip

    assert reached(client, f"?as_of={OCTOBER}") == 0
    assert reached(client, f"?as_of={OCTOBER}&known_by={OCTOBER}") == 1
    told = client.get(f"{ROOT}changes.json?from=2026-11-01&clock={Clock.KNOWN}").json()["results"]
    assert [(row["cause"], row["day"], row["final_after"]) for row in told] == [
        ("revised_target", str(NOVEMBER), "not_achieved")
    ]
