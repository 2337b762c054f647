import json
import re
from dataclasses import replace
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import plotly.graph_objects as go
import pytest

from charts import trend
from charts.track import Bound, EarlierGoal, Goal, Point, Words, expected, projected, projected_text
from charts.trend import figure
from tests.charts.test_pictures import D, make, point
from tests.charts.test_sparkline import ALL, FIRMS, NOTHING, PATENTS, SHARE

SCRIPT = Path(trend.__file__).parent.parent / "static/js/plotly-setup.js"


def all_of_it():
    rejected = Point(2022, D("5.49"), "5.49", False, "—", "来源", "2023年", superseded=True)
    return make(
        point(2021, "5.49"),
        point(2022, "5.81", provisional=True),
        kind="range_floor",
        low="5.5",
        high="6",
        baseline=(2020, D("5.46")),
        bounds=(Bound(2023, D(6), "超6"),),
        other_releases=(rejected,),
        projection=(2022, D("5.81"), D("6.4")),
    )


@pytest.mark.parametrize("track", [all_of_it(), make(), make(point(2021, "1"), goal="3", kind="strict")])
def test_plotly_accepts_the_figure_and_only_scatter_is_used(track):
    body = figure(track, words=Words())

    accepted = go.Figure(body)

    assert {trace.type for trace in accepted.data} <= {"scatter"}
    assert json.loads(json.dumps(body)) == body


def test_every_part_is_set_apart():
    body = figure(all_of_it(), words=Words())
    by_symbol = {str(trace.get("marker", {}).get("symbol")): trace for trace in body["data"]}
    dashes = [trace["line"]["dash"] for trace in body["data"] if trace["mode"] == "lines"]

    assert dashes == ["dash", "dot"]
    assert {"line-ew-open", "x-thin-open", "line-ns-open"} <= set(by_symbol)
    (observed,) = [trace for trace in body["data"] if trace["mode"] == "lines+markers"]
    assert (observed["x"], observed["y"]) == ([2021, 2022], [5.49, 5.81])
    assert observed["marker"]["color"] == ["#0b5cad", "#ffffff"]
    drawn = [shape["type"] for shape in body["layout"]["shapes"] if "xsizemode" not in shape]
    assert drawn == ["rect", "line"]


def test_strict_target_has_an_open_circle_at_its_year():
    (circle,) = [
        trace
        for trace in figure(make(goal="22000", kind="strict"), words=Words())["data"]
        if trace["marker"]["symbol"] == "circle-open"
    ]

    assert (circle["x"], circle["y"]) == ([2025], [22000.0])


def told(body):
    """What the pointer tells by year; every other trace is silent."""
    (trace,) = [trace for trace in body["data"] if trace["hoverinfo"] == "text"]
    return dict(zip(trace["x"], trace["hovertext"], strict=True))


def test_years_are_whole_and_hover_names_the_source():
    body = figure(make(point(2021, "68.8")), words=Words())

    assert (body["layout"]["xaxis"]["tickformat"], body["layout"]["xaxis"]["dtick"]) == ("d", 1)
    assert told(body)[2021] == "2021<br>68.8 · 最终核实<br>公布于 2024年1月1日<br>来源: 来源"


def test_all_that_is_known_of_a_year_is_told_together_the_figure_in_force_first():
    replaced = Point(
        2022, D("5.78"), "5.78", True, "初步", "快报", "2023年1月1日", fate="已被替代 → 5.81（2023-06-01）"
    )
    body = figure(replace(SHARE, other_releases=(replaced,)), words=Words())

    lines = told(body)[2022].split("<br>")
    assert lines[:2] == ["2022", "5.81 · 最终核实"]
    assert lines[4] == "× 5.78 · 初步 · 已被替代 → 5.81（2023-06-01）"
    assert lines[-1] == "预期轨迹 5.476"
    assert told(body)[2020].endswith("基期 5.46")
    assert told(body)[2025].endswith("目标 ≥ 5.5–6")
    assert (body["layout"]["hovermode"], body["layout"]["hoverdistance"]) == ("x", -1)


def test_a_revised_figure_has_a_mark_of_its_own():
    body = figure(make(point(2021, "1"), replace(point(2022, "2"), revised=True), goal="3"), words=Words())

    (observed,) = [trace for trace in body["data"] if trace["mode"] == "lines+markers"]
    assert observed["marker"]["symbol"] == ["circle", "diamond"]


