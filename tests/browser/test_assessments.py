"""A whole round with four people, from giving out to the report; and every page of it looked at."""

import io
import re
from datetime import timedelta

import docx
import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import Organisation
from assessments import findings, notes
from assessments.models import Finding, Note, Round
from jobs.models import Job
from jobs.services import run_job
from plan.params import today
from tests.assessments.scene import ended, filed, open_round, published
from tests.browser.accessible import faults_of_looks
from tests.browser.watch import assert_clean
from tests.factories import make_component, make_item, make_observation, make_person, make_plan
from tests.states import go_back

pytestmark = pytest.mark.browser
ROOT = "/test-plan/assessments/"


class Office:
    """A small plan, an organisation, and the four people of a round."""

    def __init__(self):
        self.plan = make_plan()
        self.component = make_component(self.plan)
        make_observation(self.component, 2022, "142", released="2023-02-01")
        self.unit = Organisation.objects.create(code="unit", name="市某局")
        self.task = make_item(self.plan, "P-1", "platform", lead=self.unit)
        self.people = {
            "man": make_person("man", "reviewer", name="轮次管理人"),
            "eva": make_person("eva", "evaluator", name="评估人"),
            "rev": make_person("rev", "reviewer", name="复核人"),
            "rep": make_person("rep", "reporter", organisation=self.unit, name="填报人"),
        }


@pytest.fixture
def office(site):
    """Afterwards the database is as it was."""
    yield Office()
    go_back()


@pytest.fixture
def desk_of(office, site, open_page):
    """The page of one of the people, signed in: desk_of("eva")."""

    def make(name: str, **look) -> Page:
        client = Client()
        client.force_login(office.people[name])
        page = open_page(**look)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
        return page

    return make


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


