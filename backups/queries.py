"""What the last trial of a backup came to, for whoever watches over the installation."""

from dataclasses import dataclass
from datetime import datetime

from backups.trial import RestoreTrial
from jobs.models import Job
from jobs.queries import last_of

TRIAL = "backups.trial"  # the kind of job


@dataclass(frozen=True)
class LastTrial:
    """`error` is empty where the backup was restored whole."""

    at: datetime
    trial: RestoreTrial

    @property
    def is_good(self) -> bool:
        return not self.trial.error


def last_trial() -> LastTrial | None:
    """The newest trial, also one whose job was given up; None where there was none yet."""
    job = last_of(TRIAL)
    if job is None:
        return None
    trial = RestoreTrial(**job.result) if job.state == Job.State.DONE else RestoreTrial(error=job.error)
    return LastTrial(job.finished_at, trial)
