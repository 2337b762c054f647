"""What a chart shows, as its title: since when the target is met, or how far the latest figure is from it."""

from django.utils.translation import gettext as _

from indicators.models import Component, Target
from indicators.queries import ComponentStanding
from indicators.shown.cards import value_words
from indicators.shown.decimals import together_text
from indicators.shown.rows import lack_words, met_since
from indicators.shown.wording import COMPARED, goal_text, reach_words
from plan.wording import closed_up, measured

# Kinds whose years are held against the target together.
TOGETHER = (Component.Accumulation.SUM, Component.Accumulation.MEAN)


def active_title(part: ComponentStanding) -> str:
    """“2022 年起高于 22,000 家的目标”; where nothing was published, what was to be reached."""
    row = part.heard
    if row is None:
        return _("%(lack)s，目标为 %(goal)s") % {"lack": lack_words(part), "goal": _goal(part)}
    if (since := met_since(part)) is not None:
        return _met(part, since)
    unit, lack = part.component.indicator.unit_label, lack_words(part)
    words = {"year": row.year, "goal": _goal(part), "lack": lack[:1].lower() + lack[1:]}
    kind, compared = part.component.accumulation, part.assessment.compared
    if kind in TOGETHER and compared is not None:
        # Not the last year's figure is held against the target, but what the years make together.
        words["value"] = measured(str(COMPARED[kind]) % {"goal": together_text(part, compared)}, unit)
        return _("截至 %(year)s 年%(value)s，%(lack)s（目标 %(goal)s）") % words
    words["value"] = measured(value_words(part, row), unit)
    return _("%(year)s 年 %(value)s，%(lack)s（目标 %(goal)s）") % words


def _met(part: ComponentStanding, since: int) -> str:
    direction = part.component.indicator.direction
    if part.target.type == Target.Type.STRICT and direction == "up":
        unit = f" {part.component.indicator.unit_label}"
        words = {"year": since, "reach": reach_words(part.target, direction, unit)}
        return _("%(year)s 年起%(reach)s的目标") % words
    return closed_up(_("%(year)s 年起达到 %(goal)s 的目标") % {"year": since, "goal": _goal(part)})


def _goal(part: ComponentStanding) -> str:
    return goal_text(part.target, part.component.indicator)
