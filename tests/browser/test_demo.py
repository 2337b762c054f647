"""A training installation as each of its eight people sees it, and as its analyst reads it everywhere.

The demo is loaded once for this file, and gone afterwards.
"""

import csv
import io

import pytest
from django.test import override_settings
from django.urls import resolve
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.permissions import may
from assessments.models import Round
from desk.models import ImportBatch
from indicators.models import Observation, Target
from shenzhen_plan.access import needed
from tests.breadth import more
from tests.browser.accessible import axe_violations
from tests.browser.conftest import SLUG
from tests.browser.sight import CUT, OVERFLOW, SMALL
from tests.browser.test_pages import CHINESE, CHINESE_ALLOWED, LANGUAGES, RULED, looks, turn
from tests.browser.test_wall import see_every_panel
from tests.browser.watch import assert_clean
from tests.states import become_demo, go_back
from updates.models import StatusUpdate

pytestmark = pytest.mark.browser
PEOPLE = ("analyst", "reporter", "reviewer", "evaluator", "official", "system", "security", "audit")
# Pages to read differ between people by the menu alone: who only reads looks at all of them, then the analyst.
READERS = ("official",)
# One address of every kind of page; those of the plan begin without a slash.
READING = (
    "",
    "indicators/",
    "indicators/?view=table",
    "indicators/?view=bullet",
    "indicators/I-07/",
    "indicators/I-04/",
    "methods/",
    "platforms/",
    "platforms/P-1/",
    "pillars/S-2/",
    "industries/G-1/",
    "actions/A-04/",
    "clusters/C-07/",
    "safeguards/",
    "items/?status=behind",
    "items/P-1.1/",
    "items/I-07/history/",
    "items/P-1.1/history/",
    "changes/?from=2025-01-01",
    "changes/?from=2026-01-01&group=day",
    "status/",
    "units/",
    "units/demo-a/",
    "brief/?items=I-01,I-04,demo-a",
    "matrix/",
    "text/",
    "search/?q=量子",
    "?as_of=2023-06-30",
    "guide/",
    "assessments/",
    "assessments/rounds/{published}/",
    "assessments/rounds/{published}/report/",
    "assessments/findings/",
)
WORKING = (
    "home/",
    "assessments/work/",
    "assessments/queue/",
    "assessments/rounds/{round}/board/",
    "data/",
    "data/grid/",
    "review/",
    "data/figures/new/?component=I-08&year=2023",
    "data/figures/{figure}/",
    "data/targets/",
    "data/targets/new/?component=I-07",
    "data/targets/{target}/",
    "data/imports/",
    "data/imports/{batch}/",
    "updates/",
    "updates/{update}/",
    "updates/bulk/?parent=P-1",
    "responsibilities/?parent=P-1",
    "/accounts/me/",
    "/accounts/sessions/",
    "/accounts/tokens/",
    "/accounts/acts/",
    "/accounts/people/",
    "/accounts/people/{person}/",
    "/accounts/organisations/",
    "/accounts/roles/",
    "/accounts/roles/{person}/",
    "/accounts/policy/",
    "/audit/",
    "/audit/chain/",
    "/operations/",
    "/inbox/",
)
# Of another unit: who only reports does not open them.
ELSEWHERE = ("data/targets/{target}/", "data/imports/{batch}/")
# What people typed, and names that have no other language.
TYPED = [*CHINESE_ALLOWED, "textarea", "input", "option", ".who-name", "title"]


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, server, tmp_path_factory):
    """The ids of the rows that addresses name; committed, as the server's threads need them."""
    with django_db_blocker.unblock(), override_settings(DATA_DIR=tmp_path_factory.mktemp("demo")):
        become_demo()
        yield {
            "figure": Observation.objects.filter(state="submitted", component__code="I-08").first().pk,
            "target": Target.objects.filter(state="proposed").first().pk,
            "batch": ImportBatch.objects.first().pk,
            "update": StatusUpdate.objects.filter(state="approved").first().pk,
            "published": Round.objects.get(state="published").code,
            "round": Round.objects.get(state="open").code,
            "person": User.objects.get(username="demo-analyst").pk,
        }
        go_back()


def address(path: str, demo: dict[str, int | str]) -> str:
    path = path.format(**demo)
    return path if path.startswith("/") else f"/{SLUG}/{path}"


def named(path: str) -> str:
    """An address as the name of a picture."""
    return path.strip("/").replace("/", "_").replace("?", "_")


def arrive(page: Page, path: str) -> list[str]:
    """What is wrong with a page before one looks at it: its answer, its banner."""
    answer = page.goto(path, wait_until="load")
    found = [] if answer.status == 200 else [f"answered {answer.status}"]
    if page.locator(".banner.demo").count() != 1:
        found.append("does not say that its data are invented")
    return found


