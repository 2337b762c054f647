"""The product's Celery application with the test kinds: `celery -A tests.jobs.celery_app worker`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
django.setup()

from shenzhen_plan.celery import app  # noqa: E402
from tests.jobs import kinds  # noqa: E402

__all__ = ["app", "kinds"]
