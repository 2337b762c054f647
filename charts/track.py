"""What a chart of one component is drawn from: plain values, no Django, no models."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Words:
    """The few words a chart prints; Chinese unless the caller gives others."""

    observed: str = "公布值"
    provisional: str = "初步或推算"
    baseline: str = "基期"
    expected: str = "预期轨迹"
    target: str = "目标"
    projection: str = "按目前速度"
    bound: str = "下限表述"
    superseded: str = "未采用或已被替代"
    source: str = "来源"
    released: str = "公布于"
    no_data: str = "暂无数据"


@dataclass(frozen=True, slots=True)
class Point:
    """A published figure; `text` is how it is shown, `superseded` one that does not count."""

    year: int
    value: Decimal
    text: str
    provisional: bool
    status_text: str
    source: str
    released_on: str
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement of at least so much: drawn apart, never joined to the line."""

    year: int
    value: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Goal:
    """The target; `value` for point and strict, `low` and `high` for ranges."""

    type: str
    direction: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    year: int
    text: str

    @property
    def ends(self) -> tuple[Decimal, ...]:
        return tuple(end for end in (self.value, self.low, self.high) if end is not None)

    @property
    def yardstick(self) -> Decimal:
        """The end that must be reached."""
        end = self.value if self.value is not None else self.low if self.direction == "up" else self.high
        assert end is not None
        return end


@dataclass(frozen=True, slots=True)
class Track:
    """One component over the years: figures, baseline, target, and where the present pace leads."""

    name: str
    unit: str
    first_year: int
    last_year: int
    baseline: tuple[int, Decimal] | None
    points: tuple[Point, ...]
    bounds: tuple[Bound, ...]
    goal: Goal
    other_releases: tuple[Point, ...] = ()
    projection: tuple[int, Decimal, object] | None = None

    @property
    def values(self) -> list[float]:
        """Every value the vertical axis must hold."""
        numbers: list[float] = [float(point.value) for point in self.points]
        numbers += [float(bound.value) for bound in self.bounds]
        numbers += [float(end) for end in self.goal.ends]
        if self.baseline:
            numbers.append(float(self.baseline[1]))
        return numbers
