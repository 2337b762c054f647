import os
import time

from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Job
from jobs.services import run_job
from plan.uploads import store_upload
from updates.tasks import nightly

PDF = b"%PDF-1.7\n%%EOF\n"


def test_old_files_without_a_row_are_removed_at_night(small, report, tmp_path):
    kept = report(small.task, uploads=[SimpleUploadedFile("a.pdf", PDF)]).attachments.get().stored_as
    old, young = (store_upload(SimpleUploadedFile("b.pdf", PDF), folder="updates").stored_as for _ in range(2))
    folder = tmp_path / "attachments" / "updates"
    for name in (kept, old):
        os.utime(folder / name, (0, time.time() - 90_000))

    nightly()
    run_job(Job.objects.get(kind="updates.sweep_files").pk)

    assert {path.name for path in folder.iterdir()} == {kept, young}
    assert Job.objects.get().result == {"removed": 1}
