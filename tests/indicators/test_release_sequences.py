"""Whatever people do in whatever order: what was approved stays, one figure counts, every step is on record."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from indicators.figures import workflow
from indicators.models import Observation, ObservationStep, Target
from indicators.queries import read_overview
from indicators.targets import workflow as targets_workflow
from plan.workflow import Overtaken, WrongState
from tests.factories import make_component, make_person, make_plan

FIRST = date(2024, 1, 1)
YEARS = (2021, 2022, 2023)
REFUSED = (
    PermissionDenied,
    ValidationError,
    Overtaken,
    WrongState,
)
# From which states a step starts and who takes it where all goes as it should; None: whoever entered it.
FITTING = {
    "change": (("draft", "returned"), "bob"),
    "submit": (("draft", "returned"), "ana"),
    "withdraw": (("submitted",), None),
    "discard": (("draft",), "ana"),
    "return": (("submitted",), "rev"),
    "approve": (("submitted",), "rev"),
}
ACTIONS = (*FITTING, "enter", "propose", "decide", "submit", "approve", "enter")

# One step: what, by whom, on which row of those there are, a number for the value, the day and the year, and
# whether person, row and edition are the fitting ones or just any.
steps = st.tuples(
    st.sampled_from(ACTIONS),
    st.sampled_from(["ana", "bob", "rev", "rev", "both", "both", "rep"]),
    st.integers(0, 5),
    st.integers(0, 400),
    st.sampled_from(["fitting", "fitting", "fitting", "any", "old"]),
)


class Office:
    """The people and the plan of one sequence, and what must never change again."""

    def __init__(self):
        self.plan = make_plan()
        self.component = make_component(self.plan)
        self.people = {
            "ana": make_person("ana", "analyst"),
            "bob": make_person("bob", "analyst"),
            "rev": make_person("rev", "reviewer"),
            "both": make_person("both", "analyst", "reviewer"),
            "rep": make_person("rep", "reporter"),
        }
        self.locked: dict[int, tuple] = {}
        self.done: Counter = Counter()
        self.logged_before = AuditEvent.objects.count()

    def take(self, action, who, which, number, mode):
        rows = Observation.objects.filter(component=self.component).order_by("id")
        if mode == "fitting" and action in FITTING:
            states, who = FITTING[action]
            rows = rows.filter(state__in=states)
        rows = list(rows)
        row = rows[which % len(rows)] if rows else None
        if mode == "fitting":
            who = who if action in FITTING else {"enter": "ana", "propose": "ana", "decide": "rev"}[action]
        by = self.people[who] if who else row and row.entered_by
        if action == "enter":
            self._enter(by, number)
        elif action == "propose":
            self._propose(by, number)
        elif action == "decide":
            self._decide(by, number)
        elif row is not None:
            seen = row.edition - (mode == "old")
            call = getattr(workflow, f"{action}_figure")
            extra = {"change": {"value": Decimal(number)}, "return": {"reason": "口径"}}.get(action, {})
            changed = call(row, edition=seen, by=by, **extra)
            if action != "change" or changed.edition != row.edition:
                self.done[f"figure.{self._word(action)}"] += 1

    @staticmethod
    def _word(action):
        return {
            "enter": "entered",
            "change": "changed",
            "submit": "submitted",
            "withdraw": "withdrawn",
            "discard": "discarded",
            "return": "returned",
            "approve": "approved",
        }[action]

    def _enter(self, by, number):
        workflow.enter_figure(
            component=self.component,
            by=by,
            source=self.plan.source,
            year=YEARS[number % len(YEARS)],
            value=Decimal(number),
            value_status="final",
            released_on=FIRST + timedelta(days=number),
        )
        self.done["figure.entered"] += 1

    def _propose(self, by, number):
        day = FIRST + timedelta(days=number)
        targets_workflow.propose_target(
            component=self.component,
            by=by,
            type="point",
            value=Decimal(150 + number),
            year=2025,
            text=str(number),
            effective_on=day,
            approving_body="市政府",
            document_number=f"{number}号",
            document_date=FIRST,
            reason="评估",
        )
        self.done["target.proposed"] += 1

    def _decide(self, by, number):
        target = Target.objects.filter(component=self.component).order_by("-id").first()
        latest = self.component.targets.filter(state="approved").count()
        if number % 3:
            targets_workflow.approve_target(target, latest_version=latest, by=by)
            self.done["target.approved"] += 1
        else:
            targets_workflow.refuse_target(target, by=by, reason="不妥")
            self.done["target.refused"] += 1

    def check(self):
        approved = {row.pk: row for row in Observation.objects.filter(component=self.component, state="approved")}
        for pk, row in approved.items():
            kept = (row.year, row.value, row.released_on, row.source_id, row.approved_by_id, row.edition)
            assert self.locked.setdefault(pk, kept) == kept
        assert set(self.locked) == set(approved)
        for row in approved.values():
            assert row.approved_by_id not in set(
                row.steps.filter(action__in=["entered", "changed"]).values_list("by", flat=True)
            )
        versions = list(self.component.targets.exclude(version=None).order_by("version"))
        assert [target.version for target in versions] == list(range(1, len(versions) + 1))
        assert versions[0].value == 200
        self._check_days(approved.values(), versions)
        logged = AuditEvent.objects.order_by("id")[self.logged_before :].values_list("action", flat=True)
        assert Counter(logged) == self.done
        assert ObservationStep.objects.filter(observation__component=self.component).count() <= self.done.total()

    def _check_days(self, approved, versions):
        for day in (FIRST - timedelta(days=1), FIRST + timedelta(days=200), FIRST + timedelta(days=401)):
            part = read_overview(self.plan, day).standings[0].first
            public = [row for row in approved if row.released_on <= day]
            latest = {}
            for row in sorted(public, key=lambda row: (row.released_on, row.pk)):
                latest[row.year] = row.pk
            assert {year: row.pk for year, row in part.in_force().items()} == latest
            known = [row for row in versions if row.effective_on is None or row.effective_on <= day]
            assert part.target == max(known, key=lambda row: (row.effective_on or date.min, row.version))


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=12, max_size=30))
def test_any_sequence_of_steps_keeps_what_was_settled(sequence):
    with transaction.atomic():
        office = Office()
        for step in sequence:
            try:
                with transaction.atomic():
                    office.take(*step)
            except REFUSED:
                pass
            office.check()
        transaction.set_rollback(True)
