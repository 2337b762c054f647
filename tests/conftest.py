import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from indicators import queries
from indicators.many import observation_pages
from plan.models import Plan

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "sz-sti-14"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The real plan stands in the test database, so that a test reads it without loading it."""
    with django_db_blocker.unblock():
        name = Path(str(connection.settings_dict["NAME"])).name
        # Without a test that asks for the database none is made, and this would write into the real one.
        assert name.startswith("test"), f"{name} is no test database"
        # A run of few tests, repeated many times (tools/mutants.py), has those load it that ask for it.
        if not os.environ.get("TESTS_WITHOUT_PLAN"):
            call_command("load_plan", str(FOLDER), verbosity=0)


@pytest.fixture
def plan(db):
    """The plan; loaded again where a transactional test has emptied the database."""
    if not Plan.objects.exists():
        call_command("load_plan", str(FOLDER), verbosity=0)
    return Plan.objects.get(slug="sz-sti-14")


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Rolled-back tests hand the same key to another plan; the process forgets between them, its language too."""
    translation.activate(settings.LANGUAGE_CODE)
    queries._cache.clear()
    observation_pages.forget()
    cache.clear()


def pytest_configure(config):
    """A password costs nothing here: hundreds of accounts are made."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config, items):
    """Drills take long and run at night (make drills); every other run leaves them out unless it names them."""
    if "drills" in (config.getoption("markexpr") or ""):
        return
    drills = [item for item in items if item.get_closest_marker("drills")]
    if drills:
        config.hook.pytest_deselected(items=drills)
        items[:] = [item for item in items if not item.get_closest_marker("drills")]
