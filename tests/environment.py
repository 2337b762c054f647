"""Loaded before Django's settings: tests keep their files apart from an installation's."""

import os
from pathlib import Path

import polib

DATA = Path(__file__).resolve().parent.parent / "var" / "tests"
os.environ.setdefault("DATA_DIR", str(DATA))
Path(os.environ["DATA_DIR"]).mkdir(parents=True, exist_ok=True)
# Playwright runs a loop of its own beside the ORM's calls of the same test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
os.environ.pop("COLLECTING_STATIC", None)

# Pages are read in English too: the compiled words are made from their catalogue, as `make run` does.
CATALOGUE = Path(__file__).resolve().parent.parent / "locale/en/LC_MESSAGES/django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
if not COMPILED.exists() or COMPILED.stat().st_mtime < CATALOGUE.stat().st_mtime:
    polib.pofile(str(CATALOGUE)).save_as_mofile(str(COMPILED))
