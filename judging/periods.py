"""What is held against the target, kind by kind (docs/methods.md 1.10 to 1.12).

A level, a sum or a mean of the years since the base, a level that a growth in per cent means, the same in every
year, or whether a thing is done. Each kind gives a whole Assessment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

from judging.methods import ValueCase, band_linear, cagr, completion, linear, outlook
from judging.statements import Figure, Known
from judging.terms import Accumulation, Assessment, Cagr, Cutoffs, Linear, Outlook, TargetRule


@dataclass(frozen=True, slots=True)
class Given:
    """What a judgement rests on: `known` by year, of every year; `path` the plan's own values between b and T."""

    b: int | None
    y0: Decimal | None
    T: int
    target: TargetRule
    known: Mapping[int, Known]
    accumulation: Accumulation
    path: Mapping[int, Decimal]
    cutoffs: Cutoffs

    @property
    def after_base(self) -> dict[int, Known]:
        return {year: said for year, said in self.known.items() if self.b is None or year > self.b}

    @property
    def years(self) -> range:
        """Every year of the period; the base year must be known."""
        assert self.b is not None
        return range(self.b + 1, self.T + 1)

    @property
    def run(self) -> list[Known]:
        """What is exactly known from the first year on without a gap, up to the target year."""
        found = []
        for year in self.years:
            said = self.known.get(year)
            if said is None or not said.is_exact:
                break
            found.append(said)
        return found


def judge_level(given: Given, *, annual: Fraction | None = None) -> Assessment:
    """The value of a year; `annual` is the yearly growth the path runs along instead of the straight line."""
    goal, known = given.target.reached(), given.after_base
    met = {year: said.meets(goal) for year, said in known.items()}
    judged = [
        said
        for year, said in known.items()
        if year <= given.T and (said.is_exact or met[year] or (year == given.T and met[year] is False))
    ]
    attained = [year for year in known if met[year]]
    first = next((year for year in attained if year <= given.T), None)
    at_end = known.get(given.T)
    reason = _nothing(given, known)
    found = Assessment(
        _final(at_end, given.target),
        Linear("not_assessable", reason),
        Cagr("not_assessable", reason),
        first_attained_year=first,
        late_attained_year=attained[0] if attained and first is None else None,
        at_bound=_at_bound(given.target, at_end.latest.number if at_end and at_end.is_exact else None),
        goal=given.target,
        known=tuple(known.values()),
    )
    if not judged:
        return replace(found, heard=_heard(given))
    said = judged[-1]
    since = _held_since((year, met[year]) for year in known if year <= said.year)
    found = replace(found, latest=said.latest, provisional=said.is_provisional(goal), held_since=since)
    if not said.is_exact:
        word = "achieved" if met[said.year] else "missed"
        return replace(found, linear=Linear(word), cagr=Cagr(word), basis="bound")
    value = said.latest.number
    case = ValueCase(
        target=given.target,
        b=given.b if given.y0 is not None else None,
        y0=given.y0,
        t=said.year,
        y=value,
        T=given.T,
        cutoffs=given.cutoffs,
        planned=_planned(given, said.year, annual),
        no_growth="cumulative" if given.accumulation == "cumulative" else "",
    )
    return replace(
        found,
        linear=linear(case),
        cagr=cagr(case),
        completion=completion(case),
        outlook=outlook(case),
        basis="exact",
        compared=Fraction(value),
    )


def judge_growth(given: Given) -> Assessment:
    """A level against the one that a growth of the base value means, over the period or year by year."""
    b, y0 = given.b, given.y0
    if b is None or y0 is None or y0 <= 0:
        return _without_level(given, "no_baseline" if b is None or y0 is None else "non_positive_base_or_target")
    target, years = given.target, given.T - b if given.accumulation == "annual_growth" else 1
    rates = [rate for rate in (target.value, target.low, target.high) if rate is not None]
    if years > 1 and min(rates) < -100:
        # A value cannot shrink by more than itself year after year.
        return _without_level(given, "non_positive_base_or_target")

    def level(rate: Decimal | None) -> Decimal | None:
        return None if rate is None else grown(y0, rate, years)

    goal = TargetRule(target.type, target.direction, level(target.value), level(target.low), level(target.high))
    yearly = target.yardstick() if given.accumulation == "annual_growth" else None
    return judge_level(replace(given, target=goal), annual=None if yearly is None else Fraction(yearly) / 100)


