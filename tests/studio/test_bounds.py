"""What bounds a target: every negation and word of measure, in clauses and in cells, as planners write them."""

import pytest

from studio.proposing.bounds import operators
from studio.proposing.figures import figures_in
from studio.proposing.targets import is_unit, parse_target, parse_targets, reading_of, unit_in

FLOORS = (
    "不低于", "不少于", "不小于", "不得低于", "不得少于", "不应低于", "不能少于", "未低于", "不下于", "不亚于",
    "至少", "最少", "达到", "达", "≥", ">=", "＞=", "大于等于", "大于或等于", "达到或超过", "提高到", "增加至",
    "力争不低于", "原则上不少于", "不低于（含）",
)  # fmt: skip
CEILINGS = (
    "不高于", "不超过", "不多于", "不大于", "不得高于", "不得超过", "不能超过", "未超过", "未突破", "不突破",
    "不超", "至多", "最多", "≤", "<=", "＜=", "小于等于", "小于或等于", "控制在", "降至", "压减到",
    "减少到", "缩短至", "回落到",
)  # fmt: skip
OVER = ("超过", "超", "突破", "大于", "高于", "多于", "逾", ">", "＞", "力争超过", "力争突破", "超过了", "超 约")
UNDER = ("低于", "少于", "小于", "不足", "不到", "不满", "<", "＜", "力争低于")


@pytest.mark.parametrize(
    ("words", "type", "direction"),
    [
        *((word, "point", "up") for word in FLOORS),
        *((word, "point", "down") for word in CEILINGS),
        *((word, "strict", "up") for word in OVER),
        *((word, "strict", "down") for word in UNDER),
    ],
)
@pytest.mark.parametrize("number", ["40条", " 40 条", "４０条", "约40条"])
def test_a_word_before_a_number_says_which_side_counts(words, type, direction, number):
    """不少于 and 不低于 were read as a ceiling: the list of ceilings held 少于 and 低于, and was asked first."""
    target = parse_target(f"{words}{number}")
    assert (target.type, target.direction, target.value, target.unit) == (type, direction, "40", "条")


