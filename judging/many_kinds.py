"""What many judgements are made of: a case as text; each kind of target as a row of numbers, or decided at once.

`progress` is the specification. Here a case becomes the row of floats that `judge_many` decides by, or, where a
few comparisons decide, its words; None leaves it to the specification.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from judging.terms import Cutoffs

NAN = float("nan")
INFINITE = float("inf")
# How a figure that is a bound ends in a basis, in part.
BOUND = '_bound",'
ONE_SIDED = frozenset({"point", "strict", "range_floor"})
PROVISIONAL = frozenset({"preliminary", "estimated"})
# Whether growth rates are compared: they are; only met and missed are said; never.
GROWS, NO_RATIO, NO_GROWTH = 0.0, 1.0, 2.0
# As far from a mark a float must be to lie on its side for sure (judge_many).
CLEAR = 1e-9
BANDS = ("ahead", "on_schedule", "slightly_behind")


class Case(NamedTuple):
    """One component to judge, all numbers as plain decimal text, "" where absent (see `verdict_basis`)."""

    basis: str
    direction: str
    kind: str
    accumulation: str
    base_year: str
    base_value: str
    bounds: tuple[str, str, str]
    target_year: str
    figures: str
    path: str = ""


class Judgement(NamedTuple):
    """The words of a verdict, p to six decimals ("" without one), the place of the figure judged or last heard."""

    linear: str
    cagr: str
    final: str
    share: str
    place: int | None


class Row(NamedTuple):
    """Numbers to decide by, letters as in docs/methods.md: y0 is nan without a base value, `star` is y*.

    `due` is E - y0 where the path is not the straight line, else nan. `far` is the end of a range beyond which
    the target is not met, else infinite. `growth` says whether growth rates are compared.
    """

    y: float
    y0: float
    star: float
    elapsed: int
    period: int
    up: bool
    at_end: bool
    provisional: bool
    due: float
    far: float
    growth: float
    place: int


class Latest(NamedTuple):
    year: int
    value: str
    status: str
    place: int


Found = Row | Judgement | None


def read_figures(case: Case) -> list[Any]:
    """[year, value, status] of each figure; a bound has its precision and whether it is exclusive too."""
    rows: list[Any] = json.loads(f"[{case.figures}]")
    return rows


def latest_of(case: Case) -> Latest | None:
    """Of exact figures the one judged: the latest after the base year and not after the target year."""
    if not case.figures:
        return None
    until, after = int(case.target_year), int(case.base_year or -1)
    year, value, status = case.figures[case.figures.rindex("[") + 1 : -1].split(",")
    if after < int(year) <= until:
        # Most often the last one known, so the list need not be read.
        return Latest(int(year), value[1:-1], status[1:-1], -1)
    rows = read_figures(case)
    within = [Latest(row[0], row[1], row[2], place) for place, row in enumerate(rows) if after < row[0] <= until]
    return within[-1] if within else None


def prepare(case: Case, cutoffs: Cutoffs) -> Found:
    """A case of another kind than a plain level, as far as it can be said quickly."""
    if case.kind == "done":
        return None if BOUND in case.figures else _done(case)
    if BOUND in case.figures:
        return _bounds(case) if case.accumulation == "level" and case.kind in ONE_SIDED and not case.path else None
    if case.kind == "range_inside":
        return _inside(case) if case.accumulation == "level" and not case.path else None
    return _mean(case, cutoffs) if case.accumulation == "mean" else PREPARE[case.accumulation](case)


def _place(place: int, rows: list[Any]) -> int:
    """-1 is the last of all."""
    return -1 if place == len(rows) - 1 else place


def _star(case: Case) -> str:
    value, low, high = case.bounds
    return value or (low if case.direction == "up" else high)


def _row(case: Case, latest: Latest, star: float, *, due: float = NAN, growth: float = GROWS) -> Row:
    base, end, up = int(case.base_year or 0), int(case.target_year), case.direction == "up"
    y0 = float(case.base_value) if case.base_value else NAN
    ends = (up, latest.year == end, latest.status in PROVISIONAL)
    far = INFINITE if up else -INFINITE
    return Row(
        float(latest.value), y0, star, latest.year - base, end - base, *ends, due, far, growth, latest.place
    )


def _nothing(place: int | None = None) -> Judgement:
    return Judgement("not_assessable", "not_assessable", "pending", "", place)


def _level(case: Case) -> Found:
    """Along the plan's own values for years in between."""
    latest = latest_of(case)
    if latest is None:
        return _nothing()
    star, due = float(_star(case)), NAN
    if case.path and case.base_value:
        y0, base = float(case.base_value), int(case.base_year)
        marks = sorted((int(year), float(value)) for year, value in json.loads(case.path).items())
        left, start = base, y0
        for right, end in [*marks, (int(case.target_year), star)]:
            if latest.year <= right:
                due = start + (end - start) * (latest.year - left) / (right - left) - y0
                break
            left, start = right, end
    return _row(case, latest, star, due=due)


