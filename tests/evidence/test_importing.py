"""A table of statements: good rows go in together, bad rows say why, all of it can be taken back."""

import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from evidence.importing import apply_batch, read_table, undo_batch
from evidence.models import EvidenceBatch, PublicEvidence
from evidence.services import (
    change_evidence,
    return_evidence,
    submit_evidence,
    withdraw_evidence,
)
from notices.models import Notice
from plan.queries import get_plan
from tests.approving import approve_evidence
from tests.breadth import BREADTH, more
from tests.evidence.scene import HEAD, as_csv, people, table
from tests.factories import make_item, make_person, make_plan

ROOT = "/sz-sti-14/evidence/"


def as_xlsx(rows) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [HEAD, *rows]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("name", "write"), [("a.csv", as_csv), pytest.param("a.xlsx", as_xlsx, marks=BREADTH)])
def test_a_hundred_statements_with_two_bad_rows(plan, client, name, write):
    analyst, reviewer = people()
    before = PublicEvidence.objects.count()
    client.force_login(analyst)
    file = SimpleUploadedFile(name, write(table()))

    page = client.post(f"{ROOT}import/", {"file": file}, follow=True).content.decode()
    batch = EvidenceBatch.objects.get()
    assert (len(batch.of("new")), len(batch.of("invalid")), len(batch.of("same"))) == (98, 2, 0)
    assert "规划中没有条目“P-9.9”" in page
    assert "“去年”不是日期" in page
    assert PublicEvidence.objects.count() == before

    client.post(f"{ROOT}import/{batch.pk}/decide/", {"action": "apply"})
    rows = PublicEvidence.objects.filter(batch=batch)
    assert set(rows.values_list("state", flat=True)) == {"submitted"}
    assert rows.count() == 98

    approve_evidence(rows[0], edition=rows[0].edition, by=reviewer)
    client.post(f"{ROOT}import/{batch.pk}/decide/", {"action": "undo"})
    assert list(PublicEvidence.objects.filter(batch=batch).values_list("state", flat=True)) == ["approved"]
    assert PublicEvidence.objects.count() == before + 1


def test_what_stands_there_already_is_the_same_and_a_row_twice_is_told(plan):
    analyst, _reviewer = people()
    plan = get_plan(plan.slug)
    rows = table(10)
    apply_batch(read_table(plan, io.BytesIO(as_csv(rows)), name="a.csv", by=analyst), by=analyst)
    again = read_table(plan, io.BytesIO(as_csv([*rows, rows[0]])), name="a.csv", by=analyst)
    assert len(again.of("same")) == 9
    twice = read_table(plan, io.BytesIO(as_csv([*table(12)[10:], table(11)[10]])), name="a.csv", by=analyst)
    assert len(twice.of("invalid")) == 1


def test_rules_of_the_plan_are_told_before_anything_is_stored(plan):
    analyst, _reviewer = people()
    rows = [
        ["P-1.1-06", "number", "有 3 个", "2025-06", "市报", "通报", "official", "", ""],
        ["I-01", "started", "指标", "2025-06", "市报", "通报", "official", "", ""],
        ["P-1.1-06", "started", "", "2025-06", "市报", "通报", "official", "", ""],
        ["P-1.1-06", "done", "写错", "2025-06", "市报", "通报", "official", "", ""],
        ["P-1.1-06", "number", "有 3 个", "2025-06", "市报", "通报", "official", "3", "个"],
    ]
    batch = read_table(get_plan(plan.slug), io.BytesIO(as_csv(rows)), name="a.csv", by=analyst)
    assert [row["outcome"] for row in batch.rows] == ["invalid"] * 4 + ["new"]
    assert all(row["faults"] for row in batch.of("invalid"))


