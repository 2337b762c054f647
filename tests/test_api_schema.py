"""The API keeps to its OpenAPI document: whatever a program sends, no error of ours (schemathesis; nightly)."""

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
schema.app = WSGIHandler()
OPERATIONS = {one.ok().label: one.ok() for one in schema.get_all_operations()}
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
# Wrong tokens end at the door; they have tests of their own.
AT_THE_DOOR = ("Authorization", "Cookie")


@pytest.fixture
def served(plan, unlimited):
    """The product as a server runs it, with the test's own connection kept open between requests."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    schema.app = WSGIHandler()
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def statuses_of(operation, number) -> set[int]:
    """The answers to so many requests that the document allows, or nearly."""
    answers = set()

    @settings(max_examples=number, deadline=None, suppress_health_check=SLOW, database=None, derandomize=True)
    @given(st.data())
    def send(data):
        case = data.draw(operation.as_strategy())
        if "slug" in (case.path_parameters or {}):
            case.path_parameters["slug"] = "sz-sti-14"
        case.cookies = {}
        for name in AT_THE_DOOR:
            case.headers.pop(name, None)
        answers.add(case.call().status_code)

    send()
    return answers


FOR_ANALYSTS = {"POST /api/v1/{slug}/observations/check/"}


@pytest.mark.drills
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_no_operation_answers_with_an_error_of_ours(served, label):
    answers = statuses_of(OPERATIONS[label], 150)

    assert {status for status in answers if status >= 500} == set()
    # Strangers are told nothing of what waits for approval (tests/imports/test_api.py asks as an analyst).
    assert answers - {401, 403} or label in FOR_ANALYSTS
