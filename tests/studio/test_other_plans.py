"""Plans of other makes than the first: many levels and boxes, sections of several paragraphs, a work report."""

import pytest

from plan.fixtures import read_plan
from studio import held as content
from studio.checking import coverage, faults_of
from studio.choosing import items_of, proposals, waiting
from studio.folder import files_of, write
from studio.forms import ItemForm
from studio.held import DraftContent
from studio.proposing.rules import templates
from studio.proposing.targets import parse_target, reading_of
from studio.publishing import folder_faults
from studio.reading.document import read_text

FRAME = {
    "slug": "other", "title": "规划", "starts_on": "2026-01-01", "ends_on": "2030-12-31",
    "published_on": "2026-01-01", "source": {"title": "规划"},
}  # fmt: skip
LEVELS = """第三章　建设现代化基础设施

第一节　完善交通网络

一、建设航空枢纽

推进滨海机场扩建，优化空域结构。

（一）提升货运能力

建设国际货运中心，引进3家以上全货机运营企业。

1. 建设智慧货站

部署自动化分拣系统，推广电子运单。

（1）改造一号货站。更新安检设备，完善冷链设施。

开通至东南亚的全货机航线。

专栏1　综合交通重大工程

01 机场工程

滨海机场三期扩建工程、飞行区滑行道改造项目。

第二节　推进新型基础设施

能耗双控，能效值降至1.25倍以下。

第四章　保障规划实施

建立联席会议制度，编制年度实施计划。
"""
REPORT = """政府工作报告

一、2025年工作回顾

建成投用市妇幼保健院。

二、2026年主要目标

主要预期目标是：地区生产总值增长5.5%左右；居民消费价格涨幅2%左右；单位地区生产总值能耗下降3%。

三、2026年重点工作

做好全年工作，出台稳增长若干措施。

（一）扩大有效需求

开工建设海宁科创港，加快推进综合枢纽。

四、加强自身建设

坚持依法行政，深化“最多跑一次”改革。
"""
CHAPTERS_ONLY = """一、加快建设平台

建设国家应用数学中心，完善开放共享机制。

推动设备共用。

二、做好保障

建立联席会议制度。
"""


def taken(text: str, template: str, ends_on: str = "2030-12-31") -> DraftContent:
    """A text with all that is proposed of it accepted at once."""
    kinds = [dict(kind) for kind in templates()[template].kinds]
    held = DraftContent(frame=FRAME | {"ends_on": ends_on}, text=read_text(text).as_files(), kinds=kinds)
    found = proposals(held, template)
    return content.accept(held, items_of(held, found, range(len(found))))[0]


@pytest.mark.parametrize(
    ("text", "template", "ends_on"),
    [
        (LEVELS, "five-year-plan", "2030-12-31"),
        (LEVELS, "action-plan", "2030-12-31"),
        (REPORT, "work-report", "2026-12-31"),
        ("建设国家中心，完善机制。\n\n——\n\n推动产业发展。\n\n。", "action-plan", "2030-12-31"),
        ("建设国家中心，完善机制。\n\n推动产业发展。", "five-year-plan", "2030-12-31"),
        (CHAPTERS_ONLY, "work-report", "2030-12-31"),
        (CHAPTERS_ONLY, "action-plan", "2030-12-31"),
        (CHAPTERS_ONLY, "five-year-plan", "2030-12-31"),
    ],
)
def test_all_that_is_proposed_of_a_text_can_be_published(text, template, ends_on):
    held = taken(text, template, ends_on)
    assert [fault.words for fault in faults_of(held, template) if fault.stops] == []
    assert folder_faults(held) == []
    assert coverage(held, template).per_cent == 100
    assert waiting(held, template) == []


def titles(held: DraftContent) -> dict[str, str]:
    """By title of an item, that of what it stands under."""
    return {row.title: held.items[row.parent].title if row.parent else "" for row in held.items.values()}


def test_sections_and_items_are_as_deep_as_the_text(tmp_path):
    held = taken(LEVELS, "five-year-plan")
    found = titles(held)
    assert found["建设航空枢纽"] == "完善交通网络"
    assert found["提升货运能力"] == "建设航空枢纽"
    assert found["改造一号货站"] == "提升货运能力"
    assert found["综合交通重大工程"] == "完善交通网络"
    assert found["飞行区滑行道改造项目"] == "综合交通重大工程"
    rows = read_plan(write(files_of(held), tmp_path / "other"))
    numbers = [row.number for row in rows.sections]
    assert [number for number in numbers if number.startswith("3")] == [
        "3", "3.1", "3.1.1", "3.1.1.1", "3.1.专栏1", "3.2",
    ]  # fmt: skip


def test_a_section_of_several_paragraphs_holds_what_each_of_them_promises():
    held = taken(LEVELS, "five-year-plan")
    row = next(row for row in held.items.values() if row.title == "提升货运能力")
    assert row.quote.startswith("建设国际货运中心")
    assert row.quote.endswith("开通至东南亚的全货机航线。")
    assert titles(held)["开通至东南亚的全货机航线"] == "提升货运能力"


def test_what_stands_in_a_section_still_waits_once_the_section_is_accepted():
    kinds = [dict(kind) for kind in templates()["five-year-plan"].kinds]
    held = DraftContent(frame=FRAME, text=read_text(LEVELS).as_files(), kinds=kinds)
    found = proposals(held, "five-year-plan")
    section = next(number for number, one in enumerate(found) if one.title == "提升货运能力")
    held = content.accept(held, items_of(held, found, [section]))[0]
    assert "开通至东南亚的全货机航线" in [one.proposal.title for one in waiting(held, "five-year-plan")]


