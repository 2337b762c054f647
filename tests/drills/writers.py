"""One of several people who write figures as fast as they can: python -m tests.drills.writers NAME SECONDS.

Waits for a line on its input, so that all begin together; answers with how many figures it entered and the
milliseconds of each. Each is a transaction of its own with its step and its row of the log.
"""

import json
import os
import sys
import time
from datetime import date, timedelta
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
django.setup()

from accounts.models import User  # noqa: E402
from indicators.figures import workflow  # noqa: E402
from indicators.models import Component  # noqa: E402
from plan.models import Source  # noqa: E402

FIRST, DAYS = date(2022, 1, 1), 1500


def write(name, seconds):
    """Figures of a component of his own, each of another release, so that only the log is shared."""
    person = User.objects.get(username=name)
    place = int(name.removeprefix("writer"))
    component = Component.objects.filter(indicator__plan__slug="sz-sti-14").order_by("pk")[place]
    print("ready", flush=True)
    source = Source.objects.create(title=f"{name} {sys.stdin.readline().strip()}")
    took, ends = [], time.monotonic() + seconds
    while (started := time.monotonic()) < ends:
        n = len(took)
        workflow.enter_figure(
            component=component, by=person, source=source, year=2021 - n // DAYS, value=Decimal(n),
            value_status="final", released_on=FIRST + timedelta(days=n % DAYS),
        )  # fmt: skip
        took.append(round((time.monotonic() - started) * 1000, 2))
    return took


if __name__ == "__main__":
    print(json.dumps(write(sys.argv[1], float(sys.argv[2]))))
