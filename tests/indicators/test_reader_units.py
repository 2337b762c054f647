"""Money in the unit a language counts by: on pages of that language, never in files, the API or what is stored."""

import json

import pytest
from django.utils.translation import override

from indicators.models import Observation
from indicators.queries import overview
from indicators.reader_units import for_reader
from plan.params import today
from tests.factories import make_component, make_observation, make_plan

ROOT = "/test-plan/"
PAGES = (
    "",
    "indicators/",
    "indicators/?view=table&years=all",
    "indicators/?view=bullet",
    "indicators/I-05/",
    "items/I-05/history/",
    "changes/?from=2020-01-01",
    "methods/",
    "gaps/",
    "wall/",
    "brief/?items=I-05&since=2022-01-01",
)


@pytest.fixture
def contracts(db):
    component = make_component(make_plan(), "I-05", base="1036.25", target="1500")
    component.indicator.unit, component.indicator.unit_en = "亿元", "100 million yuan"
    component.indicator.save()
    make_observation(component, 2021, "1187.5", released="2022-06-01")
    make_observation(component, 2022, "1560", released="2023-06-01")
    return component


@pytest.mark.breadth
@pytest.mark.parametrize("path", PAGES)
def test_an_english_page_counts_money_in_billions(contracts, client, path):
    page = client.get(ROOT + path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    chinese = client.get(ROOT + path, HTTP_ACCEPT_LANGUAGE="zh").content.decode()

    assert "100 million" not in page
    assert "billion yuan" in page
    assert not [number for number in ("1,560", "1,500", "1,187.5", "1,036.25") if number in page]
    assert "亿元" in chinese
    assert "1,5" in chinese


def test_charts_count_with_their_page(contracts, client):
    english = client.get(f"{ROOT}indicators/I-05/figure/I-05.json", HTTP_ACCEPT_LANGUAGE="en").content.decode()

    assert "billion yuan" in english
    assert 156 in [value for trace in json.loads(english)["data"] for value in trace.get("y") or []]


@pytest.mark.breadth
@pytest.mark.parametrize(
    "path", ["indicators/I-05.csv?header=code", "indicators.csv?header=code", "changes.json?from=2020-01-01"]
)
def test_files_keep_the_unit_of_the_plan(contracts, client, path):
    answer = client.get(ROOT + path, HTTP_ACCEPT_LANGUAGE="en")

    assert "1560" in answer.getvalue().decode()


def test_words_and_verdicts_are_the_same_and_nothing_is_stored(contracts):
    found = overview(contracts.indicator.plan, today())
    with override("en"):
        told = for_reader(found)
        again = for_reader(told)

    stored, shown = found.standings[0].first, told.standings[0].first
    assert [row.value for row in shown.known] == [row.value / 10 for row in stored.known]
    assert [shown.assessment.linear.status, shown.assessment.linear.progress, shown.assessment.cagr.ratio] == [
        stored.assessment.linear.status,
        stored.assessment.linear.progress,
        stored.assessment.cagr.ratio,
    ]
    assert (shown.component.baseline_value, shown.target.value) == (
        stored.component.baseline_value / 10,
        stored.target.value / 10,
    )
    assert again.standings[0].first.target.value == shown.target.value
    assert for_reader(found) is found
    kept = Observation.objects.filter(component=contracts).order_by("year").values_list("value", flat=True)
    assert list(kept) == [row.value for row in stored.known]
