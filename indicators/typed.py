"""Numbers as people type or paste them: full-width digits, thousands separators, the unit behind the number.

A multiple (万, 亿) that is not the unit's own is never converted silently: the number is refused, and the
refusal says what to write instead.
"""

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.assess_body import plain

MULTIPLES = {"万亿": 12, "亿": 8, "万": 4}
PLAIN = re.compile(r"[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")
WHOLE_DIGITS, PLACES = 22, 8


class NotANumber(ValueError):
    """What was typed is no number of this unit; the message says why and what to write."""


def read_figure(text: str, unit: str) -> Decimal:
    """The number in the indicator's own unit; raises NotANumber."""
    typed = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    own = unicodedata.normalize("NFKC", unit)
    # 亿元 is both a multiple and the unit: the unit as it stands is taken off first.
    bare = _without(typed, own)
    number, multiple = bare, 0
    own_multiple, noun = _split(own)
    if not PLAIN.fullmatch(_closed(bare)):
        number, multiple = _multiple(_without(typed, noun) if noun else typed)
    number = _closed(number)
    if not PLAIN.fullmatch(number):
        raise NotANumber(_("“%(typed)s”不是数字；只填数，例如 1234.5") % {"typed": text.strip()[:40]})
    value = Decimal(number.replace(",", ""))
    if multiple and multiple != own_multiple:
        meant = value.scaleb(multiple - own_multiple)
        raise NotANumber(
            _("单位是%(unit)s，不收“万”“亿”；%(typed)s 应写作 %(meant)s")
            % {"unit": unit, "typed": text.strip()[:40], "meant": plain(meant)}
        )
    if abs(value) >= Decimal(10) ** WHOLE_DIGITS or -int(value.as_tuple().exponent) > PLACES:
        raise NotANumber(_("整数至多 22 位，小数至多 8 位"))
    return value


def _without(text: str, ending: str) -> str:
    return text.removesuffix(ending).rstrip() if ending else text


def _closed(text: str) -> str:
    """Without blanks between groups of digits: 24 700 is 24,700."""
    return re.sub(r"(?<=\d) (?=\d{3}(\D|$))", ",", text)


def _split(unit: str) -> tuple[int, str]:
    """亿元 → (8, 元); 家 → (0, 家)."""
    for word, power in MULTIPLES.items():
        if unit.startswith(word):
            return power, unit.removeprefix(word)
    return 0, unit


def _multiple(text: str) -> tuple[str, int]:
    """2.47万 → ("2.47", 4); a number without a multiple → (the text, 0)."""
    for word, power in MULTIPLES.items():
        if text.endswith(word):
            return text.removesuffix(word).rstrip(), power
    return text, 0
