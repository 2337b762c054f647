import re
from datetime import date
from decimal import Decimal

import pytest

from dashboard.queries import attention, lagging, strips
from dashboard.word_counts import final_tally
from indicators.headline import headline
from indicators.queries import overview as read_overview
from indicators.services import recompute
from indicators.shown.rows import gap_words
from plan.params import today
from tests.factories import make_component, make_item, make_observation, make_person, make_plan

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database


def _body(client):
    """Without the frame, whose forms carry a token of their own each time."""
    return client.get("/sz-sti-14/").content.split(b"<main")[1].split(b"</main>")[0]


@pytest.mark.breadth
def test_overview_is_remembered_until_something_changes(plan, client, django_assert_num_queries):
    first = _body(client)

    with django_assert_num_queries(1):
        assert _body(client) == first

    component = plan.items.get(code="I-05").indicator.components.get()
    make_observation(component, 2023, "1600", released="2024-03-01")
    recompute(plan, as_of=today(), cause="test")
    assert "1,600" in client.get("/sz-sti-14/").content.decode()


@pytest.mark.breadth
def test_overview_of_a_day_and_a_language_are_kept_apart(plan, client):
    today_page = client.get("/sz-sti-14/").content.decode()
    that_day = client.get("/sz-sti-14/?as_of=2023-06-30").content.decode()
    english = client.get("/sz-sti-14/", headers={"accept-language": "en"}).content.decode()

    assert "5.49" not in today_page
    assert "5.49" in that_day
    assert "Needs attention" in english


DAYS = ["2021-06-30", "2023-06-30", "2024-12-31", "2026-11-24"]


@pytest.mark.parametrize("day", DAYS)
def test_the_final_verdicts_together_are_all_indicators_and_all_components(plan, day):
    found = read_overview(plan, date.fromisoformat(day))

    tally = final_tally(found)

    assert sum(row.number for row in tally) == found.counts.total == 8
    assert sum(row.parts for row in tally) == found.component_counts.total == 9
    assert [row.start for row in tally] == [sum(row.number for row in tally[:at]) for at in range(len(tally))]


def test_words_of_one_status_are_one_count_whose_list_is_as_long(client, db):
    plan = make_plan()
    for code, year, value in (("I-01", 2024, "250"), ("I-02", 2025, "250"), ("I-03", 2025, "150")):
        make_observation(make_component(plan, code), year, value, released="2026-03-01")

    html = client.get("/test-plan/").content.decode()

    counts = html.split("时间进度法</a>")[1].split("</dl>")[0]
    assert [
        " ".join(re.sub("<[^>]+>", " ", link).split())
        for link in re.findall(r"<a class=.told.*?</a>", counts, re.DOTALL)
    ] == [
        "✔ 已实现 2",
        "✕ 未如期实现 1",
    ]
    table = client.get("/test-plan/indicators/?status=achieved&in_table=yes&view=table").content.decode()
    assert "I-01" in table.split("<tbody")[1]
    assert "I-02" in table.split("<tbody")[1]
    assert "I-03" not in table.split("<tbody")[1].split("</tbody>")[0]


@pytest.mark.breadth
@pytest.mark.parametrize("day", DAYS)
def test_every_counted_word_leads_to_as_many_indicators(plan, client, day):
    html = client.get(f"/sz-sti-14/?as_of={day}").content.decode()

    told = re.findall(r'<a class="told" href="([^"]+)">.*?<b>(\d+)</b></a>', html, re.DOTALL)

    assert sum(int(number) for _address, number in told) == 16  # eight by either method
    for address, number in told:
        table = (
            client.get(f"{address}&view=table".replace("&amp;", "&"))
            .content.decode()
            .split("<tbody")[1]
            .split("</tbody>")[0]
        )
        assert len(set(re.findall(r"/indicators/([IT]-\d+)/", table))) == int(number), address


@pytest.mark.breadth
@pytest.mark.parametrize("day", DAYS)
def test_every_clause_of_the_sentence_leads_to_as_many_indicators(plan, client, day):
    html = client.get(f"/sz-sti-14/?as_of={day}").content.decode()

    told = html.split('<p class="sentence">')[1].split("</p>")[0]
    clauses = re.findall(r'<a class="\w+" href="([^"]+)">(\d+) 项', told)

    assert sum(int(number) for _address, number in clauses) == 8
    for address, number in clauses:
        table = client.get(f"{address}&amp;view=table".replace("&amp;", "&")).content.decode().split("<tbody")[1]
        assert len(set(re.findall(r"/indicators/([IT]-\d+)/", table.split("</tbody>")[0]))) == int(number), address


@pytest.mark.breadth
def test_the_same_sentence_stands_wherever_the_plan_is_spoken_of(plan, client):
    told = str(headline(read_overview(plan, today())).sentence)
    client.force_login(make_person("official"))

    for address in (
        "/sz-sti-14/",
        "/sz-sti-14/wall/",
        "/sz-sti-14/brief/?since=2026-01-01",
        "/sz-sti-14/changes.rss",
        "/sz-sti-14/home/",
    ):
        words = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", client.get(address).content.decode()))
        assert re.sub(r"\s+", "", told) in words, address


