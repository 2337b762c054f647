"""An analyst, a reviewer, and files as they are uploaded."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from desk.imports import batches
from indicators.files.headings import propose
from indicators.models import Observation
from tests.factories import make_component, make_person, make_plan

HEAD = "component,year,value,value_status,released_on,source_title,source_url\n"


def row(component="I-01", year=2022, value="150", status="final", day="2023-05-01", source="年度公报", url=""):
    return f"{component},{year},{value},{status},{day},{source},{url}\n"


def csv_file(*rows, name="figures.csv", head=HEAD, encoding="utf-8"):
    return SimpleUploadedFile(name, (head + "".join(rows)).encode(encoding), "text/csv")


def xlsx_file(lines, name="figures.xlsx", formats=()):
    """A workbook of one sheet; `formats`: (cell, number format)."""
    import openpyxl

    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    for cell, number_format in formats:
        book.active[cell].number_format = number_format
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    # A request in English before this test has left its language in the thread.
    translation.deactivate()


@pytest.fixture
def component(db):
    return make_component(make_plan())


@pytest.fixture
def analyst(db):
    return make_person("ana", "analyst")


@pytest.fixture
def reviewer(db):
    return make_person("rev", "reviewer")


@pytest.fixture
def checked(component, analyst):
    """Uploads a file and compares it: `checked(csv_file(row()))`."""

    def check(file):
        batch = batches.upload_file(component.indicator.plan, file, by=analyst)
        mapping = batch.mapping or propose(batch.headings)
        return batches.start_check(batch, mapping=mapping, by=analyst)

    return check


def outcomes(batch):
    return dict(batch.rows.values_list("line", "outcome"))


def figures():
    """Those of the invented plan; the real one stands beside it."""
    return Observation.objects.filter(component__indicator__plan__slug="test-plan")
