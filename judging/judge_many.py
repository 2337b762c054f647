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
same side as the exact one; numbers nearer, numbers not APART, and every kind that is not a plain level with a
one-sided target go to `assess`. Signs, and comparisons of numbers further apart than CLEAR, are exact.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from judging.progress import assess
from judging.statements import Figure
from judging.terms import Cutoffs, TargetRule

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]

APART, CLEAR = 1e-4, 1e-9
# A share is stored to six decimals; nearer than this to the middle of two of them it is worked out exactly.
PLACES, TIE = 6, 1e-4
DIGITS_KEPT = 20
# How a figure that is a bound ends in a basis, in part.
BOUND = '_bound",'
ONE_SIDED = frozenset({"point", "strict", "range_floor"})


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


class Latest(NamedTuple):
    year: int
    value: str
    status: str
    place: int


def judge(cases: Sequence[Case], cutoffs: Cutoffs) -> list[Judgement]:
    """Judges every case, with the very words `progress.assess` gives; in the order given.

    Raises progress.InvalidInput where `assess` does.
    """
    result: list[Judgement | None] = [None] * len(cases)
    quick: list[tuple[int, Case, Latest]] = []
    for number, case in enumerate(cases):
        # Years out of order or a base without a year: the specification says what is wrong with them.
        sound = int(case.target_year) > int(case.base_year or 0) and (case.base_year or not case.base_value)
        if not sound or case.accumulation != "level" or case.kind not in ONE_SIDED:
            continue
        if case.path or BOUND in case.figures:
            continue
        latest = latest_figure(case)
        if latest is None:
            result[number] = Judgement("not_assessable", "not_assessable", "pending", "", None)
        else:
            quick.append((number, case, latest))
    if quick:
        for (number, _, _), judgement in zip(quick, _quick(quick, cutoffs), strict=True):
            result[number] = judgement
    return [found or exact(case, cutoffs) for found, case in zip(result, cases, strict=True)]


def exact(case: Case, cutoffs: Cutoffs) -> Judgement:
    """One case by the specification itself; its `kind` and its like are words the database checks."""
    value, low, high = (Decimal(bound) if bound else None for bound in case.bounds)
    direction = None if case.kind in ("range_inside", "done") else case.direction
    rows = _figures(case)
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


def latest_figure(case: Case) -> Latest | None:
    """The figure judged: the latest after the base year and not after the target year."""
    if not case.figures:
        return None
    until, after = int(case.target_year), int(case.base_year or -1)
    year, value, status = case.figures[case.figures.rindex("[") + 1 : -1].split(",")
    if after < int(year) <= until:
        # Most often the last one known, so the list need not be read.
        return Latest(int(year), value[1:-1], status[1:-1], -1)
    within = [
        Latest(row[0], row[1], row[2], place)
        for place, row in enumerate(_figures(case))
        if after < row[0] <= until
    ]
    return within[-1] if within else None


def _figures(case: Case) -> list[Any]:
    """[year, value, status] of each figure; a bound has its precision and whether it is exclusive too."""
    rows: list[Any] = json.loads(f"[{case.figures}]")
    return rows


def _quick(quick: Sequence[tuple[int, Case, Latest]], cutoffs: Cutoffs) -> list[Judgement | None]:
    """What floats can say, None where they cannot."""
    import numpy as np

    with np.errstate(all="ignore"):
        columns = _columns(quick)
        linear, cagr, final, share, sure = _decide(columns, cutoffs)
    return [
        Judgement(LINEAR[a], CAGR[b], FINAL[c], _share(p), latest.place) if clear else None
        for (_, _, latest), a, b, c, p, clear in zip(
            quick, linear.tolist(), cagr.tolist(), final.tolist(), share.tolist(), sure.tolist(), strict=True
        )
    ]


def _share(p: float) -> str:
    text = f"{p:.{PLACES}f}"
    return "" if text == "nan" else "0.000000" if text == "-0.000000" else text


class _Columns(NamedTuple):
    """Letters as in docs/methods.md; y0 is nan without a base value, `star` is the bound that counts."""

    y: "Floats"
    y0: "Floats"
    star: "Floats"
    elapsed: "Floats"
    period: "Floats"
    up: "Flags"
    at_end: "Flags"
    provisional: "Flags"


def _columns(quick: Sequence[tuple[int, Case, Latest]]) -> _Columns:
    import numpy as np

    nan = float("nan")
    rows = []
    for _, case, latest in quick:
        value, low, high = case.bounds
        up = case.direction == "up"
        base, end = int(case.base_year or 0), int(case.target_year)
        rows.append(
            (
                float(latest.value),
                float(case.base_value) if case.base_value else nan,
                float(value or (low if up else high)),
                latest.year - base,
                end - base,
                up,
                latest.year == end,
                latest.status in ("preliminary", "estimated"),
            )
        )
    table = np.fromiter(chain.from_iterable(rows), np.float64, len(rows) * len(_Columns._fields))
    table = table.reshape(len(rows), -1).T
    return _Columns(*table[:5], *table[5:].astype(bool))


LINEAR = (
    "achieved", "missed", "not_assessable", "regressed", "ahead", "on_schedule", "slightly_behind", "behind",
)  # fmt: skip
CAGR = ("achieved", "missed", "not_assessable", "significant", "moderate", "insufficient", "away")
FINAL = ("pending", "achieved", "not_achieved", "provisional_achieved", "provisional_not_achieved")


def _decide(columns: _Columns, cutoffs: Cutoffs) -> tuple[Any, Any, Any, "Floats", "Flags"]:
    """Places in LINEAR, CAGR and FINAL, the share done, and which rows are sure. The first rule that fits."""
    import numpy as np

    y, y0, star, elapsed, period, up, at_end, provisional = columns
    ahead, on_schedule, slightly = (
        float(cut) for cut in (cutoffs.ahead, cutoffs.on_schedule, cutoffs.slightly_behind)
    )
    met, base_met = np.where(up, y > star, y < star), np.where(up, y0 > star, y0 < star)
    based = ~np.isnan(y0)
    path = based & ~base_met
    share = np.where(path, (y - y0) / (star - y0), np.nan)
    lead = share * period / elapsed
    linear = np.select(
        [met, at_end, ~based, base_met, lead >= ahead, lead >= on_schedule, lead >= slightly, lead >= 0],
        [0, 1, 2, 3, 4, 5, 6, 7],
        default=3,
    )
    ratio = np.expm1(np.log(y / y0) / elapsed) / np.expm1(np.log(star / y0) / period)
    comparable = path & (y0 > 0) & (star > 0) & (y >= 0)
    cagr = np.select(
        [met, at_end, ~comparable, ratio >= on_schedule, ratio >= slightly, ratio >= 0],
        [0, 1, 2, 3, 4, 5],
        default=6,
    )
    final = np.where(at_end, np.where(met, 1, 2) + 2 * provisional, 0)
    banded = path & ~met & ~at_end
    sure = _apart(y, star, CLEAR) & (~based | (_apart(y0, star, APART) & _apart(y, y0, APART)))
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
