"""The pages of the studio, from a text that is pasted to a plan that is published, by two people who sign in."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client

from plan.models import Plan
from plan.params import today
from studio.choosing import waiting
from studio.models import PlanDraft
from studio.publishing import folder_faults
from tests.factories import make_person
from tests.studio.scene import TEXT

pytestmark = pytest.mark.django_db
FORM = {
    "title": "某市科技规划", "slug": "some-31", "template": "five-year-plan", "starts_on": "2026-01-01",
    "ends_on": "2030-12-31", "published_on": "2026-03-01", "source_title": "某市科技规划",
}  # fmt: skip


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(make_person(name, "planner"))
    return client


@pytest.fixture
def planner():
    return signed_in("maker")


@pytest.fixture
def draft(planner):
    planner.post("/studio/", FORM)
    planner.post("/studio/some-31/text/", {"raw": TEXT, "edition": 1, "then": "text"})
    return PlanDraft.objects.get(slug="some-31")


@pytest.mark.breadth
def test_from_text_to_the_overview(planner, draft):
    page = planner.get("/studio/some-31/commitments/?section=4").content.decode()
    assert "科学城" in page
    numbers = [one.number for one in waiting(draft.held, draft.template)]
    key = page.split('name="text_key" value="')[1].split('"')[0]
    planner.post("/studio/some-31/decide/", {"act": "accept-", "n": numbers, "text_key": key})
    assert "100%" in planner.get("/studio/some-31/check/").content.decode()
    planner.post("/studio/some-31/step/", {"action": "submit", "reason": ""})
    row = PlanDraft.objects.get(slug="some-31")
    assert not row.is_open
    own = planner.post("/studio/some-31/step/", {"action": "publish", "edition": row.edition}, follow=True)
    assert "参与编制的人不能发布" in own.content.decode()
    answer = signed_in("other").post("/studio/some-31/step/", {"action": "publish", "edition": row.edition})
    assert answer.url == "/some-31/"
    assert planner.get("/some-31/items/P-1.1-01/").status_code == 200
    assert planner.get("/some-31/studio/").url == "/studio/some-31/"


def test_the_folder_leaves_as_a_file(planner, draft):
    answer = planner.get("/studio/some-31/folder.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == ["some-31/plan.toml", "some-31/text.md"]
        assert "# 二、建设重大平台" in archive.read("some-31/text.md").decode()


def test_an_item_is_edited_split_and_taken_out(planner, draft):
    key = planner.get("/studio/some-31/commitments/").context["text_key"]
    number = next(one.number for one in waiting(draft.held, draft.template) if one.proposal.kind == "platform")
    planner.post("/studio/some-31/decide/", {"act": f"accept-{number}", "text_key": key})
    row = PlanDraft.objects.get(slug="some-31")
    form = {"kind": "platform", "title": "科学城（新）", "words": "打造创新高地", "edition": row.edition}
    assert planner.post("/studio/some-31/items/1/", form).status_code == 302
    item = PlanDraft.objects.get(slug="some-31").held.items["1"]
    assert (item.title, item.quote) == ("科学城（新）", "打造创新高地")
    wrong = planner.post("/studio/some-31/items/1/", form | {"words": "没有的话", "edition": row.edition + 1})
    assert wrong.status_code == 400
    assert "没有这些连续的文字" in wrong.content.decode()
    planner.post("/studio/some-31/items/1/split/", {"marked": "打造|创新高地"})
    assert [one.quote for one in PlanDraft.objects.get(slug="some-31").held.items.values()] == ["打造", "创新高地"]
    planner.post("/studio/some-31/decide/", {"act": "merge-", "k": [1, 2]})
    assert [one.quote for one in PlanDraft.objects.get(slug="some-31").held.items.values()] == ["打造创新高地"]
    planner.post("/studio/some-31/decide/", {"act": "remove-1"})
    assert PlanDraft.objects.get(slug="some-31").held.items == {}
    planner.post("/studio/some-31/undo/", {"to": "commitments"})
    assert list(PlanDraft.objects.get(slug="some-31").held.items) == ["1"]


def test_a_pasted_table_becomes_indicators_with_their_readings(planner, draft):
    head = "序号\t指标名称\t单位\t2030年目标值\n"
    table = head + "1\t床位数\t张\t5.5-6\n2\t企业数量\t家\t>30000\n3\t使用率、开放率\t%\t60，90"
    planner.post("/studio/some-31/indicators/", {"table": table, "after": 0, "edition": draft.edition})
    row = PlanDraft.objects.get(slug="some-31")
    readings = [one.readings for one in waiting(row.held, row.template) if one.proposal.row]
    assert readings == [
        ("5.5–6张，下限 5.5 算达到",), ("超过 30000家，恰好 30000 不算",), ("不低于 60%", "不低于 90%"),
    ]  # fmt: skip
    no_table = planner.post("/studio/some-31/indicators/", {"table": "没有表格", "edition": row.edition})
    assert "没有读到表格" in no_table.content.decode()


def test_what_an_indicator_is_to_reach_is_typed_as_printed(planner, draft):
    key = planner.get("/studio/some-31/commitments/").context["text_key"]
    number = next(
        one.number for one in waiting(draft.held, draft.template) if one.proposal.title == "研发投入强度"
    )
    planner.post("/studio/some-31/decide/", {"act": f"accept-{number}", "text_key": key})
    row = PlanDraft.objects.get(slug="some-31")
    form = {
        "unit": "%", "target_text": "6.5-7", "target_year": 2030, "direction": "up", "accumulation": "level",
        "nature": "expected", "frequency": "year", "edition": row.edition, "path": "2026:6.1 2027:6.2",
    }  # fmt: skip
    assert planner.post("/studio/some-31/indicators/1/", form).status_code == 302
    part = PlanDraft.objects.get(slug="some-31").held.items["1"].numbers["component"][0]
    assert (part["target_type"], part["target_low"], part["target_high"]) == ("range_floor", "6.5", "7")
    assert part["target_path"] == {"2026": "6.1", "2027": "6.2"}
    half = planner.post(
        "/studio/some-31/indicators/1/", form | {"baseline_value": "5", "edition": row.edition + 1}
    )
    assert "要么都填" in half.content.decode()
    unread = planner.post("/studio/some-31/indicators/1/", form | {"target_text": "另行制定"})
    assert "读不出目标值" in unread.content.decode()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("没有标题的一段话，也没有数字。", "没有认出章节标题"),
        ("<p>一、目标</p><p>推进建设。</p><img src=a.png>", "有图片"),
        ("", "请粘贴文本或选择文件"),
    ],
)
def test_what_is_odd_about_a_text_is_said(planner, draft, raw, said):
    answer = planner.post(
        "/studio/some-31/text/", {"raw": raw, "edition": draft.edition, "then": "text"}, follow=True
    )
    assert said in answer.content.decode()


def test_a_word_file_is_read_and_a_broken_one_is_refused(planner, draft):
    from docx import Document

    kept = io.BytesIO()
    document = Document()
    document.add_paragraph("一、目标")
    document.add_paragraph("到2030年，研发投入强度提升至7%。")
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(
        [*table.rows[0].cells, *table.rows[1].cells], ["指标", "2030年", "床位", "5"], strict=True
    ):
        cell.text = words
    document.save(kept)
    kept.seek(0)
    kept.name = "plan.docx"
    planner.post("/studio/some-31/text/", {"file": kept, "edition": draft.edition, "then": "text"})
    row = PlanDraft.objects.get(slug="some-31")
    assert row.held.blocks == ["# 一、目标", "到2030年，研发投入强度提升至7%。", "| 指标 | 2030年 |\n| 床位 | 5 |"]
    broken = io.BytesIO(b"PK\x03\x04 no document")
    broken.name = "plan.docx"
    answer = planner.post("/studio/some-31/text/", {"file": broken, "edition": row.edition, "then": "text"})
    assert (answer.status_code, "读不出这个文件" in answer.content.decode()) == (400, True)
    assert PlanDraft.objects.get(slug="some-31").edition == row.edition


@pytest.mark.parametrize(("name", "content"), [("a.pdf", b"%PDF-1.7\nBT (x) Tj ET"), ("a.txt", b"{\\rtf1 \\b x}")])
def test_what_only_a_program_takes_for_text_is_refused(planner, draft, name, content):
    """Its code was taken in for the plan's text."""
    kept = io.BytesIO(content)
    kept.name = name
    answer = planner.post("/studio/some-31/text/", {"file": kept, "edition": draft.edition, "then": "text"})
    assert answer.status_code == 400
    assert "PDF 请复制其中的文字粘贴" in answer.content.decode()


