"""The report as people write it: chapters, their life, numbers that are pinned, Word out and back, versions."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import import_module

import docx
import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from assessments import chapters, notes, opinions, returns, versions
from assessments.models import ChapterStep, Note, ReportChapter, ReportVersion, Round
from assessments.report.chapter_text import sentences
from assessments.report.content import build_report, current_document
from assessments.report.document import DocumentParagraph, DocumentTable, Heading, as_json, from_json
from assessments.report.docx import mark
from assessments.report.drafting import time_left
from assessments.report.facts import check_pins, quotes, renewed
from assessments.report.outline import outline_of
from assessments.report.slides import write_slides
from assessments.report.tables import TABLES
from assessments.report.taken_up import NotesSince
from assessments.report.told_apart import taken_over, told_apart
from assessments.report.word_work import RefusedReturn, read_work_file, write_work_file
from assessments.rounds import close_round
from audit.models import AuditEvent
from audit.refusals import Overtaken, WrongState
from evidence.models import PublicEvidence
from indicators.figures import taking_out
from indicators.models import Observation
from plan.models import Plan
from plan.services import touch_plan
from plan.uploads import RefusedFile
from tests.assessments.scene import open_round, published
from tests.breadth import more
from tests.factories import make_observation, make_person


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """An open mid-term round with its chapters, made once; what a test does to it is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        plan = Plan.objects.get(slug="sz-sti-14")
        people = {name: make_person(name, role) for name, role in (("man", "reviewer"), ("eva", "evaluator"))}
        items = list(plan.items.filter(code__in=["I-01", "P-1"]))
        row = open_round(plan, by=people["man"], items=items, evaluator=people["eva"])
        published(
            row, items[0], by=people["eva"], reviewer=people["man"], problems="结构不优", remedies="加大投入"
        )
        chapters.begin_chapters(row, by=people["man"])
        yield row.pk
        transaction.set_rollback(True)


@pytest.fixture
def people(scene, db):
    return {name: User.objects.get(username=name) for name in ("man", "eva")}


@pytest.fixture
def report(scene, db):
    return Round.objects.get(pk=scene)


@pytest.fixture
def chapter(report, people):
    """The first chapter, given to an evaluator."""
    row = report.chapters.get(key="overall")
    return chapters.arrange_chapter(row, edition=row.edition, by=people["man"], author=people["eva"])


@pytest.mark.breadth
def test_a_round_begins_with_the_outline_of_its_kind(report):
    rows = list(report.chapters.all())

    assert [row.key for row in rows] == [one.key for one in outline_of("midterm")]
    assert "规划期已过 50 %" in rows[0].body
    assert rows[0].pins["period.elapsed"] == "规划期已过 50 %"
    assert all(words in row.body for row in rows for words in row.pins.values())
    assert next(row for row in rows if row.key == "circumstances").body == ""


@pytest.mark.parametrize(
    ("months", "said"),
    [(30, "两年半"), (12, " 12 个月"), (18, "一年半"), (24, "两年"), (36.2, "三年"), (5, " 5 个月")],
)
def test_time_that_is_left_is_said_as_people_say_it(months, said):
    assert time_left(months) == said


@pytest.mark.parametrize("kind", Round.Kind.values)
def test_every_outline_can_be_read_and_its_tables_exist(kind):
    rows = outline_of(kind)

    assert rows[0].key == "overall"
    assert len({row.key for row in rows}) == len(rows)
    assert all(row.purpose for row in rows)


def test_what_has_nothing_to_say_is_named_once(report):
    document = build_report(report)

    titles = [block.text for block in document.blocks if isinstance(block, Heading) and block.level == 1]
    assert titles[0] == "一、总体评价"
    assert not any("环境变化" in title for title in titles)
    said = [block.text for block in document.blocks if "未单列的章节" in getattr(block, "text", "")]
    assert len(said) == 1
    assert "环境变化" in said[0]
    assert "本轮没有已发布的评估意见" not in str(document.blocks)


def test_a_chapter_goes_from_its_author_to_a_second_person(chapter, people):
    eva, man = people["eva"], people["man"]
    row = chapters.write_chapter(chapter, edition=chapter.edition, by=eva, body="总体符合预期。")
    row = chapters.submit_chapter(row, edition=row.edition, by=eva)
    with pytest.raises(PermissionDenied):
        chapters.agree_chapter(row, edition=row.edition, by=eva)
    row = chapters.return_chapter(row, edition=row.edition, by=man, reason="请写经验")
    row = chapters.submit_chapter(row, edition=row.edition, by=eva)
    row = chapters.agree_chapter(row, edition=row.edition, by=man)

    assert row.state == ReportChapter.State.AGREED
    assert list(row.steps.values_list("action", flat=True))[-4:] == [
        "submitted",
        "returned",
        "submitted",
        "agreed",
    ]
    assert row.steps.get(action="agreed").body == "总体符合预期。"
    assert AuditEvent.objects.filter(action="chapter.agreed").count() == 1
    with pytest.raises(WrongState):
        chapters.write_chapter(row, edition=row.edition, by=eva, body="再改")


def test_only_the_author_writes_and_the_second_of_two_is_told(chapter, people):
    with pytest.raises(PermissionDenied):
        chapters.write_chapter(chapter, edition=chapter.edition, by=make_person("other", "evaluator"), body="x")
    row = chapters.write_chapter(chapter, edition=chapter.edition, by=people["eva"], body="第一稿。")
    with pytest.raises(Overtaken):
        chapters.write_chapter(row, edition=row.edition - 1, by=people["eva"], body="另一稿。")
    assert ReportChapter.objects.get(pk=row.pk).body == "第一稿。"


