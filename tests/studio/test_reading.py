"""A pasted text read: headings, page furniture, broken lines, tables; every repair shown and undoable."""

import re
from io import BytesIO

import pytest
from django.conf import settings
from docx import Document as open_word
from docx.oxml import parse_xml

from studio.reading.document import read_text
from studio.reading.headings import depths, mark_of
from studio.reading.markup import PICTURE
from studio.reading.word import WordText, read_word
from studio.reading.word_numbers import chinese
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
    lines = read_word((tmp_path / "plan.docx").read_bytes()).text.split("\n")
    assert [line for line in lines if line] == ["专栏1 主要指标", PICTURE, PICTURE, "提升能力。"]


def element(xml: str):
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return parse_xml(xml.replace(">", f' xmlns:w="{space}">', 1))


def said(word) -> WordText:
    kept = BytesIO()
    word.save(kept)
    return read_word(kept.getvalue())


def test_tracked_changes_of_a_word_file_are_read_as_accepted():
    """What was inserted was passed over in silence."""
    word = open_word()
    paragraph = word.add_paragraph("建设")._p
    for xml in (
        "<w:ins><w:r><w:t>江北</w:t></w:r></w:ins>",
        "<w:del><w:r><w:delText>江南</w:delText></w:r></w:del>",
        "<w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>",
        "<w:moveTo><w:r><w:t>科学</w:t></w:r></w:moveTo>",
        "<w:r><w:t>馆。</w:t><w:footnoteReference/></w:r>",
        "<w:sdt><w:sdtContent><w:r><w:t>完善制度。</w:t></w:r></w:sdtContent></w:sdt>",
    ):
        paragraph.append(element(xml))
    found = said(word)
    assert found.text.strip() == "建设江北科学馆。完善制度。"
    assert found.seen == {"inserted": 1, "deleted": 1, "notes": 1}


def test_text_boxes_and_content_controls_are_read_and_a_table_of_contents_is_not():
    word = open_word()
    word.add_paragraph("第一章 总则")._p.append(
        element(
            "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>专栏1 项目</w:t></w:r></w:p></w:txbxContent></w:pict>"
            "</w:r>"
        )
    )
    inner = "<w:sdtContent><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    contents = "<w:sdt><w:sdtPr><w:docPartObj/></w:sdtPr>" + inner % "第一章 总则 1"
    for xml in (contents, "<w:sdt>" + inner % "建设科学馆。"):
        word.element.body.insert(-1, element(xml))
    assert [line for line in said(word).text.split("\n") if line] == ["第一章 总则", "专栏1 项目", "建设科学馆。"]


def test_numbers_that_word_makes_itself_stand_before_their_paragraphs():
    """Without them no heading was recognised."""
    levels = (("chineseCounting", "第%1章"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3."))
    xml = "<w:abstractNum w:abstractNumId='90'>" + "".join(
        f"<w:lvl w:ilvl='{at}'><w:start w:val='1'/><w:numFmt w:val='{made}'/><w:lvlText w:val='{text}'/></w:lvl>"
        for at, (made, text) in enumerate(levels)
    )
    word = open_word()
    numbering = word.part.numbering_part.element
    numbering.insert(0, element(f"{xml}</w:abstractNum>"))
    numbering.append(element("<w:num w:numId='90'><w:abstractNumId w:val='90'/></w:num>"))
    by_style = "<w:pPr><w:numPr><w:numId w:val='90'/></w:numPr></w:pPr>"
    word.styles["Heading 1"].element.append(element(by_style))
    for words, level in (("总则", -1), ("目标", 1), ("任务", 1), ("建设科学馆。", 2), ("保障", -1), ("组织", 1)):
        paragraph = word.add_paragraph(words, style="Heading 1" if level < 0 else None)
        if level >= 0:
            own = f"<w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='90'/></w:numPr>"
            paragraph._p.get_or_add_pPr().append(element(own))
    text = said(word).text
    assert [line for line in text.split("\n") if line] == [
        "第一章 总则", "（一） 目标", "（二） 任务", "1. 建设科学馆。", "第二章 保障", "（一） 组织",
    ]  # fmt: skip
    assert [block.depth for block in read_text(text).blocks] == [1, 2, 2, 0, 1, 2]


@pytest.mark.parametrize(
    ("number", "said"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (103, "一百零三"), (110, "一百一十")]
)
def test_a_number_as_chinese_counts(number, said):
    assert chinese(number) == said


def test_merged_cells_are_said_once_across_and_in_each_row_down():
    word = open_word()
    table = word.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "指标"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "创新"
    table.cell(0, 2).text = "2030年"
    table.cell(1, 1).text, table.cell(2, 1).text, table.cell(2, 2).text = "强度", "专利", "7"
    rows = [line.split("\t") for line in said(word).text.split("\n") if line]
    assert rows == [["指标", "", "2030年"], ["创新", "强度", ""], ["创新", "专利", "7"]]


@pytest.mark.parametrize(("said_wide", "cells"), [("x", 1), ("999999999", 63)])
def test_nonsense_about_a_cell_costs_nothing(said_wide, cells):
    word = open_word()
    cell = word.add_table(1, 1)._tbl.tr_lst[0].tc_lst[0]
    cell.get_or_add_tcPr().append(element(f"<w:gridSpan w:val='{said_wide}'></w:gridSpan>"))
    lines = said(word).text.rstrip("\n").split("\n")
    assert lines[0].count("\t") == cells - 1


def test_a_binary_file_is_refused():
    with pytest.raises(RefusedText):
        read_text("规划\0")


@pytest.mark.breadth
@pytest.mark.slow
def test_a_text_of_five_megabytes_and_two_thousand_headings_is_read():
    text = "".join(f"第{n}章 标题{n}\n\n第{n}句建设若干平台，提升能力到{n}项。\n\n" for n in range(1, 2001))
    document = read_text(text + ("推进建设项目落地见效。" * 20 + "\n") * 8_000)
    assert sum(block.depth == 1 for block in document.blocks) == 2000
    assert sum(block.text.count("落地见效") for block in document.blocks) == 160_000
