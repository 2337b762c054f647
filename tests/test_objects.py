"""Objects, not only rights: what another organisation has under way is shown by no address to whom it does not
concern.

Every object of the organisation o1, in every state that is not public, carries a mark of its own; every address of
the URL table is asked for each of them (tests.test_permissions.SAMPLES, which a new address must be in).
"""

from datetime import date

import pytest

from accounts.models import Organisation
from desk.models import ImportBatch, ImportRow
from indicators.models import Component, Target
from plan.models import Source
from shenzhen_plan.access import needed, view_names
from tests import test_permissions as table
from tests.breadth import more
from tests.factories import make_observation, make_person
from tests.test_permissions import SAMPLES, address_of
from updates.models import StatusUpdate

# Whose rows are shown is a filter of equal numbers; the services' own tests ask it of both databases.
pytestmark = pytest.mark.one_database

unhurried = table._unhurried
# Neither answers for o1 nor looks after every organisation. A viewer may do less than either of the other two
# who sign in to work, and the administrators' pages hold nothing of a plan: these are asked at night.
STRANGERS = (
    "other reporter",
    *more("anonymous", "evaluator"),
    *(pytest.param(name, marks=pytest.mark.drills) for name in ("viewer", "system_admin", "security_admin")),
)
FIGURES = {"draft": "77.1731", "submitted": "77.2732", "returned": "77.3733"}
TARGETS = {"proposed": "88.1841", "refused": "88.2842"}
UPDATES = {"draft": "进展暗号甲", "submitted": "进展暗号乙", "returned": "进展暗号丙"}
SOURCE, BATCH = "来源暗号", "99.9123"


@pytest.fixture
def objects(rows, plan):
    """By the name samples give an object, the keys of all of them that are under way."""
    unit, person = Organisation.objects.get(code="o1"), make_person("other-entrant", "reporter")
    component = Component.objects.get(code="I-01", indicator__plan=plan)
    found = {name: [rows[name]] for name in ("figure", "target", "update", "batch")}
    for year, (state, value) in enumerate(FIGURES.items(), start=2021):
        source = Source.objects.create(title=f"{SOURCE}{state}", published_on=date(2025, 1, 1))
        fields = {"released": "2025-03-01", "state": state, "entered_by": person, "source": source}
        found["figure"].append(make_observation(component, year, value, **fields).pk)
    for state, value in TARGETS.items():
        decided = (
            {"decided_by": make_person("decider", "reviewer"), "decision_reason": "不宜"}
            if state == "refused"
            else {}
        )
        found["target"].append(
            Target.objects.create(
                component=component, state=state, type="point", value=value, year=2025, text=value,
                effective_on=date(2024, 1, 1), document_date=date(2023, 12, 1), approving_body="市政府",
                document_number="号", reason="调整", proposed_by=person, **decided,
            ).pk
        )  # fmt: skip
    for state, words in UPDATES.items():
        item = plan.items.get(code="P-1.1")
        fields = {"item": item, "organisation": unit, "status_on": date(2024, 6, 30), "status": "on_schedule"}
        found["update"].append(
            StatusUpdate.objects.create(**fields, done=words, state=state, entered_by=person).pk
        )
    fields = {"plan": plan, "name": "暗号.csv", "size": 1, "uploaded_by": person}
    for state in ImportBatch.State.values:
        batch = ImportBatch.objects.create(**fields, stored_as=state, state=state, counts={"invalid": 1})
        fault = [{"column": "value", "value": BATCH, "code": "not_a_number", "params": {}}]
        ImportRow.objects.create(batch=batch, line=2, outcome="invalid", faults=fault)
        found["batch"].append(batch.pk)
    return found


MARKS = [*FIGURES.values(), *TARGETS.values(), *UPDATES.values(), SOURCE, BATCH]


def addresses(name, rows, objects):
    """Every address of a view: one for each object its sample names."""
    kinds = [kind for kind in objects if kind in (SAMPLES[name] or {}).values()]
    if not kinds:
        return [address_of(name, rows)]
    return [address_of(name, rows | {kinds[0]: key}) for key in objects[kinds[0]]]


@pytest.mark.parametrize("visitor", STRANGERS)
def test_no_address_shows_what_another_organisation_has_under_way(rows, visitors, objects, visitor):
    leaks, asked = [], 0
    for name in view_names():
        if needed(name, "GET") is None:
            continue
        for address in addresses(name, rows, objects):
            response = visitors[visitor].get(address)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            asked += 1
            text = body.decode("utf-8", "replace")
            leaks += [f"{address}: {mark}" for mark in MARKS if mark in text]

    assert leaks == []
    assert asked > 200


def test_whom_it_concerns_sees_it(rows, visitors, objects):
    """The marks do show: to the organisation's own reporter, and to analysts."""
    figure, target = objects["figure"][-1], objects["target"][-1]

    for visitor in ("reporter", "analyst"):
        assert FIGURES["returned"] in visitors[visitor].get(f"/sz-sti-14/data/figures/{figure}/").content.decode()
        assert TARGETS["refused"] in visitors[visitor].get(f"/sz-sti-14/data/targets/{target}/").content.decode()
    page = visitors["analyst"].get(f"/sz-sti-14/data/imports/{objects['batch'][-1]}/faults.csv")
    assert BATCH in b"".join(page).decode()
    assert SOURCE in visitors["analyst"].get("/sz-sti-14/data/figures/new/").content.decode()
