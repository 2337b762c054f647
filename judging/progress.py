"""How progress against a dated target is judged: the rules of docs/methods.md, and nothing else.

Pure functions on exact numbers: Decimal in, Fraction inside, no tolerance, no "now". Letters as in the
methods: b base year, y0 base value, t year judged, y its value, T target year, y* yardstick.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from fractions import Fraction
from math import floor
from typing import Literal

RULE_VERSION = "2026.1"

TargetType = Literal["point", "strict", "range_floor", "range_inside"]
Direction = Literal["up", "down"]
Accumulation = Literal["level", "cumulative"]
TARGET_TYPES = ("point", "strict", "range_floor", "range_inside")
PROVISIONAL_STATUSES = frozenset({"preliminary", "estimated"})
VALUE_STATUSES = ("preliminary", "final", "revised", "estimated")

# Worst first: a compound indicator stands where its worst part stands (methods 1.5).
LINEAR_ORDER = (
    "missed",
    "regressed",
    "behind",
    "overshoot",
    "slightly_behind",
    "on_schedule",
    "ahead",
    "achieved",
)
CAGR_ORDER = ("missed", "away", "insufficient", "overshoot", "moderate", "significant", "achieved")
FINAL_ORDER = ("not_achieved", "provisional_not_achieved", "pending", "provisional_achieved", "achieved")
# Known to be bad whatever an unknown part turns out to be.
DECIDING = frozenset({"missed", "regressed", "away"})
# Growth rates are worked out to this many digits, whatever the size of the values.
DIGITS = 120
# A factor nearer to 1 than this loses too many of them to a logarithm: its growth is its first-order term.
NEAR_ONE = Decimal("1e-50")
RATIO_STEP = Decimal("1e-10")


class InvalidInput(ValueError):
    """An input the rules do not take; `field` names it as the calculator's body does."""

    def __init__(self, field: str, message: str):
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Lower bounds of the bands, as shares; 0.95 and 0.60 serve both methods, 1.05 is linear_time's."""

    ahead: Decimal = Decimal("1.05")
    on_schedule: Decimal = Decimal("0.95")
    slightly_behind: Decimal = Decimal("0.60")


@dataclass(frozen=True, slots=True)
class TargetRule:
    """What is to be reached. Direction is required but for range_inside: none is ever guessed."""

    type: TargetType
    direction: Direction | None = None
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    def __post_init__(self) -> None:
        if self.type not in TARGET_TYPES:
            raise InvalidInput("target.type", f"应为 {'、'.join(TARGET_TYPES)} 之一 / unknown target type")
        if self.direction not in ("up", "down") and not (self.type == "range_inside" and self.direction is None):
            raise InvalidInput("target.direction", "应为 up 或 down / direction must be up or down")
        ranged = self.type.startswith("range")
        for name, wanted in (("value", not ranged), ("low", ranged), ("high", ranged)):
            number = getattr(self, name)
            if wanted and number is None:
                raise InvalidInput(f"target.{name}", "缺少 / required for this type")
            if not wanted and number is not None:
                raise InvalidInput(f"target.{name}", "此类型不用 / not used by this type")
            if number is not None and not number.is_finite():
                raise InvalidInput(f"target.{name}", "应为有限数 / must be a finite number")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise InvalidInput("target.low", "下限大于上限 / low is above high")

    def met(self, y: Decimal | Fraction) -> bool:
        """Whether a value reaches the target: exact, ends of a range included, a strict bound excluded."""
        if self.type == "range_inside":
            assert self.low is not None
            assert self.high is not None
            return self.low <= y <= self.high
        bound = self._bound()
        if self.type == "strict":
            return y > bound if self.direction == "up" else y < bound
        return y >= bound if self.direction == "up" else y <= bound

    def yardstick(self, y0: Decimal | None = None) -> Decimal | None:
        """y*: the value the path leads to; None for range_inside without a base outside the range."""
        if self.type != "range_inside":
            return self._bound()
        if y0 is None or self.met(y0):
            return None
        assert self.low is not None
        assert self.high is not None
        return self.low if y0 < self.low else self.high

    def _bound(self) -> Decimal:
        bound = self.value if self.value is not None else self.low if self.direction == "up" else self.high
        assert bound is not None
        return bound


@dataclass(frozen=True, slots=True)
class Figure:
    """One year's value as known; `value` None is a missing figure and is skipped, never read as zero."""

    year: int
    value: Decimal | None
    status: str = "final"

    @property
    def provisional(self) -> bool:
        return self.status in PROVISIONAL_STATUSES


