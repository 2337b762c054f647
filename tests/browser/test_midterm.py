"""A whole mid-term evaluation of the real plan by six people of three units, one of whom leaves in the middle.

What they write stands in tests/assessments/midterm.toml: all of it at night, in every run a quarter of it, which
takes each step all the same. With WORKED_EXAMPLE=1 the report's files are kept under docs/worked-example/.
"""

import io
import os
import shutil
from datetime import date, timedelta

import docx
import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from pptx import Presentation

from accounts.models import Organisation
from assessments import chapters
from assessments.models import Finding, Note, ReportChapter, ReportVersion, Round
from jobs.models import Job
from jobs.services import run_job
from plan.params import today
from tests.assessments.midterm import STORY, edited
from tests.browser.watch import assert_clean, watched
from tests.factories import make_person
from updates.models import StatusUpdate

pytestmark = pytest.mark.browser
PLAN = "/sz-sti-14/"
ROOT = f"{PLAN}assessments/"
ROUND = f"{ROOT}rounds/midterm/"
WORD = "right-Horse-7"
# What is written in every run: one note that is sent back, one of whoever leaves that is begun, one that is not, a
# part of the plan for each of the three evaluators, and the chapters that come back from Word.
CORE = {"I-07", "A-10.1", "P-1.1", "P-1.2"}
DOCUMENTS = settings.BASE_DIR / "docs" / "worked-example"


@pytest.fixture
def people(own_plan):
    """Six accounts of three units that answer for their commitments, and who administers accounts."""
    units = {}
    for row in STORY["unit"]:
        units[row["code"]] = Organisation.objects.create(code=row["code"], name=row["name"])
        own_plan.items.filter(code__in=row["leads"]).update(lead=units[row["code"]])
    made = {
        row["username"]: make_person(
            row["username"], row["role"], organisation=units[row["unit"]], name=row["name"]
        )
        for row in STORY["person"]
    }
    return made | {"admin": make_person("admin", "system_admin", name="系统管理员")}


@pytest.fixture
def desk(people, open_page, sign_in, site):
    """Everybody at a desk of their own; the first by the form of signing in."""
    pages = {name: open_page() for name in people}
    for page in pages.values():
        # Seven windows beside each other on a busy machine.
        page.set_default_timeout(60_000)
    manager = pages["chen"]
    manager.goto("/accounts/login/")
    expect(manager.locator("input[name=username]")).to_be_focused()
    for words in ("chen", WORD):
        manager.keyboard.type(words)
        manager.keyboard.press("Tab" if words == "chen" else "Enter")
    manager.wait_for_url(lambda address: "login" not in address)
    for name, person in people.items():
        if name != "chen":
            sign_in(pages[name], person)
    return pages


def press(page: Page, name: str, *, within: str = "main") -> None:
    page.locator(within).get_by_role("button", name=name, exact=True).first.click()


class Story:
    """What is told: the notes by who writes them, and whether every chapter is given out by hand."""

    def __init__(self, items: set[str] | None = None):
        self.is_whole = items is None
        self.notes = [row for row in STORY["note"] if items is None or row["item"] in items]

    def of(self, name: str) -> list[dict]:
        return [row for row in self.notes if row["by"] == name]

    @property
    def opinions(self) -> list[dict]:
        return STORY["opinion"] if self.is_whole else STORY["opinion"][:1]


def test_a_mid_term_evaluation_goes_from_assigning_to_the_slides(desk, people, tmp_path, shoot):
    evaluate(Story(CORE), desk, people, tmp_path, shoot)


# Four minutes of six people at work: at night (make drills).
@pytest.mark.drills
def test_the_whole_mid_term_evaluation_of_the_worked_example(desk, people, tmp_path, shoot):
    evaluate(Story(), desk, people, tmp_path, shoot)


def evaluate(story: Story, desk, people, tmp_path, shoot) -> None:
    make_the_round(desk["chen"])
    assign(desk["chen"], story)
    report(desk["he"], desk["zheng"])
    write_notes(desk["li"], story.of("li"))
    send_back_and_correct(desk["zheng"], desk["li"], shoot)
    leave_in_the_middle(desk, people, story)
    write_notes(desk["wu"], [*story.of("wu"), *story.of("zhou")[1:]])
    publish_notes(desk["zheng"], story)
    follow_up(desk["zheng"], desk["he"])
    begin_chapters(desk["chen"], people, story, shoot)
    for name in ("li", "wu"):
        edit_in_word(desk[name], name, tmp_path, shoot)
    gather_opinions(desk["chen"], story)
    agree(desk["li"], desk["wu"], desk["zheng"])
    publish(desk["chen"], shoot)
    take_files(desk["chen"], story, shoot)
    for page in desk.values():
        settled(page)
        assert_clean(page)