def test_the_second_person_is_guarded_by_the_database_too(chapter):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        ReportChapter.objects.filter(pk=chapter.pk).update(state="agreed", agreed_by=chapter.author)


def test_a_table_the_report_does_not_have_is_refused_by_name(chapter, people):
    with pytest.raises(ValidationError) as refused:
        chapters.write_chapter(chapter, edition=chapter.edition, by=people["eva"], body="〔表：主要指数〕")

    assert "主要指数" in str(refused.value)
    assert "主要指标" in str(refused.value)


def test_numbers_are_renewed_on_request_and_never_by_themselves(report, people, plan):
    row = report.chapters.get(key="targets")
    row = chapters.arrange_chapter(row, edition=row.edition, by=people["man"], author=people["eva"])
    component = plan.items.get(code="I-01").indicator.components.get()
    before = row.pins["I-01.latest"]
    make_observation(component, 2022, "5.81", released="2023-05-01")
    touch_plan(plan)

    assert ReportChapter.objects.get(pk=row.pk).body == row.body
    row = chapters.renew_numbers(row, edition=row.edition, by=people["eva"])

    assert before not in row.body
    assert "2022 年为 5.81 %" in row.body
    assert row.pins["I-01.latest"] == "2022 年为 5.81 %"


def test_a_number_changed_by_hand_is_said_and_left_alone():
    pins = {"a": "已达目标 3 项", "b": "共 8 项"}
    body = "共 8 项中，已达目标 4 项。"

    states = {state.name: state for state in check_pins(body, pins, {"a": "已达目标 5 项", "b": "共 8 项"})}
    assert states["a"].is_gone
    assert states["a"].is_changed
    assert not states["b"].is_gone
    assert renewed(body, pins, {"a": "已达目标 5 项", "b": "共 9 项"})[0] == "共 9 项中，已达目标 4 项。"


def test_a_number_whose_figure_was_taken_out_stays_and_is_said_to_be_gone(report, people, plan, client):
    row = report.chapters.get(key="targets")
    row = chapters.arrange_chapter(row, edition=row.edition, by=people["man"], author=people["eva"])
    words = row.pins["I-03.latest"]
    figure = Observation.objects.get(component__code="I-03", year=2021)
    figure = taking_out.ask_out(
        figure, edition=figure.edition, by=make_person("ana", "analyst"), reason="口径不同"
    )
    taking_out.take_out(figure, edition=figure.edition, by=people["man"])
    Observation.objects.filter(pk=figure.pk).update(taken_out_at=datetime(2023, 1, 1, tzinfo=UTC))
    touch_plan(plan)
    client.force_login(people["eva"])

    page = client.get(row.get_absolute_url()).content.decode()
    renewed_row = chapters.renew_numbers(row, edition=row.edition, by=people["eva"])

    assert "已没有这个数据" in page
    # What it rested on is no more: the sentence is for its author to change.
    assert words in renewed_row.body
    assert renewed_row.pins["I-03.latest"] == words


def test_numbers_that_change_places_are_not_mixed_up():
    body, pins = renewed("甲 1 项，乙 2 项。", {"a": "甲 1 项", "b": "乙 2 项"}, {"a": "乙 2 项", "b": "甲 1 项"})

    assert body == "乙 2 项，甲 1 项。"
    assert pins == {"a": "乙 2 项", "b": "甲 1 项"}


TEXT = st.text(alphabet="甲乙1。！；\n”", max_size=60)


@given(TEXT)
def test_the_sentences_of_a_text_are_the_text(text):
    lines = "\n".join(filter(None, map(str.strip, text.splitlines())))

    assert "".join(sentences(lines)) == lines


@given(TEXT, TEXT)
def test_taking_all_gives_the_new_text_and_taking_none_the_old(old, new):
    old, new = ("\n".join(filter(None, map(str.strip, text.splitlines()))) for text in (old, new))
    changes = told_apart(old, new)

    assert taken_over(changes, set(range(len(changes)))) == new
    assert taken_over(changes, set()) == old


@given(TEXT, TEXT, TEXT)
def test_three_texts_lose_nothing_that_the_chapter_says(base, ours, theirs):
    base, ours, theirs = (
        "\n".join(filter(None, map(str.strip, text.splitlines()))) for text in (base, ours, theirs)
    )
    changes = told_apart(ours, theirs, base=base)
    theirs_alone = told_apart(base, theirs, base=base)

    assert taken_over(changes, set()) == ours
    assert taken_over(theirs_alone, set(range(len(theirs_alone)))) == theirs
    if base == theirs:
        assert not any(change.is_change for change in changes)
    if ours == theirs:
        assert not any(change.is_change or change.is_kept for change in changes)


def test_a_sentence_is_told_by_who_changed_it():
    base = "甲。乙。丙。丁。\n戊。"
    ours = "甲。乙一。丙一。丁。\n戊。己。"
    theirs = "甲。乙。丙二。丁二。\n戊。"

    changes = told_apart(ours, theirs, base=base)

    assert [(one.base, one.old, one.new) for one in changes if one.is_conflict] == [("丙。", "丙一。", "丙二。")]
    assert [(one.base, one.old) for one in changes if one.is_kept] == [("乙。", "乙一。"), ("", "己。")]
    only_theirs = [one for one in changes if one.is_change and not one.is_conflict]
    assert [(one.old, one.new) for one in only_theirs] == [("丁。", "丁二。")]
    taken = {place for place, one in enumerate(changes) if one in only_theirs}
    assert taken_over(changes, taken) == "甲。乙一。丙一。丁二。\n戊。己。"


