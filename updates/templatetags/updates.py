"""What pages of items say of their reports: the latest one, the earlier ones, and what the parts add up to."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from plan.after_period import STATE_WORDS
from plan.badges import ITEM, UPDATE, item_badge
from plan.models import Item
from plan.rollup import RollUp, per_cent
from plan.wording import percent, plain_number
from updates.models import StatusUpdate
from updates.queries import history_of, may_report, may_see_internal

register = template.Library()


@register.inclusion_tag("updates/_item.html", takes_context=True)
def item_updates(context, item: Item):
    """The approved report that counts on the page's day, with the earlier ones and the link to report."""
    request = context["request"]
    reportable = item.kind in item.kinds.reported
    history = history_of(item, request.as_of) if reportable else []
    return {
        "request": request,
        "plan": context["plan"],
        "as_of": context.get("as_of"),
        "item": item,
        "reportable": reportable,
        "latest": history[0] if history else None,
        "earlier": history[1:],
        "may_report": request.user.is_authenticated and may_report(item, request.user),
    }


@register.simple_tag(takes_context=True)
def files_seen(context, update: StatusUpdate) -> list:
    """The files of a report that this visitor may see."""
    rows = list(update.attachments.all())
    if all(not row.is_internal for row in rows) or may_see_internal(update, context["request"].user):
        return rows
    return [row for row in rows if not row.is_internal]


@register.inclusion_tag("updates/_milestones.html")
def milestones(update: StatusUpdate, day: date):
    """A report's milestones, each with whether it was late on a day."""
    return {"rows": [{"milestone": row, "late": row.late_on(day)} for row in update.milestones.all()]}


@register.inclusion_tag("_components/badge.html")
def update_status(update: StatusUpdate):
    """The status a report states."""
    return {"badge": item_badge(update.status)}


@register.inclusion_tag("_components/badge.html")
def work_state(state: str):
    """Where a report or an item's reporting stands."""
    return {"badge": UPDATE[state].badge(state_word(state))}


@register.filter
def state_word(state: str) -> str:
    words = {
        "draft": _("草稿待交"),
        "submitted": _("待核定"),
        "approved": _("已核定"),
        "reported": _("已按期填报"),
        "returned": _("退回待改"),
        "overdue": _("逾期未填报"),
        "due_soon": _("应填报"),
        "backlog": _("待补录"),
        "quiet": _("暂无需填报"),
    }
    return words[state]


@register.filter
def share(progress) -> str:
    """A stated share of 0 to 100 for people; a dash where none was stated."""
    return percent(f"{per_cent(progress / 100)}") if isinstance(progress, Decimal | int) else "—"


@register.filter
def share_done(part) -> str:
    """An item's share done, 0 to 1, for people."""
    return percent(f"{per_cent(part)}")


@register.filter
def bar(strip) -> list[dict]:
    """The reported states of a strip as segments: where each begins and how wide it is, in items."""
    found, x = [], 0
    for status, number in strip["counts"].items():
        look = ITEM[status].look
        if status != Item.Status.NOT_REPORTED:
            found.append({"x": x, "width": number, "look": look, "word": STATE_WORDS[status], "number": number})
        x += number
    return found


@register.filter
def state_words(strip) -> str:
    """The states of a strip in words: 已完成 1、滞后 2、未填报 1."""
    return _("、").join(f"{STATE_WORDS[status]} {number}" for status, number in strip["counts"].items())


@register.simple_tag
def rollup_words(found: RollUp) -> str:
    """What parts add up to, as one says it; how it was reckoned is the tip. Empty where there are none."""
    if not found.total:
        return ""
    words = _("%(total)s 项已报 %(reported)s 项") % {"total": found.total, "reported": found.reported}
    if found.done is None:
        return words
    words += _("，平均完成 %(share)s %%") % {"share": per_cent(found.done)}
    return format_html('<span title="{}">{}</span>', rollup_tip(found), words)


def rollup_tip(found: RollUp) -> str:
    """How much the average speaks for, and between what the whole lies whatever the others come to."""
    told = []
    if found.is_weighted:
        told.append(_("按权重平均，已报的占 %(weight)s %%") % {"weight": per_cent(found.reported_weight)})
    if found.stated != found.reported_weight:
        told.append(_("其中 %(number)s 项报了完成份额") % {"number": found.shares})
    if found.stated < 1:
        ends = {"low": per_cent(found.low), "high": per_cent(found.high, up=True)}
        told.append(_("不知道的按 0 到 100 %% 算，整体在 %(low)s %% 到 %(high)s %% 之间") % ends)
    return _("；").join(told)


@register.simple_tag
def part_weight(strip, part: Item) -> str:
    """A part's weight as set and as normalised: "权重 2，占 40 %"; empty where no part has one."""
    found: RollUp = strip["rollup"]
    if not found.is_weighted:
        return ""
    normal = per_cent(found.weights[strip["parts"].index(part)])
    if part.weight is None:
        return _("未设权重，按平均占 %(share)s %%") % {"share": normal}
    return _("权重 %(weight)s，占 %(share)s %%") % {"weight": plain_number(part.weight), "share": normal}
