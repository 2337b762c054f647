"""Milestones on the page of a commitment: of the reports that count on the day, of everything below it."""

from datetime import date

import pytest
from django.utils import timezone

from tests.factories import make_item
from updates.models import Milestone, StatusUpdate
from updates.timeline import time_table


def approved(small, item, *milestones, status_on=date(2023, 6, 30), known_on=date(2023, 7, 10)) -> StatusUpdate:
    update = StatusUpdate.objects.create(
        item=item,
        organisation=small.own,
        status_on=status_on,
        status="on_schedule",
        done="一",
        state="approved",
        entered_by=small.reporter,
        approved_at=timezone.now(),
        known_on=known_on,
    )
    for title, planned, actual in milestones:
        Milestone.objects.create(update=update, title=title, planned_on=planned, actual_on=actual)
    return update


def below(small):
    return [small.platform, *small.tasks]


def test_states_follow_the_day(small):
    approved(
        small,
        small.task,
        ("开工", date(2022, 1, 1), date(2022, 3, 1)),
        ("封顶", date(2023, 1, 1), None),
        ("验收", date(2024, 12, 31), None),
    )

    table = time_table(small.plan, below(small), date(2023, 12, 31))

    told = [(line.milestone.title, line.state, line.days) for line in table.told[0].lines]
    assert told == [("开工", "done", 59), ("封顶", "late", 364), ("验收", "", 0)]
    assert (table.total, table.done, table.late) == (3, 1, 1)


def test_what_is_done_later_was_not_done_on_the_day(small):
    approved(small, small.task, ("开工", date(2022, 1, 1), date(2022, 3, 1)))
    StatusUpdate.objects.update(known_on=date(2022, 1, 10))

    (line,) = time_table(small.plan, [small.task], date(2022, 2, 1)).told[0].lines

    assert (line.state, line.days) == ("late", 31)


def test_only_the_report_that_counts_on_the_day_speaks(small):
    approved(small, small.task, ("旧", date(2022, 1, 1), None))
    later = {"status_on": date(2023, 12, 31), "known_on": date(2024, 1, 10)}
    approved(small, small.task, ("新", date(2023, 1, 1), None), **later)

    def titles(day):
        return [
            line.milestone.title for row in time_table(small.plan, [small.task], day).told for line in row.lines
        ]

    assert titles(date(2023, 12, 31)) == ["旧"]
    assert titles(date(2024, 1, 10)) == ["新"]


def test_a_later_report_without_milestones_takes_them_back(small):
    approved(small, small.task, ("旧", date(2022, 1, 1), None))
    approved(small, small.task, status_on=date(2023, 12, 31), known_on=date(2024, 1, 10))

    assert time_table(small.plan, [small.task], date(2023, 12, 31)).total == 1
    assert time_table(small.plan, [small.task], date(2024, 1, 10)).total == 0


def test_tasks_without_milestones_are_rows_and_projects_and_points_are_not(small):
    project = make_item(small.plan, "P-1.1-01", "project", parent=small.task)
    point = make_item(small.plan, "P-1.1-02", "point", parent=small.task)
    approved(small, small.tasks[1], ("开工", date(2022, 1, 1), None))

    table = time_table(small.plan, [*below(small), project, point], date(2025, 1, 1))

    assert [row.item.code for row in table.told] == ["P-1.2"]
    assert [row.item.code for row in table.silent] == ["P-1.1", "P-1.3"]
    only = time_table(small.plan, below(small), date(2025, 1, 1), only_told=True)
    assert [row.item.code for row in only.rows] == ["P-1.2"]


def test_drafts_say_nothing(small):
    update = approved(small, small.tasks[1], ("别处", date(2022, 1, 1), None))
    StatusUpdate.objects.filter(pk=update.pk).update(state="draft", approved_at=None, known_on=None)

    assert time_table(small.plan, below(small), date(2025, 1, 1)).total == 0