def test_an_earlier_target_is_faint_and_ends_on_its_day():
    goal = Goal("range_floor", "up", None, D("5.5"), D(6), 2025, "≥ 5.5")
    track = make(
        point(2021, "5"), kind="range_inside", low="5.5", high="6",
        earlier_goals=(EarlierGoal(goal, "2024-07-01", 2024.0),),
    )  # fmt: skip

    body = figure(track, words=Words())

    (line,) = [trace for trace in body["data"] if trace["name"] == "原目标"]
    assert (line["y"], line["x"][1], line["opacity"]) == ([5.5, 5.5], 2024.0, 0.5)
    said = [note["text"] for note in body["layout"]["annotations"]]
    assert {"2024-07-01 目标更改", "原目标 ≥ 5.5"} <= set(said)


def test_a_phone_gets_the_width_of_the_card_for_its_plot():
    for track in ALL:
        margin = figure(track, words=Words(), width=320)["layout"]["margin"]
        assert 320 - margin["l"] - margin["r"] > 320 * 0.7


def test_markup_in_a_source_is_not_markup():
    bad = Point(2021, D(1), "1", False, "—", "<b>x</b>", "2024年")

    assert "<b>x" not in told(figure(make(bad), words=Words()))[2021]


def test_expected_path_is_exact_and_yearly():
    path = expected(FIRMS)

    assert [year for year, _ in path] == [2020, 2021, 2022, 2023, 2024, 2025]
    assert path[4] == (2024, Fraction(21320))
    assert expected(PATENTS) == []


@pytest.mark.parametrize(("base", "aim"), [("5", "5.5"), ("5.7", "5.7"), ("7", "6")])
def test_path_into_a_range_leads_to_its_nearest_end(base, aim):
    track = make(kind="range_inside", low="5.5", high="6", baseline=(2020, D(base)))

    assert expected(track)[-1] == (2025, Fraction(D(aim)))


def test_path_to_a_range_from_above_leads_to_its_high_end_when_less_is_better():
    assert Goal("range_floor", "down", None, D(5), D(6), 2025, "5–6").aim(D(9)) == 6


def test_target_without_any_end_is_refused():
    with pytest.raises(ValueError, match="low and a high"):
        Goal("point", "up", None, None, None, 2025, "")


def test_projection_keeps_the_average_pace_since_the_baseline():
    assert projected(FIRMS) == (2023, D(24700), 24700 + Fraction(24700 - 18600, 3) * 2)
    assert projected_text(FIRMS) == "28,767"
    # No baseline: the panel names no pace, so the picture may not either.
    assert projected(PATENTS) is None
    assert projected_text(PATENTS) == ""


def test_projection_of_the_caller_goes_first_and_one_figure_has_none():
    given = (2023, D("98.36"), Fraction(200))

    assert projected(make(point(2021, "68.8"), point(2023, "98.36"), projection=given)) == given
    assert projected(make(point(2021, "68.8"))) is None
    assert projected(make(point(2021, "1"), point(2025, "2"))) is None


@pytest.mark.parametrize("track", ALL)
def test_figures_of_the_plan_are_accepted_and_stay_inside_their_axes(track):
    body = figure(track, words=Words())

    go.Figure(body)
    low, high = body["layout"]["yaxis"]["range"]
    first, last = body["layout"]["xaxis"]["range"]
    assert body["data"]
    for trace in body["data"]:
        assert trace["type"] == "scatter"
        assert all(first <= year <= last for year in trace["x"])
        assert all(low <= value <= high for value in trace["y"] if value is not None)
    for shape in body["layout"]["shapes"]:
        if "xsizemode" in shape:  # a bracket, in pixels from its place
            assert first <= shape["xanchor"] <= last
            assert low <= shape["yanchor"] <= high
            continue
        assert low <= shape["y0"] <= shape["y1"] <= high


def test_no_line_leads_across_a_year_without_a_figure():
    traces = figure(make(point(2021, "5"), point(2022, "6"), point(2024, "7")), words=Words())["data"]
    (line,) = [trace for trace in traces if trace["mode"] == "lines+markers"]

    assert (line["x"], line["y"]) == ([2021, 2022, 2022, 2024], [5.0, 6.0, None, 7.0])
    assert line["connectgaps"] is False
    assert {len(value) for value in line["marker"].values() if isinstance(value, list)} == {4}


def test_empty_track_has_a_trace_nobody_sees_so_that_the_target_is_drawn():
    body = figure(NOTHING, words=Words())

    (trace,) = body["data"]
    assert (trace["marker"]["opacity"], trace["hoverinfo"]) == (0, "skip")
    assert "暂无数据" in [note["text"] for note in body["layout"]["annotations"]]


def test_direct_labels_name_target_and_projection_and_do_not_touch():
    notes = figure(SHARE, words=Words())["layout"]["annotations"]

    ends = [note for note in notes if note.get("name") in ("goal", "ahead")]
    assert [note["text"] for note in ends] == ["目标<br>≥ 5.5–6", "按 2020 年以来的年均增量<br>6.97"]


