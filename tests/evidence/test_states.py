"""What published statements come to, on pages, in files and over the days."""

import re
from datetime import date
from decimal import Decimal

import pytest

from evidence.models import PublicEvidence
from evidence.queries import states_on
from evidence.services import enter_evidence
from plan.params import today
from plan.queries import get_plan
from plan.searching import contains
from tests.evidence.scene import fields, people, published
from updates.views import _confirmed

ROOT = "/sz-sti-14/"


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_an_official_who_never_signed_in_reads_what_is_finished_and_what_is_not(plan, client):
    page = text(client.get(f"{ROOT}items/P-1.1/"))
    for there in ("合成生物", "脑解析"):
        assert there in page
    assert "运营/投用" in page
    museum = text(client.get(f"{ROOT}items/A-08.3-04/"))
    assert "公开信息" in museum
    assert "2025-05-01 运营/投用" in museum
    assert "光明新闻" in museum or "深圳商报" in museum
    assert "期末仍未完成" in text(client.get(f"{ROOT}items/A-08.3-05/"))


def test_as_of_2023_the_academy_is_founded_and_the_museum_under_construction(plan, client):
    day = "?as_of=2023-12-31"
    assert "2023-11-21 成立/揭牌" in text(client.get(f"{ROOT}items/S-2.5-07/{day}"))
    museum = text(client.get(f"{ROOT}items/A-08.3-04/{day}"))
    assert "开工/在建" in museum
    assert "运营/投用" not in museum
    assert "2023-11-21" not in text(client.get(f"{ROOT}items/S-2.5-07/?as_of=2023-10-31"))


def test_sources_that_disagree_are_both_shown(plan, client):
    page = text(client.get(f"{ROOT}items/P-1.1-07/"))
    assert "说法不一" in page
    assert "建好用好" in page
    assert "加快建成" in page
    assert states_on(get_plan(plan.slug), date(2026, 6, 1))["P-1.1-07"].is_disputed


def test_it_never_counts_as_the_report_of_the_unit(plan, client):
    page = re.sub(r"\s", "", text(client.get(f"{ROOT}platforms/")))
    assert "12项任务尚无单位填报" in page
    assert "连同所含各项，" in page
    assert "项有公开信息（" in page
    item = plan.items.get(code="A-08.3-04")
    assert item.status == "not_reported"
    rows = client.get(f"{ROOT}items/A-08.3-04.json").json()["results"]
    assert (rows[0]["status"], rows[0]["public_says"], rows[0]["public_day"]) == (
        "not_reported", "operating", "2025-05-01",
    )  # fmt: skip


def test_a_draft_shows_nowhere(plan, client):
    analyst, _reviewer = people()
    enter_evidence(by=analyst, **fields(plan.items.get(code="P-1.1"), fact="绝不外露的草稿"))
    for address in ("items/P-1.1/", "evidence/", "evidence.json", "changes/?from=2023-11-01"):
        assert "绝不外露的草稿" not in client.get(ROOT + address).content.decode()


@pytest.mark.parametrize(
    ("told", "on", "comes"),
    [
        ([("started", 2022), ("operating", 2025)], 2026, "operating"),
        ([("operating", 2022), ("number", 2024)], 2026, "operating"),
        ([("number", 2022), ("listed", 2024)], 2026, "listed"),
        ([("started", 2022), ("operating", 2025)], 2024, "started"),
    ],
)
def test_the_newest_statement_on_the_stage_decides(plan, told, on, comes):
    analyst, reviewer = people()
    item = plan.items.get(code="P-1.2-06")
    for says, year in told:
        more = {"number": Decimal(3), "unit": "个"} if says == "number" else {}
        published(item, analyst, reviewer, says=says, published_on=date(year, 6, 1), **more)
    state = states_on(get_plan(plan.slug), date(on, 6, 1))["P-1.2-06"]
    assert state.key == comes
    assert state.is_there == (comes == "operating")


def test_after_the_period_what_is_still_pursued_is_not_done(plan):
    analyst, reviewer = people()
    item = plan.items.get(code="P-1.2-06")
    published(item, analyst, reviewer, says="unfinished", published_on=date(2025, 6, 1))
    before = states_on(get_plan(plan.slug), date(2026, 6, 1))["P-1.2-06"]
    published(item, analyst, reviewer, says="unfinished", published_on=date(2026, 6, 1))
    after = states_on(get_plan(plan.slug), date(2026, 6, 1))["P-1.2-06"]
    assert "未完成/仍在推进" in before.word
    assert "期末仍未完成" in after.word


def test_a_number_is_told_apart_from_its_year(plan):
    """“2025 1,643 个” read as one number."""
    analyst, reviewer = people()
    item = plan.items.get(code="P-1.2-06")
    day = {"published_on": date(2026, 2, 1), "took_place_on": date(2025, 1, 1), "took_place_precision": "year"}
    published(item, analyst, reviewer, says="number", number=Decimal(1643), unit="个", **day)

    assert states_on(get_plan(plan.slug), date(2026, 6, 1))["P-1.2-06"].word == "2025：1,643 个"


def test_a_number_is_told_as_it_was_printed(plan):
    analyst, reviewer = people()
    item = plan.items.get(code="P-1.2-06")
    day = {"published_on": date(2026, 2, 1), "took_place_on": date(2025, 1, 1), "took_place_precision": "year"}
    published(item, analyst, reviewer, says="number", number=Decimal(100), unit="家", phrase="近100家企业", **day)

    assert states_on(get_plan(plan.slug), date(2026, 6, 1))["P-1.2-06"].word == "2025：“近100家企业”"


