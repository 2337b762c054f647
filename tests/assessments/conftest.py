from datetime import date

import pytest

from assessments import rounds
from assessments.models import Round
from tests.factories import make_component, make_observation, make_person, make_plan


@pytest.fixture
def people(db):
    """An evaluator, a second one, and the reviewer who manages rounds."""
    return {
        "eva": make_person("eva", "evaluator"),
        "evi": make_person("evi", "evaluator"),
        "rev": make_person("rev", "reviewer"),
    }


@pytest.fixture
def component(db):
    component = make_component(make_plan())
    make_observation(component, 2022, "142", released="2023-02-01")
    return component


@pytest.fixture
def midterm(component, people):
    """An open mid-term round with the one indicator given to eva."""
    plan = component.indicator.plan
    row = rounds.create_round(
        plan=plan,
        code="midterm",
        by=people["rev"],
        kind=Round.Kind.MIDTERM,
        name="中期评估",
        starts_on=date(2021, 1, 1),
        ends_on=date(2023, 6, 30),
        cut_off=date(2023, 6, 30),
        due_on=date(2023, 9, 30),
    )
    row = rounds.open_round(row, edition=row.edition, by=people["rev"])
    rounds.assign(round=row, items=[component.indicator], evaluator=people["eva"], due_on=None, by=people["rev"])
    return row
