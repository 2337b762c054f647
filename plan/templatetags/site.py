"""Template tags of the frame: links that keep the as-of day, the menu, numbers."""

import re

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, may
from charts import bundles
from plan import links
from plan.after_period import STATE_WORDS, state_on
from plan.badges import item_badge
from plan.demo import any_demo
from plan.models import Plan
from plan.params import today
from plan.queries import tied
from plan.wording import plain_number

register = template.Library()
register.simple_tag(links.query_as_of, takes_context=True)
register.simple_tag(links.item_url, takes_context=True)
register.filter(plain_number)
MENU = (
    ("overview", _("总览"), ""),
    ("indicators:index", _("指标"), "indicators/"),
    ("platforms:index", _("平台"), "platforms/"),
    ("plan:pillars", _("支撑"), "pillars/"),
    ("plan:industries", _("产业"), "industries/"),
    ("actions:index", _("行动"), "actions/"),
    ("clusters:index", _("集群区"), "clusters/"),
    ("plan:safeguards", _("保障"), "safeguards/"),
    ("plan:items", _("全部条目"), "items/"),
    ("assessments:index", pgettext_lazy("menu", "评估"), "assessments/"),
    ("changes", _("变化"), "changes/"),
    ("plan:text", _("规划原文"), "text/"),
)
# Below the page's end: ways of reading the whole plan (view name, label).
MORE_MENU = (
    ("status", _("全规划状态")),
    ("matrix", _("关联矩阵")),
    ("report_desk", _("报表")),
    ("indicators:methods", _("方法与术语")),
    ("wall", _("大屏")),
    ("guide", _("使用指南")),
)
# Shown to whoever may use them: pages of a plan, then pages of the site (view name, label, permission).
WORK_MENU: tuple[tuple[str, str, Permission], ...] = (
    ("my_work", _("我的工作"), Permission.OWN_ACCOUNT),
    ("desk:home", _("数据工作台"), Permission.USE_DESK),
    ("updates:index", _("进展填报"), Permission.USE_DESK),
    ("updates:responsibilities", _("责任分工"), Permission.ASSIGN),
    ("assessments:work", _("我的评估"), Permission.EVALUATE),
    ("assessments:queue", _("评估复核"), Permission.REVIEW_NOTES),
    ("assessments:findings", pgettext_lazy("menu", "整改事项"), Permission.ANSWER_FINDINGS),
)
SITE_MENU: tuple[tuple[str, str, Permission], ...] = (
    ("accounts:people", _("人员"), Permission.MANAGE_ACCOUNTS),
    ("accounts:organisations", _("责任单位"), Permission.MANAGE_ACCOUNTS),
    ("accounts:roles", _("角色"), Permission.MANAGE_ROLES),
    ("accounts:policy", _("安全策略"), Permission.MANAGE_ROLES),
    ("audit", _("审计"), Permission.READ_AUDIT),
)
# Chinese characters and punctuation with the figures among them: "2.47万家", "深府〔2024〕12号".
HAN = re.compile(r"[\d.,]*[\u3000-\u303f\u3400-\u9fff\uff00-\uffef][\d.,\u3000-\u303f\u3400-\u9fff\uff00-\uffef]*")


@register.simple_tag(takes_context=True)
def holds_demo(context) -> bool:
    """Whether the page needs the banner: its plan holds invented figures, or any plan where it shows none."""
    plan = context.get("plan")
    return plan.is_demo if isinstance(plan, Plan) else any_demo()


@register.simple_tag(takes_context=True)
def keep_as_of(context, url):
    return f"{url}{links.query_as_of(context)}"


@register.simple_tag(takes_context=True)
def without_as_of(context):
    query = context["request"].GET.copy()
    query.pop("as_of", None)
    return f"?{query.urlencode()}" if query else ""


@register.simple_tag(takes_context=True)
def as_of_field(context):
    day = links.day_of(context)
    return format_html('<input type="hidden" name="as_of" value="{}">', day) if day else ""


@register.simple_tag(takes_context=True)
def other_fields(context):
    """The page's other parameters, so that choosing a day keeps the filters."""
    pairs = [
        (key, value)
        for key, values in context["request"].GET.lists()
        for value in values
        if key not in ("as_of", "page")
    ]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.simple_tag(takes_context=True)
