import re
import shutil
import tomllib
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from plan.fixtures import BrokenFixtures, compact, locate, read_plan, read_text, sentence_around
from plan.models import Focus, Industry, Item, Link, Technology
from plan.services import load_plan
from tests.conftest import FOLDER


@pytest.fixture(scope="module")
def rows():
    return read_plan(FOLDER)


@pytest.fixture
def copy(tmp_path):
    """A copy of the fixtures that a test may break."""
    folder = tmp_path / "sz-sti-14"
    shutil.copytree(FOLDER, folder)

    def change(file, old, new):
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return change


def test_text_is_the_source_with_its_repairs_and_nothing_else():
    source = (FOLDER / "source.txt").read_text(encoding="utf-8")
    body = compact(source[source.index("2020年10月14日，习近平") :])
    for repair in tomllib.loads((FOLDER / "repairs.toml").read_text(encoding="utf-8"))["repair"]:
        assert repair["printed"] in body
        body = body.replace(repair["printed"], repair["reading"])
    text = (FOLDER / "text.md").read_text(encoding="utf-8")
    text = re.sub(r"^#+ ", "", text, flags=re.M)

    assert compact(text).replace("|", "") == body


def test_text_has_eight_chapters_and_forty_two_sections():
    sections, paragraphs = read_text((FOLDER / "text.md").read_text(encoding="utf-8"))

    assert Counter(row.number.count(".") for row in sections if row.number != "0") == {0: 8, 1: 42}
    assert [row.kind for row in paragraphs].count("table") == 1


def test_every_quote_stands_in_its_paragraph_at_its_place(rows):
    paragraphs = {row.order: row.text for row in rows.paragraphs}

    assert rows.items
    for item in rows.items:
        assert compact(item.quote) in compact(paragraphs[item.paragraph]), item.code
        assert compact(paragraphs[item.paragraph][item.start : item.end]) in compact(item.quote), item.code


def test_counts_are_those_of_the_plan(rows):
    kinds = Counter(str(row.kind) for row in rows.items)
    measures = Counter(row.parent for row in rows.items if row.kind == Item.Kind.MEASURE)
    levels = Counter(row["level"] for row in rows.industries)
    parts = [part for table in rows.indicators if table["in_table"] for part in table["component"]]

    assert [kinds[kind] for kind in ("platform", "platform_task", "pillar", "pillar_task")] == [4, 12, 4, 11]
    assert [kinds[kind] for kind in ("action", "measure", "cluster", "area", "safeguard")] == [
        10,
        31,
        11,
        23,
        6,
    ]
    assert [measures[f"A-{number:02d}"] for number in range(1, 11)] == [3, 2, 3, 4, 3, 3, 2, 4, 3, 4]
    assert levels == {"group": 7, "cluster": 20, "future": 8}
    assert len(rows.technologies) == 42
    assert len(parts) == 9
    assert sum(len(row.focus) for row in rows.items if row.code.startswith("C-")) == 102
    assert (kinds["project"], kinds["goal_dimension"], kinds["goal"]) == (75, 12, 49)


def test_only_the_text_gives_baselines(rows):
    based = {
        part["code"]: part["baseline_value"]
        for table in rows.indicators
        for part in table["component"]
        if part.get("baseline_value")
    }

    assert based == {"I-01": "5.46", "I-07": "18600", "T-02": "1"}


def test_every_item_has_an_english_title(rows):
    assert [row.code for row in rows.items if not row.title_en or re.search(r"[一-鿿]", row.title_en)] == []


def test_no_two_items_of_a_kind_share_an_english_title(rows):
    titles = Counter((str(row.kind), row.title_en) for row in rows.items)

    assert [title for title, number in titles.items() if number > 1] == []


# What decision 0034 asks of a project, as far as words can show it.
LEANED_ON = r"(依托|鼓励|承接|参与国家|纳入|对接)"
WAY_OF_WORKING = r"(模式|方式|机制|体系|改革|试点|组合拳|服务链|建设|(?<!计划)”)$"
MADE = r"建设|布局|设立|引进|推进|支持|实施|加快|筹建|办好|提升|制定|培育|建成"


def test_a_project_is_a_thing_that_the_plan_makes(rows):
    projects = [row for row in rows.items if row.kind == Item.Kind.PROJECT]

    assert projects
    for row in projects:
        assert not re.search(WAY_OF_WORKING, row.title), row.code
        before = row.quote[: row.quote.find(row.title[:4])]
        clause = re.split("[，；]", before)[-1]
        assert not re.match(LEANED_ON, clause), row.code
        assert re.search(MADE, row.quote), row.code


# How a promise begins: with its verb, or with the manner, the field or the means that lead to it.
VERBS = re.compile(
    "促进|催生|创|争取|健全|优化|加|助力|发|吸引|坚持|培|增强|大力|夯实|完善|实|布局|建|开展|引|强化|形成|打|扩大|承|持续|"
    "探索|推|提|搭建|支持|整合|新建|构建|汇聚|深入|着力|确保|积极|精准|组|继续|联合|营造|落|设立|试行|赋予|运用|采取|重点|长期|"
    "集|鼓励|主动|全面|保障|一体化建设|力争|清单式引进|部省市共建"
)
MANNER = re.compile("从|以|为|在|沿|把|依托|围绕|根据|充分发挥")


