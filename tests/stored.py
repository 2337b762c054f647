"""Where a kept file lies in a test, whose storage is a folder."""

from pathlib import Path

from django.core.files.storage import default_storage

from assessments.report.files import REPORTS, name_of
from desk.imports.steps import FOLDER as IMPORTS


def path_of(folder, name=""):
    return Path(default_storage.path(f"{folder}/{name}" if name else folder))


def import_file(batch):
    return path_of(IMPORTS, batch.stored_as)


def word_file(job):
    return path_of(REPORTS, name_of(job.result["sha256"]))