def test_what_both_added_in_one_place_stands_there_twice():
    changes = told_apart("甲。\n乙。", "甲。\n丙。", base="甲。")

    assert [one.new for one in changes if one.is_change] == ["\n丙。"]
    assert not any(one.is_conflict for one in changes)
    assert taken_over(changes, set(range(len(changes)))) == "甲。\n乙。\n丙。"


def edited(data: bytes, edit) -> SimpleUploadedFile:
    """A Word file as a person sends it back after changing it."""
    file = docx.Document(io.BytesIO(data))
    edit(file)
    out = io.BytesIO()
    file.save(out)
    return SimpleUploadedFile("改.docx", out.getvalue())


def test_a_word_file_brings_back_what_it_took_out(report):
    rows = list(report.chapters.all())
    data = write_work_file(report, rows)

    found = read_work_file(io.BytesIO(data), report).texts

    assert [(text.chapter, text.edition, text.body) for text in found] == [
        (row.pk, row.edition, row.body) for row in rows
    ]
    assert write_work_file(report, rows) == data


def test_changes_come_back_sentence_by_sentence(report, chapter, people):
    def edit(file):
        file.paragraphs[1].text = file.paragraphs[1].text.replace("已过 50\u00a0%", "已过半") + "总体符合预期。"

    upload = edited(write_work_file(report, [chapter]), edit)
    found = returns.take_back(report, upload, by=people["eva"])

    assert [row.chapter_id for row in found.returns] == [chapter.pk]
    assert found.missing == []
    row = ReportChapter.objects.get(pk=chapter.pk)
    changes = told_apart(row.body, found.returns[0].body, row.pins)
    flagged = [change for change in changes if change.numbers]
    assert [change.numbers for change in flagged] == [("规划期已过 50 %",)]
    accepted = {place for place, change in enumerate(changes) if change.is_change and not change.numbers}
    row = chapters.take_over(found.returns[0], changes, accepted, edition=row.edition, by=people["eva"])
    assert "规划期已过 50 %" in row.body
    with pytest.raises(WrongState):
        chapters.take_over(found.returns[0], changes, accepted, edition=row.edition, by=people["eva"])


def test_an_older_file_takes_back_nothing_that_the_chapter_says_since(report, chapter, people, client):
    """Two writers from one file: of what both changed all three readings stand there, unticked."""
    eva = people["eva"]
    chapter = chapters.write_chapter(
        chapter, edition=chapter.edition, by=eva, body="一是进展。\n二是问题。\n三是建议。"
    )
    old_file = write_work_file(report, [chapter])
    chapter = chapters.write_chapter(
        chapter, edition=chapter.edition, by=eva, body="一是进展很大。\n二是问题不少。\n三是建议。\n四是总结。"
    )

    def edit(file):
        for paragraph, words in zip(file.paragraphs[2:], ("二是问题还多。", "三是建议两条。"), strict=True):
            paragraph.text = words

    returned = returns.take_back(report, edited(old_file, edit), by=eva).returns[0]
    client.force_login(eva)
    address = reverse("assessments:chapter_return", args=["sz-sti-14", "midterm", returned.pk])
    page = client.get(address)
    said = page.content.decode()

    changes = page.context["changes"]
    place, both = next((place, one) for place, one in changes if one.is_conflict)
    assert (both.base, both.old, both.new) == ("二是问题。", "二是问题不少。", "二是问题还多。")
    assert f'name="take-{place}">' in said
    assert "两边都改了" in said
    assert "四是总结。" in [one.old.strip() for one in page.context["kept"]]
    ticked = {f"take-{place}": "on" for place, _one in changes if f'name="take-{place}" checked' in said}
    client.post(address, {"edition": chapter.edition} | ticked)
    chapter.refresh_from_db()
    assert chapter.body == "一是进展很大。\n二是问题不少。\n三是建议两条。\n四是总结。"


def test_without_the_text_that_left_nothing_is_ticked(report, chapter, people, client):
    old_file = write_work_file(report, [chapter])
    chapter = chapters.write_chapter(chapter, edition=chapter.edition, by=people["eva"], body="一是进展。")
    chapter.steps.update(edition=None)
    returned = returns.take_back(report, edited(old_file, lambda file: None), by=people["eva"]).returns[0]
    client.force_login(people["eva"])

    page = client.get(reverse("assessments:chapter_return", args=["sz-sti-14", "midterm", returned.pk]))

    assert page.context["is_blind"]
    assert 'name="take-' in page.content.decode()
    assert "checked" not in page.content.decode().split("told-apart")[1].split("</ol>")[0]


def test_a_file_with_tracked_changes_is_refused_with_what_helps(report, chapter, people):
    def edit(file):
        file.paragraphs[1]._p.append(OxmlElement("w:ins"))

    with pytest.raises(RefusedReturn, match="接受或拒绝全部修订"):
        returns.take_back(report, edited(write_work_file(report, [chapter]), edit), by=people["eva"])
    assert not chapter.returns.exists()


def test_a_file_of_another_report_or_of_none_is_refused(report, chapter, people):
    def other(file):
        file.core_properties.identifier = "another/final"

    data = write_work_file(report, [chapter])
    with pytest.raises(RefusedReturn, match="another/final"):
        returns.take_back(report, edited(data, other), by=people["eva"])
    with pytest.raises(RefusedReturn, match="不是从本系统取出"):
        returns.take_back(report, edited(data, unnamed), by=people["eva"])


