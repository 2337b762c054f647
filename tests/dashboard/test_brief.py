"""The paper for a meeting: repeatable by its address, strict about it, adding up, kept with its maker."""

import io
import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import override
from docx import Document

from accounts.models import Organisation
from audit.models import AuditEvent
from dashboard.brief import MOST_ITEMS, brief_of, last_meeting, read_asked
from dashboard.models import SavedBrief
from dashboard.saved_briefs import keep_brief
from indicators.figures.gaps import gap_rows
from indicators.models import Indicator, Observation
from indicators.queries import overview
from plan.changes import Cause, Clock
from plan.models import Plan
from plan.params import BadParameter, today
from tests.dashboard.test_units import lead, report, unit
from tests.factories import make_component, make_item, make_observation, make_person, make_plan

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database

ROOT = "/test-plan/brief/"
DAYS = "since=2025-06-30&as_of=2026-11-28"


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def asked(plan, query=DAYS):
    return read_asked(plan, QueryDict(query))


@pytest.fixture
def scene(db):
    """One indicator that got a figure since the last meeting, one that never had one, one task that is silent."""
    plan = make_plan()
    component = make_component(plan, "I-01")
    make_observation(component, 2023, "150", released="2024-06-01")
    make_observation(component, 2024, "160", released="2025-09-01")
    make_component(plan, "I-02", base="")
    sti = unit()
    lead(sti, make_item(plan, "P-1.1", parent=make_item(plan, "P-1", "platform")))
    Indicator.objects.filter(code="I-01").update(lead=sti)
    return plan


def test_first_sheet_has_start_last_meeting_now_and_goal_of_every_indicator(scene):
    brief = brief_of(scene, asked(scene))

    first, second = brief.rows
    (part,) = first.parts
    assert (part.start, str(part.before), str(part.now)) == ("100", "150（2023）", "160（2024）")
    assert part.moved == "▲ 10 件"
    assert part.goal == "≥ 200"
    assert first.reason == "为目标的 80.0 %，2025 年数据逾期 151 天"
    assert first.changed
    assert (second.parts[0].now.value, second.reason, second.changed) == ("—", "从未公布，逾期 151 天", False)
    assert [source.title for source in brief.sources] == ["Release of 2025-09-01"]


def test_the_longest_delay_is_that_of_any_year(scene):
    """As the page of gaps has it: also of a year in the middle whose successors are out."""
    Observation.objects.filter(component__code="I-01", year=2023).update(year=2025, released_on=date(2026, 3, 1))

    told = brief_of(scene, asked(scene)).attention

    longest = max(year.days for row in gap_rows(overview(scene, date(2026, 11, 28)), []) for year in row.missing)
    assert f"2 项有逾期未公布的数据，最长 {longest} 天。" in told
    assert longest > 1500


def test_english_counts_one_as_one_and_writes_clauses_as_a_sentence(scene):
    with override("en"):
        told = brief_of(scene, asked(scene)).attention
        gap = next(
            row for row in gap_rows(overview(scene, date(2026, 11, 28)), []) if row.indicator.code == "I-02"
        )
        first, *rest = gap.sentence.split("; ")

    assert told[0] == "1 figure was never published, so nothing can be judged: Indicator I-02."
    assert any(line.startswith("1 report on a task or project ") for line in told)
    assert first[0].isupper()
    assert [clause[0] for clause in rest if clause[0].isupper()] == []


def test_a_rank_is_a_place_on_the_first_sheet_and_its_unit_is_not_said_again(scene, client):
    Indicator.objects.filter(code="I-01").update(unit="位", direction="down")

    row = client.get(f"{ROOT}?{DAYS}").content.decode().split("<tbody>")[1].split("</tr>")[0]

    assert text(row).startswith("I-01 第 100 位 第 150 位")
    assert 'class="sub"' not in row.split("</th>")[0]


def test_a_target_met_by_a_bound_says_since_when(scene):
    component = make_component(scene, "I-03", target="200")
    make_observation(component, 2025, "260", released="2026-03-01", precision="lower_bound")

    reasons = {row.card.indicator.code: row.reason for row in brief_of(scene, asked(scene)).rows}

    assert reasons["I-03"] == "2025 年起达到，2024 年数据逾期 516 天"


def test_the_sentence_counts_every_indicator_of_the_table_once(plan):
    brief = brief_of(plan, asked(plan))

    head, told = brief.sentence.split("：")
    assert head == "8 项主要指标"
    assert sum(int(number) for number in re.findall(r"(\d+) 项", re.sub("（.*?）", "", told))) == 8


