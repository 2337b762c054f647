import gc
import os
import shutil
from datetime import date
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.test import Client, TransactionTestCase
from django.utils import timezone, translation

from accounts.models import Organisation, Substitution, User
from audit.models import AuditEvent
from auditing.labels import name_label
from auditing.queries import action_label
from desk.models import ImportBatch
from evidence.models import EvidenceBatch, PublicEvidence
from indicators.models import Component, Target
from notices.models import Notice
from plan.models import Plan
from plan.params import today
from plan.queries import first_plan
from reports.models import ReportRun, SavedReport
from studio.models import PlanDraft
from talk.services import begin_thread
from talk.subjects import about
from tests import states
from tests.assessments.scene import published_round
from tests.factories import make_observation, make_person
from tests.judged import Judged, commits
from tests.migrated import loaded_file, loaded_template, migrated_file, migrated_template
from updates.models import Attachment, StatusUpdate
from webhooks.models import Hook

BUSINESS = {"viewer", "reporter", "other reporter", "analyst", "evaluator", "reviewer", "planner"}
ADMINISTRATORS = {"system_admin", "security_admin", "audit_admin"}
VISITORS = BUSINESS | ADMINISTRATORS
FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "sz-sti-14"


@pytest.fixture(scope="session")
def django_db_keepdb(request, django_db_modify_db_settings, django_db_blocker):
    """The test database begins as a copy of one with the plan, and migrating finds nothing to do."""
    # A run of few tests, repeated many times (tools/mutants.py), has those load the plan that ask for it.
    is_empty = bool(os.environ.get("TESTS_WITHOUT_PLAN"))
    if connection.vendor != "sqlite":
        with django_db_blocker.unblock():
            template = migrated_template() if is_empty else loaded_template()
        connection.settings_dict["TEST"]["TEMPLATE"] = template
        return request.config.getvalue("reuse_db")
    path = Path(connection.settings_dict["TEST"]["NAME"])
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(migrated_file() if is_empty else loaded_file(), path)
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The real plan stands in the test database, so that a test reads it without loading it."""
    connection.execute_wrappers.append(Judged.note)
    with django_db_blocker.unblock():
        name = Path(str(connection.settings_dict["NAME"])).name
        # Without a test that asks for the database none is made, and this would write into the real one.
        assert name.startswith("test"), f"{name} is no test database"
        states.keep("plan")
        TransactionTestCase._fixture_teardown = lambda self: states.go_back()
        # As in a process that answered before: who counts queries counts none that is asked but once.
        first_plan()
    _freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if commits(item):
        gc.collect()  # connections of threads that ended, which would stand in the way of going back


@pytest.fixture
def plan(db):
    """The plan, which stands in the database; a run without it (TESTS_WITHOUT_PLAN) loads it here."""
    if not Plan.objects.exists():
        call_command("load_plan", str(FOLDER), verbosity=0)
    return Plan.objects.get(slug="sz-sti-14")


@pytest.fixture
def without_evidence(plan):
    """The plan without the statements that came with its files, for tests that count what they made themselves."""
    PublicEvidence.objects.all().delete()


@pytest.fixture(autouse=True)
def _nothing_remembered(request):
    """Rolled-back tests hand the same key to another plan; the process forgets between them, its language too."""
    translation.activate(settings.LANGUAGE_CODE)
    cache.clear()
    Judged.begin(request.node)
    NAMELESS.clear()
    yield
    Judged.end(request.node)
    if not MADE_UP.intersection(request.node.path.parts):
        assert not NAMELESS, f"the audit log would show these as they are stored: {sorted(NAMELESS)}"


# What tests of this process left in the audit log without a word for it; in some rooms the acts are made up.
NAMELESS: set[str] = set()
MADE_UP = {"audit", "texts"}


@receiver(post_save, sender=AuditEvent)
def _note_what_has_no_word(instance, **_signal):
    if action_label(instance.action) == instance.action:
        NAMELESS.add(instance.action)
    for state in (instance.before, instance.after):
        names = state if isinstance(state, dict) else ()
        NAMELESS.update(
            f"{instance.action}: {name}" for name in names if name_label(instance.action, name) == name
        )


# How long properties are searched: at each change the same short way, at night others and longer ones.
hypothesis.settings.register_profile("change", max_examples=50, deadline=None, derandomize=True)
hypothesis.settings.register_profile("night", max_examples=1000, deadline=None)


def of_the_night(config) -> bool:
    """Whether this run asked for drills (make drills)."""
    return "drills" in (config.getoption("markexpr") or "")


def pytest_configure(config):
    """Passwords and clients cost nothing here: hundreds are made."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True  # otherwise each client looks through all style sheets
    hypothesis.settings.load_profile("night" if of_the_night(config) else "change")


def pytest_collection_finish():
    _freeze()
    gc.set_threshold(10_000, 10, 10)


def _freeze():
    """What was imported stays to the end: looking through it for waste took a sixth of each page's time."""
    gc.collect()
    gc.freeze()