def _cumulative(case: Case) -> Found:
    latest = latest_of(case)
    return _nothing() if latest is None else _row(case, latest, float(_star(case)), growth=NO_RATIO)


def _growth(case: Case) -> Found:
    """A level that a growth of the base means; a base that is none is left to the specification."""
    latest = latest_of(case)
    if latest is None or not case.base_value or float(case.base_value) <= 0:
        return None
    y0, factor, base = float(case.base_value), 1 + float(_star(case)) / 100, int(case.base_year)
    rates = [float(rate) for rate in case.bounds if rate]
    if min(rates) <= -100:
        return None
    if case.accumulation == "growth":
        return _row(case, latest, y0 * factor)
    try:
        star, expected = y0 * factor ** (int(case.target_year) - base), y0 * factor ** (latest.year - base)
    except OverflowError:
        return None
    return _row(case, latest, star, due=expected - y0)


def _run(case: Case) -> tuple[list[Any], int]:
    """The figures of the years since the base without a gap, and the place of the last of them."""
    rows = read_figures(case)
    by_year = {row[0]: (place, row) for place, row in enumerate(rows)}
    run, last = [], 0
    for year in range(int(case.base_year) + 1, int(case.target_year) + 1):
        if year not in by_year:
            break
        place, row = by_year[year]
        run.append(row)
        last = _place(place, rows)
    return run, last


def _sum(case: Case) -> Found:
    """All years together, against the line that starts from nothing."""
    run, place = _run(case)
    values = [float(row[1]) for row in run]
    if not run or min(values) < 0:
        return None
    provisional = "preliminary" if any(row[2] in PROVISIONAL for row in run) else "final"
    latest = Latest(run[-1][0], str(sum(values)), provisional, place)
    return _row(case._replace(base_value="0"), latest, float(_star(case)), growth=NO_GROWTH)


def _mean(case: Case, cutoffs: Cutoffs) -> Found:
    """Never met before the end: only how far the mean of the years lies from what is wanted."""
    run, place = _run(case)
    values = [float(row[1]) for row in run]
    star, end = float(_star(case)), int(case.target_year)
    if not run or min(values) <= 0 or star <= 0:
        return None
    mean, up = sum(values) / len(values), case.direction == "up"
    if run[-1][0] == end:
        if abs(mean - star) <= CLEAR * max(mean, star):
            return None
        met = (mean > star) == up
        word = "achieved" if met else "not_achieved"
        final = f"provisional_{word}" if any(row[2] in PROVISIONAL for row in run) else word
        return Judgement("achieved" if met else "missed", "not_assessable", final, "", place)
    lead = mean / star if up else star / mean
    cuts = (float(cutoffs.ahead), float(cutoffs.on_schedule), float(cutoffs.slightly_behind))
    if any(abs(lead - cut) <= CLEAR * max(1.0, cut) for cut in cuts):
        return None
    word = next((word for word, cut in zip(BANDS, cuts, strict=True) if lead > cut), "behind")
    return Judgement(word, "not_assessable", "pending", "", place)


