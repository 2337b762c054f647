"""The one way to print a number: in full, without exponent, zero as 0."""

from decimal import Decimal, localcontext
from fractions import Fraction


def plain(number: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def decimal_of(number: Fraction | None, digits: int = 12) -> Decimal | None:
    """A fraction as a decimal of `digits` significant digits; exact ones stay short, None stays None."""
    return None if number is None else rounded(number, digits)


def rounded(number: Fraction, digits: int = 12) -> Decimal:
    """As `decimal_of`, of what is known."""
    with localcontext() as context:
        context.prec = digits
        return Decimal(number.numerator) / Decimal(number.denominator)