def menu(context):
    slug, path = context["plan"].slug, context["request"].path
    root = reverse("overview", args=[slug])
    query = links.query_as_of(context)
    entries = []
    for name, label, folder in MENU:
        here = path == root if not folder else path.startswith(root + folder)
        current = mark_safe(' aria-current="page"') if here else ""
        entries.append((reverse(name, args=[slug]) + query, current, label))
    return format_html_join("", '<a href="{}"{}>{}</a>', entries)


@register.simple_tag(takes_context=True)
def more_menu(context):
    """The second menu, at the foot of every page."""
    slug, query = context["plan"].slug, links.query_as_of(context)
    entries = [(reverse(name, args=[slug]), label) for name, label in MORE_MENU]
    path = context["request"].path
    return [(address + query, label, path.startswith(address)) for address, label in entries]


@register.simple_tag(takes_context=True)
def work_menu(context):
    """What the signed-in person has to do here, beside reading: (address, label, whether this is the page)."""
    user, plan = context["request"].user, context.get("plan")
    entries = []
    for name, label, permission in WORK_MENU:
        if plan and may(user, permission):
            address = reverse(name, args=[plan.slug])
            entries.append((address, label, context["request"].path.startswith(address)))
    for name, label, permission in SITE_MENU:
        if may(user, permission):
            address = reverse(name)
            entries.append((address, label, context["request"].path.startswith(address)))
    return entries


@register.simple_tag
def plotly_js(bundle):
    """Address of the plotly.js a page loads: "basic", "cartesian" or "whole", as far as they are there."""
    return static(f"vendor/{bundles.name_of(bundle, settings.NODE_MODULES)}")


@register.simple_tag
def inline_styles(*paths):
    """Style sheets written into the page (`settings.INLINE_STYLES`); linked where they are being worked on."""
    if settings.DEBUG:
        links = [(static(path),) for path in paths]
        return format_html_join("\n", '<link rel="stylesheet" href="{}">', links)
    # Ours, and known to the policy by their hash: not a letter may be escaped.
    return mark_safe("".join(f"<style>{settings.INLINE_STYLES[path]}</style>" for path in paths))


def shown_state(context, item) -> str:
    """The state of a commitment as the page's day and the plan's period have it (plan.closing)."""
    plan = context.get("plan")
    if not isinstance(plan, Plan):
        return item.status
    return state_on(item.status, item.status_as_of, plan.ends_on, context.get("as_of") or today())


@register.inclusion_tag("_components/badge.html", takes_context=True)
def item_status(context, item):
    """A commitment's state in the users' words; an indicator's own verdict is another component."""
    return {"badge": item_badge(shown_state(context, item))}


@register.simple_tag(takes_context=True)
def reported_word(context, item):
    """What the report itself said, where the period's end has changed what pages show; else empty."""
    return "" if shown_state(context, item) == item.status else STATE_WORDS[item.status]


@register.filter
def reported_label(item):
    """The state its reports gave a commitment, in words."""
    return STATE_WORDS.get(item.status, item.status)


@register.simple_tag
def answering(*chain):
    """The organisation that answers for the first of the items, each below the next: its own lead, or the nearest
    above, as `lead`; `is_own` says which. None where nobody leads."""
    for at, item in enumerate(chain):
        if item and item.lead:
            return {"lead": item.lead, "is_own": at == 0}
    return None


@register.simple_tag
def tied_items(item, links):
    """Every other commitment once, with all that ties it (plan.queries.tied)."""
    return tied(item, links)


@register.filter
def clause(text, limit):
    """A quotation cut at the end of a clause, with an ellipsis; whole where it is short enough."""
    if len(text) <= limit:
        return text
    at = max(text.rfind(mark, 0, limit) for mark in "。；，")
    return f"{text[: at + 1] if at > 0 else text[:limit]}…"


@register.filter
def industry_root(code):
    """The industry whose page shows this one: a cluster's group (G-1 for G-1.3), else itself."""
    return code.split(".")[0]


@register.filter
def table_row(text):
    """A row of the plan's table without its ruling: "| 5 | 技术合同成交额 | 亿元 | 1500 |"."""
    return "　".join(text.strip("| ").split(" | ")) if text.startswith("|") else text


@register.filter
def chinese_marked(text):
    """A sentence whose Chinese words, examples as printed, are marked as such where the page is English."""
    escaped = escape(str(text))
    if (get_language() or "").startswith("zh"):
        return escaped
    return mark_safe(HAN.sub(r'<span lang="zh-CN">\g<0></span>', escaped))
