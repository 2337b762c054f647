import os
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from desk.imports import batches
from desk.releases import attach
from desk.tasks import nightly
from jobs.models import Job
from jobs.services import run_job
from plan.models import SourceFile
from plan.uploads import store_upload
from tests.imports.conftest import csv_file, row

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.mark.django_db
def test_old_files_of_releases_and_imports_without_a_row_are_removed_at_night(
    component, people, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    source = component.indicator.plan.source
    kept = attach(source, SimpleUploadedFile("a.pdf", PDF), by=people["ana"]).stored_as
    old, young = (
        store_upload(SimpleUploadedFile("b.pdf", PDF), folder=SourceFile.FOLDER).stored_as for _ in range(2)
    )
    waiting, over = (
        batches.upload_file(component.indicator.plan, csv_file(row()), by=people["ana"]) for _ in range(2)
    )
    type(over).objects.filter(pk=over.pk).update(state="cancelled")
    releases, imports = tmp_path / "attachments" / "releases", tmp_path / "imports"
    for path in (releases / kept, releases / old, imports / waiting.stored_as, imports / over.stored_as):
        os.utime(path, (0, time.time() - 90_000))

    nightly()
    run_job(Job.objects.get(kind="desk.sweep_files").pk)

    assert {path.name for path in releases.iterdir()} == {kept, young}
    assert {path.name for path in imports.iterdir()} == {waiting.stored_as}
    assert Job.objects.get(kind="desk.sweep_files").result == {"removed": 2}
