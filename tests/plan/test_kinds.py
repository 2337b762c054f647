"""Every kind of commitment is decided once, and what is decided reaches reporting, counts and the report."""

import pickle

import pytest
from django.urls import reverse
from django.utils import translation

from plan.columns import in_words
from plan.exports.items import ITEM_COLUMNS
from plan.kind_files import declared_kinds
from plan.kinds import Kind, KindTable, kind_table, kind_words, pages
from updates.due import reports_due

KINDS = kind_table(())
# Told in the chapter of goals' own page, not in the evaluation report: a goal is a sentence, not work.
WITHOUT_CHAPTER = {Kind.GOAL}


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_speaks_for_itself_or_through_its_parts(kind):
    assert (kind in KINDS.counted) != (kind in KINDS.made_of_parts)
    assert (kind in KINDS.top) + bool(KINDS[kind].traits.parents) + (kind in KINDS.entries) == 1


def test_words_of_all_kinds_are_of_one_class():
    """A class for each took two milliseconds of whatever asked a plan for its kinds."""
    assert len({type(kind.words[kind.value]) for kind in KINDS.values()}) == 1


@pytest.mark.parametrize("kind", KINDS.reported)
def test_what_is_reported_on_is_told_in_the_evaluation_report(kind):
    told = {part for _kind, parts in KINDS.chapters for part in parts} | {kind for kind, _parts in KINDS.chapters}

    assert kind in told or kind in KINDS.entries or kind in WITHOUT_CHAPTER


@pytest.mark.breadth
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_the_plan_has_a_page(kind, plan, client):
    item = plan.items.filter(kind=kind).first()

    assert item is not None
    assert client.get(item.path(plan.slug)).status_code == 200
    assert item.path(plan.slug) == reverse(pages.get(kind, "plan:item"), args=[plan.slug, item.code])


def test_due_are_the_kinds_that_have_to_be_reported_on(plan, settings):
    found = {row.item.kind for row in reports_due(plan, today=plan.ends_on)}

    assert found == set(plan.kinds.due)


def test_a_plan_counts_what_it_has_of_each_kind(plan):
    assert plan.kinds["measure"].number == plan.items.filter(kind="measure").count()
    assert {kind for kind in plan.kinds.values() if kind.is_there} == set(
        plan.items.order_by().values_list("kind", flat=True)
    )


DECLARED = [
    {"key": "field", "name": "领域", "name_en": "Field", "plural_en": "Fields"},
    {"key": "task", "name": "任务", "parents": ["field", "task"]},
    {"key": "works", "name": "工程", "parents": ["", "field"], "short": "工程", "matrix": "industries"},
    {"key": "thing", "name": "事项", "entry": True},
    {"key": "aim", "name": "目标", "reported": False, "menu": False},
]


def declared() -> KindTable:
    rows, faults = declared_kinds(DECLARED)
    assert faults == []
    return kind_table(rows, {"task": 3, "field": 1})


def test_what_a_plan_does_not_say_follows_from_the_tree():
    table = declared()

    assert list(table) == ["indicator", "field", "task", "works", "thing", "aim"]
    assert table.top == ("indicator", "field", "aim")
    assert table.reported == ("task", "works", "thing")
    assert table.due == ("task", "works")
    assert table.parts == {"field": "task"}
    assert table.shown("in_menu") == ("field",), "what is not there is not shown"
    above = [("task", "task"), ("field", "task"), ("works", "task"), ("aim", "thing"), ("thing", "thing")]
    assert [table.may_be_above(*pair) for pair in above] == [True, True, False, True, False]
    assert [table.may_stand_alone(kind) for kind in ("works", "task")] == [True, False]
    assert [table[kind].number for kind in ("task", "aim")] == [3, 0]


def test_a_kind_is_called_in_the_language_of_the_reader_and_of_the_file():
    table = declared()

    with translation.override("en"):
        assert (table["field"].label, table["field"].plural_label, table["task"].label) == (
            "Field", "Fields", "任务",
        )  # fmt: skip
    with translation.override("zh-hans"):
        assert table["field"].label == "领域"
        assert str(kind_words({"kind": table["field"]})["field"]) == "领域"
    assert table["gone"].label == "gone", "an item that outlived its kind is called as it was stored"
    assert pickle.loads(pickle.dumps(table["field"])).number == 1


@pytest.mark.parametrize("kind", Kind)
def test_in_english_one_is_called_otherwise_than_several(kind):
    with translation.override("en"):
        one, several = KINDS[kind].label, KINDS[kind].plural_label
        of_gone = kind_table([{"key": "other", "name": "别的"}])[kind]
        assert (of_gone.label, of_gone.plural_label) == (one, several)
    (row,) = in_words(ITEM_COLUMNS, [{"kind": KINDS[kind]}], "en")
    assert row["kind"] == one, "so do files in English"

    assert not one.endswith("s")
    assert several == (f"{one[:-1]}ies" if one.endswith("y") else f"{one}s")


def test_indicators_nobody_declared_are_called_like_those_of_any_plan():
    with translation.override("en"):
        assert (declared()["indicator"].label, declared()["indicator"].plural_label) == ("Indicator", "Indicators")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"key": "Task", "name": "任务"}, "key 应为小写英文字母"),
        ({"name": "任务"}, "key 应为小写英文字母"),
        ({"key": "task"}, "缺少字段 / missing: name"),
        ({"key": "field", "name": "领域"}, "类别重复"),
        ({"key": "task", "name": "任务", "parents": ["nothing"]}, "没有类别 / no such kind: nothing"),
        ({"key": "task", "name": "任务", "parents": "field"}, "parents 应为列表"),
        ({"key": "task", "name": "任务", "entry": True, "parents": ["field"]}, "entry 可列在任何条目之下"),
        ({"key": "task", "name": "任务", "due": True, "reported": False}, "要求填报（due）的类别须可填报"),
        ({"key": "task", "name": "任务", "menu": "yes"}, "menu 应为 true 或 false"),
        ({"key": "task", "name": "任务", "short": 3}, "short 应为文字"),
        ({"key": "task", "name": "任务", "matrix": "platforms"}, "matrix 应为"),
    ],
)
def test_a_wrong_kind_is_refused_in_words(row, reason):
    rows, faults = declared_kinds([{"key": "field", "name": "领域"}, row])

    assert rows == []
    assert any(reason in told for _entry, told in faults)
