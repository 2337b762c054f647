"""The first plan and the next one as printed, side by side: every page, feed, file and report of both.

Where the printed chapters are not at hand, the second is a plan that is like the first in nothing.
"""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.models import Component
from plan.fixtures import read_text
from plan.models import Plan
from plan.services import touch_plans
from tests.breadth import more
from tests.factories import make_observation
from tests.plan import printed, small, test_any_plan, test_own_kinds

PAGES = (
    "", "indicators/", "indicators/?view=bullet", "items/", "text/", "search/?q=科技", "status/", "gaps/",
    "units/", "changes/", "matrix/", "wall/", "brief/", "evidence/", "methods/", "releases/", "reports/",
    "assessments/", "guide/", "version.json",
)  # fmt: skip
FILES = (
    "indicators.csv?header=zh", "indicators.json", "wide.csv", "observations.csv", "items.csv?header=zh",
    "items.json", "status.csv", "gaps.csv?header=zh", "units.json", "matrix.csv", "evidence.csv", "changes.csv",
    "changes.rss", "changes.atom", "package.zip", "brief.docx", "reports/file/?dataset=items&format=xlsx",
    "reports/file/?dataset=progress&format=csv", "reports/file/?dataset=updates&format=csv",
)  # fmt: skip
API = ("items/", "indicators/", "observations/", "changes/", "assessments/", "evidence/", "releases/")
CONTINUED = 'continues = "sz-sti-14/I-05"'


def indicator() -> str:
    words = "技术合同成交额超过2000亿元"
    table = small.indicator("指标5", "指标5", "技术合同成交额", words, "亿元", "2000").replace("2025", "2030")
    table = table.replace('section = "1"', 'section = "{section}"').replace("in_table = true\n", "")
    return table + f"  {CONTINUED}\n"


def as_printed(path):
    """The folder of the printed chapters: own kinds, printed numbers, an indicator that goes on from the first."""
    text = printed.text()
    sections, paragraphs = read_text(text)
    words = "全社会研发投入强度"
    place = next(row for row in paragraphs if words in row.text)
    table = indicator().replace("{section}", place.section).replace("技术合同成交额超过2000亿元", words)
    test_any_plan.write(
        path, text=text, plan=printed.PLAN, indicator=table, items=[printed.items(sections, paragraphs)]
    )
    (path / "observations.csv").unlink()
    (path / "kinds.toml").write_text(printed.KINDS, encoding="utf-8")
    return path


@pytest.fixture(params=["own", *more("printed")])
def second(request, plan, tmp_path):
    if request.param == "own":
        call_command("load_plan", str(test_own_kinds.folder(tmp_path / "second")), verbosity=0)
        return Plan.objects.get(slug="any")
    if not printed.SOURCE.exists():
        pytest.skip("the chapters of the second plan are not at hand")
    call_command("load_plan", str(as_printed(tmp_path / "second")), verbosity=0)
    found = Plan.objects.get(slug="second")
    make_observation(Component.objects.get(indicator__plan=found), 2026, "1900", released="2026-11-01")
    touch_plans([found])
    return found


@pytest.mark.breadth
def test_every_page_feed_file_and_report_works_with_both(plan, second, client):
    for slug in (plan.slug, second.slug):
        for page in (*PAGES, *FILES):
            answer = client.get(f"/{slug}/{page}")
            assert answer.status_code in (200, 302), f"/{slug}/{page}"
        for page in API:
            assert client.get(f"/api/v1/{slug}/{page}").status_code == 200, page
    assert client.get("/plans/?q=科技").status_code == 200
    told = client.get("/api/v1/plans/").content.decode()
    assert f'"{plan.slug}"' in told
    assert f'"{second.slug}"' in told


def test_every_commitment_of_the_second_has_its_page(plan, second, client):
    items = second.items.all()

    assert items
    for item in items:
        assert client.get(item.path(second.slug)).status_code == 200, item.code


def test_nothing_of_the_first_plan_is_on_the_second_s_pages(plan, second, client):
    for page in ("", "status/", "items/", "wall/", "indicators/"):
        told = client.get(f"/{second.slug}/{page}").content.decode().split('class="kinds plans"')
        told = told[0] + told[-1].split("</details>", 1)[-1]
        for word in ("战略平台", "创新集群区", "规划表 1", "支撑任务"):
            assert word not in told, f"{page}: {word}"


def test_printed_numbers_are_kept(plan, tmp_path):
    if not printed.SOURCE.exists():
        pytest.skip("the chapters of the second plan are not at hand")
    call_command("load_plan", str(as_printed(tmp_path / "second")), verbosity=0)
    found = Plan.objects.get(slug="second")

    numbers = list(found.sections.values_list("number", flat=True))
    assert numbers[:5] == ["0", "2", "2.1", "2.2", "2.3"]
    assert {"4", "4.1", "4.1.1", "4.6.3"} <= set(numbers)
    assert found.items.filter(parent__parent__kind="field").exists(), "a task below a task"


@pytest.mark.parametrize("place", ["", "status/", "indicators/", "items/", "gaps/"])
def test_budgets_hold_beside_another_plan(plan, second, client, place):
    def queries(slug: str) -> int:
        touch_plans([Plan.objects.get(slug=slug)])
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/{slug}/{place}").status_code == 200
        return len(found)

    # Of the same page, a plan of a few dozen commitments asks no more than one of six hundred.
    assert queries(second.slug) <= queries(plan.slug) + 2
