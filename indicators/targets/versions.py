"""A target's version in words: where it stands, what it replaces, whether it asks for more or for less."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.models import Target
from indicators.queries import ComponentStanding
from indicators.shown.wording import target_words
from indicators.targets.workflow import ambition_of, in_force, replaced_by
from judging.ambition import Ambition
from plan import badges

AMBITION = {
    Ambition.MORE: gettext_lazy("要求提高"),
    Ambition.LESS: gettext_lazy("要求放宽"),
    Ambition.SAME: gettext_lazy("要求不变"),
    Ambition.NOT_COMPARABLE: gettext_lazy("不可直接比较"),
}


@dataclass(frozen=True)
class Compared:
    """A target beside another: the word, its sign, the other one in words."""

    other: Target
    ambition: Ambition

    @property
    def word(self):
        return AMBITION[self.ambition]

    @property
    def sign(self) -> str:
        return badges.AMBITION[self.ambition].sign

    @property
    def look(self) -> str:
        return badges.AMBITION[self.ambition].look

    @property
    def goal(self) -> str:
        return target_words(self.other, self.other.component.indicator.direction)


@dataclass(frozen=True)
class TargetLine:
    """One version or proposal as a page shows it."""

    target: Target
    is_current: bool
    state: str
    goal: str
    against_previous: Compared | None
    against_own: Compared | None


def target_line(target: Target, approved: list[Target], day: date) -> TargetLine:
    """A target among the approved ones of its component (which all know their component), seen on a day."""
    current = in_force(approved, day)
    goal = target_words(target, target.component.indicator.direction)
    is_current = target.pk == current.pk
    if target.version == 1:
        return TargetLine(target, is_current, _state(target, is_current, day), goal, None, None)
    previous, own = replaced_by(target, approved), next(row for row in approved if row.version == 1)
    return TargetLine(
        target,
        is_current,
        _state(target, is_current, day),
        goal,
        Compared(previous, ambition_of(target, previous)),
        Compared(own, ambition_of(target, own)) if previous.pk != own.pk else None,
    )


def _state(target: Target, is_current: bool, day: date) -> str:
    if target.state != Target.State.APPROVED:
        return str(target.get_state_display())
    if is_current:
        return _("现行")
    if not target.counts_on(day):
        return _("尚未生效")
    return _("已被替代")


def target_lines(part: ComponentStanding, proposals: list[Target], day: date) -> list[TargetLine]:
    """A component's versions as public on a day, the plan's own first; then the proposals given."""
    approved = sorted([*part.targets, *part.scheduled], key=lambda row: row.version or 0)
    own = [row for row in proposals if row.component_id == part.component.pk]
    for row in (*approved, *own):
        row.component = part.component
    return [target_line(row, approved, day) for row in (*approved, *own)]
