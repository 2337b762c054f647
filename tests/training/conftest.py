"""The demo, loaded once for a module and rolled back after it."""

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from plan.models import Plan
from plan.params import today
from tests.conftest import FOLDER
from training.demo import load_demo


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The folder the demo keeps its files in."""
    folder = tmp_path_factory.mktemp("demo")
    with (
        django_db_blocker.unblock(),
        override_settings(DATA_DIR=folder),
        transaction.atomic(),
    ):
        if not Plan.objects.exists():
            call_command("load_plan", str(FOLDER), verbosity=0)
        load_demo(Plan.objects.get(), today=today(), password="Training-2026-demo")
        yield folder
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db):
    return Plan.objects.get()
