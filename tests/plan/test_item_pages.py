"""A commitment's page: the plan's words with what stands in them, what it is made of, each tie once."""

import re

import pytest

from accounts.models import Organisation
from plan.models import Item
from plan.queries import words_of

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database

ROOT = "/sz-sti-14/"


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_action_whose_words_are_a_heading_shows_what_stands_under_it(plan, client):
    html = client.get(f"{ROOT}actions/A-01/").content.decode()

    quote = html.split('class="quote"')[1].split("</blockquote>")[0]
    assert "积极承担或参与国家科技创新 2030 重大项目" in re.sub(r"<[^>]+>", "", quote)
    assert re.search(r'href="/sz-sti-14/items/A-01.1/" title="A-01.1 举措">加强前瞻布局</a>', quote)
    assert f'href="{ROOT}items/A-01.1-01/"' in quote
    assert "汇聚行动" not in quote


def test_words_are_the_quote_with_links_and_nothing_more(plan):
    task = plan.items.get(code="P-1.1")

    (pieces,) = words_of(task, plan.items.filter(parent=task))

    assert "".join(piece.text for piece in pieces) == task.quote
    assert sum(piece.item is not None for piece in pieces) == plan.items.filter(parent=task).count()


@pytest.mark.breadth
def test_words_of_every_item_are_whole(plan):
    items = plan.items.select_related("paragraph", "section").exclude(kind="indicator")

    assert items
    for item in items:
        pieces = words_of(item, plan.items.filter(parent=item))[0]
        assert "".join(piece.text for piece in pieces) == item.quote, item.code


def test_words_within_a_sentence_are_told_apart_in_it(plan, client):
    item = plan.items.get(code="O-1.2-01")

    quote = (
        client.get(f"{ROOT}items/O-1.2-01/").content.decode().split('class="quote"')[1].split("</blockquote>")[0]
    )

    assert f"<mark>{item.title}</mark>" in quote
    assert "战略科技力量体系建设取得重大进展，" in quote


def test_platform_shows_the_states_of_its_tasks_and_none_of_its_own(plan, client):
    Item.objects.filter(code="P-1.1").update(status="done")

    facts = client.get(f"{ROOT}platforms/P-1/").content.decode().split('class="facts"')[1].split("</dl>")[0]

    assert "已完成 1、未填报 2" in text(facts)
    assert 'class="badge' not in facts


def test_list_of_all_items_shows_the_same_and_verdicts_of_indicators(plan, client):
    Item.objects.filter(code="P-1.1").update(status="done")

    html = client.get(f"{ROOT}items/?kind=platform").content.decode()
    indicators = client.get(f"{ROOT}items/?kind=indicator").content.decode()

    assert "已填报 1/3" in html
    assert html.count("未填报 3") + html.count("已填报 0/3") >= 3
    assert "见判定" not in indicators
    assert indicators.count('class="badge') == plan.items.filter(kind="indicator").count()


def test_every_project_has_a_state_an_organisation_and_a_day(plan, client):
    own = Organisation.objects.create(code="sti", name="科技局")
    Item.objects.filter(code="P-1.1").update(lead=own)
    done = {"status": "done", "status_as_of": "2025-06-30"}
    Item.objects.filter(code="P-1.1-01").update(**done)

    table = client.get(f"{ROOT}items/P-1.1/").content.decode().split('class="data parts')[1].split("</table>")[0]

    entries = plan.items.filter(parent__code="P-1.1").count()
    assert table.count("<tr>") - 1 == entries
    assert table.count("科技局") == entries
    assert table.count("未填报") == entries - 1
    assert "2025-06-30" in table


def test_task_unfinished_after_the_end_keeps_its_report_beside_it(plan, client):
    Item.objects.filter(code="P-1.1").update(status="on_schedule", progress="0.78", status_as_of="2026-06-30")

    now = text(client.get(f"{ROOT}items/P-1.1/").content.decode())
    then = text(client.get(f"{ROOT}platforms/P-1/").content.decode())

    assert "✕ 期末未完成" in now
    assert "单位报告：完成 78 %，2026年6月30日" in re.sub(r"(?<=[：，]) | (?=[：，])", "", now)
    assert "推进中" not in now
    assert "期末未完成" in then


def test_each_commitment_is_named_once_among_the_ties(plan, client):
    html = client.get(f"{ROOT}platforms/P-1/").content.decode()
    ties = html.split('id="links"')[1].split("</section>")[0]

    assert ties.count(f'href="{ROOT}items/A-07.1/"') == 1
    assert ties.split("A-07.1")[2].split("</li>")[0].count('class="tag"') == 2


def test_industry_names_who_focuses_on_it_once_with_every_name(plan, client):
    html = client.get(f"{ROOT}industries/G-4/").content.decode()
    focusing = html.split("谁聚焦这一产业")[1].split("</section>")[0]

    assert focusing.count(f'href="{ROOT}clusters/C-11/"') == 1
    assert focusing.split("clusters/C-11/")[1].split("</li>")[0].count('class="chip"') == 3


def test_a_commitment_leads_to_its_section_to_what_it_is_below_and_to_its_neighbours(plan, client):
    html = client.get(f"{ROOT}items/P-1.2/?as_of=2024-06-30").content.decode()
    crumbs = html.split('class="crumbs"')[1].split("</nav>")[0]
    near = html.split('class="siblings"')[1].split("</nav>")[0]

    above = re.findall(r'href="([^"?]+)\?as_of=2024-06-30"', crumbs)
    assert above == [f"{ROOT}platforms/", f"{ROOT}platforms/P-1/"]
    assert re.findall(r'href="([^"?]+)\?as_of=2024-06-30" rel="(\w+)"', near) == [
        (f"{ROOT}items/P-1.1/", "prev"),
        (f"{ROOT}items/P-1.3/", "next"),
    ]
    assert re.search(rf'href="{ROOT}platforms/[^"]*" aria-current="page"', html)


def test_in_english_one_commitment_stands_under_a_word_for_one(plan, client):
    def of(address, **asked):
        return client.get(f"{ROOT}{address}", {"lang": "en"} | asked).content.decode()

    of_list = of("items/", kind="platform_task")
    assert set(re.findall(r'data-label="Kind">([^<]+)</td>', of_list)) == {"Platform task"}
    assert '<option value="platform_task" selected>Platform tasks</option>' in of_list
    task, platform = of("items/P-1.2/"), of("platforms/P-1/")
    assert ">Strategic platforms</a> /" in task.split('class="crumbs"')[1].split("</nav>")[0]
    assert text(platform.split('<h2 id="parts">')[1].split("</h2>")[0]).split() == ["Platform", "tasks", "3"]
    assert '<span class="tag">Project</span>' in platform
    found = of("search/", q="P-1.2")
    assert [text(head).split()[:2] for head in re.findall(r"<h2[^>]*>(.*?)</h2>", found, re.S)] == [
        ["Platform", "tasks"]
    ]


def test_the_history_of_an_indicator_lights_up_the_indicators(plan, client):
    html = client.get(f"{ROOT}items/I-01/history/").content.decode()

    assert re.search(rf'href="{ROOT}indicators/" aria-current="page"', html)
    assert f'href="{ROOT}items/" aria-current' not in html


def test_a_state_is_asked_of_tasks_alone(plan, client):
    Item.objects.filter(code__in=["I-07", "P-1.1"]).update(status="behind", status_as_of="2024-06-30")

    rows = client.get(f"{ROOT}items.json?status=behind").json()["results"]

    assert [row["code"] for row in rows] == ["P-1.1"]