def pytest_ignore_collect(collection_path, config):
    """What is of drills alone and costs every worker a second to import is not looked into by day."""
    return True if collection_path.name == "test_api_schema.py" and not of_the_night(config) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """What a run leaves out (docs/testing.md): drills by day; of two legs, breadth and what the other asks."""
    if of_the_night(config):
        for item in items:
            if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
                item.add_marker("drills")
        return
    leg = config.getoption("leg")
    kept, left_out = [], []
    for item in items:
        is_drill, is_breadth = map(item.get_closest_marker, ("drills", "breadth"))
        wanted = not is_drill and (leg is None or not is_breadth and is_of(leg, item))
        (kept if wanted else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def is_of(leg: str, item) -> bool:
    """Whether a leg of `.ci/run` asks a test: all that may ask a database of PostgreSQL, the rest of SQLite."""
    asks = not item.get_closest_marker("browser") and may_ask_a_database(item)
    return asks if leg == "database" else not asks or bool(item.get_closest_marker("both_databases"))


# What pytest-django opens the database for; without one of them a query within the test is an error.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}


def may_ask_a_database(item) -> bool:
    """Whether a test is given the database of the run, and could find another answer in another one."""
    if item.get_closest_marker("one_database") or in_the_other_language(item):
        return False
    asks = DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ()))
    return bool(asks or item.get_closest_marker("django_db"))


def in_the_other_language(item) -> bool:
    """The same test in Chinese asks the same of the database; which words answer is read from no row."""
    return hasattr(item, "callspec") and item.callspec.params.get("language") == "en"


@pytest.fixture(scope="session")
def migrated():
    """An SQLite file with today's tables, to be copied where processes need one."""
    return migrated_file()


@pytest.fixture
def rows(plan):
    """The rows that samples name: the organisation o1 answers for I-01 and P-1.1."""
    return make_rows(plan)


def make_rows(plan) -> dict:
    """By the name that samples have for it, the key of a row."""
    organisation = Organisation.objects.create(code="o1", name="责任单位")
    plan.items.filter(code__in=["I-01", "P-1.1"]).update(lead=organisation)
    person = make_person("somebody", "reporter", organisation=organisation)
    component = Component.objects.get(code="I-01", indicator__plan=plan)
    figure = make_observation(component, 2024, "6.9", released="2025-02-01", state="draft", entered_by=person)
    target = Target.objects.create(
        component=component,
        state=Target.State.PROPOSED,
        type="point",
        value=6,
        year=2025,
        text="6",
        effective_on=date(2024, 1, 1),
        document_date=date(2023, 12, 1),
        approving_body="市政府",
        document_number="深府〔2023〕1号",
        reason="中期调整",
        proposed_by=person,
    )
    update = StatusUpdate.objects.create(
        item=plan.items.get(code="P-1.1"),
        organisation=organisation,
        status_on=date(2024, 6, 30),
        status="on_schedule",
        done="已开工",
        state="approved",
        entered_by=person,
        approved_at=timezone.now(),
        known_on=date(2024, 7, 1),
    )
    file = Attachment.objects.create(
        update=update,
        name="a.pdf",
        content_type="application/pdf",
        size=1,
        stored_as="none",
        uploaded_by=person,
        is_internal=False,
    )
    batch = ImportBatch.objects.create(plan=plan, name="a.csv", stored_as="none", size=1, uploaded_by=person)
    notice = Notice.objects.create(person=person, kind="due", key="k", title="t")
    evaluation = published_round(plan, organisation)
    report = SavedReport.objects.create(plan=plan, owner=person, name="报表", definition=[], is_shared=True)
    numbers = {"unit": "%", "direction": "up", "component": [{"name": "强度", "target_text": "7"}]}
    strength = {
        "kind": "indicator",
        "title": "强度",
        "quote": "强度达到7%",
        "place": [1, 0, 6],
        "numbers": numbers,
    }
    content = {"frame": {"title": "草案"}, "text": "# 一、目标\n\n强度达到7%。", "items": {"1": strength}}
    PlanDraft.objects.create(
        slug="some-30", title="草案", template="action-plan", content=content, started_by=person, keeper=person
    )
    deputy = User.objects.get(username="round-reviewer")
    substitution = Substitution.objects.create(
        person=person, substitute=deputy, starts_on=today(), ends_on=today(), reason="r", named_by=person
    )
    thread = begin_thread(about(plan, "item", component.indicator_id), text="口径变了吗？", by=person)
    run = ReportRun.objects.create(plan=plan, report=report, by=person, definition=[], as_of=today(), name="x.csv")
    return {
        "report": report.pk,
        "run": run.pk,
        "thread": thread.pk,
        "comment": thread.comments.get().pk,
        "token": 1,
        "sign_in": 1,
        "substitution": substitution.pk,
        "act": 1,
        "organisation": organisation.pk,
        "person": person.pk,
        "hook": Hook.objects.create(
            plan=plan, name="h", address="https://hooks.example.org/", events="test", secret="", made_by=person
        ).pk,
        "figure": figure.pk,
        "release": component.observations.filter(state="approved").first().source_id,
        "target": target.pk,
        "update": update.pk,
        "evidence_batch": EvidenceBatch.objects.create(plan=plan, name="a.csv", uploaded_by=person).pk,
        "evidence": PublicEvidence.objects.of(plan).approved().first().pk,
        "file": file.pk,
        "batch": batch.pk,
        "notice": notice.pk,
    } | evaluation


@pytest.fixture
def visitors(rows):
    """A signed-in client for each kind of visitor, and one nobody is signed in to."""
    return make_visitors()


def make_visitors() -> dict[str, Client]:
    other = Organisation.objects.create(code="o2", name="另一单位")
    clients = {"anonymous": Client()}
    for name in sorted(VISITORS):
        role = name.removeprefix("other ")
        unit = Organisation.objects.get(code="o1") if name == "reporter" else other
        clients[name] = Client()
        clients[name].force_login(make_person(name.replace(" ", "-"), role, organisation=unit))
    return clients


@pytest.fixture
def unlimited(settings):
    """The product without its rates, for a test that asks for everything at once."""
    limits = "shenzhen_plan.limits.LimitMiddleware"
    assert limits in settings.MIDDLEWARE
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != limits]
