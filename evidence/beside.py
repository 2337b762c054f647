"""Where two statements on one commitment do not go together: told to who brings them, decided by people. Pure."""

from django.utils.translation import gettext as _

from evidence.models import PublicEvidence
from evidence.states import OPEN, THERE, said
from plan.public import Says

# What takes place once, on one day.
ONCE = (Says.APPROVED, *THERE)


def disagree(one: PublicEvidence, other: PublicEvidence) -> str:
    """In what the two differ, or "" where both can be true."""
    if one.item_id != other.item_id:
        return ""
    words = {"one": said(one), "other": said(other)}
    if one.says == other.says == Says.NUMBER:
        is_same_day = (one.took_place or one.published) == (other.took_place or other.published)
        if is_same_day and one.unit == other.unit and one.number != other.number:
            return _("同一天的数不同：%(one)s、%(other)s") % words
        return ""
    if one.says == other.says:
        days = {"one": one.took_place, "other": other.took_place}
        # 2024-05 and 2024-05-01 may be the same day.
        is_near = days["one"].startswith(days["other"]) or days["other"].startswith(days["one"])
        return "" if one.says not in ONCE or is_near else _("发生日期不同：%(one)s、%(other)s") % days
    first, last = sorted((one, other), key=lambda row: (row.published_on, row.says in OPEN))
    if first.says in THERE and last.says in OPEN:
        return _("先说%(one)s，后说%(other)s") % {"one": said(first), "other": said(last)}
    return ""
