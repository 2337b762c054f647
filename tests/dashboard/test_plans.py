"""Several plans: each with its sentence on one page, each led to from every page of the others."""

import io
import re
import zipfile

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard import plans_views
from plan.models import Plan
from plan.services import touch_plans
from tests.plan import small
from tests.plan.test_any_plan import write

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def three(plan, tmp_path):
    """The first plan, one like it in nothing, and one with the standard kinds."""
    call_command("load_plan", str(write(tmp_path / "any")), verbosity=0)
    call_command("load_plan", str(small.write(tmp_path / "small")), verbosity=0)
    return [plan, Plan.objects.get(slug="any"), Plan.objects.get(slug="small")]


def test_each_plan_says_its_sentence(three, client):
    page = client.get("/plans/")

    told = words(page)
    assert "全部规划 3" in told
    for row in three:
        assert row.label in told
        assert f'href="/{row.slug}/' in page.content.decode()
    assert "1 项主要指标：" in told
    assert "8 项主要指标：" in told
    assert client.get("/plans/", {"as_of": "2023-06-30"}).status_code == 200


def test_many_plans_are_read_a_page_at_a_time(three, client, monkeypatch):
    monkeypatch.setattr("dashboard.plans_views.PLANS_A_PAGE", 2)
    one = client.get("/plans/").content.decode()
    two = client.get("/plans/?page=2&q=研究").content.decode()

    assert [one.count("plan-line"), two.count("plan-line")] == [2, 1]
    assert "1 / 2" in one
    assert 'href="?page=2"' in one
    assert "page=1" in two


@pytest.mark.breadth
def test_a_sentence_is_made_once_for_each_state_of_its_plan(three, client, monkeypatch):
    """Of fifty plans with 300 indicators each it took half a minute, at every visit."""
    made = []
    read = plans_views.overview
    monkeypatch.setattr(plans_views, "overview", lambda plan, day: made.append(plan.slug) or read(plan, day))
    cache.clear()
    first, again = client.get("/plans/"), client.get("/plans/")

    assert sorted(made) == ["any", "small", "sz-sti-14"]
    assert words(first) == words(again)
    touch_plans([Plan.objects.get(slug="any")])
    client.get("/plans/")
    assert made[3:] == ["any"]
    client.get("/plans/?as_of=2023-06-30")
    client.get("/plans/", headers={"accept-language": "en"})
    assert len(made) > 6


@pytest.mark.breadth
def test_words_are_looked_for_in_all_plans(three, client):
    told = words(client.get("/plans/?q=研究"))

    assert re.search(r"\d+ 处有“研究”", told)
    assert len(re.findall("处有“研究”", told)) == 3
    assert client.get("/plans/?asof=2023-01-01").status_code == 400


@pytest.mark.breadth
@pytest.mark.parametrize("place", ["", "status/", "indicators/", "gaps/"])
def test_every_page_leads_to_the_same_of_the_others(three, client, place):
    head = client.get(f"/any/{place}?as_of=2026-11-20").content.decode().split("</header>")[0]

    assert f'href="/sz-sti-14/{place}?as_of=2026-11-20"' in head
    assert f'href="/small/{place}?as_of=2026-11-20"' in head
    assert 'href="/plans/?as_of=2026-11-20"' in head


def test_a_page_of_one_commitment_leads_to_the_others_overview(three, client):
    head = client.get("/any/items/重点任务1/").content.decode().split("</header>")[0]

    assert 'href="/sz-sti-14/"' in head


def test_one_plan_alone_offers_no_other(plan, client):
    assert "换规划" not in client.get("/sz-sti-14/").content.decode()


@pytest.mark.parametrize("place", ["", "status/", "items/", "indicators/", "gaps/", "units/", "wall/", "changes/"])
def test_a_second_and_a_third_plan_cost_a_page_no_query(plan, tmp_path, client, place):
    def queries() -> int:
        # Nothing that was kept of the plan as it stood counts.
        touch_plans([plan])
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/sz-sti-14/{place}").status_code == 200
        return len(found)

    alone = queries()
    call_command("load_plan", str(write(tmp_path / "any")), verbosity=0)
    call_command("load_plan", str(small.write(tmp_path / "small")), verbosity=0)

    assert queries() <= alone


def test_feeds_files_and_package_of_all_plans_together(three, client):
    for kind in ("rss", "atom"):
        feed = client.get(f"/plans/changes.{kind}").content.decode()
        assert "十四五" in feed
        assert client.get(f"/plans/changes.{kind}?clock=known").status_code == 200
    one, every = (client.get(f"{root}changes.atom").content.decode() for root in ("/sz-sti-14/", "/plans/"))
    # A change has the same name in both, so that a reader of both tells it once.
    assert re.findall("<entry>.*?<id>(.*?)</id>", one, re.S)[0] in every
    rows = client.get("/plans/reports/items.json").json()["results"]
    assert {row["plan"] for row in rows} == {"sz-sti-14", "any", "small"}
    assert len(rows) == sum(plan.items.count() for plan in three)
    for dataset in ("progress", "observations", "updates"):
        head = (
            client.get(f"/plans/reports/{dataset}.csv?header=code").getvalue().decode("utf-8-sig").split("\r\n")[0]
        )
        assert "plan" in head.split(",")
    assert client.get("/plans/reports/nonsense.csv").status_code == 404
    package = client.get("/plans/package.zip")
    content = b"".join(package.streaming_content) if package.streaming else package.content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert {name.split("/")[0] for name in names} == {"sz-sti-14", "any", "small"}
        assert "any/README.md" in names
    page = client.get("/plans/").content.decode()
    assert 'href="/plans/package.zip"' in page
