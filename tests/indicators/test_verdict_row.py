import re

import pytest

from tests.factories import make_component, make_observation, make_plan


@pytest.mark.django_db
def test_an_indicator_opens_with_its_one_word_and_the_methods_stand_in_the_derivation(client):
    plan = make_plan()
    make_observation(make_component(plan), 2021, "150")

    html = client.get(f"/{plan.slug}/indicators/I-01/").content.decode()

    row = re.search(r'<p class="verdict-row">(.*?)</p>', html, re.S)[1]
    assert row.count('class="badge ') == 1
    assert "快于预期" in row
    head, methods = html.split("data-methods", 1)
    assert "时间进度法" not in head.split("<main", 1)[1]
    assert "时间进度法" in methods
