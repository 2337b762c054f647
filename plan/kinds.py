"""The kinds of commitment, each declared once: what its parts are, whether units report on it, where it is told.

Reporting, due lists, the counts of states, the chapters of the evaluation report, the check of fixtures and the
time lines all read this table; a kind that is not in it is a fault when the process starts.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    INDICATOR = "indicator", _("指标")
    PLATFORM = "platform", _("战略平台")
    PLATFORM_TASK = "platform_task", _("平台任务")
    PILLAR = "pillar", _("战略支撑")
    PILLAR_TASK = "pillar_task", _("支撑任务")
    INDUSTRY_GROUP = "industry_group", _("战略性新兴产业")
    FUTURE_INDUSTRY = "future_industry", _("未来产业")
    ACTION = "action", _("行动")
    MEASURE = "measure", _("举措")
    CLUSTER = "cluster", _("创新集群区")
    AREA = "area", _("片区")
    PROJECT = "project", _("项目")
    POINT = "point", _("要点")
    GOAL_DIMENSION = "goal_dimension", _("目标维度")
    GOAL = "goal", _("定性目标")
    SAFEGUARD = "safeguard", _("保障措施")


@dataclass(frozen=True)
class KindTraits:
    """What holds of every commitment of a kind.

    `part`: the kind of its parts in lists and time lines. `is_top`: it has no parent. `is_entry`: a named facility
    or a single promise below whatever makes it. `is_reported`: a responsible organisation may report on it;
    `is_due`: it has to, each period. `has_chapter`: it opens a chapter of the evaluation report.
    """

    part: Kind | None = None
    is_top: bool = False
    is_entry: bool = False
    is_reported: bool = False
    is_due: bool = False
    has_chapter: bool = False

    def __post_init__(self):
        assert self.is_reported or not self.is_due, "what is due can be reported"


# In the order in which a chapter's states are told.
KINDS = {
    Kind.INDICATOR: KindTraits(is_top=True),
    Kind.GOAL_DIMENSION: KindTraits(part=Kind.GOAL, is_top=True),
    Kind.GOAL: KindTraits(is_reported=True),
    Kind.PLATFORM: KindTraits(part=Kind.PLATFORM_TASK, is_top=True, has_chapter=True),
    Kind.PLATFORM_TASK: KindTraits(is_reported=True, is_due=True),
    Kind.PILLAR: KindTraits(part=Kind.PILLAR_TASK, is_top=True, has_chapter=True),
    Kind.PILLAR_TASK: KindTraits(is_reported=True, is_due=True),
    Kind.ACTION: KindTraits(part=Kind.MEASURE, is_top=True, has_chapter=True),
    Kind.MEASURE: KindTraits(is_reported=True, is_due=True),
    Kind.CLUSTER: KindTraits(part=Kind.AREA, is_top=True, has_chapter=True),
    Kind.AREA: KindTraits(is_reported=True, is_due=True),
    Kind.INDUSTRY_GROUP: KindTraits(is_top=True, has_chapter=True),
    Kind.FUTURE_INDUSTRY: KindTraits(is_top=True, has_chapter=True),
    Kind.SAFEGUARD: KindTraits(part=Kind.POINT, is_top=True, is_reported=True, has_chapter=True),
    Kind.PROJECT: KindTraits(is_entry=True, is_reported=True, is_due=True),
    Kind.POINT: KindTraits(is_entry=True, is_reported=True),
}
assert set(KINDS) == set(Kind), "every kind is declared"

TOP = tuple(kind for kind, rule in KINDS.items() if rule.is_top)
ENTRIES = tuple(kind for kind, rule in KINDS.items() if rule.is_entry)
REPORTED = tuple(kind for kind, rule in KINDS.items() if rule.is_reported)
DUE = tuple(kind for kind, rule in KINDS.items() if rule.is_due)
# What is reported on or judged by figures; everything else is made of these and speaks through them alone.
COUNTED = (Kind.INDICATOR, *REPORTED)
MADE_OF_PARTS = tuple(kind for kind in KINDS if kind not in COUNTED)
# By the kind of a list, the kind of its parts.
PARTS = {kind: rule.part for kind, rule in KINDS.items() if rule.part}
# By the kind of a part, the only kind that may be above it; entries stand below anything that is no entry.
PARENTS = {part: kind for kind, part in PARTS.items() if part not in ENTRIES}
# What opens a chapter of the evaluation report, with the parts it tells one by one.
CHAPTERS = tuple(
    (kind, () if rule.part is None or rule.part in ENTRIES else (rule.part,))
    for kind, rule in KINDS.items()
    if rule.has_chapter
)
# By kind, the name of the page of one commitment; apps add theirs when they are ready.
pages: dict[str, str] = {}
