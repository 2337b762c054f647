"""What a draft holds beside its items: pasted as tables, held to the loader's rules, published, taken back."""

import pytest
from django.test import Client

from plan.models import Plan
from studio import held, publishing, services
from studio.folder import held_of
from studio.further import TABLES, as_lines, read_lines, rows_of, with_rows
from studio.held import CannotChange
from studio.models import PlanDraft
from studio.published import rows_of as published_rows
from tests.studio.scene import everything

pytestmark = pytest.mark.django_db
ROOT = "/studio/some-30/further/"
NOTE = "N01\t3.1\tdisagreement\tP-1\t两种写法\tTwo wordings\t标题与正文写法不同，按标题处理。\tThe title is used."


@pytest.fixture
def full(draft, planner):
    return everything(draft, planner)


@pytest.fixture
def client(planner):
    client = Client()
    client.force_login(planner)
    return client


def paste(client, name: str, lines: str):
    return client.post(f"{ROOT}{name}/", {"lines": lines, "edition": PlanDraft.objects.get().edition})


def code_of(kind: str) -> str:
    row = PlanDraft.objects.get()
    codes = held.codes(row.held)
    return next(codes[key] for key, one in row.held.items.items() if one.kind == kind)


def test_tables_are_pasted_published_and_read_again(full, client, planner, second):
    platform, point = code_of("platform"), code_of("safeguard")
    assert paste(client, "note", NOTE.replace("P-1", platform)).status_code == 302
    link = f"{point}\t{platform}\tserves\tjudged\t建立联席会议制度\t保障平台建设"
    assert paste(client, "link", f"自（编码）\t至（编码）\t类别\t依据\t原文\t说明\n{link}").status_code == 302
    services.undo(PlanDraft.objects.get(), by=planner)
    assert PlanDraft.objects.get().held.rest.get("link", []) == []
    paste(client, "link", link)
    assert "两种写法" in client.get(f"{ROOT}note/").content.decode()

    row = publishing.submit(PlanDraft.objects.get(), reason="", by=planner)
    publishing.publish(row, edition=row.edition, by=second)

    plan = Plan.objects.get(slug="some-30")
    assert plan.text_notes.get().title == "两种写法"
    assert [one["quote"] for one in published_rows(plan).links if one["kind"] == "serves"] == ["建立联席会议制度"]


def test_what_the_loader_refuses_is_told_and_nothing_is_stored(full, client):
    answer = paste(client, "note", NOTE.replace("P-1", "Z-9"))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Z-9" in page
    # What was typed stays in the box.
    assert "两种写法" in page
    assert PlanDraft.objects.get().held.rest.get("note", []) == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [("N01\t3.1", "第 1 行缺少"), ("a\t" * 12, "至多 8 格"), ("\n\nN01\t\tx", "第 3 行缺少")],
)
def test_a_line_that_cannot_be_read_is_named(full, client, lines, said):
    answer = paste(client, "note", lines)
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_what_leaves_comes_back_the_same_of_the_first_plan(plan):
    first = held_of(published_rows(plan))
    for name in TABLES:
        rows = read_lines(as_lines(first, name), name)
        again = with_rows(first, name, rows)
        assert rows_of(again, name) == rows_of(first, name), name
        assert len(rows) == len(rows_of(first, name)) > 0, name
        if name != "clause":
            assert again.rest[name] == first.rest[name], name
    with pytest.raises(CannotChange):
        read_lines("x\n" * 4000, "industry")


def test_a_table_that_is_not_there_is_a_404(full, client):
    assert client.get(f"{ROOT}nothing/").status_code == 404


def test_a_row_of_the_table_may_stand_in_another_section_than_its_sentence(draft, planner, second):
    """What a planner pastes under the goals, and the plan says once more below."""
    table = "| 序号 | 指标 | 单位 | 目标值 |\n| --- | --- | --- | --- |\n| 1 | 联席会议次数 | 次 | 4 |"
    text = draft.raw.replace("二、建设重大平台", f"{table}\n\n二、建设重大平台")
    text = text.replace("建立联席会议制度", "到2030年联席会议次数达到4次，建立联席会议制度")
    draft, _lost = services.take_text(draft, text, by=planner, edition=draft.edition)
    full = everything(draft, planner)
    told = [one.numbers.get("table_quote", "") for one in full.held.items.values() if "联席会议次数" in one.title]
    assert told == ["| 1 | 联席会议次数 | 次 | 4 |"]
    assert publishing.folder_faults(full.held) == []
