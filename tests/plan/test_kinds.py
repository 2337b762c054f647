"""Every kind of commitment is decided once, and what is decided reaches reporting, counts and the report."""

import pytest
from django.urls import reverse

from plan import kinds
from plan.kinds import KINDS, Kind
from updates.due import reports_due

# Told in the chapter of goals' own page, not in the evaluation report: a goal is a sentence, not work.
WITHOUT_CHAPTER = {Kind.GOAL}


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_speaks_for_itself_or_through_its_parts(kind):
    assert (kind in kinds.COUNTED) != (kind in kinds.MADE_OF_PARTS)
    assert (kind in kinds.TOP) + (kind in kinds.PARENTS) + (kind in kinds.ENTRIES) == 1


@pytest.mark.parametrize("kind", kinds.REPORTED)
def test_what_is_reported_on_is_told_in_the_evaluation_report(kind):
    told = {part for _kind, parts in kinds.CHAPTERS for part in parts} | {kind for kind, _parts in kinds.CHAPTERS}

    assert kind in told or kind in kinds.ENTRIES or kind in WITHOUT_CHAPTER


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_the_plan_has_a_page(kind, plan, client):
    item = plan.items.filter(kind=kind).first()

    assert item is not None
    assert client.get(item.path(plan.slug)).status_code == 200
    assert item.path(plan.slug) == reverse(kinds.pages.get(kind, "plan:item"), args=[plan.slug, item.code])


def test_due_are_the_kinds_that_have_to_be_reported_on(plan, settings):
    found = {row.item.kind for row in reports_due(plan, today=plan.ends_on)}

    assert found == set(kinds.DUE)
