"""Hourly: what uploads and makers of files left half done when their process died is deleted."""

import logging

from celery import shared_task

from plan.disk import sweep_partial

log = logging.getLogger(__name__)

# Longer than any upload or report may take.
PARTIAL_SECONDS = 2 * 3600


@shared_task(name="plan.sweep_partial")
def sweep():
    """No job of its own: it takes a moment, and a day of them would be twenty-four rows."""
    if gone := sweep_partial(older_than_seconds=PARTIAL_SECONDS):
        log.info("deleted %s files left half done: %s", len(gone), ", ".join(gone[:20]))
