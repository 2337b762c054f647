"""What every workflow refuses in the same words: a row changed meanwhile, a step from the wrong state."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class Overtaken(Exception):
    """Somebody else changed the row since it was read; `row` is what stands there now."""

    def __init__(self, row: Any):
        super().__init__(_("这条记录已被他人修改，请先查看最新内容"))
        self.row = row


class WrongState(Exception):
    """The row is not in a state this step starts from; the message says which it would have to be."""


REASON_LENGTH = 5000


def demand_reason(reason: str, missing: str) -> str:
    """The reason without blanks around it; raises ValidationError for none (`missing` says so) or one too long."""
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": missing})
    if len(reason) > REASON_LENGTH:
        raise ValidationError({"reason": _("最多 %(number)s 字") % {"number": REASON_LENGTH}})
    return reason


def demand_state(row: Any, *states: str) -> None:
    """Raises WrongState unless the row's `state` is one of those."""
    if row.state in states:
        return
    labels = dict(row._meta.get_field("state").choices)
    wanted = "、".join(str(labels[state]) for state in states)
    raise WrongState(
        _("当前状态为“%(now)s”，只有“%(wanted)s”时才能这样操作")
        % {"now": row.get_state_display(), "wanted": wanted}
    )


def demand_edition(row: Any, edition: int) -> None:
    """Raises Overtaken unless nobody saved the row since `edition` was read."""
    if row.edition != edition:
        raise Overtaken(row)
