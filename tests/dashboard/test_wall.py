"""The wall: whole without a script, a fragment for the script, parameters refused by name."""

import re

import pytest

from evidence.models import PublicEvidence
from evidence.queries import forget
from indicators.models import Indicator
from plan.models import Item
from tests.factories import make_component, make_item, make_observation, make_plan

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database

ROOT = "/sz-sti-14/wall/"


def test_page_holds_all_panels_and_refreshes_itself_without_a_script(plan, client):
    html = client.get(ROOT).content.decode()

    names = [panel.split()[0] for panel in panels(html)]
    assert panels(html)[0].startswith("8 项主要指标：")
    assert names[1:4] == ["需要关注", "主要指标", "主要指标"]
    assert names[-1] == "最近公布"
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in html
    assert "style=" not in html
    assert "暂无数据" in html


def test_fragment_is_the_panels_alone(plan, client):
    html = client.get(ROOT + "?fragment=1").content.decode().strip()

    assert html.startswith('<section class="w-panel')
    assert html.endswith("</section>")
    assert "<html" not in html


def test_day_is_kept_and_said(plan, client):
    html = client.get(ROOT + "?as_of=2023-06-30").content.decode()

    assert 'data-fragment="/sz-sti-14/wall/?fragment=1&amp;as_of=2023-06-30"' in html
    assert "截至 2023年6月30日" in html


@pytest.mark.parametrize("query", ["turn=0", "turn=x", "refresh=99999", "fragment=2"])
def test_bad_parameter_is_named(plan, client, query):
    response = client.get(f"{ROOT}?{query}")

    assert response.status_code == 400
    assert query.split("=")[0] in response.content.decode()


def test_query_budget(plan, client, django_assert_max_num_queries):
    client.get(ROOT)
    with django_assert_max_num_queries(5):
        client.get(ROOT)


