"""Loaded before Django's settings: tests keep their files apart from an installation's."""

import os
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "var" / "tests"
os.environ.setdefault("DATA_DIR", str(DATA))
Path(os.environ["DATA_DIR"]).mkdir(parents=True, exist_ok=True)
# Playwright runs a loop of its own beside the ORM's calls of the same test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
os.environ.pop("COLLECTING_STATIC", None)