def settled(page: Page) -> None:
    """A draft that is on its way while its form is handed in is refused: nobody is there to be told."""
    seen = watched(page)
    seen.console = [line for line in seen.console if "/accounts/draft/" not in line]


def make_the_round(page: Page) -> None:
    page.goto(f"{ROOT}rounds/new/")
    page.get_by_label("类别").select_option("midterm")
    page.get_by_label("代码").fill("midterm")
    page.locator("[name=name]").fill("“十四五”科技创新规划中期评估")
    days = {"starts_on": "2021-01-01", "ends_on": "2023-06-30", "cut_off": "2023-06-30", "due_on": "2023-09-30"}
    for name, day in days.items():
        page.locator(f"[name={name}]").fill(day)
    press(page, "保存")


def assign(page: Page, story: Story) -> None:
    """By unit: all that a unit answers for to one evaluator, or some of it by ticks."""
    for name in ("li", "wu", "zhou"):
        for unit in STORY["unit"]:
            codes = [row["item"] for row in story.of(name) if row["item"] in unit["leads"]]
            if not codes:
                continue
            page.goto(f"{ROUND}assign/?organisation={unit['code']}")
            for code in codes:
                page.locator(f"input[name=item][value='{code}']").check()
            page.get_by_label("评估人").select_option(name)
            press(page, "分给所选评估人")
            expect(page.locator(".said")).to_contain_text(f"{len(codes)} 项")
    page.goto(ROUND)
    press(page, "启动")
    expect(page.locator("h1")).to_contain_text("进行中")
    assert Round.objects.get().assignments.count() == len(story.notes)


def report(reporter: Page, reviewer: Page) -> None:
    """The unit fills its table as of the cut-off, and a reviewer approves it afterwards."""
    reporter.goto(f"{PLAN}updates/table/")
    reporter.get_by_label("进展截至").fill("2023-06-30")
    for row in STORY["report"]:
        line = (
            reporter.locator("table.filing tbody tr")
            .filter(has_text=row["item"])
            .filter(has=reporter.locator(f"a[href$='/items/{row['item']}/']"))
        )
        line.locator("[name$=-status]").select_option(row["status"])
        line.locator("[name$=-progress]").fill(row["share"])
        line.locator("[name$=-done]").fill(row["done"])
        line.locator("[name$=-problems]").fill(row.get("problems", ""))
    press(reporter, "提交")
    expect(reporter.locator(".said")).to_contain_text(f"{len(STORY['report'])} 项")
    reviewer.goto(f"{PLAN}review/?kind=update")
    for box in reviewer.locator(".lines input[type=checkbox]").all():
        box.check()
    press(reviewer, "核定所选")
    expect(reviewer.locator("main")).to_contain_text(f"已核定 {len(STORY['report'])} 条")
    assert StatusUpdate.objects.filter(state="approved").count() == len(STORY["report"])


def write_notes(page: Page, rows: list[dict]) -> None:
    for row in rows:
        page.goto(f"{ROUND}items/{row['item']}/")
        if not page.url.endswith("/edit/"):
            press(page, "开始评估")
        fill_note(page, row)
        press(page, "提交")
        expect(page.locator("h1")).to_contain_text("已提交")


def fill_note(page: Page, row: dict) -> None:
    page.get_by_label(row["conclusion"], exact=True).check()
    for name in ("difference_reason", "progress", "results", "problems", "causes", "remedies"):
        if name in row:
            page.locator(f"[name={name}]").fill(row[name])
    if "forecast" in row:
        page.locator("[name=forecast]").select_option(label=row["forecast"])
    if "adjustment" in row:
        page.get_by_label(row["adjustment"], exact=True).check()
        page.locator("[name=adjustment_reason]").fill(row["adjustment_reason"])
        page.locator("[name=adjustment_document]").fill(row["adjustment_document"])


def send_back_and_correct(reviewer: Page, evaluator: Page, shoot) -> None:
    row = next(row for row in STORY["note"] if "corrected" in row)
    note = Note.objects.get(item__code=row["item"])
    reviewer.goto(f"{ROOT}notes/{note.pk}/")
    press(reviewer, "开始复核")
    reviewer.locator(".acts summary", has_text="退回").click()
    reviewer.get_by_label("退回理由").fill("请说明与2020年相比增加多少。")
    press(reviewer, "退回")
    expect(reviewer.locator(".said")).to_contain_text("已退回")
    evaluator.goto(f"{ROOT}work/")
    evaluator.get_by_role("link", name="继续填写").click()
    expect(evaluator.locator(".came-back").first).to_contain_text("增加多少")
    box = evaluator.locator("[name=progress]")
    box.fill(box.input_value() + row["corrected"])
    shoot(evaluator, "midterm/1-note")
    press(evaluator, "提交")
    expect(evaluator.locator("h1")).to_contain_text("已提交")


