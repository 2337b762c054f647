"""One value against one target: the methods A and B, the completion D, and what would change them.

Letters as in docs/methods.md: b base year, y0 base value, t year judged, y its value, T target year, y* yardstick.
"""

from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from fractions import Fraction

from judging.intervals import Number
from judging.terms import Cagr, Cutoffs, Linear, Outlook, TargetRule

# Growth rates are worked out to this many digits, whatever the size of the values.
DIGITS = 120
# A factor nearer to 1 than this loses too many of them to a logarithm: its growth is its first-order term.
NEAR_ONE = Decimal("1e-50")
RATIO_STEP = Decimal("1e-10")


@dataclass(frozen=True, slots=True)
class ValueCase:
    """The numbers one judgement works with; `planned` is E where the path is not the straight line.

    `no_growth` is why growth rates do not apply to what is compared, or "".
    """

    target: TargetRule
    b: int | None
    y0: Number | None
    t: int
    y: Number
    T: int
    cutoffs: Cutoffs
    planned: Fraction | None = None
    no_growth: str = ""

    @property
    def met(self) -> bool:
        return self.target.met(self.y)

    @property
    def base_met(self) -> bool:
        return self.y0 is not None and self.target.met(self.y0)


def linear(case: ValueCase) -> Linear:
    """First rule that fits, methods 1.2."""
    numbers = _path(case)
    if case.met:
        return Linear("achieved", None, *numbers)
    if case.t == case.T:
        return Linear("missed", None, *numbers)
    if case.y0 is None:
        return Linear("not_assessable", "no_baseline")
    if case.base_met:
        return Linear("regressed", "met_at_baseline", tau=_tau(case))
    progress, lead, expected, _ = numbers
    if progress is None or expected is None:  # y0 = y*: only a strict bound starts there without being met
        status = "behind" if case.y == case.y0 else "regressed"
        return Linear(status, "baseline_equals_bound", tau=_tau(case))
    if case.target.type == "range_inside" and progress > 1:
        return Linear("overshoot", None, *numbers)
    if lead is None:
        return Linear(_beside_path(case, expected), "path_at_baseline", *numbers)
    return Linear(band_linear(lead, case.cutoffs), None, *numbers)


def _beside_path(case: ValueCase, expected: Fraction) -> str:
    """Where the plan does not ask for a step forward yet there is no share of it, only a side of the path."""
    star = case.target.yardstick(case.y0)
    assert star is not None
    assert case.y0 is not None
    is_kept = case.y >= expected if star > case.y0 else case.y <= expected
    return "on_schedule" if is_kept else "regressed"


def band_linear(lead: Fraction, cutoffs: Cutoffs) -> str:
    if lead >= Fraction(cutoffs.ahead):
        return "ahead"
    if lead >= Fraction(cutoffs.on_schedule):
        return "on_schedule"
    if lead >= Fraction(cutoffs.slightly_behind):
        return "slightly_behind"
    return "behind" if lead >= 0 else "regressed"


def _tau(case: ValueCase) -> Fraction | None:
    return None if case.b is None else Fraction(case.t - case.b, case.T - case.b)


def _path(case: ValueCase) -> tuple[Fraction | None, Fraction | None, Fraction | None, Fraction | None]:
    """progress p, lead L, expected E, tau; without a path (no base, base met, y0 = y*) only tau.

    No lead where the path has not left the base yet, or leads away from the target first."""
    tau = _tau(case)
    star = case.target.yardstick(case.y0)
    if tau is None or case.y0 is None or star is None or case.base_met or star == case.y0:
        return None, None, None, tau
    y0 = Fraction(case.y0)
    way = Fraction(star) - y0
    done = Fraction(case.y) - y0
    expected = y0 + tau * way if case.planned is None else case.planned
    due = expected - y0
    return done / way, done / due if due * way > 0 else None, expected, tau