def test_a_row_is_read_as_people_write_it(plan):
    analyst, _reviewer = people()
    rows = [
        ["Ｐ－１．１－０６", "在建", "全角的编码", "２０２４－０５－０１", "市报", "通报", "转载", "", ""],
        ["p-1.1-06", "运营", "小写的编码", "2024年5月1日", "市报", "通报", "Repost", "", ""],
        ["P–1.1–06", "数量进展", "一千多个", "2024/5", "市报", "通报", "repost", "１，２３４.5", "个"],
    ]
    plan = get_plan(plan.slug)
    taken_in(plan, rows, analyst)

    found = PublicEvidence.objects.filter(source__title="通报", item__code="P-1.1-06").order_by("pk")
    assert [(row.says, row.published, row.number) for row in found] == [
        ("started", "2024-05-01", None),
        ("operating", "2024-05-01", None),
        ("number", "2024-05", Decimal("1234.5")),
    ]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"说明了什么": "完工"}, "没有“完工”这个说法；可填：获批、开工/在建、建成"),
        ({"来源等级": "官方"}, "可填：官方发布、官方媒体、转载"),
        ({"条目编码": "X-77"}, "它是“测试”的编码"),
        ({"公布日期": "2999-01-01"}, "公布日期晚于今天"),
        ({"发布单位": ""}, "发布单位：请填写"),
        ({"说明了什么": "number", "数量": "1.2万", "单位": "万家"}, "不知是多少 万家；请写成以 万家 计的数"),
        ({"说明了什么": "number", "数量": "1.2万元", "单位": "家"}, "不能带“万元”"),
        ({"说明了什么": "number", "数量": "约1.2万", "单位": "家"}, "“约”“超”一类的说法写进事实"),
        ({"说明了什么": "number", "数量": "1.2万余家"}, "“约”“超”一类的说法写进事实"),
        ({"说明了什么": "number", "数量": "2-3", "单位": "家"}, "“约”“超”一类的说法写进事实"),
        ({"说明了什么": "number", "数量": "若干", "单位": "家"}, "只填数，例如 1234.5"),
        ({"说明了什么": "number", "数量": "12,34", "单位": "家"}, "千分位逗号的位置不对"),
        ({"说明了什么": "number", "数量": "1e4", "单位": "家"}, "不用科学记数法"),
        ({"说明了什么": "number", "数量": "1.23456", "单位": "家"}, "数量"),
        ({"说明了什么": "number", "数量": "1.2万"}, "数量进展须写明数量和单位"),
        ({"说明了什么": "number", "数量": "—", "单位": "家"}, "数量进展须写明数量和单位"),
        ({"说明了什么": "number", "数量": "3"}, "数量进展须写明数量和单位"),
    ],
)
def test_a_fault_names_what_helps(plan, cells, told):
    analyst, _reviewer = people()
    make_item(make_plan("other"), "X-77", "project")

    (row,) = read(get_plan(plan.slug), analyst, [one(**cells)]).rows

    assert row["outcome"] == "invalid"
    assert told in "；".join(row["faults"])


@pytest.mark.parametrize(
    ("number", "unit", "read"),
    [
        ("1.2万", "家", (12000, "家")),
        ("1.2万家", "家", (12000, "家")),
        ("１．２ 万", "家", (12000, "家")),
        ("1.2万家", "", ("1.2", "万家")),
        ("719万人", "", (719, "万人")),
        ("1.2亿元", "万元", (12000, "万元")),
        ("1.2万亿", "亿元", (12000, "亿元")),
        ("5.5%", "", ("5.5", "%")),
        ("5.5％", "%", ("5.5", "%")),
        ("12,345", "家", (12345, "家")),
        ("3 座", "座", (3, "座")),
    ],
)
def test_a_number_is_read_alike_from_a_file_and_from_the_form(plan, client, number, unit, read):
    analyst, _reviewer = people()
    batch = taken_in(get_plan(plan.slug), [one(说明了什么="数量进展", 数量=number, 单位=unit)], analyst)
    client.force_login(analyst)
    typed = {
        "item": "P-1.1-06", "says": "number", "fact": "在网页上填的", "number": number, "unit": unit,
        "published": "2025-06", "publisher": "市报", "title": "通报", "rank": "official", "action": "draft",
    }  # fmt: skip
    client.post(f"{ROOT}new/", typed)

    rows = PublicEvidence.objects.filter(fact__in=["在建的通报", "在网页上填的"])
    wanted = (Decimal(read[0]), read[1])
    assert [(row.number, row.unit) for row in rows] == [wanted, wanted]
    # The preview says what was read.
    assert (Decimal(batch.rows[0]["cells"]["number"]), batch.rows[0]["cells"]["unit"]) == wanted
    # And the same file once more is the same.
    again = read_table(
        get_plan(plan.slug),
        io.BytesIO(as_csv([one(说明了什么="数量进展", 数量=number, 单位=unit)])),
        name="a.csv",
        by=analyst,
    )
    assert [row["outcome"] for row in again.rows] == ["same"]


