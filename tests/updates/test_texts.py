"""What a report says in words is declared once (StatusUpdate.TEXTS) and reaches form, page, files and rounds."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from reports.package_tables import TABLES
from tests.factories import make_item, make_plan
from tests.updates.people import make_person
from updates import services
from updates.columns import UPDATE
from updates.forms import UpdateForm
from updates.models import StatusUpdate

TEXTS = StatusUpdate.TEXTS
# Kept by their own services, beside the columns of the update.
PARTS = {"attachments"}


def test_every_text_of_the_table_is_declared():
    kinds = {field.name: type(field).__name__ for field in StatusUpdate._meta.concrete_fields}

    assert {name for name, kind in kinds.items() if kind == "ProseField"} == set(TEXTS)


def test_what_the_form_asks_for_is_kept():
    assert set(UpdateForm().fields) - PARTS == set(services.EDITABLE)


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_in_every_file(name):
    package = next(table for table in TABLES if table.name == "updates")

    assert UPDATE[name].zh == StatusUpdate.heading(name)
    assert name in {column.name for column in package.columns}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_shown_where_a_round_keeps_it(name):
    pinned = Path(settings.BASE_DIR, "templates/assessments/_pin.html").read_text(encoding="utf-8")

    assert f"pin.update.{name}" in pinned


@pytest.mark.breadth
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_on_form_page_and_log(db, client, name):
    item = make_item(make_plan(), "P-1", "platform")
    task = make_item(item.plan, "P-1.1", parent=item)
    analyst = make_person("analyst", "analyst")
    said = {"done": "已开工"} | {name: "这里只说一次的话"}
    row = services.file_update(item=task, by=analyst, status_on=date(2023, 6, 30), status="on_schedule", **said)
    client.force_login(analyst)

    page = client.get(f"/{item.plan.slug}/updates/{row.pk}/").content.decode()
    form = client.get(f"/{item.plan.slug}/updates/{row.pk}/edit/").content.decode()

    assert page.count("这里只说一次的话") == form.count("这里只说一次的话") == 1
    assert services.UPDATES.words(row)[name] == "这里只说一次的话"
