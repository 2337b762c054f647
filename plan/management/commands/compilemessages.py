"""Django's `compilemessages` without GNU gettext: a machine that only runs the product has none."""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


def compile_catalogue(path: Path) -> Path:
    """Write the compiled file beside a catalogue (`.po`); entries marked fuzzy are left out."""
    compiled = path.with_suffix(".mo")
    part = path.with_suffix(".mo.part")
    polib.pofile(str(path)).save_as_mofile(str(part))
    part.replace(compiled)
    return compiled


class Command(BaseCommand):
    help = "Compile the catalogue of English words; pages read the compiled file."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for path in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                compile_catalogue(path)
                if options["verbosity"] > 1:
                    self.stdout.write(str(path))