def test_what_is_not_read_of_a_word_file_is_told(planner, draft):
    from docx import Document

    document = Document()
    run = document.add_paragraph("建设江北科学馆。").runs[0]
    document.add_comment(run, text="何时？", author="甲", initials="甲")
    kept = io.BytesIO()
    document.save(kept)
    kept.seek(0)
    kept.name = "plan.docx"
    form = {"file": kept, "edition": draft.edition, "then": "text"}
    answer = planner.post("/studio/some-31/text/", form, follow=True)
    assert "文件里有 1 条批注：没有读入" in answer.content.decode()


def test_a_loaded_plan_is_taken_up_from_its_own_page(planner):
    assert "取到编制台" in planner.get("/sz-sti-14/studio/").content.decode()
    assert planner.post("/sz-sti-14/studio/").url == "/studio/sz-sti-14/"
    assert planner.get("/studio/sz-sti-14/").status_code == 200
    assert planner.get("/studio/sz-sti-14/commitments/").status_code == 200
    assert Plan.objects.get(slug="sz-sti-14").draft.is_open


def test_a_draft_that_was_handed_in_is_not_changed(planner, draft):
    PlanDraft.objects.update(state="submitted")
    answer = planner.post(
        "/studio/some-31/text/", {"raw": "一、别的\n\n内容。", "edition": draft.edition, "then": "text"}
    )
    assert "先撤回才能修改" in answer.content.decode()


