"""The table of indicators and the sentences beside it: shares of the period, conclusions, ranks."""

import pytest

from assessments import notes
from assessments.queries import pin_of
from assessments.report.content import build_report
from assessments.report.context import ReportContext
from assessments.report.document import DocumentParagraph, DocumentTable
from assessments.report.drafting import drafted
from assessments.report.facts import check_pins, facts_of
from assessments.report.note_document import note_document
from assessments.sentences import offered
from assessments.wording import said, show_pin
from plan.services import touch_plan
from tests.assessments.scene import open_round, published
from tests.factories import make_component, make_observation, make_plan


@pytest.fixture
def plan(people):
    return make_plan()


def _table(round, name="主要指标") -> DocumentTable:
    blocks = build_report(round).blocks
    return next(block for block in blocks if isinstance(block, DocumentTable) and name in block.caption)


def _texts(round) -> list[str]:
    found = [block for block in build_report(round).blocks if isinstance(block, DocumentParagraph)]
    return [block.text.replace("\u00a0", " ") for block in found]


def _cells(round, column: str) -> list[str]:
    table = _table(round)
    return [row[table.columns.index(column)].replace("\u00a0", " ") for row in table.rows]


def test_a_conclusion_is_awaited_only_where_somebody_was_asked_for_it(plan, people):
    items = [make_component(plan, code).indicator for code in ("I-01", "I-02", "I-03")]
    make_observation(items[0].components.get(), 2022, "142", released="2023-02-01")
    round = open_round(plan, by=people["rev"], items=items[:2], evaluator=people["eva"])
    published(round, items[0], by=people["eva"], reviewer=people["rev"])

    assert _cells(round, "评估结论") == ["快于预期", "未提交", "本轮未评"]


def test_the_share_of_the_period_needs_no_baseline_but_a_figure_of_it(plan, people):
    for code, year in (("I-01", 2021), ("I-02", 2022), ("I-03", 2020)):
        make_observation(make_component(plan, code, base=""), year, "142", released="2023-02-01")
    make_component(plan, "I-04")
    round = open_round(plan, by=people["rev"], items=[], evaluator=people["eva"])

    assert _cells(round, "时间\n进度") == ["20.0 %", "40.0 %", "—", "—"]


def test_an_indicator_of_parts_is_concluded_once_and_as_a_whole(plan, people):
    first = make_component(plan)
    indicator = first.indicator
    second = indicator.components.create(code="I-01b", name="第二项", name_en="second", order=1)
    second.targets.create(version=1, type="point", value=900, year=2025, text="900")
    for part in (first, second):
        make_observation(part, 2022, "250", released="2023-02-01")
    round = open_round(plan, by=people["rev"], items=[indicator], evaluator=people["eva"])
    published(round, indicator, by=people["eva"], reviewer=people["rev"], forecast="no")

    assert [(row[0], row[1], *row[7:]) for row in _table(round).rows] == [
        ("1", "指标I-01", "尚未达到", "难以完成", "快于预期"),
        ("", "其中：指标I-01", "已达目标", "", ""),
        ("", "其中：第二项", "尚未达到", "", ""),
    ]
    assert any("评估结论按整项给出" in text for text in _texts(round))


@pytest.fixture
def rank(plan, people):
    """A note on a rank: first, and to be first."""
    component = make_component(plan, base="3", target="1", direction="down")
    component.indicator.unit, component.indicator.unit_en = "位", "rank"
    component.indicator.save()
    for year, place in ((2021, "2"), (2022, "1")):
        make_observation(component, year, place, released=f"{year + 1}-02-01")
    touch_plan(plan)
    round = open_round(plan, by=people["rev"], items=[component.indicator], evaluator=people["eva"])
    return published(round, component.indicator, by=people["eva"], reviewer=people["rev"], forecast_value=1)


def test_a_rank_is_a_place_in_the_report(rank):
    assert any(text.startswith("2022 年为第 1 位，目标为第 1 位，已达目标。") for text in _texts(rank.round))
    row = [cell.replace("\u00a0", " ") for cell in _table(rank.round).rows[0]]
    assert row[3:6] == ["第 3 位", "第 1 位", "第 1 位\n（2022）"]
    assert row[8] == "预计第 1 位"
    assert [row[2] for row in _table(rank.round, "数据来源").rows] == ["第 2 位", "第 1 位"]


def test_what_a_note_expects_of_a_rank_is_the_number_its_chapter_holds(rank):
    context = ReportContext(rank.round)
    body, pins = drafted(context, "targets")

    assert "期末预计第 1 位" in body
    assert not [pin for pin in check_pins(body, pins, facts_of(context)) if pin.is_changed or pin.is_gone]


def test_a_rank_is_a_place_in_a_note(rank):
    body = rank.steps.get(action="published").body

    blocks = note_document(rank, body, state="").blocks
    tables = [block for block in blocks if isinstance(block, DocumentTable)]
    assert tables[0].rows[0][3] == "第 1 位（2022）"
    assert [row[2] for row in tables[1].rows] == ["第 1 位", "第 2 位"]
    (part,) = show_pin(body["pinned"]).parts
    assert (part.value, part.unit, part.unit_behind) == ("第 1 位", "位", "")
    assert ("期末预计值", "第 1 位") in [(line.label, line.text) for line in said(body, rank).lines]


def test_a_sentence_offered_of_a_rank_speaks_of_a_place(rank, people):
    note = notes.amend_note(rank, edition=rank.edition, by=people["eva"])
    told = [row.text for one in offered(note, pin_of(note.item, note.round.cut_off)) for row in one.sentences]

    assert any("最新公布值为第 1 位（2022年）" in text for text in told)
