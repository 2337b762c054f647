"""A backup is worth what a restore of it gives: one is made, restored into a database of its own, looked at."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from audit.services import record_audit
from audit.signing import key_text
from backups import archive
from backups.faults import BadBackup

SECONDS = 3000
STEPS = (["migrate", "-v0"], ["restore", "{file}", "--yes"], ["verify_audit"])


@dataclass
class RestoreTrial:
    """What came of it; `error` is empty where everything was restored and the log of the copy was whole."""

    rows: int = 0
    files: int = 0
    size: int = 0
    seconds: int = 0
    error: str = ""


def try_restore() -> RestoreTrial:
    """Backs up, restores into a new SQLite database in a folder that goes away again, and checks its audit log.

    Other processes do it, with the commands people would type; an audit row says how it ended.
    """
    began, trial = time.monotonic(), RestoreTrial()
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix="trial-") as name:
        folder = Path(name)
        file = folder / "trial.tar.gz"
        try:
            manifest = archive.write(file)
            trial.rows, trial.files, trial.size = manifest.rows, len(manifest.files), file.stat().st_size
            for step in STEPS:
                _manage(folder, [word.format(file=file) for word in step])
        except (BadBackup, OSError, subprocess.TimeoutExpired) as error:
            trial.error = f"{type(error).__name__}: {error}"
    trial.seconds = round(time.monotonic() - began)
    record_audit(
        action="backup.tried",
        object_label="backup",
        after=asdict(trial),
        outcome="failed" if trial.error else "ok",
    )
    return trial


def _manage(folder: Path, arguments: list[str]) -> None:
    """Runs a command in the scratch installation. Raises BadBackup with what it said."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=_environment(folder),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise BadBackup(f"{arguments[0]}: {done.stderr.strip()[-1500:]}")


def _environment(folder: Path) -> dict[str, Any]:
    """This installation's, but for whatever holds data; and the key, so that the signature can be told."""
    return os.environ | {
        "DATA_DIR": str(folder),
        "FILES_STORAGE": "",
        "DATABASE_URL": f"sqlite:///{folder / 'plan.sqlite3'}",
        "CELERY_BROKER_URL": "filesystem://",
        "CACHE_URL": "locmemcache://",
        "INSTALLATION_KEYS": key_text(),
        "AUDIT_ANCHOR_MAIL": "",
        "AUDIT_ANCHOR_SYSLOG": "",
    }
