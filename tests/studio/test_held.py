"""What a draft holds, changed piece by piece: nothing lost, every step can be taken back."""

import pytest

from studio import held as content
from studio.held import CannotChange, DraftContent, HeldItem

TEXT = "# 一、任务\n\n## （一）平台\n\n建设国家应用数学中心，完善体系，提升能力。\n\n推进改革。\n"
KINDS = [
    {"key": "platform", "name": "平台", "prefix": "P"},
    {"key": "task", "name": "任务", "parents": ["platform"]},
    {"key": "point", "name": "要点", "entry": True},
]


def row(kind: str, place: tuple[int, int, int], held: DraftContent, **fields) -> HeldItem:
    return HeldItem(kind=kind, title=held.words(place), quote=held.words(place), place=place, **fields)


@pytest.fixture
def held():
    held = DraftContent(text=TEXT, kinds=KINDS)
    held, _keys = content.accept(held, [row("platform", (2, 0, 21), held)])
    held, _keys = content.accept(
        held, [row("point", (2, 0, 10), held, parent="1"), row("point", (2, 11, 15), held, parent="1")]
    )
    return held


def test_words_of_an_item_are_those_of_its_place(held):
    assert [one.quote for one in held.items.values()] == [
        "建设国家应用数学中心，完善体系，提升能力。", "建设国家应用数学中心", "完善体系",
    ]  # fmt: skip


def test_words_are_accepted_once(held):
    with pytest.raises(CannotChange, match="已经是条目"):
        content.accept(held, [row("point", (2, 11, 15), held)])


def test_words_that_moved_are_not_accepted(held):
    with pytest.raises(CannotChange, match="不在原处"):
        content.accept(held, [HeldItem("point", "x", "别的文字", (2, 0, 4))])


def test_codes_go_by_prefix_parent_and_place(held):
    assert content.codes(held) == {"1": "P-1", "2": "P-1-01", "3": "P-1-02"}
    held.items["3"].code = "P-1-01"
    assert content.codes(held) == {"1": "P-1", "2": "P-1-02", "3": "P-1-01"}


def test_a_code_that_was_retired_is_not_given_again(held):
    held.items["3"].code = "P-1-01"
    held = content.remove(held, ["3"], reason="改由他处")
    assert held.retired == {"P-1-01": "改由他处"}
    assert content.codes(held)["2"] == "P-1-02"


def test_an_item_leaves_with_what_stands_under_it(held):
    assert content.remove(held, ["1"]).items == {}


def test_split_and_merge(held):
    apart = content.split(held, "1", [11])
    assert [one.quote for one in apart.items.values()][0] == "建设国家应用数学中心"
    assert apart.items["4"].quote == "完善体系，提升能力"
    joined = content.merge(held, ["2", "3"])
    assert joined.items["2"].quote == "建设国家应用数学中心，完善体系"
    assert "3" not in joined.items
    with pytest.raises(CannotChange):
        content.split(held, "2", [0, 99])
    with pytest.raises(CannotChange):
        content.merge(held, ["2"])


def test_another_text_keeps_items_by_their_words(held):
    moved, lost = content.with_text(
        held, "# 一、任务\n\n新的一段。\n\n## （一）平台\n\n" + TEXT.split("\n\n")[2] + "\n"
    )
    assert lost == []
    assert {one.place[0] for one in moved.items.values()} == {3}
    gone, lost = content.with_text(held, "# 一、任务\n\n完善体系。\n")
    assert lost == ["1", "2"]
    assert gone.items["3"].place == (1, 0, 4)
    assert gone.items["2"].quote == "建设国家应用数学中心"


def test_every_change_can_be_taken_back(held):
    for after in (
        content.remove(held, ["2"]),
        content.split(held, "1", [11]),
        content.judge_none(held, [(3, 0, 4)]),
        content.edit(held, "3", title="完善"),
        content.with_text(held, "完善体系。")[0],
    ):
        changed = content.difference(held, after)
        stored = DraftContent.of_json(after.as_json())
        assert content.undone(stored, changed).as_json() == DraftContent.of_json(held.as_json()).as_json()


def test_a_step_is_not_taken_back_over_a_later_one(held):
    first = content.edit(held, "3", title="甲")
    changed = content.difference(held, first)
    with pytest.raises(CannotChange, match="之后又有改动"):
        content.undone(content.edit(first, "3", title="乙"), changed)


def two_paragraphs() -> content.DraftContent:
    text = "# 一、任务\n\n建设科学城：\n\n一是集聚资源；\n\n二是开放共享。\n\n# 二、保障\n\n加强领导。"
    return content.DraftContent(text=text, kinds=[{"key": "measure"}, {"key": "point", "entry": True}])


def test_items_of_neighbouring_paragraphs_become_one_that_runs_on():
    held = two_paragraphs()
    held, _keys = content.accept(
        held, [row("measure", (1, 0, 6), held), row("measure", (2, 0, 7), held), row("measure", (3, 0, 7), held)]
    )
    held = content.merge(held, ["1", "2", "3"])
    one = held.items["1"]
    assert (one.quote, one.place, one.last) == ("建设科学城：\n一是集聚资源；\n二是开放共享。", (1, 0, 6), (3, 7))
    assert one.title == "建设科学城： 一是集聚资源； 二是开放共享。"
    # It stays where its words go, and is cut again where somebody says so.
    moved, lost = content.with_text(held, "# 前言\n\n先说一句。\n\n" + held.text)
    assert (lost, moved.items["1"].place, moved.items["1"].last) == ([], (3, 0, 6), (5, 7))
    gone, lost = content.with_text(held, held.text.replace("\n\n二是", "\n\n插入一段。\n\n二是"))
    assert (lost, gone.items["1"].place, gone.items["1"].last) == (["1"], None, None)
    parts = content.split(held, "1", [7])
    assert [(part.quote, part.place, part.last) for part in parts.items.values()] == [
        ("建设科学城：", (1, 0, 6), None), ("一是集聚资源；\n二是开放共享", (2, 0, 7), (3, 6)),
    ]  # fmt: skip


def test_words_do_not_run_over_a_heading_nor_those_of_a_point_into_a_paragraph():
    held = two_paragraphs()
    held, _keys = content.accept(
        held,
        [
            row(kind, place, held)
            for kind, place in (
                ("measure", (3, 0, 7)), ("measure", (5, 0, 5)), ("point", (1, 0, 6)), ("point", (2, 0, 7)),
            )
        ],
    )  # fmt: skip
    with pytest.raises(content.CannotChange, match="标题或表格"):
        content.merge(held, ["1", "2"])
    with pytest.raises(content.CannotChange, match="同一段里"):
        content.merge(held, ["3", "4"])