@pytest.mark.parametrize(
    ("behind", "type", "direction"),
    [
        ("以上", "point", "up"), ("及以上", "point", "up"), ("（含）以上", "point", "up"), ("之上", "point", "up"),
        (" 以上", "point", "up"), ("以下", "point", "down"), ("及以下", "point", "down"),
        ("以内", "point", "down"), ("之内", "point", "down"), ("(含)以内", "point", "down"),
        ("内", "point", "down"), ("以内（不含）", "strict", "down"),
        ("（不含）以上", "strict", "up"), ("（不低于）", "point", "up"), ("（不高于）", "point", "down"),
        ("（以内）", "point", "down"), ("左右", "point", "up"), ("", "point", "up"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("number", ["40%", "40 %", "４０％", "40个工作日", "40"])
def test_a_word_behind_a_number_says_which_side_counts(number, behind, type, direction):
    target = parse_target(f"{number}{behind}")
    assert (target.type, target.direction, target.value) == (type, direction, "40")


@pytest.mark.parametrize(
    ("said", "name", "reading"),
    [
        # The reviewer's own plan.
        ("开通低空货运航线不少于40条", "开通低空货运航线", "不低于 40条"),
        ("引进人才不少于300人", "引进人才", "不低于 300人"),
        ("起降点不低于120个", "起降点", "不低于 120个"),
        ("单位产值能耗不高于0.3吨", "单位产值能耗", "不高于 0.3吨"),
        ("投诉率控制在2%以内", "投诉率", "不高于 2%"),
        ("事故率不超过0.1%", "事故率", "不高于 0.1%"),
        ("平均审批时限压减至5个工作日", "平均审批时限", "不高于 5个工作日"),
        ("空气质量优良天数比率达到97%左右", "空气质量优良天数比率", "不低于 97%"),
        ("建成起降点120个以上", "建成起降点", "不低于 120个"),
        ("年产值力争突破1000亿元", "年产值", "超过 1000亿元，恰好 1000 不算"),
        ("研发人员减少流失率至5%以下", "研发人员减少流失率至", "不高于 5%"),
        ("新增减排量不少于10万吨", "减排量", "不低于 10万吨"),
        ("低空货运覆盖率提高到85%", "低空货运覆盖率", "不低于 85%"),
        ("货运航线由20条增加到40条", "货运航线", "不低于 40条"),
        ("成本下降20%", "成本下降", "不低于 20%"),
        ("产业规模年均增长15%以上", "产业规模年均增长", "不低于 15%"),
        ("减免税费不少于3亿元", "减免税费", "不低于 3亿元"),
        ("能耗强度降低13.5%", "能耗强度降低", "不低于 13.5%"),
        ("安全事故少于3起", "安全事故", "低于 3起，恰好 3 不算"),
        ("等待时间少于30分钟", "等待时间", "低于 30分钟，恰好 30 不算"),
        ("少年宫建设不少于5座", "少年宫建设", "不低于 5座"),
        ("减灾站点不少于8个", "减灾站点", "不低于 8个"),
        # And of its kind.
        ("专任教师中硕士不少于专任教师总数的60%", "专任教师中硕士不少于专任教师总数的", "不低于 60%"),
        ("失业率不突破5.5%", "失业率", "不高于 5.5%"),
        ("建设超低能耗建筑100万平方米", "建设超低能耗建筑", "不低于 100万平方米"),
        ("培育年营收超亿元文化企业20家", "培育年营收超亿元文化企业", "不低于 20家"),
        ("培育年产值超10亿元的龙头企业4家", "培育年产值超10亿元的龙头企业", "不低于 4家"),
        ("低于全国平均水平的县达到10个", "低于全国平均水平的县", "不低于 10个"),
        ("突破100项关键核心技术", "突破关键核心技术", "不低于 100项"),
        ("每10万人口执业医师不少于8名", "每10万人口执业医师", "不低于 8名"),
        ("3年内培育企业20家", "3年内培育企业", "不低于 20家"),
        ("新建５０个县级以下网点", "新建县级以下网点", "不低于 50个"),
        ("能耗达标率达到95%", "能耗达标率", "不低于 95%"),
        ("排放总量减少超过10%", "排放总量减少", "超过 10%，恰好 10 不算"),
        ("培育企业2万余家", "培育企业", "不低于 2万家"),
        ("培育企业3千家", "培育企业", "不低于 3000家"),
        ("总投资5千万元以上", "总投资", "不低于 5000万元"),
        ("经营主体突破2万", "经营主体", "超过 20000，恰好 20000 不算"),
        ("失业率控制在5%-6%以内", "失业率", "5–6%，上限 6 算达到"),
        ("企业数量由100家增至200家", "企业数量", "不低于 200家"),
        ("2026年底前建成起降点1个", "建成起降点", "不低于 1个"),
        ("森林覆盖率保持在60%—65%之间", "森林覆盖率", "在 60–65% 之间，两端都算达到"),
    ],
)
def test_a_clause_is_read_with_the_words_around_its_number(said, name, reading):
    found = [(one.name, reading_of(one.target)) for one in figures_in(said, 0, len(said), year=2028)]
    assert found == [(name, reading)]


@pytest.mark.parametrize(
    ("said", "value"),
    [("企业数量翻一番", "100"), ("产值翻番", "100"), ("企业数量翻两番", "300"), ("规模实现倍增", "100"),
     ("产值增长1倍", "100"), ("产值较2025年翻一番以上", "100"), ("产值增长一倍", "100")],
)  # fmt: skip
def test_what_doubles_grows_by_as_much_as_there_was(said, value):
    (figure,) = figures_in(said, 0, len(said), year=2028)
    assert (figure.target.value, figure.target.accumulation, figure.target.direction) == (value, "growth", "up")
    assert reading_of(figure.target) == f"不低于 {value}%"


def test_the_year_a_figure_is_compared_with_is_not_its_own():
    said = "碳排放强度较2025年下降5%"
    (figure,) = figures_in(said, 0, len(said), year=2030)
    assert (figure.year, figure.target.printed) == (2030, said)


def test_what_is_printed_of_a_long_clause_holds_its_number():
    said = "在" + "全市各区" * 20 + "建成起降点不少于40个"
    (figure,) = figures_in(said, 0, len(said), year=2030)
    assert figure.target.printed.endswith("建成起降点不少于40个")
    assert len(figure.target.printed) == 60


def test_a_programme_of_doubling_is_no_figure():
    assert figures_in("实施企业倍增计划", 0, 8) == []


@pytest.mark.parametrize(
    ("printed", "unit", "context", "reading"),
    [
        ("约2万", "元", "人均", "不低于 20000元"),
        ("2万", "家", "企业", "不低于 20000家"),
        ("超2万", "人", "飞手", "超过 20000人，恰好 20000 不算"),
        ("3千", "家", "企业", "不低于 3000家"),
        ("1.5亿", "元", "税收", "不低于 150000000元"),
        ("2千万", "元", "税收", "不低于 20000000元"),
        ("2万家", "家", "企业", "不低于 20000家"),
        ("2万", "万家", "企业", "不低于 2万家"),
        ("2亿元", "万元", "投资", "不低于 20000万元"),
        ("1.2万亿元", "亿元", "生产总值", "不低于 12000亿元"),
        ("2～3万", "家", "企业", "20000–30000家，下限 20000 算达到"),
        ("3—5", "个", "园区", "3–5个，下限 3 算达到"),
        ("1,000", "亿元", "投资", "不低于 1000亿元"),
        ("1,000-2,000", "亿元", "投资", "1000–2000亿元，下限 1000 算达到"),
        ("年均5%以上", "%", "速度", "不低于 5%"),
        ("不少于40", "条", "航线", "不低于 40条"),
        ("85以上", "%", "覆盖率", "不低于 85%"),
        ("≤5", "工作日", "平均审批时限", "不高于 5工作日"),
        ("5个工作日以内", "工作日", "平均审批时限", "不高于 5工作日"),
        ("3.5个", "个/万人", "床位", "不低于 3.5个/万人"),
        ("60%", "家", "覆盖", "不低于 60%"),
        ("５５．５％", "％", "覆盖率", "不低于 55.5%"),
        ("5.5", "%", "失业率（不高于）", "不高于 5.5%"),
        ("翻一番", "家", "企业数量", "不低于 100%"),
        ("年均增长6%", "亿元", "生产总值", "不低于 6%"),
        ("2028年达到40", "条", "航线", "不低于 40条"),
        ("不低于-2", "%", "增速", "不低于 -2%"),
        ("8/10万", "/10万", "孕产妇死亡率", "不高于 8/10万"),
    ],
)
def test_a_cell_is_read_in_the_unit_of_its_column(printed, unit, context, reading):
    """万 and 千 without a unit behind were dropped: 约2万 of 元 was 2元."""
    assert [reading_of(target) for target in parse_targets(printed, unit=unit, context=context)] == [reading]


@pytest.mark.parametrize(
    ("printed", "unit"),
    [("", "家"), ("待定", "家"), ("—", "家"), ("2027年建成", "个"), ("2万", "亿元"), ("1:18", ""),
     ("≥60，≤5", "%"), ("60%，90个", ""), ("企业5家其中高新2家", "家")],
)  # fmt: skip
def test_what_cannot_be_told_is_left_to_a_person(printed, unit):
    assert parse_targets(printed, unit=unit, context="企业") == []


def test_no_word_is_turned_over_twice():
    assert not [word for word in operators() if word.startswith(("不不", "未不", "不未"))]


@pytest.mark.parametrize(
    ("unit", "fits"),
    [("家", True), ("%", True), ("‰", True), ("件/10万人", True), ("/10万", True), (":1", True), ("m3", True),
     ("万亿元", True), ("20", False), ("≥40", False), ("40条", False), ("—", False),
     ("2.5%", False), ("", False), ("-", False)],
)  # fmt: skip
def test_what_can_be_a_unit(unit, fits):
    assert is_unit(unit) is fits


@pytest.mark.parametrize(
    ("name", "found"),
    [("产值（亿元）", ("产值", "亿元")), ("床位(张/千人)", ("床位", "张/千人")),
     ("产值（单位：亿元）", ("产值", "亿元")), ("产值（亿元，不变价）", ("产值", "亿元")),
     ("投入强度（R&D）", ("投入强度（R&D）", "")), ("产值", ("产值", "")),
     ("企业（2025年）", ("企业（2025年）", ""))],
)  # fmt: skip
def test_the_unit_of_a_name_stands_in_its_bracket(name, found):
    assert unit_in(name) == found
