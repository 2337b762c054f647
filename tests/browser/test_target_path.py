"""A target revised as a formal act: proposed, decided by a second person, counted from its effective day."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from plan.params import today
from tests.browser.keyboard import press
from tests.browser.watch import assert_clean
from tests.factories import make_person

pytestmark = pytest.mark.browser
PAGE = "/sz-sti-14/indicators/I-07/"


@pytest.fixture
def people(own_plan):
    return {
        "analyst": make_person("ana", "analyst", name="李分析"),
        "reviewer": make_person("rev", "reviewer", name="王复核"),
        "both": make_person("both", "analyst", "reviewer", name="赵兼任"),
    }


def propose(page: Page, value: str, *, effective_on: date) -> None:
    page.goto(PAGE)
    page.get_by_role("link", name="提出目标调整").click()
    expect(page.locator("#id_component option:checked")).to_contain_text("I-07")
    page.locator("[name=value]").fill(value)
    page.locator("[name=text]").fill(f">{value}")
    page.locator("[name=approving_body]").fill("市政府")
    page.locator("[name=document_number]").fill("深府〔2026〕12号")
    page.locator("[name=document_date]").fill(str(effective_on - timedelta(days=10)))
    page.locator("[name=effective_on]").fill(str(effective_on))
    page.locator("[name=reason]").fill("提前达到原定目标，按批复调整。")
    press(page.get_by_role("button", name="提交", exact=True))
    expect(page.locator(".said")).to_contain_text("等待第二人核定")


def verdict(page: Page, day: date) -> str:
    page.goto(f"{PAGE}?as_of={day}")
    return page.locator(".verdict-row .badge").first.inner_text().split()[1]


def test_a_revised_target_counts_from_its_day_and_the_plans_own_stays(people, sign_in, open_page, shoot):
    effective = today() - timedelta(days=10)
    analyst, reviewer = sign_in(open_page(), people["analyst"]), sign_in(open_page(), people["reviewer"])
    reader = open_page()
    assert verdict(reader, today()) == verdict(reader, effective) == "已达目标"
    reader.goto(PAGE)
    reader.evaluate("window.isTheSame = true")

    propose(analyst, "26000", effective_on=effective)
    expect(analyst.locator(".figure .badge")).to_contain_text("要求提高")
    expect(analyst.locator(".figure .value")).to_have_text("> 26,000")
    shoot(analyst, "target-path/1-proposed", full_page=True)
    reviewer.goto("/sz-sti-14/data/targets/")
    expect(reviewer.locator("section", has=reviewer.locator("#open"))).to_contain_text("要求提高")
    reviewer.get_by_role("link", name="I-07").click()
    reviewer.get_by_role("button", name="核定", exact=True).click()
    expect(reviewer.locator(".said")).to_contain_text("已通过")
    reviewer.goto(analyst.url)
    expect(reviewer.locator(".life")).to_contain_text("王复核")
    shoot(reviewer, "target-path/2-approved", full_page=True)

    assert verdict(reader, effective - timedelta(days=1)) == "已达目标"
    versions = reader.locator("table", has_text="目标版本").locator("tbody tr")
    expect(versions.filter(has_text="26,000")).to_contain_text("尚未生效")
    verdict(reader, effective - timedelta(days=11))  # before the document itself
    expect(versions).to_have_count(1)
    assert verdict(reader, effective) == verdict(reader, today()) == "已达目标"
    expect(versions).to_have_count(2)
    expect(versions.filter(has_text="规划原定")).to_contain_text("> 22,000")
    expect(versions.filter(has_text="第 2 版")).to_contain_text("要求提高")
    shoot(reader, "target-path/3-read", full_page=True)
    reader.goto(f"/sz-sti-14/changes/?from={effective - timedelta(days=1)}&cause=revised_target")
    expect(reader.locator(".change")).to_have_count(1)
    expect(reader.locator(".change")).to_contain_text("26,000")
    shoot(reader, "target-path/4-changes", full_page=True)
    for page in (analyst, reviewer, reader):
        assert_clean(page)


def test_a_lower_target_is_called_so_never_decided_by_its_proposer_and_refused_with_a_reason(
    people, sign_in, open_page, shoot
):
    proposer, reviewer = sign_in(open_page(), people["both"]), sign_in(open_page(), people["reviewer"])

    propose(proposer, "21000", effective_on=today() - timedelta(days=5))
    expect(proposer.locator(".figure .badge")).to_contain_text("要求放宽")
    expect(proposer.locator("main")).to_contain_text("须由另一人核定")
    expect(proposer.get_by_role("button", name="核定", exact=True)).to_have_count(0)
    reviewer.goto(proposer.url)
    reviewer.keyboard.press("r")
    reviewer.keyboard.type("批复未载明新目标值。")
    reviewer.keyboard.press("Control+Enter")
    expect(reviewer.locator(".said")).to_contain_text("已退回")
    reviewer.goto(proposer.url)

    expect(reviewer.locator(".life")).to_contain_text("批复未载明新目标值。")
    shoot(reviewer, "target-path/5-refused", full_page=True)
    proposer.goto("/sz-sti-14/data/targets/")
    expect(proposer.locator("section", has=proposer.locator("#decided"))).to_contain_text("未通过")
    assert verdict(proposer, today()) == "已达目标"
    assert_clean(proposer)
    assert_clean(reviewer)
