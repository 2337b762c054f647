"""What a cell shows of its number: another one, or one with a word of size, and nothing where it is the same."""

from decimal import Decimal

import pytest

from tables.formats import is_day, is_percent, shown


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("140050000000", '0.00,,"亿"', "140050.00亿"),
        ("14005000.4", '0!.0,"万"', "1400.5万"),
        ("1400.54", "0.0", "1400.5"),
        ("1400.5", "#,##0", "1401"),
        ("1400.5", "#,##0.00", None),
        ("1400.5", "0.00E+00", None),
        ("1400.5", "# ?/?", None),
        ("1400.5", "General", None),
        ("1400.5", "@", None),
        ("2.47", '0.00"万家"', "2.47万家"),
        ("108", 'General"件"', None),
        ("0.0649", "0.00%", None),
        ("0.0649", "0%", "6%"),
        ("6.49", '0.00"%"', "6.49%"),
        ("6.49", "0.00_%", None),
        ("-1.5", "0.0;0.0", "1.5"),
        ("-1.5", "0.0_);(0.0)", None),
        ("-1.5", "0.0;[Red]-0.0", None),
        ("0", "0;-0;;@", ""),
        ("5", ";;;", ""),
        ("24700", '[>=10000]0.00,,"亿";0', "0.02亿"),
        ("108", '[>=10000]0.00,,"亿";0', None),
        ("108", "[DBNum1]General", None),
        ("108", '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ', None),
        ("108", "[$USD] #,##0", None),
        ("2023", '0"年"', None),
        ("1400.5", '"约"0.0', "约1400.5"),
        ("1400.5", '0.0"以上"', "1400.5以上"),
    ],
)
def test_another_number_than_the_one_held_is_told(value, code, text):
    assert shown(Decimal(value), code) == text


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("yyyy-mm-dd", True), ('yyyy"年"', True), ("[h]:mm", True), ("[$-804]aaaa;@", False), ("0.00", False),
        ("General", False), ("G/通用格式", False), ('0"d"', False), ("0_d", False), ("0\\h", False),
        ("[Red]0.00", False), ("[$USD] 0", False),
    ],
)  # fmt: skip
def test_days_are_told_from_numbers(code, day):
    assert is_day(code) is day


def test_per_cent_is_told_from_a_written_sign():
    assert [is_percent(code) for code in ("0.00%", '0.00"%"', "0.00\\%", "[Red]0.00%")] == [
        True,
        False,
        False,
        True,
    ]
