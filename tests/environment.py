"""Loaded before Django's settings: tests keep their files apart from an installation's."""

import os
from pathlib import Path

import polib

DATA = Path(__file__).resolve().parent.parent / "var" / "tests"
os.environ.setdefault("DATA_DIR", str(DATA))
# Of several workers (pytest -n 2) each has a folder and a queue of its own, and from pytest-django a database.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if WORKER:
    os.environ["DATA_DIR"] = os.path.join(os.environ["DATA_DIR"], WORKER)
Path(os.environ["DATA_DIR"]).mkdir(parents=True, exist_ok=True)
# Nothing here has to outlive a power cut: at a commit PostgreSQL need not wait for the disk.
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")
# Playwright runs a loop of its own beside the ORM's calls of the same test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
os.environ.pop("COLLECTING_STATIC", None)

# Pages are read with their words: the catalogues are compiled, as `make run` does.
for CATALOGUE in (Path(__file__).resolve().parent.parent / "locale").glob("*/LC_MESSAGES/django.po"):
    COMPILED = CATALOGUE.with_suffix(".mo")
    if not COMPILED.exists() or COMPILED.stat().st_mtime < CATALOGUE.stat().st_mtime:
        polib.pofile(str(CATALOGUE)).save_as_mofile(str(COMPILED))


def pytest_addoption(parser):
    parser.addoption(
        "--leg",
        choices=("database", "rest"),
        help="of a run on two databases: what may ask one, or everything else with the rooms asked of both",
    )
