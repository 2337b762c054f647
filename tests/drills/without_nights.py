"""The product's settings without its nights: a nightly recompute would put right what a kill had lost."""

from shenzhen_plan.settings import *  # noqa: F403
from shenzhen_plan.settings import CELERY_BEAT_SCHEDULE as SHIPPED

CELERY_BEAT_SCHEDULE = {name: entry for name, entry in SHIPPED.items() if entry["task"] == "jobs.sweep"}
assert CELERY_BEAT_SCHEDULE