def test_a_point_says_what_is_to_be_done(rows):
    points = [row for row in rows.items if row.kind == Item.Kind.POINT]

    assert [row.title for row in points if not (VERBS.match(row.title) or MANNER.match(row.title))] == []


def test_a_promise_stands_once_with_all_it_speaks_of(plan):
    """Others' undertakings are no projects; the promise about them keeps its verb and names ours."""
    codes = {row.code: row for row in plan.items.filter(code__startswith="A-07.1")}

    assert codes["A-07.1-06"].title == "推动光明科学城、松山湖科学城、南沙科学城功能互补、共建共享"
    assert codes["A-07.1-07"].title == "主动对接香港“北部都会区”发展战略"
    assert "A-07.1-04" not in codes
    named = Link.objects.filter(kind=Link.Kind.NAMES, source__code="A-07.1", source__plan=plan)
    assert {row.target.code for row in named} == {"P-1", "P-2", "P-3"}
    assert Link.objects.get(source__code="P-3.9", target__code="C-06.2", kind=Link.Kind.NAMES)


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (
            "industries.toml",
            'group = "G-2"\nname = "先进计算"',
            'group = "G-1"\nname = "先进计算"',
            "G-1: 技术与原文所列不一致",
        ),
        (
            "clusters.toml",
            '"数字与时尚", "绿色低碳"',
            '"绿色低碳"',
            "C-04: 点名的技术不属于 focus 所列产业 / technology of no focus: 先进计算",
        ),
        (
            "platforms.toml",
            'quote = "打造体系完整',
            'quote = "打造体系不完整',
            "P-1.1: 规划第 3.1 节没有这段原文",
        ),
        ("platforms.toml", 'code = "P-1.2"', 'code = "P-1.1"', "P-1.1: 编码重复"),
        ("platforms.toml", 'parent = "P-4"', 'parent = "P-9"', "P-4.10: 上级不存在"),
        ("platforms.toml", 'parent = "P-4"', 'parent = "S-1"', "P-4.10: 上级类别不符"),
        ("platforms.toml", 'kind = "platform_task"', 'kind = "platform_job"', "P-1.1: 未知类别"),
        ("platforms.toml", 'title = "光明科学城"\n', "", "P-1: 缺少字段 / missing: title"),
        ("platforms.toml", 'code = "P-1"', 'code = "P 1"', "P 1: 编码由字母（含汉字）、数字和"),
        ("platforms.toml", 'code = "P-1"', 'code = "P/1"', "P/1: 编码由字母"),
        ("platforms.toml", 'code = "P-1"', 'code = "methods"', "methods: 编码由字母"),
        ("platforms.toml", 'code = "P-1"', 'code = "P-1.csv"', "P-1.csv: 编码由字母"),
        ("indicators.toml", '  code = "I-01"', '  code = "I 01"', "I 01: 编码由字母"),
        ("platforms.toml", "[[item]]", "[[item", "platforms.toml: —: 无法解析"),
        ("links.toml", 'target = "C-03"', 'target = "C-99"', "C-04 → C-99: 未知编码"),
        ("pillars.toml", 'same_as = "P-4.11-03"', 'same_as = "P-4.11-99"', "S-3.6: same_as 指向未知编码"),
        (
            "actions.toml",
            'phrase = "基础研究十年行动计划"',
            'phrase = "基础研究百年行动计划"',
            "A-01.1-01: 原文中没有",
        ),
        ("clusters.toml", '"智能网联汽车"', '"智能网联火车"', "产业目录没有"),
        ("plan.toml", "measure = 31", "measure = 32", "counts.measure: 应有 32，实有 31"),
        ("plan.toml", '"2.3" = ', '"2.9" = ', "sections.2.9: 没有章节 2.9"),
        ("plan.toml", "title = ", "# title = ", "plan.toml: —: 缺少字段 / missing: title"),
        ("plan.toml", "2021-01-01", '"2021"', "plan.toml: starts_on: 应为日期"),
        ("plan.toml", "ends_on = ", "end_on = ", "plan.toml: end_on: 不认识的字段，最接近的是 ends_on"),
        (
            "platforms.toml",
            "title_en = ",
            "tittle_en = ",
            "item[P-1].tittle_en: 不认识的字段，最接近的是 title_en",
        ),
        ("indicators.toml", "baseline_note = ", "note_zh = ", ".note_zh: 不认识的字段"),
        ("platforms.toml", 'code = "P-1"', 'code = "P-1"\nnote = "甲\u202e乙"', ".note: 第 2 个字会颠倒文字方向"),
        ("text.md", "深圳", "深\ufffd圳", "text.md: 第 "),
    ],
)
def test_broken_fixture_is_refused_with_file_entry_and_reason(copy, file, old, new, reason):
    folder = copy(file, old, new)

    with pytest.raises(BrokenFixtures) as error:
        read_plan(folder)

    assert reason in str(error.value)
    assert all(fault.split(":")[0].endswith((".toml", ".md")) for fault in error.value.faults)