def leave_in_the_middle(desk, people, story: Story) -> None:
    """One note begun, the others not: the account is closed, and all of it comes into another's hand."""
    leaving = desk["zhou"]
    row, number = story.of("zhou")[0], len(story.of("zhou"))
    leaving.goto(f"{ROUND}items/{row['item']}/")
    press(leaving, "开始评估")
    leaving.locator("[name=progress]").fill("三个设施2023年4月迁入光明科学城。")
    expect(leaving.locator("#saved-at")).to_contain_text("已自动保存")
    close_account(desk["admin"], people["zhou"])
    manager = desk["chen"]
    manager.goto("/inbox/")
    manager.get_by_text("周离任 的账号已停用").first.click()
    expect(manager.locator("main")).to_contain_text("P-1.1")
    manager.get_by_label("交给").select_option(label="吴接手 · 知识产权主管部门（示例）")
    manager.get_by_label("事由").fill("离职")
    press(manager, "移交所选")
    expect(manager.locator("main")).to_contain_text(f"已移交 吴接手 {number} 项")
    mine = Round.objects.get().assignments.filter(evaluator=people["wu"])
    assert mine.count() == len(story.of("wu")) + number
    taker = desk["wu"]
    taker.goto(f"{ROUND}items/{row['item']}/")
    expect(taker.locator("[name=progress]")).to_have_value("三个设施2023年4月迁入光明科学城。")
    # What the unit reported of the cut-off, though it was approved since, is offered beside the form.
    expect(taker.locator(".evidence-form")).to_contain_text("云脑Ⅲ")
    fill_note(taker, row)
    press(taker, "提交")
    expect(taker.locator("h1")).to_contain_text("已提交")


def close_account(page: Page, person) -> None:
    page.goto(f"/accounts/people/{person.pk}/")
    page.get_by_text("停用账号").first.click()
    if page.locator("[name=reason]").count():
        page.locator("[name=reason]").last.fill("离职")
    page.get_by_role("button", name="停用账号").last.click()
    person.refresh_from_db()
    assert not person.is_active


def publish_notes(page: Page, story: Story) -> None:
    """One after the other, as the review desk leads on."""
    for note in Note.objects.exclude(state="published").order_by("submitted_at"):
        page.goto(f"{ROOT}notes/{note.pk}/")
        press(page, "复核通过")
        expect(page.locator(".said")).to_be_visible()
    assert Note.objects.filter(state="published").count() == len(story.notes)


def follow_up(reviewer: Page, reporter: Page) -> None:
    row = next(row for row in STORY["note"] if "finding" in row)
    reviewer.goto(f"{ROOT}notes/{Note.objects.get(item__code=row['item']).pk}/")
    reviewer.get_by_role("link", name="提出整改事项").click()
    reviewer.get_by_label("问题").fill(row["finding"])
    reviewer.get_by_label("整改要求").fill(row["finding_request"])
    reviewer.get_by_label("责任单位").select_option(label="光明科学城建设单位（示例）")
    reviewer.get_by_label("整改期限").fill((today() + timedelta(days=60)).isoformat())
    press(reviewer, "提出")
    reporter.goto(f"{ROOT}findings/?state=mine")
    reporter.get_by_role("link", name=row["finding"]).click()
    reporter.get_by_label("整改情况").fill("管理办法已形成初稿，正在征求使用单位意见。")
    press(reporter, "提交反馈")
    assert Finding.objects.get().state == "responded"


def begin_chapters(page: Page, people, story: Story, shoot) -> None:
    page.goto(ROUND)
    page.get_by_role("link", name="写报告").click()
    press(page, "按提纲设立章节")
    page.get_by_role("link", name="封面和签署").click()
    for label, name in FRONT.items():
        page.get_by_label(label).fill(STORY["front"][name].strip())
    press(page, "保存")
    writers = {row["key"]: row["by"] for row in STORY["chapter"]}
    for number, chapter in enumerate(ReportChapter.objects.all()):
        name = writers.get(chapter.key, "li")
        if story.is_whole or not number:
            give_out(page, chapter, NAMES[name])
        else:
            # In every run those nobody edits are left out, and all but the first given out without a page.
            fields = {"author": people[name], "is_left_out": chapter.key not in writers}
            chapters.arrange_chapter(chapter, edition=chapter.edition, by=people["chen"], **fields)
    page.goto(f"{ROUND}report/writing/")
    shoot(page, "midterm/2-workshop", full_page=True)


