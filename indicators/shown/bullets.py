"""The bullet view: every component on one scale of per cent, with its numbers and units written beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from django.utils.translation import gettext as _

from charts.bullet import Axis, Gauge, axis_for, axis_svg, bullet_svg, due, gauge, later_bounds, missing, reached
from charts.bullet import gap as gap_of
from charts.track import Bound, Point, Track
from indicators.models import Component
from indicators.queries import ComponentStanding, baseline
from indicators.shown import tracks
from indicators.shown.decimals import figure_text, places_of
from indicators.shown.wording import difference_unit, has_short_road, number, share
from judging.decimals import rounded


@dataclass(frozen=True)
class Gauged:
    """A component's track with the scale it is drawn on."""

    part: ComponentStanding
    track: Track
    scale: Gauge | None

    @property
    def share(self) -> Fraction | None:
        return reached(self.track, self.scale)

    @property
    def gap(self) -> Fraction | None:
        return gap_of(self.track, self.scale)


@dataclass(frozen=True)
class Bullet:
    """What a row says beside its picture; empty words where there is nothing to say."""

    svg: str
    share: str
    lack: str
    due: str
    start: str
    bound: str


def gauged(part: ComponentStanding) -> Gauged:
    """A total starts from nothing, a mean stands where it has come to; a baseline that all but equals the target
    makes no scale."""
    track, kind = tracks.track(part), part.component.accumulation
    if kind == Component.Accumulation.CUMULATIVE:
        year, value = baseline(part.component.indicator.plan, part.component)
        track = replace(track, baseline=None if year is None or value is None else (year, value))
    elif kind == Component.Accumulation.MEAN:
        track = replace(track, points=_mean_so_far(track))
    return Gauged(part, track, gauge(track, from_baseline=not has_short_road(part)))


def _mean_so_far(track: Track) -> tuple[Point, ...]:
    """The mean of the years up to the last of an unbroken run, instead of the figures of single years."""
    if not track.means:
        return ()
    year, mean = track.means[-1]
    last = next(point for point in track.observed if point.year == year)
    return (replace(last, value=rounded(mean)),)


def common_axis(rows: Sequence[Gauged]) -> Axis:
    return axis_for(row.share for row in rows)


def axis_head(axis: Axis) -> str:
    """The scale above the rows."""
    return axis_svg(axis, start=_("基期或零"), target=_("目标"))


def bullet(row: Gauged, axis: Axis, *, label: str) -> Bullet:
    bounds = later_bounds(row.track)
    return Bullet(
        bullet_svg(row.track, row.scale, axis, label=label),
        _share_words(row),
        _lack_words(row),
        _due_words(row),
        _start_words(row),
        _bound_words(bounds),
    )


def _bound_words(bounds: Sequence[Bound]) -> str:
    said = _("，").join(bound.text for bound in bounds)
    return _("%(year)s 年%(said)s") % {"year": bounds[0].year, "said": said} if bounds else ""


def in_range_words(row: Gauged) -> str:
    """Of a range: that the latest figure is inside it, or beyond its far end; nothing short of it."""
    goal = row.track.goal
    if not goal.is_range or not row.track.observed:
        return ""
    value, low, high = row.track.observed[-1].value, goal.ends[0], goal.ends[-1]
    if low <= value <= high:
        return _("已在区间内")
    is_beyond = value > high if goal.direction == "up" else value < low
    return _("已超过区间") if is_beyond else ""


def _share_words(row: Gauged) -> str:
    if row.part.assessment.basis == "bound":
        return _("据范围判定")
    if row.scale is None or row.share is None or in_range_words(row):
        return in_range_words(row) or "—"
    words = {"share": share(row.share)}
    return _("增量目标完成 %(share)s") % words if row.scale.is_from_baseline else _("目标的 %(share)s") % words


def _lack_words(row: Gauged) -> str:
    if row.part.assessment.basis == "bound":
        # The bar is of an earlier year, and says nothing of it.
        return _("已达目标") if row.part.assessment.linear.status == "achieved" else _("没有达到目标")
    lack = missing(row.track)
    if lack is None:
        return ""
    goal, unit = row.track.goal, row.track.unit
    if lack < 0 or (lack == 0 and goal.type != "strict"):
        return _("已达目标")
    if lack == 0:
        return _("恰等于界限")
    words = {"lack": number(lack), "unit": difference_unit(unit)}
    return (_("超出 %(lack)s %(unit)s") if in_range_words(row) else _("还差 %(lack)s %(unit)s")) % words


def _due_words(row: Gauged) -> str:
    is_shown = row.scale and row.scale.is_from_baseline and row.part.assessment.basis != "bound"
    spot = due(row.track) if is_shown else None
    if spot is None:
        return ""
    return _("按直线此时应有 %(value)s") % {"value": number(spot[1], places_of(row.part) + 1)}


def _start_words(row: Gauged) -> str:
    """What stands at 0 per cent of the row, and why."""
    if row.scale is None:
        return _("没有可比的起点，不画条")
    base = row.track.baseline
    if base is None:
        return _("0 %% = 零（规划没有给出基期值）") % {}
    words = {"year": base[0], "value": figure_text(row.part, base[1])}
    if row.scale.is_from_baseline:
        if row.part.component.baseline_value is None:
            return _("0 %% = 零（累计数从 %(year)s 年末起算）") % words
        return _("0 %% = 基期 %(year)s 年 %(value)s") % words
    return _("0 %% = 零（基期 %(year)s 年 %(value)s 已近目标）") % words