def test_changes_are_grouped_by_cause_and_leave_out_what_the_last_meeting_knew(scene):
    make_observation(scene.items.get(code="I-01").indicator.components.get(), 2023, "155", released="2025-10-01")
    report(scene.items.get(code="P-1.1"), "behind", on="2025-12-31", known="2026-01-10")

    groups = brief_of(scene, asked(scene)).groups

    told = {group.cause: [change.words for change in group.changes] for group in groups}
    assert list(told) == [Cause.NEW_FIGURE, Cause.REVISED_FIGURE, Cause.STATUS_UPDATE]
    assert told[Cause.NEW_FIGURE] == ["2024 年 160 件"]
    assert told[Cause.REVISED_FIGURE] == ["2023 年 150 件 → 155 件"]
    assert brief_of(scene, asked(scene, "since=2026-02-01&as_of=2026-11-28")).groups == []


def test_a_site_that_had_the_plan_at_the_last_meeting_compares_what_it_knew(scene):
    """Public long before, entered only since: news to the meeting, and said to be late."""
    scene.loaded_on = date(2022, 1, 1)
    scene.save()
    Observation.objects.update(entered_by=make_person("li", "analyst"))
    brief = brief_of(scene, asked(scene, f"since=2026-01-31&as_of={today()}"))

    assert brief.clock == Clock.KNOWN
    (group,) = brief.groups
    assert sorted(change.year for change in group.changes) == [2023, 2024]
    assert all(change.day == today() for change in group.changes)
    assert "迟录" in "".join(change.late_words for change in group.changes)
    assert str(brief.rows[0].parts[0].before) == "—"
    assert brief_of(scene, asked(scene, "since=2021-06-30&as_of=2026-11-28")).clock == Clock.PUBLIC


def test_the_address_on_the_paper_gives_the_same_paper_for_ever(scene, client):
    html = client.get(f"{ROOT}?since=2025-06-30&items=I-01&items=sti").content.decode()
    address = re.search(r'<a class="address" href="([^"]+)"', html).group(1).replace("&amp;", "&")

    query = parse_qs(urlsplit(address).query)
    assert query == {
        "since": ["2025-06-30"],
        "as_of": [str(today())],
        "known_by": [str(today())],
        "items": ["I-01,sti"],
    }
    before = client.get(address).content.decode()
    # What comes in later was not known by then.
    component = scene.items.get(code="I-02").indicator.components.get()
    late = make_observation(component, 2024, "5", released="2025-09-01")
    type(late).objects.filter(pk=late.pk).update(approved_at=late.approved_at + timedelta(days=2))
    Plan.objects.filter(pk=scene.pk).update(figures_version=99)
    assert sheets(client.get(address).content.decode()) == sheets(before)


def sheets(html: str) -> str:
    return html.split("data-sheets", 1)[1].split('<footer class="wrap foot"')[0]


def test_a_sheet_for_each_indicator_and_unit_that_was_ticked(scene, client):
    html = client.get(f"{ROOT}?{DAYS}&items=sti,I-02,I-01").content.decode()

    assert re.findall(r'<article class="sheet[^"]*" aria-label(?:ledby)?="([^"]+)"', html) == [
        "总体情况",
        "上次会议以来的变化",
        "指标I-01",
        "指标I-02",
        "逾期事项和来源",
        "sti-title",
    ]
    assert html.count('class="qr"') == 1
    assert html.count("checked") == 3
    assert " style=" not in html
    assert not re.findall(r"<script(?![^>]*\bsrc=)", html)


@pytest.mark.parametrize(
    ("query", "name", "said"),
    [
        ("since=2026-11-28&as_of=2026-01-01", "since", "上次会议日 2026-11-28 晚于本次截至日 2026-01-01"),
        ("since=2026-02-30", "since", "应为 YYYY-MM-DD 格式的日期"),
        ("items=I-09", "items", "没有代码为“I-09”的指标或单位，最接近的是 I-0"),
        ("items=I-01,nobody", "items", "没有代码为“nobody”的指标或单位"),
        ("items=" + ",".join(f"u{n}" for n in range(60)), "items", "没有代码为“u0”"),
    ],
)
def test_what_cannot_be_used_is_named_beside_the_form(scene, client, query, name, said):
    answer = client.get(f"{ROOT}?{query}")

    assert answer.status_code == 400
    html = answer.content.decode()
    assert said in html
    assert f"{name}=" in text(html)
    assert 'name="since"' in html
    assert "data-sheets" not in html
    assert client.get(f"/test-plan/brief.docx?{query}").status_code == 400


def test_days_that_are_no_days_and_names_nobody_reads_are_refused(scene, client):
    for query in ("as_of=morgen", "known_by=2030-01-01", "sinse=2025-01-01", "since=2025-01-01&since=2025-02-01"):
        assert client.get(f"{ROOT}?{query}").status_code == 400, query