def give_out(page: Page, chapter: ReportChapter, name: str) -> None:
    page.goto(chapter.get_absolute_url())
    page.get_by_text("标题、执笔人和次序").click()
    page.get_by_label("执笔人").select_option(label=name)
    press(page, "保存", within="details[open] form")
    expect(page.locator(".said")).to_be_visible()


FRONT = {
    "发布单位": "issued_by", "密级或版本说明": "secrecy", "签署人": "signatories",
    "征求意见的单位和人员": "consulted",
}  # fmt: skip
NAMES = {row["username"]: row["name"] for row in STORY["person"]}


def edit_in_word(page: Page, name: str, folder, shoot) -> None:
    """All chapters leave as one file; what its holder changed in his own comes back and is accepted."""
    page.goto(f"{ROUND}report/writing/")
    with page.expect_download() as download:
        page.get_by_role("link", name="取出 Word（各章）").click()
    path = folder / f"{name}.docx"
    path.write_bytes(edited(download.value.path().read_bytes(), name))
    page.get_by_label("带回的 Word 文件").set_input_files(path)
    press(page, "带回")
    for number, row in enumerate(row for row in STORY["chapter"] if row["by"] == name):
        if number:
            page.goto(f"{ROUND}report/writing/")
            page.get_by_role("link", name="等待逐句决定").first.click()
        shoot(page, f"midterm/3-differences-{row['key']}", full_page=True)
        press(page, "采纳所选，其余不采纳")
        expect(page.locator(".said")).to_contain_text("已处理")
    for row in (row for row in STORY["chapter"] if row["by"] == name):
        body = ReportChapter.objects.get(key=row["key"]).body
        assert all(words in body for words in (*row.get("before", ()), *row.get("after", ())))


def gather_opinions(page: Page, story: Story) -> None:
    for row in story.opinions:
        page.goto(f"{ROUND}report/opinions/")
        page.get_by_label("来自").select_option(row["kind"])
        page.get_by_label("提出人").fill(row["who"])
        page.get_by_label("收到日期").fill(date(2023, 9, 1).isoformat())
        page.locator("[name=text]").fill(row["text"])
        press(page, "登记")
        section = page.locator("section.panel").filter(has_text=row["who"])
        section.get_by_label(row["state"], exact=True).check()
        section.get_by_label("处理说明").fill(row["answer"])
        section.get_by_role("button", name="保存").click()
        expect(page.locator(".said")).to_be_visible()


def agree(*pages: Page) -> None:
    *writers, second = pages
    for chapter in ReportChapter.objects.filter(is_left_out=False).select_related("author"):
        writer = writers[0] if chapter.author.username == "li" else writers[1]
        writer.goto(chapter.get_absolute_url())
        press(writer, "送审")
        second.goto(chapter.get_absolute_url())
        press(second, "定稿")
    assert not ReportChapter.objects.filter(is_left_out=False).exclude(state="agreed").exists()


def publish(page: Page, shoot) -> None:
    page.goto(ROUND)
    page.get_by_text("结束本轮…").click()
    press(page, "结束本轮")
    press(page, "发布")
    page.get_by_role("link", name="查看评估报告").click()
    expect(page.locator(".paper")).to_contain_text("规划实施时间过半")
    shoot(page, "midterm/4-report", full_page=True)


def take_files(page: Page, story: Story, shoot) -> None:
    """The report with the pages of its contents, and the slides for the meeting."""
    press(page, "生成 Word 文件")
    run_job(Job.objects.get(kind="assessments.report").pk)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Word 文件").click()
    report = download.value.path().read_bytes()
    page.goto(f"{ROUND}report/writing/")
    with page.expect_download() as download:
        page.get_by_role("link", name="PPT").click()
    slides = download.value.path().read_bytes()
    words = [paragraph.text for paragraph in docx.Document(io.BytesIO(report)).paragraphs]
    assert "一、总体评价" in words
    assert len(Presentation(io.BytesIO(slides)).slides) >= (10 if story.is_whole else 5)
    assert ReportVersion.objects.count() == 1
    if story.is_whole and os.environ.get("WORKED_EXAMPLE"):
        DOCUMENTS.mkdir(exist_ok=True)
        (DOCUMENTS / "report.docx").write_bytes(report)
        (DOCUMENTS / "slides.pptx").write_bytes(slides)
    if shutil.which("soffice"):
        assert Job.objects.get(kind="assessments.report").result["pages"]
