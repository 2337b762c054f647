"""The API keeps to its OpenAPI document: whatever a program sends, no error of ours (schemathesis; nightly)."""

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings

from shenzhen_plan.wsgi import application

schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
schema.app = application
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


@pytest.mark.drills
@schema.parametrize()
@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
def test_no_operation_answers_with_an_error_of_ours(plan, case):
    if "slug" in (case.path_parameters or {}):
        case.path_parameters["slug"] = "sz-sti-14"

    assert case.call().status_code < 500
