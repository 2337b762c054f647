"""That tests which commit leave the database as they found it (tests/states.py)."""

import pytest

from accounts.models import Organisation
from plan.models import Link, Plan, Source
from tests.states import go_back

pytestmark = pytest.mark.django_db(transaction=True)


def rows(model):
    return list(model.objects.order_by("pk").values())


def test_what_was_written_changed_and_deleted_is_as_it_was_with_the_next_numbers(plan):
    before, links, number = rows(Plan), rows(Link), Source.objects.latest("pk").pk
    Plan.objects.update(title="另一题目")
    Organisation.objects.create(code="x", name="单位")
    go_back()
    assert (rows(Plan), rows(Organisation)) == (before, [])

    # Twice, since what was brought back is as young as what was written.
    Plan.objects.update(title="又一题目")
    Link.objects.filter(pk=links[-1]["id"]).delete()
    Source.objects.create(title="新来源")
    go_back()

    assert (rows(Plan), rows(Link)) == (before, links)
    assert Source.objects.create(title="新来源").pk == number + 1