def unnamed(file):
    file.core_properties.identifier = ""


def retitled(title: str):
    """Somebody types a chapter's heading anew: Word drops the mark with the words it stood at."""

    def edit(file):
        heading = [one for one in file.paragraphs if one.style.name == "Heading 1"][1]
        for found in heading._p.findall(qn("w:bookmarkStart")):
            heading._p.remove(found)
        heading.text = title
        heading.insert_paragraph_before("第一章末尾加一句。", style="Normal")

    return edit


@pytest.mark.parametrize("title", ["目标实现程度", "二、目标实现程度"])
def test_a_heading_typed_anew_is_known_by_its_title(report, people, title):
    rows = list(report.chapters.all())
    upload = edited(write_work_file(report, rows), retitled(title))

    found = returns.take_back(report, upload, by=people["eva"])

    assert (found.missing, found.passed_over) == ([], [])
    assert [one.chapter.key for one in found.returns] == ["overall"]
    assert found.returns[0].body == f"{rows[0].body}\n第一章末尾加一句。"


def test_words_below_a_heading_nobody_knows_go_into_no_other_chapter(report, people):
    rows = list(report.chapters.all())
    upload = edited(write_work_file(report, rows), retitled("目标完成情况"))

    with pytest.raises(RefusedReturn, match="目标完成情况.*改回"):
        returns.take_back(report, upload, by=people["eva"])

    def another(file):
        file.add_heading("新的一章", level=1)
        file.add_paragraph("内容。")

    with pytest.raises(RefusedReturn, match="新的一章.*增加"):
        returns.take_back(report, edited(write_work_file(report, rows), another), by=people["eva"])
    assert not report.chapters.filter(returns__isnull=False).exists()


def test_a_heading_within_a_chapter_stays_there_whatever_its_style(report, chapter, people):
    def edit(file):
        file.add_heading("（一）新的情况", level=1)
        file.add_heading("1．其一", level=1)

    upload = edited(write_work_file(report, [chapter]), edit)
    found = returns.take_back(report, upload, by=people["eva"])

    assert found.returns[0].body == f"{chapter.body}\n（一）新的情况\n1．其一"


def test_a_heading_that_is_gone_without_its_words_is_asked_for(report, people):
    def headless(file):
        heading = [one for one in file.paragraphs if one.style.name == "Heading 1"][1]
        heading._p.getparent().remove(heading._p)

    upload = edited(write_work_file(report, list(report.chapters.all())), headless)
    with pytest.raises(RefusedReturn, match="“目标实现程度”的标题不见了，正文接到了“总体评价”后面"):
        returns.take_back(report, upload, by=people["eva"])


def test_a_chapter_that_came_back_empty_is_deleted_by_nobody_s_default(report, chapter, people, client):
    def emptied(file):
        for paragraph in file.paragraphs[1:]:
            paragraph._p.getparent().remove(paragraph._p)

    upload = edited(write_work_file(report, [chapter]), emptied)
    returned = returns.take_back(report, upload, by=people["eva"]).returns[0]
    client.force_login(people["eva"])

    page = client.get(reverse("assessments:chapter_return", args=["sz-sti-14", "midterm", returned.pk]))

    assert "文件里这一章是空的" in page.content.decode()
    assert not re.search(r'name="take-\d+" checked', page.content.decode())


@pytest.mark.parametrize("name", ["a.odt", "a.docm", "a.doc", "a.wps", "a"])
def test_another_kind_of_file_is_told_what_to_save_as(report, chapter, people, name):
    upload = SimpleUploadedFile(name, write_work_file(report, [chapter]))
    with pytest.raises(RefusedFile, match="另存为不含宏的 .docx"):
        returns.take_back(report, upload, by=people["eva"])


def test_a_file_without_a_chapter_changes_only_those_it_has(report, people):
    rows = list(report.chapters.all())

    def without_the_first(file):
        for paragraph in file.paragraphs:
            if paragraph.style.name == "Heading 1" and paragraph.text == rows[1].title:
                break
            paragraph._p.getparent().remove(paragraph._p)

    upload = edited(write_work_file(report, rows), without_the_first)
    found = returns.take_back(report, upload, by=people["eva"])

    assert [row.key for row in found.missing] == ["overall"]
    assert found.returns == []


def test_a_file_with_macros_or_of_another_kind_is_refused(report, chapter, people):
    data = io.BytesIO(write_work_file(report, [chapter]))
    with zipfile.ZipFile(data, "a") as file:
        file.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(RefusedFile):
        returns.take_back(report, SimpleUploadedFile("宏.docx", data.getvalue()), by=people["eva"])
    for name in ("a.txt", "a.docm", "a.doc"):
        with pytest.raises(RefusedFile):
            returns.take_back(
                report, SimpleUploadedFile(name, write_work_file(report, [chapter])), by=people["eva"]
            )
    assert not chapter.returns.exists()


