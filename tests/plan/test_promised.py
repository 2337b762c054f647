"""What was promised and what is public stand where nobody has reported; bars come with the first report."""

import re

import pytest

from plan.models import Item
from plan.promised import quantities
from tests.factories import make_item, make_plan

ROOT = "/sz-sti-14/"


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_clauses_with_a_quantity_are_found_and_names_and_years_are_not():
    assert quantities(["到 2025 年，组织实施市级以上科技攻关项目超过 1000 项。支持5G、8K与未来产业。"]) == [
        "组织实施市级以上科技攻关项目超过 1000 项"
    ]
    assert quantities(["国家级高新技术企业突破 2.2 万家", "比重达到 5.5%-6%，比重达到 5.5%-6%"]) == [
        "国家级高新技术企业突破 2.2 万家",
        "比重达到 5.5%-6%",
    ]
    assert quantities(["建设2个中心，新建30平方公里"]) == ["建设2个中心", "新建30平方公里"]
    assert quantities(["规划建设一批平台", "连续十年", "科技创新 2030 重大项目"]) == []


def test_overview_of_a_plan_without_reports_names_tasks_projects_and_what_is_public(plan, client):
    html = client.get(ROOT).content.decode()
    platforms = text(html.split('class="of-platform"')[1].split("</section>")[0])

    task = plan.items.filter(kind="platform_task").first()
    assert "strip-bar" not in html.split('id="commitments"')[1]
    assert "12 项任务尚无单位填报" in platforms
    assert task.label in platforms
    assert "点名项目" in platforms
    assert "已建成、投用或成立" in platforms
    assert "在建或仍在推进" in platforms


def test_bars_of_a_group_come_with_its_first_report_and_not_before_that_day(plan, client):
    Item.objects.filter(code="P-1.1").update(status="done")

    html = client.get(ROOT).content.decode()

    assert "strip-bar" in html.split('class="of-platform"')[1].split("</section>")[0]
    assert "strip-bar" not in html.split('class="of-action"')[1].split("</section>")[0]


@pytest.mark.breadth
def test_lists_of_a_plan_without_reports_hold_no_bar_and_no_empty_time_line(plan, client):
    for path in (
        "platforms/",
        "pillars/",
        "actions/",
        "clusters/",
        "clusters/?view=table",
        "safeguards/",
        "industries/",
    ):
        html = client.get(ROOT + path).content.decode()
        assert "strip-bar" not in html, path
        assert 'id="timeline"' not in html, path
    page = client.get(f"{ROOT}items/P-1.1/").content.decode()
    assert 'id="timeline"' not in page


def test_lists_give_each_public_statement_with_its_source(plan, client):
    html = client.get(f"{ROOT}platforms/").content.decode()

    sourced = html.split('class="entries sourced"')[1].split("</ul>")[0]
    assert 'rel="noreferrer"' in sourced
    assert re.search(r"\d{4}-\d\d", sourced)


def test_a_quantity_of_the_plan_is_shown_in_its_words(client, db):
    plan = make_plan()
    top = make_item(plan, "P-1", "platform")
    Item.objects.filter(pk=make_item(plan, "P-1.1", parent=top).pk).update(quote="新建实验室 12 个，引进人才。")

    html = client.get("/test-plan/").content.decode()

    assert "“新建实验室 12 个”" in html
    assert "“新建实验室 12 个”" in client.get("/test-plan/platforms/").content.decode()