def cagr(case: ValueCase) -> Cagr:
    """First rule that fits, methods 1.3."""
    reason = _cagr_reason(case)
    ratio = _ratio(case) if reason is None else None
    if case.met:
        return Cagr("achieved", None, ratio)
    if case.t == case.T:
        return Cagr("missed", None, ratio)
    if ratio is None:
        return Cagr("not_assessable", reason)
    progress = _path(case)[0]
    if case.target.type == "range_inside" and progress is not None and progress > 1:
        return Cagr("overshoot", None, ratio)
    if ratio >= case.cutoffs.on_schedule:
        return Cagr("significant", None, ratio)
    if ratio >= case.cutoffs.slightly_behind:
        return Cagr("moderate", None, ratio)
    return Cagr("insufficient" if ratio >= 0 else "away", None, ratio)


def _cagr_reason(case: ValueCase) -> str | None:
    """Why growth rates cannot be compared, or None."""
    if case.no_growth:
        return case.no_growth
    if case.y0 is None:
        return "no_baseline"
    star = case.target.yardstick(case.y0)
    if case.y0 <= 0 or (star is not None and star <= 0):
        return "non_positive_base_or_target"
    if case.y < 0:
        return "negative_value"
    if case.base_met:
        return "met_at_baseline"
    return "baseline_equals_bound" if star == case.y0 else None


def _ratio(case: ValueCase) -> Decimal:
    star = case.target.yardstick(case.y0)
    assert case.y0 is not None
    assert case.b is not None
    assert star is not None
    with localcontext(Context(prec=DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN)):
        start = decimal(case.y0)
        actual = _growth(decimal(case.y), start, case.t - case.b)
        required = _growth(star, start, case.T - case.b)
        ratio = actual / required
        # Beyond DIGITS there are no decimals left to round.
        return ratio.quantize(RATIO_STEP) if ratio.adjusted() < DIGITS - 12 else ratio


def decimal(number: Number) -> Decimal:
    """A number to the digits of the context; a decimal as it is."""
    return number if isinstance(number, Decimal) else Decimal(number.numerator) / Decimal(number.denominator)


def _growth(end: Decimal, start: Decimal, years: int) -> Decimal:
    """Yearly growth from start to end, as a share, in the context's precision."""
    if end == 0:
        return Decimal(-1)
    factor = end / start
    if abs(factor - 1) < NEAR_ONE:
        step = (Fraction(end) - Fraction(start)) / Fraction(start) / years
        return Decimal(step.numerator) / Decimal(step.denominator)
    return (factor.ln() / years).exp() - 1


def completion(case: ValueCase) -> tuple[Fraction, ...]:
    """D: y/y* in per cent, against both ends of a range; empty where an end is zero. Never coloured."""
    ends = [end for end in (case.target.value, case.target.low, case.target.high) if end is not None]
    return tuple(Fraction(case.y) / Fraction(end) * 100 for end in ends if end)


def outlook(case: ValueCase) -> Outlook:
    star = case.target.yardstick(case.y0)
    if star is None:
        return Outlook()
    overshot = case.target.overshot_end(case.y, case.y0)
    y, goal = Fraction(case.y), Fraction(star if overshot is None else overshot)
    left, gap = case.T - case.t, goal - y
    pace_needed = gap / left if left else None
    if case.y0 is None or case.b is None:
        return Outlook(gap=gap, pace_needed=pace_needed)
    y0, due = Fraction(case.y0), _due(case)
    pace = (y - y0) / (case.t - case.b)
    towards = pace != 0 and gap / pace >= 0
    return Outlook(
        needed_on_schedule=None if due is None else y0 + Fraction(case.cutoffs.on_schedule) * due,
        needed_ahead=None if due is None else y0 + Fraction(case.cutoffs.ahead) * due,
        gap=gap,
        pace_so_far=pace,
        pace_needed=pace_needed,
        reached_in=case.t + gap / pace if towards and not case.met else None,
        projected=y + pace * left if left else None,
    )


def _due(case: ValueCase) -> Fraction | None:
    """The way from the base that should be behind by year t; None where no share of it can be said."""
    _, lead, expected, _ = _path(case)
    return None if lead is None or expected is None or case.y0 is None else expected - Fraction(case.y0)
