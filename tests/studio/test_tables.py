"""Tables of indicators as plans print them: columns, units, and rows that nobody can read."""

import pytest

from studio import services
from studio.checking import coverage, faults_of
from studio.choosing import items_of, numbers_of, proposals, waiting
from studio.proposing.proposals import columns_of
from studio.proposing.targets import reading_of
from studio.reading.tables import as_row, cells_of
from tests.studio.test_proposing import proposed

GOAL = "一、总体目标\n\n到2028年，发展壮大。\n\n"


def rows(table: str, year: int = 2028) -> list[tuple[str, str, list[str]]]:
    """Title, unit and readings of each row of a table as it is pasted."""
    text = GOAL + "\n".join(as_row(cells_of(line)) for line in table.split("\n")) + "\n"
    _document, found = proposed(text, "action-plan", year)
    return [
        (one.title, numbers_of(one).get("unit", ""), [reading_of(target) for target in one.targets])
        for one in found
        if one.rule == "row"
    ]


@pytest.mark.parametrize(
    ("table", "read"),
    [
        # The reviewer's: the unit was the third cell, whatever stood there.
        (
            "指标\t单位\t2025年\t2028年目标\n低空货运航线\t条\t20\t≥40\n平均审批时限\t工作日\t10\t≤5",
            [("低空货运航线", "条", ["不低于 40条"]), ("平均审批时限", "工作日", ["不高于 5工作日"])],
        ),
        (
            "序号\t指标\t单位\t2025年\t2028年\n1\t航线\t条\t20\t不少于40\n2\t覆盖率\t%\t50\t85以上",
            [("航线", "条", ["不低于 40条"]), ("覆盖率", "%", ["不低于 85%"])],
        ),
        ("指标\t2025年\t2028年目标\t单位\n企业数\t100\t300\t家", [("企业数", "家", ["不低于 300家"])]),
        ("指标（单位）\t2028年目标\n产值（亿元）\t500", [("产值", "亿元", ["不低于 500亿元"])]),
        ("指标名称\t2028年目标（亿元）\n产值\t500", [("产值", "亿元", ["不低于 500亿元"])]),
        ("指标\t2028年目标\n产值\t500亿元", [("产值", "亿元", ["不低于 500亿元"])]),
        ("指标\t2028年目标\n企业\t300", [("企业", "", ["不低于 300"])]),
        # Who does it is no unit, and neither is a dash.
        ("指标\t责任单位\t2028年目标\n产值（亿元）\t市工信局\t500", [("产值", "亿元", ["不低于 500亿元"])]),
        ("指标\t单位\t2028年目标\n水利用系数\t—\t0.6", [("水利用系数", "", ["不低于 0.6"])]),
        ("指标\t单位\t2028年目标\n产值（亿元）\t20\t500", [("产值", "亿元", ["不低于 500亿元"])]),
        # Which of several columns of years is the target's.
        ("指标\t单位\t2026年目标\t2027年目标\t2028年目标\n企业\t家\t1\t2\t3", [("企业", "家", ["不低于 3家"])]),
        ("指标\t单位\t2025年\t2028年\t2035年\n企业\t家\t1\t2\t3", [("企业", "家", ["不低于 2家"])]),
        ("指标\t单位\t2028年目标\t2025年实际\n企业\t家\t3\t1", [("企业", "家", ["不低于 3家"])]),
        ("指标\t单位\t目标值\t2025年基期值\n企业\t家\t3\t1", [("企业", "家", ["不低于 3家"])]),
        ("领域\t2028年目标\t单位\n企业\t3\t家", [("企业", "家", ["不低于 3家"])]),
        # Words of size, in the unit of the column.
        (
            "指标\t单位\t2028年\n人均\t元\t约2万\n企业\t家\t2万\n飞手\t人\t超2万\n商户\t家\t3千\n投资\t亿元\t1,000",
            [
                ("人均", "元", ["不低于 20000元"]), ("企业", "家", ["不低于 20000家"]),
                ("飞手", "人", ["超过 20000人，恰好 20000 不算"]), ("商户", "家", ["不低于 3000家"]),
                ("投资", "亿元", ["不低于 1000亿元"]),
            ],
        ),
        # What cannot be read is proposed without a target; titles of groups and rules are no rows.
        (
            "指标\t单位\t2028年\n企业\t家\t\n人才\t人\t待定\n场站\t个\t—\n园区\t个\t3—5\n速度\t%\t年均5%以上\n短行",
            [
                ("企业", "家", []), ("人才", "人", []), ("场站", "个", []),
                ("园区", "个", ["3–5个，下限 3 算达到"]),
                ("速度", "%", ["不低于 5%"]),
            ],
        ),
        (
            "指标\t单位\t2028年\n---\t---\t---\n创新发展\t\t\n企业\t家\t3\n指标\t单位\t2028年",
            [("企业", "家", ["不低于 3家"])],
        ),
        ("指标\t2028年\n一、创新\t\n产值（亿元）\t\n企业\t—", [("产值", "亿元", []), ("企业", "", [])]),
        ("指标\t单位\t2028年\n企业\t家", [("企业", "家", [])]),
        # A table of projects is none of indicators.
        ("项目名称\t建设单位\t2028年\n科学城\t市科技局\t建成", []),
        ("项目名称\t建设单位\t工期\n科学城\t市科技局\t三年", []),
    ],
)  # fmt: skip
def test_a_table_is_read_row_by_row(table, read):
    assert rows(table) == read


