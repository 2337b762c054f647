"""What became known of a plan on a day, and why: the words every list of changes is made of.

A change has one cause. Apps that know of changes make them; `dashboard.changes` puts them into one list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from plan.badges import Badge
from plan.days import with_knowledge
from plan.models import Item, Source


class Cause(models.TextChoices):
    NEW_FIGURE = "new_figure", gettext_lazy("新数据")
    REVISED_FIGURE = "revised_figure", gettext_lazy("修订数据")
    TAKEN_OUT = "taken_out", pgettext_lazy("what changed", "不采用")
    REVISED_TARGET = "revised_target", pgettext_lazy("what changed", "调整目标")
    CHANGED_RULE = "changed_rule", gettext_lazy("规则变化")
    STATUS_UPDATE = "status_update", gettext_lazy("进展填报")
    NOTE = "note", gettext_lazy("评估意见")
    EVIDENCE = "evidence", gettext_lazy("公开信息")
    CORRECTED_PLAN = "corrected_plan", pgettext_lazy("what changed", "更正规划")


class EventKind(models.TextChoices):
    """What a line of an item's history tells of."""

    VERDICT = "verdict", gettext_lazy("判定")
    RELEASE = "release", gettext_lazy("数据公布")
    TARGET = "target", gettext_lazy("目标")
    UPDATE = "update", gettext_lazy("进展填报")
    RULE = "rule", gettext_lazy("判定规则")
    NOTE = "note", gettext_lazy("评估意见")
    EVIDENCE = "evidence", gettext_lazy("公开信息")
    PLAN = "plan", pgettext_lazy("what changed", "更正规划")


class Clock(models.TextChoices):
    """By which day a change is dated: when it was made public, as is usual, or when it was approved here."""

    PUBLIC = "public", gettext_lazy("公布日")
    KNOWN = "known", gettext_lazy("录入核定日")


class Method(models.TextChoices):
    """What a status was reached by: readings of figures, and what an organisation reports."""

    # What pages say of an indicator; the three methods are what files and the API say of it.
    STATE = "state", pgettext_lazy("of an indicator", "结论")
    LINEAR = "linear", gettext_lazy("时间进度法")
    CAGR = "cagr", gettext_lazy("复合增长率比值法")
    FINAL = "final", gettext_lazy("期末判定")
    STATUS = "status", gettext_lazy("状态")


@dataclass(frozen=True)
class ReadingChange:
    """One reading of an item before a change and after it; no `before` where there was none."""

    method: str
    before: Badge | None
    after: Badge

    @property
    def moved(self) -> bool:
        return self.before is None or (self.before.key, self.before.word) != (self.after.key, self.after.word)

    @property
    def words(self) -> str:
        return f"{self.before.word if self.before else '—'} → {self.after.word}"


@dataclass(frozen=True)
class Change:
    """One thing that became known on `day`. `key` names it for ever within its plan.

    `old` and `new` are words with unit and mark, `old_value` and `new_value` what programs read. `steps` are
    the readings before and after that day; `text` is what was stored beside it (an act, a report), in Chinese.
    Without an item it concerns the whole plan.
    """

    day: date
    cause: Cause
    key: str
    item: Item | None
    part: str = ""
    label: str = ""
    year: int | None = None
    old: str = ""
    new: str = ""
    old_value: Decimal | str | None = None
    new_value: Decimal | str | None = None
    steps: tuple[ReadingChange, ...] = ()
    sources: tuple[Source, ...] = ()
    text: str = ""
    # The other clock, where the two are far apart: when it was public, when it was approved here.
    public_on: date | None = None
    learned_on: date | None = None
    is_late: bool = False

    @property
    def late_words(self) -> str:
        """What a late entry says of itself: by either clock the other day is named."""
        if not self.is_late or self.public_on is None or self.learned_on is None:
            return ""
        if self.day == self.learned_on:
            return _("迟录：%(day)s 已公布") % {"day": self.public_on.isoformat()}
        return _("迟录：%(day)s 才录入核定") % {"day": self.learned_on.isoformat()}

    @property
    def code(self) -> str:
        return self.part or (self.item.code if self.item else "")

    @property
    def kind(self) -> str:
        return self.item.plan_kind if self.item else ""

    @property
    def moves(self) -> list[ReadingChange]:
        """What pages show to have changed."""
        return shown_moves(self.steps)

    @property
    def standing_still(self) -> ReadingChange | None:
        """The reading shown where it did not change."""
        return self.steps[0] if self.steps and not self.moves else None

    @property
    def words(self) -> str:
        """What changed, without its effect: “2024 年 6.67 %”, “2023 年 5.8 % → 5.9 %”."""
        what = f"{self.old} → {self.new}" if self.old and self.old != self.new else self.new
        return _("%(year)s 年 %(what)s") % {"year": self.year, "what": what} if self.year else what

    @property
    def effect(self) -> str:
        """The readings in words: “结论 快于预期 → 已达目标”; empty where there is none."""
        if not self.steps:
            return ""
        told = _("；").join(step.words for step in self.moves)
        if not self.is_judged:
            return told
        if not told:
            return _("结论不变：%(word)s") % {"word": self.steps[0].after.word}
        return _("结论 %(told)s") % {"told": told}

    @property
    def is_judged(self) -> bool:
        """Whether the readings are of figures, not of a unit's report."""
        return bool(self.steps) and self.steps[0].method != Method.STATUS

    @property
    def headline(self) -> str:
        """One line for readers of feeds: code, name, cause, what, effect."""
        about = f"{self.code} {self.label}".strip()
        said = _("，").join(filter(None, [self.words, self.effect]))
        return " ".join(
            filter(None, [about, _("%(cause)s：%(words)s") % {"cause": self.cause.label, "words": said}])
        )


def shown_moves(steps: Iterable[ReadingChange]) -> list[ReadingChange]:
    """Of several readings those that differ and that pages show: the ladder's, or a report's."""
    return [step for step in steps if step.moved and step.method in (Method.STATE, Method.STATUS)]


def seen_from(day: date, clock: str) -> date:
    """A day as a clock has it: what was public by it, or what was known here by it."""
    return day if clock != Clock.KNOWN else with_knowledge(day, day)
