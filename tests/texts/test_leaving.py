"""Any text a form takes leaves by every format and reads back; what was stored before the rule leaves too."""

import csv
import io
import json
import zipfile
from contextlib import suppress
from datetime import date
from xml.etree import ElementTree

import docx
import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from assessments.report.document import Document, DocumentParagraph, DocumentTable, Heading, Labelled
from assessments.report.docx import write_docx
from charts.png import standalone
from dashboard.feeds import SafeAtom, SafeRss
from plan.columns import Column, columns
from plan.exports.cells import unguard
from plan.exports.csvfile import csv_bytes
from plan.exports.workbook import workbook
from plan.models import Source
from tests.factories import make_component, make_observation, make_plan
from tests.texts.test_cleaning import TEXTS
from texts.forms import LineField, ProseField

# In a workbook _x0041_ stands for A: typed so, it must come back so.
TYPED = st.one_of(TEXTS, st.sampled_from(["_x0041_", "_x005F_x000B_", "'=x", "''=x", "'-附件三", "=1+1", "a]]>b"]))


def taken(field, text):
    """What a form makes of a text, or None where it refuses it in words."""
    with suppress(ValidationError):
        return field(required=False).clean(text)
    return None


@given(TYPED)
def test_a_line_reads_back_from_csv_json_and_workbook(text):
    line = taken(LineField, text)
    if not line:
        return

    written = csv_bytes(columns(Column("a", "a", "a")), [{"a": line}], header="code", encoding="utf-8")
    rows = list(csv.reader(io.StringIO(written.decode())))
    named = columns(Column("title", "名称", "Title"))
    with workbook(named, [{"title": line}], [("注", line)], title=line, header="zh") as file:
        book = openpyxl.load_workbook(io.BytesIO(file.read()))

    assert unguard(rows[1][0]) == line
    assert json.loads(json.dumps({"a": line}, ensure_ascii=False).encode()) == {"a": line}
    # openpyxl leaves to its callers what Excel does itself.
    assert unescape(book["数据"]["A2"].value) == line
    assert unescape(book["说明"]["B1"].value) == line


@given(TYPED)
def test_prose_reads_back_from_word_picture_and_feeds(text):
    prose = taken(ProseField, text)
    if not prose:
        return
    blocks = [
        Heading(1, "一"),
        DocumentParagraph(prose),
        Labelled("说明", prose),
        DocumentTable(prose, ["列"], [[prose]], [1]),
    ]

    file = docx.Document(io.BytesIO(write_docx(Document(prose, "", [prose], "2024-01-01", blocks))))

    said = "\n".join(paragraph.text for paragraph in file.paragraphs)
    assert all(line in said for line in prose.split("\n"))
    svg = f'<svg width="1" height="1"><text>{ElementTree.tostring(titled(prose), "unicode")}</text></svg>'
    assert prose in "".join(ElementTree.fromstring(standalone(svg)).itertext())
    for kind in (SafeRss, SafeAtom):
        feed = kind(title=prose, link="/", description=prose)
        feed.add_item(title=prose, link="/", description=prose, unique_id="1", pubdate=None)
        assert prose in "".join(ElementTree.fromstring(feed.writeString("utf-8")).itertext())


def titled(text):
    element = ElementTree.Element("title")
    element.text = text
    return element


@pytest.mark.breadth
@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "reports/file/?dataset=observations&format=xlsx",
        "reports/file/?dataset=progress&format=xlsx",
        "reports/file/?dataset=observations&format=csv",
        "observations.json",
        "changes.rss",
        "changes.atom",
        "package.zip",
        "indicators/I-01/picture/I-01.svg",
    ],
)
def test_what_was_stored_before_there_was_a_rule_can_still_be_taken_out(client, path):
    plan = make_plan()
    row = make_observation(make_component(plan), 2021, "120", note="旧\x08注")
    with connection.cursor() as cursor:  # past every door
        cursor.execute("UPDATE plan_source SET title = %s WHERE id = %s", ["附件\x0b一\x01\ufffe", row.source_id])
    assert Source.objects.get(pk=row.source_id).title == "附件\x0b一\x01\ufffe"

    answer = client.get(f"/test-plan/{path}")

    data = b"".join(answer) if answer.streaming else answer.content
    assert answer.status_code == 200
    if path.endswith((".rss", ".atom", ".svg")):
        ElementTree.fromstring(data)
    if "xlsx" in path:
        cells = [
            cell.value for sheet in openpyxl.load_workbook(io.BytesIO(data)) for line in sheet for cell in line
        ]
        assert "附件\n一" in cells
    if path.endswith(".zip"):
        assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    assert row.released_on > date(2000, 1, 1)
