"""The pictures' geometry, read back from the XML, with the figures of the plan and with absurd ones."""

import re
from dataclasses import replace
from itertools import combinations

import pytest
from django.conf import settings

from charts.large import trend_svg
from charts.sparkline import sparkline
from charts.track import Bound, Goal, Point, Track, Words
from shenzhen_plan import sheets
from tests.charts.test_pictures import PICTURES, D, drawn, make, marks, point

SHARE = make(
    point(2014, "4.02"), point(2016, "4.1"), point(2019, "4.9"), point(2020, "5.46"), point(2021, "5.49"),
    point(2022, "5.81"), point(2023, "6.46"), point(2024, "6.67", provisional=True),
    goal="5.5–6", kind="range_floor", low="5.5", high="6", baseline=(2020, D("5.46")),
    other_releases=(point(2022, "5.78"),),
)  # fmt: skip
FIRMS = make(
    point(2021, "21000"), point(2022, "23000"), point(2023, "24700"),
    goal="22000", kind="strict", baseline=(2020, D(18600)), bounds=(Bound(2024, D(25000), "超2.5万家"),),
)  # fmt: skip
PATENTS = make(point(2021, "68.8"), point(2023, "98.36"))
TURNOVER = make(point(2020, "0.785255"), goal="1.1")
NOTHING = make(goal="1500")
REVISED = make(point(2021, "1"), replace(point(2022, "2"), revised=True), goal="3")
ALL = [SHARE, FIRMS, PATENTS, TURNOVER, NOTHING]


def corners(tree):
    """Every coordinate a mark or a text of the picture reaches (texts by their anchor)."""
    for element in tree.iter():
        if element.tag == "path":
            yield from path_corners(element.get("d"))
        elif element.tag == "circle":
            x, y, r = (float(element.get(name)) for name in ("cx", "cy", "r"))
            yield from [(x - r, y - r), (x + r, y + r)]
        elif element.tag == "rect":
            x, y, w, h = (float(element.get(name)) for name in ("x", "y", "width", "height"))
            yield from [(x, y), (x + w, y + h)]
        elif element.tag == "text":
            yield float(element.get("x")), float(element.get("y"))


def path_corners(path):
    x = y = 0.0
    for command, rest in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", path):
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", rest)]
        if command in "MLml":
            x, y = numbers if command.isupper() else (x + numbers[0], y + numbers[1])
        elif command in "Hh":
            x = numbers[0] if command == "H" else x + numbers[0]
        elif command in "Vv":
            y = numbers[0] if command == "V" else y + numbers[0]
        yield x, y


def assert_inside(tree):
    _, _, width, height = map(float, tree.get("viewBox").split())
    for x, y in corners(tree):
        assert 0 <= x <= width
        assert 0 <= y <= height


@pytest.mark.parametrize("draw", PICTURES)
@pytest.mark.parametrize("track", ALL)
def test_everything_lies_inside_the_picture(draw, track):
    assert_inside(drawn(draw(track, label="走势", words=Words())))


@pytest.mark.parametrize("draw", PICTURES)
@pytest.mark.parametrize("values", [["1e-9", "2e-9"], ["-5", "-80"], ["1e15", "3"], ["0", "0"], ["108"]])
def test_absurd_values_stay_inside_too(draw, values):
    points = [point(2021 + number, value) for number, value in enumerate(values)]

    assert_inside(drawn(draw(make(*points, baseline=(2020, D(values[0]))), label="", words=Words())))


@pytest.mark.parametrize("draw", PICTURES)
@pytest.mark.parametrize("track", ALL)
def test_markup_needs_no_inline_style_and_is_one_chart(draw, track):
    text = draw(track, label="走势", words=Words())

    assert text.startswith('<svg class="chart" ')
    assert text.count("<svg") == text.count('class="chart"') == 1
    assert "style" not in text


