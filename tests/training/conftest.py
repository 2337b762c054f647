"""The demo, loaded once for a module and gone after it."""

import pytest
from django.test import override_settings

from plan.models import Plan
from tests.states import become_demo, go_back


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The folder the demo keeps its files in."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder):
        become_demo()
        yield folder
        go_back()


@pytest.fixture
def demo(loaded, db):
    return Plan.objects.get()
