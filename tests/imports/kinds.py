"""The product's Celery application whose import, or review of one, stops for a while in the middle."""

import os
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
django.setup()

from desk.imports import reviewing, steps  # noqa: E402
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

_take_some = reviewing._take_some


def _take_some_and_wait(pk, after, doubts):
    """Some rows are decided and their transaction is over; others wait."""
    line = _take_some(pk, after, doubts)
    mark = Path(os.environ["IMPORT_MARK"])
    if not mark.exists():
        mark.touch()
        time.sleep(60)
    return line


reviewing._take_some = _take_some_and_wait