def panels(html: str) -> list[str]:
    """The words of each panel."""
    found = re.findall(r'<section class="w-panel.*?</section>', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", panel).split()) for panel in found]


def test_the_first_panel_says_the_sentence_and_has_a_cell_for_each_indicator(client, db):
    plan = make_plan()
    for code, value in (("I-01", "250"), ("I-02", "150")):
        make_observation(make_component(plan, code), 2025, value, released="2026-03-01")
    make_observation(make_component(plan, "I-03"), 2025, "250", released="2026-03-01", value_status="preliminary")

    overall = panels(client.get("/test-plan/wall/").content.decode())[0]

    assert overall.startswith("3 项主要指标： 2 项已达目标 （1 项初步）， 1 项未达目标 。")
    assert "2025 年期末数据已公布 3/3 项。" in overall
    assert "I-01 ✔ 250 件 · 已达目标 · 2025 I-02 ✕ 150 件 · 未达目标 · 2025 I-03 ✔ 250" in overall


@pytest.mark.breadth
@pytest.mark.parametrize("page", ["", "wall/"])
def test_no_line_ends_between_a_share_and_its_sign(client, plan, page):
    html = client.get(f"/{plan.slug}/{page}?as_of=2026-03-01").content.decode()

    assert '2 项为目标的 <span class="whole">91 %</span>、<span class="whole">71 %</span></' in html


def test_a_card_is_known_by_the_final_verdict_once_there_is_one(client, db):
    plan = make_plan()
    for code, year, value in (("I-01", 2025, "150"), ("I-02", 2024, "150")):
        make_observation(make_component(plan, code), year, value, released="2026-03-01")

    indicators = next(
        panel for panel in panels(client.get("/test-plan/wall/").content.decode()) if panel.startswith("主要指标")
    )

    missed, open_still = indicators.split("I-02", 1)
    assert missed.rstrip().endswith("✕ 未达目标")
    assert open_still.rstrip().endswith("◐ 偏慢 · 2024")


def test_pillars_have_a_panel_and_are_counted_as_on_the_overview(plan, client):
    Item.objects.filter(kind="pillar_task").update(status="done")

    found = panels(client.get(ROOT).content.decode())

    number = plan.items.filter(kind="pillar_task").count()
    every = plan.items.filter(kind__in=("platform_task", "pillar_task", "measure", "area")).count()
    assert any(panel.startswith(f"战略支撑 已填报 {number}/{number} ") for panel in found)
    assert f"任务填报 {number}/{every}" in found[0]


def test_what_is_in_no_table_is_said_once(client, db):
    plan = make_plan()
    for code in ("I-01", "T-01"):
        make_observation(make_component(plan, code), 2023, "110", released="2024-03-01")
    Indicator.objects.filter(code="T-01").update(in_table=False)

    attention = next(
        panel for panel in panels(client.get("/test-plan/wall/").content.decode()) if panel.startswith("需要关注")
    )

    assert attention.count("T-01") == 1
    assert "T-01" in attention.split("正文中的量化承诺")[1]
    Indicator.objects.filter(code="I-01").delete()
    assert "没有滞后或缺数据的指标" not in client.get("/test-plan/wall/").content.decode()


def test_the_first_panel_in_english(client, db):
    plan = make_plan()
    make_item(plan, "P-1.1", parent=make_item(plan, "P-1", "platform"), status="done")
    make_observation(make_component(plan), 2025, "250", released="2026-03-01", value_status="preliminary")

    overall = panels(client.get("/test-plan/wall/", headers={"accept-language": "en"}).content.decode())[0]

    assert "1 main indicator: 1 has met its target (preliminary)." in overall.replace(" .", ".").replace("  ", " ")
    assert "Tasks reported 1/1" in overall


def test_plan_without_anything_says_so(client, db):
    make_plan()

    (only,) = panels(client.get("/test-plan/wall/").content.decode())

    assert only == "总体情况 这份规划还没有录入指标和任务。录入之后，这里会自动显示。"


def test_indicators_without_figures_are_no_zeros(client, db):
    make_component(make_plan())

    overall, _attention, indicators = panels(client.get("/test-plan/wall/").content.decode())

    assert overall.startswith("1 项主要指标： 1 项从未公布 。")
    assert "暂无数据" in indicators


def test_each_task_is_a_cell_with_the_sign_of_its_state_and_many_are_a_bar(client, db):
    plan = make_plan()
    few, many = (make_item(plan, code, "platform") for code in ("P-1", "P-2"))
    for number, status in enumerate(("not_reported", "done", "done"), 1):
        make_item(plan, f"P-1.{number}", parent=few, status=status)
    for number in range(1, 10):
        make_item(plan, f"P-2.{number}", parent=many, status="done" if number < 3 else "not_reported")

    html = client.get("/test-plan/wall/").content.decode()

    platforms = next(panel for panel in panels(html) if panel.startswith("战略平台"))
    assert platforms.startswith("战略平台 已填报 4/12 条目P-1 已完成 2、未填报 1 ✔ ✔ – 2/3 条目P-2")
    assert '<rect class="achieved" x="0" width="2" height="6"/>' in html


def test_many_indicators_and_platforms_take_more_panels(client, db):
    plan = make_plan()
    for number in range(1, 6):
        make_component(plan, f"I-0{number}")
    for number in range(1, 13):
        make_item(plan, f"P-{number}.1", parent=make_item(plan, f"P-{number}", "platform"), status="done")

    found = panels(client.get("/test-plan/wall/").content.decode())

    assert [panel[:8] for panel in found if panel.startswith("主要指标")] == ["主要指标 1/2", "主要指标 2/2"]
    assert [panel[:8] for panel in found if panel.startswith("战略平台")] == ["战略平台 1/2", "战略平台 2/2"]
    assert all(sum(f"条目P-{number} " in panel for panel in found) == 1 for number in range(1, 13))


def test_a_group_without_a_report_shows_promises_and_what_is_public_and_the_others_nothing(plan, client):
    found = panels(client.get(ROOT).content.decode())

    platforms = next(panel for panel in found if panel.startswith("战略平台"))
    first = plan.items.filter(kind="platform_task").first()
    assert platforms.startswith("战略平台 1/2 尚无单位填报 光明科学城")
    assert first.label in platforms
    assert "公开信息" in platforms
    assert "0/3" not in "".join(found)
    PublicEvidence.objects.all().delete()
    forget()
    found = panels(client.get(ROOT).content.decode())
    assert not [panel for panel in found if panel.startswith(("行动", "创新集群区"))]
    Item.objects.filter(pk=first.pk).update(status="done")
    assert any("已填报 1/12" in panel for panel in panels(client.get(ROOT).content.decode()))
