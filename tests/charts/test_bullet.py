"""Bullet charts, heat maps and treemaps from plain values."""

import re
from decimal import Decimal as D
from pathlib import Path

import pytest

from charts import heat, tree
from charts.bullet import bullet_svg, due
from charts.track import Bound, Goal, Point, Track, Words

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
    return bullet_svg(it, label="一句话", words=Words())


def test_value_stands_between_baseline_and_target_in_proportion():
    svg = draw(track(point(2022, "150")))

    base = float(re.search(r'c-base" d="M([\d.]+)', svg)[1])
    goal = float(re.search(r'c-target" d="M([\d.]+)', svg)[1])
    dot = float(re.search(r'c-dot" cx="([\d.]+)', svg)[1])
    assert dot == pytest.approx((base + goal) / 2, abs=0.2)
    assert 'aria-label="一句话"' in svg


def test_value_due_is_that_of_the_latest_year():
    assert due(track(point(2021, "110"), point(2023, "170"))) == (2023, D(160))
    assert due(track(point(2023, "170"), base=None)) is None
    assert due(track()) is None


def test_without_figures_it_says_so_and_draws_no_way():
    svg = draw(track())

    assert "暂无数据" in svg
    assert "b-way" not in svg
    assert "c-dot" not in svg


def test_range_is_a_band_strict_an_open_end_preliminary_hollow():
    ranged = draw(track(point(2022, "150"), kind="range_floor", low=D(150), high=D(200)))
    strict = draw(track(point(2022, "150", True), kind="strict"))

    assert ranged.count("c-band") == 1
    assert ranged.count("c-target") == 1
    assert strict.count("c-open") == 1
    assert "c-hollow" in strict
    assert draw(track(kind="range_inside", low=D(150), high=D(200))).count("c-target") == 2


def test_statement_of_at_least_so_much_is_shown_only_when_newer():
    bound = (Bound(2022, D(180), "超180"),)
    newer = Track("指标", "件", 2020, 2025, None, (point(2021, "150"),), bound, track().goal)
    older = Track("指标", "件", 2020, 2025, None, (point(2023, "190"),), bound, track().goal)

    assert "≥ 180" in draw(newer)
    assert "≥ 180" not in draw(older)


@pytest.mark.parametrize("value", ["100", "0", "-5", "1e9"])
def test_any_value_stays_inside_the_picture(value):
    svg = draw(track(point(2022, value)))

    places = [float(x) for x in re.findall(r' c?x="([\d.-]+)"', svg)]
    assert all(0 <= x <= 560 for x in places)
    assert "nan" not in svg


def test_baseline_equal_to_target_is_drawn():
    assert "c-target" in draw(track(point(2022, "200"), base="200"))


def test_labels_are_escaped():
    assert "<b>" not in bullet_svg(track(point(2022, "1")), label="<b>", words=Words(target="<b>"))
    spot = heat.Spot(0.4, "■ 1", "<b>", "/x/")
    body = str(heat.figure(heat.Heat(("<b>",), ("<b>",), ((spot,),))))
    assert "<b>" not in body
    assert "<b>" not in str(tree.figure([tree.Part("a", "", "<b>", "<b>", "", "ahead")]))


def test_empty_cell_is_none_and_not_zero():
    row = (heat.Spot(None, "", "", ""), heat.Spot(0.4, "■ 2", "", "/x/"))

    figure = heat.figure(heat.Heat(("甲",), ("乙", "丙"), (row,), (1,)))

    assert figure["data"][0]["z"] == [[None, 0.4]]
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [0.5]


def test_shorten_counts_chinese_twice():
    assert heat.shorten("集群区", 6) == "集群区"
    assert heat.shorten("集群区域", 6) == "集群…"
    assert heat.parts(["a", "a", "b", "", ""]) == (2, 3)


def test_unreported_leaf_is_hatched_and_known_ones_are_coloured():
    parts = [tree.Part("p", "", "规划", "", ""), *(tree.Part(k, "p", k, "", "", k) for k in ("no_data", "ahead"))]

    (trace,) = tree.figure(parts)["data"]

    assert trace["marker"]["pattern"]["shape"] == ["", "/", ""]
    assert trace["marker"]["colors"][2] == tree.LOOKS["ahead"]
    assert trace["values"] == [0, 1, 1]


def test_every_colour_is_one_the_script_exchanges():
    known = set(re.findall(r'"(#[0-9a-f]{6})": "--', SCRIPT.read_text(encoding="utf-8")))
    looks = [tree.Part(look, "", look, "", "", look) for look in (*tree.LOOKS, tree.UNSAID)]
    body = str(tree.figure(looks)) + str(heat.figure(heat.Heat((), (), ())))

    assert set(re.findall(r"#[0-9a-f]{6}", body)) <= known
