"""The text clause by clause: nothing of the chapters read is left over, and other readings agree."""

import csv
import io
import re
import shutil
from collections import Counter

import pytest
from django.core.management import call_command

from plan.clause_lines import clause_lines
from plan.clauses import ReadAs, cut, with_items
from plan.fixtures import BrokenFixtures, ItemRow, compact, read_plan
from plan.models import ReadClause
from tests.conftest import FOLDER
from tests.plan import small

ROOT = "/sz-sti-14/coverage"


def row(code, text, words, title="", kind="point"):
    start = text.index(words)
    return ItemRow(code, kind, "", "1", title or words, code, words, 0, start, start + len(words))


def test_a_clause_ends_at_stops_and_at_commas_outside_brackets_and_quotes():
    text = "按照“优势聚焦，分类培育”原则，建设甲（含乙，丙）；完善丁。"

    assert [text[start:end] for start, end in cut(text)] == [
        "按照“优势聚焦，分类培育”原则",
        "建设甲（含乙，丙）",
        "完善丁",
    ]
    assert list(cut("")) == []


def test_a_statement_speaks_by_its_title_and_by_what_stands_below_it():
    text = "建设平台。以改革为核心，布局设施，推进合作。"
    items = [row("P-1", text, text, "建设平台"), row("P-1-01", text, "布局设施")]

    told = [(clause.text, [item.code for item in clause.items]) for clause in with_items(text, items)]

    assert told == [("建设平台", ["P-1"]), ("以改革为核心", []), ("布局设施", ["P-1-01"]), ("推进合作", [])]


def folder(tmp_path, words):
    (small.write(tmp_path / "small") / "coverage.toml").write_text(words, encoding="utf-8")
    return tmp_path / "small"


JUDGEMENTS = """
chapters = ["2"]
[reasons.stance]
zh = "表明态度"
en = "A stance"
[[clause]]
section = "2"
why = "stance"
part_of = "P-1"
words = ["推进庚合作"]
"""


def test_a_plan_may_say_nothing_of_its_clauses_or_judge_them_all(tmp_path):
    assert read_plan(small.write(tmp_path / "small")).clauses == []

    rows = read_plan(folder(tmp_path, JUDGEMENTS)).clauses

    assert [(clause.part_of, clause.reason) for clause in rows] == [("", "")] * 4 + [("P-1", "表明态度")]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('words = ["推进庚合作"]', 'words = ["推进辛合作"]', "2: 原文中没有这一句"),
        (
            'words = ["推进庚合作"]',
            'words = ["推进辛合作"]',
            "2: 既不是条目也没有判断 / neither an item nor judged: 推进庚",
        ),
        ('["推进庚合作"]', '["推进庚合作", "完善己制度"]', "2: 已是条目 G-1，不必再判断"),
        ('part_of = "P-1"', 'part_of = "P-9"', "未知编码"),
        ('why = "stance"', 'why = "mood"', "reasons.mood: 缺少字段"),
        ('why = "stance"', 'wy = "stance"', "不认识的字段，最接近的是 why"),
        ('why = "stance"', "", "缺少字段 / missing: why"),
    ],
)  # fmt: skip
def test_what_is_left_over_or_judged_wrongly_is_refused(tmp_path, old, new, reason):
    assert old in JUDGEMENTS

    with pytest.raises(BrokenFixtures) as error:
        read_plan(folder(tmp_path, JUDGEMENTS.replace(old, new)))

    assert reason in str(error.value)
    assert all(fault.startswith("coverage.toml: ") for fault in error.value.faults)


