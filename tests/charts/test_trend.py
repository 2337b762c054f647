import json

import plotly.graph_objects as go
import pytest

from charts.track import Bound, Point, Words
from charts.trend import figure
from tests.charts.test_pictures import D, make, point


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
    assert {"triangle-up-open", "x-thin-open", "line-ns-open"} <= set(by_symbol)
    observed = body["data"][-1]
    assert (observed["x"], observed["y"]) == ([2021, 2022], [5.49, 5.81])
    assert observed["marker"]["color"] == ["#0b5cad", "#ffffff"]
    assert [shape["type"] for shape in body["layout"]["shapes"]] == ["rect", "line"]


def test_strict_target_has_an_open_circle_at_its_year():
    (circle,) = [
        trace
        for trace in figure(make(goal="22000", kind="strict"), words=Words())["data"]
        if trace["marker"]["symbol"] == "circle-open"
    ]

    assert (circle["x"], circle["y"]) == ([2025], [22000.0])


def test_years_are_whole_and_hover_names_the_source():
    body = figure(make(point(2021, "68.8")), words=Words())

    assert (body["layout"]["xaxis"]["tickformat"], body["layout"]["xaxis"]["dtick"]) == ("d", 1)
    assert body["data"][-1]["hovertext"] == ["2021: 68.8 · 最终核实<br>公布于 2024年1月1日<br>来源: 来源"]


def test_markup_in_a_source_is_not_markup():
    bad = Point(2021, D(1), "1", False, "—", "<b>x</b>", "2024年")

    assert "<b>x" not in figure(make(bad), words=Words())["data"][-1]["hovertext"][0]
