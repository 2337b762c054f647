"""From standings to the plain data the charts draw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from charts.track import Bound, EarlierGoal, ElsewhereLine, Goal, Point, Track, Words, expected
from indicators.continuing import Neighbour
from indicators.elsewhere import Elsewhere
from indicators.models import Component, Observation, Target
from indicators.queries import ComponentStanding
from indicators.shown.decimals import lone_figure
from indicators.shown.sources import ORDER, rank_of
from indicators.shown.vintages import fate
from indicators.shown.wording import bound_words, goal_text, limit_of, number, reach_words, target_words
from judging.terms import TargetRule
from plan.models import Source
from plan.wording import closed_up, measured, publisher_of


def words(*, growth: bool = False) -> Words:
    """The few words charts print, in the language of the request."""
    return Words(
        observed=_("公布值"),
        provisional=_("初步或推算"),
        baseline=_("基期"),
        expected=_("等速增长轨迹") if growth else _("预期轨迹"),
        target=_("目标"),
        projection=_("按 %(year)s 年以来的年均增量"),
        pace=_("按年均增量"),
        bound=_("范围表述"),
        superseded=_("已被替代或未采用"),
        source=_("来源"),
        released=_("公布于"),
        no_data=_("暂无数据"),
        revised=_("修订"),
        strict=_("目标（须超过，等于不算）"),
        band=_("目标区间"),
        earlier=_("原目标"),
        of_plan=_("%(plan)s的目标"),
        changed=_("目标更改"),
        more=_("另有其他发布，见下表"),
        mean=_("到该年的年均值"),
        joint=_("、"),
    )


def track(
    part: ComponentStanding,
    *,
    growth: bool = False,
    before: Neighbour | None = None,
    elsewhere: Sequence[Elsewhere] = (),
) -> Track:
    """One component as a chart needs it: what counts, what was said besides, and where it is to go.

    `growth` draws the path of method B, the same rate each year, instead of the straight one of method A; `before`
    what the component goes on from, whose figures and target come first; `elsewhere` the same in other places.
    """
    found = replace(_own_track(part, growth=growth), elsewhere=tuple(map(_elsewhere_line, elsewhere)))
    return _through_both(found, before) if before and before.is_comparable else found


def _elsewhere_line(there: Elsewhere) -> ElsewhereLine:
    return ElsewhereLine(there.place, tuple((row.year, row.value) for row in there.rows))


def _through_both(own: Track, before: Neighbour) -> Track:
    """A chart that begins with the figures and the target of the earlier plan, up to that plan's last year."""
    earlier, ends = before.part, before.plan.ends_on
    page, told = earlier.component.indicator.get_absolute_url(), {point.year for point in own.points}
    first = [row for row in _own_track(earlier).points if row.year not in told]
    points = [*(replace(row, place=f"{page}{row.place}") for row in first), *own.points]
    goal = _goal(earlier, earlier.target)
    passed = EarlierGoal(goal, ends.isoformat(), ends.year + 0.5, before.plan.short_label)
    return replace(
        own,
        first_year=min([own.first_year, goal.year, *(row.year for row in first)]),
        points=tuple(sorted(points, key=lambda row: row.year)),
        earlier_goals=(passed, *own.earlier_goals),
    )


def _own_track(part: ComponentStanding, *, growth: bool = False) -> Track:
    indicator, target = part.component.indicator, part.target
    in_force = part.in_force()
    counted = {row.pk for row in in_force.values()}
    base_year = part.component.baseline_year
    # A second source of the same figure confirms it and needs no mark of its own.
    others = [
        row
        for row in part.known
        if row.pk not in counted and not (row.is_judged and row.value == in_force[row.year].value)
    ]
    # The axis reaches from the year before the plan to its end, even with nothing to show.
    start = indicator.plan.starts_on.year - 1
    years = [start, *(row.year for row in part.known), target.year, base_year or start]
    latest = part.assessment.latest
    outlook = part.assessment.outlook
    return Track(
        name=part.component.label if indicator.label != part.component.label else indicator.label,
        unit=indicator.unit_label,
        first_year=min(years),
        last_year=max(years),
        baseline=_start(part),
        points=_points(part, in_force),
        bounds=tuple(
            Bound(
                row.year,
                row.value,
                row.published_text or limit_of(row),
                is_upper=row.precision == Observation.Precision.UPPER_BOUND,
                is_exclusive=row.exclusive,
            )
            for row in others
            if row.is_bound
        ),
        goal=_goal(part, target),
        earlier_goals=tuple(
            _earlier(part, old, new) for old, new in pairwise(part.targets) if new.effective_on is not None
        ),
        other_releases=tuple(
            _point(row, in_force.get(row.year)) for row in others if row.is_judged or row.state == "rejected"
        ),
        projection=(latest.year, latest.value, outlook.projected)
        if latest and latest.value is not None and outlook.projected is not None
        else None,
        is_growth=growth or part.component.accumulation == Component.Accumulation.ANNUAL_GROWTH,
        path=tuple((int(year), Decimal(value)) for year, value in sorted(target.path.items())),
        means=_means(part),
        is_whole=indicator.decimals == 0,
    )


def _start(part: ComponentStanding) -> tuple[int, Decimal] | None:
    """Where the way to the target begins; a sum begins with nothing, a mean and a yearly bound nowhere."""
    component = part.component
    if component.accumulation == Component.Accumulation.SUM:
        return part.inputs["base_year"], Decimal(0)
    if component.accumulation in Component.BY_YEARS or component.baseline_value is None:
        return None
    return component.baseline_year, component.baseline_value