def test_the_page_shows_them_with_their_item_and_names_its_picture(small, client):
    approved(small, small.task, ("<开工>", date(2022, 1, 1), None))

    html = client.get(f"{small.root}items/P-1.1/").content.decode()
    above = client.get(f"{small.root}platforms/P-1/?as_of=2024-01-01").content.decode()

    assert "&lt;开工&gt;" in html
    assert "<开工>" not in html
    assert "1 个里程碑，完成 0 个，逾期未完成 1 个" in above
    assert "逾期 730 天" in above
    assert "未报里程碑 2 项" in above
    assert f'data-figure="{small.root}items/P-1/timeline.json?as_of=2024-01-01"' in above


def test_a_page_without_milestones_has_no_time_line_and_its_picture_is_of_the_period(small, client):
    page = client.get(f"{small.root}platforms/P-1/").content.decode()
    body = client.get(f"{small.root}items/P-1/timeline.json").json()

    assert 'id="timeline"' not in page
    silent = next(trace for trace in body["data"] if trace.get("mode") == "text")
    assert [text.strip() for text in silent["text"]] == ["未报里程碑"] * 3


def test_the_picture_is_of_the_day_and_of_what_the_list_shows(small, client):
    approved(small, small.task, ("开工", date(2022, 1, 1), date(2022, 3, 1)))

    def planned(address):
        body = client.get(f"{small.root}{address}").json()
        return next(trace["x"] for trace in body["data"] if trace.get("name") == "计划")

    assert planned("items/P-1/timeline.json?as_of=2023-07-09") == []
    assert planned("items/P-1/timeline.json?as_of=2023-07-10") == ["2022-01-01"]
    assert planned("timeline/platform.json") == ["2022-01-01"]
    assert planned("timeline/platform.json?organisation=sti") == ["2022-01-01"]
    assert planned("timeline/platform.json?organisation=-") == []
    assert client.get(f"{small.root}timeline/goal.json").status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pointing_at_a_mark_says_it_in_the_language_of_the_page(small, client, language, settings):
    approved(small, small.task, ("开工", date(2022, 1, 1), date(2022, 3, 1)))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    body = client.get(f"{small.root}items/P-1.1/timeline.json").json()

    told = {text for trace in body["data"] for text in trace.get("hovertext", [])}
    words = {
        "zh-hans": "开工 · 计划 2022-01-01 · 实际 2022-03-01 · 晚 59 天",
        "en": "开工 · Planned 2022-01-01 · Actual 2022-03-01 · 59 days late",
    }
    assert told == {words[language]}


def test_what_came_late_is_not_called_overdue(small, client):
    approved(small, small.task, ("开工", date(2022, 1, 1), date(2022, 3, 1)))

    html = client.get(f"{small.root}items/P-1.1/").content.decode().split('<section class="time"')[1]
    body = client.get(f"{small.root}items/P-1.1/timeline.json").json()
    english = client.get(f"{small.root}items/P-1.1/", headers={"accept-language": "en"}).content.decode()

    assert "1 个里程碑，完成 1 个，逾期未完成 0 个" in html
    assert "</svg> 晚于计划</span>" in html
    assert "晚 59 天" in html
    assert {"计划", "实际", "晚于计划"} <= {trace.get("name") for trace in body["data"]}
    assert "1 milestones: 1 reached, 0 overdue and open" in english
    assert "</svg> Late</span>" in english


def test_lists_have_a_time_line_once_there_is_a_milestone(small, client):
    page = f"{small.root}platforms/"
    before = client.get(page).content.decode()
    approved(small, small.task, ("开工", date(2022, 1, 1), None))

    after = client.get(page).content.decode()

    assert 'id="timeline"' not in before
    assert f'data-figure="{small.root}timeline/platform.json"' in after


@pytest.mark.parametrize("number", [1, 3])
def test_one_query_however_many(small, number, django_assert_num_queries):
    for task in small.tasks[:number]:
        approved(small, task, ("开工", date(2022, 1, 1), None))

    with django_assert_num_queries(1):
        time_table(small.plan, below(small), date(2023, 12, 31))