def judge_sum(given: Given) -> Assessment:
    """All years since the base together, as long as each of them is exactly known."""
    run = given.run
    if not run:
        return _incomplete(given)
    sums = _running(run)
    case = ValueCase(given.target, given.b, Decimal(0), run[-1].year, sums[-1], given.T, given.cutoffs)
    left = given.T - case.t
    found = outlook(case)
    return _of_run(
        given,
        sums,
        linear(case),
        completion(case),
        replace(found, needed_each_year=found.gap / left if found.gap is not None and left else None),
    )


def judge_mean(given: Given) -> Assessment:
    """The mean of all years since the base; before the target year it can only be on the way, never there."""
    run = given.run
    if not run:
        return _incomplete(given)
    means = [total / number for number, total in enumerate(_running(run), 1)]
    mean, star, t = means[-1], given.target.yardstick(), run[-1].year
    assert star is not None
    expected, elapsed, period = Fraction(star), len(run), len(given.years)
    lead = None
    if mean > 0 and star > 0:
        lead = expected / mean if given.target.direction == "down" else mean / expected
    tau = Fraction(elapsed, period)
    if t == given.T:
        judged = Linear("achieved" if given.target.met(mean) else "missed", None, None, lead, expected, tau)
    elif lead is None:
        judged = Linear("not_assessable", "non_positive_base_or_target", tau=tau)
    else:
        judged = Linear(band_linear(lead, given.cutoffs), None, None, lead, expected, tau)
    left = period - elapsed
    needed = (expected * period - mean * elapsed) / left if left else None
    case = ValueCase(given.target, given.b, None, t, mean, given.T, given.cutoffs)
    hope = Outlook(gap=expected - mean, needed_each_year=needed)
    return _of_run(given, means, judged, completion(case), hope)


def judge_every_year(given: Given) -> Assessment:
    """The same bound in each year of the period: one year lost is lost for good."""
    goal, known = given.target.reached(), given.after_base
    within = {year: known[year] for year in given.years if year in known}
    met = {year: said.meets(goal) for year, said in within.items()}
    decided = [year for year in within if met[year] is not None]
    lost = [year for year in decided if not met[year]]
    kept = [year for year in given.years if met.get(year)]
    latest = within[decided[-1]] if decided else None
    if lost:
        judged, word = Linear("missed", "not_kept"), "not_achieved"
        provisional = all(within[year].is_provisional(goal) for year in lost)
    else:
        judged, word = Linear("on_schedule"), "pending"
        provisional = any(within[year].is_provisional(goal) for year in decided)
        if len(kept) == len(given.years):
            judged, word = Linear("achieved"), "achieved"
        elif not decided:
            judged = Linear("not_assessable", "bound_open" if within else "no_observation_after_base")
    return Assessment(
        word if word == "pending" or not provisional else f"provisional_{word}",
        judged,
        Cagr("not_assessable", "every_year"),
        provisional=provisional,
        first_attained_year=kept[0] if kept else None,
        at_bound=latest is not None and latest.is_exact and _at_bound(given.target, latest.latest.number),
        latest=latest.latest if latest else None,
        heard=None if latest else _heard(given),
        basis=None if latest is None else "exact" if latest.is_exact else "bound",
        compared=Fraction(latest.latest.number) if latest and latest.is_exact else None,
        goal=given.target,
        known=tuple(known.values()),
    )


def judge_done(given: Given) -> Assessment:
    """Whether a thing is there: once said to be, it is; said not to be in the target year, it is missed."""
    goal = given.target.reached()
    within = [said for year, said in given.known.items() if year <= given.T]
    decided = [said for said in within if said.meets(goal) is not None]
    done = [said for said in decided if said.meets(goal)]
    at_end = given.known.get(given.T)
    late = [year for year, said in given.known.items() if year > given.T and said.meets(goal)]
    word, judged, rests_on = "pending", Linear("not_assessable", "done_or_not"), decided[-1:]
    if done:
        word, judged, rests_on = "achieved", Linear("achieved"), done
    elif at_end is not None and at_end.meets(goal) is False:
        word, judged = "not_achieved", Linear("missed")
    elif not within:
        judged = Linear("not_assessable", "no_observation_after_base")
    provisional = bool(rests_on) and all(said.is_provisional(goal) for said in rests_on)
    latest = decided[-1] if decided else None
    return Assessment(
        word if word == "pending" or not provisional else f"provisional_{word}",
        judged,
        Cagr("not_assessable", "done_or_not"),
        provisional=provisional,
        first_attained_year=done[0].year if done else None,
        late_attained_year=late[0] if late and not done else None,
        latest=latest.latest if latest else None,
        basis=None if latest is None else "exact" if latest.is_exact else "bound",
        goal=given.target,
        known=tuple(given.known.values()),
        held_since=done[0].year if done else None,
    )


