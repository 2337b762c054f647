from pathlib import Path

from django.core.management.base import CommandError
from django.core.management.commands import flush
from django.db import connections

from audit import guards


class Command(flush.Command):
    help = "Refuses: the audit log is emptied with the rest. Only the database of a test run is flushed."

    def handle(self, **options):
        connection = connections[options["database"]]
        name = Path(str(connection.settings_dict["NAME"])).name
        if not name.startswith("test"):
            raise CommandError(
                f"{name} 中有审计日志，不能清空；如需重来，请另建数据库 / "
                f"{name} holds an audit log and is not emptied: to begin anew, make another database"
            )
        guards.remove(connection)
        super().handle(**options)
        guards.install(connection)