@dataclass(frozen=True, slots=True)
class Linear:
    """A 时间进度法: shares p, L = p/tau, and E, the value expected in year t (unit of the indicator)."""

    status: str
    reason: str | None = None
    progress: Fraction | None = None
    lead: Fraction | None = None
    expected: Fraction | None = None
    tau: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Cagr:
    """B 复合增长率比值法: actual over required yearly growth, to 10 decimals."""

    status: str
    reason: str | None = None
    ratio: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would change the verdict, in the indicator's unit: exact, None where it cannot be said."""

    needed_on_schedule: Fraction | None = None
    needed_ahead: Fraction | None = None
    gap: Fraction | None = None
    pace_so_far: Fraction | None = None
    pace_needed: Fraction | None = None
    reached_in: Fraction | None = None
    projected: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The judgement of one component by both methods, with C (final verdict) and D (completion)."""

    final_verdict: str
    provisional: bool
    first_attained_year: int | None
    late_attained_year: int | None
    at_bound: bool
    latest: Figure | None
    linear: Linear
    cagr: Cagr
    completion: tuple[Fraction, ...]
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class Compound:
    """The joint judgement of several parts: the worst of them, never an average."""

    linear_status: str
    cagr_status: str
    final_verdict: str


@dataclass(frozen=True, slots=True)
class Counts:
    """achieved of total with `undecided` open: the share lies in [low, high] (methods 1.6)."""

    total: int
    achieved: int
    undecided: int

    @property
    def low(self) -> Fraction:
        return Fraction(self.achieved, self.total) if self.total else Fraction(0)

    @property
    def high(self) -> Fraction:
        return Fraction(self.achieved + self.undecided, self.total) if self.total else Fraction(0)


@dataclass(frozen=True, slots=True)
class _Case:
    """The numbers one judgement works with."""

    target: TargetRule
    b: int | None
    y0: Decimal | None
    t: int
    y: Decimal
    T: int
    cutoffs: Cutoffs
    accumulation: Accumulation

    @property
    def met(self) -> bool:
        return self.target.met(self.y)

    @property
    def base_met(self) -> bool:
        return self.y0 is not None and self.target.met(self.y0)


def assess(
    *,
    base_year: int | None,
    base_value: Decimal | None,
    target_year: int,
    target: TargetRule,
    observations: Iterable[Figure],
    accumulation: Accumulation = "level",
    cutoffs: Cutoffs | None = None,
) -> Assessment:
    """Judges one component (methods 1.1 to 1.4, 1.6 D).

    Of several figures for one year the last given counts: give them in the order of their release.
    Raises InvalidInput naming the field.
    """
    if base_value is not None and base_year is None:
        raise InvalidInput("base_year", "有基期值就须有基期年 / required with base_value")
    if base_year is not None and target_year <= base_year:
        raise InvalidInput("target_year", "须晚于基期年 / must be after base_year")
    if base_value is not None and not base_value.is_finite():
        raise InvalidInput("base_value", "应为有限数 / must be a finite number")
    figures = {figure.year: figure for figure in observations if figure.value is not None}
    if any(figure.value is not None and not figure.value.is_finite() for figure in figures.values()):
        raise InvalidInput("observations", "应为有限数 / must be finite numbers")
    years = sorted(year for year in figures if base_year is None or year > base_year)
    within = [year for year in years if year <= target_year]
    latest = figures[within[-1]] if within else None
    attained = [year for year in years if target.met(_value(figures[year]))]
    first = next((year for year in attained if year <= target_year), None)
    at_end = figures.get(target_year)
    case = None
    if latest is not None:
        case = _Case(
            target=target,
            b=base_year if base_value is not None else None,
            y0=base_value,
            t=latest.year,
            y=_value(latest),
            T=target_year,
            cutoffs=cutoffs or Cutoffs(),
            accumulation=accumulation,
        )
    missing = "no_baseline" if base_value is None else "no_observation_after_base"
    return Assessment(
        final_verdict=_final(target, at_end),
        provisional=latest is not None and latest.provisional,
        first_attained_year=first,
        late_attained_year=attained[0] if attained and first is None else None,
        at_bound=at_end is not None and target.type == "strict" and at_end.value == target.value,
        latest=latest,
        linear=_linear(case) if case else Linear("not_assessable", missing),
        cagr=_cagr(case) if case else Cagr("not_assessable", missing),
        completion=_completion(case) if case else (),
        outlook=_outlook(case) if case else Outlook(),
    )


def assess_compound(parts: Sequence[Assessment]) -> Compound:
    """The worst part decides; an unknown part hides the rest unless a known one is already lost (1.5)."""
    return Compound(
        _worst([part.linear.status for part in parts], LINEAR_ORDER),
        _worst([part.cagr.status for part in parts], CAGR_ORDER),
        _worst([part.final_verdict for part in parts], FINAL_ORDER),
    )


def worst_linear(statuses: Sequence[str]) -> str:
    """The same for linear_time alone, from the words of the parts."""
    return _worst(statuses, LINEAR_ORDER)


def count_final(verdicts: Iterable[str]) -> Counts:
    """Counts for the completion rate from final verdicts; provisional ones and pending are undecided."""
    words = list(verdicts)
    decided = ("achieved", "not_achieved")
    return Counts(len(words), words.count("achieved"), sum(word not in decided for word in words))


def cut(share: Fraction | Decimal, places: int) -> Decimal:
    """A number for display, cut towards the worse side: 94.96 never shows as 95.0 (methods 1.7)."""
    exact = share if isinstance(share, Fraction) else Fraction(share)
    # Down means towards minus infinity: -0.4 % is not 0 %.
    sign, digits, _ = Decimal(floor(exact * 10**places)).as_tuple()
    return Decimal((sign, digits, -places))


def _value(figure: Figure) -> Decimal:
    assert figure.value is not None
    return figure.value


def _final(target: TargetRule, at_end: Figure | None) -> str:
    if at_end is None:
        return "pending"
    word = "achieved" if target.met(_value(at_end)) else "not_achieved"
    return f"provisional_{word}" if at_end.provisional else word


def _linear(case: _Case) -> Linear:
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
    progress, lead, _, _ = numbers
    if progress is None or lead is None:  # y0 = y*: only a strict bound starts there without being met
        status = "behind" if case.y == case.y0 else "regressed"
        return Linear(status, "baseline_equals_bound", tau=_tau(case))
    if case.target.type == "range_inside" and progress > 1:
        return Linear("overshoot", None, *numbers)
    return Linear(_band_linear(lead, case.cutoffs), None, *numbers)


def _band_linear(lead: Fraction, cutoffs: Cutoffs) -> str:
    if lead >= Fraction(cutoffs.ahead):
        return "ahead"
    if lead >= Fraction(cutoffs.on_schedule):
        return "on_schedule"
    if lead >= Fraction(cutoffs.slightly_behind):
        return "slightly_behind"
    return "behind" if lead >= 0 else "regressed"


def _tau(case: _Case) -> Fraction | None:
    return None if case.b is None else Fraction(case.t - case.b, case.T - case.b)


def _path(case: _Case) -> tuple[Fraction | None, Fraction | None, Fraction | None, Fraction | None]:
    """progress p, lead L, expected E, tau; without a path (no base, base met, y0 = y*) only tau."""
    tau = _tau(case)
    star = case.target.yardstick(case.y0)
    if tau is None or case.y0 is None or star is None or case.base_met or star == case.y0:
        return None, None, None, tau
    y0 = Fraction(case.y0)
    way = Fraction(star) - y0
    progress = (Fraction(case.y) - y0) / way
    return progress, progress / tau, y0 + tau * way, tau


def _cagr(case: _Case) -> Cagr:
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


def _cagr_reason(case: _Case) -> str | None:
    """Why growth rates cannot be compared, or None."""
    if case.accumulation == "cumulative":
        return "cumulative"
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


def _ratio(case: _Case) -> Decimal:
    star = case.target.yardstick(case.y0)
    assert case.y0 is not None
    assert case.b is not None
    assert star is not None
    with localcontext(Context(prec=DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN)):
        actual = _growth(case.y, case.y0, case.t - case.b)
        required = _growth(star, case.y0, case.T - case.b)
        ratio = actual / required
        # Beyond DIGITS there are no decimals left to round.
        return ratio.quantize(RATIO_STEP) if ratio.adjusted() < DIGITS - 12 else ratio


def _growth(end: Decimal, start: Decimal, years: int) -> Decimal:
    """Yearly growth from start to end, as a share, in the context's precision."""
    if end == 0:
        return Decimal(-1)
    factor = end / start
    if abs(factor - 1) < NEAR_ONE:
        step = (Fraction(end) - Fraction(start)) / Fraction(start) / years
        return Decimal(step.numerator) / Decimal(step.denominator)
    return (factor.ln() / years).exp() - 1