def test_words_over_two_paragraphs_are_one_item_on_every_page(planner, draft):
    key = planner.get("/studio/some-31/commitments/").context["text_key"]
    number = next(
        one.number for one in waiting(draft.held, draft.template) if one.proposal.kind == "platform_task"
    )
    planner.post("/studio/some-31/decide/", {"act": f"accept-{number}", "text_key": key})
    row = PlanDraft.objects.get(slug="some-31")
    words = "打造创新高地。\r\n1. 集聚科研资源。"
    form = {"kind": "platform_task", "title": "集聚", "words": words, "edition": row.edition}
    answer = planner.post("/studio/some-31/items/1/", form)
    item = PlanDraft.objects.get(slug="some-31").held.items["1"]
    assert (item.quote, item.last) == ("打造创新高地。\n1. 集聚科研资源。", (item.place[0] + 1, 10))
    page = planner.get(answer.url).content.decode()
    assert page.count('<mark class="taken">') == 2
    wrong = planner.post("/studio/some-31/items/1/", form | {"kind": "point", "edition": row.edition + 1})
    assert "须在同一段里" in wrong.content.decode()


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("一、目标\n\n推进建设，打造高地。\n", "正文里没有数字"),
        ("一、目标\n\n" + "推进科学城建设，打造创新高地和人才中心城市。\n\n" * 2, "有整段文字出现两次"),
        ("<html><body><h1>一、目标</h1><p>到2030年达到7%。</p><script>x()</script></body></html>", "只留文字"),
        ("<p>一、目标</p><table><tr><td><img src=table.png></td></tr></table><p>到2030年达到7%。</p>", "有图片"),
        ("一、目标\x00\n\n到2030年达到7%。", "U+0000"),
    ],
    ids=["no numbers", "twice", "web page", "table as picture", "control character"],
)
def test_bad_text_gets_words_and_nothing_is_half_stored(planner, draft, raw, said):
    before = PlanDraft.objects.get(slug="some-31").held.as_json()
    form = {"raw": raw, "edition": draft.edition, "then": "text"}
    answer = planner.post("/studio/some-31/text/", form, follow=True)
    assert said in answer.content.decode()
    after = PlanDraft.objects.get(slug="some-31").held.as_json()
    assert (after == before) == (answer.status_code == 400)


