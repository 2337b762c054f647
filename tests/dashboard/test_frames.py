import csv
import io

import pytest

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database


def test_wide_table_has_a_row_a_component_and_a_column_a_year(plan, client):
    data = client.get("/sz-sti-14/wide.csv?as_of=2024-06-30").content.decode("utf-8-sig")
    rows = {row["component"]: row for row in csv.DictReader(io.StringIO(data))}

    assert list(rows["I-01"])[:6] == ["code", "component", "indicator", "unit", "target_text", "y2014"]
    assert (rows["I-01"]["y2022"], rows["I-01"].get("y2024", "")) == ("5.81", "")
    assert rows["I-05"]["y2022"] == ""
    assert len(rows) == 11


def test_wide_table_as_json_keeps_missing_as_null(plan, client):
    rows = client.get("/sz-sti-14/wide.json").json()["results"]

    assert next(row for row in rows if row["component"] == "I-08")["2021"] is None