def test_as_many_sheets_as_may_be_chosen_can_be_kept_whatever_their_codes(scene, client):
    codes = [f"{'x' * 38}{n:02}" for n in range(MOST_ITEMS + 1)]
    Organisation.objects.bulk_create(Organisation(code=code, name=code) for code in codes)

    answer = client.get(f"{ROOT}?{DAYS}&items={','.join(codes)}")
    assert answer.status_code == 400
    assert f"一次最多选 {MOST_ITEMS} 项" in answer.content.decode()
    row = keep_brief(scene, asked(scene, f"{DAYS}&items={','.join(codes[:-1])}"), by=make_person("ana", "analyst"))
    row.full_clean()
    assert client.get(f"{ROOT}?{row.query}").status_code == 200


def test_without_a_day_it_compares_with_the_newest_kept_paper_before(scene):
    assert last_meeting(scene, date(2026, 11, 28)) == date(2026, 8, 30)
    keep_brief(scene, asked(scene, "since=2026-01-31&as_of=2026-06-30"), by=make_person("ana", "analyst"))

    assert last_meeting(scene, date(2026, 11, 28)) == date(2026, 6, 30)
    assert last_meeting(scene, date(2026, 6, 30)) == date(2026, 4, 1)


def test_the_word_file_says_what_the_page_says_and_can_be_verified(scene, client):
    answer = client.get(f"/test-plan/brief.docx?{DAYS}&items=I-01,sti")

    assert answer.status_code == 200
    document = Document(io.BytesIO(answer.content))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert brief_of(scene, asked(scene)).sentence in words
    assert "督办单：市科技创新局" in words
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert "160（2024）" in cells
    assert "known_by=" in words
    again = client.get(f"/test-plan/brief.docx?{DAYS}&items=I-01,sti")
    assert again["X-SHA256"] == answer["X-SHA256"]
    body = client.get(f"/api/v1/verify/{answer['X-SHA256']}/").json()
    assert body["known"] is True
    client.cookies["django_language"] = "en"
    assert client.get(f"/test-plan/brief.docx?{DAYS}&items=I-01,sti")["X-SHA256"] == answer["X-SHA256"]


def test_keeping_a_paper_says_who_and_when_and_leaves_one_audit_row(scene, client):
    person = make_person("ana", "analyst", name="张三")
    client.force_login(person)
    form = {"since": "2025-06-30", "as_of": "2026-11-28", "items": "I-01"}

    answer = client.post("/test-plan/brief/save/", form)
    client.post("/test-plan/brief/save/", form)

    row = SavedBrief.objects.get()
    assert (row.made_by, row.known_by, row.items) == (person, today(), "I-01")
    assert answer["Location"].endswith(f"/brief/?{row.query}")
    assert AuditEvent.objects.filter(action="brief.saved", object_code="2026-11-28").count() == 1
    assert "张三" in text(client.get(ROOT).content.decode())
    client.logout()
    assert "张三" not in client.get(ROOT).content.decode()
    assert client.post("/test-plan/brief/save/", form).status_code in (302, 403)
    assert SavedBrief.objects.count() == 1


def test_nothing_is_kept_without_its_audit_row_by_strangers_or_in_the_wrong_order(scene, client, monkeypatch):
    with pytest.raises(PermissionDenied):
        keep_brief(scene, asked(scene), by=AnonymousUser())
    client.force_login(make_person("ana", "analyst"))
    assert client.post("/test-plan/brief/save/", {"since": "2026-11-01", "as_of": "2026-01-01"}).status_code == 400
    assert client.post("/test-plan/brief/save/", {"items": "nobody"}).status_code == 400
    assert not SavedBrief.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedBrief.objects.create(
            plan=scene,
            since="2026-02-01",
            as_of="2026-01-01",
            known_by="2026-02-01",
            made_by=make_person("eva", "analyst"),
        )


@pytest.mark.parametrize("number", [1, 3])
def test_query_budget(db, client, django_assert_max_num_queries, number):
    plan = make_plan()
    for at in range(1, number + 1):
        organisation = unit(f"u{at}", f"单位{at}")
        task = make_item(plan, f"P-{at}.1", parent=make_item(plan, f"P-{at}", "platform"))
        component = make_component(plan, f"I-0{at}")
        make_observation(component, 2024, "150", released="2025-09-01")
        lead(organisation, task, component.indicator)
        report(task, "behind")

    with django_assert_max_num_queries(40):
        assert client.get(f"{ROOT}?{DAYS}&items=I-01").status_code == 200


def test_a_unit_of_the_demo_plan_does_not_lead_here_and_says_so(scene, client):
    Organisation.objects.create(code="other", name="别的单位")

    html = client.get(f"{ROOT}?{DAYS}&items=other").content.decode()

    assert "没有由该单位牵头" in text(html)
    with pytest.raises(BadParameter):
        asked(scene, "items=P-1.1")
