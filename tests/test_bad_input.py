"""Whatever is sent, by whomever, to whatever address: an answer in words, never an error of ours, nothing by half.

A few hundred of each in every run; `make drills` sends ten thousand requests and a thousand files.
"""

import csv
import io
import random
from contextlib import suppress

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import AuditEvent
from desk.models import ImportBatch, ImportRow
from indicators.models import Observation
from plan.fixtures import BrokenFixtures, read_plan
from plan.models import Source
from plan.uploads import RefusedFile, store_upload
from shenzhen_plan.access import view_names
from shenzhen_plan.parameters import taken_by
from tests import bad_input
from tests.breadth import more
from tests.conftest import FOLDER
from tests.factories import make_component, make_person, make_plan
from tests.test_permissions import address_of
from texts.xml import xml_safe

SEED = 20260630
COLUMNS = [
    "code", "component", "indicator", "unit", "year", "value", "value_status", "released_on", "source_title",
    "source_url", "note",
]  # fmt: skip
ROW = [
    "I-01",
    "I-01",
    "试",
    "亿元",
    "2022",
    "120",
    "final",
    "2023-02-01",
    "公报",
    "https://a.example.org/1",
    "说明",
]
# Fields of the forms of the product, for whichever address they come to.
FIELDS = [
    "action", "step", "do", "edition", "reason", "text", "field", "settle", "remove", "item", "pick", "update",
    "year", "value", "component", "kind", "name", "source", "source_title", "source_url", "released_on",
    "value_status", "precision", "published_text", "note", "pasted", "rows", "seen", "days", "scope", "newest",
    "next", "size",
    "language", "status", "status_on", "progress", "done", "problems", "title", "request", "due_on",
    "organisation", "code", "starts_on", "ends_on", "cut_off", "conclusion", "forecast", "forecast_value",
    "active", "query",
    "is_shared", "schedule", "column", "file", "old", "new", "again", "username", "business", "administers",
    "latest_version", "shown", "chosen", "column_0", "then", "evaluator", "all", "lead", "weight",
    "document_number",
]  # fmt: skip
BODIES = [
    "[]",
    "[[]]",
    "{",
    "1",
    '{"target":"\\ud800"}',
    '{"\\ud800":1}',
    '{"base_year":"\u202e"}',
    '{"a":"\\u0000"}',
]


def requests_of(chance, rows, address_of, number):
    names = [name for name in view_names() if name not in ("accounts:logout", "package", "sdmx")]
    for _ in range(number):
        name = chance.choice(names)
        path = bad_input.odd_path(chance, address_of(name, rows))
        takes = (*taken_by(name), *taken_by(name), "asof", "x")
        method = chance.choice(["GET", "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT"])
        yield name, method, f"{path}?{bad_input.odd_query(chance, takes)}"


def send(client, chance, method, address):
    if method != "POST":
        return client.generic(method, address)
    if "/api/" in address:
        body = chance.choice(BODIES)
        return client.post(address, body, content_type="application/json")
    return client.post(address, bad_input.odd_body(chance, FIELDS))


def storm(visitors, rows, address_of, number) -> list[str]:
    """Errors of ours among so many answers."""
    chance, wrong = random.Random(SEED), []
    people = sorted(visitors)
    for client in visitors.values():
        client.raise_request_exception = False
    for name, method, address in requests_of(chance, rows, address_of, number):
        who = chance.choice(people)
        status = send(visitors[who], chance, method, address).status_code
        if status >= 500 and name != "readyz":
            wrong.append(f"{status} {who} {method} {address[:300]}")
    return wrong


@pytest.mark.breadth
@pytest.mark.parametrize("number", [100, *more(300), pytest.param(10_000, marks=pytest.mark.drills)])
def test_no_request_is_answered_with_an_error_of_ours(rows, visitors, unlimited, number):
    events = AuditEvent.objects.count()

    assert storm(visitors, rows, address_of, number) == []
    assert AuditEvent.objects.count() > events


# Which methods an address takes is decided before any row is asked for.
@pytest.mark.breadth
@pytest.mark.one_database
@pytest.mark.parametrize(
    "method",
    ["BREW", *more("PATCH"), *(pytest.param(name, marks=pytest.mark.drills) for name in ("OPTIONS", "TRACE"))],
)
def test_every_address_has_an_answer_to_methods_nobody_uses(rows, visitors, unlimited, method):
    wrong = []
    for who in ("anonymous", "reviewer"):
        visitors[who].raise_request_exception = False
        for name in view_names():
            if visitors[who].generic(method, address_of(name, rows)).status_code >= 500 and name != "readyz":
                wrong.append(f"{who} {name}")

    assert wrong == []