@pytest.mark.parametrize("sheet", ["site.css", "wall.css"])
@pytest.mark.parametrize("track", [*ALL, REVISED])
def test_every_mark_has_its_colour_where_small_pictures_stand(sheet, track):
    """A shape no rule speaks of is black: nothing is seen of it in the dark."""
    styles = sheets.written(settings.BASE_DIR / "static", f"css/{sheet}")

    elements = drawn(sparkline(track, label="", words=Words())).iter()
    shapes = [element.get("class").split() for element in elements if element.tag in ("path", "circle", "rect")]

    assert shapes
    for names in shapes:
        assert any(re.search(rf"\.{name}\b[^{{}}]*{{[^}}]*(fill|stroke):", styles) for name in names), names


@pytest.mark.parametrize("track", ALL)
def test_small_picture_of_the_plan_is_compact(track):
    assert len(sparkline(track, label="一句话" * 10, words=Words()).encode()) < 2500


@pytest.mark.parametrize("draw", PICTURES)
def test_single_figure_is_a_dot_with_a_trace_of_no_length(draw):
    tree = drawn(draw(TURNOVER, label="", words=Words()))

    (trace,) = marks(tree, "trace")
    (dot,) = marks(tree, "c-dot")
    assert trace.get("d") == f"M{dot.get('cx')} {dot.get('cy')}h0"


def test_preliminary_latest_figure_is_hollow_and_larger():
    tree = drawn(sparkline(SHARE, label="", words=Words()))

    (last,) = marks(tree, "c-last")
    assert marks(tree, "c-hollow") == [last]
    assert float(last.get("r")) > max(float(dot.get("r")) for dot in marks(tree, "c-dot"))


def test_target_is_named_beside_its_line_right_of_the_plot():
    tree = drawn(sparkline(PATENTS, label="", words=Words()))

    (name,) = marks(tree, "c-goal")
    (line,) = marks(tree, "c-target")
    end = float(line.get("d").split("H")[1])
    assert name.text == "≥ 108"
    assert end < float(name.get("x")) < 260
    assert abs(float(name.get("y")) - float(line.get("d").split()[1].split("H")[0])) < 6


@pytest.mark.parametrize(
    ("values", "anchor", "y"), [((4, 5, 9), "start", None), ((9, 5, 4), "end", None), ((9, 4, 9), "end", 10.2)]
)
def test_target_named_inside_lies_on_no_line(values, anchor, y):
    points = [point(year, str(value)) for year, value in zip((2020, 2022, 2025), values, strict=True)]
    goal = Goal("range_inside", "up", None, D("5.5"), D(6), 2025, "within 5.5–6")
    track = Track("", "%", 2020, 2025, None, tuple(points), (), goal)

    tree = drawn(sparkline(track, width=160, height=100, label="", words=Words()))

    (name,) = marks(tree, "c-goal")
    assert name.get("text-anchor", "start") == anchor
    assert y is None or float(name.get("y")) == y


def test_long_target_is_named_inside_and_leaves_the_plot_its_width():
    goal = Goal("point", "up", D(108), None, None, 2025, "每万人口拥有量不低于一百零八件")
    track = Track("名称", "件", 2020, 2025, None, (), (), goal)

    tree = drawn(sparkline(track, label="", words=Words()))

    (name,) = marks(tree, "c-goal")
    assert name.get("text-anchor") == "end"
    assert float(marks(tree, "c-target")[0].get("d").split("H")[1]) > 240


def test_range_to_stay_inside_has_two_binding_ends():
    track = make(point(2021, "5"), kind="range_inside", low="5.5", high="6")

    assert len(marks(drawn(sparkline(track, label="", words=Words())), "c-target")) == 2


def test_far_end_above_a_floor_only_informs():
    tree = drawn(sparkline(SHARE, label="", words=Words()))

    assert (len(marks(tree, "c-target")), len(marks(tree, "c-far"))) == (1, 1)


def test_open_circle_stands_at_the_target_year_on_the_line():
    tree = drawn(trend_svg(FIRMS, label="", words=Words()))

    (circle,) = marks(tree, "c-open")
    line = marks(tree, "c-target")[0].get("d")
    assert circle.get("cx") == line.split("H")[1]
    assert circle.get("cy") == line.split()[1].split("H")[0]


