"""Paper: sheets, their direction, what they must say and how small it may be, with demo data and without."""

import pytest
from django.test import override_settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from playwright.sync_api import expect

from accounts.models import Organisation
from indicators.queries import overview
from plan.models import Plan
from plan.params import today
from plan.services import touch_plan
from tests.breadth import more
from tests.browser.conftest import SLUG
from tests.browser.paper import print_page
from tests.states import become_demo, go_back

pytestmark = pytest.mark.browser
ROOT = f"/{SLUG}/"
# Sheets at most, and whether they lie on their side.
OVERVIEWS = {
    "": (1, True),
    "indicators/": (1, False),
    "indicators/?view=table": (1, True),
    "indicators/?view=bullet": (1, True),
    "matrix/": (1, True),
    "platforms/P-1/": (3, False),
    "status/": (1, False),
}
INDICATORS = {f"indicators/{code}/": (1, False) for code in (*(f"I-0{n}" for n in range(1, 9)), "T-01", "T-02")}
LONG = {"methods/": (6, False), "items/": (9, False), "changes/?from=2025-01-01": (20, False)}
# Points: nothing on paper is smaller.
SMALLEST = 6.99
WORDS = {"zh": ("数据截至{day}", "打印于{day}"), "en": ("Dataasof{day}", "printedon{day}")}
RULE = {"zh": "规则版本", "en": "Ruleversion"}
UNJUDGED = ("matrix/", "platforms/", "items/", "changes/")


@pytest.fixture(scope="module", params=[*more("plain"), "demo"])
def data(request, django_db_setup, django_db_blocker, server, tmp_path_factory):
    """The plan with what was really published, then with the demo's figures; as it was afterwards."""
    with django_db_blocker.unblock(), override_settings(DATA_DIR=tmp_path_factory.mktemp("print")):
        if request.param == "demo":
            become_demo()
        yield request.param
        go_back()


def spelt(language: str) -> str:
    with translation.override({"zh": "zh-hans", "en": "en"}[language]):
        return "".join(date_format(timezone.localdate(), "DATE_FORMAT").split())


@pytest.mark.parametrize("language", ["zh", *more("en")])
@pytest.mark.parametrize("pages", [OVERVIEWS, *more(INDICATORS, LONG)], ids=["overviews", "indicators", "long"])
def test_sheets_are_few_readable_and_say_of_when_they_are(data, open_page, language, pages):
    page = open_page(language=language)
    must = [words.format(day=spelt(language)) for words in WORDS[language]]
    problems = []
    for path, (most, is_wide) in pages.items():
        page.goto(ROOT + path)
        name = f"{data}-{language}-{(path.strip('/') or 'overview').replace('/', '_').replace('?', '_')}"
        printed = print_page(page, name)
        rule = [] if path.startswith(UNJUDGED) else [RULE[language]]
        found = [words for words in (*must, *rule, ROOT + path.split("?")[0]) if words not in printed.text]
        if printed.sheets > most:
            found.append(f"{printed.sheets} sheets, not {most}")
        if not printed.is_a4 or printed.is_wide != is_wide:
            found.append("the wrong paper")
        if printed.smallest < SMALLEST:
            found.append(f"letters of {printed.smallest:.2f} pt")
        problems += [f"{path}: {what}" for what in found]

    assert problems == []


def test_an_indicator_prints_its_figures_in_force_and_every_source_of_theirs(data, open_page):
    part = overview(Plan.objects.get(slug=SLUG), today()).by_code["I-01"].first
    in_force = part.in_force().values()
    page = open_page()
    page.goto(f"{ROOT}indicators/I-01/")

    printed = print_page(page, f"{data}-sources")

    numbers = {row.source.url or row.source.title for row in in_force}
    for url in {row.source.url for row in in_force if row.source.url}:
        assert url in printed.text
    assert f"[{len(numbers)}]" in printed.text
    assert f"[{len(numbers) + 1}]" not in printed.text
    rejected = [row.source.url for row in part.known if row.state == "rejected"]
    assert rejected
    assert not [url for url in rejected if url in printed.text]
    assert "不采用的数据、试算" in printed.text  # where what is left out can be read
    assert "各次发布" not in printed.text


