from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from audit.services import console_name, record_audit

# From here on the log has the shape this code writes.
CHAINED = ("audit", "0005_link_what_is_there")


class Command(migrate.Command):
    help = f"{migrate.Command.help} Leaves a row in the audit log when it changed anything."

    def handle(self, *args, **options):
        connection = connections[options["database"]]
        before = _applied(connection)
        outcome = "failed"
        try:
            super().handle(*args, **options)
            outcome = "ok"
        finally:
            self._log(before, _applied(connection), outcome)

    def _log(self, before: set, after: set, outcome: str) -> None:
        if not before or before == after:  # a new database has no past to speak of
            return
        if CHAINED not in after:
            self.stderr.write("审计日志尚未建立，未记入 / there is no audit log yet to write this into")
            return
        record_audit(
            action="migrate",
            name=console_name(),
            object_label="migrate",
            after={"applied": _names(after - before), "unapplied": _names(before - after)},
            outcome=outcome,
        )


def _applied(connection) -> set[tuple[str, str]]:
    return set(MigrationRecorder(connection).applied_migrations())


def _names(migrations: set[tuple[str, str]]) -> list[str]:
    return sorted(f"{app}.{name}" for app, name in migrations)