def test_what_is_known_of_the_target_year_is_not_projected():
    """“Over 26,000” decides: a dotted line below it would contradict it."""
    known = replace(SHARE, bounds=(Bound(SHARE.goal.year, D("6.5"), "超6.5%"),))
    earlier = replace(SHARE, bounds=(Bound(SHARE.goal.year - 1, D("6.5"), "超6.5%"),))

    assert projected(known) is None
    assert projected(earlier) == projected(SHARE)
    assert "ahead" not in {note.get("name") for note in figure(known, words=Words())["layout"]["annotations"]}


def test_range_to_stay_inside_has_two_lines():
    shapes = figure(make(kind="range_inside", low="5.5", high="6"), words=Words())["layout"]["shapes"]

    assert [(shape["type"], shape["y0"]) for shape in shapes] == [("rect", 5.5), ("line", 5.5), ("line", 6.0)]


def test_target_lies_between_grid_and_figures_in_years():
    """plotly.js puts a shape there only with axis coordinates; with "x domain" it fails."""
    (line,) = figure(PATENTS, words=Words())["layout"]["shapes"]

    assert (line["layer"], line["xref"], [line["x0"], line["x1"]]) == ("between", "x", [2019.65, 2025.15])


def test_lower_bounds_are_single_marks_and_hover_in_the_given_words():
    body = figure(FIRMS, words=Words(bound="at least", target="Target"))

    (bounds,) = [trace for trace in body["data"] if trace.get("name") == "at least"]
    assert bounds["mode"] == "markers"
    assert "⊔ 超2.5万家 · at least" in told(body)[2024]
    assert "Target<br>≥ 22000" in [note["text"] for note in body["layout"]["annotations"]]


def test_no_script_reaches_the_page_through_any_text():
    bad = "<script>alert(1)</script><a href='javascript:1'>"
    rows = (Point(2021, D(1), bad, True, bad, bad, bad),)
    rest = {"bounds": (Bound(2022, D(1), bad),), "other_releases": rows, "baseline": (2020, D(1))}
    track = make(*rows, goal="2", **rest)

    body = json.dumps(figure(track, words=Words(**dict.fromkeys(Words.__dataclass_fields__, bad))))

    assert "<script" not in body
    assert "<a " not in body


def test_long_source_is_broken_into_lines_that_fit_a_phone():
    row = Point(2021, D(1), "1", False, "最终", "深圳市国民经济和社会发展统计公报" * 20, "2024-04-28")

    lines = told(figure(make(row, goal="2"), words=Words()))[2021].split("<br>")

    assert len(lines) == 6
    assert max(len(line) for line in lines[3:]) <= 22
    assert lines[-1].endswith("…")


def test_every_colour_is_one_the_script_exchanges_for_the_page_s_own():
    known = set(re.findall(r'"(#[0-9a-f]{6})": "--', SCRIPT.read_text(encoding="utf-8")))

    bodies = str([figure(track, words=Words()) for track in ALL])
    used = set(re.findall(r"#[0-9a-f]{6}", bodies))

    assert used <= known
    assert len(known) == 16


def test_script_forbids_sending_data_away_and_names_the_style_to_leave_out():
    """A new plotly.js may write its map style under another id: then the page's policy would be offended."""
    script = SCRIPT.read_text(encoding="utf-8")
    bundle = Path(find_spec("plotly").origin).parent / "package_data/plotly.min.js"

    (style,) = re.findall(r'MAP_STYLE = "([0-9a-f]{64})"', script)
    assert f'document.getElementById("{style}")' in bundle.read_text(encoding="utf-8")
    assert "showSendToCloud: false" in script


def test_bounds_are_brackets_open_to_what_is_possible_and_yearly_targets_are_steps():
    bounds = (Bound(2023, D(24), ">24"), Bound(2024, D(26), "<26", is_upper=True))
    track = replace(FIRMS, bounds=bounds, baseline=(2020, D(10)), path=((2022, D(12)),))
    body = figure(track, words=Words())

    ends = [shape for shape in body["layout"]["shapes"] if shape.get("xsizemode") == "pixel"]
    (path,) = [trace for trace in body["data"] if trace.get("line", {}).get("shape") == "hv"]

    assert [(shape["xanchor"], shape["y1"] > 0) for shape in ends] == [(2023, True)] * 2 + [(2024, False)] * 2
    assert path["y"][path["x"].index(2022)] == 12


def test_the_mean_of_the_years_so_far_is_a_line():
    body = figure(
        replace(FIRMS, means=((2021, Fraction(8)), (2022, Fraction(13, 2)))), words=Words(mean="mean so far")
    )

    (mean,) = [trace for trace in body["data"] if trace.get("name") == "mean so far"]
    assert (mean["mode"], mean["x"], mean["y"]) == ("lines", [2021, 2022], [8.0, 6.5])
