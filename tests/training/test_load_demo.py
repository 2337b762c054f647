"""Loading the demo: refused where an installation is real, and the same when loaded twice."""

import json
from datetime import date

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import CommandError, call_command

from accounts.models import User
from audit.models import AuditEvent
from indicators.models import Observation, Target
from plan.models import Plan
from tests.conftest import FOLDER
from tests.factories import make_person, make_plan
from training.demo import load_demo, new_password
from updates.models import StatusUpdate

pytestmark = pytest.mark.django_db
PASSWORD = "Training-2026-demo"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def everything() -> str:
    """Every row of the project's own tables, as text."""
    names = ("accounts", "audit", "jobs", "notices", "plan", "updates", "indicators", "desk", "assessments")
    models = [model for name in names for model in apps.get_app_config(name).get_models()]
    return "\n".join(serializers.serialize("json", model.objects.order_by("pk")) for model in models)


def test_it_names_its_people_and_their_password_and_loaded_again_changes_nothing(plan, capsys, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)

    call_command("load_demo")

    said = capsys.readouterr().out
    assert said.splitlines()[-1] == f"新账号的口令 / password of the new accounts: {PASSWORD}"
    assert [line.split()[0] for line in said.splitlines()[1:-1]] == [
        "demo-analyst", "demo-reporter", "demo-reviewer", "demo-evaluator", "demo-planner", "demo-publisher",
        "demo-official", "demo-system", "demo-security", "demo-audit",
    ]  # fmt: skip
    assert all(person.check_password(PASSWORD) for person in User.objects.all())
    event = AuditEvent.objects.get(action="load_demo")
    assert PASSWORD not in json.dumps(event.after)
    before = everything()

    call_command("load_demo")
    call_command("load_plan", str(FOLDER), verbosity=0)

    assert everything() == before
    assert "未作改动" in capsys.readouterr().out


def test_a_made_up_password_is_accepted_by_the_policy_and_never_the_same():
    first, second = new_password(), new_password()

    assert new_password(first) == first
    assert first != second


def test_a_weak_password_is_refused_by_name(plan, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "demo")

    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        call_command("load_demo")

    assert not Plan.objects.get(pk=plan.pk).is_demo


@pytest.mark.breadth
def test_a_real_account_refuses_it_unless_somebody_insists(plan):
    make_person("wang", "analyst")

    with pytest.raises(CommandError, match="wang"):
        call_command("load_demo")
    assert (User.objects.count(), Plan.objects.get(pk=plan.pk).is_demo) == (1, False)

    call_command("load_demo", "--yes-this-is-training", verbosity=0)
    assert Plan.objects.get(pk=plan.pk).is_demo


def test_production_refuses_it(plan, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="DEBUG=0"):
        call_command("load_demo")


def test_a_plan_it_does_not_fit_or_that_is_not_there_is_refused(plan):
    make_plan("other")

    with pytest.raises(CommandError, match="A-01"):
        call_command("load_demo", "--plan", "other")
    with pytest.raises(CommandError, match="nowhere"):
        call_command("load_demo", "--plan", "nowhere")

    assert User.objects.count() == 0


def test_an_earlier_day_leaves_out_what_had_not_happened(plan):
    day = date(2026, 1, 15)

    published = Observation.objects.filter(released_on__gt=day).count()

    load_demo(plan, today=day, password=PASSWORD)

    # The plan's own figures are of any day; the story adds none of a later one.
    assert Observation.objects.filter(released_on__gt=day).count() == published
    assert StatusUpdate.objects.filter(known_on__gt=day).count() == 0
    assert set(Target.objects.values_list("state", flat=True)) == {"approved", "refused"}
