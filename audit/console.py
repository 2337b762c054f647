"""What is started on the console leaves a row in the audit log before it does anything."""

import re
import sys

import django
from django.core.management import execute_from_command_line
from django.db import DatabaseError

# Commands that write rows of their own, saying more: what they changed, and how it ended.
TELL_THEMSELVES = {
    "archive_audit", "backup", "bench_load", "create_account", "import_evidence", "import_observations",
    "load_demo", "load_plan", "migrate", "recompute", "restore", "verify_audit",
}  # fmt: skip
# Commands that touch no row of the database.
HARMLESS = {
    "check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages",
    "makemigrations", "measure_proposals", "showmigrations", "spectacular", "sqlmigrate", "startapp",
    "startproject", "test", "up",
}  # fmt: skip
SECRET = re.compile(r"pass|secret|token|key|identity", re.IGNORECASE)
LENGTH = 300


def execute(argv: list[str]) -> None:
    """manage.py: any other command, of Django or of a library, is written down with its arguments."""
    command = next((word for word in argv[1:] if not word.startswith("-")), "help")
    if command not in TELL_THEMSELVES | HARMLESS and not {"--help", "-h", "--version"} & set(argv):
        django.setup()
        _note(command, argv[argv.index(command) + 1 :])
    execute_from_command_line(argv)


def _note(command: str, arguments: list[str]) -> None:
    # Imported here: models need the settings that django.setup has read.
    from audit.services import console_name, record_audit

    try:
        record_audit(
            action="console",
            name=console_name(),
            object_label=command,
            after={"arguments": " ".join(hidden(arguments))[:LENGTH]},
        )
    except DatabaseError as error:
        print(f"未能记入审计 / not written into the audit log: {type(error).__name__}", file=sys.stderr)


def hidden(arguments: list[str]) -> list[str]:
    """The arguments without what may be secret: values of options that are named so."""
    shown, secret = [], False
    for word in arguments:
        name, equals, _value = word.partition("=")
        if secret and not word.startswith("-"):
            word = "***"
        elif name.startswith("-") and equals and SECRET.search(name):
            word = f"{name}=***"
        secret = word.startswith("-") and not equals and bool(SECRET.search(word))
        shown.append(word)
    return shown
