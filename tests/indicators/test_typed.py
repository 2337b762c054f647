from decimal import Decimal

import pytest

from indicators.figures.number_input import NotANumber, read_figure


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
    ("text", "unit", "instead"),
    [
        ("2.47万", "家", "24700"),
        ("2.47万家", "家", "24700"),
        ("0.15万亿元", "亿元", "1500"),
        ("1500万元", "亿元", "0.15"),
        ("1.2万亿", "亿元", "12000"),
    ],
)
def test_a_multiple_is_refused_with_what_to_write(text, unit, instead):
    with pytest.raises(NotANumber, match=f"应写作 {instead}$"):
        read_figure(text, unit)


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


def test_a_multiple_that_could_be_of_two_units_is_asked_about():
    with pytest.raises(NotANumber, match="^“2.47万”：不知是多少 亿元"):
        read_figure("2.47万", "亿元")
