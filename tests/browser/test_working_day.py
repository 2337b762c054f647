"""What the jobs of a day cost: keys, seconds, and taps on a phone (tools/working_day.py, docs/working-day.md)."""

import os
import time
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from assessments.models import Note
from indicators.figures import workflow
from indicators.models import Observation
from plan.models import Source
from tests.assessments.scene import open_round
from tests.browser.watch import assert_clean
from tests.factories import make_component, make_item, make_person, make_plan
from tests.states import go_back
from tools.working_day import ASKED, CEILINGS, TWENTY_SECONDS, Measured
from updates.models import StatusUpdate

pytestmark = pytest.mark.browser
DESK = "/test-plan/review/"


class Day:
    """A plan of ten components, its people, and a release that is known already."""

    def __init__(self):
        self.plan = make_plan()
        self.parts = [make_component(self.plan, f"I-{number:02}") for number in range(1, 11)]
        self.task = make_item(self.plan, "P-1.1")
        self.source = Source.objects.keep("2025 年统计公报", published_on=date(2026, 4, 20))
        for number in range(12):
            Source.objects.keep(f"{number} 年新闻稿", published_on=date(2022, 1, 1))
        self.people = {
            "ana": make_person("ana", "analyst"),
            "rev": make_person("rev", "reviewer"),
            "eva": make_person("eva", "evaluator"),
        }
        # The source is one of the plan's by a figure that nobody looks at here.
        self.hand_in(self.parts[0], "118", source=self.source, state="draft")

    def hand_in(self, part, value, *, year=2021, source=None, state="submitted"):
        row = workflow.enter_figure(
            component=part, by=self.people["ana"], year=year, value=Decimal(value), value_status="final",
            source=source or Source.objects.keep(f"公报 {part.code} {year}"), released_on=date(2026, 5, 1),
        )  # fmt: skip
        return workflow.submit_figure(row, edition=1, by=self.people["ana"]) if state == "submitted" else row

    def quiet(self, number: int):
        """Figures on their straight way, each of a component and a publication of its own."""
        parts = [make_component(self.plan, f"Q-{place:02}") for place in range(number)]
        return [self.hand_in(part, "120") for part in parts]


@pytest.fixture
def day(site):
    yield Day()
    go_back()


def come_to(page, words: str) -> None:
    """The next record, and its script: what is shown before it hears no key."""
    expect(page.locator("#record")).to_contain_text(words)
    page.wait_for_load_state()


def states(rows):
    return {Observation.objects.get(pk=row.pk).state for row in rows}


@pytest.mark.breadth
def test_the_jobs_of_a_day_cost_no_more_than_they_may(day, open_page, sign_in):
    counted = Measured()
    review(day, sign_in(open_page(), day.people["rev"]), counted)
    on_a_phone(day, sign_in(open_page(width=390, height=844, touch=True), day.people["rev"]), counted)
    ways = [(enter, tap_figure), (release, tap_release), (report, tap_report), (note, tap_note)]
    for by_hand, by_tap in ways:
        who = "eva" if by_hand is note else "ana"
        by_hand(day, sign_in(open_page(), day.people[who]), counted)
        by_tap(day, sign_in(open_page(width=390, height=844, touch=True), day.people[who]), counted)
    twenty = twenty_quiet(day, sign_in(open_page(), day.people["rev"]))

    if os.environ.get(ASKED):
        counted.write(twenty)
    assert counted.rows.keys() == CEILINGS.keys()
    for key, row in counted.rows.items():
        assert row["keys"] <= CEILINGS[key].keys, (key, row)
        assert row["taps"] <= CEILINGS[key].taps, (key, row)
    assert twenty < TWENTY_SECONDS


def review(day, page, counted) -> None:
    one, two = day.quiet(2)
    page.goto(DESK)
    with counted.counting("approval", page) as hand:
        hand.press("a")
        come_to(page, "Q-01")
    assert states([one]) == {"approved"}
    with counted.counting("return", page) as hand:
        hand.press("r")
        hand.say("口径与指标不一致，请核对")
        hand.press("Control+Enter")
        expect(page.locator(".said")).to_contain_text("已退回")
    assert states([two]) == {"returned"}
    assert_clean(page)


def on_a_phone(day, page, counted) -> None:
    parts = [make_component(day.plan, f"M-0{place}") for place in range(2)]
    one, two = (day.hand_in(part, "120") for part in parts)
    page.goto(f"{DESK}figure/{one.pk}/")
    with counted.counting("approval", page, kind="taps") as hand:
        hand.tap(page.get_by_role("button", name="核定", exact=True))
        come_to(page, "M-01")
    assert states([one]) == {"approved"}
    with counted.counting("return", page, kind="taps") as hand:
        hand.tap(page.locator(".acts summary").first)
        hand.tap(page.get_by_role("button", name="来源不清，请附原文或网址").last)
        hand.tap(page.get_by_role("button", name="退回", exact=True))
        expect(page.locator(".said")).to_contain_text("已退回")
    assert two.steps.get(action="returned").reason == "来源不清，请附原文或网址"
    assert_clean(page)


def enter(day, page, counted) -> None:
    page.goto("/test-plan/data/figures/new/?component=I-02&year=2025")
    with counted.counting("figure", page) as hand:
        hand.tab_to(page.locator("[name=value]"))
        hand.type("180")
        hand.tab_to(page.locator("#id_source"))
        hand.type("统计")
        hand.press("Enter", "Control+Enter")
        expect(page.locator(".said")).to_be_visible()
    row = Observation.objects.get(component=day.parts[1], year=2025)
    assert (row.state, row.value, row.released_on) == ("submitted", 180, date(2026, 4, 20))
    assert_clean(page)


