"""提前实现 stays the word when the target year's own figure is better still."""

import pytest

from indicators.queries import overview
from indicators.shown.wording import linear_badge
from plan.models import Plan
from plan.params import today
from tests.factories import make_component, make_observation, make_plan

pytestmark = pytest.mark.django_db


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({2022: "210", 2025: "260"}, "提前实现"),
        ({2024: "150", 2025: "260"}, "如期实现"),
        ({2022: "210", 2024: "190", 2025: "260"}, "如期实现"),
    ],
)
def test_the_word_everywhere(client, values, word):
    component = make_component(make_plan())
    for year, value in values.items():
        make_observation(component, year, value, released=f"{year + 1}-02-01")

    # The method's own word stands where methods are told apart; elsewhere the ladder's.
    for address in ("indicators/?view=table", "indicators/I-01/"):
        page = client.get(f"/test-plan/{address}").content.decode()
        assert word in page
    standing = overview(Plan.objects.get(slug="test-plan"), today()).standings[0]
    assert (standing.status, linear_badge(standing).word, linear_badge(standing.first).word) == (
        "achieved",
        word,
        word,
    )
