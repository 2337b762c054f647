"""The text of a cell to a value: read in the one way it can be meant, or refused with the way to write it."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.files.cells import read_choice, read_day
from indicators.files.years import read_label
from indicators.models import Observation
from tables.badcell import BadCell
from tables.cells import FormulaCell, NumberCell
from tables.numbers import read_number

TODAY = date(2026, 11, 1)


def code_of(read, *args, **options):
    with pytest.raises(BadCell) as error:
        read(*args, **options)
    return error.value.code


@pytest.mark.parametrize(
    ("text", "unit", "value", "converted"),
    [
        ("6.46", "%", "6.46", False),
        ("6.46%", "%", "6.46", False),
        ("６．４６％", "%", "6.46", False),
        (" 1,400.5 ", "亿元", "1400.5", False),
        ("1，400.5", "亿元", "1400.5", False),
        ("14 000", "家", "14000", False),
        ("-3", "%", "-3", False),
        ("−3", "%", "-3", False),
        (".5", "%", "0.5", False),
        ("24700家", "家", "24700", False),
        ("2.47万", "家", "24700", True),
        ("2.47 万家", "家", "24700", True),
        ("1.2万亿", "亿元", "12000", True),
        ("1.2万亿元", "亿元", "12000", True),
        ("1400亿", "亿元", "1400", False),
        ("7852.55亿元", "万亿元", "0.785255", True),
        ("7852.55亿", "万亿元", "0.785255", True),
        ("14005000万元", "亿元", "1400.5", True),
        ("1", "位", "1", False),
        ("98.36 pieces", "件", "98.36", False),
    ],
)
def test_a_number_is_read_in_the_indicators_unit(text, unit, value, converted):
    reading = read_number(text, unit, "pieces")

    assert (reading.value, reading.converted) == (Decimal(value), converted)


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("", "%", "no_number"),
        ("—", "%", "no_number"),
        ("n/a", "%", "no_number"),
        ("暂无", "%", "no_number"),
        ("－", "%", "no_number"),
        ("#N/A", "%", "excel_error"),
        ("#DIV/0!", "%", "excel_error"),
        ("=A1*2", "%", "formula"),
        (FormulaCell("A1*2"), "%", "formula"),
        ("约1400", "亿元", "approximate"),
        ("超2.4万家", "家", "approximate"),
        ("1400多", "亿元", "approximate"),
        ("1400以上", "亿元", "approximate"),
        ("5.5-6", "%", "approximate"),
        ("5.5–6", "%", "approximate"),
        ("1e3", "家", "scientific"),
        ("1.2E-3", "家", "scientific"),
        ("1,40", "亿元", "grouping"),
        ("1,4005", "亿元", "grouping"),
        ("1.400.5", "亿元", "grouping"),
        ("14 00", "亿元", "grouping"),
        ("6.46%", "家", "percent"),
        ("6.46‰", "%", "other_words"),
        ("6.46个百分点", "%", "other_words"),
        ("2.47万", "%", "other_words"),
        ("2.47万", "亿元", "which_unit"),
        ("2.47万", "万亿元", "which_unit"),
        ("24700件", "家", "other_words"),
        ("2万4千", "家", "other_words"),
        ("3成", "家", "other_words"),
        ("10²", "家", "other_words"),
        ("½", "家", "not_a_number"),
        ("①", "家", "not_a_number"),
        ("١٢", "家", "not_a_number"),
        ("(1,234)", "家", "not_a_number"),
        ("Infinity", "家", "not_a_number"),
        ("2024-01-29", "家", "is_date"),
        ("2024-01-29 09:30:00", "家", "is_date"),
        ("0.123456789", "%", "too_many_digits"),
        ("9" * 23, "家", "too_many_digits"),
        ("9" * 500, "家", "too_many_digits"),
        ("1.23456789万元", "万亿元", "too_many_digits"),
    ],
)
def test_what_can_be_read_in_two_ways_or_none_is_refused(text, unit, code):
    assert code_of(read_number, text, unit) == code


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=4),
    st.sampled_from(["plain", "grouped", "wide", "unit", "spaced"]),
)
def test_every_way_of_writing_a_number_gives_that_number(number, way):
    written = {
        "plain": f"{number:f}",
        "grouped": f"{number:,f}",
        "wide": f"{number:,f}".translate({ord(mark): ord(mark) + 0xFEE0 for mark in "0123456789.,-"}),
        "unit": f"{number:f}家",
        "spaced": f"　{number:f} ",
    }[way]

    assert read_number(written, "家").value == number


@given(st.text(max_size=12) | st.text("0123456789.,-+万亿元家%％约 eE()０１２，．", max_size=12))
def test_a_number_is_never_guessed(text):
    """Whatever is accepted holds the digits of the result and nothing that could mean something else."""
    try:
        reading = read_number(text, "亿元")
    except BadCell:
        return

    plain = text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
    assert re.fullmatch(
        r"[\s\u200b\ufeff]*[+\-−]?[\d., \u3000\xa0\u200b\ufeff]+\s*(万亿元?|亿元?|万?元)?\s*", plain
    )
    digits = re.sub(r"\D", "", plain, flags=re.ASCII)
    assert digits.strip("0") == str(abs(reading.value)).replace(".", "").split("E")[0].strip("0")
    assert reading.converted == bool(re.search("万|[0-9 ]元", plain))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-01-29", date(2024, 1, 29)),
        ("2024/1/29", date(2024, 1, 29)),
        ("2024.1.29", date(2024, 1, 29)),
        ("2024年1月29日", date(2024, 1, 29)),
        ("２０２４年１月２９日", date(2024, 1, 29)),
        ("20240129", date(2024, 1, 29)),
        ("2024-01-29 09:30:00", date(2024, 1, 29)),
        (NumberCell("45320"), date(2024, 1, 29)),
    ],
)
def test_a_day_is_read_as_it_is_written_here(text, day):
    assert read_day(text, today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date"),
        ("1/29/2024", "date"),
        ("29.1.2024", "date"),
        ("24-01-29", "date"),
        ("2024-02-30", "date"),
        ("2024年1月", "date"),
        ("1900-01-01", "date"),
        ("45320", "date_serial"),
        (NumberCell("45320.5"), "date"),
        ("2026-11-02", "future"),
        ("#N/A", "excel_error"),
    ],
)
def test_a_day_that_could_be_another_is_refused(text, code):
    assert code_of(read_day, text, today=TODAY) == code


def test_a_year_has_four_digits_and_is_within_reach():
    written = ("2023", "２０２３年", "2023年度", "2023.0", "二〇二三")
    assert [read_label(text, last=2035).year for text in written] == [2023] * 5
    assert [code_of(read_label, text, last=2035) for text in ("23", "", "二三")] == ["year"] * 3
    assert [code_of(read_label, text, last=2035) for text in ("1948", "2036")] == ["year_range"] * 2


def test_a_choice_is_known_by_name_and_by_label_in_both_languages():
    words = ["final", "最终核实", " Final "]

    assert [read_choice(word, Observation.ValueStatus) for word in words] == ["final"] * 3
    assert read_choice("", Observation.Precision, "exact") == "exact"
    assert code_of(read_choice, "finale", Observation.ValueStatus) == "choice"
    assert code_of(read_choice, "", Observation.ValueStatus) == "choice"
