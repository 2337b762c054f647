"""How progress against a dated target is judged: the rules of docs/methods.md, and nothing else.

Pure functions on exact numbers: Decimal in, Fraction inside, no tolerance, no "now". The words and shapes are in
`terms`, what was said of a year in `statements`, the methods in `methods`, the kinds of target in `periods`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

from judging.periods import (
    Given,
    judge_done,
    judge_every_year,
    judge_growth,
    judge_level,
    judge_mean,
    judge_sum,
)
from judging.statements import Figure, read_statements
from judging.terms import (
    ACCUMULATIONS,
    BY_YEARS,
    CAGR_ORDER,
    DECIDING,
    FINAL_ORDER,
    LINEAR_ORDER,
    Accumulation,
    Assessment,
    Compound,
    Counts,
    Cutoffs,
    InvalidInput,
    TargetRule,
)

JUDGES: dict[str, Callable[[Given], Assessment]] = {
    "level": judge_level,
    "cumulative": judge_level,
    "sum": judge_sum,
    "mean": judge_mean,
    "growth": judge_growth,
    "annual_growth": judge_growth,
    "every_year": judge_every_year,
}


def assess(
    *,
    base_year: int | None,
    base_value: Decimal | None,
    target_year: int,
    target: TargetRule,
    observations: Iterable[Figure],
    accumulation: Accumulation = "level",
    path: Mapping[int, Decimal] | None = None,
    cutoffs: Cutoffs | None = None,
) -> Assessment:
    """Judges one component (methods 1.1 to 1.4, 1.6 D, 1.10 to 1.12).

    Of several exact figures for one year the last given counts: give them in the order of their release.
    `path` are the plan's own values for years between base and target. Raises InvalidInput naming the field.
    """
    figures, planned = list(observations), path or {}
    _check_base(base_year, base_value, target_year)
    _check_kind(target, accumulation, base_year)
    _check_path(planned, target, accumulation, base_year, target_year)
    _check_figures(figures)
    given = Given(
        b=base_year,
        y0=base_value,
        T=target_year,
        target=target,
        known=read_statements(figures),
        accumulation=accumulation,
        path=planned,
        cutoffs=cutoffs or Cutoffs(),
    )
    return judge_done(given) if target.type == "done" else JUDGES[accumulation](given)


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


def _check_base(base_year: int | None, base_value: Decimal | None, target_year: int) -> None:
    if base_value is not None and base_year is None:
        raise InvalidInput("base_year", "有基期值就须有基期年 / required with base_value")
    if base_year is not None and target_year <= base_year:
        raise InvalidInput("target_year", "须晚于基期年 / must be after base_year")
    if base_value is not None and not base_value.is_finite():
        raise InvalidInput("base_value", "应为有限数 / must be a finite number")


def _check_kind(target: TargetRule, accumulation: str, base_year: int | None) -> None:
    if accumulation not in ACCUMULATIONS:
        raise InvalidInput("accumulation", f"应为 {'、'.join(ACCUMULATIONS)} 之一 / unknown kind")
    if target.type == "range_inside" and accumulation not in ("level", "cumulative", "every_year"):
        raise InvalidInput("target.type", f"range_inside 不能与 {accumulation} 并用 / not with {accumulation}")
    if target.type == "done" and accumulation != "level":
        raise InvalidInput("accumulation", "done 只用 level / only level with done")
    if accumulation in BY_YEARS and base_year is None:
        raise InvalidInput("base_year", f"{accumulation} 须有基期年 / required for {accumulation}")


def _check_path(
    path: Mapping[int, Decimal], target: TargetRule, accumulation: str, base_year: int | None, target_year: int
) -> None:
    if not path:
        return
    if accumulation != "level" or target.type == "done":
        raise InvalidInput("path", "年度目标只用于 level / only for level")
    for year, value in path.items():
        if not (base_year or 0) < year < target_year:
            raise InvalidInput("path", f"{year} 年不在基期年与目标年之间 / not between base and target year")
        if not value.is_finite():
            raise InvalidInput("path", "应为有限数 / must be finite numbers")


def _check_figures(figures: Sequence[Figure]) -> None:
    if any(figure.value is not None and not figure.value.is_finite() for figure in figures):
        raise InvalidInput("observations", "应为有限数 / must be finite numbers")


def _worst(statuses: Sequence[str], order: tuple[str, ...]) -> str:
    known = [status for status in statuses if status in order]
    worst = min(known, key=order.index, default="not_assessable")
    if len(known) < len(statuses) and worst not in DECIDING:
        return "not_assessable"
    return worst
