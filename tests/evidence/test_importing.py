"""A table of statements: good rows go in together, bad rows say why, all of it can be taken back."""

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evidence.importing import apply_batch, read_table, undo_batch
from evidence.models import EvidenceBatch, PublicEvidence
from evidence.services import approve_evidence
from plan.queries import get_plan
from tests.evidence.scene import people

ROOT = "/sz-sti-14/evidence/"
HEAD = ["条目编码", "说明了什么", "事实", "公布日期", "发布单位", "来源标题", "来源等级", "数量", "单位"]


def table(number=100) -> list[list[str]]:
    rows = [
        ["P-1.1-06", "开工/在建", f"第 {n} 次通报仍在建设", "2025-06", "市报", f"通报{n}", "官方媒体", "", ""]
        for n in range(number)
    ]
    rows[3][0] = "P-9.9"
    rows[7][3] = "去年"
    return rows


def as_csv(rows, head=HEAD) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode()


def as_xlsx(rows) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [HEAD, *rows]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("name", "write"), [("a.csv", as_csv), ("a.xlsx", as_xlsx)])
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