def _held_since(years: Iterable[tuple[int, bool | None]]) -> int | None:
    """The first of the last years that all met the target; an open one neither keeps nor loses it."""
    since = None
    for year, met in years:
        if met is False:
            since = None
        elif met and since is None:
            since = year
    return since


def grown(start: Decimal, rate: Decimal, years: int) -> Decimal:
    """A value after so many years of a growth in per cent a year: exact, with every digit it has."""
    digits = sum(len(number.as_tuple().digits) + abs(int(number.as_tuple().exponent)) for number in (start, rate))
    with localcontext(Context(prec=(digits + 6) * (years + 1), Emax=MAX_EMAX, Emin=MIN_EMIN)):
        return start * (1 + rate / 100) ** years


def _running(run: list[Known]) -> list[Fraction]:
    sums, total = [], Fraction(0)
    for said in run:
        total += Fraction(said.latest.number)
        sums.append(total)
    return sums


def _of_run(
    given: Given,
    values: list[Fraction],
    judged: Linear,
    done: tuple[Fraction, ...],
    hope: Outlook,
) -> Assessment:
    """A sum or a mean: `values` up to each year of the run, the last of them judged."""
    run, target, compared = given.run, given.target, values[-1]
    is_complete = run[-1].year == given.T
    provisional = any(said.latest.provisional for said in run)
    final = "pending"
    if is_complete:
        word = "achieved" if target.met(compared) else "not_achieved"
        final = f"provisional_{word}" if provisional else word
    attained = [said.year for said, value in zip(run, values, strict=True) if target.met(value)]
    if given.accumulation == "mean":
        attained = [year for year in attained if year == given.T]
    return Assessment(
        final,
        judged,
        Cagr("not_assessable", given.accumulation),
        provisional=provisional,
        first_attained_year=attained[0] if attained else None,
        at_bound=is_complete and _at_bound(target, compared),
        latest=run[-1].latest,
        completion=done,
        outlook=hope,
        basis="exact",
        compared=compared,
        goal=target,
        known=tuple(given.after_base.values()),
        held_since=_held_since((said.year, said.year in attained) for said in run),
    )


def _incomplete(given: Given) -> Assessment:
    known = given.after_base
    is_known = any(year <= given.T for year in known)
    reason = "incomplete_period" if is_known else "no_observation_after_base"
    return Assessment(
        "pending",
        Linear("not_assessable", reason),
        Cagr("not_assessable", given.accumulation),
        heard=_heard(given),
        goal=given.target,
        known=tuple(known.values()),
    )


def _without_level(given: Given, reason: str) -> Assessment:
    """A growth of a base that is not there, or of which no level follows: the figures stand, nothing is judged."""
    known = given.after_base
    exact = [said.latest for year, said in known.items() if year <= given.T and said.is_exact]
    return Assessment(
        "pending",
        Linear("not_assessable", reason),
        Cagr("not_assessable", reason),
        provisional=bool(exact) and exact[-1].provisional,
        latest=exact[-1] if exact else None,
        heard=None if exact else _heard(given),
        known=tuple(known.values()),
    )


def _heard(given: Given) -> Figure | None:
    """The last statement of the period, of whatever kind."""
    said = [known.latest for year, known in given.after_base.items() if year <= given.T]
    return said[-1] if said else None


def _nothing(given: Given, known: Mapping[int, Known]) -> str:
    """Why no year can be judged by its value."""
    if any(year <= given.T for year in known):
        return "bound_open"
    return "no_baseline" if given.y0 is None else "no_observation_after_base"


def _final(at_end: Known | None, target: TargetRule) -> str:
    goal = target.reached()
    met = at_end.meets(goal) if at_end else None
    if at_end is None or met is None:
        return "pending"
    word = "achieved" if met else "not_achieved"
    return f"provisional_{word}" if at_end.is_provisional(goal) else word


def _at_bound(target: TargetRule, value: Decimal | Fraction | None) -> bool:
    return target.type == "strict" and value is not None and value == target.value


def _planned(given: Given, year: int, annual: Fraction | None) -> Fraction | None:
    """E where the path is not the straight line: compound, or through the plan's yearly targets."""
    if given.b is None or given.y0 is None:
        return None
    if annual is not None:
        return Fraction(given.y0) * (1 + annual) ** (year - given.b)
    star = given.target.yardstick(given.y0)
    if not given.path or star is None:
        return None
    marks = [(given.b, Fraction(given.y0)), *((y, Fraction(v)) for y, v in sorted(given.path.items()))]
    for (left, from_), (right, to) in pairwise([*marks, (given.T, Fraction(star))]):
        if year <= right:
            return from_ + (to - from_) * Fraction(year - left, right - left)
    return None
