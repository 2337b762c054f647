"""Every mark of the product: the word, the sign and the look of a state, and the one table they come from.

A look is a CSS class that carries a colour; the sign says the same where colours are not seen. Words belong to
the models' own choices, and so does the order; `styleguide.choice_lists` shows each of them, so that none lacks
a mark.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from judging.ladder import IndicatorState
from plan.after_period import STATE_WORDS, UNCLOSED, UNFINISHED
from plan.models import Item

BRACKETED = re.compile(r"\s*[（(]([^（()）]*)[）)]")


@dataclass(frozen=True)
class Badge:
    """A state as _components/badge.html shows it; `why` is its tip, `key` what filters and files call it.

    `year` is that of the figure it rests on, where that is not the last word; `marks` say what kind of figure
    (preliminary, old, at least so much), `is_hollow` that it is less sure than it looks.
    """

    word: str
    sign: str
    look: str
    why: str = ""
    key: str = ""
    year: int | None = None
    marks: tuple[str, ...] = ()
    is_hollow: bool = False
    doubts: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole of it on one line, for files, feeds and papers: 已达目标（2021，推算）."""
        more = [str(self.year)] if self.year else []
        # One pair of brackets within another is hard to read: 尚未达到（陈旧 2020）.
        more += (BRACKETED.sub(r" \1", mark) for mark in self.marks)
        return _("%(word)s（%(marks)s）") % {"word": self.word, "marks": _("，").join(more)} if more else self.word


@dataclass(frozen=True)
class Mark:
    sign: str
    look: str

    def badge(self, word: str, *, why: str = "", key: str = "") -> Badge:
        return Badge(str(word), self.sign, self.look, str(why), key)