def test_broken_fixture_writes_nothing(plan, copy):
    folder = copy("platforms.toml", 'title = "光明科学城"', 'title = "光明城"')
    (folder / "links.toml").write_text('[[link]]\nsource = "X-1"\n', encoding="utf-8")

    with pytest.raises(CommandError, match="什么也没有写入"):
        call_command("load_plan", str(folder))

    assert plan.items.get(code="P-1").title == "光明科学城"


def test_changed_target_is_refused_as_a_revision(plan, copy):
    folder = copy("indicators.toml", 'target_value = "108"', 'target_value = "100"')

    with pytest.raises(CommandError, match="I-03: 规划原定目标已载入"):
        call_command("load_plan", str(folder))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('target_low = "5.5"', 'target_low = "7"', "I-01: target.low"),
        ('target_type = "strict"', 'target_type = "above"', "I-07: 缺少字段"),
        ('direction = "down"', 'direction = "sideways"', "T-02: target.direction"),
        ('baseline_value = "5.46"', 'baseline_value = "约5.46"', "I-01: base_value"),
        ("target_year = 2025", "target_year = 2019", "I-01: target_year"),
    ],
)
def test_numbers_the_rules_do_not_take_are_refused(db, copy, old, new, reason):
    folder = copy("indicators.toml", old, new)
    folder = copy("plan.toml", 'slug = "sz-sti-14"', 'slug = "another"')

    with pytest.raises(CommandError, match=re.escape(reason)):
        call_command("load_plan", str(folder))

    assert not Item.objects.filter(plan__slug="another").exists()


def test_load_twice_changes_nothing(plan):
    before = plan.figures_version

    written = load_plan(FOLDER).written
    plan.refresh_from_db()

    assert (written, plan.figures_version) == (0, before)


@pytest.mark.breadth
def test_correction_of_a_title_is_taken_over(plan, copy):
    folder = copy("platforms.toml", 'title = "光明科学城"', 'title = "光明科学城（更正）"')

    written = load_plan(folder).written

    assert written == 1
    assert plan.items.get(code="P-1").title == "光明科学城（更正）"


@pytest.mark.breadth
def test_second_plan_loads_beside_the_first(plan, copy):
    folder = copy("plan.toml", 'slug = "sz-sti-14"', 'slug = "sz-sti-15"')

    call_command("load_plan", str(folder), verbosity=0)

    assert Item.objects.filter(plan__slug="sz-sti-15").count() == plan.items.count()


def test_entity_named_twice_is_one_item_with_links(plan):
    names = Link.objects.filter(kind=Link.Kind.NAMES, source__plan=plan)
    laboratory = plan.items.get(title="鹏城实验室")

    assert names.get(target=laboratory).source.code == "P-4.10"
    assert plan.items.filter(title__contains="国家高性能医疗器械创新中心").count() == 1


def test_two_future_industries_are_in_no_cluster(plan):
    focused = Focus.objects.filter(item__plan=plan, item__code__startswith="C-")
    futures = Industry.objects.filter(plan=plan, level="future").exclude(focuses__in=focused)

    assert [row.name for row in futures] == ["深地深海", "量子信息"]


def test_names_outside_the_lists_are_kept_as_printed(plan):
    unlisted = Focus.objects.filter(item__plan=plan, item__code__startswith="C-", industry=None)

    assert unlisted.count() == 16
    assert unlisted.get(item__code="C-09.4").name == "人工智能"


def test_technologies_belong_to_their_groups(plan):
    counts = Counter(Technology.objects.filter(industry__plan=plan).values_list("industry__code", flat=True))

    assert counts == {"G-1": 5, "G-2": 5, "G-3": 7, "G-4": 5, "G-5": 6, "G-6": 7, "G-7": 7}


def test_locate_disregards_white_space():
    assert locate("达5.46%", "比重达 5.46%，") == (2, 9)
    assert locate("没有", "比重达 5.46%，") is None


def test_sentence_around_ends_at_its_full_stop():
    text = "甲。建设乙、丙；建设丁。"

    assert sentence_around(text, 4, 5) == "建设乙、丙；"
    assert sentence_around(text, 10, 11) == "建设丁。"


DUE = 'target_text = "1500"'


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ('frequency = "monthly"', "未知频率 monthly"),
        ('frequency = "several_years"', "every_years"),
        ('frequency = "several_years"\n  every_years = 1\n  first_due_year = 2020', "不小于 2"),
        ("every_years = 5", "several_years"),
        ("due_month = 13", "月份 13"),
    ],
)
def test_a_due_rule_that_cannot_be_is_refused(copy, rule, reason):
    folder = copy("indicators.toml", DUE, f"{DUE}\n  {rule}")

    with pytest.raises(BrokenFixtures) as error:
        read_plan(folder)

    assert any("I-05" in fault and reason in fault for fault in error.value.faults)