@pytest.mark.breadth
def test_a_missed_indicator_is_named_with_its_gap(plan, client):
    component = plan.items.get(code="I-05").indicator.components.get()
    make_observation(component, 2025, "1400.5", released="2026-03-01")
    recompute(plan, as_of=today(), cause="test")

    html = client.get("/sz-sti-14/").content.decode()
    english = client.get("/sz-sti-14/", headers={"accept-language": "en"}).content.decode()

    assert "2025 年 1,400.5，目标 ≥ 1,500，差 99.5 亿元" in html
    assert "140.05 in 2025, target ≥ 150, 9.95 billion yuan short" in english
    row = next(row for row in html.split('<tr class="line ')[1:] if "/indicators/I-05/" in row.split("</tr>")[0])
    assert "未达目标" in row
    assert "还差 99.5 亿元" in row


def test_a_strict_target_met_exactly_is_a_gap_of_nothing_and_still_one(plan):
    component = plan.items.get(code="I-07").indicator.components.get()
    make_observation(component, 2025, "22000", released="2026-03-01")
    plan.refresh_from_db()

    standing = read_overview(plan, today()).by_code["I-07"]

    assert "目标 > 22,000，差 0 家" in gap_words(standing)


def test_a_task_reported_to_lag_needs_attention(plan):
    groups = strips(plan, today())
    first = groups[0]["rows"][0]["parts"][0]
    first.status, first.status_as_of, first.progress = "behind", date(2024, 6, 30), Decimal("0.4")

    (row,) = lagging(plan, groups, date(2025, 6, 30))

    assert row.title == f"{first.code} {first.title}"
    assert (row.badge.word, row.badge.sign, row.detail) == ("滞后", "▼", "40 % · 2024年6月30日")


def lists_of_attention(html: str) -> list[tuple[str, str, int]]:
    """The links below what needs attention: address, words, number."""
    told = html.split('<p class="sub lists">')[1].split("</p>")[0]
    found = re.findall(r'<a href="([^"]+)">([^<]+?)(?:：共 | *: )(\d+)', told)
    return [(address.replace("&amp;", "&"), words, int(number)) for address, words, number in found]


@pytest.mark.breadth
@pytest.mark.parametrize(("day", "word"), [("2024-06-30", "滞后"), ("", "期末未完成")])
def test_what_needs_attention_names_whole_lists_with_their_length(client, db, day, word):
    plan = make_plan()
    top = make_item(plan, "P-1", "platform")
    for number in range(1, 9):
        make_item(plan, f"P-1.{number}", parent=top, status="behind", status_as_of=plan.ends_on)
    # The list names projects too, which the overview does not.
    make_item(plan, "P-1.1-01", "project", status="behind", status_as_of=plan.ends_on)
    for number in range(1, 8):
        make_observation(make_component(plan, f"I-0{number}"), 2023, "110", released="2024-03-01")
    recompute(plan, as_of=today(), cause="test")
    query = f"?as_of={day}" if day else ""

    found = lists_of_attention(client.get(f"/test-plan/{query}").content.decode())

    assert [(words, "as_of" in address) for address, words, _number in found] == [
        ("全部指标", bool(day)),
        (word, bool(day)),
    ]
    (table, _all, indicators), (items, _state, tasks) = found
    assert client.get(table).content.decode().count('<th scope="row"') >= indicators == 7
    assert f'全部条目 <span class="sub">{tasks}</span>' in client.get(items).content.decode()


def test_a_day_after_the_page_s_own_is_the_page_s_own(plan, client):
    html = client.get("/sz-sti-14/?since=2025-01-01&as_of=2024-01-01").content.decode()

    assert 'id="since" type="date" name="since" value="2024-01-01"' in html
    assert "2025年1月1日" not in html


def test_changes_since_a_chosen_day_are_counted_and_the_day_is_said(plan, client):
    html = client.get("/sz-sti-14/?since=2024-03-15").content.decode()

    assert 'value="2024-03-15"' in html
    assert re.search(r"2024年3月15日 以来 \d+ 项变化", html)


def test_what_is_final_needs_attention_before_what_is_provisional(db):
    plan = make_plan()
    for code, status in (("I-01", "preliminary"), ("I-02", "final")):
        make_observation(make_component(plan, code), 2025, "150", released="2026-03-01", value_status=status)

    rows = attention(plan, read_overview(plan, today()).standings)

    assert [(row.title, row.badge.word) for row in rows] == [("I-02", "未达目标"), ("I-01", "未达目标")]
    assert [row.badge.is_hollow for row in rows] == [False, True]


def test_a_strip_without_tasks_has_no_bar(db, client):
    plan = make_plan()
    make_item(plan, "P-1.1", parent=make_item(plan, "P-1", "platform"), status="done")
    make_item(plan, "P-2", "platform")

    group = client.get("/test-plan/").content.decode().split('class="of-platform"')[1].split("</section>")[0]

    assert "规划未列任务" in group
    assert group.count('class="strip-bar"') == 1


def test_the_overview_is_small_without_its_styles(plan, client):
    html = re.sub(r"<style.*?</style>", "", client.get("/sz-sti-14/").content.decode(), flags=re.DOTALL)

    assert len(html.encode()) <= 55 * 1024
