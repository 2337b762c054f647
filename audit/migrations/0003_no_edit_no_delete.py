"""On PostgreSQL the database itself refuses to change or delete an audit row.

Emptying the table is refused too, except in a transaction that has said it exchanges the whole database (a
restore, audit.services.log_exchanged).
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' AND current_setting('plan.exchange', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'audit rows cannot be changed or deleted (%)', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_no_edit BEFORE UPDATE OR DELETE ON audit_auditevent
  FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_auditevent
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
"""
DROP = """
DROP TRIGGER audit_no_truncate ON audit_auditevent;
DROP TRIGGER audit_no_edit ON audit_auditevent;
DROP FUNCTION audit_is_append_only();
"""


def _run(sql):
    def run(apps, editor):
        if editor.connection.vendor == "postgresql":
            editor.execute(sql, params=None)  # the text holds a % of its own

    return run


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_log_fields")]
    operations = [migrations.RunPython(_run(CREATE), _run(DROP))]