def test_a_round_is_published_with_every_chapter_agreed_and_its_report_kept(report, people):
    eva, man = people["eva"], people["man"]
    closed = close_round(report, edition=report.edition, by=man)
    with pytest.raises(ValidationError, match="总体评价"):
        versions.publish_with_report(closed, edition=closed.edition, by=man)
    assert not ReportVersion.objects.exists()
    for row in report.chapters.all():
        if not row.body:
            chapters.arrange_chapter(row, edition=row.edition, by=man, is_left_out=True)
            continue
        row = chapters.arrange_chapter(row, edition=row.edition, by=man, author=eva)
        row = chapters.submit_chapter(row, edition=row.edition, by=eva)
        chapters.agree_chapter(row, edition=row.edition, by=man)

    done = versions.publish_with_report(closed, edition=closed.edition, by=man)

    kept = done.versions.get()
    assert (kept.number, kept.reason) == (1, "发布")
    assert versions.digest_of(kept.document) == kept.digest
    assert current_document(done) == versions.document_of(kept)
    with pytest.raises(WrongState):
        chapters.add_chapter(done, title="再写一章", purpose="", by=man)


def test_a_version_is_kept_once_for_what_it_says(report, people):
    first = versions.keep_version(report, by=people["man"], reason="征求意见稿")
    again = versions.keep_version(report, by=people["man"], reason="征求意见稿")
    chapters.add_chapter(report, title="附加说明", purpose="", by=people["man"])

    assert again == first
    assert from_json(as_json(versions.document_of(first))) == versions.document_of(first)


@pytest.mark.parametrize("leads", ["战略平台", "重点领域"])
def test_what_leads_the_plan_has_a_slide_each_and_other_commitments_share_theirs(report, leads):
    """A platform of the first plan; of another whatever it puts first."""
    blocks = [Heading(1, "任务进展"), Heading(2, f"（一）{leads}")]
    for name in ("1．甲平台", "2．乙平台"):
        blocks += [Heading(3, name), DocumentParagraph(f"{name}的进展。")]
    blocks += [
        Heading(2, "（二）行动"),
        Heading(3, "1．丙行动"),
        DocumentParagraph("丙。"),
        Heading(3, "2．丁行动"),
    ]
    from pptx import Presentation

    document = replace(build_report(report), blocks=blocks, leads=leads)
    slides = Presentation(io.BytesIO(write_slides(document))).slides
    titles = [slide.shapes.title.text_frame.text for slide in slides][1:]

    assert titles == [
        f"任务进展　（一）{leads}　1．甲平台", f"任务进展　（一）{leads}　2．乙平台", "任务进展　（二）行动",
    ]  # fmt: skip


def test_a_report_says_what_leads_its_plan(report):
    assert build_report(report).leads == "战略平台"
    # Kept before the report said so.
    assert from_json({name: value for name, value in as_json(build_report(report)).items() if name != "leads"})
    plan = report.plan
    own = [{"key": "platform", "name": "重点领域", "has_chapter": True, "is_reported": True}]
    plan.declared_kinds = [{"key": "indicator", "name": "指标"}, *own]
    plan.save()
    assert build_report(Round.objects.get(pk=report.pk)).leads == "重点领域"


@pytest.mark.breadth
def test_slides_have_the_sentence_and_the_table_and_no_clock(report):
    from pptx import Presentation

    document = build_report(report)
    data = write_slides(document)

    file = Presentation(io.BytesIO(data))
    words = " ".join(
        shape.text_frame.text for slide in file.slides for shape in slide.shapes if shape.has_text_frame
    )
    assert "规划期已过" in words
    assert sum(shape.has_table for slide in file.slides for shape in slide.shapes) >= 1
    assert write_slides(document) == data


def test_an_opinion_not_taken_needs_its_reason_and_stands_in_the_annex(report, people):
    row = opinions.enter_opinion(
        report, by=people["man"], kind="expert", who="某专家", received_on=date(2023, 7, 1), text="补充环境分析"
    )
    with pytest.raises(ValidationError):
        opinions.answer_opinion(row, edition=row.edition, by=people["man"], state="not_adopted", answer=" ")
    opinions.answer_opinion(row, edition=row.edition, by=people["man"], state="adopted", answer="")

    table = next(
        block
        for block in build_report(report).blocks
        if isinstance(block, DocumentTable) and "征求" in block.caption
    )
    assert table.rows == [["某专家", "补充环境分析", "采纳", "—"]]


def test_a_refused_or_overtaken_answer_comes_back_with_its_words(report, people, client):
    row = opinions.enter_opinion(
        report, by=people["man"], kind="expert", who="某专家", received_on=date(2023, 7, 1), text="补充环境分析"
    )
    opinions.enter_opinion(
        report, by=people["man"], kind="expert", who="另一位", received_on=date(2023, 7, 1), text="全文太长"
    )
    client.force_login(people["man"])
    address = f"/sz-sti-14/assessments/rounds/midterm/report/opinions/{row.pk}/"
    sent = {"edition": row.edition, "answer": "将在下一稿补充"}

    unchosen = client.post(address, sent)
    unsaid = client.post(address, sent | {"state": "not_adopted", "answer": " "})
    opinions.answer_opinion(row, edition=row.edition, by=people["man"], state="adopted", answer="")
    overtaken = client.post(address, sent | {"state": "not_adopted"})

    pages = [answer.content.decode() for answer in (unchosen, unsaid, overtaken)]
    assert (unchosen.status_code, unsaid.status_code, overtaken.status_code) == (400, 400, 409)
    assert all('id="faults"' in page for page in pages)
    # Nobody else's field has them.
    assert [page.count(">将在下一稿补充</textarea>") for page in pages] == [1, 0, 1]
    assert re.search(r'value="not_adopted"\s+required\s+checked', pages[1])
    assert "<details open><summary>重新处理…" in re.sub(r">\s+<", "><", pages[2])
    row.refresh_from_db()
    assert (row.state, row.answer) == ("adopted", "")


