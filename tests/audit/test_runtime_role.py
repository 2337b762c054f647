"""The grants that docs/security.md gives, tried: the runtime role works, and cannot touch what is in the log."""

import re
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Organisation
from audit.models import AuditEvent, ChainLink
from audit.services import record_audit
from audit.verifying import verify
from indicators.models import Observation

DOC = Path(__file__).resolve().parents[2] / "docs" / "security.md"
ROLE = "plan_runtime"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles"),
]


@pytest.fixture
def runtime():
    """The rest of the test's transaction is the runtime role's; role and grants are rolled back with it."""
    grants = re.search(r"```sql\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL).group(1)
    name = f"{ROLE}_{connection.settings_dict['NAME']}"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f'CREATE ROLE "{name}"')
        cursor.execute(grants.replace(ROLE, f'"{name}"'), None)
        cursor.execute(f'SET LOCAL ROLE "{name}"')
    return name


def test_it_writes_and_reads_as_the_product_does(runtime):
    unit = Organisation.objects.create(code="u1", name="一局")
    Organisation.objects.filter(pk=unit.pk).update(name="二局")
    event = record_audit(action="login", name="x")
    connection.check_constraints()

    assert ChainLink.objects.filter(event=event).count() == 1
    assert Observation.objects.exists()
    assert verify().faults == []
    unit.delete()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET action = 'x'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent CASCADE",
        "UPDATE audit_chainlink SET hash = 'x'",
        "DELETE FROM audit_chainlink",
        "TRUNCATE audit_chainlink",
        "INSERT INTO audit_chainlink (chain, position, event_id, previous, hash) VALUES ('', 999999, 1, 'x', 'x')",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_seal ON audit_auditevent",
        "DROP TABLE audit_chainlink",
        "SELECT audit_seal()",
        "SET session_replication_role = 'replica'",
        "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'",
        "TRUNCATE accounts_user CASCADE",
    ],
)
def test_it_touches_nothing_that_stands_in_the_log(runtime, statement):
    record_audit(action="login", name="x")
    connection.check_constraints()
    rows = AuditEvent.objects.count()

    with pytest.raises(DatabaseError, match="permission denied|must be owner"), transaction.atomic():
        connection.cursor().execute(statement, None)

    assert AuditEvent.objects.count() == rows
