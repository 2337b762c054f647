"""A number as typed into a form or pasted into the grid: read as a file's cell is, and refused in words.

Where a file's 2.47万 is converted, because its row is looked at again before it is stored, a typed one is
refused with the number to write instead.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.files.badcell import BadCell
from indicators.files.cells import read_number
from indicators.files.faults import Fault
from judging.decimals import plain

SHOWN = 40
# A file is told to leave such rows out; a form has one field and nothing to leave out.
NO_NUMBER = ("not_a_number", "no_number")


class NotANumber(ValueError):
    """What was typed is no number of this unit; the message says why and what to write."""


def read_figure(text: str, unit: str) -> Decimal:
    """The number in the indicator's own unit; raises NotANumber."""
    shown = text.strip()[:SHOWN]
    try:
        reading = read_number(text, unit)
    except BadCell as bad:
        raise NotANumber(why_no_figure(text, bad)) from None
    if reading.converted:
        raise NotANumber(
            _("单位是%(unit)s，不收“万”“亿”；%(typed)s 应写作 %(meant)s")
            % {"unit": unit, "typed": shown, "meant": plain(reading.value)}
        )
    return reading.value


def why_no_figure(text: str, bad: BadCell) -> str:
    """Why what was typed is no number, and what to write."""
    shown = text.strip()[:SHOWN]
    if bad.code in NO_NUMBER:
        return _("“%(typed)s”不是数字；只填数，例如 1234.5") % {"typed": shown}
    reason = Fault(0, "value", text, bad.code, bad.params).reason
    return _("“%(typed)s”：%(reason)s") % {"typed": shown, "reason": reason}