def _completion(case: _Case) -> tuple[Fraction, ...]:
    """D: y/y* in per cent, against both ends of a range; empty where an end is zero. Never coloured."""
    ends = [end for end in (case.target.value, case.target.low, case.target.high) if end is not None]
    return tuple(Fraction(case.y) / Fraction(end) * 100 for end in ends if end)


def _outlook(case: _Case) -> Outlook:
    star = case.target.yardstick(case.y0)
    if star is None:
        return Outlook()
    y, goal = Fraction(case.y), Fraction(star)
    left, gap = case.T - case.t, goal - y
    pace_needed = gap / left if left else None
    if case.y0 is None or case.b is None:
        return Outlook(gap=gap, pace_needed=pace_needed)
    y0, tau = Fraction(case.y0), _tau(case)
    assert tau is not None
    pace = (y - y0) / (case.t - case.b)
    towards = pace != 0 and gap / pace >= 0
    has_path = not case.base_met and goal != y0
    return Outlook(
        needed_on_schedule=y0 + Fraction(case.cutoffs.on_schedule) * tau * (goal - y0) if has_path else None,
        needed_ahead=y0 + Fraction(case.cutoffs.ahead) * tau * (goal - y0) if has_path else None,
        gap=gap,
        pace_so_far=pace,
        pace_needed=pace_needed,
        reached_in=case.t + gap / pace if towards and not case.met else None,
        projected=y + pace * left if left else None,
    )


def _worst(statuses: Sequence[str], order: tuple[str, ...]) -> str:
    known = [status for status in statuses if status in order]
    worst = min(known, key=order.index, default="not_assessable")
    if len(known) < len(statuses) and worst not in DECIDING:
        return "not_assessable"
    return worst