def test_a_dash_for_no_number_says_none(plan):
    analyst, _reviewer = people()
    taken_in(get_plan(plan.slug), [one(数量="—", 单位="")], analyst)
    assert PublicEvidence.objects.get(fact="在建的通报").number is None


@pytest.mark.parametrize(
    ("looks", "printed"),
    [("yyyy-mm-dd", "2024-05-01"), ("mmm-yy", "2024-05"), ('yyyy"年"m"月"', "2024-05"), ("yyyy", "2024")],
)
def test_a_workbook_day_is_as_exact_as_it_is_shown(plan, looks, printed):
    """Typed as 2024-05, Excel makes it the first of May and shows May-24."""
    analyst, _reviewer = people()
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (HEAD, one()):
        book.active.append(row)
    cell = book.active.cell(2, HEAD.index("公布日期") + 1, date(2024, 5, 1))
    cell.number_format = looks
    book.save(out)
    batch = read_table(get_plan(plan.slug), io.BytesIO(out.getvalue()), name="a.xlsx", by=analyst)

    assert batch.rows[0]["cells"]["published_on"] == printed


def test_one_row_written_in_two_ways_is_told_as_twice(plan):
    analyst, _reviewer = people()
    again = one(条目编码="ｐ－１．１－０６", 事实=" 在建的通报 ", 说明了什么="开工")
    first, second = read(get_plan(plan.slug), analyst, [one(条目编码="P-1.1-06"), again]).rows

    assert (first["outcome"], second["outcome"]) == ("new", "invalid")
    assert "与第 2 行说的是同一条" in second["faults"][0]


@pytest.mark.parametrize(
    ("head", "row", "told"),
    [
        ("发生日期", "2025-06-02", "发生日期晚于公布日期"),
        ("原文用语", "一二三四五六七八九十" * 2 + "多", "至多 20 字，现有 21 字"),
    ],
)
def test_a_fault_of_a_further_column_is_told(plan, head, row, told):
    analyst, _reviewer = people()
    batch = read(get_plan(plan.slug), analyst, [[*one(公布日期="2025-06-01"), row]], [*HEAD, head])
    assert told in batch.rows[0]["faults"][0]


