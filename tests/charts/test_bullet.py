"""Bullet charts and heat maps from plain values."""

import re
from decimal import Decimal as D
from fractions import Fraction
from pathlib import Path

import pytest

from charts import heat
from charts.bullet import Axis, axis_for, axis_svg, bullet_svg, due, gap, gauge, later_bounds, missing, reached
from charts.track import Bound, Goal, Point, Track

SCRIPT = Path(heat.__file__).parent.parent / "static/js/plotly-setup.js"


def point(year: int, value: str, provisional: bool = False) -> Point:
    return Point(year, D(value), value, provisional, "初步" if provisional else "最终", "来源", "2024-01-01")


def track(*points: Point, base: str | None = "100", kind: str = "point", **bounds) -> Track:
    ends = bounds or {"value": D(200)}
    goal = Goal(
        type=kind,
        direction="up",
        value=ends.get("value"),
        low=ends.get("low"),
        high=ends.get("high"),
        year=2025,
        text="≥ 200",
    )
    baseline = (2020, D(base)) if base else None
    return Track("指标", "件", 2020, 2025, baseline, points, (), goal)


def draw(it: Track) -> str:
    scale = gauge(it)
    return bullet_svg(it, scale, axis_for([reached(it, scale)]), label="一句话")


def places(svg: str, kind: str, attribute: str) -> list[float]:
    return [float(x) for x in re.findall(rf'class="{kind}"[^>]* {attribute}="([\d.-]+)%"', svg)]


def test_bar_goes_from_baseline_at_nought_to_its_share_of_the_way():
    it = track(point(2022, "150"))

    assert reached(it, gauge(it)) == Fraction(1, 2)
    svg = draw(it)
    # 0 to 150 per cent on the width of the picture.
    assert places(svg, "b-bar", "x") == [0]
    assert places(svg, "b-bar", "width") == [33.33]
    assert places(svg, "b-goal", "x1") == [66.67]
    assert places(svg, "b-due", "x1") == [26.67]
    assert 'aria-label="一句话"' in svg


def test_without_a_baseline_the_same_scale_begins_at_zero():
    near, far = track(point(2024, "191.6"), base=None), track(point(2024, "144"), base=None)

    assert reached(near, gauge(near)) == Fraction(958, 1000)
    assert reached(far, gauge(far)) == Fraction(720, 1000)
    assert places(draw(near), "b-bar", "width") > places(draw(far), "b-bar", "width")
    assert "b-due" not in draw(near)


@pytest.mark.parametrize(
    ("base", "asked", "from_baseline"),
    [("100", True, True), ("100", False, False), ("200", True, False), ("250", True, False), (None, True, False)],
)
def test_scale_begins_at_the_baseline_only_where_a_way_leads_from_it(base, asked, from_baseline):
    scale = gauge(track(point(2022, "150"), base=base), from_baseline=asked)

    assert scale.is_from_baseline is from_baseline
    assert scale.whole == 200


def test_baseline_is_marked_where_the_scale_begins_at_zero():
    svg = draw(track(point(2022, "150"), base="220"))

    assert places(svg, "c-base", "x1") == [73.33]


def test_no_scale_where_neither_baseline_nor_target_gives_one():
    it = track(point(2022, "150"), base=None, value=D(-2))

    assert gauge(it) is None
    assert gap(it, None) is None
    assert "b-bar" not in draw(it)


def test_beyond_the_scale_is_an_arrow_at_its_edge():
    above, below = track(point(2022, "300")), track(point(2022, "60"))

    assert reached(above, gauge(above)) == 2
    assert places(draw(above), "b-bar", "width") == [100]
    assert draw(above).count("b-beyond") == 1
    # Behind the baseline there is room to the left, and beyond that an arrow too.
    assert axis_for([reached(below, gauge(below))]) == Axis(Fraction(-1, 4))
    assert draw(below).count("b-beyond") == 1
    assert "b-beyond" not in draw(track(point(2022, "80")))


def test_value_due_is_that_of_the_latest_year():
    assert due(track(point(2021, "110"), point(2023, "170"))) == (2023, D(160))
    assert due(track(point(2023, "170"), base=None)) is None
    assert due(track()) is None


@pytest.mark.parametrize(
    ("value", "kind", "bounds", "lack"),
    [
        ("150", "point", {}, 50),
        ("200", "strict", {}, 0),
        ("230", "point", {}, -30),
        ("140", "range_inside", {"low": D(150), "high": D(200)}, 10),
        ("170", "range_inside", {"low": D(150), "high": D(200)}, -20),
        ("230", "range_inside", {"low": D(150), "high": D(200)}, 30),
        ("230", "range_floor", {"low": D(150), "high": D(200)}, -80),
    ],
)
def test_gap_is_what_is_missing_to_the_target(value, kind, bounds, lack):
    it = track(point(2022, value), kind=kind, **bounds)

    assert missing(it) == lack
    assert gap(it, gauge(it)) == Fraction(lack, 50 if bounds else 100)


def test_falling_indicator_comes_nearer_from_above():
    goal = Goal(type="point", direction="down", value=D(60), low=None, high=None, year=2025, text="≤ 60")
    it = Track("指标", "件", 2020, 2025, (2020, D(100)), (point(2022, "70"),), (), goal)

    assert reached(it, gauge(it)) == Fraction(3, 4)
    assert missing(it) == 10