UNKNOWN = Mark("–", "no_data")
# How an indicator stands, wherever a page says it in a word (judging.ladder): worst to best, then unknown.
INDICATOR = {
    IndicatorState.MISSED: Mark("✕", "missed"),
    IndicatorState.BEHIND: Mark("▼", "behind"),
    IndicatorState.SLIGHTLY_BEHIND: Mark("◐", "slightly_behind"),
    IndicatorState.NOT_YET: Mark("◔", "pending"),
    IndicatorState.ON_SCHEDULE: Mark("●", "on_schedule"),
    IndicatorState.AHEAD: Mark("▲", "ahead"),
    IndicatorState.REACHED: Mark("✔", "achieved"),
    IndicatorState.NO_DATA: UNKNOWN,
}
INDICATOR_WORDS = {
    IndicatorState.MISSED: _("未达目标"),
    IndicatorState.BEHIND: _("滞后"),
    IndicatorState.SLIGHTLY_BEHIND: _("偏慢"),
    IndicatorState.NOT_YET: _("尚未达到"),
    IndicatorState.ON_SCHEDULE: _("符合预期"),
    IndicatorState.AHEAD: _("快于预期"),
    IndicatorState.REACHED: _("已达目标"),
    IndicatorState.NO_DATA: _("暂无数据"),
}
# What the methods say themselves, where a verdict is derived: their words are in indicators.shown.wording.
VERDICT = {
    "achieved": Mark("✔", "achieved"),
    "ahead": Mark("▲", "ahead"),
    "on_schedule": Mark("●", "on_schedule"),
    "slightly_behind": Mark("◐", "slightly_behind"),
    "behind": Mark("▼", "behind"),
    "overshoot": Mark("▲", "overshoot"),
    "regressed": Mark("⤓", "regressed"),
    "missed": Mark("✕", "missed"),
    "pending": Mark("◷", "pending"),
    "not_assessable": Mark("–", "not_assessable"),
    "no_data": UNKNOWN,
    "significant": Mark("●", "on_schedule"),
    "moderate": Mark("◐", "slightly_behind"),
    "insufficient": Mark("▼", "behind"),
    "away": Mark("⤓", "regressed"),
    "not_achieved": Mark("✕", "missed"),
    "provisional_achieved": Mark("✔", "achieved"),
    "provisional_not_achieved": Mark("✕", "missed"),
}
# How a commitment stands, as reported and as pages read it after the period (plan.after_period): one look each.
ITEM = {
    Item.Status.NOT_REPORTED: UNKNOWN,
    Item.Status.NOT_STARTED: Mark("○", "not_assessable"),
    Item.Status.ON_SCHEDULE: Mark("●", "on_schedule"),
    Item.Status.BEHIND: Mark("▼", "behind"),
    Item.Status.DONE: Mark("✔", "achieved"),
    Item.Status.ADJUSTED: Mark("◇", "adjusted"),
    UNFINISHED: Mark("✕", "missed"),
    UNCLOSED: Mark("◷", "pending"),
}
# What a published statement says; drawn in outline, since it is no report (`public` is a look of its own).
EVIDENCE = {
    "approved": Mark("○", "public"),
    "started": Mark("◐", "public"),
    "built": Mark("✔", "public"),
    "operating": Mark("✔", "public"),
    "founded": Mark("✔", "public"),
    "enacted": Mark("✔", "public"),
    "listed": Mark("+", "public"),
    "number": Mark("#", "public"),
    "unfinished": Mark("▼", "public"),
    "adjusted": Mark("◇", "public"),
}
# What there is of a year's figure (indicators.figures.gaps).
GAP = {
    "published": Mark("✔", "achieved"),
    "preliminary": Mark("◐", "on_schedule"),
    "bound": Mark("≥", "not_assessable"),
    "not_due": Mark("·", "no_data"),
    "overdue": Mark("▼", "behind"),
    "declared": Mark("–", "not_assessable"),
    "not_expected": Mark("–", "no_data"),
}
# Where a progress update stands, or a unit's duty to make one.
UPDATE = {
    "draft": Mark("✎", "not_assessable"),
    "submitted": Mark("◷", "pending"),
    "approved": Mark("✔", "achieved"),
    "reported": Mark("✔", "achieved"),
    "returned": Mark("↩", "missed"),
    "overdue": Mark("▼", "behind"),
    "due_soon": Mark("◐", "slightly_behind"),
    "backlog": Mark("○", "not_assessable"),
    "quiet": UNKNOWN,
}
# Where a figure or a target stands, or the year's figure that is due.
FIGURE = {
    "draft": Mark("✎", "not_assessable"),
    "submitted": Mark("◷", "pending"),
    "returned": Mark("↩", "missed"),
    "approved": Mark("✔", "achieved"),
    "rejected": Mark("–", "not_assessable"),
    "overdue": Mark("▼", "behind"),
    "due_soon": Mark("◐", "slightly_behind"),
    "upcoming": Mark("–", "not_assessable"),
    "backlog": Mark("○", "not_assessable"),
    "no_figure": Mark("／", "not_assessable"),
    "proposed": Mark("◷", "pending"),
    "refused": Mark("✕", "behind"),
}
# What two administrators do together, from being asked for to being done.
ADMIN_ACT = {
    "asked": Mark("◷", "pending"),
    "done": Mark("✔", "achieved"),
    "refused": Mark("✕", "missed"),
}
MILESTONE = {
    "late": Mark("▼", "behind"),
    "done": Mark("✔", "achieved"),
    "to_come": Mark("○", "not_assessable"),
}
# What a row of an import would do.
IMPORT_ROW = {
    "new": Mark("+", ""),
    "changed": Mark("→", ""),
    "same": Mark("=", ""),
    "ask": Mark("?", ""),
    "passed": Mark("–", ""),
    "conflict": Mark("≠", ""),
    "invalid": Mark("✕", ""),
}
# Whether a revised target asks for more than the one before it.
AMBITION = {
    "more_ambitious": Mark("▲", "ahead"),
    "less_ambitious": Mark("▼", "slightly_behind"),
    "same": Mark("＝", "not_assessable"),
    "not_comparable": Mark("–", "not_assessable"),
}
# Evaluation: what was concluded, and where rounds, notes (`none`: not begun) and follow-up actions stand.
CONCLUSION = {
    "achieved": Mark("✔", "achieved"),
    "ahead": Mark("▲", "ahead"),
    "on_schedule": Mark("●", "on_schedule"),
    "behind": Mark("▼", "behind"),
    "not_assessable": Mark("–", "not_assessable"),
    "task_done": Mark("✔", "achieved"),
    "task_on_schedule": Mark("●", "on_schedule"),
    "task_behind": Mark("▼", "behind"),
    "task_not_started": Mark("○", "not_assessable"),
    "task_adjusted": Mark("◇", "adjusted"),
    "on_time": Mark("✔", "achieved"),
    "not_done": Mark("✕", "missed"),
}
ROUND = {
    "planned": Mark("✎", "not_assessable"),
    "open": Mark("◐", "on_schedule"),
    "closed": Mark("■", "pending"),
    "published": Mark("✔", "achieved"),
}
NOTE = {
    "none": UNKNOWN,
    "draft": Mark("✎", "not_assessable"),
    "submitted": Mark("◷", "pending"),
    "under_review": Mark("◐", "on_schedule"),
    "returned": Mark("↩", "missed"),
    "withdrawn": Mark("⤺", "not_assessable"),
    "published": Mark("✔", "achieved"),
}
FINDING = {
    "open": Mark("○", "pending"),
    "responded": Mark("◷", "on_schedule"),
    "returned": Mark("↩", "missed"),
    "accepted": Mark("●", "ahead"),
    "closed": Mark("✔", "achieved"),
}
# A follow-up action whose day went by without an answer.
FINDING_LATE = Mark("▼", "behind")
CHAPTER = {
    "draft": Mark("✎", "not_assessable"),
    "review": Mark("◷", "pending"),
    "agreed": Mark("✔", "achieved"),
}
PLAN_DRAFT = {
    "open": Mark("✎", "not_assessable"),
    "submitted": Mark("◷", "pending"),
}
TALK = {
    "open": Mark("◐", "on_schedule"),
    "resolved": Mark("✔", "achieved"),
}
# An open thread that began with a question.
TALK_ASKED = Mark("?", "pending")
OPINION = {
    "open": Mark("○", "pending"),
    "adopted": Mark("✔", "achieved"),
    "partly": Mark("◐", "on_schedule"),
    "not_adopted": Mark("✕", "not_assessable"),
}


def indicator_badge(state: str) -> Badge:
    """An indicator's place on the ladder whoever stands there, as counts, choices and headings show it."""
    return INDICATOR[IndicatorState(state)].badge(INDICATOR_WORDS[IndicatorState(state)], key=state)


def item_badge(state: str) -> Badge:
    """A commitment's state, as reported or as the end of the period has it, in the users' words."""
    return ITEM.get(state, UNKNOWN).badge(STATE_WORDS.get(state, state), key=state)
