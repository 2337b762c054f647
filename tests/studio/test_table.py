"""Items of a draft leave as a workbook and come back: seen cell by cell, taken in as one step, taken back."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from plan.models import Plan
from studio import publishing
from studio.choosing import waiting
from studio.models import PlanDraft
from tests.factories import make_person
from tests.studio.test_pages import FORM, TEXT, signed_in

pytestmark = pytest.mark.django_db
ROOT = "/studio/some-31/"


@pytest.fixture
def planner():
    client = signed_in("maker")
    client.post("/studio/", FORM)
    client.post(f"{ROOT}text/", {"raw": TEXT, "edition": 1, "then": "text"})
    row = draft()
    numbers = [one.number for one in waiting(row.held, row.template)]
    key = client.get(f"{ROOT}commitments/").context["text_key"]
    client.post(f"{ROOT}decide/", {"act": "accept-", "n": numbers, "text_key": key})
    return client


def draft() -> PlanDraft:
    return PlanDraft.objects.get(slug="some-31")


def rows(client) -> list[list]:
    book = load_workbook(io.BytesIO(client.get(f"{ROOT}items.xlsx").content))
    return [[cell.value for cell in line] for line in book["数据"]]


def sent(client, lines: list[list]):
    book, kept = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    for cell in (cell for line in book.active for cell in line if cell.data_type == "f"):
        cell.data_type = "s"  # typed as text, as our own file has it
    book.save(kept)
    kept.seek(0)
    kept.name = "items.xlsx"
    return client.post(f"{ROOT}table/", {"file": kept})


def applied(client, answer, **data):
    form = {"then": "apply", "changes": answer.context["changes"], "edition": draft().edition}
    return client.post(f"{ROOT}table/", form | data)


@pytest.mark.breadth
def test_a_table_that_comes_back_unchanged_changes_nothing(planner):
    answer = sent(planner, rows(planner))
    assert (answer.context["changed"], answer.context["refused"]) == ([], [])
    assert answer.context["same"] == len(draft().held.items)


def test_what_was_edited_is_shown_taken_in_and_taken_back(planner):
    table = rows(planner)
    place = {name: at for at, name in enumerate(table[0])}
    unit = next(line for line in table if line[place["类别"]] == "指标")
    named = next(line for line in table if line[place["标题"]] == "科学城")
    unit[place["单位"]], unit[place["英文单位"]], unit[place["标题"]] = "％", "%", "=1+1"
    named[place["英文标题"]], named[place["权重"]] = "Science city", 2.5
    before = draft().held.as_json()
    answer = sent(planner, table)
    page = answer.content.decode()
    assert (len(answer.context["changed"]), answer.context["number"]) == (2, 5)
    assert "<ins>Science city</ins>" in page
    assert draft().held.as_json() == before
    applied(planner, answer, leave=str(unit[0]))
    item = draft().held.items[str(named[0])]
    assert (item.title_en, item.weight) == ("Science city", "2.5")
    assert draft().held.items[str(unit[0])].numbers == before["items"][str(unit[0])]["numbers"]
    applied(planner, answer)
    # A title may begin with any sign; no file of ours runs it.
    assert draft().held.items[str(unit[0])].title == "=1+1"
    book = load_workbook(io.BytesIO(planner.get(f"{ROOT}items.xlsx").content))
    cell = next(line[place["标题"]] for line in book["数据"] if line[place["标题"]].value == "=1+1")
    assert cell.data_type == "s"
    planner.post(f"{ROOT}undo/", {"to": "draft"})
    planner.post(f"{ROOT}undo/", {"to": "draft"})
    assert draft().held.as_json() == before


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("条目号", 999, "没有条目号为"),
        ("标题", "", "不能为空"),
        ("标题", "长" * 301, "至多 300 字"),
        ("单位", "个", "只有指标有单位"),
        ("权重", -1, "应为大于 0 的数"),
        ("权重", "很重", "应为大于 0 的数"),
        ("英文标题", "a\u202eb", "U+202E"),
    ],
)
def test_what_cannot_be_taken_in_names_row_and_column(planner, column, value, said):
    table = rows(planner)
    place = {name: at for at, name in enumerate(table[0])}
    line = next(line for line in table if line[place["标题"]] == "科学城")
    line[place[column]] = value
    answer = sent(planner, table)
    assert (len(answer.context["refused"]), said in answer.content.decode()) == (1, True)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([["标题", "英文标题"], ["甲", "A"]], "首行须有“条目号”"),
        ([["条目号", "标题", "标题"], [1, "甲", "乙"]], "“标题”有两列"),
        ([["条目号", "标题"], [1, "甲"], [1, "乙"]], "条目号 1 出现 2 次"),
    ],
)
def test_what_is_no_table_of_ours_is_said(planner, lines, said):
    assert said in sent(planner, lines).content.decode()


def test_what_somebody_changed_meanwhile_or_made_up_is_not_applied(planner):
    table = rows(planner)
    table[1][table[0].index("英文标题")] = "First"
    answer = sent(planner, table)
    old = draft().edition
    planner.post(f"{ROOT}undo/", {"to": "draft"})
    told = planner.post(
        f"{ROOT}table/", {"then": "apply", "changes": answer.context["changes"], "edition": old}, follow=True
    )
    assert "刚刚改动过" in told.content.decode()
    for changes in ("[]", "nonsense", '{"1": {"code": "X"}}', '{"1": {"weight": "-1"}}'):
        planner.post(f"{ROOT}table/", {"then": "apply", "changes": changes, "edition": draft().edition})
    assert draft().edition == old + 1


def test_weights_reach_the_plan_and_stay_people_s_own(planner):
    table = rows(planner)
    line = next(line for line in table if "集聚科研资源" in line)
    line[table[0].index("权重")] = "3"
    applied(planner, sent(planner, table))
    row = draft()
    publishing.submit(row, reason="", by=row.started_by)
    publishing.publish(draft(), edition=draft().edition, by=make_person("second", "planner"))
    item = Plan.objects.get(slug="some-31").items.get(title="集聚科研资源")
    assert item.weight == 3
    Plan.objects.get(slug="some-31").items.filter(pk=item.pk).update(weight=4)
    assert 'weight = "4"' in publishing.files(draft())["items.toml"]
    publishing.submit(draft(), reason="再发布", by=row.started_by)
    publishing.publish(draft(), edition=draft().edition, by=make_person("third", "planner"))
    item.refresh_from_db()
    assert item.weight == 4
