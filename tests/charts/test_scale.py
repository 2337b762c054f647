"""Coordinates and labels: nothing leaves its box, nothing touches."""

import pytest

from charts.scale import (
    Scale,
    nice_ticks,
    scale_for,
    spread,
    tick_texts,
    units,
    value_span,
    year_span,
    year_ticks,
)
from tests.charts.test_pictures import D, make, point

BOX = {"width": 200, "height": 100, "left": 10, "right": 30, "top": 5, "bottom": 15}


def test_first_and_last_year_and_both_ends_of_the_values_meet_the_margins():
    scale = Scale((2020, 2025), (0.0, 10.0), **BOX)

    assert [scale.x(year) for year in (2020, 2022.5, 2025)] == [10, 90, 170]
    assert [scale.y(value) for value in (0, 5, 10)] == [85, 45, 5]


def test_value_outside_is_drawn_at_the_edge():
    scale = Scale((2020, 2025), (0.0, 10.0), **BOX)

    assert (scale.y(-1e12), scale.y(1e12)) == (85, 5)


def test_years_reach_to_every_mark():
    track = make(point(2014, "1"), point(2027, "2"), baseline=(2012, D(1)))

    assert year_span(track) == (2012, 2027)


def test_values_keep_an_eighth_of_air_and_do_not_force_zero():
    assert value_span(make(point(2021, "100")), full=False) == (99, 109)


@pytest.mark.parametrize(("value", "ends"), [("108", (94.5, 121.5)), ("0", (-1, 1)), ("-8", (-9, -7))])
def test_equal_values_still_have_a_height(value, ends):
    assert value_span(make(point(2021, value), goal=value), full=False) == ends


def test_only_the_full_picture_makes_room_for_the_projection():
    track = make(point(2022, "90"), goal="100", baseline=(2021, D(10)))

    assert value_span(track, full=False)[1] < 330 < value_span(track, full=True)[1]


@pytest.mark.parametrize("value", ["1e-9", "-0.00005", "0", "-5", "1e15", "999999999999"])
@pytest.mark.parametrize("goal", ["108", "-3", "1e-7"])
def test_scale_of_any_values_stays_in_its_box(value, goal):
    track = make(point(2021, value), point(2023, "7"), goal=goal)
    scale = scale_for(track, **BOX, full=True)

    for number in (float(value), 7.0, float(goal)):
        assert 5 <= scale.y(number) <= 85
    ticks = nice_ticks(*scale.values)
    assert 1 <= len(ticks) <= 7
    assert ticks == sorted(ticks)
    assert len(set(tick_texts(ticks))) == len(ticks)


@pytest.mark.parametrize(
    ("ticks", "texts"),
    [
        ([4.0, 5.0], ["4", "5"]),
        ([5.0, 5.5], ["5.0", "5.5"]),
        ([20000.0, 25000.0], ["20,000", "25,000"]),
        ([-0.0, 0.25], ["0.0", "0.2"]),
        ([0.0, 0.00000005], ["0", "5e-08"]),
        ([0.0, 2e12], ["0", "2e+12"]),
        ([5.0], ["5"]),
        ([], []),
    ],
)
def test_ticks_have_the_places_their_step_needs(ticks, texts):
    assert tick_texts(ticks) == texts


@pytest.mark.parametrize(
    ("ends", "ticks"),
    [((0.9, 1.1), [1]), ((0.8, 3.2), [1, 2, 3]), ((18000, 27000), [18000, 20000, 22000, 24000, 26000])],
)
def test_ranks_and_counts_have_whole_ticks(ends, ticks):
    assert nice_ticks(*ends, whole=True) == ticks


def test_years_keep_their_distance_and_the_last_is_named():
    scale = Scale((2014, 2025), (0.0, 1.0), **BOX)

    years = year_ticks(scale, 44)

    assert years == [2017, 2021, 2025]
    assert all(scale.x(b) - scale.x(a) >= 44 for a, b in zip(years, years[1:], strict=False))


def test_labels_are_moved_apart_in_their_order_and_stay_inside():
    placed = spread([50, 52, 10], [30, 30, 30], 0, 100)

    assert placed[2] < placed[0] < placed[1]
    assert placed[1] - placed[0] >= 30
    assert min(placed) >= 15
    assert max(placed) <= 85


def test_labels_that_do_not_touch_stay_where_they_are():
    assert spread([20, 80], [30, 30], 0, 100) == [20, 80]


def test_a_chinese_character_is_as_wide_as_two_digits():
    assert units("目标 5") == 6
