"""The time line's picture: marks where they belong, lateness as a bar, and only traces of the smallest bundle."""

from datetime import date

import pytest

from charts import bundles
from charts.gantt import DAY, GanttMark, GanttRow, TimeLine, figure, height

DAY_OF_PAGE = date(2024, 1, 1)


def line(*rows, day=DAY_OF_PAGE):
    return TimeLine(rows, date(2021, 1, 1), date(2025, 12, 31), day, "规划期", "今天")


def trace(body, name):
    return next(row for row in body["data"] if row.get("name") == name)


@pytest.mark.parametrize(
    ("planned", "actual", "late"),
    [
        (date(2022, 1, 1), date(2022, 1, 31), [30]),
        (date(2023, 12, 2), None, [30]),
        (date(2022, 1, 31), date(2022, 1, 1), []),
        (date(2024, 6, 30), None, []),
    ],
)
def test_late_part_reaches_from_the_plan_to_the_deed_or_the_day(planned, actual, late):
    body = figure(line(GanttRow("甲", "/a/", (GanttMark(planned, actual, "开工"),))))

    bars = trace(body, "逾期")
    assert bars["x"] == [days * DAY for days in late]
    assert bars["base"] == [planned.isoformat() for _days in late]
    assert trace(body, "计划")["x"] == [planned.isoformat()]
    assert trace(body, "实际")["x"] == ([actual.isoformat()] if actual else [])


def test_rows_without_marks_say_so_and_lead_to_their_item():
    body = figure(
        line(
            GanttRow("甲", "/a/", (), "未报"), GanttRow("乙", "/b/", (GanttMark(date(2022, 1, 1), None, "开工"),))
        )
    )

    silent = next(row for row in body["data"] if row.get("mode") == "text")
    assert (silent["y"], silent["customdata"]) == ([0], ["/a/"])
    assert trace(body, "计划")["y"] == [1]
    assert body["layout"]["yaxis"]["ticktext"] == ["甲", "乙"]


def test_marks_outside_of_the_period_are_within_the_picture():
    day = date(2027, 6, 30)
    body = figure(line(GanttRow("甲", "/a/", (GanttMark(date(2020, 1, 1), date(2026, 9, 1), "开工"),)), day=day))

    first, last = body["layout"]["xaxis"]["range"]
    assert first < "2020-01-01"
    assert last > day.isoformat()


def test_names_and_words_are_text_and_no_markup():
    body = figure(line(GanttRow("<b>", "/a/", (GanttMark(date(2022, 1, 1), None, "<i>"),))))

    assert body["layout"]["yaxis"]["ticktext"] == ["&lt;b&gt;"]
    assert trace(body, "计划")["hovertext"] == ["&lt;i&gt;"]
    assert body["narrow"]["annotations"][-1]["text"] == "&lt;b&gt;"


def test_smallest_bundle_knows_every_trace():
    body = figure(
        line(
            GanttRow("甲", "/a/", (), "未报"), GanttRow("乙", "/b/", (GanttMark(date(2022, 1, 1), None, "开工"),))
        )
    )

    assert {row["type"] for row in body["data"]} <= bundles.TRACES["basic"]


def test_place_kept_is_as_high_as_the_picture():
    rows = [GanttRow(str(at), "/a/", (), "未报") for at in range(3)]
    body = figure(line(*rows))

    assert (body["layout"]["height"], body["narrow"]["height"]) == (height(3), height(3, tall=True))
    assert height(0) > 0
    assert figure(line())["layout"]["xaxis"]["type"] == "date"