# Files


@pytest.fixture
def analyst(client, unlimited):
    make_component(make_plan())
    client.force_login(make_person("ana", "analyst"))
    client.raise_request_exception = False
    return client


def as_csv(table) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    return out.getvalue().encode("utf-8", "surrogatepass")


def as_xlsx(table) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in table:
        book.active.append([xml_safe(cell)[:32_000] for cell in row])
    book.save(out)
    return out.getvalue()


def bad_table(chance) -> tuple[str, bytes]:
    """A file for the import: odd cells, and often damaged on top."""
    table = [COLUMNS, *([*ROW[:4], str(2021 + n), *ROW[5:]] for n in range(3))]
    if chance.random() < 0.8:
        table = bad_input.mutated_cells(chance, table)
    if chance.random() < 0.5:
        data = as_csv(table)
        return "a.csv", bad_input.mutated(chance, data) if chance.random() < 0.5 else data
    data = as_xlsx(table)
    return "a.xlsx", bad_input.mutated_zip(chance, data) if chance.random() < 0.6 else data


@pytest.mark.django_db(transaction=False)
@pytest.mark.parametrize("number", [30, *more(60), pytest.param(1000, marks=pytest.mark.drills)])
def test_no_file_handed_in_is_answered_with_an_error_or_stored_by_half(analyst, number):
    """Uploaded, compared, applied: what is stored is what was chosen, and every text in it can be printed."""
    chance, wrong, stored = random.Random(SEED), [], 0
    for count in range(number):
        name, data = bad_table(chance)
        answer = analyst.post("/test-plan/data/imports/upload/", {"file": SimpleUploadedFile(name, data)})
        if answer.status_code >= 500:
            wrong.append(f"{count} {name} upload {answer.status_code}")
        if answer.status_code != 302:
            continue
        batch = ImportBatch.objects.latest("pk")
        columns = {f"column_{place}": name for name, place in batch.mapping.items()}
        steps = [("mapping/", columns), ("apply/", {}), ("rows/", {"do": "apply"})]
        for step, sent in steps:
            status = analyst.post(f"/test-plan/data/imports/{batch.pk}/{step}", sent).status_code
            page = analyst.get(f"/test-plan/data/imports/{batch.pk}/").status_code
            if max(status, page) >= 500:
                wrong.append(f"{count} {name} {step} {status} {page}")
        batch.refresh_from_db()
        figures = Observation.objects.filter(import_rows__batch=batch)
        if batch.state == ImportBatch.State.APPLIED and figures.count() != batch.counts.get("applied"):
            wrong.append(f"{count} {name} stored by half")
        stored += figures.count()
        figures.delete()

    assert wrong == []
    assert stored > 0
    assert not ImportRow.objects.filter(batch__state="failed", observation__isnull=False).exists()
    assert all(row.title.isprintable() for row in Source.objects.all())


@pytest.mark.parametrize("number", [60, pytest.param(300, marks=pytest.mark.drills)])
def test_every_attachment_is_kept_whole_or_refused_in_words(settings, tmp_path, number):
    settings.DATA_DIR = tmp_path
    chance, kept = random.Random(SEED), 0
    office = as_xlsx([COLUMNS, ROW])
    for _ in range(number):
        ending, data = chance.choice([("a.xlsx", bad_input.mutated_zip(chance, office)), ("a.pdf", b"%PDF-1.7 x")])
        file = SimpleUploadedFile("x", data)
        file.__dict__["_name"] = bad_input.odd_value(chance)[:50] + ending  # as no browser would send it
        with suppress(RefusedFile):
            store_upload(file, folder="drill")
            kept += 1
    assert len(list((tmp_path / "attachments/drill").iterdir())) == kept


@pytest.mark.parametrize("number", [15, pytest.param(100, marks=pytest.mark.drills)])
def test_damaged_fixtures_are_refused_by_file_and_entry(tmp_path, number):
    chance, taken = random.Random(SEED), 0
    whole = {path.name: path.read_bytes() for path in FOLDER.glob("*.*")}
    for _ in range(number):
        hit = chance.choice(sorted(name for name in whole if name.endswith(".toml")))
        for name, data in whole.items():
            (tmp_path / name).write_bytes(bad_input.mutated(chance, data) if name == hit else data)
        with suppress(BrokenFixtures):
            read_plan(tmp_path)
            taken += 1

    assert taken < number / 2