def test_every_table_is_made_of_the_rows_there_are(report):
    from assessments.report.context import ReportContext

    context = ReportContext(report)
    made = [(name, block) for name, make in TABLES.items() for block in make(context)]
    tables = [(name, block) for name, block in made if isinstance(block, DocumentTable)]

    assert tables
    for name, block in tables:
        assert block.rows, name
        assert all(len(row) == len(block.columns) == len(block.widths) for row in block.rows), name


PAGES = ["writing/", "opinions/", "cover/"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", *more("en")])
def test_pages_of_the_report(report, people, client, page, language):
    client.force_login(people["man"])

    response = client.get(f"/sz-sti-14/assessments/rounds/midterm/report/{page}", HTTP_ACCEPT_LANGUAGE=language)

    assert response.status_code == 200
    assert client.get("/sz-sti-14/assessments/rounds/midterm/report/nothing/").status_code == 404


def test_a_chapter_is_written_and_agreed_in_the_browser(report, chapter, people, client):
    url = chapter.get_absolute_url()
    client.force_login(people["eva"])
    answer = client.post(url, {"edition": chapter.edition, "body": "总体符合预期。\n\n〔表：主要指标〕"})
    assert answer.status_code == 302
    row = ReportChapter.objects.get(pk=chapter.pk)
    assert row.body == "总体符合预期。\n〔表：主要指标〕"
    assert client.post(url, {"edition": row.edition, "body": "〔表：没有〕"}).status_code == 400
    client.post(f"{url}step/", {"edition": row.edition, "action": "submit"})
    client.force_login(people["man"])
    row.refresh_from_db()
    client.post(f"{url}step/", {"edition": row.edition, "action": "agree"})

    row.refresh_from_db()
    assert row.state == "agreed"
    assert ChapterStep.objects.filter(chapter=row, action="agreed", by=people["man"]).exists()
    page = client.get(url).content.decode()
    assert re.search("规划期已过 50 %", page)


def test_versions_leave_as_files_that_can_be_verified(report, people, client):
    kept = versions.keep_version(report, by=people["man"], reason="征求意见稿")
    client.force_login(people["man"])
    address = kept.get_absolute_url()

    assert client.get(address).status_code == 200
    for format in ("docx", "pptx"):
        first, second = (client.get(f"{address}report.{format}") for _time in range(2))
        assert first.status_code == 200
        assert first.content == second.content
        assert first["X-SHA256"] == second["X-SHA256"]
    assert client.get(f"{address}report.exe").status_code == 404
    client.logout()
    assert client.get(f"{address}report.docx").status_code == 404


def test_who_was_overtaken_keeps_the_text_and_can_save_it_over_what_was_read(chapter, people, client):
    url, edition = chapter.get_absolute_url(), chapter.edition
    chapters.write_chapter(chapter, edition=edition, by=people["eva"], body="别人先保存的。")
    client.force_login(people["eva"])

    answer = client.post(url, {"edition": edition, "body": "我的一稿。"})
    page = answer.content.decode()

    assert answer.status_code == 400
    assert "我的一稿。" in page
    assert "别人先保存的。" in page
    assert page.count('id="faults"') == 1
    now = re.search(r'name="edition" value="(\d+)"', page)[1]
    assert client.post(url, {"edition": now, "body": "我的一稿。"}).status_code == 302
    assert ReportChapter.objects.get(pk=chapter.pk).body == "我的一稿。"


def test_who_wrote_before_the_author_changed_does_not_agree(report, chapter, people):
    two = make_person("two", "reviewer", "evaluator")
    row = chapters.arrange_chapter(chapter, edition=chapter.edition, by=people["man"], author=two)
    row = chapters.write_chapter(row, edition=row.edition, by=two, body="第一稿。")
    row = chapters.arrange_chapter(row, edition=row.edition, by=people["man"], author=people["eva"])
    row = chapters.submit_chapter(row, edition=row.edition, by=people["eva"])

    with pytest.raises(PermissionDenied):
        chapters.agree_chapter(row, edition=row.edition, by=two)
    assert chapters.agree_chapter(row, edition=row.edition, by=people["man"]).state == "agreed"


def test_what_was_brought_back_waits_until_it_was_gone_through(report, chapter, people):
    def edit(file):
        file.paragraphs[1].text += "再加一句。"

    data = write_work_file(report, [chapter])
    for _time in range(2):
        returns.take_back(report, edited(data, edit), by=people["eva"])

    assert chapter.returns.filter(settled_at=None).count() == 2


def test_a_file_for_a_chapter_under_review_is_refused_in_words(report, chapter, people):
    data = write_work_file(report, [chapter])
    chapters.submit_chapter(chapter, edition=chapter.edition, by=people["eva"])

    with pytest.raises(RefusedReturn, match="已送审或定稿"):
        returns.take_back(report, edited(data, lambda file: file.add_paragraph("再加一句。")), by=people["eva"])


@pytest.mark.parametrize(
    ("was", "words", "now"),
    [
        ("共 77 项任务。", "77 项任务", "共 177 项任务。"),
        ("目标 ≥ 60。", "目标 ≥ 60", "目标 ≥ 600。"),
        ("目标 ≥ 60。", "目标 ≥ 60", "目标 ≥ 60.5。"),
        ("占 7.25 %。", "7.25 %", "占 17.25 %。"),
    ],
)
def test_a_pinned_number_is_not_said_by_a_longer_one(was, words, now):
    (change,) = [one for one in told_apart(was, now, {"fact": words}) if one.is_change]

    assert change.numbers == (words,)
    assert check_pins(now, {"fact": words}, {"fact": words})[0].is_gone
    assert renewed(now, {"fact": words}, {"fact": "别的"}) == (now, {"fact": words})
    assert renewed(was, {"fact": words}, {"fact": "别的"})[0] == was.replace(words, "别的")


def test_each_sentence_that_differs_is_decided_by_itself():
    old, new = "甲一。乙一。丙。", "甲二。乙二。丙。丁。"
    changes = told_apart(old, new)

    assert [(one.old, one.new) for one in changes if one.is_change] == [
        ("甲一。", "甲二。"), ("乙一。", "乙二。"), ("", "丁。"),
    ]  # fmt: skip
    assert "".join(one.old for one in changes) == old
    assert "".join(one.new for one in changes) == new


def test_what_a_chapter_has_no_place_for_is_named_and_a_content_control_is_read(report, chapter, people):
    def edit(file):
        heading, first, *_more = file.paragraphs
        heading.text = f"{heading.text}（修改稿）"
        heading.insert_paragraph_before("写在前面的话")
        table = file.add_table(rows=1, cols=1)
        table.cell(0, 0).text = "表里的话"
        control, content, added = (
            OxmlElement("w:sdt"),
            OxmlElement("w:sdtContent"),
            file.add_paragraph("控件里的话。"),
        )
        first._p.addnext(control)
        control.append(content)
        content.append(added._p)
        for name in ("w:commentReference", "w:footnoteReference"):
            first.add_run()._r.append(OxmlElement(name))
        # Words that stand in a control or a field within their line.
        for name, words in (("w:sdt", "行内控件。"), ("w:smartTag", "智能标记。"), ("w:fldSimple", "域。")):
            holder, run = OxmlElement(name), first.add_run(words)._r
            inner = OxmlElement("w:sdtContent") if name == "w:sdt" else holder
            if inner is not holder:
                holder.append(inner)
            inner.append(run)
            first._p.append(holder)
        picture, box = OxmlElement("w:pict"), OxmlElement("w:txbxContent")
        picture.append(box)
        first.add_run()._r.append(picture)

    def mark_again(file):
        edit(file)
        # The bookmark stays at its heading, whatever is written there.
        for paragraph in file.paragraphs:
            if paragraph.text.endswith("（修改稿）"):
                mark(paragraph, f"chapter_{chapter.pk}_{chapter.edition}", 0)

    found = returns.take_back(report, edited(write_work_file(report, [chapter]), mark_again), by=people["eva"])

    told = "；".join(found.passed_over)
    for words in ("写在前面的话", "1 张表格", "1 个文本框", "1 条脚注", "1 条批注", "（修改稿）"):
        assert words in told
    assert "幅图片" not in told
    for words in ("行内控件。", "智能标记。", "域。"):
        assert words in found.returns[0].body
    assert "控件里的话。" in found.returns[0].body
    assert "表里的话" not in found.returns[0].body


def test_a_chapter_is_not_handed_in_past_what_came_back_for_it(report, chapter, people):
    def edit(file):
        file.paragraphs[1].text += "补一句。"

    found = returns.take_back(report, edited(write_work_file(report, [chapter]), edit), by=people["eva"])
    row = ReportChapter.objects.get(pk=chapter.pk)
    with pytest.raises(WrongState, match="还没有逐句决定"):
        chapters.submit_chapter(row, edition=row.edition, by=people["eva"])
    changes = told_apart(row.body, found.returns[0].body, row.pins)
    row = chapters.take_over(found.returns[0], changes, set(), edition=row.edition, by=people["eva"])
    assert chapters.submit_chapter(row, edition=row.edition, by=people["eva"]).state == "review"


def test_a_chapter_without_a_title_is_told_so_at_its_field_with_what_was_typed(report, people):
    client = Client()
    client.force_login(people["man"])
    address = reverse("assessments:chapter_add", args=[report.plan.slug, report.code])
    page = client.post(address, {"title": "", "purpose": "写给谁看"})

    assert page.status_code == 400
    assert "写给谁看" in page.content.decode()
    assert 'href="#id_title"' in page.content.decode().split('id="faults"')[1]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("已达到目标的63.7%。2022年数据未见公布。", ["63.7%", "2022年"]),
        ("坪山 12 英寸晶圆产线，配套月产 4 万片（2021-10-25 公布）", ["12 英寸", "4 万片", "2021-10-25"]),
        ("与2020年公布的18,650家相比增加2350家", ["2020年", "18,650家", "2350家"]),
        ("2023年4月迁入，2022 年 12 月 1 日动工", ["2023年4月", "2022 年 12 月 1 日"]),
        ("提高0.03个百分点，扩展至120.56平方公里，国家5G中心", ["0.03个百分点", "120.56平方公里", "5G"]),
        ("按RFC2119，没有数字", []),
    ],
)
def test_numbers_that_a_text_quotes(text, numbers):
    assert [words for _name, words in quotes("note", "I-01", text)] == numbers