def test_a_text_of_five_megabytes_is_read_from_a_file_and_a_longer_one_gets_words(planner, draft):
    def sent(text: str):
        kept = io.BytesIO(text.encode())
        kept.name = "plan.txt"
        row = PlanDraft.objects.get(slug="some-31")
        return planner.post("/studio/some-31/text/", {"file": kept, "edition": row.edition, "then": "text"})

    long = "一、目标\n\n" + ("到2030年，研发投入强度提升至7%，建设若干平台。" * 40 + "\n\n") * 2000
    assert 5_000_000 < len(long.encode()) < 6_000_000
    assert sent(long).status_code == 302
    page = planner.get("/studio/some-31/commitments/")
    assert "正在逐句生成建议" in page.content.decode()
    refused = sent("字" * 3_000_001)
    assert (refused.status_code, "请分卷送入" in refused.content.decode()) == (400, True)
    assert len(PlanDraft.objects.get(slug="some-31").held.blocks) == 2001
    pasted = planner.post("/studio/some-31/text/", {"raw": long, "edition": draft.edition, "then": "text"})
    # Whoever pasted too much was told to check the address.
    assert pasted.status_code == 413
    assert "请存成文件" in pasted.content.decode()


def test_two_at_work_are_told_of_each_other(planner, draft):
    other = signed_in("other")
    assert "正在编制：" in other.get("/studio/some-31/commitments/").content.decode()
    assert "正在编制：" not in planner.get("/studio/some-31/commitments/").content.decode()
    key = other.get("/studio/some-31/commitments/").context["text_key"]
    other.post("/studio/some-31/decide/", {"act": "reject-0", "text_key": key})
    page = planner.get("/studio/some-31/text/").content.decode()
    assert "正在编制：" in page
    assert "判为无承诺" in page
    stale = {"raw": TEXT, "edition": draft.edition, "then": "text"}
    told = planner.post("/studio/some-31/text/", stale).content.decode()
    assert "other" in told
    assert "刚刚改动过" in told


def test_what_is_typed_in_the_studio_is_kept_as_in_every_form(planner, draft):
    """Decision 0041: no form of the studio declines it, so a lost line or session loses nothing."""
    for page in ("text", "frame", "kinds", "indicators"):
        told = planner.get(f"/studio/some-31/{page}/").content.decode()
        assert 'data-draft="off"' not in told, page
        assert "js/draft.js" in told, page


def test_words_that_no_proposal_found_become_an_item(planner, draft):
    """One in ten points is found by nobody but a reader: he marks its words himself."""
    root = "/studio/some-31/"
    blocks = PlanDraft.objects.get(slug="some-31").held.bare_blocks
    number = next(n for n, text in enumerate(blocks) if text.startswith("到2030年"))
    page = planner.get(f"{root}commitments/?section=0").content.decode()
    assert f"{root}items/new/?block=" in page
    page = planner.get(f"{root}items/new/?block={number}").content.decode()
    assert blocks[number] in page
    edition = PlanDraft.objects.get(slug="some-31").edition
    form = {"kind": "action", "title": "创新能力", "words": "创新能力显著增强", "edition": edition}
    answer = planner.post(f"{root}items/new/?block={number}", form)
    assert answer.status_code == 302
    row = next(iter(PlanDraft.objects.get(slug="some-31").held.items.values()))
    assert (row.title, row.quote, row.place[0]) == ("创新能力", "创新能力显著增强", number)
    # The same once more, words that are not there, a draft changed meanwhile, a paragraph that is none.
    again = planner.post(f"{root}items/new/?block={number}", form | {"edition": edition + 1})
    assert "已经是条目" in again.content.decode()
    for wrong, said in (
        ({"words": "没有的话"}, "没有这些连续的文字"),
        ({"title": ""}, "标题"),
        ({"kind": "x"}, "类别"),
    ):
        refused = planner.post(f"{root}items/new/?block={number}", form | {"edition": edition + 1} | wrong)
        assert (refused.status_code, said in refused.content.decode()) == (400, True)
    stale = planner.post(f"{root}items/new/?block={number}", form | {"title": "另一条", "words": "创新能力"})
    assert "刚刚改动过" in stale.content.decode()
    assert planner.get(f"{root}items/new/?block=999").status_code == 404
    assert len(PlanDraft.objects.get(slug="some-31").held.items) == 1
    planner.post(f"{root}undo/", {"to": "commitments"})
    assert PlanDraft.objects.get(slug="some-31").held.items == {}


