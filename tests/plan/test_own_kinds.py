"""A plan with kinds of its own: menu, lists, overview, wall, matrix, status and filters follow from them."""

import re
from datetime import date
from urllib.parse import quote

import pytest
from django.core.management import call_command

from evidence.queries import states_on
from plan.fixtures import BrokenFixtures, read_plan
from plan.kind_files import as_tables, declared_kinds
from plan.kinds import kind_table
from plan.models import Plan
from plan.queries import get_plan
from tests.evidence.scene import people, published
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
        ([item("T1", "task", "4.1", "开展甲一任务", "T1")], "T1: 上级成环"),
        (
            [item("T1", "task", "4.1", "开展甲一任务", "T2"), item("T2", "task", "4.1", "细化甲一一任务", "T1")],
            "T2: 上级成环",
        ),
        (
            [ITEMS[0], item("L①a", "field", "4.1", "开展甲一任务"), item("L①A", "field", "4.2", "做好领域乙")],
            "只差大小写",
        ),
        ([ITEMS[0], item("Ｌ1", "field", "4.2", "做好领域乙")], "只差大小写或全半角"),
    ],
)
def test_items_keep_to_the_kinds_of_their_plan(tmp_path, items, reason):
    with pytest.raises(BrokenFixtures) as refused:
        read_plan(folder(tmp_path / "any", items=items))

    assert reason in str(refused.value)


def test_kinds_that_change_are_read_again(own, tmp_path):
    call_command("load_plan", str(folder(tmp_path / "any", kinds=KINDS.replace("任务项", "事务"))), verbosity=0)

    assert Plan.objects.get(slug="any").items.get(code="T1").get_kind_display() == "事务"


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("", {}),
        ('done_by = "thing"\n', {"built": True, "operating": True, "enacted": True, "started": False}),
        ('done_by = "rule"\n', {"built": False, "enacted": True}),
        ('done_by = "progress"\n', {"built": False, "enacted": False}),
    ],
)
def test_a_plan_says_what_fulfils_its_kinds(own, tmp_path, said, there):
    """A statement that a thing was built fulfils what the plan calls a thing, whatever its key."""
    kinds = KINDS.replace('name_en = "Works"\n', f'name_en = "Works"\n{said}')
    call_command("load_plan", str(folder(tmp_path / "any", kinds=kinds)), verbosity=0)
    plan = Plan.objects.get(slug="any")
    analyst, reviewer = people()
    for number, (says, is_there) in enumerate((there or {"built": False}).items(), 1):
        fields = {"says": says, "fact": f"事实{number}", "published_on": date(2026, 6, number)}
        published(plan.items.get(code="W1"), analyst, reviewer, **fields)
        state = states_on(get_plan("any"), date(2026, 7, 1))["W1"]
        assert (says, state.is_there, "有进展" in state.word) == (
            says,
            is_there,
            not is_there and says != "started",
        )


def test_what_goes_without_saying_is_that_entries_to_report_are_things_and_others_rules():
    kinds, faults = declared_kinds(
        [
            {"key": "facility", "name": "装置", "entry": True, "due": True},
            {"key": "clause", "name": "事项", "entry": True},
            {"key": "task", "name": "任务"},
            {"key": "hall", "name": "场馆", "entry": True, "done_by": "thing"},
        ]
    )
    table = kind_table(kinds)
    assert faults == []
    assert {str(kind): kind.traits.fulfilled_by.value for kind in table.values() if kind != "indicator"} == {
        "facility": "thing", "clause": "rule", "task": "progress", "hall": "thing",
    }  # fmt: skip
    assert table.things == ("facility", "hall")
    # What nobody said is not written either: the same folder has the same digest as before.
    assert [kind.get("done_by") for kind in as_tables(kinds)] == [None, None, None, None, "thing"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"key": "hall", "name": "场馆", "done_by": "built"}, "done_by 应为 thing、rule、progress 之一"),
        ({"key": "hall", "name": "场馆", "done_by": 1}, "done_by 应为 thing、rule、progress 之一"),
        ({"key": "indicator", "name": "指标", "done_by": "thing"}, "指标按数据判定"),
    ],
)
def test_what_cannot_fulfil_a_kind_is_refused(table, said):
    assert said in "".join(reason for _entry, reason in declared_kinds([table])[1])


def test_things_of_any_name_are_named_beside_the_commitment_they_belong_to(tmp_path, db, client):
    """Projects of a plan that calls them otherwise: on the list of their fields, and in the report's facts."""
    kinds = KINDS.replace("entry = true\n", "entry = true\ndue = true\n").replace("事项", "装置")
    near = [
        item(
            "L1",
            "field",
            "4.1",
            "做好领域甲。开展甲一任务，细化甲一一任务，再细化甲一一一任务，建设子装置",
            "",
            ENTRY,
        )
    ]
    call_command("load_plan", str(folder(tmp_path / "any", kinds=kinds, items=near)), verbosity=0)
    assert "点名项目 1 个" in words(client.get("/any/kinds/field/"))


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ([{"key": "a", "name": "甲", "parents": ["b"]}, {"key": "b", "name": "乙", "parents": ["a"]}], "成环"),
        ([{"key": "a", "name": "甲", "parents": ["a"]}], "成环"),
        ([{"key": "a", "name": " "}], "缺少字段"),
        ([{"key": "a", "name": "甲"}, {"key": "b", "name": "甲 "}], "同名"),
        ([{"key": "a", "name": "甲" * 61}], "不超过 60 个字"),
        ([{"key": "a", "name": "甲", "parents": [1]}], "没有类别"),
        ([{"key": "a", "name": "甲", "parents": [["b"]]}], "没有类别"),
    ],
)
def test_kinds_that_could_never_be_used_or_told_apart_are_refused(tables, said):
    assert said in "".join(reason for _entry, reason in declared_kinds(tables)[1])


def test_kinds_may_share_a_prefix():
    """Their codes go on counting: which is taken by the one is passed over by the other."""
    own = {"prefix": "T"}
    assert declared_kinds([{"key": "a", "name": "甲"} | own, {"key": "b", "name": "乙"} | own])[1] == []


def test_a_plan_says_which_kinds_are_its_policies():
    law = {"key": "law", "name": "法规", "policy": True}
    kinds, faults = declared_kinds([{"key": "task", "name": "任务"}, law, {"key": "safeguard", "name": "保障"}])
    assert faults == []
    assert kind_table(kinds).policies == ("law", "safeguard")
    assert kind_table(()).policies == ("safeguard",)
    assert [table["policy"] for table in as_tables(kinds) if table["key"] == "law"] == [True]
