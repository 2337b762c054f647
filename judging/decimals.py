"""The one way to print a number: in full, without exponent, zero as 0."""

from decimal import Decimal, localcontext
from fractions import Fraction


def plain(number: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def rounded(number: Fraction, digits: int = 12) -> Decimal:
    """A fraction as a decimal of `digits` significant digits; exact ones stay short."""
    with localcontext() as context:
        context.prec = digits
        return Decimal(number.numerator) / Decimal(number.denominator)
