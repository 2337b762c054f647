"""The words and the shapes of a judgement: what goes in, what comes out (docs/methods.md)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from judging.intervals import Interval, Number
from judging.statements import Figure, Known

RULE_VERSION = "2026.2"
# The rule before: a bound decided nothing.
BEFORE_BOUNDS = "2026.1"

TargetType = Literal["point", "strict", "range_floor", "range_inside", "done"]
Direction = Literal["up", "down"]
Accumulation = Literal["level", "cumulative", "sum", "mean", "growth", "annual_growth", "every_year"]
Basis = Literal["exact", "bound"]
TARGET_TYPES = ("point", "strict", "range_floor", "range_inside", "done")
ACCUMULATIONS = ("level", "cumulative", "sum", "mean", "growth", "annual_growth", "every_year")
# Counted year by year from the year after the base, so that the base year must be known.
BY_YEARS = frozenset({"sum", "mean", "every_year"})
# The target is a change of the base value, in per cent.
IN_PER_CENT = frozenset({"growth", "annual_growth"})

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
    """What is to be reached. Direction is required but for range_inside and done: none is ever guessed."""

    type: TargetType
    direction: Direction | None = None
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    def __post_init__(self) -> None:
        if self.type not in TARGET_TYPES:
            raise InvalidInput("target.type", f"应为 {'、'.join(TARGET_TYPES)} 之一 / unknown target type")
        self._check_direction()
        ranged, done = self.type.startswith("range"), self.type == "done"
        for name, wanted in (("value", not (ranged or done)), ("low", ranged), ("high", ranged)):
            number = getattr(self, name)
            if wanted and number is None:
                raise InvalidInput(f"target.{name}", "缺少 / required for this type")
            if not wanted and number is not None:
                raise InvalidInput(f"target.{name}", "此类型不用 / not used by this type")
            if number is not None and not number.is_finite():
                raise InvalidInput(f"target.{name}", "应为有限数 / must be a finite number")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise InvalidInput("target.low", "下限大于上限 / low is above high")

    def _check_direction(self) -> None:
        if self.type == "done":
            if self.direction is not None:
                raise InvalidInput("target.direction", "此类型不用 / not used by this type")
        elif self.direction not in ("up", "down") and not (self.type == "range_inside" and self.direction is None):
            raise InvalidInput("target.direction", "应为 up 或 down / direction must be up or down")

    def met(self, y: Number) -> bool:
        """Whether a value reaches the target: exact, ends of a range included, a strict bound excluded."""
        if self.type == "range_inside":
            assert self.low is not None
            assert self.high is not None
            return self.low <= y <= self.high
        bound = self._bound()
        if self.type == "strict":
            return y > bound if self.direction == "up" else y < bound
        return y <= bound if self.direction == "down" else y >= bound

    def reached(self) -> Interval:
        """Every value that meets it."""
        if self.type == "range_inside":
            return Interval(self.low, self.high)
        bound, is_open = self._bound(), self.type == "strict"
        if self.direction == "down":
            return Interval(high=bound, high_open=is_open)
        return Interval(low=bound, low_open=is_open)

    def yardstick(self, y0: Number | None = None) -> Decimal | None:
        """y*: the value the path leads to; None for range_inside without a base outside the range."""
        if self.type != "range_inside":
            return self._bound()
        if y0 is None or self.met(y0):
            return None
        assert self.low is not None
        assert self.high is not None
        return self.low if y0 < self.low else self.high

    def overshot_end(self, y: Number, y0: Number | None) -> Decimal | None:
        """The end to go back to where a range to end within was crossed from y0 to beyond it; else None."""
        y_star = self.yardstick(y0)
        if self.type != "range_inside" or y_star is None or self.met(y):
            return None
        assert self.low is not None
        end = self.low if y < self.low else self.high
        return end if end != y_star else None

    def _bound(self) -> Decimal:
        if self.type == "done":
            return Decimal(1)
        bound = self.value if self.value is not None else self.low if self.direction == "up" else self.high
        assert bound is not None
        return bound


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
    # Of a sum or a mean: what each year left must bring on average.
    needed_each_year: Fraction | None = None
    pace_so_far: Fraction | None = None
    pace_needed: Fraction | None = None
    reached_in: Fraction | None = None
    projected: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The judgement of one component by both methods, with C (final verdict) and D (completion).

    `compared` is the number that was held against `goal`: a value, or a sum or a mean up to the year judged.
    The goal is the target itself or, where that is a growth in per cent, the level it means; None where it
    cannot be said. `known` is what counts for every year after the base, `latest` the figure judged last;
    where none could be judged `heard` is the last statement there was, so that nobody says there is none.
    `held_since` is the year from which the target was met and never lost again up to the one judged: what was
    reached early stays reached early, however good the later years are.
    """

    final_verdict: str
    linear: Linear
    cagr: Cagr
    provisional: bool = False
    first_attained_year: int | None = None
    late_attained_year: int | None = None
    at_bound: bool = False
    latest: Figure | None = None
    heard: Figure | None = None
    completion: tuple[Fraction, ...] = ()
    outlook: Outlook = Outlook()
    basis: Basis | None = None
    compared: Fraction | None = None
    goal: TargetRule | None = None
    known: tuple[Known, ...] = ()
    held_since: int | None = None

    @property
    def open_years(self) -> tuple[int, ...]:
        """Years of which a bound is known that decides nothing, up to contradictory ones."""
        goal = self.goal.reached() if self.goal else None
        return tuple(
            said.year for said in self.known if not said.is_exact and (not goal or said.meets(goal) is None)
        )


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