@pytest.mark.breadth
def test_a_whole_round_with_four_people(desk_of, office, tmp_path, shoot):
    manager, evaluator, reviewer, reporter = (desk_of(name) for name in ("man", "eva", "rev", "rep"))

    # Made, given out, opened.
    manager.goto(f"{ROOT}rounds/new/")
    manager.get_by_label("类别").select_option("midterm")
    manager.get_by_label("代码").fill("midterm")
    manager.get_by_label(re.compile("^名称")).fill("中期评估")
    days = {
        "评估期起": "2021-01-01",
        "评估期止": "2023-06-30",
        "数据截止日": "2023-06-30",
        "提交期限": "2023-09-30",
    }
    for label, day in days.items():
        manager.get_by_label(label).fill(day)
    press(manager, "保存")
    manager.get_by_label("筛选出的全部", exact=False).check()
    manager.get_by_label("评估人").select_option("eva")
    press(manager, "分给所选评估人")
    expect(manager.locator(".said")).to_contain_text("已分给 评估人 2 项")
    manager.goto(f"{ROOT}rounds/midterm/")
    press(manager, "启动")

    # Drafted: what is typed saves itself.
    evaluator.goto(f"{ROOT}work/")
    evaluator.get_by_role("button", name="开始评估 I-01").click()
    evaluator.get_by_label("快于预期").check()
    evaluator.get_by_label("进展情况").fill("截至 2022 年 142 件，快于序时进度。")
    expect(evaluator.locator("#saved-at")).to_contain_text("已自动保存")
    assert Note.objects.get().progress == "截至 2022 年 142 件，快于序时进度。"
    shoot(evaluator, "assessments/form")
    press(evaluator, "提交")
    expect(evaluator.locator("h1")).to_contain_text("已提交")

    # Sent back, corrected, published.
    reviewer.goto(f"{ROOT}queue/")
    reviewer.get_by_role("link", name="指标I-01").click()
    press(reviewer, "开始复核")
    reviewer.locator(".acts summary", has_text="退回").click()
    reviewer.get_by_label("退回理由").fill("请补充主要成效")
    press(reviewer, "退回")
    expect(reviewer.locator(".said")).to_contain_text("已退回")
    evaluator.goto(f"{ROOT}work/")
    evaluator.get_by_role("link", name="继续填写").click()
    expect(evaluator.locator(".came-back").first).to_contain_text("请补充主要成效")
    evaluator.wait_for_load_state()  # the key is heard by a script
    evaluator.get_by_label("主要成效").fill("新增 42 件。")
    evaluator.get_by_label("主要成效").press("Control+Enter")
    expect(evaluator.locator("h1")).to_contain_text("已提交")
    reviewer.goto(f"{ROOT}queue/")
    reviewer.get_by_role("link", name="指标I-01").click()
    press(reviewer, "复核通过")
    expect(reviewer.locator("h1")).to_contain_text("复核台")
    reviewer.goto(f"{ROOT}notes/{Note.objects.get().pk}/")
    expect(reviewer.locator("h1")).to_contain_text("已发布")

    # What follows from it.
    reviewer.get_by_role("link", name="提出整改事项").click()
    reviewer.get_by_label("问题").fill("统计口径不一")
    reviewer.get_by_label("整改要求").fill("统一口径并补报。")
    reviewer.get_by_label("责任单位").select_option(str(office.unit.pk))
    reviewer.get_by_label("整改期限").fill((today() + timedelta(days=20)).isoformat())
    press(reviewer, "提出")
    reporter.goto(f"{ROOT}findings/?state=mine")
    reporter.get_by_role("link", name="统计口径不一").click()
    reporter.get_by_label("整改情况").fill("已统一口径。")
    path = tmp_path / "说明.txt"
    path.write_text("口径说明", "utf-8")
    reporter.get_by_label("文件", exact=True).set_input_files(path)
    press(reporter, "提交反馈")
    expect(reporter.locator("h1")).to_contain_text("已反馈")
    reviewer.goto(f"{ROOT}findings/{Finding.objects.get().pk}/")
    press(reviewer, "复核通过")
    reviewer.goto(f"{ROOT}findings/{Finding.objects.get().pk}/")
    press(reviewer, "办结")
    expect(reviewer.locator("h1")).to_contain_text("已办结")

    # Ended, published, and the report.
    manager.goto(f"{ROOT}rounds/midterm/")
    manager.get_by_text("结束本轮…").click()
    press(manager, "结束本轮")
    press(manager, "发布")
    manager.get_by_role("link", name="查看评估报告").click()
    expect(manager.locator(".paper")).to_contain_text("新增 42 件。")
    expect(manager.locator(".paper")).to_contain_text("没有已发布评估意见的")
    press(manager, "生成 Word 文件")
    expect(manager.locator("progress")).to_be_visible()
    run_job(Job.objects.get(kind="assessments.report").pk)
    expect(manager.get_by_role("link", name="下载 Word 文件")).to_be_visible(timeout=15_000)
    with manager.expect_download() as download:
        manager.get_by_role("link", name="下载 Word 文件").click()
    words = [p.text for p in docx.Document(io.BytesIO(download.value.path().read_bytes())).paragraphs]
    # The report keeps a number with its unit.
    assert any(text.startswith("新增 42\u00a0件。评估结论为") for text in words)
    for page in (manager, evaluator, reviewer, reporter):
        assert_clean(page)


@pytest.mark.breadth
def test_typing_survives_a_lost_session_and_an_overtaken_form_shows_both(desk_of, office, site):
    row = open_round(office.plan, by=office.people["man"], items=[office.task], evaluator=office.people["eva"])
    page = desk_of("eva")
    page.goto(f"{ROOT}work/")
    page.get_by_role("button", name="开始评估").click()
    page.wait_for_url("**/edit/")
    address = page.url
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_label("进展情况").fill("登录失效时写的")
    expect(page.locator("#saved-at")).to_contain_text("内容已留在本浏览器")
    page.context.add_cookies(cookies)
    page.goto(address)
    expect(page.locator(".draft-notice")).to_contain_text("已放回您")
    expect(page.get_by_label("进展情况")).to_have_value("登录失效时写的")
    expect(page.locator("#saved-at")).to_contain_text("已自动保存")

    other = page.context.new_page()
    other.goto(address)
    other.get_by_label("进展情况").fill("另一窗口写的")
    expect(other.locator("#saved-at")).to_contain_text("已自动保存")
    page.get_by_label("进展情况").fill("这一窗口写的")
    expect(page.locator("#overtaken")).to_be_visible(timeout=15_000)
    expect(page.locator("#overtaken")).to_contain_text("另一窗口写的")
    press(page, "以我的为准")
    expect(page.locator("#saved-at")).to_contain_text("已自动保存")
    assert row.notes.get().progress == "这一窗口写的"


