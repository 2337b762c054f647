"""An evaluator asks on an indicator, the analyst answers; an official follows a unit and hears of its changes."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Organisation
from following.telling import tell_followers
from indicators.figures import workflow as figures
from talk.models import Thread
from tests.browser.accessible import axe_violations
from tests.browser.sight import OVERFLOW
from tests.browser.watch import assert_clean
from tests.factories import make_component, make_observation, make_person, make_plan
from tests.states import go_back

pytestmark = pytest.mark.browser
INDICATOR = "/test-plan/indicators/I-01/"


class Office:
    def __init__(self):
        self.plan = make_plan()
        self.unit = Organisation.objects.create(code="unit", name="市某局")
        self.component = make_component(self.plan)
        self.component.indicator.lead = self.unit
        self.component.indicator.save()
        make_observation(self.component, 2022, "142", released="2023-02-01")
        self.people = {
            "eva": make_person("eva", "evaluator", name="评估人"),
            "ana": make_person("ana", "analyst", name="安娜"),
            "rev": make_person("rev", "reviewer", name="复核人"),
            "off": make_person("off", name="官员"),
        }


@pytest.fixture
def office(site):
    """Afterwards the database is as it was."""
    yield Office()
    go_back()


@pytest.fixture
def desk_of(office, site, open_page):
    """The page of one of the people, signed in."""

    def make(name: str, **look) -> Page:
        client = Client()
        client.force_login(office.people[name])
        page = open_page(**look)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
        return page

    return make


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def test_asked_told_answered_resolved(desk_of, office):
    evaluator, analyst = desk_of("eva"), desk_of("ana")
    evaluator.goto(INDICATOR)
    evaluator.get_by_text("提问或发言").click()
    field = evaluator.get_by_label("发言")
    field.press_sequentially("@安")
    evaluator.get_by_role("option", name="安娜").wait_for()
    field.press("Enter")
    expect(field).to_have_value("@安娜 ")
    field.press_sequentially("2022 年的口径变了吗？")
    evaluator.get_by_label("这是提问，需要答复").check()
    press(evaluator, "发言")
    expect(evaluator.get_by_text("已发言")).to_be_visible()

    analyst.goto("/inbox/")
    analyst.get_by_role("button", name="评估人 在讨论中提到您").first.click()
    expect(analyst.locator(".spoken .mentioned")).to_have_text("@安娜")
    analyst.get_by_label("发言").fill("没有变，见年鉴说明。")
    press(analyst, "发言")
    expect(analyst.get_by_text("没有变，见年鉴说明。")).to_be_visible()

    evaluator.goto("/test-plan/talk/")
    evaluator.locator("main").get_by_role("link", name="I-01").click()
    press(evaluator, "标为已解决")
    expect(evaluator.get_by_text("评估人 于")).to_be_visible()
    assert Thread.objects.get().state == "resolved"
    for page in (evaluator, analyst):
        assert_clean(page)


def test_an_official_follows_a_unit_and_finds_the_change(desk_of, office):
    official = desk_of("off")
    official.goto("/test-plan/units/unit/")
    press(official, "关注")
    expect(official.get_by_role("button", name="取消关注")).to_be_visible()
    people = office.people
    row = make_observation(
        office.component, 2024, "150", state="submitted", entered_by=people["ana"], released="2025-02-01"
    )
    figures.approve_rows(office.plan, [row], by=people["rev"], reasons={row.pk: "已核对"})
    tell_followers(office.plan, now=timezone.now() + timedelta(hours=1))

    official.goto("/inbox/")
    official.get_by_role("button", name="您关注的 I-01").first.click()
    expect(official).to_have_url(re.compile(f"{INDICATOR}$"))
    official.goto("/following/")
    official.locator("main").get_by_role("button", name=re.compile("取消关注.*市某局")).click()
    expect(official.get_by_text("还没有关注")).to_be_visible()
    assert_clean(official)


@pytest.mark.breadth
@pytest.mark.parametrize(
    "look", [{}, {"language": "en", "width": 390, "scheme": "dark"}], ids=["zh", "en-phone-dark"]
)
def test_the_pages_are_whole_and_accessible(desk_of, office, look):
    page = desk_of("eva", **look)
    pk = office.component.indicator.pk
    page.goto(f"/test-plan/talk/about/item/{pk}/")
    page.locator("textarea").first.fill("第一句")
    page.locator("main form.sheet button[data-primary]").click()
    for address in (page.url, "/test-plan/talk/", INDICATOR, f"/test-plan/talk/about/item/{pk}/", "/following/"):
        page.goto(address)
        assert axe_violations(page) == [], address
        assert page.evaluate(OVERFLOW) == [], address
