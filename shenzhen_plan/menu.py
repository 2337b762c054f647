"""The menus of the frame, which knows every room: {% load menu %}."""

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import Permission, may
from plan.links import query_as_of
from plan.models import Item

register = template.Library()
# Eight sections (view name, label, folder); the third opens to the kinds of commitment, each with its own list.
MENU = (
    ("overview", _("总览"), ""),
    ("indicators:index", _("指标"), "indicators/"),
    (
        "",
        pgettext_lazy("menu", "任务"),
        (
            ("platforms:index", _("平台"), "platforms/"),
            ("plan:pillars", _("支撑"), "pillars/"),
            ("plan:industries", _("产业"), "industries/"),
            ("actions:index", _("行动"), "actions/"),
            ("clusters:index", _("集群区"), "clusters/"),
            ("plan:safeguards", _("保障"), "safeguards/"),
            ("plan:items", _("全部条目"), "items/"),
        ),
    ),
    ("units", pgettext_lazy("menu", "单位"), "units/"),
    ("gaps", pgettext_lazy("menu", "缺口"), "gaps/"),
    ("changes", _("变化"), "changes/"),
    ("assessments:index", pgettext_lazy("menu", "评估"), "assessments/"),
    ("plan:text", pgettext_lazy("menu", "原文"), "text/"),
)
# Below the page's end: ways of reading the whole plan (view name, label).
MORE_MENU = (
    ("status", _("全规划状态")),
    ("brief", _("会议材料")),
    ("evidence:index", _("公开信息")),
    ("matrix", _("关联矩阵")),
    ("plan:coverage", _("逐句对照")),
    ("report_desk", _("报表")),
    ("desk:releases", pgettext_lazy("publication", "发布")),
    ("indicators:methods", _("方法与术语")),
    ("wall", _("大屏")),
    ("guide", _("使用指南")),
)
# Shown to whoever may use them: pages of a plan, then pages of the site (view name, label, permission).
WORK_MENU: tuple[tuple[str, str, Permission], ...] = (
    ("my_work", _("我的工作"), Permission.OWN_ACCOUNT),
    ("review:index", _("复核台"), Permission.APPROVE_FIGURES),
    ("desk:home", _("数据工作台"), Permission.USE_DESK),
    ("updates:index", _("进展填报"), Permission.USE_DESK),
    ("updates:responsibilities", _("责任分工"), Permission.ASSIGN),
    ("studio_door", _("规划编制台"), Permission.EDIT_PLAN),
    ("assessments:work", _("我的评估"), Permission.EVALUATE),
    ("assessments:findings", pgettext_lazy("menu", "整改事项"), Permission.ANSWER_FINDINGS),
)
SITE_MENU: tuple[tuple[str, str, Permission], ...] = (
    ("accounts:people", _("人员"), Permission.MANAGE_ACCOUNTS),
    ("accounts:organisations", _("责任单位"), Permission.MANAGE_ACCOUNTS),
    ("operations", _("运行情况"), Permission.MANAGE_ACCOUNTS),
    ("accounts:roles", _("角色"), Permission.MANAGE_ROLES),
    ("accounts:policy", _("安全策略"), Permission.MANAGE_ROLES),
    ("audit", _("审计"), Permission.READ_AUDIT),
    ("accounts:acts", _("管理员事项"), Permission.CONFIRM_ACTS),
)


@register.simple_tag(takes_context=True)
def menu(context):
    slug = context["plan"].slug
    root, query = reverse("overview", args=[slug]), query_as_of(context)
    path = _place(context, root)

    def link(name: str, label: str, folder: str) -> str:
        here = path == root if not folder else path.startswith(root + folder)
        current = mark_safe(' aria-current="page"') if here else ""
        return format_html('<a href="{}"{}>{}</a>', reverse(name, args=[slug]) + query, current, label)

    def section(name: str, label: str, below) -> str:
        if isinstance(below, str):
            return link(name, label, below)
        links = format_html_join("", "{}", ((link(*entry),) for entry in below))
        is_here = any(path.startswith(root + folder) for _name, _label, folder in below)
        look = mark_safe(' class="here"') if is_here else ""
        return format_html(
            '<details class="kinds" name="frame"><summary{}>{}</summary><div>{}</div></details>',
            look,
            label,
            links,
        )

    return format_html_join("", "{}", ((section(*entry),) for entry in MENU))


def _place(context, root: str) -> str:
    """The address whose section lights up: of a task's page and of a history that of what it is part of."""
    item, path = context.get("item"), context["request"].path
    is_below = isinstance(item, Item) and path.startswith(f"{root}items/")
    return item.line[0].path(context["plan"].slug) if is_below else path


@register.simple_tag(takes_context=True)
def more_menu(context):
    """The second menu, at the foot of every page."""
    slug, query = context["plan"].slug, query_as_of(context)
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