def test_a_misspelt_column_is_named_with_the_one_it_is_like(plan):
    analyst, _reviewer = people()
    head = ["公部日期" if name == "公布日期" else name for name in HEAD]
    batch = read(get_plan(plan.slug), analyst, table(3), head)

    assert batch.passed_over == ["公部日期（最接近的列名是公布日期）"]
    assert {row["outcome"] for row in batch.rows} == {"invalid"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_console_takes_a_file_as_drafts_all_or_nothing(plan, tmp_path, capsys, encoding):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(as_csv(table(5)).decode("utf-8-sig").encode(encoding))
    bad.write_bytes(as_csv([*table(5), one(条目编码="P-9.9")]))
    before = PublicEvidence.objects.count()

    call_command("import_evidence", str(good), plan=plan.slug, dry_run=True)
    with pytest.raises(CommandError, match="第 7 行：条目编码：规划中没有条目“P-9.9”"):
        call_command("import_evidence", str(bad), plan=plan.slug)
    assert PublicEvidence.objects.count() == before
    call_command("import_evidence", str(good), plan=plan.slug)
    call_command("import_evidence", str(good), plan=plan.slug)

    assert "新增草稿 / added drafts 0，相同 / unchanged 5" in capsys.readouterr().out
    rows = PublicEvidence.objects.order_by("-pk")[:5]
    assert PublicEvidence.objects.count() == before + 5
    assert {(row.state, row.entered_by) for row in rows} == {("draft", None)}
    logged = AuditEvent.objects.filter(action="evidence.imported")
    assert [row.after for row in logged] == [{"rows": 5}]
    analyst, _reviewer = people()
    assert submit_evidence(rows[0], edition=rows[0].edition, by=analyst).state == "submitted"


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\x00\x01\x02", as_csv([])])
def test_what_is_no_table_is_refused_in_words(plan, client, data):
    analyst, _reviewer = people()
    client.force_login(analyst)
    answer = client.post(f"{ROOT}import/", {"file": SimpleUploadedFile("a.csv", data)})
    assert answer.status_code == 400
    assert not EvidenceBatch.objects.exists()


def test_only_once(plan):
    analyst, _reviewer = people()
    batch = read_table(get_plan(plan.slug), io.BytesIO(as_csv(table(9))), name="a.csv", by=analyst)
    apply_batch(batch, by=analyst)
    with pytest.raises(Exception, match="已导入"):
        apply_batch(batch, by=analyst)
    undo_batch(batch, by=analyst)
    with pytest.raises(Exception, match="已撤销"):
        undo_batch(batch, by=analyst)


def taken_in(plan, rows, by, head=HEAD):
    batch = read_table(plan, io.BytesIO(as_csv(rows, head)), name="a.csv", by=by)
    apply_batch(batch, by=by)
    return batch


def one(**cells) -> list[str]:
    row = dict(zip(HEAD, table(1)[0], strict=True)) | {"事实": "在建的通报"}
    return list((row | cells).values())


def test_a_row_without_its_day_is_told_before_it_can_reach_a_reviewer(plan):
    analyst, _reviewer = people()
    batch = read_table(get_plan(plan.slug), io.BytesIO(as_csv([one(公布日期="")])), name="a.csv", by=analyst)

    assert batch.rows[0]["outcome"] == "invalid"
    assert "没有公布日期" in batch.rows[0]["faults"][0]


def test_a_file_waits_in_the_queue_like_what_a_person_handed_in(plan):
    analyst, reviewer = people()
    taken_in(get_plan(plan.slug), table(3), analyst)

    assert not PublicEvidence.objects.filter(state="submitted", submitted_at=None).exists()
    assert Notice.objects.filter(person=reviewer, kind="submitted").count() == 1


def test_a_corrected_row_changes_what_is_open_and_comes_back_with_undo(plan):
    analyst, reviewer = people()
    plan = get_plan(plan.slug)
    number = {"说明了什么": "number", "单位": "个"}
    taken_in(plan, [one(数量="3", **number)], analyst)
    row = PublicEvidence.objects.get(fact="在建的通报")
    withdraw_evidence(row, edition=row.edition, by=analyst)

    batch = taken_in(plan, [one(数量="4", 公布日期="2025-07", **number)], analyst)

    told = {name: (was, now) for name, was, now in batch.rows[0]["turns"]}
    assert told == {"number": ("3", "4"), "published_on": ("2025-06", "2025-07")}
    row.refresh_from_db()
    assert (batch.rows[0]["outcome"], row.number, row.published, row.state) == (
        "changed",
        4,
        "2025-07",
        "submitted",
    )
    assert undo_batch(batch, by=analyst) == (1, 0)
    row.refresh_from_db()
    assert (row.number, row.published, row.state) == (3, "2025-06", "draft")


def test_what_was_approved_is_not_changed_by_a_file_and_the_row_says_what_helps(plan):
    analyst, reviewer = people()
    plan = get_plan(plan.slug)
    taken_in(plan, [one()], analyst)
    row = PublicEvidence.objects.get(fact="在建的通报")
    approve_evidence(row, edition=row.edition, by=reviewer)

    head = [*HEAD, "与之矛盾"]
    rows = [[*one(公布日期="2025-07"), ""], [*one(事实="其实尚未开工"), str(row.pk)], [*one(事实="又一说"), "0"]]
    batch = read_table(plan, io.BytesIO(as_csv(rows, head)), name="a.csv", by=analyst)

    assert [found["outcome"] for found in batch.rows] == ["invalid", "new", "invalid"]
    assert f"编号 {row.pk}" in batch.rows[0]["faults"][0]
    assert "公布日期 2025-06 → 2025-07" in batch.rows[0]["faults"][0]
    assert "没有编号为 0 的公开信息" in batch.rows[2]["faults"][0]
    batch.rows = batch.of("new")
    batch.save()
    apply_batch(batch, by=analyst)
    assert PublicEvidence.objects.get(fact="其实尚未开工").contradicts == row


@pytest.mark.breadth
@pytest.mark.parametrize("header", ["?header=zh", *more("")])
def test_an_export_read_again_changes_nothing(plan, client, header):
    analyst, _reviewer = people()
    data = client.get(f"/sz-sti-14/evidence.csv{header}").getvalue()

    batch = read_table(get_plan(plan.slug), io.BytesIO(data), name="a.csv", by=analyst)

    assert {(row["outcome"], *row["faults"]) for row in batch.rows} == {("same",)}
    assert batch.passed_over == []


def test_columns_that_nothing_is_read_from_are_named(plan, client):
    analyst, _reviewer = people()
    client.force_login(analyst)
    file = SimpleUploadedFile("a.csv", as_csv([[*row, "x"] for row in table(3)], [*HEAD, "经办人"]))

    assert "这些列没有读取：经办人" in client.post(f"{ROOT}import/", {"file": file}, follow=True).content.decode()


def draft(plan, analyst, **cells):
    """A draft of our own that a file speaks of again."""
    taken_in(plan, [one(**cells)], analyst)
    row = PublicEvidence.objects.get(fact="在建的通报")
    return withdraw_evidence(row, edition=row.edition, by=analyst)


def read(plan, analyst, rows, head=HEAD):
    return read_table(plan, io.BytesIO(as_csv(rows, head)), name="a.csv", by=analyst)


def test_columns_a_file_does_not_have_change_nothing(plan):
    analyst, _reviewer = people()
    plan = get_plan(plan.slug)
    taken_in(plan, [[*one(), "在建", "年内完工"]], analyst, [*HEAD, "原文用语", "说明"])

    assert [row["outcome"] for row in read(plan, analyst, [one()]).rows] == ["same"]
    row = PublicEvidence.objects.get(fact="在建的通报")
    withdraw_evidence(row, edition=row.edition, by=analyst)
    taken_in(plan, [one(公布日期="2025-07")], analyst)
    row.refresh_from_db()
    assert (row.published, row.phrase, row.note) == ("2025-07", "在建", "年内完工")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([one(公布日期="2025-07"), one(公布日期="2025-08")], "与第 2 行说的是同一条"),
        ([one(发布单位="别的报社")], "来源请在发布页修改"),
    ],
)
def test_what_a_file_cannot_do_with_a_draft_is_said_beforehand(plan, rows, told):
    analyst, _reviewer = people()
    plan = get_plan(plan.slug)
    draft(plan, analyst)

    assert told in read(plan, analyst, rows).rows[-1]["faults"][0]