def test_without_figures_it_draws_no_bar():
    svg = draw(track())

    assert "b-bar" not in svg
    assert "b-goal" in svg


def test_range_is_a_band_strict_an_open_end_preliminary_hollow():
    ranged = draw(track(point(2022, "150"), kind="range_floor", low=D(150), high=D(200)))
    strict = draw(track(point(2022, "150", True), kind="strict"))

    assert ranged.count("c-band") == 1
    assert ranged.count("b-goal") == 1
    assert strict.count("c-open") == 1
    assert "b-bar hollow" in strict
    assert draw(track(kind="range_inside", low=D(150), high=D(200))).count("b-goal") == 2


def test_statement_of_at_least_so_much_is_shown_only_when_newer():
    bound = (Bound(2022, D(180), "超180"),)
    newer = Track("指标", "件", 2020, 2025, None, (point(2021, "150"),), bound, track().goal)
    older = Track("指标", "件", 2020, 2025, None, (point(2023, "190"),), bound, track().goal)

    assert "c-bound" in draw(newer)
    assert "c-bound" not in draw(older)


def test_a_bound_is_a_bracket_open_to_what_is_possible_and_all_of_a_year_are_drawn():
    low, high = Bound(2022, D(160), "超160"), Bound(2022, D(190), "不足190", is_upper=True)
    up = Track("指标", "件", 2020, 2025, (2020, D(100)), (), (low, high), track().goal)
    goal = Goal(type="point", direction="down", value=D(60), low=None, high=None, year=2025, text="≤ 60")
    down = Track("指标", "件", 2020, 2025, (2020, D(100)), (), (Bound(2022, D(80), "超80"),), goal)

    opens = [re.findall(r'c-bound" d="M(-?)6', draw(one)) for one in (up, down)]

    # To the right where more lies there; of a falling indicator more lies to the left.
    assert opens == [["", "-"], ["-"]]
    assert len(later_bounds(up)) == 2


@pytest.mark.parametrize("value", ["100", "0", "-5", "1e9"])
def test_any_value_stays_inside_the_picture(value):
    svg = draw(track(point(2022, value)))

    shares = [float(x) for x in re.findall(r'="([\d.-]+)%"', svg)]
    assert all(0 <= share <= 100 for share in shares)
    assert "nan" not in svg


def test_labels_are_escaped():
    it = track(point(2022, "1"))
    assert "<b>" not in bullet_svg(it, gauge(it), Axis(Fraction(0)), label="<b>")
    assert "<b>" not in axis_svg(Axis(Fraction(0)), start="<b>", target="<b>")
    spot = heat.HeatCell(0.4, "■ 1", "<b>", "/x/")
    body = str(heat.figure(heat.Heat((("<b>",),), (("<b>",),), ((spot,),))))
    assert "<b>" not in body


def test_empty_cell_is_none_and_not_zero():
    row = (heat.HeatCell(None, "", "", ""), heat.HeatCell(0.4, "■ 2", "", "/x/"))

    figure = heat.figure(heat.Heat((("甲",),), (("乙",), ("丙",)), (row,), (1,)))

    assert figure["data"][0]["z"] == [[None, 0.4]]
    assert [shape["x0"] for shape in figure["layout"]["shapes"] if shape["type"] == "line"] == [0.5]


def test_label_takes_two_lines_before_anything_of_it_is_cut():
    assert heat.wrap("集群区", 6) == ("集群区",)
    assert heat.wrap("可见光通信与光计算", 12) == ("可见光通信与", "光计算")
    assert heat.wrap("Visible-light communication and optical computing", 28) == (
        "Visible-light communication",
        "and optical computing",
    )
    assert heat.wrap("C-01 深圳湾创新集群区", 12) == ("C-01 深圳湾", "创新集群区")
    assert heat.wrap("一二三四五六七八九十", 8) == ("一二三四", "五六七…")


def test_rows_and_columns_without_a_cell_are_tinted():
    here, none = heat.HeatCell(0.4, "■", "", "/x/"), heat.HeatCell(None, "", "", "")
    figure = heat.figure(heat.Heat((("甲",), ("乙",)), (("丙",), ("丁",)), ((here, none), (none, none))))

    tinted = [shape for shape in figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert [(shape["y0"], shape["y1"]) for shape in tinted if shape["yref"] == "y"] == [(0.5, 1.5)]
    assert [(shape["x0"], shape["x1"]) for shape in tinted if shape["xref"] == "x"] == [(0.5, 1.5)]


def test_shorten_counts_chinese_twice():
    assert heat.shorten("集群区", 6) == "集群区"
    assert heat.shorten("集群区域", 6) == "集群…"
    assert heat.parts(["a", "a", "b", "", ""]) == (2, 3)


def test_every_colour_is_one_the_script_exchanges():
    known = set(re.findall(r'"(#[0-9a-f]{6})": "--', SCRIPT.read_text(encoding="utf-8")))
    body = str(heat.figure(heat.Heat((), (), ())))

    assert set(re.findall(r"#[0-9a-f]{6}", body)) <= known
