from decimal import Decimal

import pytest

from indicators.figures.number_input import NotANumber, Unsure, read_figure, read_typed


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("24700", "家", "24700"),
        ("２４，７００", "家", "24700"),
        ("24,700.50", "家", "24700.5"),
        ("24 700 家", "家", "24700"),
        ("1500亿元", "亿元", "1500"),
        ("1500亿", "亿元", "1500"),
        ("5.5％", "%", "5.5"),
        ("−0.3", "%", "-0.3"),
        ("0", "件", "0"),
    ],
)
def test_a_number_is_read_as_people_write_it(text, unit, value):
    assert read_figure(text, unit) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("2.47万", "家", "24700"),
        ("2.47万家", "家", "24700"),
        ("0.15万亿元", "亿元", "1500"),
        ("1500万元", "亿元", "0.15"),
        ("1.2万亿", "亿元", "12000"),
    ],
)
def test_a_multiple_is_converted(text, unit, value):
    assert read_figure(text, unit) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n/a",
        "1,23",
        "1.234,5",
        "1/4",
        "5-6",
        "1e5",
        "NaN",
        "١٢",
        "1" * 23,
        "0.123456789",
        "9" * 10_000,
        "10²",
        "=1+1",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotANumber):
        read_figure(text, "件")


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("2.47万", "家", "24700"),
        ("1.1万亿", "亿元", "11000"),
        ("1500万元", "亿元", "0.15"),
        ("24,700", "家", "24700"),
    ],
)
def test_a_figure_is_converted_as_in_a_file(text, unit, value):
    assert read_typed(text, unit).value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value", "precision", "exclusive"),
    [
        ("突破2.6万家", 26000, "lower_bound", True),
        ("2.6万家以上", 26000, "lower_bound", False),
        ("2400余家", 2400, "lower_bound", True),
        ("2400多家", 2400, "lower_bound", True),
        ("2.6万+", 26000, "lower_bound", False),
        ("不足2.5万", 25000, "upper_bound", True),
        ("约2.47万", 24700, "approximate", False),
        ("2.47万左右", 24700, "approximate", False),
        ("大约2.47万家", 24700, "approximate", False),
        ("≈24700", 24700, "approximate", False),
        ("～24700", 24700, "approximate", False),
        ("24700上下", 24700, "approximate", False),
    ],
)
def test_what_bounds_a_number_is_asked_about(text, value, precision, exclusive):
    with pytest.raises(Unsure) as caught:
        read_typed(text, "家")
    (answer,) = caught.value.answers
    assert (answer.value, answer.precision, answer.exclusive) == (value, precision, exclusive)
    assert read_typed(text, "家", choice="0") == read_typed(text, "家", precision=precision) == answer


def test_a_multiple_that_could_be_of_two_units_is_asked_about():
    with pytest.raises(NotANumber, match="^“2.47万”：不知是多少 亿元"):
        read_figure("2.47万", "亿元")