def test_a_statement_does_not_contradict_itself(plan):
    analyst, _reviewer = people()
    plan = get_plan(plan.slug)
    row = draft(plan, analyst)

    (found,) = read(plan, analyst, [[*one(), str(row.pk)]], [*HEAD, "与之矛盾"]).rows
    assert "不能与自己矛盾" in found["faults"][0]


def test_two_files_that_say_the_same_store_it_once(plan):
    analyst, _reviewer = people()
    plan = get_plan(plan.slug)
    first, second = read(plan, analyst, [one()]), read(plan, analyst, [one()])
    apply_batch(first, by=analyst)

    with pytest.raises(ValidationError, match="已有相同的一条"):
        apply_batch(second, by=analyst)
    assert PublicEvidence.objects.filter(fact="在建的通报").count() == 1


@pytest.mark.parametrize("what", ["changed since", "returned before"])
def test_undo_leaves_alone_what_went_on(plan, what):
    analyst, reviewer = people()
    plan = get_plan(plan.slug)
    row = draft(plan, analyst)
    if what == "returned before":
        row = submit_evidence(row, edition=row.edition, by=analyst)
        row = return_evidence(row, edition=row.edition, by=reviewer, reason="请核对")
    batch = taken_in(plan, [one(公布日期="2025-07")], analyst)
    row.refresh_from_db()
    if what == "changed since":
        row = withdraw_evidence(row, edition=row.edition, by=analyst)
        row = change_evidence(row, edition=row.edition, by=make_person("colleague", "analyst"), note="我核对过")
        submit_evidence(row, edition=row.edition, by=analyst)

    assert undo_batch(batch, by=analyst) == (0, 1)
    row.refresh_from_db()
    assert (row.published, row.state) == ("2025-07", "submitted")


NUMBER = {"说明了什么": "number", "单位": "家", "来源标题": "甲报"}
DATED = [*HEAD, "发生日期"]
ELSE = {"来源标题": "乙报"}


