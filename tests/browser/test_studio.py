"""From a text that is pasted to a plan that is published, by keyboard, by two people."""

import re

import pytest
from playwright.sync_api import expect

from studio.models import PlanDraft
from tests.browser.watch import assert_clean
from tests.factories import make_person
from tests.states import go_back
from tests.studio.scene import TEXT

pytestmark = pytest.mark.browser


@pytest.fixture
def people(site):
    """Afterwards the database is as it was."""
    yield make_person("maker", "planner"), make_person("second", "planner")
    go_back()


def test_a_plan_is_made_by_keyboard_and_published_by_a_second_person(people, site, open_page, sign_in):
    maker, second = people
    page = sign_in(open_page(), maker)
    page.goto(f"{site}/studio/")
    for name, value in {
        "title": "某市科技规划", "slug": "some-32", "starts_on": "2026-01-01", "ends_on": "2030-12-31",
        "published_on": "2026-03-01", "source_title": "某市科技规划",
    }.items():  # fmt: skip
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=template]").select_option("five-year-plan")
    page.get_by_role("button", name="新建并送入文本").click()
    page.locator("#raw").fill(TEXT)
    page.get_by_role("button", name="读入文本").click()
    expect(page.locator("ul.outline li")).to_have_count(5)
    page.goto(f"{site}/studio/some-32/commitments/")
    assert_clean(page)
    # The first proposal has the focus; each key takes one, and the page comes back with the next. The script gives
    # the focus last: before that a key is heard by nobody.
    focused = page.locator(".margin .asked:focus")
    expect(page.locator(".margin .asked").first).to_be_focused()
    with page.expect_navigation(url=re.compile("section=")):
        page.keyboard.press("a")
    expect(page.locator(".margin .taken").first).to_be_visible()
    expect(focused).to_have_count(1)
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("x")
    onward = page.locator("a[data-next]")
    while page.locator(".margin .asked").count() or onward.count():
        is_asked = page.locator(".margin .asked").count()
        if is_asked:
            page.get_by_role("button", name="勾选本节全部建议").click()
        with page.expect_navigation():
            if is_asked:
                page.get_by_role("button", name="接受所选").click()
            else:
                onward.click()
    page.goto(f"{site}/studio/some-32/check/")
    expect(page.get_by_text("占 100%")).to_be_visible()
    assert_clean(page)
    page.goto(f"{site}/studio/some-32/")
    page.get_by_role("button", name="提交发布").click()
    expect(page.get_by_text("已提交，等待另一人发布")).to_be_visible()
    expect(page.get_by_role("button", name="发布", exact=True)).to_have_count(0)
    other = sign_in(open_page(), second)
    other.goto(f"{site}/studio/some-32/")
    other.get_by_role("button", name="发布", exact=True).click()
    other.wait_for_url(f"{site}/some-32/")
    expect(other.locator(".brand-name")).to_have_text("某市科技规划")
    assert PlanDraft.objects.get(slug="some-32").plan.items.count() > 5
