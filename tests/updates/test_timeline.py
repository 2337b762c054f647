"""Milestones on the page of a commitment: of the reports that count on the day, of everything below it."""

import re
from datetime import date

import pytest
from django.utils import timezone

from charts.gantt import EDGE, WIDTH, Span, axis_svg, line_svg
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


def test_states_follow_the_day(small):
    approved(
        small,
        small.task,
        ("开工", date(2022, 1, 1), date(2022, 3, 1)),
        ("封顶", date(2023, 1, 1), None),
        ("验收", date(2024, 12, 31), None),
    )

    table = time_table(small.platform, date(2023, 12, 31))

    told = [(line.milestone.title, line.state) for line in table.lines]
    assert told == [("开工", "done"), ("封顶", "late"), ("验收", "")]
    assert (table.done, table.late) == (1, 1)


def test_only_the_report_that_counts_on_the_day_speaks(small):
    approved(small, small.task, ("旧", date(2022, 1, 1), None))
    approved(
        small,
        small.task,
        ("新", date(2023, 1, 1), None),
        status_on=date(2023, 12, 31),
        known_on=date(2024, 1, 10),
    )

    then = time_table(small.task, date(2023, 12, 31))
    now = time_table(small.task, date(2024, 1, 10))

    assert [line.milestone.title for line in then.lines] == ["旧"]
    assert [line.milestone.title for line in now.lines] == ["新"]


def test_drafts_and_other_items_say_nothing(small):
    update = approved(small, small.tasks[1], ("别处", date(2022, 1, 1), None))
    StatusUpdate.objects.filter(pk=update.pk).update(state="draft", approved_at=None, known_on=None)

    assert time_table(small.platform, date(2025, 1, 1)) is None


def test_the_page_shows_them_with_their_item(small, client):
    approved(small, small.task, ("<开工>", date(2022, 1, 1), None))

    html = client.get(f"{small.root}items/P-1.1/").content.decode()
    above = client.get(f"{small.root}platforms/P-1/").content.decode()

    assert "&lt;开工&gt;" in html
    assert "<开工>" not in html
    assert "1 个里程碑，完成 0 个，逾期 1 个" in above
    assert len(re.findall('<svg class="gantt"', above)) == 2


@pytest.mark.parametrize("number", [1, 3])
def test_two_queries_however_many(small, number, django_assert_num_queries):
    for task in small.tasks[:number]:
        approved(small, task, ("开工", date(2022, 1, 1), None))

    with django_assert_num_queries(2):
        time_table(small.platform, date(2023, 12, 31))


def test_places_stay_within_the_picture():
    span = Span(date(2021, 1, 1), date(2025, 12, 31))

    assert span.x(date(1990, 1, 1)) == EDGE
    assert span.x(date(2099, 1, 1)) == WIDTH - EDGE
    assert span.years == [2021, 2022, 2023, 2024, 2025]


def test_a_span_must_end_after_it_starts():
    with pytest.raises(ValueError, match="after"):
        Span(date(2021, 1, 1), date(2021, 1, 1))


def test_a_line_marks_plan_delay_and_deed():
    span = Span(date(2021, 1, 1), date(2025, 12, 31))
    day = date(2023, 1, 1)

    late = line_svg(span, date(2022, 1, 1), date(2022, 6, 1), day, label='"a"')
    early = line_svg(span, date(2022, 6, 1), date(2022, 1, 1), day, label="b")
    to_come = line_svg(span, date(2024, 1, 1), None, day, label="c")

    assert ("g-late" in late, "g-done" in late, "&quot;a&quot;" in late) == (True, True, True)
    assert ("g-late" in early, "g-early" in early) == (False, True)
    assert ("g-late" in to_come, "g-done" in to_come) == (False, False)
    assert axis_svg(span).count("<text") == 5
