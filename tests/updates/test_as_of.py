"""Status on a day: pages, lists, strips, filters, the text, files and the API show what was approved by then."""

import re
from datetime import date

import pytest

BEFORE, AFTER = "?as_of=2023-07-09", "?as_of=2023-07-10"


@pytest.fixture
def known(small, report):
    """P-1.1 done since 2024; known by 10 July 2023 as on schedule, not at all before."""
    first = report(small.task, "approved", progress=30, known_on=date(2023, 7, 10), done="首次填报")
    then = {"status_on": date(2024, 6, 30), "known_on": date(2024, 7, 10)}
    second = report(small.task, "approved", status="done", done="二次填报", **then)
    return first, second


def shown(client, address) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(address).content.decode()))


def test_an_items_page(small, known, client):
    page = f"{small.root}items/P-1.1/"

    before, after, now = shown(client, page + BEFORE), shown(client, page + AFTER), shown(client, page)

    assert "尚未填报" in before
    assert "首次填报" not in before
    assert "首次填报" in after
    assert "二次填报" not in after
    assert "完成 30 %" in after
    assert "二次填报" in now
    assert "此前的填报 1 次" in now


def test_the_strip_and_the_roll_up_of_the_platform(small, known, client):
    page = f"{small.root}platforms/P-1/"

    assert "已填报" not in shown(client, page + BEFORE)
    assert "3 项已报 1 项，平均完成 30 %" in shown(client, page + AFTER)
    assert "3 项已报 1 项，平均完成 100 %" in shown(client, page)
    tip = 'title="不知道的按 0 到 100 % 算，整体在 10 % 到 76.7 % 之间"'
    assert tip in client.get(page + AFTER).content.decode()


def test_the_list_of_platforms_and_the_overview(small, known, client):
    for page in (f"{small.root}platforms/", small.root):
        assert "推进中 1" not in shown(client, page + BEFORE)
        assert "推进中 1、未填报 2" in shown(client, page + AFTER)
        assert "已完成 1、未填报 2" in shown(client, page)


def test_the_status_filter_of_the_list(small, known, client):
    def codes(query):
        return [row["code"] for row in client.get(f"{small.root}items.json{query}").json()["results"]]

    def listed(query):
        return "条目P-1.1" in shown(client, f"{small.root}items/{query}")

    assert codes(f"{BEFORE}&status=not_reported") == ["P-1", "P-1.1", "P-1.2", "P-1.3"]
    assert codes(f"{AFTER}&status=not_reported") == ["P-1", "P-1.2", "P-1.3"]
    assert codes(f"{AFTER}&status=on_schedule") == ["P-1.1"]
    assert codes("?status=on_schedule") == []
    assert codes("?status=done") == ["P-1.1"]
    assert [listed(f"{AFTER}&status=on_schedule"), listed(f"{AFTER}&status=done")] == [True, False]


def test_the_api_filters_and_shows_the_status_of_the_day(small, known, client):
    api = f"/api/v1/{small.plan.slug}/items/"

    then = client.get(f"{api}{AFTER}&status=on_schedule").json()["results"]

    assert [(row["code"], row["status"], row["progress"]) for row in then] == [
        ("P-1.1", "on_schedule", "0.300000")
    ]
    assert client.get(f"{api}?status=on_schedule").json()["count"] == 0
    assert client.get(f"{api}P-1.1/{BEFORE}").json()["status"] == "not_reported"


def test_the_annotated_text(small, known, client):
    small.task.start, small.task.end = 0, 4
    small.task.save()

    assert "0 有状态" in shown(client, f"{small.root}text/{BEFORE}")
    assert "1 有状态" in shown(client, f"{small.root}text/{AFTER}")


def test_an_update_is_not_there_before_its_approval(small, known, client):
    first, second = known

    assert client.get(f"{small.root}updates/{second.pk}/{AFTER}").status_code == 404
    assert client.get(f"{small.root}updates/{first.pk}/{AFTER}").status_code == 200
    assert "经办记录" not in shown(client, f"{small.root}updates/{first.pk}/")


def test_the_file_and_the_api_of_updates(small, known, client, report):
    report(small.tasks[1], "submitted")
    api = f"/api/v1/{small.plan.slug}/updates/"

    def days(address):
        return [row["status_on"] for row in client.get(address).json()["results"]]

    assert days(f"{small.root}updates.json{BEFORE}") == []
    assert days(f"{small.root}updates.json{AFTER}") == ["2023-06-30"]
    assert days(f"{small.root}updates.json") == ["2023-06-30", "2024-06-30"]
    assert days(f"{api}{AFTER}") == ["2023-06-30"]
    assert days(f"{api}?status=done&item=P-1.1") == ["2024-06-30"]
    assert days(f"{api}?since=2023-07-11") == ["2024-06-30"]
    assert days(f"{api}?item=P-1.2") == []
    for query in ("item=P-9", "status=fine", "since=soon", "since=2999-01-01"):
        assert client.get(f"{api}?{query}").status_code == 400


def test_the_columns_are_a_contract(small, known, client):
    csv = client.get(f"{small.root}updates.csv").content.decode("utf-8-sig").splitlines()
    row = client.get(f"/api/v1/{small.plan.slug}/updates/").json()["results"][0]

    assert csv[0] == ",".join(row)
    assert row | {"url": ""} == {
        "plan": "test-plan",
        "item": "P-1.1",
        "title": "条目P-1.1",
        "kind": "platform_task",
        "organisation": "科技局",
        "status_on": "2023-06-30",
        "status": "on_schedule",
        "progress": "30.00",
        "done": "首次填报",
        "problems": "",
        "next_steps": "",
        "milestones": [],
        "attachments": [],
        "known_on": "2023-07-10",
        "url": "",
    }


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("page", "budget"),
    [
        ("platforms/", 6),
        ("platforms/P-1/", 10),
        ("items/?status=on_schedule", 12),
        ("text/", 14),
        # Twelve more: whether the plan is a demo, the rule, the audit row of the file with how often a stranger
        # took it within the hour (a look, two rows, a savepoint around them), and its row in the register.
        ("updates.json", 16),
    ],
)
def test_a_past_day_costs_the_same_for_one_and_three(
    small, report, client, django_assert_max_num_queries, page, budget, number
):
    for item in small.tasks[:number]:
        report(item, "approved", known_on=date(2023, 7, 10))
    mark = "&" if "?" in page else "?"

    with django_assert_max_num_queries(budget):
        client.get(f"{small.root}{page}{mark}as_of=2023-08-01")
