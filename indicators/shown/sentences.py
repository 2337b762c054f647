"""Sentences a derivation is made of, whatever is compared with the target."""

from collections.abc import Mapping

from django.utils.html import conditional_escape, escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from indicators.queries import ComponentStanding
from indicators.shown.wording import Badge, bound_words, lack_of_figures, stated
from plan.wording import measured


def fill(words: str, n: Mapping[str, object]) -> str:
    """A sentence with its numbers, some of which are links; everything else is escaped."""
    return mark_safe(escape(words) % {name: conditional_escape(value) for name, value in n.items()})


def conclusion(badge: Badge) -> str:
    return _("结论：%(word)s。") % {"word": badge.word}


def band_words(part: ComponentStanding) -> str:
    """The bands of the linear method, by the cut-offs of the day."""
    return (
        _(
            "界线：≥%(ahead)s %% 快于预期，≥%(on_schedule)s %% 符合预期，"
            "≥%(slightly_behind)s %% 进度偏慢，≥0 进度滞后，负数低于基期。"
        )
        % part.rule.percentages
    )


def statements_of(part: ComponentStanding, year: int, unit: object) -> str:
    """Every "at least" and "at most" of a year, in its own words."""
    return _("、").join(bound_words(row, str(unit)) for row in part.bounds if row.year == year)


def silence_words(part: ComponentStanding) -> str:
    """Why nothing is judged where no figure of the plan's years is public, with the last one before."""
    before = [row for row in part.rests_on if row.year <= part.inputs["base_year"]]
    if not before:
        return lack_of_figures(part) if part.known and not part.in_use else _("截至所选日期没有公布的数据")
    last = before[-1]
    unit = part.component.indicator.unit_label
    return _("规划期内（%(first)s 年起）尚无数据；最近一次：%(year)s 年 %(value)s") % {
        "first": part.inputs["base_year"] + 1,
        "year": last.year,
        "value": measured(stated(last), unit),
    }


def open_bounds(part: ComponentStanding, n: Mapping[str, object]) -> list[str]:
    """Years of which only a range is known that decides nothing: said, and passed over."""
    steps = []
    for known in part.assessment.known:
        if known.is_exact or known.year > part.target.year or known.year not in part.assessment.open_years:
            continue
        said = {**n, "year": known.year, "said": statements_of(part, known.year, n["unit"])}
        if known.is_contradictory:
            steps.append(fill(_("%(year)s 年公布的%(said)s互相矛盾，不能据以判定。"), said))
        else:
            steps.append(fill(_("%(year)s 年已公布%(said)s，不足以判定是否%(reach)s。"), said))
    return steps
