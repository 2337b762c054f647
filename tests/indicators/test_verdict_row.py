import re

import pytest

from tests.factories import make_component, make_observation, make_plan


@pytest.mark.django_db
def test_each_verdict_stands_in_one_piece_with_its_method(client):
    plan = make_plan()
    make_observation(make_component(plan), 2021, "150")

    html = client.get(f"/{plan.slug}/indicators/I-01/").content.decode()

    row = re.search(r'<div class="verdict-row">(.*?)</div>', html, re.S)[1]
    first, *others = row.split('<span class="verdict">')[1:]
    assert re.search(r"时间进度法.*快于预期", first, re.S)
    assert ["复合增长率比值法" in others[0], "期末判定" in others[1]] == [True, True]
    assert [piece.count('class="badge ') for piece in (first, *others)] == [1, 1, 1]
