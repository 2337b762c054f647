"""The server's pictures, read back as XML: what is drawn, where, and that nothing needs a style attribute."""

import re
from decimal import Decimal as D
from pathlib import Path
from xml.etree import ElementTree

import pytest

from charts.framed import LETTERS, framed
from charts.large import trend_svg
from charts.scale import nice_ticks
from charts.sparkline import sparkline
from charts.track import Bound, Goal, Point, Track, Words


def point(year, value, *, provisional=False):
    return Point(year, D(value), value, provisional, "最终核实", "来源", "2024年1月1日")


def make(*points, goal="108", kind="point", low=None, high=None, baseline=None, bounds=(), **extra):
    target = Goal(
        kind,
        "up",
        None if low else D(goal),
        D(low) if low else None,
        D(high) if high else None,
        2025,
        f"≥ {goal}",
    )
    years = [row.year for row in points] + [2020, 2025]
    return Track("名称", "件", min(years), max(years), baseline, points, bounds, target, **extra)


def drawn(text):
    return ElementTree.fromstring(text.replace("<svg ", '<svg xmlns="" ', 1))


def marks(tree, kind):
    return [element for element in tree.iter() if kind in element.get("class", "").split()]


PICTURES = [sparkline, trend_svg]


@pytest.mark.parametrize("draw", PICTURES)
def test_picture_has_one_chart_a_trace_and_a_label(draw):
    tree = drawn(draw(make(point(2021, "68.8"), point(2023, "98.36")), label="一句话", words=Words()))

    assert "chart" in tree.get("class").split()
    assert (tree.get("role"), tree.get("aria-label")) == ("img", "一句话")
    assert len(marks(tree, "trace")) == 1
    assert len(marks(tree, "c-dot")) == 2
    assert len(marks(tree, "c-last")) == 1
    assert all(element.get("style") is None for element in tree.iter())


@pytest.mark.parametrize("draw", PICTURES)
def test_without_figures_only_target_and_years_are_drawn(draw):
    tree = drawn(draw(make(), label="", words=Words()))

    assert marks(tree, "trace") == []
    assert len(marks(tree, "c-target")) == 1
    assert {"2020", "2025"} <= {element.text for element in tree.iter() if element.text}


@pytest.mark.parametrize("draw", PICTURES)
def test_range_is_a_band_with_its_floor_as_the_line(draw):
    tree = drawn(draw(make(point(2021, "5.49"), kind="range_floor", low="5.5", high="6"), label="", words=Words()))

    (band,) = marks(tree, "c-band")
    (line,) = marks(tree, "c-target")
    bottom = float(band.get("y")) + float(band.get("height"))
    assert float(line.get("d").split()[1].split("H")[0]) == pytest.approx(bottom, abs=0.2)


@pytest.mark.parametrize("draw", PICTURES)
def test_strict_bound_ends_in_an_open_circle(draw):
    assert len(marks(drawn(draw(make(goal="22000", kind="strict"), label="", words=Words())), "c-open")) == 1
    assert marks(drawn(draw(make(goal="22000"), label="", words=Words())), "c-open") == []


def test_preliminary_figures_are_hollow_and_lower_bounds_are_not_on_the_line():
    track = make(point(2021, "21000", provisional=True), goal="22000", bounds=(Bound(2024, D(25000), "超2.5万"),))

    tree = drawn(sparkline(track, label="", words=Words()))

    assert (len(marks(tree, "c-hollow")), len(marks(tree, "c-bound"))) == (1, 1)
    assert marks(tree, "trace")[0].get("d").count("L") == 0


def test_expected_path_leads_from_the_baseline_to_the_target():
    tree = drawn(sparkline(make(point(2021, "60"), baseline=(2020, D(50))), label="", words=Words()))

    (path,) = marks(tree, "c-expected")
    (target,) = marks(tree, "c-target")
    (base,) = marks(tree, "c-base")
    start, end = path.get("d")[1:].split("L")
    assert end.split()[1] == target.get("d")[1:].split()[1].split("H")[0]
    assert start.split()[0] == base.get("d")[1:].split()[0]


@pytest.mark.parametrize("draw", PICTURES)
@pytest.mark.parametrize("value", ["0", "-5", "0.000001", "999999999999", "108"])
def test_every_mark_lies_inside_the_picture(draw, value):
    tree = drawn(draw(make(point(2022, value), baseline=(2020, D("1"))), label="", words=Words()))

    _, _, width, height = map(float, tree.get("viewBox").split())
    circles = list(tree.iter("circle"))
    assert circles
    for circle in circles:
        assert 0 <= float(circle.get("cx")) <= width
        assert 0 <= float(circle.get("cy")) <= height


def test_text_is_escaped():
    text = trend_svg(make(), label='"><script>', words=Words(no_data="<b>&"))

    assert "<script>" not in text
    assert drawn(text).get("aria-label") == '"><script>'


def test_small_picture_is_small():
    points = [point(year, str(year)) for year in range(2014, 2025)]

    assert len(sparkline(make(*points), label="一句话", words=Words()).encode()) < 2500


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, [0, 5, 10]),
        (3.7, 7.1, [4, 5, 6, 7]),
        (4000, 27000, [5000, 10000, 15000, 20000, 25000]),
        (5, 5, [5]),
    ],
)
def test_ticks_are_round_numbers(low, high, ticks):
    assert nice_ticks(low, high, 5 if high == 27000 else 4) == ticks


def test_a_picture_for_other_sites_has_its_title_above_and_its_source_below():
    picture = trend_svg(make(point(2021, "68.8")), label="一句话", words=Words())
    long = "来源：" + "统计公报" * LETTERS
    lines = [long, "截至 2023-06-30 <已公布>"]
    tree = ElementTree.fromstring(framed(picture, title="名称 & 单位", lines=lines, link="https://a.example/?b&c"))
    inner = next(found for found in tree.iter() if found.tag.endswith("svg") and found is not tree)
    words = [(found.text, float(found.get("y"))) for found in tree.iter() if found.get("font-size")]

    top, height = float(inner.get("y")), float(inner.get("height"))
    assert (words[0][0], words[0][1] < top) == ("名称 & 单位", True)
    assert "".join(text for text, _y in words[1:]) == "".join(lines)
    assert all(top + height < y < float(tree.get("height")) for _text, y in words[1:])
    assert max(len(text) for text, _y in words[1:]) <= LETTERS


# What the drawings share, tested through them.
PIECES = {"marks"}


def test_every_drawing_has_a_test():
    tests = Path(__file__).parent.parent
    said = "".join(path.read_text(encoding="utf-8") for path in tests.rglob("*.py"))
    named = re.findall(r"^ *from charts(?:\.(\w+)| import ([\w, ]+))", said, re.MULTILINE)
    drawn = {name.strip() for one, several in named for name in (one, *several.split(",")) if name}
    modules = {path.stem for path in (tests.parent / "charts").glob("[!_]*.py")}

    assert modules - drawn == PIECES
