"""Releases of a year side by side, the path of equal growth, pictures as files."""

import re
from decimal import Decimal

import pytest

from charts.track import expected
from indicators.queries import read_overview
from indicators.shown import tracks
from indicators.shown.vintages import fate, leading, vintage_years
from plan.params import today
from tests.factories import make_component, make_observation, make_plan

pytestmark = pytest.mark.django_db
ROOT = "/test-plan/indicators/I-01/"


@pytest.fixture
def component(db):
    return make_component(make_plan())


def part_of(component):
    return read_overview(component.indicator.plan, today()).standings[0].components[0]


def test_only_years_with_several_releases_are_told(component):
    make_observation(component, 2021, "110")
    make_observation(component, 2022, "125", released="2023-03-01", value_status="preliminary")
    make_observation(component, 2022, "122", released="2023-11-01")

    years = vintage_years(part_of(component))

    told = [(row.row.value, row.change, row.counts) for row in years[0].vintages]
    assert [entry.year for entry in years] == [2022]
    assert told == [(Decimal(125), None, False), (Decimal(122), Decimal(-3), True)]
    assert [bool(vintage.change) for vintage in years[0].vintages].count(True) > 0


def test_sources_that_agree_are_said_to(component, client):
    make_observation(component, 2022, "125", released="2023-03-01")
    make_observation(component, 2022, "125", released="2023-11-01")

    html = client.get(ROOT).content.decode()

    assert not any(vintage.change for vintage in vintage_years(part_of(component))[0].vintages)
    assert "一致" in html


def test_what_is_not_judged_stands_beside_the_figure_and_changes_nothing(component):
    make_observation(component, 2022, "125", released="2023-03-01")
    make_observation(component, 2022, "120", released="2023-11-01", precision="lower_bound")

    (year,) = vintage_years(part_of(component))

    assert [(vintage.counts, vintage.change) for vintage in year.vintages] == [(True, None), (False, None)]
    assert [row.value for row in leading(part_of(component))] == [Decimal(125)]


def test_what_became_of_a_release_is_told_by_its_kind(component):
    first = make_observation(component, 2022, "125", released="2023-03-01", value_status="preliminary")
    make_observation(component, 2022, "122", released="2023-11-01")
    make_observation(component, 2022, "122", released="2023-12-01")
    make_observation(component, 2022, "999", released="2024-01-01", state="rejected", note="年份有误")
    bound = make_observation(component, 2022, "120", released="2023-02-01", precision="lower_bound")

    (year,) = vintage_years(part_of(component))

    assert [(str(one.row.released_on), one.fate) for one in year.vintages] == [
        ("2023-02-01", ""),
        ("2023-03-01", "已被替代 → 122（2023-12-01）"),
        ("2023-11-01", "另一来源"),
        ("2023-12-01", ""),
        ("2024-01-01", "不采用"),
    ]
    # Final figures of the same source and value, one after the other, are no second source either.
    again = make_observation(component, 2022, "122", released="2024-02-01", source=first.source)
    make_observation(component, 2022, "122", released="2024-03-01", source=first.source)
    assert fate(again, part_of(component).in_force()[2022]).startswith("已被替代")
    assert fate(bound, None) == ""


def test_the_path_of_equal_growth_meets_both_ends(component):
    make_observation(component, 2021, "110")
    path = expected(tracks.track(part_of(component), growth=True))

    values = [float(value) for _year, value in path]
    rates = [round(later / earlier, 9) for earlier, later in zip(values, values[1:], strict=False)]
    assert (values[0], round(values[-1], 9)) == (100.0, 200.0)
    assert len(set(rates)) == 1


def test_a_baseline_of_zero_has_no_rate(db):
    component = make_component(make_plan(), base="0")
    make_observation(component, 2021, "110")

    assert tracks.has_growth(part_of(component)) is False


def test_the_page_offers_both_paths_and_the_picture_follows(component, client):
    make_observation(component, 2021, "110")

    plain, growth = (client.get(ROOT + query).content.decode() for query in ("", "?path=growth"))
    figure = client.get(f"{ROOT}figure/I-01.json?path=growth").json()

    assert 'href="/test-plan/indicators/I-01/?path=growth"' in plain
    assert "figure/I-01.json?path=growth" in growth
    assert "等速增长轨迹" in growth
    assert "等速增长轨迹" in [trace["name"] for trace in figure["data"]]
    assert client.get(f"{ROOT}?path=round").status_code == 400


def test_pictures_are_files_without_any_script(component, client):
    make_observation(component, 2021, "110")

    svg, png = (client.get(f"{ROOT}picture/I-01.{kind}") for kind in ("svg", "png"))

    assert (svg["Content-Type"], png["Content-Type"]) == ("image/svg+xml", "image/png")
    assert svg.content.startswith(b'<svg xmlns="http://www.w3.org/2000/svg" ')
    assert png.content.startswith(b"\x89PNG")
    assert re.fullmatch(r'attachment; filename="test-plan_I-01_[\d-]{10}\.svg"', svg["Content-Disposition"])
    assert client.get(f"{ROOT}picture/I-09.svg").status_code == 404
    assert client.get(f"{ROOT}picture/I-01.gif").status_code == 404
