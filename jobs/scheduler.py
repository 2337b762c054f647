"""The scheduler: Celery's own, that keeps its times in a file, but does not believe the future.

After a clock that ran ahead is set right, every task's last run lies in the future, and Celery waits until the
time has caught up: a day without a sweep, a recompute or a reminder.
"""

import logging
from datetime import timedelta

from celery.beat import PersistentScheduler

log = logging.getLogger(__name__)

# Clocks of machines that take turns may differ by this much.
TOLERANCE = timedelta(seconds=5)


class Scheduler(PersistentScheduler):
    _seen = None  # when the last tick was

    def setup_schedule(self):
        super().setup_schedule()
        self._forget_the_future()

    def tick(self, *args, **kwargs):
        now = self.app.now()
        if self._seen is not None and now < self._seen - TOLERANCE:
            self._forget_the_future()
            self._heap = None  # it is ordered by times of the old clock
        self._seen = now
        return super().tick(*args, **kwargs)

    def _forget_the_future(self):
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at > entry.default_now() + TOLERANCE]
        for entry in ahead:
            entry.last_run_at = entry.default_now()
        if ahead:
            log.warning("the clock was set back: %s tasks begin to count anew", len(ahead))
            self.sync()
