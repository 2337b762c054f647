"""What a chart of one component is drawn from: plain values, no Django, no models."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Words:
    """The few words a chart prints; Chinese unless the caller gives others."""

    observed: str = "公布值"
    provisional: str = "初步或推算"
    revised: str = "修订"
    baseline: str = "基期"
    expected: str = "预期轨迹"
    target: str = "目标"
    projection: str = "按 %(year)s 年以来的年均增量"
    # The same where the way begins with no figure of a year.
    pace: str = "按年均增量"
    bound: str = "下限表述"
    superseded: str = "已被替代或未采用"
    source: str = "来源"
    released: str = "公布于"
    no_data: str = "暂无数据"
    strict: str = "目标（须超过，等于不算）"
    band: str = "目标区间"
    earlier: str = "原目标"
    # The same of a target of an earlier plan.
    of_plan: str = "%(plan)s的目标"
    changed: str = "目标更改"
    more: str = "另有其他发布，见下表"
    mean: str = "到该年的年均值"
    joint: str = "、"


@dataclass(frozen=True, slots=True)
class Point:
    """A published figure; `text` is how it is shown, `superseded` one that does not count.

    `fate` says what became of one that does not count, `place` is the address of its row.
    """

    year: int
    value: Decimal
    text: str
    provisional: bool
    status_text: str
    source: str
    released_on: str
    superseded: bool = False
    revised: bool = False
    fate: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement of at least, or at most, so much: a bracket open on the side of what is possible."""

    year: int
    value: Decimal
    text: str
    is_upper: bool = False
    is_exclusive: bool = False

    @property
    def limit(self) -> str:
        """What it says in a sign: > 26,000."""
        sign = ("<" if self.is_exclusive else "≤") if self.is_upper else (">" if self.is_exclusive else "≥")
        return f"{sign} {plain(self.value)}"


@dataclass(frozen=True, slots=True)
class Goal:
    """The target: point, strict (`value`), range_floor or range_inside (`low` and `high`); up or down."""

    type: str
    direction: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    year: int
    text: str

    def __post_init__(self) -> None:
        if self.value is None and (self.low is None or self.high is None):
            raise ValueError("A target needs a value, or a low and a high end")

    @property
    def ends(self) -> tuple[Decimal, ...]:
        return tuple(end for end in (self.value, self.low, self.high) if end is not None)

    @property
    def is_range(self) -> bool:
        return self.value is None

    @property
    def yardstick(self) -> Decimal:
        """The end that must be reached."""
        return self.ends[-1] if self.is_range and self.direction == "down" else self.ends[0]

    def aim(self, start: Decimal) -> Decimal:
        """Where the path from `start` leads: the yardstick; inside a range to be kept, `start` itself."""
        if self.type != "range_inside":
            return self.yardstick
        return min(max(start, self.ends[0]), self.ends[-1])


@dataclass(frozen=True, slots=True)
class EarlierGoal:
    """A target that was replaced: until which day (`until_x` on the axis of years).

    `plan` names an earlier plan whose target it was; without, the same plan's was revised.
    """

    goal: Goal
    until: str
    until_x: float
    plan: str = ""

    def name(self, words: Words) -> str:
        """What it is called beside its line and in the key."""
        return words.of_plan % {"plan": self.plan} if self.plan else words.earlier

    @property
    def binding(self) -> tuple[Decimal, ...]:
        return self.goal.ends if self.goal.type == "range_inside" else (self.goal.yardstick,)