def test_files_feed_and_api_follow_the_day(plan, client):
    assert client.get(f"{ROOT}evidence.json?as_of=2020-01-01").json()["count"] == 0
    rows = client.get(f"/api/v1/{plan.slug}/evidence/?item=A-08.3-04&as_of=2023-12-31").json()["results"]
    assert [row["says"] for row in rows] == ["started"]
    assert rows[0]["source_title"]
    page = client.get(f"{ROOT}changes/?from=2023-11-20&as_of=2023-11-30").content.decode()
    assert "公开信息" in page
    assert "深圳医学科学院" in page
    assert client.get(f"/api/v1/{plan.slug}/evidence/?item=XX-1").status_code == 400


def test_a_form_keeps_what_was_typed_and_names_the_field(plan, client):
    analyst, _reviewer = people()
    client.force_login(analyst)
    typed = {
        "item": "P-1.1-06", "says": "started", "fact": "仍在建设", "published": "2025-13", "publisher": "市报",
        "title": "新闻", "rank": "official",
    }  # fmt: skip
    refused = client.post(f"{ROOT}evidence/new/", typed)
    assert refused.status_code == 400
    assert "不是日期" in refused.content.decode()
    assert "仍在建设" in refused.content.decode()
    stored = client.post(f"{ROOT}evidence/new/", typed | {"published": "2025-11", "then": "submit"}, follow=True)
    assert "已提交" in text(stored)
    assert "2025-11" in text(stored)


@pytest.mark.parametrize(
    ("code", "says", "word", "there"),
    [
        ("P-1.2-06", "operating", "运营/投用", True),
        ("A-08.1-01", "enacted", "印发/施行", True),
        ("A-08.1-01", "operating", "有进展", False),
        ("P-4.12", "built", "有进展", False),
        ("G-1", "founded", "有进展", False),
        ("C-10", "approved", "获批", False),
    ],
)
def test_only_a_named_thing_is_there_and_a_rule_in_force(plan, code, says, word, there):
    """A park that opened is part of a task, and a practice goes on: neither is the commitment done."""
    analyst, reviewer = people()
    PublicEvidence.objects.filter(item__code=code).delete()
    published(plan.items.get(code=code), analyst, reviewer, says=says, published_on=date(2024, 6, 1))
    state = states_on(get_plan(plan.slug), date(2026, 6, 1))[code]

    assert (state.is_there, state.is_open) == (there, False)
    assert word in state.word
    if not there:
        assert "status" not in _confirmed(state)


def test_what_happened_before_the_plan_is_none_of_its_progress(plan):
    analyst, reviewer = people()
    item = plan.items.get(code="P-1.2-06")
    published(item, analyst, reviewer, says="founded", published_on=date(2020, 6, 1))
    state = states_on(get_plan(plan.slug), date(2026, 6, 1))["P-1.2-06"]

    assert (state.is_there, state.is_open) == (False, False)
    assert "规划期前" in state.word


def test_work_that_began_may_have_ended_since(plan):
    analyst, reviewer = people()
    item = plan.items.get(code="P-1.2-06")
    published(item, analyst, reviewer, says="started", published_on=date(2026, 6, 1))
    known = states_on(get_plan(plan.slug), date(2026, 7, 1))["P-1.2-06"]
    late = {"published_on": date(2026, 6, 2), "took_place_on": date(2026, 5, 1)}
    published(item, analyst, reviewer, says="started", fact="今年开工", **late)
    begun_late = states_on(get_plan(plan.slug), date(2026, 7, 1))["P-1.2-06"]

    assert "期末仍未完成" not in known.word
    assert "期末仍未完成" in begun_late.word


def test_the_mayors_first_screen_names_no_activity_as_built(plan, client):
    """39 of 63 commitments were counted as built because something about them was said to go on."""
    there = [state for state in states_on(get_plan(plan.slug), today()).values() if state.is_there]

    assert len(there) > 15
    assert {state.item.kind for state in there} <= {"project", "point"}
    assert not [state.code for state in there if state.item.kind == "point" and state.key != "enacted"]


def test_the_history_of_a_commitment_tells_what_was_published_of_it(plan, client):
    page = text(client.get(f"{ROOT}items/S-2.5-07/history/"))
    rows = client.get(f"{ROOT}items/S-2.5-07/history.json").json()["results"]

    assert "深圳医学科学院" in page
    assert {row["kind"] for row in rows} == {"evidence"}
    assert client.get(f"{ROOT}items/S-2.5-07/history.json?as_of=2023-10-31").json()["count"] == 0


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("首台套", "A-03.3-01"), ("哈工大", "P-4.11-05"), ("云脑Ⅲ", "P-1.1-07"), ("云脑iii", "P-1.1-07"),
        ("'沿途下蛋、就地转化'", "P-1.3"), ("「沿途下蛋、就地转化」", "P-1.3"), ("科学技术馆 正式", "A-08.3-04"),
    ],
)  # fmt: skip
def test_words_as_people_type_them_find_commitments_and_statements(plan, client, asked, code):
    found = text(client.get(f"{ROOT}search/", {"q": asked}))
    assert code in found


def test_a_word_of_two_letters_is_not_looked_for_within_others(plan, client):
    names = set(plan.items.filter(contains("title_en", "AI")).values_list("title_en", flat=True))
    assert names
    assert not [name for name in names if not re.search(r"\bAI\b", name)]
    # Publishers, sources and notes on the text too: Shenzhen Daily is no hit.
    page = client.get(f"{ROOT}search/", {"q": "AI"}).content.decode()
    assert "Shenzhen D<mark>ai</mark>ly" not in page
