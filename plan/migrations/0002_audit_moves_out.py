"""The audit log becomes an app of its own below accounts, so that signing in can be logged too."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("plan", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("AuditEvent", "audit_auditevent")],
            state_operations=[migrations.DeleteModel("AuditEvent")],
        ),
    ]