def dated(cells, fact):
    cells = {"事实": fact} | cells
    day = cells.pop("发生日期", "")
    return [*one(**cells), day]


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (NUMBER | {"数量": "1.2万"}, NUMBER | {"数量": "13000"} | ELSE, "同一天的数不同：13,000 家、12,000 家"),
        ({"说明了什么": "建成"}, {"说明了什么": "未完成", "公布日期": "2025-08"} | ELSE, "先说建成，后说"),
        ({"说明了什么": "在建", "公布日期": "2025-08"}, {"说明了什么": "运营"} | ELSE, "先说运营/投用，后说"),
        (
            {"说明了什么": "运营", "发生日期": "2025-05-01"},
            {"说明了什么": "运营", "发生日期": "2025-04"} | ELSE,
            "发生日期不同：2025-04、2025-05-01",
        ),
    ],
)
@pytest.mark.parametrize("stored", [False, True])
def test_what_does_not_go_together_is_told_in_a_file_and_beside_what_stands(
    plan, client, first, second, why, stored
):
    analyst, _reviewer = people()
    plan = get_plan(plan.slug)
    rows = [dated(first, "一说"), dated(second, "又一说")]
    if stored:
        taken_in(plan, rows[:1], analyst, DATED)
    batch = read(plan, analyst, rows, DATED)

    where = f"编号 {PublicEvidence.objects.get(fact='一说').pk} 的一条" if stored else "第 2 行"
    assert [row["outcome"] for row in batch.rows] == ["same" if stored else "new", "new"]
    told = [found for found in batch.rows[1]["told"] if where in found]
    assert len(told) == 1
    assert told[0].startswith(f"与{where}说法不一：")
    assert why in told[0]
    assert stored or any("第 3 行" in found for found in batch.rows[0]["told"])
    client.force_login(analyst)
    page = client.get(f"{ROOT}import/{batch.pk}/").content.decode()
    assert why in page
    assert "说法不一的各条都会收下" in page
    assert apply_batch(batch, by=analyst) == (1 if stored else 2)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (NUMBER | {"数量": "3"}, NUMBER | {"数量": "4", "公布日期": "2025-07"}),
        (NUMBER | {"数量": "3"}, NUMBER | {"数量": "4", "单位": "个"}),
        ({"说明了什么": "在建"}, {"说明了什么": "建成", "公布日期": "2025-08"} | ELSE),
        ({"说明了什么": "运营", "发生日期": "2025-05-01"}, {"说明了什么": "运营", "发生日期": "2025-05"}),
        ({"说明了什么": "建成"}, {"说明了什么": "未完成", "条目编码": "P-1", "公布日期": "2025-08"}),
    ],
)
def test_what_can_both_be_true_is_not_called_a_contradiction(plan, first, second):
    analyst, _reviewer = people()
    plan = get_plan(plan.slug)
    PublicEvidence.objects.filter(item__plan=plan).delete()

    batch = read(plan, analyst, [dated(first, "一说"), dated(second, "又一说")], DATED)

    assert [(row["outcome"], row.get("told")) for row in batch.rows] == [("new", None)] * 2


def test_one_source_is_told_alike_in_every_row_and_in_the_form(plan, client):
    analyst, _reviewer = people()
    plan = get_plan(plan.slug)
    rows = [one(), one(事实="另一件", 发布单位="别的报社"), one(事实="第三件", 来源等级="转载")]
    batch = read(plan, analyst, rows)

    assert [row["outcome"] for row in batch.rows] == ["new", "invalid", "invalid"]
    assert "与第 2 行是同一来源，写的却不同：发布单位 市报 → 别的报社" in batch.rows[1]["faults"][0]
    taken_in(plan, [one()], analyst)
    client.force_login(analyst)
    title = PublicEvidence.objects.get(fact="在建的通报").source.title
    typed = {"item": "P-1.1-06", "says": "started", "fact": "另一件", "published": "2025-06", "title": title}
    answer = client.post(f"{ROOT}new/", typed | {"publisher": "别的报社"})
    assert answer.status_code == 400
    assert "已登记为“市报”" in answer.content.decode()
    assert client.post(f"{ROOT}new/", typed | {"publisher": "市报"}).status_code == 302


def test_the_list_of_imports_goes_on_to_the_first_one(plan, client):
    analyst, _reviewer = people()
    client.force_login(analyst)
    for number in range(21):
        EvidenceBatch.objects.create(plan=plan, name=f"第{number}份.csv", uploaded_by=analyst)

    pages = [client.get(f"{ROOT}import/", {"page": number}).content.decode() for number in (1, 2)]

    assert [re.findall(r"第(\d+)份", page) for page in pages] == [[str(n) for n in range(20, 0, -1)], ["0"]]
    assert '<a href="?page=2">下一页</a>' in pages[0]
    assert client.get(f"{ROOT}import/", {"page": 3}).status_code == 400