def test_an_empty_cell_at_the_edge_is_a_cell():
    assert cells_of("|企业|家||") == ["企业", "家", ""]
    assert cells_of("| 企业 | 家 |  |") == ["企业", "家", ""]


def test_a_table_without_a_column_of_targets_is_none():
    assert columns_of(["指标", "单位", "2025年实际"], 2028) is None


TABLE = "| 指标 | 单位 | 2028年目标 |\n| 企业 | 家 | 待定 |\n| 园区 | 个 | 5 |\n"


@pytest.mark.django_db
def test_a_row_nobody_can_read_waits_and_is_named_until_somebody_judges_it(draft, planner):
    """It was passed over, and the check said 100 %."""
    row = services.take_text(draft, GOAL + TABLE, by=planner, edition=draft.edition)[0]
    held = row.held
    assert "表格中“企业”一行读不出目标值，还没有判定" in [one.words for one in faults_of(held, row.template)]
    numbers = [one.number for one in waiting(held, row.template) if one.proposal.title != "企业"]
    row = services.accept(row, numbers, by=planner, text_key=services.key_of(held))
    covered = coverage(row.held, row.template)
    assert covered.per_cent < 100
    assert [row.held.words(place) for place in covered.left] == ["| 企业 | 家 | 待定 |"]
    (left,) = waiting(row.held, row.template)
    taken = services.accept(row, [left.number], by=planner, text_key=services.key_of(held))
    stops = [one.words for one in faults_of(taken.held, row.template) if one.stops]
    assert stops == ["指标“企业”缺少方向、目标值"]
    assert coverage(taken.held, row.template).per_cent == 100
    services.undo(taken, by=planner)
    none = services.reject(row, [left.number], by=planner, text_key=services.key_of(held))
    assert coverage(none.held, row.template).per_cent == 100
    assert not [one for one in faults_of(none.held, row.template) if one.sort == "row"]


@pytest.mark.django_db
def test_a_unit_that_is_a_value_stops_and_so_it_is_said_what_reads_otherwise_than_printed(draft, planner):
    row = services.take_text(draft, GOAL + TABLE.replace("待定", "不少于40"), by=planner, edition=draft.edition)[0]
    held = row.held
    found = proposals(held, row.template)
    number = next(at for at, one in enumerate(found) if one.title == "企业")
    (item,) = items_of(held, found, [number])
    assert (item.numbers["unit"], item.numbers["direction"]) == ("家", "up")
    item.numbers |= {"unit": "20", "direction": "down"}
    held.items["1"] = item
    said = {one.sort: one for one in faults_of(held, row.template)}
    assert (said["unit"].words, said["unit"].stops) == ("指标“企业”的单位是“20”，不是单位；请改正", True)
    assert "原文写“不少于40”，现在读作“不高于 4020”" in said["otherwise"].words
    assert not said["otherwise"].stops