def test_the_first_section_is_shown_when_asked_for_though_others_wait(planner, draft):
    """What was accepted there could not be looked at again while anything else waited."""
    page = planner.get("/studio/some-31/commitments/?section=0").content.decode()
    assert '<a href="?section=0" aria-current="true">' in page


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"starts_on": "0001-01-01"}, "starts_on", "年份应在 1949 与 2100 之间"),
        ({"ends_on": "9999-12-31"}, "ends_on", "年份应在 1949 与 2100 之间"),
        ({"published_on": "0200-03-01"}, "published_on", "年份应在 1949 与 2100 之间"),
        ({"starts_on": "1990-01-01"}, "ends_on", "规划期至多 30 年"),
        ({"starts_on": "2031-01-01"}, "ends_on", "规划期止应晚于规划期起"),
    ],
)
def test_a_period_of_no_plan_is_refused_at_its_field(planner, draft, changed, field, said):
    for address in ("/studio/", "/studio/some-31/frame/"):
        form = FORM | {"slug": "some-32", "edition": draft.edition} | changed
        answer = planner.post(address, form)
        assert (answer.status_code, said in str(answer.context["form"].errors[field])) == (400, True)


def test_the_check_and_the_folder_refuse_a_period_that_a_draft_holds_already(planner, draft):
    held = draft.held
    held.frame |= {"starts_on": "0001-01-01"}
    PlanDraft.objects.filter(pk=draft.pk).update(content=held.as_json())
    page = planner.get("/studio/some-31/check/").content.decode()
    assert "规划期起的年份应在 1949 与 2100 之间" in page
    assert "规划期至多 30 年" in page
    told = planner.post("/studio/some-31/step/", {"action": "submit", "reason": ""}, follow=True)
    assert "规划期起的年份应在 1949 与 2100 之间" in told.content.decode()
    assert any("plan.toml" in words and "1949" in words for words in folder_faults(held))


def test_a_changed_name_and_period_are_kept_and_taken_back(planner, draft):
    """The change was made to what it was compared with, so that there seemed to be none."""
    form = FORM | {"edition": draft.edition, "title": "某市创新规划", "ends_on": "2029-12-31"}
    assert planner.post("/studio/some-31/frame/", form).status_code == 302
    row = PlanDraft.objects.get(slug="some-31")
    assert (row.title, row.held.frame["ends_on"], row.edition) == ("某市创新规划", "2029-12-31", draft.edition + 1)
    planner.post("/studio/some-31/undo/", {"to": "draft"})
    assert PlanDraft.objects.get(slug="some-31").held.frame["ends_on"] == "2030-12-31"