def test_bounds_and_replaced_releases_are_not_joined_to_the_line():
    tree = drawn(trend_svg(FIRMS, label="", words=Words()))
    assert len(marks(tree, "c-bound")) == 1
    assert marks(tree, "trace")[0].get("d").count("L") == 2
    assert "≥ 25,000" in {element.text for element in tree.iter("text")}

    tree = drawn(trend_svg(SHARE, label="", words=Words()))
    assert len(marks(tree, "c-other")) == 1
    assert marks(tree, "trace")[0].get("d").count("L") == 5
    # 2014 and 2017 stand alone: the years beside them have no figure.
    assert marks(tree, "trace")[0].get("d").count("M") == 3


def test_superseded_point_does_not_count():
    old = Point(2022, D("5.78"), "5.78", False, "初步", "来源", "2023年", superseded=True)
    tree = drawn(trend_svg(make(point(2021, "5"), old), label="", words=Words()))

    assert (len(marks(tree, "c-dot")), len(marks(tree, "c-other"))) == (1, 1)


def test_large_picture_writes_values_target_baseline_and_projection():
    said = [element.text for element in drawn(trend_svg(FIRMS, label="", words=Words())).iter("text")]

    assert {"21000", "23000", "24700", "≥ 25,000", "基期 18,600"} <= set(said)
    assert {"目标", "≥ 22000", "预期轨迹", "按 2020 年以来的年均增量", "28,767", "件"} <= set(said)


def test_baseline_is_named_beside_its_mark_and_without_its_value_where_a_figure_has_it():
    first, base, last = point(2019, "4.9"), point(2020, "5.46"), point(2021, "5.49")
    over = make(first, last, goal="6", baseline=(2020, D("5.46")))
    on = make(first, base, last, goal="6", baseline=(2020, D("5.46")))

    for track, name in ((over, "基期 5.46"), (on, "基期")):
        tree = drawn(trend_svg(track, label="", words=Words()))
        x, y = (float(number) for number in marks(tree, "c-base")[0].get("d")[1:].split("v")[0].split())
        (word,) = [element for element in marks(tree, "c-word") if element.text == name]
        assert abs(float(word.get("x")) - x) < 40
        assert abs(float(word.get("y")) - y) < 45


def test_large_picture_without_figures_says_so_once():
    said = [element.text for element in drawn(trend_svg(NOTHING, label="", words=Words())).iter("text")]

    assert said.count("暂无数据") == 1
    assert not any("年均增量" in word for word in said)


def test_values_at_figures_do_not_touch_each_other():
    points = [point(year, f"{year}.25") for year in range(1990, 2025)]
    tree = drawn(trend_svg(make(*points, goal="2030"), label="", words=Words()))

    places = [(float(element.get("x")), float(element.get("y"))) for element in marks(tree, "c-value")]
    assert len(places) > 5
    assert all(abs(x - a) > 40 or abs(y - b) > 13 for (x, y), (a, b) in combinations(places, 2))
    assert "2024.25" in {element.text for element in marks(tree, "c-value")}


@pytest.mark.parametrize("draw", PICTURES)
def test_every_text_is_escaped(draw):
    bad = "<script>alert(1)</script>&\"'"
    goal = Goal("point", "up", D(2), None, None, 2025, bad)
    figures = (Point(2021, D(1), bad, True, bad, bad, bad),)
    track = Track(bad, bad, 2020, 2025, (2020, D(1)), figures, (Bound(2022, D(1), bad),), goal, figures)
    words = Words(**dict.fromkeys(Words.__dataclass_fields__, bad))

    text = draw(track, label=bad, words=words)

    assert "<script" not in text
    tree = drawn(text)
    assert tree.get("aria-label") == bad
    assert {element.tag for element in tree.iter()} <= {"svg", "path", "circle", "rect", "text"}


def test_without_a_label_the_picture_names_component_and_target():
    assert drawn(sparkline(NOTHING, label="", words=Words())).get("aria-label") == "名称 · 目标 2025: ≥ 1500"
