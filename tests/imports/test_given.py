"""Files as people really hand them in, each with what must become of it (tests/imports/given/README.md)."""

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest

from indicators.files.importing import tell
from plan.uploads import recognise

GIVEN = Path(__file__).parent / "given"
# The day on which the outcomes were written down: one file is a moment away from the next.
TODAY = date(2026, 11, 28)
WIDE = json.loads((GIVEN / "wide.json").read_text(encoding="utf-8"))
with open(GIVEN / "outcomes.csv", encoding="utf-8") as file:
    OUTCOMES = list(csv.DictReader(file))
GOOD = {"new", "same", "changed", "passed"}
ANNUAL = {"source_title": "统计年鉴", "released_on": "2024-12-01", "value_status": "final"}


def told(plan, name, **options):
    with open(GIVEN / name, "rb") as stream:
        return list(tell(plan, stream, today=TODAY, **options))


def figure(row):
    return f"{row.component} {row.year} {row.value}"


@pytest.mark.parametrize("case", OUTCOMES, ids=lambda case: case["file"])
def test_each_file_comes_out_as_stated(plan, case):
    rows = told(plan, case["file"])
    states = {row.state for row in rows}

    assert rows
    assert all(row.reason for row in rows if row.state in ("ask", "refused", "passed"))
    want = case["want"].split(" or ")[0]
    if want == "take":
        assert states <= GOOD, rows
        taken = " | ".join(figure(row) for row in rows if row.state != "passed")
        wanted = [value for value in case["value"].split(" | ") if re.match(r"[IT]-\d", value)]
        assert all(value in taken for value in wanted), rows
    elif want == "ask":
        assert "ask" in states, rows
        assert states <= GOOD | {"ask"}, rows
    elif want == "refuse":
        assert "refused" in states, rows
    else:
        assert states == {"passed"}, rows


@pytest.mark.parametrize("name", WIDE)
def test_wide_tables_give_every_cell_and_no_other(plan, name):
    rows = told(plan, name, defaults=ANNUAL)

    found = [figure(row) for row in rows if row.state in GOOD - {"passed"} or row.state == "ask"]
    assert sorted(found) == sorted(WIDE[name]["cells"])
    assert {row.state for row in rows} <= GOOD | {"ask"}
    asked = {row.component for row in rows if row.state == "ask"}
    assert asked == {"I-08"}
    answered = told(plan, name, defaults=ANNUAL, names={"公民具备科学素质的比例": "I-08"})
    assert {row.state for row in answered} <= GOOD


@pytest.mark.parametrize(
    ("name", "readings"),
    [
        ("y03-rich-superscript-footnote.xlsx", {"1400.5", "1400.51"}),
        ("x17-scaled-format.xlsx", {"140050000000", "140050"}),
        ("x26-share-as-fraction-general.xlsx", {"0.0649", "6.49"}),
    ],
)
def test_what_is_asked_names_every_reading(plan, name, readings):
    row = next(row for row in told(plan, name) if row.state == "ask")

    assert readings <= set(re.findall(r"\d+(?:\.\d+)?", row.reason))


def test_word_online_writes_word_files(tmp_path):
    assert recognise(GIVEN / "ev-网页版Word另存.docx", "会议纪要.docx").endswith("wordprocessingml.document")
