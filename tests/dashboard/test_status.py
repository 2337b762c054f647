"""The whole plan by state: every commitment once, missing is never zero."""

import re

import pytest

from dashboard.state_counts import by_chapter
from evidence.models import PublicEvidence
from plan.kinds import kind_table
from plan.models import Item
from plan.params import today
from tests.factories import make_component, make_observation, make_plan

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database

ROOT = "/sz-sti-14/"
KINDS = kind_table(())


def test_every_commitment_is_counted_once(plan, client):
    body = client.get(f"{ROOT}status.json").json()

    expected = plan.items.filter(kind__in=KINDS.counted).count()
    assert sum(row["number"] for row in body["results"]) == expected
    assert f'<h1>全规划状态 <span class="sub">{expected}</span>' in client.get(f"{ROOT}status/").content.decode()


@pytest.mark.breadth
def test_a_number_leads_to_a_list_of_as_many(plan, client):
    html = client.get(f"{ROOT}status/?as_of={today()}").content.decode()
    found = re.findall(rf'href="({ROOT}items/\?kind=[^"]+status=[^"]+)">(\d+)<', html)

    assert found
    for address, number in found[:4]:
        page = client.get(address.replace("&amp;", "&")).content.decode()
        assert f'全部条目 <span class="sub">{number}</span>' in page, address


def test_reported_state_moves_from_unreported(plan, client):
    item = plan.items.filter(kind="measure").first()
    Item.objects.filter(pk=item.pk).update(status="done")

    rows = client.get(f"{ROOT}status.json").json()["results"]

    measures = {row["status"]: row["number"] for row in rows if row["kind"] == "measure"}
    assert measures == {"done": 1, "not_reported": 30}
    html = client.get(f"{ROOT}status/").content.decode()
    assert "1/31" in html


def squares(html: str) -> list[tuple[str, str, str]]:
    """Look, code and name of each square, in the order of the page."""
    found = re.findall(r'<a class="sq (\S+)".*?</a>', html, re.DOTALL)
    texts = [re.sub(r"<i .*?</i>", "", one) for one in re.findall(r'<a class="sq .*?</a>', html, re.DOTALL)]
    codes = [re.search(r'sq-code">\s*(\S+?)\s*</span>', one)[1] for one in texts]
    names = [re.search(r'sq-name">\s*(.*?)\s*</span>', one, re.DOTALL)[1] for one in texts]
    return list(zip(found, codes, names, strict=True))


@pytest.mark.breadth
def test_every_commitment_is_a_square_with_its_code_and_name_in_the_order_of_the_plan(plan, client):
    found = squares(client.get(f"{ROOT}status/?show=all").content.decode())

    items = {item.code: item for item in plan.items.filter(kind__in=KINDS.counted)}
    assert {code for _look, code, _name in found} == set(items)
    assert len(found) == len(items)
    assert all(items[code].label in name.replace("&amp;", "&") for _look, code, name in found)
    tasks = [code for _look, code, _name in found if items[code].kind in ("platform_task", "measure", "area")]
    assert tasks == sorted(tasks, key=lambda code: items[code].order)


@pytest.mark.usefixtures("without_evidence")
def test_a_square_without_a_report_is_empty_and_one_with_has_its_sign(plan, client):
    Item.objects.filter(code="P-1.1").update(status="done")

    html = client.get(f"{ROOT}status/").content.decode()

    looks = {code: look for look, code, _name in squares(html)}
    assert (looks["P-1.1"], looks["P-1.2"]) == ("achieved", "silent")
    assert re.search(r'<i aria-hidden="true">✔</i>\s*P-1\.1<', html)
    assert "pattern" not in html


@pytest.mark.breadth
def test_what_is_public_stands_in_outline_until_the_unit_reports(plan, client):
    row = PublicEvidence.objects.of(plan).approved().filter(item__kind="platform_task").first()

    def look():
        found = squares(client.get(f"{ROOT}status/").content.decode())
        return next((look, "公开信息" in name) for look, code, name in found if code == row.item.code)

    assert look() == ("public", True)
    Item.objects.filter(pk=row.item_id).update(status="done", status_as_of=plan.ends_on)
    assert look() == ("achieved", False)


@pytest.mark.breadth
def test_what_the_squares_show_is_kept_in_the_address(plan, client):
    Item.objects.filter(code="P-1.1").update(status="done")

    def drawn(show):
        return len(squares(client.get(f"{ROOT}status/?show={show}").content.decode()))

    every = plan.items.filter(kind__in=KINDS.counted)
    judged = every.filter(kind="indicator").exclude(status="no_data").count()
    assert drawn("all") == every.count()
    assert drawn("tasks") == every.exclude(kind__in=("project", "point")).count()
    assert drawn("reported") == judged + 1
    assert f'href="{ROOT}status/?show=reported">只看已填报 <span class="sub">{judged + 1}</span>' in (
        client.get(f"{ROOT}status/").content.decode()
    )
    assert client.get(f"{ROOT}status/?show=some").status_code == 400