def _run(part: ComponentStanding) -> list[tuple[Observation, Fraction]]:
    """The figures of the years since the base as long as none is missing, each with the sum so far."""
    found, total, in_force = [], Fraction(0), part.in_force()
    for year in range(part.inputs["base_year"] + 1, part.target.year + 1):
        if year not in in_force:
            break
        total += Fraction(in_force[year].value)
        found.append((in_force[year], total))
    return found


def _points(part: ComponentStanding, in_force: dict[int, Observation]) -> tuple[Point, ...]:
    """The figures that count, with the places of title and row; of a sum, what they come to year by year."""
    if part.component.accumulation != Component.Accumulation.SUM:
        rows = in_force.values()
        return tuple(replace(_point(row, row), text=lone_figure(part, row.value)) for row in rows)
    points = []
    for row, total in _run(part):
        so_far = Decimal(total.numerator) / Decimal(total.denominator)
        points.append(replace(_point(row, row), value=so_far, text=number(so_far)))
    return tuple(points)


def _means(part: ComponentStanding) -> tuple[tuple[int, Fraction], ...]:
    if part.component.accumulation != Component.Accumulation.MEAN:
        return ()
    return tuple((row.year, total / place) for place, (row, total) in enumerate(_run(part), 1))


def has_growth(part: ComponentStanding) -> bool:
    """Whether there is a path of method B to draw: baseline and target above zero."""
    return bool(expected(track(part, growth=True)))


@dataclass(frozen=True)
class SourceLine:
    """Who published figures in force, and the address of the latest of them on the page.

    `is_repost`: printed again what another published, and its name does not say so.
    """

    name: str
    place: str
    is_repost: bool = False


def sources(part: ComponentStanding) -> list[SourceLine]:
    """The publishers of the figures in force, each once: official ones first, reposts last, then the latest."""
    latest: dict[str, SourceLine] = {}
    rows = sorted(part.in_force().values(), key=lambda row: (ORDER.index(rank_of(row.source)), -row.year))
    for row in rows:
        name = publisher_of(row.source)
        is_repost = rank_of(row.source) == Source.Rank.REPOST
        latest.setdefault(name, SourceLine(name, f"#obs-{row.pk}", is_repost and "转" not in row.source.publisher))
    return list(latest.values())


def _goal(part: ComponentStanding, target: Target) -> Goal:
    """A target as drawn. Where its kind was changed, the words tell the two kinds of range apart."""
    direction = part.component.indicator.direction
    text = target_words(target, direction)
    if len({row.type for row in part.targets}) > 1:
        text = reach_words(target, direction, "")
    drawn = target_as_drawn(part, target)
    return Goal(target.type, direction, drawn.value, drawn.low, drawn.high, target.year, text)


def target_as_drawn(part: ComponentStanding, target: Target) -> Target | TargetRule:
    """On the scale of the figures: of a growth the level it means, of done a one."""
    if target.type == Target.Type.DONE:
        return TargetRule("point", "up", Decimal(1))
    goal = part.assessment.goal
    is_level = part.component.accumulation in Component.IN_PER_CENT and target.pk == part.target.pk and goal
    return goal if is_level and goal else target


def _earlier(part: ComponentStanding, old: Target, new: Target) -> EarlierGoal:
    """A target and the day another took its place; a year's mark stands for its middle."""
    day = new.effective_on
    assert day is not None
    return EarlierGoal(_goal(part, old), day.isoformat(), day.year + (day.timetuple().tm_yday - 183) / 365)


def _point(row: Observation, in_force: Observation | None) -> Point:
    return Point(
        year=row.year,
        value=row.value,
        text=number(row.value),
        provisional=row.is_provisional,
        status_text=row.get_value_status_display(),
        source=row.source.title,
        released_on=date_format(row.released_on, "DATE_FORMAT"),
        superseded=row.state == Observation.State.REJECTED,
        revised=row.value_status == Observation.ValueStatus.REVISED,
        fate=fate(row, in_force),
        place=f"#obs-{row.pk}",
    )


def sentence(part: ComponentStanding) -> str:
    """The chart in one sentence, from the same data."""
    indicator, target = part.component.indicator, part.target
    unit = indicator.unit_label
    said = {"name": part.component.label, "goal": goal_text(target, indicator), "year": target.year}
    figures = [row for _year, row in sorted(part.in_force().items())]
    if not figures and part.bounds:
        last = part.bounds[-1]
        said |= {"last_year": last.year, "last": bound_words(last, f" {unit}")}
        return _("%(name)s：%(last_year)s 年公布%(last)s，目标为 %(year)s 年 %(goal)s。") % said
    if not figures:
        return _("%(name)s：目标为 %(year)s 年 %(goal)s，截至所选日期没有公布的数据。") % said
    last = figures[-1]
    said |= {"last_year": last.year, "last": measured(lone_figure(part, last.value), unit), "count": len(figures)}
    since = _since(part, last.year)
    if len(figures) == 1:
        return _("%(name)s：%(last_year)s 年为 %(last)s，目标为 %(year)s 年 %(goal)s。") % said + since
    said |= {"first_year": figures[0].year, "first": measured(lone_figure(part, figures[0].value), unit)}
    told = _(
        "%(name)s：从 %(first_year)s 年的 %(first)s 到 %(last_year)s 年的 %(last)s，"
        "共 %(count)s 个年份有数据；目标为 %(year)s 年 %(goal)s。"
    )
    return closed_up(told % said) + since


def _since(part: ComponentStanding, year: int) -> str:
    """What says at least or at most of a year after the last figure; empty where nothing does."""
    if not part.bounds or part.bounds[-1].year <= year:
        return ""
    last = part.bounds[-1]
    words = {"year": last.year, "said": f"{limit_of(last)} {part.component.indicator.unit_label}"}
    return _("此后公布的 %(year)s 年数据为%(said)s。") % words