def test_the_overview_prints_what_needs_attention_what_changed_and_sources(data, open_page):
    page = open_page()
    page.goto(ROOT)

    printed = print_page(page, f"{data}-overview-words")

    for words in ("需要关注", "最近变化", "最新数据的来源", "战略平台", "创新集群区", "深汕智造城"):
        assert words in printed.text
    assert ("演示数据本系统载入了虚构的" in printed.text) == (data == "demo")


def test_a_past_day_is_printed_as_of_that_day_with_an_address_that_leads_back(data, open_page):
    page = open_page()
    page.goto(f"{ROOT}indicators/I-07/?as_of=2023-06-30")

    text = print_page(page, f"{data}-past").text

    assert "数据截至2023年6月30日" in text
    assert f"打印于{spelt('zh')}" in text
    assert "/indicators/I-07/?as_of=2023-06-30" in text


@pytest.mark.parametrize("path", ["", "indicators/I-01/"])
def test_paper_is_light_in_the_dark_theme_too_and_has_no_menu(data, open_page, path):
    light, dark = open_page(), open_page(scheme="dark")
    seen = []
    for page in (light, dark):
        page.goto(ROOT + path)
        page.emulate_media(media="print")
        expect(page.locator(".menu").first).to_be_hidden()
        expect(page.locator(".find")).to_be_hidden()
        seen.append(
            page.evaluate(
                """() => ["body", "h1", ".badge", ".sub"].map((name) => {
                  const style = getComputedStyle(document.querySelector(name));
                  return [name, style.color, style.backgroundColor]; })"""
            )
        )
    assert seen[0] == seen[1]
    assert seen[1][0] == ["body", "rgb(22, 32, 43)", "rgb(255, 255, 255)"]


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh", *more("en")])
def test_the_paper_for_a_meeting_is_as_many_sheets_as_it_shows(data, open_page, language):
    """Each is one A4 and none runs over: with a long time since the last meeting and every indicator ticked."""
    page = open_page(language=language)
    codes = [f"I-0{number}" for number in range(1, 9)]
    units = ["demo-a", "demo-c"] if data == "demo" else []
    page.goto(f"{ROOT}brief/?since=2022-07-07&items={','.join([*codes, *units])}")
    expect(page.locator(".sheet")).to_have_count(3 + len(codes) + len(units))

    printed = print_page(page, f"{data}-{language}-brief")

    assert (printed.sheets, printed.is_a4, printed.is_wide) == (3 + len(codes) + len(units), True, False)
    assert printed.smallest >= SMALLEST
    assert "known_by=" in printed.text
    assert {"zh": "放映", "en": "Showonscreen"}[language] not in printed.text
    # As wide as the sheet is between its margins: nothing that it holds is cut off at its foot.
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1043})
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".sheet")].filter((one) => one.scrollHeight > one.clientHeight + 2)
          .map((one) => `${one.ariaLabel} ${one.scrollHeight} > ${one.clientHeight}`)"""
    )
    assert cut == []


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh", *more("en")])
def test_what_nobody_answers_for_is_one_sheet_too(data, open_page, language):
    """With everything overdue before it, it is the second; asked for by itself, the only one."""
    page = open_page(language=language)
    page.goto(f"{ROOT}gaps/")
    units = page.locator(".unit-gaps").count()
    whole = print_page(page, f"{data}-{language}-gaps")
    page.goto(f"{ROOT}gaps/?organisation=-")
    alone = print_page(page, f"{data}-{language}-gaps-nobody")

    assert (whole.sheets, alone.sheets, alone.is_a4, alone.is_wide) == (1 + units, 1, True, False)
    assert min(whole.smallest, alone.smallest) >= SMALLEST
    assert {"zh": "签收人", "en": "Receivedby"}[language] in alone.text
    if data == "plain":
        told = ("A-08.4", "C-11.4", {"zh": "鹏城云脑", "en": "P-1.1-07"}[language])
        assert [words for words in told if words not in alone.text] == []


@pytest.mark.parametrize("language", ["zh", *more("en")])
def test_what_a_unit_owes_is_one_sheet_however_much_it_is(data, open_page, django_db_blocker, language):
    """A unit of the demo; and, of what was really published, one that answers for the whole plan."""
    code = "demo-a"
    if data == "plain":
        code = "all"
        with django_db_blocker.unblock():
            plan = Plan.objects.get(slug=SLUG)
            plan.items.update(lead=Organisation.objects.get_or_create(code=code, name="全市牵头单位")[0])
            touch_plan(plan)
    page = open_page(language=language)
    page.goto(f"{ROOT}units/{code}/")

    printed = print_page(page, f"{data}-{language}-unit")

    assert (printed.sheets, printed.is_a4, printed.is_wide) == (1, True, False)
    assert printed.smallest >= SMALLEST
    assert {"zh": "督办单", "en": "Noticeofoverduematters"}[language] in printed.text
    assert {"zh": "签收人", "en": "Receivedby"}[language] in printed.text
    assert {"zh": "列出前", "en": "attheaddressofthispage"}[language] in printed.text


def test_what_a_bullet_draws_ends_with_its_row(data, open_page):
    page = open_page()
    page.goto(f"{ROOT}indicators/?view=bullet")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1047, "height": 700})

    over = page.evaluate(
        """() => [...document.querySelectorAll(".bullet-row:has(.bullet-words)")].filter((row) => {
          const svg = row.querySelector("svg.bullet");
          const [, cut] = /^inset\\((\\d+)px/.exec(getComputedStyle(svg).clipPath) ?? [0, -99];
          const end = svg.getBoundingClientRect().bottom - cut;
          return end > row.querySelector(".bullet-words").getBoundingClientRect().top + 0.5;
        }).length"""
    )
    assert page.locator(".bullet-row svg.bullet").count() >= 10
    assert over == 0


@pytest.mark.breadth
def test_a_time_line_s_legend_is_printed_with_its_chart_or_not_at_all(data, open_page, drawn):
    page = open_page()
    page.goto(f"{ROOT}platforms/P-1/")
    drawn(page)
    page.emulate_media(media="print")

    assert page.locator(".g-legend").count() == (data == "demo")
    for part in page.locator(".g-legend, .plotted").all():
        expect(part).to_be_hidden()


@pytest.mark.breadth
def test_no_number_of_the_evaluation_report_is_broken_in_two(data, open_page):
    if data == "plain":
        pytest.skip("has no evaluation")
    page = open_page()
    page.goto(f"{ROOT}assessments/rounds/demo-midterm/report/")
    page.emulate_media(media="print")
    # The type area: 156 mm.
    page.set_viewport_size({"width": 590, "height": 850})

    numbers = page.evaluate(
        """() => {
          const found = [];
          for (const cell of document.querySelectorAll(".paper td.n")) {
            const text = cell.firstChild;
            for (const match of text?.data?.matchAll(/[≥≤><]?\\u00a0?[\\d,.–]+(\\u00a0%)?/g) ?? []) {
              const range = document.createRange();
              range.setStart(text, match.index);
              range.setEnd(text, match.index + match[0].length);
              const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
              found.push([match[0], lines.size]);
            }
          }
          return found;
        }"""
    )
    assert len(numbers) > 20
    assert [words for words, lines in numbers if lines != 1] == []
    # One form of number on a sheet: thousands grouped, in targets as well.
    assert "18,600" in [words for words, _lines in numbers]
    assert any("22,000" in words for words, _lines in numbers)
