"""The next plan, made in the studio as a planner would: from its text to every page, with two plans side by side.

The text is that of a real plan which is not part of the project; where it is away there is nothing to do. Every
run makes a plan of its goals and one section; by night it is the whole, with every page of both plans. What it
costs is counted; SECOND_PLAN_PICTURES=1 writes the pictures of docs/second-plan.md.
"""

import os
import re
import time
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from plan.models import Plan
from studio.models import PlanDraft
from tests.browser.watch import assert_clean
from tests.factories import make_person
from tests.states import go_back
from tests.studio.test_whole_plans import SECOND
from tests.test_pages import FILES, PAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# Where the excerpt of every run ends.
EXCERPT_ENDS = "第二节 打好原始创新"
SLUG = "sz-plan-15"
ROOT = f"/studio/{SLUG}/"
FRAME = {
    "title": "深圳市国民经济和社会发展第十五个五年规划纲要（节选）", "slug": SLUG, "short": "深圳“十五五”节选",
    "starts_on": "2026-01-01", "ends_on": "2030-12-31", "published_on": "2026-05-26",
    "source_publisher": "读特客户端", "source_title": "深圳市国民经济和社会发展第十五个五年规划纲要",
}  # fmt: skip
# The plan's own table is a picture; what a planner types of it is copied out of a sheet.
TABLE = "\n".join(
    "\t".join(row)
    for row in (
        ("序号", "指标", "单位", "目标值"),
        ("1", "全社会研发投入占地区生产总值比重", "%", "7"),
        ("2", "技术合同成交额", "亿元", ">2000"),
        ("3", "国家级高新技术企业数量", "万家", ">3"),
    )
)
PICTURES = settings.BASE_DIR / "docs" / "second-plan"


@dataclass
class Hand:
    """What is pressed, clicked, typed and pasted, counted."""

    page: Page
    text: str
    keys: int = 0
    clicks: int = 0
    typed: int = 0
    seconds: dict = field(default_factory=dict)

    def press(self, key: str, *, leads_on: bool = False) -> None:
        self.keys += 1
        if leads_on:
            with self.page.expect_navigation():
                self.page.keyboard.press(key)
        else:
            self.page.keyboard.press(key)

    def fill(self, where: str, words: str, *, is_pasted: bool = False) -> None:
        """A field that the Tab key reached: one key, and its characters, or two for what is pasted."""
        self.page.locator(where).fill(words)
        self.keys += 2 if is_pasted else 1
        self.typed += 0 if is_pasted else len(words)

    def click(self, locator) -> None:
        self.clicks += 1
        locator.click()

    def step(self, name: str, started: float) -> None:
        self.seconds[name] = time.monotonic() - started


@pytest.fixture
def people(site):
    """Afterwards the database is as it was."""
    if not SECOND.exists():
        pytest.skip("the second plan's text is not at hand")
    yield make_person("maker", "planner", name="编制人"), make_person("second", "planner", name="发布人")
    go_back()


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("is_whole", "items", "indicators"),
    [(False, 40, 7), pytest.param(True, 300, 14, marks=pytest.mark.drills)],
    ids=["part", "whole"],
)
def test_the_next_plan_is_made_and_read_beside_the_first(people, open_page, sign_in, is_whole, items, indicators):
    maker, second = people
    page = sign_in(open_page(), maker)
    page.set_default_timeout(60_000)
    text = SECOND.read_text(encoding="utf-8")
    hand = Hand(page, text if is_whole else text.partition(EXCERPT_ENDS)[0])
    for step in (begin, read, rename, paste_table, accept, continue_the_earlier, check, hand_in):
        started = time.monotonic()
        step(hand)
        hand.step(step.__name__, started)
    assert_clean(page)
    other = sign_in(open_page(), second)
    other.goto(ROOT)
    other.get_by_role("button", name="发布", exact=True).click()
    other.wait_for_url(f"**/{SLUG}/", timeout=60_000)
    other.screenshot(path=picture("published"))
    plan = Plan.objects.get(slug=SLUG)
    assert plan.items.count() > items
    assert plan.items.filter(kind="indicator").count() >= indicators
    everything_answers(open_page(), Plan.objects.all() if is_whole else [plan])
    tell(hand, plan)


def picture(name: str):
    """Where a picture goes: into the docs where they are asked for."""
    folder = (
        PICTURES if os.environ.get("SECOND_PLAN_PICTURES") else settings.BASE_DIR / "artifacts" / "second-plan"
    )
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.png"


def begin(hand: Hand) -> None:
    hand.page.goto("/studio/")
    for name, value in FRAME.items():
        hand.fill(f"[name={name}]", value)
    hand.page.locator("[name=template]").select_option("five-year-plan")
    hand.click(hand.page.get_by_role("button", name="新建并送入文本"))