def test_a_chapter_without_sections_is_itself_what_others_have_sections_for():
    found = titles(taken(REPORT, "work-report", "2026-12-31"))
    assert found["深化“最多跑一次”改革"] == "加强自身建设"
    assert found["出台稳增长若干措施"] == "2026年重点工作"
    assert "建成投用市妇幼保健院" not in found


def test_what_an_entry_does_not_stand_in_is_said_beside_it():
    held = taken(LEVELS, "five-year-plan")
    keys = {row.title: key for key, row in held.items.items()}
    held = content.edit(held, keys["推广电子运单"], parent=keys["建设航空枢纽"])
    (fault,) = [fault for fault in faults_of(held, "five-year-plan") if fault.stops]
    assert fault.key == keys["推广电子运单"]
    assert "不在上级“建设航空枢纽”的文字之内" in fault.words


@pytest.mark.parametrize(
    ("printed", "context", "reading"),
    [
        ("单位地区生产总值能耗下降3%", "", "不低于 3%"),
        ("用水量五年累计下降16%左右", "", "不低于 16%"),
        ("排放量减少10%以上", "", "不低于 10%"),
        ("[13.5]", "单位GDP能源消耗降低（%）", "不低于 13.5"),
        ("能耗降至0.3吨以下", "", "不高于 0.3吨"),
        ("死亡率下降到2%", "", "不高于 2%"),
        ("失业率控制在5%以内", "", "不高于 5%"),
        ("居民消费价格涨幅2%左右", "", "不高于 2%"),
        ("0.3", "单位GDP能耗", "不高于 0.3"),
    ],
)
def test_by_how_much_something_falls_is_better_the_more(printed, context, reading):
    assert reading_of(parse_target(printed, context=context)) == reading


GOALS = """第二章　主要目标

第一节　主要目标

创新能力增强，地区生产总值超过5万亿元，年均增速保持在5%以上，全社会研发投入强度提升至7%。

| 指标 | 单位 | 2030年目标 |
| --- | --- | --- |
| 全社会研发投入占地区生产总值比重 | % | 7 |
| 地区生产总值 | 亿元 | >50000 |
"""


def test_what_fell_over_five_years_is_no_growth():
    """The page said “累计增长 ≥ 16 %” of a fall."""
    assert parse_target("用水量五年累计下降16%").accumulation == "level"
    assert parse_target("生产总值五年累计增长30%").accumulation == "growth"
    assert parse_target("排放量累计减少10万吨").accumulation == "cumulative"


def test_a_row_of_the_table_is_the_sentence_with_its_number():
    """By their letters alone the ratio to a product was taken for the product."""
    found = {one.title: one for one in proposals(taken(GOALS, "five-year-plan"), "five-year-plan") if one.targets}
    assert set(found) == {"地区生产总值", "地区生产总值年均增速", "全社会研发投入占地区生产总值比重"}
    ratio, product = found["全社会研发投入占地区生产总值比重"], found["地区生产总值"]
    text = taken(GOALS, "five-year-plan").bare_blocks[ratio.block]
    assert text[ratio.start : ratio.end] == "全社会研发投入强度提升至7%"
    assert text[product.start : product.end] == "地区生产总值超过5万亿元"


def test_a_number_without_a_unit_is_proposed_and_its_unit_asked_for():
    """PUE has none: a person says what it is counted in, or a dash."""
    held = taken(LEVELS.replace("能效值降至1.25倍", "PUE值降至1.25"), "five-year-plan")
    (fault,) = [fault for fault in faults_of(held, "five-year-plan") if fault.stops]
    assert fault.words == "指标“PUE值”缺少单位"
    held.items[fault.key].numbers["unit"] = "—"
    assert folder_faults(held) == []


def test_a_number_is_named_by_what_it_counts():
    names = [one.title for one in proposals(taken(LEVELS, "five-year-plan"), "five-year-plan") if one.targets]
    assert names == ["引进全货机运营企业", "能效值"]
    names = [one.title for one in proposals(taken(REPORT, "work-report"), "work-report") if one.targets]
    assert names[0] == "地区生产总值增长"


def test_items_below_themselves_are_said_beside_them_and_offered_to_nobody():
    held = taken(LEVELS, "five-year-plan")
    keys = {row.title: key for key, row in held.items.items()}
    upper, lower = keys["建设航空枢纽"], keys["提升货运能力"]
    offered = {key for key, _title in ItemForm(held=held, key=upper).fields["parent"].choices}
    assert lower not in offered
    assert keys["改造一号货站"] not in offered
    assert keys["推进新型基础设施"] in offered
    held.items[upper].parent = lower
    found = [fault.key for fault in faults_of(held, "five-year-plan") if fault.sort == "circle"]
    assert set(found) == {upper, lower}
    assert any("上级成环" in words for words in folder_faults(held))


@pytest.mark.parametrize("code", ["s-1", "Ｓ-1", "S-1"])
def test_a_code_that_reads_like_another_is_refused_at_its_field(code):
    held = taken(LEVELS, "five-year-plan")
    key, other = [key for key, row in held.items.items() if row.kind == "pillar"][:2]
    held.items[other].code = "S-1"
    row = held.items[key]
    form = ItemForm({"kind": row.kind, "title": row.title, "words": row.quote, "code": code}, held=held, key=key)
    assert "已被另一条目使用" in str(form.errors["code"])