def release(day, page, counted) -> None:
    """Ten figures of 2024, nine of them as expected, the last far off and looked at once more."""
    day.source.published_on = date(2025, 4, 20)
    day.source.save()
    page.goto("/test-plan/data/releases/new/")
    page.locator("[name=year]").fill("2024")
    page.locator("#id_source").focus()
    with counted.counting("release", page) as hand:
        hand.type("统计")
        hand.press("Enter", "Enter")
        for _part in day.parts:
            hand.type("160")
            hand.press("Enter")
        hand.press("Control+Enter")
        expect(page.get_by_role("button", name="提交核定")).to_be_visible()
        for box in page.locator("input[name$=-seen]").all():
            hand.tab_to(box)
            hand.press("Space")
        hand.press("Control+Enter")
        expect(page.locator(".said")).to_contain_text("已录入这一发布")
    assert Observation.objects.filter(year=2024, source=day.source, state="submitted").count() == 10
    assert_clean(page)


def report(day, page, counted) -> None:
    page.goto("/test-plan/items/P-1.1/report/")
    with counted.counting("report", page) as hand:
        hand.to_content()
        hand.tab_to(page.locator("[name=status]").first)
        hand.press("Space")
        hand.tab_to(page.locator("[name=done]"))
        hand.say("主体结构封顶，设备进场")
        hand.press("Control+Enter")
        expect(page.locator(".said")).to_be_visible()
    assert StatusUpdate.objects.get().state == "submitted"
    assert_clean(page)


def note(day, page, counted) -> None:
    item = day.plan.items.get(code=day.parts[2].code)
    open_round(day.plan, by=day.people["rev"], items=[item], evaluator=day.people["eva"])
    page.goto("/test-plan/assessments/work/")
    page.get_by_role("button", name=f"开始评估 {item.code}").click()
    with counted.counting("note", page) as hand:
        hand.to_content()
        hand.tab_to(page.locator("[name=conclusion]").first)
        hand.press("Space")
        hand.tab_to(page.locator("[name=progress]"))
        hand.say("数据尚未公布，暂不评估。")
        hand.press("Control+Enter")
        expect(page.locator("h1")).to_contain_text("已提交")
    assert Note.objects.get().state == "submitted"


def find_source(hand) -> None:
    """The field of the source, a few letters, the source."""
    hand.tap(hand.page.locator("#id_source"))
    hand.type("统计")
    hand.tap(hand.page.locator("#source-found li").first)


def tap_figure(day, page, counted) -> None:
    page.goto("/test-plan/data/figures/new/?component=I-03&year=2025")
    with counted.counting("figure", page, kind="taps") as hand:
        hand.tap(page.locator("[name=value]"))
        hand.type("180")
        find_source(hand)
        hand.tap(page.locator("button[data-primary]"))
        expect(page.locator(".said")).to_be_visible()
    assert Observation.objects.get(component=day.parts[2], year=2025).state == "submitted"
    assert_clean(page)


def tap_release(day, page, counted) -> None:
    """Ten figures of 2023, each field tapped into; what is far off is looked at once more."""
    page.goto("/test-plan/data/releases/new/")
    page.locator("[name=year]").fill("2023")
    with counted.counting("release", page, kind="taps") as hand:
        find_source(hand)
        for field in page.locator("input[name^=rows-][name$=-value]").all()[: len(day.parts)]:
            hand.tap(field)
            hand.type("145")
        hand.tap(page.locator("button[value=check]").first)
        expect(page.get_by_role("button", name="提交核定")).to_be_visible()
        for box in page.locator("input[name$=-seen]").all():
            hand.tap(box)
        hand.tap(page.get_by_role("button", name="提交核定"))
        expect(page.locator(".said")).to_contain_text("已录入这一发布")
    assert Observation.objects.filter(year=2023, source=day.source, state="submitted").count() == 10
    assert_clean(page)


def tap_report(day, page, counted) -> None:
    make_item(day.plan, "P-1.2")
    page.goto("/test-plan/items/P-1.2/report/")
    with counted.counting("report", page, kind="taps") as hand:
        hand.tap(page.locator("[name=status]").first)
        hand.tap(page.locator("[name=done]"))
        hand.say("主体结构封顶，设备进场")
        hand.tap(page.locator("button[data-primary]"))
        expect(page.locator(".said")).to_be_visible()
    assert StatusUpdate.objects.get(item__code="P-1.2").state == "submitted"
    assert_clean(page)


def tap_note(day, page, counted) -> None:
    item = day.plan.items.get(code=day.parts[3].code)
    open_round(day.plan, by=day.people["rev"], items=[item], evaluator=day.people["eva"], code="by-phone")
    page.goto("/test-plan/assessments/work/")
    page.get_by_role("button", name=f"开始评估 {item.code}").click()
    with counted.counting("note", page, kind="taps") as hand:
        hand.tap(page.locator("[name=conclusion]").first)
        hand.tap(page.locator("[name=progress]"))
        hand.say("数据尚未公布，暂不评估。")
        hand.tap(page.locator("button[data-primary]"))
        expect(page.locator("h1")).to_contain_text("已提交")
    assert Note.objects.get(item=item).state == "submitted"


def twenty_quiet(day, page) -> float:
    parts = [make_component(day.plan, f"T-{place:02}") for place in range(20)]
    rows = [day.hand_in(part, "120") for part in parts]
    page.goto(f"{DESK}figure/{rows[0].pk}/")
    started = time.monotonic()
    for number, row in enumerate(rows):
        come_to(page, f"T-{number:02}")
        page.keyboard.press("a")
        expect(page.locator(".said")).to_contain_text(row.component.code)
    seconds = time.monotonic() - started
    assert states(rows) == {"approved"}
    return seconds