@dataclass(frozen=True, slots=True)
class ElsewhereLine:
    """The same measure in another place, by year: thin, and beside the matter."""

    name: str
    points: tuple[tuple[int, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Track:
    """One component over the years; `projection` (from year, from value, at the target year) if computed."""

    name: str
    unit: str
    first_year: int
    last_year: int
    baseline: tuple[int, Decimal] | None
    points: tuple[Point, ...]
    bounds: tuple[Bound, ...]
    goal: Goal
    other_releases: tuple[Point, ...] = ()
    projection: tuple[int, Decimal, Fraction | Decimal] | None = None
    # The expected path grows by the same rate each year instead of by the same amount.
    is_growth: bool = False
    earlier_goals: tuple[EarlierGoal, ...] = ()
    # Yearly targets between base and target year, and the mean of the years up to each year.
    path: tuple[tuple[int, Decimal], ...] = ()
    means: tuple[tuple[int, Fraction], ...] = ()
    # Counts and ranks: there is nothing between two whole numbers.
    is_whole: bool = False
    elsewhere: tuple[ElsewhereLine, ...] = ()

    @property
    def observed(self) -> tuple[Point, ...]:
        """The figures that count, by year."""
        return tuple(sorted((p for p in self.points if not p.superseded), key=lambda point: point.year))

    @property
    def others(self) -> tuple[Point, ...]:
        """Releases that were replaced or not adopted."""
        return (*self.other_releases, *(point for point in self.points if point.superseded))


def expected(track: Track) -> list[tuple[int, Fraction]]:
    """The path from the baseline to the yardstick, year by year; empty without a baseline.

    Straight, or growing at one rate; what is not above zero at both ends has no rate, and so no path.
    """
    if track.baseline is None or track.baseline[0] >= track.goal.year:
        return []
    year, start = track.baseline
    aim, span = track.goal.aim(start), track.goal.year - year
    if track.is_growth:
        if start <= 0 or aim <= 0:
            return []
        rate = (aim / start) ** (Decimal(1) / span)
        return [(year + n, Fraction(start * rate**n)) for n in range(span + 1)]
    if track.path:
        return _through([(year, start), *track.path, (track.goal.year, aim)])
    rise = Fraction(aim) - Fraction(start)
    return [(year + n, Fraction(start) + rise * n / span) for n in range(span + 1)]


def _through(marks: list[tuple[int, Decimal]]) -> list[tuple[int, Fraction]]:
    """Year by year through the plan's own values, straight in between."""
    way = [(marks[0][0], Fraction(marks[0][1]))]
    for (left, low), (right, high) in pairwise(marks):
        rise = (Fraction(high) - Fraction(low)) / (right - left)
        way += [(year, Fraction(low) + rise * (year - left)) for year in range(left + 1, right + 1)]
    return way


def projected(track: Track) -> tuple[int, Decimal, Fraction] | None:
    """From the latest figure on, the average pace since the baseline; without one there is no pace to carry on.

    A projection the caller computed is drawn as it is, so that picture and text name the same number. None where
    something is known of the target year, be it "over 26,000".
    """
    if any(bound.year >= track.goal.year for bound in track.bounds):
        return None
    if track.projection is not None:
        year, value, end = track.projection
        return (year, value, Fraction(end)) if year < track.goal.year else None
    if not track.observed or track.baseline is None:
        return None
    last = track.observed[-1]
    year, start = track.baseline
    if not year < last.year < track.goal.year:
        return None
    pace = (Fraction(last.value) - Fraction(start)) / (last.year - year)
    return last.year, last.value, Fraction(last.value) + pace * (track.goal.year - last.year)


def projected_text(track: Track) -> str:
    """The projected value with the places that the latest figure was published with."""
    found = projected(track)
    if found is None:
        return ""
    _, value, end = found
    number = Decimal(end.numerator) / Decimal(end.denominator)
    exponent = value.normalize().as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"{number:,.{places}f}"


def projection_words(track: Track, words: Words) -> str:
    """What a projection assumes: the mean pace since the year its way begins."""
    return words.projection % {"year": track.baseline[0]} if track.baseline else words.pace


def runs(points: Sequence[Point]) -> list[list[Point]]:
    """Figures by year in runs without a missing year between them: no line leads across a gap."""
    found: list[list[Point]] = []
    for point in points:
        if found and point.year == found[-1][-1].year + 1:
            found[-1].append(point)
        else:
            found.append([point])
    return found


def plain(value: Decimal) -> str:
    """A stored number in full: 18,600 or 0.785255."""
    return f"{value.normalize():,f}"
