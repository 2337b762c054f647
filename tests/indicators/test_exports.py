"""Numbers in the files stay numbers, whatever their sign, and zero is 0 everywhere."""

import csv
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from indicators.models import Component
from tests.factories import make_observation

ROOT = "/sz-sti-14/"
RATIOS = ("linear_progress", "linear_lead", "cagr_ratio")


@pytest.fixture
def fallen(plan):
    """I-07 below where it began."""
    component = Component.objects.get(code="I-07", indicator__plan=plan)
    return make_observation(component, 2025, "15000", released="2026-02-01")


@pytest.fixture
def nothing(plan):
    component = Component.objects.filter(indicator__code="I-05", indicator__plan=plan).first()
    make_observation(component, 2024, "0.00000001", released="2025-02-01")
    return make_observation(component, 2025, "0", released="2026-02-01")


def table(data: bytes) -> dict:
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    return next(row for row in rows if row["component"] == "I-07")


@pytest.mark.breadth
def test_an_indicator_that_fell_back_has_negative_numbers_and_no_text(fallen, client):
    report = f"{ROOT}reports/file/?dataset=progress&header=code&format="
    rows = [table(client.get(address).getvalue()) for address in (f"{ROOT}indicators.csv", f"{report}csv")]
    with zipfile.ZipFile(io.BytesIO(client.get(f"{ROOT}package.zip").getvalue())) as archive:
        rows.append(table(archive.read("verdicts.csv")))

    found = [[Decimal(row[name]) for name in RATIOS] for row in rows]
    assert found[0] == found[1] == found[2]
    assert all(value < 0 for value in found[0])
    progress = client.get(f"{ROOT}indicators.json").json()["results"]
    told = next(row for row in progress if row["component"] == "I-07")
    assert [Decimal(told[name]) for name in RATIOS] == found[0]
    assert all(isinstance(told[name], str) for name in RATIOS)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{report}xlsx").getvalue()))["数据"]
    head = [cell.value for cell in sheet[1]]
    line = next(row for row in sheet.iter_rows(min_row=2) if row[head.index("component")].value == "I-07")
    assert [line[head.index(name)].data_type for name in RATIOS] == ["n"] * 3


@pytest.mark.parametrize("name", ["indicators/I-05", "indicators", "observations", "wide"])
def test_zero_is_0_and_small_numbers_have_no_exponent(nothing, client, name):
    values = set(texts(client.get(f"{ROOT}{name}.json").json()))

    assert "0" in values
    assert {value for value in values if value in ("0E-8", "1E-8", "0.00000000")} == set()
    if name != "indicators":
        assert "0.00000001" in values


def texts(body):
    """Every text of a JSON body."""
    if isinstance(body, dict | list):
        for one in body.values() if isinstance(body, dict) else body:
            yield from texts(one)
    elif isinstance(body, str):
        yield body
