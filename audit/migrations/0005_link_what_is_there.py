"""Gives the rows written so far their digests and links, in the order of their numbers, and sets up the triggers."""

import secrets
from importlib import import_module

from django.db import migrations

from audit import guards
from audit.digests import CONTENT, digest_of, link_hash

ROWS_AT_A_TIME = 1000


def link(apps, editor):
    connection = editor.connection
    guards.remove(connection)
    links = apps.get_model("audit", "ChainLink").objects.using(connection.alias)
    rows = apps.get_model("audit", "AuditEvent").objects.using(connection.alias).order_by("id")
    key, position, last = 0, 0, secrets.token_hex(32)
    while some := list(rows.filter(id__gt=key).values("id", *CONTENT)[:ROWS_AT_A_TIME]):
        digests, made = [], []
        for row in some:
            key, position, digest = row["id"], position + 1, digest_of(row)
            digests.append((digest, key))
            made.append(links.model(position=position, event_id=key, previous=last))
            made[-1].hash = last = link_hash(last, position, digest)
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE audit_auditevent SET digest = %s WHERE id = %s", digests)
        links.bulk_create(made)
    connection.check_constraints()
    guards.install(connection)


def unlink(apps, editor):
    connection = editor.connection
    guards.remove(connection)
    editor.execute("DELETE FROM audit_chainlink")
    if connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION audit_seal(); DROP FUNCTION audit_is_append_only()")
        editor.execute(import_module("audit.migrations.0003_no_edit_no_delete").CREATE, params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_chain")]
    operations = [migrations.RunPython(link, unlink)]
