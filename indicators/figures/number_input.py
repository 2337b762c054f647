"""A number as typed into a form: read as a file's cell is, refused in words, asked about where it is unsure."""

from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.files.readings import Answer, read_value
from tables.badcell import BadCell
from tables.faults import Fault, why_no_number
from tables.numbers import read_number
from texts.numbers import whole_number

SHOWN = 40


class NotANumber(ValueError):
    """What was typed is no number of this unit; the message says why and what to write."""


class Unsure(NotANumber):
    """What was typed can be meant in the ways of `answers`; the message says what is asked."""

    def __init__(self, message: str, answers: list[Answer]):
        super().__init__(message)
        self.answers = answers


def read_figure(text: str, unit: str) -> Decimal:
    """The number in the indicator's own unit, 2.2万 of 家 as 22000; raises NotANumber.

    For targets: their words stand beside the number, are compared with it, and say what is a bound.
    """
    try:
        return read_number(text, unit).value
    except BadCell as bad:
        raise NotANumber(why_no_number(text, bad)) from None


def read_typed(text: str, unit: str, unit_en: str = "", *, precision: str = "", choice: str = "") -> Answer:
    """What a typed figure means, 2.47万家 converted; raises NotANumber, and Unsure where a person has to say.

    `precision`: what the person said of it, which answers for a bound; `choice`: the place of the reading chosen.
    """
    try:
        answers, doubts = read_value(text, unit, unit_en)
    except BadCell as bad:
        raise NotANumber(why_no_number(text, bad)) from None
    chosen = whole_number(choice, high=len(answers) - 1)
    if doubts and chosen is None and not (len(answers) == 1 and precision == answers[0].precision != ""):
        asked = [Fault(0, "value", text, code, params).reason for code, params in doubts]
        raise Unsure(
            _("“%(typed)s”：%(asked)s") % {"typed": text.strip()[:SHOWN], "asked": _("；").join(asked)}, answers
        )
    return answers[chosen or 0]
