"""Cells of files: harmless in a spreadsheet, and read back as they were."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.exports.cells import guard, json_value, unguard
from plan.exports.csvfile import csv_line

TEXTS = st.text(st.sampled_from("'=+-@\t\r＝＋－＠a中 \n\","), max_size=6) | st.text(max_size=20)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-附件三", "'-附件三"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("'=x", "''=x"),
        ("''-x", "'''-x"),
        ("'x", "'x"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_text_that_would_run_is_made_harmless(text, cell):
    assert guard(text) == cell
    assert unguard(cell) == text


@given(TEXTS)
def test_a_guarded_text_is_read_back_as_it_was(text):
    assert unguard(guard(text)) == text


@given(TEXTS, TEXTS)
def test_two_texts_are_never_written_as_one_cell(one, other):
    assert (guard(one) == guard(other)) == (one == other)


@given(TEXTS)
def test_no_cell_begins_with_a_mark(text):
    written = next(csv.reader(io.StringIO(csv_line([text, "x"]), newline="")))[0]

    assert written[:1] not in {*"=+-@\t\r＝＋－＠"}
    assert unguard(written) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (Decimal("0E-8"), "0"),
        (Decimal("-0.0"), "0"),
        (Decimal("1E-8"), "0.00000001"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-1.0500"), "-1.05"),
        (7, 7),
        (None, ""),
        (["a", "b"], "a、b"),
        (["=a", "b"], "'=a、b"),
        (date(2026, 1, 2), date(2026, 1, 2)),
        (datetime(2023, 7, 5, 18, 30, 59, tzinfo=UTC), "2023-07-06T02:30:59+08:00"),
    ],
)
def test_what_is_no_text_is_written_as_what_it_is(value, cell):
    assert guard(value) == cell


def test_numbers_are_plain_text_in_json_and_zero_is_0():
    assert [json_value(Decimal(text)) for text in ("0E-8", "1E-8", "-2.50")] == ["0", "0.00000001", "-2.5"]