def look(page: Page) -> list[str]:
    """What is cut, or wider than the window."""
    return page.evaluate(OVERFLOW) + page.evaluate(CUT)


@pytest.mark.breadth
@pytest.mark.parametrize("name", ["reporter", *more(*(name for name in PEOPLE if name != "reporter"))])
def test_every_person_sees_whole_and_marked_pages(demo, open_page, sign_in, name):
    """The rules of accessibility are put to what the analyst, who is looked at below, may not open."""
    person, analyst = (User.objects.get(username=f"demo-{who}") for who in (name, "analyst"))
    page = sign_in(open_page(), person)
    working = [address(path, demo) for path in WORKING]
    reading = [address(path, demo) for path in READING] if name in READERS else []
    closed = [address(path, demo) for path in ELSEWHERE] if name == "reporter" else []
    problems = []
    for path in (*reading, *working):
        permission = needed(resolve(path.split("?")[0]).view_name, "GET")
        if path in closed or not may(person, permission):
            answer = page.request.get(path)
            problems += [f"{path}: answered {answer.status}"] if answer.status != 403 else []
            continue
        found = arrive(page, path) + look(page)
        if path in working and not may(analyst, permission):
            found += axe_violations(page)
        problems += [f"{path}: {line}" for line in found]
    assert not problems, "\n" + "\n".join(problems)
    assert_clean(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paths", [WORKING, *more(READING)], ids=["working", "reading"])
def test_the_analyst_reads_it_everywhere(demo, open_page, sign_in, shoot, language, paths):
    person = User.objects.get(username="demo-analyst")
    page = sign_in(open_page(language=language), person)
    problems = []
    for path in (address(path, demo) for path in paths):
        if not may(person, needed(resolve(path.split("?")[0]).view_name, "GET")):
            continue
        found = arrive(page, path)
        if language == "en":
            found += [f"chinese: {line}" for line in page.evaluate(CHINESE, TYPED)]
        for name, scheme, width, height in looks(language):
            turn(page, scheme, width, height)
            seen = look(page)
            if paths is WORKING and (language, name) in RULED:
                seen += axe_violations(page, RULED[language, name])
            shoot(page, f"demo/{language}-{name}/{named(path)}")
            found += [f"{name}: {line}" for line in seen]
        problems += [f"{path}: {line}" for line in found]
        turn(page, "light", 1440, 900)
    assert not problems, "\n" + "\n".join(problems)
    assert_clean(page)


# A stranger, and who works on the most pages; the others of the house at night.
@pytest.mark.breadth
@pytest.mark.parametrize(
    "name",
    [
        "",
        *more("analyst"),
        *(pytest.param(name, marks=pytest.mark.drills) for name in PEOPLE if name != "analyst"),
    ],
)
def test_a_finger_hits_whatever_a_phone_shows(demo, open_page, sign_in, name):
    """44 px, on every page that a person may open; a link within a sentence has its line."""
    page, person = (
        open_page(width=390, height=844, touch=True),
        User.objects.filter(username=f"demo-{name}").first(),
    )
    paths = [*READING, *WORKING] if name in ("analyst", *READERS) else WORKING if person else READING
    if person:
        sign_in(page, person)
    problems = []
    for path in (address(path, demo) for path in paths):
        if person and not may(person, needed(resolve(path.split("?")[0]).view_name, "GET")):
            continue
        page.goto(path, wait_until="load")
        problems += [f"{path}: {line}" for line in page.evaluate(SMALL)]
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.breadth
def test_the_official_finds_the_invented_figures_marked_in_every_file(demo, open_page, sign_in):
    page = sign_in(open_page(), User.objects.get(username="demo-official"))
    page.goto(f"/{SLUG}/indicators/I-07/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载 CSV").click()
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text("utf-8-sig"))))
    assert waiting.value.suggested_filename.startswith("演示数据_")
    assert {row[list(row)[-1]] for row in rows} == {"演示数据"}

    links = page.locator(".foot a[href*='.csv']").evaluate_all("links => links.map(link => link.href)")
    answers = [page.request.get(link) for link in links]
    assert [answer.headers.get("x-demo") for answer in answers] == ["1"] * len(links)
    assert len(links) == 3
    expect(page.locator(".banner.demo")).to_contain_text("仅供培训，不代表实际情况")
    assert_clean(page)


@pytest.mark.breadth
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wall_is_whole_with_the_mark_of_invented_figures(demo, open_page, shoot, language):
    page = open_page(width=1920, height=1080, language=language)

    found = see_every_panel(page, shoot, f"demo-{language}")

    assert not found, "\n".join(found)
    expect(page.locator(".w-demo")).to_be_in_viewport(ratio=1)
    assert_clean(page)
    # On a phone nothing of it stands beside the screen.
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
