"""A small plan with a platform of tasks, its organisation, and people to sign in."""

from datetime import date
from types import SimpleNamespace

import pytest

from accounts.models import Organisation
from tests.approving import approve_update
from tests.factories import make_item, make_plan
from tests.updates.people import make_person
from updates import services


@pytest.fixture(autouse=True)
def _files_elsewhere(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def small(db):
    """plan, platform P-1 led by 科技局 with the tasks P-1.1 to P-1.3, another organisation, people."""
    own, other = (Organisation.objects.create(code=c, name=n) for c, n in (("sti", "科技局"), ("drc", "发改委")))
    plan = make_plan()
    platform = make_item(plan, "P-1", "platform", lead=own)
    tasks = [make_item(plan, f"P-1.{number}", parent=platform) for number in (1, 2, 3)]
    return SimpleNamespace(
        plan=plan,
        platform=platform,
        task=tasks[0],
        tasks=tasks,
        own=own,
        other=other,
        reporter=make_person("rep", "reporter", organisation=own),
        stranger=make_person("str", "reporter", organisation=other),
        analyst=make_person("ana", "analyst"),
        reviewer=make_person("rev", "reviewer"),
        viewer=make_person("vie"),
        root=f"/{plan.slug}/",
    )


@pytest.fixture
def report(small):
    """Files a report and takes it as far as asked: report(item, "approved", known_on=…, status=…)."""

    def make(item, state="draft", *, by=None, known_on=None, **fields):
        by = by or small.reporter
        values = {"status_on": date(2023, 6, 30), "status": "on_schedule", "done": "已开工"} | fields
        row = services.file_update(item=item, by=by, **values)
        if state != "draft":
            row = services.submit_update(row, edition=row.edition, by=by)
        if state == "returned":
            row = services.return_update(row, edition=row.edition, by=small.reviewer, reason="请写明资金")
        if state == "approved":
            row = approve_update(row, edition=row.edition, by=small.reviewer)
        if known_on:
            row.known_on = known_on
            row.save()
        return row

    return make
