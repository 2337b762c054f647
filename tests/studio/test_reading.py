"""A pasted text read: headings, page furniture, broken lines, tables; every repair shown and undoable."""

import re

import pytest
from django.conf import settings
from docx import Document as open_word

from studio.reading.document import read_text
from studio.reading.headings import depths, mark_of
from studio.reading.markup import PICTURE
from studio.reading.word import lines_of_word
from texts.cleaning import RefusedText

FOLDER = settings.BASE_DIR / "fixtures" / "sz-sti-14"


def bare(text: str) -> list[str]:
    return [re.sub(r"\s", "", block) for block in text.strip().split("\n\n")]


def test_the_text_layer_of_the_plan_reads_as_its_repaired_text():
    document = read_text((FOLDER / "source.txt").read_text(encoding="utf-8"))
    wanted, found = bare((FOLDER / "text.md").read_text(encoding="utf-8")), bare(document.as_files())
    missing = [block for block in wanted if block not in found]
    # What no rule can know: the stray letter of D02, and a goal that the layer printed within another's paragraph.
    assert [block[:8] for block in missing] == ["引领发展。坚持把", "创新支撑力明显增", "创新源动力更为强"]
    assert len(found) == len(wanted) - 1
    assert document.title == "深圳市科技创新“十四五”规划"
    assert document.seen == {}


def test_each_repair_says_what_was_printed_and_is_undone_by_its_key():
    text = "一、总则\n\n构建“基\n\n基础研究体系”，推进基础研究，加强基础设施。\n"
    document = read_text(text)
    assert document.blocks[1].text == "构建“基础研究体系”，推进基础研究，加强基础设施。"
    join = next(repair for repair in document.repairs if repair.sort == "join")
    assert (join.line, join.printed) == (5, "构建“基⏎基础研究体系”，推进基础")
    undone = read_text(text, undone=[join.key])
    assert [block.text for block in undone.blocks[1:]] == [
        "构建“基", "基础研究体系”，推进基础研究，加强基础设施。",
    ]  # fmt: skip
    only_doubled = next(repair for repair in document.repairs if repair.sort == "doubled")
    assert "基基础研究" in read_text(text, undone=[only_doubled.key]).blocks[1].text


@pytest.mark.parametrize(
    ("line", "sort", "rest"),
    [
        ("第三章 主要目标", "chapter", "主要目标"),
        ("第一节　指导思想", "section", "指导思想"),
        ("一、发展基础", "cn", "发展基础"),
        ("（十一）深汕智造城", "paren", "深汕智造城"),
        ("(三) 加强保障", "paren", "加强保障"),
        ("12. 深化科教融合", "number", "深化科教融合"),
        ("1、优化布局", "number", "优化布局"),
        ("专栏 3：重大工程", "box", "重大工程"),
    ],
)
def test_numbers_of_headings(line, sort, rest):
    found = mark_of(line)
    assert (found.sort, found.rest) == (sort, rest)


@pytest.mark.parametrize("line", ["5.5%以上的增速", "一是核心引擎功能不强", "2030年，建成", "2.2 万家企业"])
def test_no_number_of_a_heading(line):
    assert mark_of(line) is None


def test_depth_follows_the_numbers_a_text_uses():
    assert depths(["第一章 甲", "第一节 乙", "一、丙"]) == {"chapter": 1, "section": 2, "cn": 3}
    assert depths(["一、甲", "（一）乙", "1. 丙"]) == {"cn": 1, "paren": 2}


def test_page_numbers_contents_and_running_heads_go_but_stay_to_be_seen():
    page = "某市规划\n\n第一句写到这里。\n\n— 3 —\n\n"
    document = read_text("某市规划\n\n目 录\n\n一、总则.....1\n\n一、总则\n\n" + page * 3)
    assert [block.text for block in document.blocks] == ["一、总则", *["第一句写到这里。"] * 3]
    assert {repair.sort for repair in document.repairs} >= {"contents", "page", "running"}


def test_a_web_page_becomes_its_text_and_says_where_pictures_were():
    page = (
        "<html><head><title>x</title><script>alert(1)</script></head><body><h1>一、目标</h1>"
        "<p>推进<b>建设</b>。</p><table><tr><td>指标</td><td>单位</td></tr><tr><td>甲</td><td>%</td></tr></table>"
        "<img src=a.png><p>&amp;完。</p></body></html>"
    )
    document = read_text(page)
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("heading", "一、目标"),
        ("prose", "推进建设。"),
        ("table", "| 指标 | 单位 |\n| 甲 | % |"),
        ("subheading", "〔图片〕"),
        ("prose", "&完。"),
    ]
    assert document.seen["pictures"] == 1
    assert document.seen["markup"] == 1


def test_what_a_person_should_look_at_is_said():
    twice = "同一句话写了两遍而且足够长，谁都看得出来。"
    assert read_text(f"{twice}\n\n{twice}\n").seen == {"no_headings": 1, "no_numbers": 1, "twice": 1}


def test_a_picture_in_a_word_file_is_said_wherever_it_stands(tmp_path):
    """Beside its caption, or in a table's cell, it was passed over in silence."""
    picture = settings.BASE_DIR / "docs/overview.png"
    word = open_word()
    word.add_paragraph("专栏1 主要指标").add_run().add_picture(str(picture))
    word.add_table(1, 1).rows[0].cells[0].paragraphs[0].add_run().add_picture(str(picture))
    word.add_paragraph("提升能力。")
    word.save(tmp_path / "plan.docx")
    lines = lines_of_word((tmp_path / "plan.docx").read_bytes()).split("\n")
    assert [line for line in lines if line] == ["专栏1 主要指标", PICTURE, PICTURE, "提升能力。"]


def test_a_binary_file_is_refused():
    with pytest.raises(RefusedText):
        read_text("规划\0")


@pytest.mark.slow
def test_a_text_of_five_megabytes_and_two_thousand_headings_is_read():
    text = "".join(f"第{n}章 标题{n}\n\n第{n}句建设若干平台，提升能力到{n}项。\n\n" for n in range(1, 2001))
    document = read_text(text + ("推进建设项目落地见效。" * 20 + "\n") * 8_000)
    assert sum(block.depth == 1 for block in document.blocks) == 2000
    assert sum(block.text.count("落地见效") for block in document.blocks) == 160_000