def _every_year(case: Case) -> Found:
    """Each year against the same bound: exact comparisons, of few figures."""
    bound, up, strict = Decimal(_star(case)), case.direction == "up", case.kind == "strict"
    rows, first, end = read_figures(case), int(case.base_year) + 1, int(case.target_year)
    within = [(place, row) for place, row in enumerate(rows) if first <= row[0] <= end]
    if not within:
        return None
    lost, provisional = [], False
    for _, (_, value, status) in within:
        y = Decimal(value)
        met = (y > bound if strict else y >= bound) if up else (y < bound if strict else y <= bound)
        if not met:
            lost.append(status)
        provisional |= status in PROVISIONAL
    place = _place(within[-1][0], rows)
    if lost:
        final = "not_achieved" if any(status not in PROVISIONAL for status in lost) else "provisional_not_achieved"
        return Judgement("missed", "not_assessable", final, "", place)
    if len(within) == end - first + 1:
        return Judgement(
            "achieved", "not_assessable", "provisional_achieved" if provisional else "achieved", "", place
        )
    return Judgement("on_schedule", "not_assessable", "pending", "", place)


def _done(case: Case) -> Found:
    """Whether a thing is there: 1 in any year, or 0 in the last."""
    rows, end = read_figures(case), int(case.target_year)
    within = [(place, row) for place, row in enumerate(rows) if row[0] <= end]
    if not within:
        return None
    place, last = _place(within[-1][0], rows), within[-1][1]
    done = [row for _, row in within if Decimal(row[1]) >= 1]
    if done:
        final = "achieved" if any(row[2] not in PROVISIONAL for row in done) else "provisional_achieved"
        return Judgement("achieved", "not_assessable", final, "", place)
    if last[0] == end:
        final = "provisional_not_achieved" if last[2] in PROVISIONAL else "not_achieved"
        return Judgement("missed", "not_assessable", final, "", place)
    return Judgement("not_assessable", "not_assessable", "pending", "", place)


def _inside(case: Case) -> Found:
    """From outside into a range; from inside, and without a base, there is no way to go."""
    latest = latest_of(case)
    if latest is None or not case.base_value:
        return None
    low, high, y0 = float(case.bounds[1]), float(case.bounds[2]), float(case.base_value)
    if low <= y0 <= high:
        return None
    up = y0 < low
    row = _row(case, latest, low if up else high)
    return row._replace(up=up, far=high if up else low)


def _bounds(case: Case) -> Found:
    """A level of which years are known by "at least" or "at most" alone: one that decides, decides."""
    rows, end, after = read_figures(case), int(case.target_year), int(case.base_year or -1)
    goal, up, strict = Decimal(_star(case)), case.direction == "up", case.kind == "strict"
    years = [row[0] for row in rows]
    within = [(place, row) for place, row in enumerate(rows) if after < row[0] <= end]
    if len(set(years)) < len(years):
        return None  # several bounds of a year hold together
    final = "pending"
    for place, row in reversed(within):
        if len(row) == 3:
            return _row(case, Latest(row[0], row[1], row[2], _place(place, rows)), float(goal))
        met = _decides(Decimal(row[1]), row[3] == "lower_bound", row[4], goal, up=up, strict=strict)
        if met or (met is False and row[0] == end):
            if row[0] == end:
                word = "achieved" if met else "not_achieved"
                final = f"provisional_{word}" if row[2] in PROVISIONAL else word
            said = "achieved" if met else "missed"
            return Judgement(said, said, final, "", _place(place, rows))
    return _nothing(_place(within[-1][0], rows) if within else None)


def _decides(
    value: Decimal, is_lower: bool, is_open: bool, goal: Decimal, *, up: bool, strict: bool
) -> bool | None:
    """Whether every value that a bound leaves possible meets a one-sided goal (True), or none (False)."""
    if value == goal:
        if is_lower == up:
            # [g, …) meets >= g; (g, …) meets > g as well.
            return True if is_open or not strict else None
        # (…, g) and, of a goal that excludes it, (…, g] meet nothing.
        return False if is_open or strict else None
    if is_lower == up:
        return True if (value > goal) == up else None
    return False if (value < goal) == up else None


PREPARE: dict[str, Callable[[Case], Found]] = {
    "level": _level,
    "cumulative": _cumulative,
    "sum": _sum,
    "growth": _growth,
    "annual_growth": _growth,
    "every_year": _every_year,
}