def read(hand: Hand) -> None:
    hand.fill("#raw", hand.text, is_pasted=True)
    hand.click(hand.page.get_by_role("button", name="读入文本"))
    expect(hand.page.locator("ul.outline li").first).to_be_visible()
    assert hand.page.locator("ul.outline li").count() >= 8
    hand.page.locator("ul.outline").scroll_into_view_if_needed()
    hand.page.screenshot(path=picture("text"))


def rename(hand: Hand) -> None:
    """What the template calls a platform is a strategic platform here too; it gets its plural."""
    hand.page.goto(f"{ROOT}kinds/pillar/")
    hand.fill("[name=name]", "重点领域")
    hand.press("Control+Enter", leads_on=True)
    expect(hand.page.locator("table")).to_contain_text("重点领域")
    hand.page.screenshot(path=picture("kinds"))


def paste_table(hand: Hand) -> None:
    hand.page.goto(f"{ROOT}indicators/")
    hand.fill("#table", TABLE, is_pasted=True)
    heading = hand.page.locator("#after option", has_text="主要目标").last
    hand.page.locator("#after").select_option(heading.get_attribute("value"))
    hand.click(hand.page.get_by_role("button", name="读入表格"))
    expect(hand.page.locator("h1")).to_contain_text("承诺")


def accept(hand: Hand) -> None:
    """A few one by one, as in the first sections; then section by section, three keys each."""
    page = hand.page
    page.goto(f"{ROOT}commitments/")
    expect(page.locator(".margin .asked").first).to_be_focused()
    for key in ("a", "a", "a", "x"):
        if not page.locator(".margin .asked").count():
            hand.press("n", leads_on=True)
        expect(page.locator(".margin .asked:focus")).to_have_count(1)
        hand.press(key, leads_on=True)
    page.screenshot(path=picture("commitments"))
    while page.locator(".margin .asked").count() or page.locator("[data-next]").count():
        if page.locator(".margin .asked").count():
            hand.press("s")
            hand.press("A", leads_on=True)
        if page.locator("[data-next]").count():
            hand.press("n", leads_on=True)
    expect(page.locator(".intro")).to_contain_text("还有 0 条建议没有判定")


def continue_the_earlier(hand: Hand) -> None:
    """An indicator goes on from the first plan: chosen on its page."""
    page = hand.page
    page.goto(f"{ROOT}indicators/")
    hand.click(page.get_by_role("link", name="技术合同成交额").first)
    box = page.locator("[name=continues]")
    earlier = box.locator("option", has_text="技术合同成交额").first
    box.select_option(earlier.get_attribute("value"))
    hand.keys += 2
    page.screenshot(path=picture("indicator"), full_page=True)
    hand.press("Control+Enter", leads_on=True)
    expect(page.locator("h1")).to_have_text("指标")


def check(hand: Hand) -> None:
    hand.page.goto(f"{ROOT}check/")
    expect(hand.page.get_by_text("占 100%")).to_be_visible()
    expect(hand.page.get_by_text("不能发布")).to_have_count(0)
    hand.page.screenshot(path=picture("check"))


def hand_in(hand: Hand) -> None:
    hand.page.goto(ROOT)
    hand.click(hand.page.get_by_role("button", name="提交发布"))
    expect(hand.page.get_by_text("已提交，等待另一人发布")).to_be_visible()


def everything_answers(page: Page, plans) -> None:
    """The pages, feeds and files that every plan has."""
    common = [
        path for path in (*PAGES, *(f"{name}.json" for name in FILES)) if not re.search(r"[A-Z]-\d|matrix/.", path)
    ]
    feeds = [
        "changes.rss",
        "changes.atom",
        "observations.csv",
        "reports/file/?dataset=items&format=xlsx",
        "package.zip",
    ]
    wrong = {}
    for plan in plans:
        here = [path for path in common if path.partition("/")[0].partition(".")[0] not in absent(plan)]
        for path in [*here, *feeds]:
            answer = page.request.get(f"/{plan.slug}/{path}", timeout=60_000)
            if answer.status != 200:
                wrong[f"{plan.slug}/{path}"] = answer.status
        for code in plan.items.values_list("code", flat=True)[:40:10]:
            answer = page.request.get(f"/{plan.slug}/items/{code}/", timeout=60_000)
            if answer.status != 200:
                wrong[f"{plan.slug}/items/{code}"] = answer.status
    assert wrong == {}
    page.goto("/plans/")
    expect(page.locator("main")).to_contain_text(FRAME["title"])
    expect(page.locator("main")).to_contain_text("科技创新“十四五”")


def absent(plan: Plan) -> set[str]:
    """Lists of kinds that a plan has nothing of: they have no page."""
    return {"kinds"} if plan.slug == SLUG else set()


def tell(hand: Hand, plan: Plan) -> None:
    accepted = PlanDraft.objects.get(slug=SLUG)
    print(
        f"items {plan.items.count()}, keys {hand.keys}, clicks {hand.clicks}, characters typed {hand.typed},"
        f" seconds {sum(hand.seconds.values()):.0f}: { ({k: round(v, 1) for k, v in hand.seconds.items()}) },"
        f" steps {accepted.steps.count()}"
    )