def test_a_plan_is_not_published_before_the_day_it_becomes_public(planner, draft):
    tomorrow = today() + timedelta(days=1)
    form = FORM | {"edition": draft.edition, "published_on": tomorrow.isoformat()}
    assert planner.post("/studio/some-31/frame/", form).status_code == 302
    row = PlanDraft.objects.get(slug="some-31")
    assert row.held.frame["published_on"] == tomorrow.isoformat()
    numbers = [one.number for one in waiting(row.held, row.template)]
    key = planner.get("/studio/some-31/commitments/").context["text_key"]
    planner.post("/studio/some-31/decide/", {"act": "accept-", "n": numbers, "text_key": key})
    assert "可以提交，到那天才能发布" in planner.get("/studio/some-31/check/").content.decode()
    planner.post("/studio/some-31/step/", {"action": "submit", "reason": ""})
    row.refresh_from_db()
    assert not row.is_open
    form = {"action": "publish", "edition": row.edition}
    other = signed_in("other")
    told = other.post("/studio/some-31/step/", form, follow=True).content.decode()
    assert f"公开日期（{tomorrow.isoformat()}）晚于今天，还不能发布" in told
    assert not Plan.objects.filter(slug="some-31").exists()
    held = row.held
    held.frame |= {"published_on": today().isoformat()}
    PlanDraft.objects.filter(pk=row.pk).update(content=held.as_json())
    assert other.post("/studio/some-31/step/", form).url == "/some-31/"


@pytest.mark.parametrize(
    ("page", "form", "field"),
    [
        ("text/", {"raw": "一、目标\r\n\r\n到\u202e2030年", "then": "text"}, "raw"),
        ("indicators/", {"table": "指标\t单位\t2030年目标\r\n\r\n企\u202e业\t家\t3", "after": "0"}, "table"),
        ("further/link/", {"lines": "甲\r\n\r\n乙\u202e丙"}, "lines"),
    ],
)
def test_a_direction_mark_that_is_pasted_is_named_at_its_field_with_its_line(planner, draft, page, form, field):
    """It was answered with a page that named a parameter of an address; what was pasted was gone."""
    before = PlanDraft.objects.get(slug="some-31").content
    answer = planner.post(f"/studio/some-31/{page}", form | {"edition": draft.edition})
    told = answer.content.decode()
    assert (answer.status_code, "U+202E" in told, "在第 3 行" in told) == (400, True, True)
    assert f'href="#{field}"' in told
    assert "到\u202e2030年" in told or page != "text/"
    assert PlanDraft.objects.get(slug="some-31").content == before


def test_a_direction_mark_in_what_is_typed_beside_a_button_gets_words(planner, draft):
    for address, form in (
        ("step/", {"action": "submit", "reason": "甲\u202e乙"}),
        ("items/1/split/", {"marked": "甲\u202e|乙"}),
    ):
        row = PlanDraft.objects.get(slug="some-31")
        if not row.held.items:
            numbers = [one.number for one in waiting(row.held, row.template)]
            key = planner.get("/studio/some-31/commitments/").context["text_key"]
            planner.post("/studio/some-31/decide/", {"act": "accept-", "n": numbers, "text_key": key})
        told = planner.post(f"/studio/some-31/{address}", form, follow=True)
        assert "U+202E" in told.content.decode()
        assert PlanDraft.objects.get(slug="some-31").is_open


def test_a_direction_that_the_printed_words_speak_against_and_a_value_for_a_unit_are_refused(planner, draft):
    numbers = [one.number for one in waiting(draft.held, draft.template)]
    key = planner.get("/studio/some-31/commitments/").context["text_key"]
    planner.post("/studio/some-31/decide/", {"act": "accept-", "n": numbers, "text_key": key})
    row = PlanDraft.objects.get(slug="some-31")
    number = next(key for key, one in row.held.items.items() if one.kind == "indicator")
    form = {
        "unit": "条", "target_text": "不少于40", "target_year": 2030, "direction": "down", "accumulation": "level",
        "nature": "expected", "frequency": "year", "edition": row.edition,
    }  # fmt: skip
    address = f"/studio/some-31/indicators/{number}/"
    told = planner.post(address, form)
    assert "照“不少于40”的写法，方向应是“越高越好”" in str(told.context["form"].errors["direction"])
    told = planner.post(address, form | {"direction": "up", "unit": "20"})
    assert "“20”不是单位" in str(told.context["form"].errors["unit"])
    assert planner.post(address, form | {"direction": "up"}).status_code == 302
    page = planner.get("/studio/some-31/indicators/").content.decode()
    assert "不低于 40条" in page
