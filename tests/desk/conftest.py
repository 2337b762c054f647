from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Organisation
from indicators.figures import workflow
from tests.factories import make_component, make_observation, make_person, make_plan

ROOT = "/test-plan/data/"


@pytest.fixture
def plan(db):
    return make_plan()


@pytest.fixture
def component(plan):
    """I-01, led by the organisation `own`, 100 in 2020, 200 wanted in 2025, 120 published for 2021."""
    component = make_component(plan)
    component.indicator.lead = Organisation.objects.create(code="own", name="科技局")
    component.indicator.save()
    make_observation(component, 2021, "120")
    return component


@pytest.fixture
def people(component, settings):
    # A password that takes no time: these people are signed in without it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    own = component.indicator.lead
    other = Organisation.objects.create(code="other", name="统计局")
    return {
        "ana": make_person("ana", "analyst"),
        "bob": make_person("bob", "analyst"),
        "rev": make_person("rev", "reviewer"),
        "both": make_person("both", "analyst", "reviewer"),
        "rep": make_person("rep", "reporter", organisation=own),
        "far": make_person("far", "reporter", organisation=other),
        "eva": make_person("eva", "evaluator"),
    }


@pytest.fixture
def sign_in(people):
    """A browser of its own for each person."""

    def open_as(name) -> Client:
        client = Client()
        client.force_login(people[name])
        return client

    return open_as


@pytest.fixture
def enter(component, people):
    """A figure as a service stores it; `submit` hands it in."""

    def store(
        name="ana", year=2022, value="150", released="2023-05-01", submit=False, part=component, source=None
    ):
        row = workflow.enter_figure(
            component=part,
            by=people[name],
            source=source or part.indicator.plan.source,
            year=year,
            value=Decimal(value),
            value_status="final",
            released_on=date.fromisoformat(released),
        )
        return workflow.submit_figure(row, edition=row.edition, by=people[name]) if submit else row

    return store
