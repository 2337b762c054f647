"""Many judgements at once: vectors of floats decide what is clear, `progress.assess` decides the rest.

`progress` is the specification; this module may only ever agree with it. A float stands in for a decimal where
rounding cannot change the word:

- Reading a decimal into a float errs by u = 2^-53 relative, and so does each of + - * /.
- A difference of two numbers that lie at least APART (1e-4, relative to the larger) from each other errs by at
  most 3u / APART < 4e-12 relative; p and L are quotients of two such differences and a few roundings: < 1e-11.
- A growth rate is expm1(ln(y/y0)/n). y/y0 errs by 3u, so its logarithm by 3u + a few ulp absolute, and with y
  and y0 APART it is at least 1e-4 itself: < 4e-12 relative, and expm1 does not enlarge an absolute error of
  its argument by more than e^x. R is a quotient of two: < 1e-11.
- R is rounded to ten decimals before it is compared, which moves it by 0.5e-10 at most.

So a value further than CLEAR (1e-9, relative, and absolute below 1) from a cut-off or from zero falls on the
same side as the exact one; numbers nearer, numbers not APART, and what `many_kinds` does not take go to `assess`.
Signs, and comparisons of numbers further apart than CLEAR, are exact. A level that a growth means, a sum of years
and a place on a yearly path err by some more roundings each, which the same distances cover.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from judging.many_kinds import (
    BOUND,
    CLEAR,
    GROWS,
    INFINITE,
    NAN,
    NO_GROWTH,
    ONE_SIDED,
    Case,
    Judgement,
    Row,
    latest_of,
    prepare,
    read_figures,
)
from judging.progress import assess
from judging.statements import Figure
from judging.terms import Cutoffs, TargetRule

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]

APART = 1e-4
# A share is stored to six decimals; nearer than this to the middle of two of them it is worked out exactly.
PLACES, TIE = 6, 1e-4
DIGITS_KEPT = 20


def judge(cases: Sequence[Case], cutoffs: Cutoffs) -> list[Judgement]:
    """Judges every case, with the very words `progress.assess` gives; in the order given.

    Raises progress.InvalidInput where `assess` does.
    """
    result: list[Judgement | None] = [None] * len(cases)
    quick: list[tuple[int, Row]] = []
    for number, case in enumerate(cases):
        # Years out of order or a base without a year: the specification says what is wrong with them.
        if int(case.target_year) <= int(case.base_year or 0) or (case.base_value and not case.base_year):
            continue
        if case.accumulation != "level" or case.kind not in ONE_SIDED or case.path or BOUND in case.figures:
            found = prepare(case, cutoffs)
        else:
            found = _plain(case)
        if isinstance(found, Row):
            quick.append((number, found))
        else:
            result[number] = found
    if quick:
        for (number, _), judgement in zip(quick, _quick([row for _, row in quick], cutoffs), strict=True):
            result[number] = judgement
    return [found or exact(case, cutoffs) for found, case in zip(result, cases, strict=True)]


def _plain(case: Case) -> Row | Judgement:
    """A level of exact figures against a one-sided target, as most are."""
    latest = latest_of(case)
    if latest is None:
        return Judgement("not_assessable", "not_assessable", "pending", "", None)
    value, low, high = case.bounds
    up = case.direction == "up"
    base, end = int(case.base_year or 0), int(case.target_year)
    return Row(
        float(latest.value),
        float(case.base_value) if case.base_value else NAN,
        float(value or (low if up else high)),
        latest.year - base,
        end - base,
        up,
        latest.year == end,
        latest.status in ("preliminary", "estimated"),
        NAN,
        INFINITE if up else -INFINITE,
        GROWS,
        latest.place,
    )


def exact(case: Case, cutoffs: Cutoffs) -> Judgement:
    """One case by the specification itself; its `kind` and its like are words the database checks."""
    value, low, high = (Decimal(bound) if bound else None for bound in case.bounds)
    direction = None if case.kind in ("range_inside", "done") else case.direction
    rows = read_figures(case)
    found = assess(
        base_year=int(case.base_year) if case.base_year else None,
        base_value=Decimal(case.base_value) if case.base_value else None,
        target_year=int(case.target_year),
        target=TargetRule(case.kind, direction, value, low, high),  # type: ignore[arg-type]
        observations=[Figure(year, Decimal(value), *rest) for year, value, *rest in rows],
        accumulation=case.accumulation,  # type: ignore[arg-type]
        path={int(year): Decimal(value) for year, value in json.loads(case.path or "{}").items()},
        cutoffs=cutoffs,
    )
    words = (found.linear.status, found.cagr.status, found.final_verdict)
    return Judgement(*words, share_text(found.linear.progress), _place(found.latest or found.heard, rows))


def _place(latest: Figure | None, rows: list[Any]) -> int | None:
    """Where the figure judged stands, or the last heard; -1 is the last of all, as in `latest_figure`."""
    if latest is None:
        return None
    place = max(number for number, row in enumerate(rows) if row[0] == latest.year)
    return -1 if place == len(rows) - 1 else place


def share_text(progress: Fraction | None) -> str:
    """p to six decimals as an item keeps it; "" without one, or with more digits than the column holds."""
    if progress is None:
        return ""
    units = round(progress * 10**PLACES)
    return f"{Decimal(units).scaleb(-PLACES):f}" if abs(units) < 10**DIGITS_KEPT else ""


def _quick(quick: Sequence[Row], cutoffs: Cutoffs) -> list[Judgement | None]:
    """What floats can say, None where they cannot."""
    import numpy as np

    with np.errstate(all="ignore"):
        linear, cagr, final, share, sure = _decide(_columns(quick), cutoffs)
    return [
        Judgement(LINEAR[a], CAGR[b], FINAL[c], _share(p), row.place) if clear else None
        for row, a, b, c, p, clear in zip(
            quick, linear.tolist(), cagr.tolist(), final.tolist(), share.tolist(), sure.tolist(), strict=True
        )
    ]


def _share(p: float) -> str:
    text = f"{p:.{PLACES}f}"
    return "" if text == "nan" else "0.000000" if text == "-0.000000" else text


class _Columns(NamedTuple):
    """The numbers of `Row`, each as a column."""

    y: "Floats"
    y0: "Floats"
    star: "Floats"
    elapsed: "Floats"
    period: "Floats"
    up: "Flags"
    at_end: "Flags"
    provisional: "Flags"
    due: "Floats"
    far: "Floats"
    growth: "Floats"


def _columns(quick: Sequence[Row]) -> _Columns:
    import numpy as np

    width = len(_Columns._fields)
    table = np.fromiter(chain.from_iterable(row[:width] for row in quick), np.float64, len(quick) * width)
    table = table.reshape(len(quick), -1).T
    return _Columns(*table[:5], *table[5:8].astype(bool), *table[8:])


LINEAR = (
    "achieved", "missed", "not_assessable", "regressed", "ahead", "on_schedule", "slightly_behind", "behind",
    "overshoot",
)  # fmt: skip
CAGR = ("achieved", "missed", "not_assessable", "significant", "moderate", "insufficient", "away", "overshoot")
FINAL = ("pending", "achieved", "not_achieved", "provisional_achieved", "provisional_not_achieved")


def _decide(columns: _Columns, cutoffs: Cutoffs) -> tuple[Any, Any, Any, "Floats", "Flags"]:
    """Places in LINEAR, CAGR and FINAL, the share done, and which rows are sure. The first rule that fits."""
    import numpy as np

    y, y0, star, elapsed, period, up, at_end, provisional, due, far, growth = columns
    ahead, on_schedule, slightly = (
        float(cut) for cut in (cutoffs.ahead, cutoffs.on_schedule, cutoffs.slightly_behind)
    )
    # A range to land in is left again beyond its far end, where other targets have none.
    beyond = np.where(up, y > far, y < far)
    met, base_met = np.where(up, y > star, y < star) & ~beyond, np.where(up, y0 > star, y0 < star)
    based = ~np.isnan(y0)
    path = based & ~base_met
    share = np.where(path, (y - y0) / (star - y0), np.nan)
    is_straight = np.isnan(due)
    lead = np.where(is_straight, share * period / elapsed, (y - y0) / due)
    linear = np.select(
        [met, at_end, ~based, base_met, beyond, lead >= ahead, lead >= on_schedule, lead >= slightly, lead >= 0],
        [0, 1, 2, 3, 8, 4, 5, 6, 7],
        default=3,
    )
    ratio = np.expm1(np.log(y / y0) / elapsed) / np.expm1(np.log(star / y0) / period)
    comparable = path & (y0 > 0) & (star > 0) & (y >= 0) & (growth == GROWS)
    cagr = np.select(
        [
            growth == NO_GROWTH,
            met,
            at_end,
            ~comparable,
            beyond,
            ratio >= on_schedule,
            ratio >= slightly,
            ratio >= 0,
        ],
        [2, 0, 1, 2, 7, 3, 4, 5],
        default=6,
    )
    final = np.where(at_end, np.where(met, 1, 2) + 2 * provisional, 0)
    banded = path & ~met & ~at_end & ~beyond
    sure = _apart(y, star, CLEAR) & (~based | (_apart(y0, star, APART) & _apart(y, y0, APART)))
    sure &= np.isinf(far) | _apart(y, far, CLEAR)
    # A path of its own that has hardly left the base, or leads away from the target, has no share.
    sure &= is_straight | ((due * (star - y0) > 0) & (np.abs(due) > APART * np.abs(y0)))
    sure &= ~banded | _clear(lead, (ahead, on_schedule, slightly, 0.0))
    sure &= ~(banded & comparable) | _clear(ratio, (on_schedule, slightly, 0.0))
    scaled = np.abs(share) * 10.0**PLACES
    sure &= ~path | (np.abs(scaled % 1 - 0.5) > TIE * np.maximum(1, np.abs(share)))
    return linear, cagr, final, share, sure


def _apart(left: "Floats", right: "Floats", by: float) -> "Flags":
    import numpy as np

    return np.asarray(np.abs(left - right) > by * np.maximum(np.abs(left), np.abs(right)))


def _clear(values: "Floats", marks: tuple[float, ...]) -> "Flags":
    """Finite and further than CLEAR from every mark."""
    import numpy as np

    clear = np.isfinite(values)
    for mark in marks:
        clear &= np.abs(values - mark) > CLEAR * max(1.0, abs(mark))
    return np.asarray(clear)
