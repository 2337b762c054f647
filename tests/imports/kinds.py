"""The product's Celery application whose import stops for a while in the middle of its writing."""

import os
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
django.setup()

from desk.imports import steps  # noqa: E402
from shenzhen_plan.celery import app  # noqa: E402

__all__ = ["app"]

_store_figures = steps._store_figures


def _store_and_wait(batch):
    """Everything is inserted and nothing committed; the mark tells the test that the moment has come."""
    stored = _store_figures(batch)
    mark = Path(os.environ["IMPORT_MARK"])
    if not mark.exists():
        mark.touch()
        time.sleep(60)
    return stored


steps._store_figures = _store_and_wait
