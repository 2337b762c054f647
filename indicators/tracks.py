"""From standings to the plain data the charts draw."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from charts.track import Bound, Goal, Point, Track, Words, expected
from indicators.models import Observation
from indicators.queries import ComponentStanding
from indicators.wording import number, target_words


def words(*, growth: bool = False) -> Words:
    """The few words charts print, in the language of the request."""
    return Words(
        observed=_("公布值"),
        provisional=_("初步或推算"),
        baseline=_("基期"),
        expected=_("等速增长轨迹") if growth else _("预期轨迹"),
        target=_("目标"),
        projection=_("按目前速度"),
        bound=_("下限表述"),
        superseded=_("未采用或已被替代"),
        source=_("来源"),
        released=_("公布于"),
        no_data=_("暂无数据"),
    )


def track(part: ComponentStanding, *, growth: bool = False) -> Track:
    """One component as a chart needs it: what counts, what was said besides, and where it is to go.

    `growth` draws the path of method B, the same rate each year, instead of the straight one of method A.
    """
    indicator, target = part.component.indicator, part.target
    in_force = part.in_force()
    counted = {row.pk for row in in_force.values()}
    base_year, base_value = part.component.baseline_year, part.component.baseline_value
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
        baseline=(base_year, base_value) if base_value is not None else None,
        points=tuple(_point(row) for row in in_force.values()),
        bounds=tuple(
            Bound(row.year, row.value, row.published_text or f"≥ {number(row.value)}")
            for row in others
            if row.state == Observation.State.APPROVED and not row.is_judged
        ),
        goal=Goal(
            type=target.type,
            direction=indicator.direction,
            value=target.value,
            low=target.low,
            high=target.high,
            year=target.year,
            text=target_words(target, indicator.direction),
        ),
        other_releases=tuple(_point(row) for row in others if row.is_judged or row.state == "rejected"),
        projection=(latest.year, latest.value, outlook.projected)
        if latest and latest.value is not None and outlook.projected is not None
        else None,
        is_growth=growth,
    )


def has_growth(part: ComponentStanding) -> bool:
    """Whether there is a path of method B to draw: baseline and target above zero."""
    return bool(expected(track(part, growth=True)))


def _point(row: Observation) -> Point:
    return Point(
        year=row.year,
        value=row.value,
        text=number(row.value),
        provisional=row.is_provisional,
        status_text=row.get_value_status_display(),
        source=row.source.title,
        released_on=date_format(row.released_on, "DATE_FORMAT"),
        superseded=row.state == Observation.State.REJECTED,
    )


def sentence(part: ComponentStanding) -> str:
    """The chart in one sentence, from the same data."""
    indicator, target = part.component.indicator, part.target
    unit = "" if indicator.unit_label == "%" else f" {indicator.unit_label}"
    goal = target_words(target, indicator.direction)
    said = {"name": part.component.label, "goal": f"{goal}{unit}", "year": target.year}
    figures = sorted(part.in_force().values(), key=lambda row: row.year)
    if not figures:
        return _("%(name)s：目标为 %(year)s 年 %(goal)s，截至所选日期没有公布的数据。") % said
    last = figures[-1]
    said |= {"last_year": last.year, "last": f"{number(last.value)}{unit}", "count": len(figures)}
    if len(figures) == 1:
        return _("%(name)s：%(last_year)s 年为 %(last)s，目标为 %(year)s 年 %(goal)s。") % said
    said |= {"first_year": figures[0].year, "first": f"{number(figures[0].value)}{unit}"}
    return (
        _(
            "%(name)s：从 %(first_year)s 年的 %(first)s 到 %(last_year)s 年的 %(last)s，"
            "共 %(count)s 个年份有数据；目标为 %(year)s 年 %(goal)s。"
        )
        % said
    )
