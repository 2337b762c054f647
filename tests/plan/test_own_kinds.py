"""A plan with kinds of its own: menu, lists, overview, wall, matrix, status and filters follow from them."""

import re
from urllib.parse import quote

import pytest
from django.core.management import call_command

from plan.fixtures import BrokenFixtures, read_plan
from plan.models import Plan
from tests.plan.test_any_plan import INDICATOR, item, write

TEXT = """# 第四章　加快建设

开头的话。

## 第一节　领域甲

做好领域甲。开展甲一任务，细化甲一一任务，再细化甲一一一任务，建设子装置。

## 第二节　领域乙

做好领域乙。

## 专栏1　重大工程

实施丑工程。

## 第三节　指标

研发强度达到7%。
"""
KINDS = """
[[kind]]
key = "field"
name = "领域"
name_en = "Field"
plural_en = "Fields"
prefix = "L"
[[kind]]
key = "task"
name = "任务项"
name_en = "Task item"
parents = ["field", "task"]
[[kind]]
key = "works"
name = "工程"
name_en = "Works"
[[kind]]
key = "thing"
name = "事项"
entry = true
[[kind]]
key = "never"
name = "从不出现的一类"
"""
ENTRY = '  [[item.entry]]\n  code = "事1"\n  kind = "thing"\n  phrase = "子装置"\n'
ITEMS = [
    item("L1", "field", "4.1", "做好领域甲"),
    item("T1", "task", "4.1", "开展甲一任务，细化甲一一任务，再细化甲一一一任务，建设子装置", "L1"),
    item("T1.1", "task", "4.1", "细化甲一一任务，再细化甲一一一任务，建设子装置", "T1"),
    item("T1.1.1", "task", "4.1", "再细化甲一一一任务，建设子装置", "T1.1", ENTRY),
    item("L2", "field", "4.2", "做好领域乙"),
    item("W1", "works", "4.专栏1", "实施丑工程"),
]


def folder(path, *, kinds=KINDS, items=ITEMS):
    write(path, items=items, text=TEXT, indicator=INDICATOR)
    (path / "kinds.toml").write_text(kinds, encoding="utf-8")
    return path


@pytest.fixture
def own(db, tmp_path):
    call_command("load_plan", str(folder(tmp_path / "any")), verbosity=0)
    return Plan.objects.get(slug="any")


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_every_list_and_choice_follows_from_the_kinds_of_the_plan(own, client):
    page = client.get("/any/").content.decode()
    menu = page.split("</nav>")[0]

    for shown in ("/any/kinds/field/", "/any/kinds/works/", "/any/items/"):
        assert f'href="{shown}' in menu
    for away in ("platforms/", "clusters/", "pillars/", "safeguards/", "industries/", "actions/", "kinds/never/"):
        assert f"/any/{away}" not in page, away
    assert "从不出现的一类" not in page
    for address in (
        "",
        "wall/",
        "status/",
        "items/",
        "search/?q=任务",
        "changes/?from=2026-06-01",
        "kinds/field/",
    ):
        answer = client.get(f"/any/{address}")
        assert answer.status_code == 200, address
        assert "从不出现的一类" not in answer.content.decode(), address
    assert "任务项" in words(client.get("/any/status/"))
    choices = client.get("/any/items/").content.decode().split('name="kind"')[1].split("</select>")[0]
    assert re.findall(r'<option value="(\w+)"', choices) == ["indicator", "field", "task", "works", "thing"]


def test_a_kind_of_the_plan_has_a_list_a_file_and_a_time_line(own, client):
    page = words(client.get("/any/kinds/field/"))

    assert "领域 2" in page
    assert "甲一任务" in page
    assert [row["code"] for row in client.get("/any/kinds/field.json").json()["results"]][:2] == ["L1", "T1"]
    assert client.get("/any/kinds/field.csv?header=zh").status_code == 200
    assert client.get("/any/kinds/never/").status_code == 200
    assert client.get("/any/kinds/platform/").status_code == 404
    assert client.get("/any/items/?kind=platform").status_code == 400


def test_what_stands_three_levels_down_is_on_the_page_and_in_the_file(own, client):
    page = client.get("/any/items/L1/").content.decode()

    for code in ("T1", "T1.1", "T1.1.1", "事1"):
        assert f"/any/items/{quote(code)}/" in page, code
    found = client.get("/any/items/L1.json").json()["results"]
    assert [row["code"] for row in found] == ["L1", "T1", "T1.1", "T1.1.1", "事1"]


def test_a_file_calls_kinds_as_the_plan_does(own, client):
    chinese = client.get("/any/items.csv?header=zh").content.decode("utf-8-sig")

    assert "任务项" in chinese
    assert {row["kind"] for row in client.get("/api/v1/any/items/?kind=task").json()["results"]} == {"task"}


def test_without_industries_or_ties_there_is_no_matrix_and_it_is_said(own, client):
    assert "没有关联矩阵" in words(client.get("/any/matrix/"))
    assert client.get("/any/matrix.csv").status_code == 200
    assert client.get("/any/matrix/figure.json").status_code == 404
    assert "/any/matrix/" not in client.get("/any/").content.decode()


def test_a_table_that_the_plan_does_not_print_is_not_named(own, client):
    page = words(client.get("/any/"))

    assert "规划表 1" not in page
    assert "1 项指标，只看 2030 年数据" in page
    wall = words(client.get("/any/wall/"))
    assert "研发强度" in wall


def test_the_standard_kinds_have_lists_of_their_own_at_their_addresses(plan, client):
    assert client.get("/sz-sti-14/kinds/platform/")["Location"] == "/sz-sti-14/platforms/"
    assert "目标维度" in client.get("/sz-sti-14/kinds/goal_dimension/").content.decode()


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([item("X1", "field", "4.1", "做好领域甲")], "X1: 此类别的编码应以 L 开头"),
        ([item("L1", "platform", "4.1", "做好领域甲")], "未知类别 / unknown kind: platform"),
        ([item("T1", "task", "4.1", "开展甲一任务")], "T1: 上级不存在"),
        ([ITEMS[0], item("W1", "works", "4.专栏1", "实施丑工程", "L1")], "W1: 此类别没有上级"),
        ([ITEMS[5], item("T1", "task", "4.1", "开展甲一任务", "W1")], "T1: 上级类别不符"),
    ],
)
def test_items_keep_to_the_kinds_of_their_plan(tmp_path, items, reason):
    with pytest.raises(BrokenFixtures) as refused:
        read_plan(folder(tmp_path / "any", items=items))

    assert reason in str(refused.value)


def test_kinds_that_change_are_read_again(own, tmp_path):
    call_command("load_plan", str(folder(tmp_path / "any", kinds=KINDS.replace("任务项", "事务"))), verbosity=0)

    assert Plan.objects.get(slug="any").items.get(code="T1").get_kind_display() == "事务"