@pytest.mark.breadth
def test_numbers_of_public_statements_are_pins_too(report, people, plan, client):
    """They are held to what was published; nobody but its source can say them anew."""
    row = report.chapters.get(key="tasks")
    row = chapters.arrange_chapter(row, edition=row.edition, by=people["man"], author=people["eva"])
    public = {name: words for name, words in row.pins.items() if name.startswith("public/")}
    name, words = next((name, words) for name, words in public.items() if words.endswith("片"))
    assert all(words in row.body for words in public.values())
    client.force_login(people["eva"])
    assert client.get(row.get_absolute_url()).context["off"] == []

    # In Word somebody says another number.
    upload = edited(write_work_file(report, [row]), lambda file: _say(file, words, "9 万片"))
    change = next(one for one in returns.changes_of(_back(report, upload, people)) if one.is_change)
    assert change.numbers == (words,)

    PublicEvidence.objects.filter(item__code=name.split("/")[1]).update(published_on="2024-01-01")
    touch_plan(plan)
    page = client.get(row.get_absolute_url())
    assert name in [pin.name for pin in page.context["off"]]
    assert "出处已不这样说" in page.content.decode()
    assert chapters.renew_numbers(row, edition=row.edition, by=people["eva"]).body == row.body


def _say(file, old: str, new: str) -> None:
    for paragraph in file.paragraphs:
        text = paragraph.text.replace("\xa0", " ")
        if old in text:
            paragraph.text = text.replace(old, new)


