"""A report of an organisation: filed with milestones and a file, sent back, corrected, approved, read by all."""

import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Organisation
from tests.browser.watch import assert_clean
from tests.factories import make_person

pytestmark = pytest.mark.browser
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
REASON = "请补充投资完成额。"
ROOT = "/sz-sti-14/"


@pytest.fixture
def people(own_plan):
    unit = Organisation.objects.create(code="gm", name="光明科学城指挥部", name_en="Guangming Science City office")
    other = Organisation.objects.create(code="ns", name="南山区政府", name_en="Nanshan district")
    own_plan.items.filter(code="P-1").update(lead=unit)
    own_plan.items.filter(code="P-2").update(lead=other)
    return {
        "reporter": make_person("rep", "reporter", name="李填报", organisation=unit),
        "stranger": make_person("oth", "reporter", name="钱外单位", organisation=other),
        "reviewer": make_person("rev", "reviewer", name="王复核"),
    }


def file_report(page: Page, code: str, *, progress: str, pdf=None) -> None:
    """The organisation: fills the form of one of its tasks in and submits it."""
    page.goto(f"{ROOT}items/{code}/")
    page.get_by_role("link", name="填报进展").click()
    page.get_by_label("完成份额（%）").fill(progress)
    page.get_by_role("radio", name="按计划推进").or_(
        page.locator("[name=status][value=on_schedule]")
    ).first.check()
    page.locator("#id_done").fill("主体结构封顶，首批设备进场。")
    page.locator("#id_m-0-title").fill("通过国家验收")
    page.locator("#id_m-0-planned_on").fill("2025-06-30")
    if pdf:
        page.locator("input[type=file]").set_input_files(
            {"name": "验收批复.pdf", "mimeType": "application/pdf", "buffer": pdf}
        )


def test_a_report_is_filed_returned_corrected_approved_and_read(people, sign_in, open_page, shoot):
    reporter, reviewer = sign_in(open_page(), people["reporter"]), sign_in(open_page(), people["reviewer"])
    reader = open_page()
    reader.goto(f"{ROOT}platforms/")
    tile = reader.locator(".tile").filter(has_text="P-1")
    total = tile.locator(".entries.told > li").count()
    expect(tile).not_to_contain_text("已填报")

    file_report(reporter, "P-1.1", progress="62.5", pdf=PDF)
    shoot(reporter, "report-path/1-form", full_page=True)
    reporter.get_by_role("button", name="提交", exact=True).click()
    expect(reporter.locator("main")).to_contain_text("已提交，等待核定")
    expect(reporter.locator(".attached")).to_contain_text("验收批复.pdf")
    shoot(reporter, "report-path/2-submitted", full_page=True)
    reviewer.goto(f"{ROOT}updates/")
    reviewer.get_by_role("link", name="到复核台处理").click()
    expect(reviewer.locator("#record")).to_contain_text("P-1.1")
    reviewer.wait_for_load_state()
    reviewer.keyboard.press("r")
    reviewer.keyboard.type(REASON)
    reviewer.keyboard.press("Control+Enter")
    expect(reviewer.locator(".said")).to_contain_text("已退回")
    reporter.goto(f"{ROOT}updates/?state=returned")
    expect(reporter.locator("main")).to_contain_text(REASON)
    shoot(reporter, "report-path/3-returned", full_page=True)
    reporter.get_by_role("link", name="继续填写").click()
    expect(reporter.locator(".came-back")).to_contain_text(REASON)
    reporter.locator("#id_done").fill("主体结构封顶，首批设备进场，完成投资 21 亿元。")
    # Internal until somebody says that everybody may see it.
    reporter.get_by_role("checkbox", name="公开").check()
    reporter.get_by_role("button", name="提交", exact=True).click()
    file_report(reporter, "P-1.2", progress="40")
    reporter.get_by_role("button", name="提交", exact=True).click()
    expect(reporter.locator("main")).to_contain_text("已提交，等待核定")
    reviewer.goto(f"{ROOT}review/?kind=update")
    boxes = reviewer.locator(".lines input[type=checkbox]")
    expect(boxes).to_have_count(2)
    for box in boxes.all():
        box.check()
    shoot(reviewer, "report-path/4-queue", full_page=True)
    reviewer.get_by_role("button", name="核定所选").click()
    expect(reviewer.locator("main")).to_contain_text("已核定 2 条")

    reader.reload()
    expect(tile).to_contain_text(f"{total} 项已报 2 项")
    shoot(reader, "report-path/5-platforms", full_page=True)
    reader.goto(f"{ROOT}platforms/P-1/")
    expect(reader.locator(".rollup").first).to_contain_text(f"{total} 项已报 2 项")
    shoot(reader, "report-path/6-platform", full_page=True)
    reader.goto(f"{ROOT}items/P-1.1/")
    expect(reader.locator(".report")).to_contain_text("完成投资 21 亿元")
    with reader.expect_download() as download:
        reader.get_by_role("link", name="验收批复.pdf").click()
    assert download.value.path().read_bytes() == PDF
    reader.get_by_role("link", name="历史").click()
    # What was published of it stands there too.
    reader.get_by_role("link", name=re.compile("^进展填报")).last.click()
    expect(reader.locator(".timeline .entry")).to_have_count(1)
    shoot(reader, "report-path/7-history", full_page=True)
    reader.goto(f"{ROOT}changes/?cause=status_update")
    expect(reader.locator(".change")).to_have_count(2)
    shoot(reader, "report-path/8-changes", full_page=True)
    feed = ElementTree.fromstring(reader.request.get(f"{ROOT}changes.rss").body())
    titles = [entry.findtext("title") for entry in feed.iter("item")]
    assert [code for code in ("P-1.1", "P-1.2") if any(code in title for title in titles)] == ["P-1.1", "P-1.2"]
    for page in (reporter, reviewer, reader):
        assert_clean(page)


def test_another_organisation_is_refused(people, sign_in, open_page, shoot):
    reporter, stranger = sign_in(open_page(), people["reporter"]), sign_in(open_page(), people["stranger"])
    file_report(reporter, "P-1.1", progress="10", pdf=PDF)
    reporter.get_by_role("button", name="保存草稿").click()
    expect(reporter.locator("main")).to_contain_text("草稿已保存")
    address = reporter.url
    attached = reporter.get_by_role("link", name="验收批复.pdf").get_attribute("href")

    answers = {
        path: stranger.goto(path).status for path in (address, f"{address}edit/", f"{ROOT}items/P-1.1/report/")
    }
    shoot(stranger, "report-path/9-refused")

    assert set(answers.values()) == {403}
    assert stranger.request.get(attached).status == 403
    expect(stranger.locator("main")).to_contain_text("不由本单位填报")
    stranger.goto(f"{ROOT}items/P-1.1/")
    expect(stranger.get_by_role("link", name="填报进展")).to_have_count(0)
    expect(stranger.locator("main")).to_contain_text("尚未填报")
