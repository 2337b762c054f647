"""What is due as a calendar: of a unit for everybody, of a person by a token that opens nothing else."""

from datetime import date

import pytest
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Organisation
from accounts.tokens import create_token, revoke_token
from tests.factories import make_component, make_item, make_person, make_plan

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def unit():
    plan = make_plan()
    unit = Organisation.objects.create(code="o1", name="市统计局")
    component = make_component(plan, "I-01")
    type(component.indicator).objects.update(lead=unit)
    item = make_item(plan, "P-1.1", lead=unit)
    type(item).objects.filter(pk=item.pk).update(title="建设；含,与\\反斜线")
    return unit


def events(response):
    found = Calendar.from_ical(response.content)
    return found, {str(event["summary"]): event for event in found.walk("VEVENT")}


def test_a_unit_has_a_calendar_of_figures_and_reports(unit, client):
    response = client.get("/test-plan/units/o1/due.ics")
    found, rows = events(response)

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert str(found["x-wr-calname"]).endswith("市统计局")
    figure = next(row for title, row in rows.items() if "2022 年数据" in title)
    assert (figure.decoded("dtstart"), figure.decoded("dtend")) == (date(2023, 6, 30), date(2023, 7, 1))
    assert str(figure["url"]) == "http://testserver/test-plan/indicators/I-01/"
    assert any("建设；含,与\\反斜线" in title for title in rows)
    uids = [str(row["uid"]) for row in rows.values()]
    assert len(uids) == len(set(uids))
    assert client.get("/test-plan/units/o1/due.ics").content == response.content
    assert max(map(len, response.content.split(b"\r\n"))) <= 75
    assert client.get("/test-plan/units/none/due.ics").status_code == 404


def test_a_person_subscribes_by_a_token_that_opens_nothing_else(unit, client, settings):
    settings.PUBLIC_READ = False
    today, ana = timezone.localdate(), make_person("ana", "reporter", organisation=unit, name="安娜")
    row, secret = create_token(by=ana, name="手机", scope="calendar", days=30, today=today)
    _other, reading = create_token(by=ana, name="脚本", scope="read", days=30, today=today)

    found, rows = events(client.get(f"/calendar/{secret}.ics"))

    assert "安娜" in str(found["x-wr-calname"])
    assert any("2022 年数据" in title for title in rows)
    opened = client.get("/api/v1/test-plan/items/", headers={"authorization": f"Bearer {secret}"})
    assert opened.status_code == 403
    for wrong in (reading, "none", f"{secret}x"):
        assert client.get(f"/calendar/{wrong}.ics").status_code == 404
    revoke_token(token_id=row.pk, by=ana)
    assert client.get(f"/calendar/{secret}.ics").status_code == 404


def test_the_address_is_shown_once(client):
    client.force_login(make_person("ana", "reporter"))

    shown = client.post("/accounts/tokens/", {"name": "手机", "scope": "calendar", "days": "30"}).content.decode()

    assert "http://testserver/calendar/" in shown
    assert "curl -H" not in shown
