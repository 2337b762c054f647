"""What public evidence is for: an official reads it without an account, others load, confirm and cite it."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Organisation
from assessments.models import Note
from assessments.notes import begin_note
from evidence.models import PublicEvidence
from evidence.services import enter_evidence
from tests.assessments.scene import open_round
from tests.browser.watch import assert_clean
from tests.evidence.scene import as_csv, fields, table
from tests.factories import make_person
from updates.models import StatusUpdate

pytestmark = pytest.mark.browser
ROOT = "/sz-sti-14/"


def told_of(page: Page, words: str) -> list[str]:
    """The names of what a platform's page says, by public evidence, to stand so; in the order of the page."""
    page.wait_for_load_state()  # a click waits for the beginning of the next page alone
    rows = page.locator("main table tr").filter(has_text="公开信息").filter(has_text=re.compile(words))
    return [row.get_by_role("link").first.inner_text().strip() for row in rows.all()]


def sources_of(page: Page, name: str) -> list[str]:
    """The addresses under which a commitment's statements were published, from its own page; back again then."""
    page.locator("main table").get_by_role("link", name=name, exact=True).first.click()
    expect(page.locator("h1")).to_contain_text(name)
    page.wait_for_load_state()
    found = page.locator("section.public-said li a[href^='http']").evaluate_all("links => links.map(l => l.href)")
    page.go_back()
    return found


def test_an_official_without_an_account_names_what_is_finished_what_is_not_and_what_is_overdue(open_page):
    page = open_page()
    page.goto(ROOT)
    page.get_by_role("link", name="光明科学城").first.click()
    finished = told_of(page, "建成|运营/投用")
    unfinished = told_of(page, "仍未完成|在建")

    assert {"国家超级计算深圳中心二期", "脑解析与脑模拟设施", "合成生物研究设施"} <= set(finished)
    assert {"特殊环境材料器件科学及应用研究装置", "鹏城云脑III"} <= set(unfinished)
    for name in ("国家超级计算深圳中心二期", "脑解析与脑模拟设施", "合成生物研究设施", "鹏城云脑III"):
        assert sources_of(page, name), name

    page.get_by_role("navigation").get_by_role("link", name="缺口", exact=True).click()
    page.wait_for_load_state()
    rows = page.get_by_role("region", name="各分项逐年的数据").locator("tbody tr")
    overdue = {
        row.locator(".code").first.inner_text(): row.inner_text()
        for row in rows.filter(has_text=re.compile(r"逾期")).all()
    }
    assert {"I-04.1", "I-04.2", "I-05", "I-08"} <= set(overdue)
    # Who usually publishes a figure is said where it was ever published.
    assert "深圳市市场监督管理局" in overdue["I-03"]
    assert_clean(page)


def test_at_the_end_of_2023_the_academy_is_founded_and_the_museum_being_built(open_page):
    page = open_page()
    for code, words in (("S-2.5-07", "2023-11-21 成立/揭牌"), ("A-08.3-04", "开工/在建（2023-12-16 公布）")):
        page.goto(f"{ROOT}items/{code}/?as_of=2023-12-31")
        state = page.locator("main").get_by_text("公开信息：").first.locator("xpath=..")
        expect(state).to_contain_text(words)
        assert page.locator("section.public-said li").count() >= 1
    page.goto(f"{ROOT}items/A-08.3-04/")
    expect(page.locator("main").get_by_text("公开信息：").first.locator("xpath=..")).to_contain_text("2025-05-01")


@pytest.fixture
def people(own_plan):
    """Who enters, who decides, a unit's reporter and an evaluator of an open round."""
    unit = Organisation.objects.create(code="kx", name="市科协")
    own_plan.items.filter(code="A-08.3-04").update(lead=unit)
    made = {
        "analyst": make_person("ana", "analyst"),
        "second": make_person("bea", "analyst"),
        "reviewer": make_person("rev", "reviewer"),
        "reporter": make_person("rep", "reporter", organisation=unit),
        "evaluator": make_person("eva", "evaluator"),
    }
    judged = own_plan.items.get(code="P-1")
    round = open_round(own_plan, by=made["reviewer"], items=[judged], evaluator=made["evaluator"])
    made["note"] = begin_note(round=round, item=judged, by=made["evaluator"])
    return made