@pytest.mark.breadth
def test_what_is_typed_before_the_script_came_is_saved_too(desk_of, office):
    row = open_round(office.plan, by=office.people["man"], items=[office.task], evaluator=office.people["eva"])
    page = desk_of("eva")
    page.goto(f"{ROOT}work/")
    waiting = []
    page.route("**/js/assessments*.js", lambda route: waiting.append(route))  # playwright asks for its parameters
    page.get_by_role("button", name="开始评估").click(no_wait_after=True)
    page.wait_for_url("**/edit/", wait_until="commit")
    page.get_by_label("进展情况").fill("页面还没有装好就写了")
    assert len(waiting) == 1
    waiting[0].continue_()
    expect(page.locator("#saved-at")).to_contain_text("已自动保存")
    assert row.notes.get().progress == "页面还没有装好就写了"


@pytest.mark.breadth
def test_the_form_works_without_scripts(desk_of, office):
    open_round(office.plan, by=office.people["man"], items=[office.task], evaluator=office.people["eva"])
    page = desk_of("eva", javascript=False)
    page.goto(f"{ROOT}work/")
    page.get_by_role("button", name="开始评估").click()
    page.get_by_label("无法评估").check()
    page.get_by_label("进展情况").fill("没有材料。")
    press(page, "保存草稿")
    expect(page.locator(".said")).to_contain_text("草稿已保存")
    press(page, "提交")
    expect(page.locator("h1")).to_contain_text("已提交")


def test_every_page_is_quiet_whole_and_accessible(desk_of, office):
    people, indicator = office.people, office.component.indicator
    row = open_round(office.plan, by=people["man"], items=[indicator, office.task], evaluator=people["eva"])
    note = published(row, indicator, by=people["eva"], reviewer=people["rev"], problems="口径不一")
    waiting = filed(row, office.task, by=people["eva"], conclusion="not_assessable")
    finding = findings.raise_finding(
        note=note, title="口径不一", request="统一", organisation=office.unit, due_on=today(), by=people["eva"]
    )
    step = note.steps.get(action="published")
    looked = {
        "rev": ["", "queue/", "rounds/midterm/", "rounds/midterm/edit/", "rounds/midterm/board/", "rounds/new/",
                "rounds/midterm/assign/", "rounds/midterm/report/", f"notes/{waiting.pk}/", f"notes/{note.pk}/",
                f"notes/{note.pk}/steps/{step.pk}/", f"notes/{note.pk}/print/", f"notes/{note.pk}/findings/new/"],
        "rep": ["findings/", f"findings/{finding.pk}/"],
    }  # fmt: skip
    problems = []

    def look(page: Page, paths: list[str], name: str) -> None:
        for path in paths:
            assert page.goto(ROOT + path, wait_until="load").status == 200
            problems.extend(f"{name} {path} {line}" for line in faults_of_looks(page))
        assert_clean(page)

    for name, paths in looked.items():
        look(desk_of(name), paths, name)
    note = Note.objects.get(pk=waiting.pk)
    notes.withdraw_note(note, edition=note.edition, by=people["eva"])
    look(desk_of("eva"), ["work/", f"notes/{waiting.pk}/edit/"], "eva")
    ended(Round.objects.get(), by=people["man"])
    assert not problems, "\n" + "\n".join(problems)