def _back(report, upload, people):
    return returns.take_back(report, upload, by=people["eva"]).returns[0]


def test_numbers_of_notes_are_pins_too(plan, people, client):
    item = plan.items.get(code="P-1")
    row = open_round(plan, by=people["man"], items=[item], evaluator=people["eva"], code="second")
    said = {"conclusion": "task_on_schedule", "progress": "累计投资120亿元，完成63.7%。"}
    note = published(row, item, by=people["eva"], reviewer=people["man"], **said)
    chapters.begin_chapters(row, by=people["man"])
    chapter = row.chapters.get(key="tasks")
    assert chapter.pins["note/P-1/120亿元"] == "120亿元"
    Note.objects.filter(pk=note.pk).update(progress="累计投资125亿元，完成63.7%。")
    client.force_login(people["man"])

    off = client.get(chapter.get_absolute_url()).context["off"]

    assert [(pin.words, pin.source, pin.code, pin.now) for pin in off] == [("120亿元", "note", "P-1", "")]


def test_an_author_sees_what_was_said_of_his_chapter(report, chapter, people, client):
    said = {"kind": "expert", "received_on": date(2023, 7, 1)}
    opinions.enter_opinion(report, by=people["man"], who="某专家", text="补充总的判断", chapter=chapter, **said)
    opinions.enter_opinion(report, by=people["man"], who="另一专家", text="全文太长", **said)
    client.force_login(people["eva"])

    page = client.get(chapter.get_absolute_url()).content.decode()

    assert "补充总的判断" in page
    assert "全文太长" not in page


def test_the_editions_of_steps_from_before_are_counted(chapter, people):
    chapter = chapters.draft_again(chapter, edition=chapter.edition, by=people["eva"])
    chapter = chapters.write_chapter(chapter, edition=chapter.edition, by=people["eva"], body="一是进展。")
    chapter = chapters.draft_again(chapter, edition=chapter.edition, by=people["eva"])
    told = list(chapter.steps.values_list("edition", flat=True))
    chapter.steps.update(edition=None)

    import_module("assessments.migrations.0011_count_editions").count_editions(apps, None)

    # The steps of what a draft replaced have none.
    assert list(chapter.steps.values_list("edition", flat=True)) == told
    assert told == [1, 2, 3, None, 4]
    assert chapter.edition == 4


LATE = {"conclusion": "task_behind", "problems": "用地不足。", "remedies": "尽快供地。"}


def test_a_chapter_says_which_notes_it_is_behind(report, people, client):
    """A note published after the draft, or taken back, is said on the chapter and above the preview."""
    eva, man = people["eva"], people["man"]
    row = report.chapters.get(key="tasks")
    row = chapters.arrange_chapter(row, edition=row.edition, by=man, author=eva)
    client.force_login(eva)
    preview = reverse("assessments:report", args=[report.plan.slug, report.code])
    assert "起草后变动的评估意见" not in client.get(row.get_absolute_url()).content.decode()
    assert "正文还没有跟上" not in client.get(preview).content.decode()

    item = report.plan.items.get(code="P-1")
    note = published(report, item, by=eva, reviewer=man, progress="平台起步。", **LATE)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "起草后发布，正文没有写入" in page
    assert "数据和出处没有变化" not in page
    assert [one.chapter.key for one in NotesSince(report).behind()] == ["tasks"]
    assert "正文还没有跟上" in client.get(preview).content.decode()

    row = ReportChapter.objects.get(pk=row.pk)
    row = chapters.draft_again(row, edition=row.edition, by=eva)
    assert "平台起步。" in row.body
    assert NotesSince(report).behind() == []

    notes.revoke_note(note, edition=note.edition, by=eva, reason="口径有误")
    assert "已撤销或正在修订，正文仍在引用" in client.get(row.get_absolute_url()).content.decode()
    row = chapters.write_chapter(row, edition=row.edition, by=eva, body="另写。")
    assert NotesSince(report).behind() == []


def test_a_note_written_into_a_chapter_by_hand_is_no_longer_waited_for(report, people):
    eva, man = people["eva"], people["man"]
    row = report.chapters.get(key="problems")
    row = chapters.arrange_chapter(row, edition=row.edition, by=man, author=eva)
    row = chapters.write_chapter(row, edition=row.edition, by=eva, body="另写。")
    item = report.plan.items.get(code="P-1")
    published(report, item, by=eva, reviewer=man, causes="征收缓慢。", **LATE)
    assert [one.note.item.code for one in NotesSince(report).of(row)] == ["P-1"]

    row = chapters.write_chapter(row, edition=row.edition, by=eva, body="一是征收缓慢。\n〔表：问题与对策〕")

    assert NotesSince(report).of(row) == []
