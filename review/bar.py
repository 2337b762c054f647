"""The bar under what waits for a decision: approve, return, ask. The same on the desk and on a row's own page."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.permissions import may
from indicators.figures.grades import Grade
from review.kinds import PHRASES, Reviewed

# What evaluators review; all else is approved.
EVALUATED = ("note", "finding")


@dataclass(frozen=True)
class Bar:
    """What may be decided about a row, and what is said beside it.

    `unheard`: where a question goes if the account of who wrote the row is closed; `lasting`: what follows from an
    approval that cannot be taken back; `is_own`: the person wrote it, so another decides.
    """

    kind: Reviewed
    row: Any
    edition: int
    grades: list[Grade] = field(default_factory=list)
    lasting: str = ""
    unheard: str = ""
    is_own: bool = False

    @property
    def word(self) -> str:
        """The verb of the filled button."""
        return _("复核通过") if self.kind.key in EVALUATED else pgettext("verb", "核定")

    @property
    def title(self) -> str:
        return pgettext("verb", "复核") if self.kind.key in EVALUATED else pgettext("verb", "核定")

    @property
    def phrases(self) -> list[str]:
        return PHRASES[self.kind.key]


def bar_of(kind: Reviewed, row: Any, user, grades: list[Grade]) -> Bar:
    lasting = kind.lasting(row) if kind.lasting else ""
    return Bar(kind, row, kind.edition(row), grades, lasting, unheard_words(kind, row, user))


def bar_on_page(kind: Reviewed, row: Any, user) -> Bar | None:
    """The bar on a row's own page; None where it does not wait or is not this person's to decide."""
    if not may(user, kind.permission) or not kind.waits(row):
        return None
    if kind.own(user, [row]):
        return Bar(kind, row, 0, is_own=True)
    return bar_of(kind, row, user, kind.grades([row])[row.pk])


def unheard_words(kind: Reviewed, row: Any, user) -> str:
    """Whom a question reaches instead of who wrote the row, whose account is closed; empty where it is not."""
    writer = kind.writer(row)
    if writer is None or writer.is_active:
        return ""
    if heard := kind.hears(row, user):
        told = {"names": _("、").join(str(one) for one in heard[:3])}
        return _("经办人的账号已停用，问题会转给本单位的%(names)s") % told
    return _("经办人的账号已停用，本单位也没有别人可以答复：问题会记下，但没有人会收到")