def test_page_says_what_the_list_of_all_items_has_more(plan, client):
    html = re.sub(r"<[^>]+>", "", client.get(f"{ROOT}status/").content.decode())

    counted, every = plan.items.filter(kind__in=KINDS.counted).count(), plan.items.count()
    assert f"全部条目共 {every} 条：本页的 {counted} 条，加上 {every - counted} 条" in html
    assert "战略平台 4、" in html


@pytest.mark.breadth
def test_after_the_period_unfinished_tasks_have_a_column_that_leads_to_them(plan, client):
    tasks = plan.items.filter(kind="measure")
    codes = list(tasks.values_list("code", flat=True)[:2])
    Item.objects.filter(code=codes[0]).update(status="on_schedule", status_as_of=plan.ends_on)
    Item.objects.filter(code=codes[1]).update(status="behind", status_as_of=plan.starts_on)

    def listed(state):
        return client.get(f"{ROOT}items.json?kind=measure&status={state}").json()["results"]

    html = client.get(f"{ROOT}status/").content.decode()
    assert "期末未完成" in html
    assert [row["code"] for row in listed("unfinished")] == [codes[0]]
    assert [row["code"] for row in listed("unclosed")] == [codes[1]]
    assert [row["status"] for row in listed("unfinished")] == ["on_schedule"]
    assert "期末未完成" not in client.get(f"{ROOT}status/?as_of={plan.ends_on}").content.decode()


def test_legend_names_the_words_of_indicators_worst_first(client, db):
    plan = make_plan()
    make_observation(make_component(plan, "I-01"), 2023, "110", released="2024-03-01")
    for code in ("I-02", "I-03"):
        make_observation(make_component(plan, code, base=None), 2023, "150", released="2024-03-01")

    html = client.get("/test-plan/status/?as_of=2024-06-30").content.decode()
    legend = html.split('<p class="legend">')[1].split("</p>")[0]

    assert re.findall(r"</span> ([^<]+)</span>", legend.split("指标")[1]) == ["滞后", "尚未达到"]
    assert re.search(r'class="verdicts">.*<a href="/test-plan/indicators/\?state=not_yet[^>]*>.*?</span> 2<', html)
    assert ("pending", "I-02") in [
        (look, code) for look, code, name in squares(html) if "尚未达到（2023）" in name
    ]


def test_cells_say_their_state_where_the_head_of_the_table_is_away(plan, client):
    Item.objects.filter(code="P-1.1").update(status="done")

    html = client.get(f"{ROOT}status/").content.decode()

    assert '<table class="data stack states">' in html
    assert re.search(r'<td class="n" data-label="已完成"><a [^>]*status=done">1</a>', html)
    assert '<td class="n blank" data-label="已完成">' in html


def test_indicators_have_the_state_of_the_day(client, db):
    plan = make_plan()
    make_observation(make_component(plan), 2022, "150", released="2023-05-01")

    def states(day):
        return [row["status"] for row in client.get(f"/test-plan/status.json?as_of={day}").json()["results"]]

    assert states("2023-04-30") == ["no_data"]
    assert states("2023-05-01") == ["ahead"]


def test_page_of_an_empty_plan_answers(client, db):
    make_plan()

    assert client.get("/test-plan/status/").status_code == 200
    assert client.get("/test-plan/status.csv").content.decode("utf-8-sig").count("\n") == 1
    assert client.get("/test-plan/matrix/").status_code == 200
    assert client.get("/test-plan/matrix/figure.json").status_code == 200
    assert client.get("/test-plan/wall/").status_code == 200
    assert client.get("/test-plan/methods/").status_code == 200
    assert client.get("/test-plan/indicators/").status_code == 200
    assert client.get("/test-plan/clusters/").status_code == 200
    assert client.get("/test-plan/search/?q=目标").status_code == 200


def test_items_are_filtered_by_chapter(plan, client):
    found = client.get(f"{ROOT}items.json?kind=point&section=5").json()["results"]

    assert {row["section"].split(".")[0] for row in found} == {"5"}
    assert len(found) == plan.items.filter(kind="point", section__number__startswith="5.").count()
    assert client.get(f"{ROOT}items/?section=99").status_code == 400


def test_query_budget_does_not_grow_with_the_rows(plan, client, django_assert_max_num_queries):
    for address in ("status/", "status/?show=all"):
        client.get(ROOT + address)
        with django_assert_max_num_queries(4):
            client.get(ROOT + address)


def test_counting_is_pure_and_keeps_the_order_of_kinds(plan):
    items = plan.items.select_related("section").in_plan_order()

    chapters = by_chapter(plan.kinds, plan.sections.all(), items, {})

    assert [chapter.chapter.number for chapter in chapters] == ["2", "3", "4", "5", "6", "7", "8"]
    for chapter in chapters:
        places = [KINDS.counted.index(kind.kind) for kind in chapter.kinds]
        assert places == sorted(places)