def test_an_item_that_goes_leaves_its_words_uncovered(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(FOLDER, copy)
    industries = (copy / "industries.toml").read_text(encoding="utf-8")
    begin = industries.index('  [[item.entry]]\n  code = "G-2-03"')
    rest = industries[industries.index("  [[item.entry]]", begin + 8) :]
    (copy / "industries.toml").write_text(industries[:begin] + rest, encoding="utf-8")

    with pytest.raises(BrokenFixtures, match="5.1: 既不是条目也没有判断 .*夯实数字经济发展基石"):
        read_plan(copy)


# Without the headings, of which the question said nothing: the title of an item over what stands below it.
WITHOUT_HEADINGS = {
    "second-reading.csv": (94.8, 0.84),
    "third-reading.csv": (79.0, 0.47),
    "fourth-reading.csv": (91.4, 0.77),
}
# Made from the bare clauses, without items or judgements in sight; the third and the fourth by somebody else, the
# fourth with a rule of where a commitment ends (decision 0035).
# By file: how often it says what the product says, by word; then as per cent and beyond chance (Cohen's kappa) for
# the three words, and for whether there is a commitment at all.
AGREED = {
    "second-reading.csv": ({"item": 554, "part": 58, "none": 30}, (95.5, 0.84), (97.9, 0.8)),
    "third-reading.csv": ({"item": 405, "part": 55, "none": 24}, (72.0, 0.34), (97.9, 0.76)),
    "fourth-reading.csv": ({"item": 518, "part": 79, "none": 25}, (92.6, 0.78), (98.4, 0.81)),
}
# What another reader takes for a commitment of its own and the plan leaves out: acts the guiding ideas only name.
LEFT_OUT = {
    "second-reading.csv": [],
    "third-reading.csv": ["建设具有全球影响力的科技和产业创新高地"],
    "fourth-reading.csv": ["增强核心引擎功能", "最大限度释放全社会创新创业创造活力"],
}


def agreement(ours, theirs):
    """Per cent of the places where both say the same, and Cohen's kappa."""
    number = len(ours)
    mine, yours = Counter(ours), Counter(theirs)
    chance = sum(mine[word] * yours[word] for word in mine) / number**2
    agreed = sum(one == other for one, other in zip(ours, theirs, strict=True)) / number
    return round(100 * agreed, 1), round((agreed - chance) / (1 - chance), 2)


@pytest.mark.parametrize("name", AGREED)
def test_another_reading_agrees(plan, name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        other = list(csv.DictReader(file))
    lines = clause_lines(plan)
    assert [(line.section.number, line.text) for line in lines] == [
        (row["section"], row["clause"]) for row in other
    ]

    ours, theirs = [line.judged.value for line in lines], [row["judged"] for row in other]
    same = Counter(one for one, two in zip(ours, theirs, strict=True) if one == two)
    promised = [[word != "none" for word in words] for words in (ours, theirs)]
    assert (len(lines), dict(same), agreement(ours, theirs), agreement(*promised)) == (672, *AGREED[name])
    over = {item.parent_id for item in plan.items.all()}
    text = [
        (one, two)
        for line, one, two in zip(lines, ours, theirs, strict=True)
        if not any(item.pk in over and re.sub(r"^\d+\. ", "", line.text) == item.title for item in line.items)
    ]
    assert (len(text), agreement(*zip(*text, strict=True))) == (580, WITHOUT_HEADINGS[name])
    # Nothing that only says how, or in which field, is called a commitment where the other takes it for a part.
    means = [
        line.text
        for line, word in zip(lines, theirs, strict=True)
        if line.judged == "item" and word == "part" and line.text.startswith(("依托", "围绕全", "以“", "以深"))
    ]
    assert means == []
    left_out = [
        line.text for line, word in zip(lines, theirs, strict=True) if line.judged == "none" and word == "item"
    ]
    assert left_out == LEFT_OUT[name]


@pytest.mark.breadth
def test_every_clause_stands_on_the_page_and_in_its_files(plan, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page = client.get(f"{ROOT}/").content.decode()
    rows = client.get(f"{ROOT}.json").json()["results"]
    only = client.get(f"{ROOT}.json?judged=none").json()["results"]
    sheet = list(csv.reader(io.StringIO(client.get(f"{ROOT}.csv").content.decode("utf-8-sig"))))

    assert len(rows) == len(sheet) - 1 == ReadClause.objects.filter(paragraph__plan=plan).count() == 672
    assert {row["judged"] for row in rows} == set(ReadAs)
    assert all(row["codes"] or row["reason"] for row in rows)
    assert [row for row in rows if not row["codes"]] == only
    found = {compact(row["clause"]): row for row in rows}
    assert found["以制度创新为核心、以深港协同为重点、以国际合作为特色"]["codes"] == ["P-2"]
    how = found["以深汕生态科技园为载体"]
    assert (how["judged"], how["codes"], how["reason"]) == ("part", ["C-11.2-02"], "说明怎样做、依靠什么")
    assert "夯实数字经济发展基石" in page
    assert "指导思想：说明依据" in page
    assert client.get(f"{ROOT}/?judged=much").status_code == 400


def test_a_plan_without_judgements_says_so(db, tmp_path, client):
    call_command("load_plan", str(small.write(tmp_path / "small")), verbosity=0)

    assert "没有逐句对照过" in client.get("/small/coverage/").content.decode()
    assert client.get("/small/coverage.json").json()["results"] == []
