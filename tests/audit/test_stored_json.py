"""JSON kept in rows: whatever earlier versions wrote is read in today's shape."""

import json

import pytest
from django.apps import apps
from django.core import serializers
from django.db import connection
from django.db.models import JSONField

from assessments.models import Note, NoteStep
from assessments.shapes import FIRST_CUTOFFS, NOTE_BODY, PIN
from audit.stored_json import VERSION, Shape, StoredJSON
from tests.factories import make_item, make_person, make_plan

# Read by whoever wrote it, and by nothing that would take one name to be there: an argument of a job by the
# handler of its kind, an act by its confirmation within three days, a line of the log by whoever looks at it.
# An answer and a message are said again as they were first said.
FREE = {
    "accounts.AnsweredOnce.answer",
    "accounts.AdminAct.details",
    "accounts.FormDraft.values",
    "audit.AuditEvent.before",
    "audit.AuditEvent.after",
    "jobs.Job.arguments",
    "jobs.Job.result",
    "webhooks.Delivery.body",
}
FIRST = {
    "kind": "indicator",
    "as_of": "2023-06-30",
    "rule_version": "2026.2",
    "status": "ahead",
    "final_verdict": "pending",
    "cagr_status": "ahead",
    "components": [],
}
# What later versions know and the first did not say.
LATER = {"known_then": []}


def test_every_json_column_has_a_shape():
    plain = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, JSONField) and not (isinstance(field, StoredJSON) and field.shape.name != "plain")
    }

    assert plain == FREE


def test_a_pin_of_the_first_version_has_the_cut_offs_of_its_time():
    assert PIN.read(FIRST) == FIRST | LATER | {"cutoffs": FIRST_CUTOFFS}


def test_what_a_pin_says_is_never_replaced_by_a_default():
    said = FIRST | LATER | {"cutoffs": {"ahead": "110", "on_schedule": "90", "slightly_behind": "50"}}

    assert PIN.read(said | {VERSION: 2}) == PIN.read(said) == said


def test_a_task_s_pin_has_no_cut_offs():
    task = {"kind": "measure", "as_of": "2023-06-30", "rule_version": "2026.2", "status": "done", "update": None}

    assert PIN.read(task) == task | LATER


def test_a_body_reads_the_pin_within_it():
    assert NOTE_BODY.read({"progress": "好", "pinned": FIRST})["pinned"]["cutoffs"] == FIRST_CUTOFFS
    assert NOTE_BODY.read({"progress": "好", "pinned": None}) == {"progress": "好", "pinned": None}


def test_a_value_of_a_later_version_is_read_as_far_as_it_is_known():
    assert PIN.read(FIRST | {"cutoffs": {}, "new": 1, VERSION: 9}) == FIRST | LATER | {"cutoffs": {}, "new": 1}


def test_the_first_version_is_stored_bare_so_that_older_code_reads_it():
    assert Shape("one").stamped({"a": 1}) == {"a": 1}
    assert Shape("two", 2).stamped({"a": 1}) == {"a": 1, VERSION: 2}
    assert Shape("two", 2).stamped([1]) == [1]


@pytest.fixture
def step(db):
    plan = make_plan()
    item = make_item(plan, "P-1.1")
    days = dict.fromkeys(("starts_on", "ends_on", "cut_off", "due_on"), "2023-06-30")
    round = plan.rounds.create(code="2023", kind="annual", name="2023", **days)
    note = Note.objects.create(round=round, item=item, author=make_person("eva", "evaluator"))
    return NoteStep.objects.create(note=note, action="created", body={"progress": "好", "pinned": None})


def stored(step):
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM assessments_notestep WHERE id = %s", [step.pk])
        value = cursor.fetchone()[0]
    return json.loads(value) if isinstance(value, str) else value


def store(step, body):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE assessments_notestep SET body = %s WHERE id = %s", [json.dumps(body), step.pk])


def test_the_version_is_stored_beside_the_value_and_seen_by_nobody(step):
    assert stored(step)[VERSION] == 2
    step.refresh_from_db()
    assert VERSION not in step.body
    NoteStep.objects.filter(pk=step.pk).update(body={"progress": "改"})
    assert stored(step) == {"progress": "改", VERSION: 2}
    step.body = {"progress": "又改"}
    NoteStep.objects.bulk_update([step], ["body"])
    assert stored(step) == {"progress": "又改", VERSION: 2}


def test_every_way_out_of_the_database_gives_today_s_shape(step):
    store(step, {"progress": "好", "pinned": FIRST})
    now = FIRST | LATER | {"cutoffs": FIRST_CUTOFFS}

    assert NoteStep.objects.get(pk=step.pk).body["pinned"] == now
    assert NoteStep.objects.values_list("body", flat=True).get(pk=step.pk)["pinned"] == now
    assert NoteStep.objects.values_list("body__progress", flat=True).get(pk=step.pk) == "好"


def test_a_dump_of_an_earlier_version_is_restored_in_today_s_shape(step):
    dumped = json.loads(serializers.serialize("json", [step]))
    assert dumped[0]["fields"]["body"][VERSION] == 2
    dumped[0]["fields"]["body"] = {"progress": "好", "pinned": FIRST}

    for row in serializers.deserialize("json", json.dumps(dumped)):
        row.save()

    assert stored(step)["pinned"]["cutoffs"] == FIRST_CUTOFFS
    assert stored(step)[VERSION] == 2