@pytest.mark.django_db(transaction=True)
def test_a_hundred_statements_are_loaded_one_is_confirmed_and_one_is_cited(people, open_page, sign_in, tmp_path):
    file = tmp_path / "statements.csv"
    file.write_bytes(as_csv(table()))
    before = PublicEvidence.objects.count()
    page = sign_in(open_page(), people["analyst"])
    page.goto(f"{ROOT}evidence/import/")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="选择文件并预览").click()
    expect(page.locator("main")).to_contain_text("规划中没有条目“P-9.9”")
    expect(page.locator("main")).to_contain_text("“去年”不是日期")
    page.get_by_role("button", name="提交这 98 条").click()
    expect(page.get_by_role("button", name="撤销这次导入")).to_be_visible()
    assert PublicEvidence.objects.count() == before + 98
    assert_clean(page)

    # The unit starts its report from what was published, and hands it in as its own.
    page = sign_in(open_page(), people["reporter"])
    page.goto(f"{ROOT}items/A-08.3-04/report/")
    page.get_by_role("link", name="以此为起点填写").click()
    expect(page.locator("#id_done")).to_have_value(re.compile("公布）"))
    page.get_by_role("button", name="提交").first.click()
    report = StatusUpdate.objects.get(item__code="A-08.3-04")
    assert (report.state, report.status) == ("submitted", "done")
    assert_clean(page)

    # The evaluator cites one; it stays with the note.
    page = sign_in(open_page(), people["evaluator"])
    page.goto(f"{ROOT}assessments/notes/{people['note'].pk}/edit/")
    page.locator("#id_progress").fill("已揭牌，正在建设。")
    page.get_by_role("button", name="引用").first.click()
    expect(page.locator(".evidence-form .kept li")).to_have_count(1)
    expect(page.locator(".evidence-form .tag", has_text="已引用")).to_have_count(1)
    # What was sent is stored: nothing of it is offered again, and nothing is left in the browser.
    expect(page.locator("#id_progress")).to_have_value("已揭牌，正在建设。")
    page.wait_for_function("!Object.keys(localStorage).some((key) => key.startsWith('draft:'))")
    expect(page.locator(".draft-notice")).to_have_count(0)
    assert Note.objects.get(pk=people["note"].pk).evidence.count() == 1
    assert_clean(page)


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_lose_nothing_and_are_told(people, own_plan, open_page, sign_in):
    item = own_plan.items.get(code="P-1.1-06")
    row = enter_evidence(by=people["analyst"], **fields(item))
    pages = [sign_in(open_page(), people[name]) for name in ("analyst", "second")]
    for page in pages:
        page.goto(f"{ROOT}evidence/{row.pk}/edit/")
    for page, words in zip(pages, ("装置已封顶", "装置仍在建设"), strict=True):
        page.get_by_label("事实").fill(words)
    pages[0].get_by_role("button", name="保存草稿").click()
    expect(pages[0].locator("h1")).to_contain_text("装置已封顶")

    pages[1].get_by_role("button", name="保存草稿").click()

    expect(pages[1].get_by_role("alert")).to_contain_text("他人刚刚保存过这一条")
    expect(pages[1].get_by_label("事实")).to_have_value("装置仍在建设")
    row.refresh_from_db()
    assert row.fact == "装置已封顶"
    pages[1].get_by_role("button", name="保存草稿").click()
    expect(pages[1].locator("h1")).to_contain_text("装置仍在建设")


def test_no_table_of_gaps_is_cut_at_the_width_of_a_desk(open_page):
    page = open_page(language="en")
    page.goto(f"{ROOT}gaps/")

    wider = "boxes => boxes.filter(box => box.scrollWidth > box.clientWidth).map(box => box.ariaLabel)"
    cut = page.locator(".scroll").evaluate_all(wider)

    assert cut == []
