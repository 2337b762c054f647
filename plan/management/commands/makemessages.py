"""Django's `makemessages` with this project's options, so that the catalogue changes only where words did."""

from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

FIXED = {
    "locale": ["en"],
    "ignore_patterns": ["node_modules", ".venv*", "var", "tests"],
    "no_location": True,
    "no_wrap": True,
    "no_obsolete": True,
}


class Command(makemessages.Command):
    """Entries are in the order of their Chinese words, without places or dates.

    A new entry is left empty instead of guessed from a like one, and a sentence of the inbox that counts
    (`counted_noop`) keeps its plural.
    """

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]
    msgattrib_options = [*makemessages.Command.msgattrib_options, "--sort-output"]
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=counted_noop:1,1"]

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **(options | FIXED))
        for folder in settings.LOCALE_PATHS:
            for path in sorted(folder.glob("*/LC_MESSAGES/django.po")):
                lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
                kept = [line for line in lines if not line.startswith('"POT-Creation-Date')]
                path.write_text("".join(kept), encoding="utf-8")
