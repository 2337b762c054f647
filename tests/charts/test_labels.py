"""Labels find free places, in both pictures, at every size; the key names the marks that occur and no other."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts.key import key
from charts.labels import ORDER, _lines, labels
from charts.large import trend_svg
from charts.places import GAP, Box, Label, LabelSpot, Segment, place
from charts.scale import scale_for
from charts.track import EarlierGoal, Goal, Words
from charts.trend import _scale
from tests.charts.test_pictures import D, drawn, make, marks, point
from tests.charts.test_sparkline import ALL, FIRMS, NOTHING, SHARE

OLD = Goal("range_floor", "up", None, D("5.5"), D(6), 2025, "≥ 5.5")
# What the demonstration adds: a target that changed, a figure that fell back, releases that were replaced.
CHANGED = make(
    point(2014, "4.02"), point(2016, "4.1", provisional=True), point(2019, "4.9"), point(2021, "5.49"),
    point(2022, "5.81"), point(2023, "6.46"), point(2024, "6.67"), point(2025, "5.92"),
    goal="5.5–6", kind="range_inside", low="5.5", high="6", baseline=(2020, D("5.46")),
    other_releases=(point(2021, "5.4"), point(2022, "5.49"), point(2024, "6.46"), point(2025, "5.85")),
    earlier_goals=(EarlierGoal(OLD, "2024-07-01", 2024.0),),
)  # fmt: skip
FALLEN = replace(
    FIRMS,
    points=(*FIRMS.points, replace(point(2024, "20100"), revised=True, status_text="修订")),
    other_releases=(point(2022, "19500"), point(2024, "25000")),
)
VALLEY = make(
    point(2020, "4.83", provisional=True), point(2021, "7.25"), point(2022, "5.1"), point(2023, "5.42"),
    point(2024, "5.58"), point(2025, "5.36", provisional=True),
    goal="5.5–6", kind="range_floor", low="5.5", high="6",
)  # fmt: skip
TRACKS = [*ALL, CHANGED, FALLEN, VALLEY]
SIZES = [(320, 320), (400, 280), (720, 360), (1100, 440)]


def scales(track):
    for width, height in SIZES:
        right = 130 if width >= 560 else 18
        yield _scale(track, width, height, 60, right)
        box = {"width": width, "height": height, "left": 70, "right": right, "top": 30, "bottom": 32}
        yield scale_for(track, **box, pad=14, full=True)


@pytest.mark.parametrize("track", TRACKS)
def test_no_two_labels_touch_and_all_stay_inside(track):
    for scale in scales(track):
        placed = labels(track, scale, Words(), size=13)

        assert not [(a, b) for a, b in combinations(placed, 2) if a.box.meets(b.box)]
        whole = Box(0, 0, scale.width, scale.floor)
        assert all(whole.holds(one.box) for one in placed)


@pytest.mark.parametrize("track", TRACKS)
def test_a_label_lies_on_a_line_only_where_none_of_its_places_is_free(track):
    for scale in scales(track):
        placed = labels(track, scale, Words(), size=13)
        lines = list(_lines(track, scale))

        for one in placed:
            if any(line.crosses(one.box) for line in lines):
                others = [other.box for other in placed if other != one]
                free = [one.label.box(spot) for spot in one.label.spots]
                free = [box for box in free if not any(line.crosses(box) for line in lines)]
                inside = Box(scale.start + 2, 2, scale.width - 2, scale.floor - 3)
                assert one.label.must
                free = [box for box in free if inside.holds(box)]
                assert not [box for box in free if not any(box.meets(other, GAP) for other in others)]


@pytest.mark.parametrize("track", TRACKS)
def test_target_and_latest_figure_are_always_named(track):
    for scale in scales(track):
        kinds = {one.label.kind for one in labels(track, scale, Words(), size=13)}

        assert "goal" in kinds
        assert "latest" in kinds or not track.observed
        assert kinds <= set(ORDER)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 200)), min_size=1, max_size=12))
def test_whatever_is_asked_for_no_two_boxes_meet(corners):
    wanted = [
        Label("value", (f"{x},{y}",), (LabelSpot(x, y), LabelSpot(x + 30, y, "start")), 13) for x, y in corners
    ]

    found = place(wanted, inside=Box(0, 0, 360, 240), lines=[Segment(0, 0, 360, 240)], marks=[])

    assert not [pair for pair in combinations(found, 2) if pair[0].box.meets(pair[1].box)]
    assert not [one for one in found if Segment(0, 0, 360, 240).crosses(one.box)]


def test_a_line_crosses_a_box_only_where_it_runs_through_it():
    box = Box(10, 10, 20, 20)

    assert Segment(0, 15, 30, 15).crosses(box)
    assert Segment(12, 12, 14, 14).crosses(box)
    assert not Segment(0, 25, 30, 25).crosses(box)
    assert not Segment(0, 0, 8, 8).crosses(box)


def test_key_names_the_marks_that_occur_and_no_other():
    assert [entry.kind for entry in key(NOTHING, Words())] == ["target"]
    assert [entry.kind for entry in key(SHARE, Words())] == [
        "dot", "hollow", "other", "base", "expected", "ahead", "band",
    ]  # fmt: skip
    assert {"revised", "bound", "open"} <= {entry.kind for entry in key(FALLEN, Words())}
    assert "earlier" in {entry.kind for entry in key(CHANGED, Words())}
    assert all("aria-hidden" in entry.svg for track in TRACKS for entry in key(track, Words()))


def test_a_file_says_below_the_picture_what_its_marks_mean():
    bare, keyed = (drawn(trend_svg(FALLEN, label="", words=Words(), keyed=keyed)) for keyed in (False, True))

    said = {element.text for element in keyed.iter("text")}
    assert {entry.text for entry in key(FALLEN, Words())} <= said
    assert float(keyed.get("viewBox").split()[3]) > float(bare.get("viewBox").split()[3])
    # The mark of the revised figure, and beside its meaning once more.
    assert len(marks(keyed, "c-revised")) == len(marks(bare, "c-revised")) + 1
