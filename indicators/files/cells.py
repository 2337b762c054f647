"""From the text of a cell to a day or a word; years are read by indicators.files.years, numbers by tables.numbers.

Nothing is guessed: what can be read in two ways is refused, with the way to write it.
"""

import re
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation

from indicators.files.years import FIRST_YEAR
from tables.badcell import BadCell
from tables.cells import NumberCell, narrow
from tables.numbers import refuse_what_is_no_cell

EXCEL_EPOCH = date(1899, 12, 30)


@lru_cache(maxsize=4096, typed=True)
def read_day(text: str, *, today: date) -> date:
    """2024-01-29, 2024/1/29, 2024.1.29, 2024年1月29日, 20240129 or a workbook's day; not after `today`."""
    refuse_what_is_no_cell(text)
    plain = narrow(text)
    if re.fullmatch(r"[2-7]\d{4}", plain, re.ASCII):
        # As text the number may be anything; as a workbook's number in this column it is a day.
        if not isinstance(text, NumberCell):
            raise BadCell("date_serial")
        day = EXCEL_EPOCH + timedelta(days=int(plain))
    else:
        day = _day(plain)
    if day.year < FIRST_YEAR:
        raise BadCell("date")
    if day > today:
        raise BadCell("future")
    return day


def _day(plain: str) -> date:
    patterns = (
        r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?",
        r"(\d{4})/(\d{1,2})/(\d{1,2})(?: \d{1,2}:\d{2}(?::\d{2})?)?",
        r"(\d{4})\.(\d{1,2})\.(\d{1,2})",
        r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日",
        r"(\d{4})(\d{2})(\d{2})",
    )
    for pattern in patterns:
        if match := re.fullmatch(pattern, plain, re.ASCII):
            try:
                return date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                break
    raise BadCell("date")


@lru_cache(maxsize=4096, typed=True)
def read_choice(text: str, choices: Any, default: str = "") -> str:
    """A choice by its machine name or its label in any language of the site; empty means the default."""
    refuse_what_is_no_cell(text)
    plain = narrow(text)
    if not plain and default:
        return default
    value = _words(choices).get(plain.lower())
    if value is None:
        raise BadCell("choice", options="、".join(str(label) for label in choices.labels))
    return value


YES, NO = ("是", "不含", "yes", "true", "1"), ("否", "含", "no", "false", "0")


def read_flag(text: str, default: bool) -> bool:
    """是 or 否, in any of the usual spellings; empty means the default."""
    refuse_what_is_no_cell(text)
    plain = narrow(text).lower()
    if not plain:
        return default
    if plain not in YES + NO:
        raise BadCell("choice", options="、".join((YES[0], NO[0])))
    return plain in YES


@cache
def _words(choices: Any) -> dict[str, str]:
    words = {value: value for value in choices.values}
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            words |= {str(label).lower(): value for value, label in choices.choices}
    return words
