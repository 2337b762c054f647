"""The menus of the frame, which knows every room: {% load menu %}."""

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.permissions import Permission, may
from plan.kinds import list_address
from plan.links import query_as_of
from plan.models import Item
from plan.queries import first_plan

register = template.Library()
# Eight sections (view name, label); the third opens to the lists of the kinds of commitment that the plan has.
MENU = (
    ("overview", _("总览")),
    ("indicators:index", _("指标")),
    ("", pgettext_lazy("menu", "任务")),
    ("units", pgettext_lazy("menu", "单位")),
    ("gaps", pgettext_lazy("menu", "缺口")),
    ("changes", _("变化")),
    ("assessments:index", pgettext_lazy("menu", "评估")),
    ("plan:text", pgettext_lazy("menu", "原文")),
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
    ("talk:mine", _("我的讨论"), Permission.OWN_ACCOUNT),
    ("review:index", _("复核台"), Permission.APPROVE_FIGURES),
    ("desk:home", _("数据工作台"), Permission.USE_DESK),
    ("updates:index", _("进展填报"), Permission.USE_DESK),
    ("updates:responsibilities", _("责任分工"), Permission.ASSIGN),
    ("studio_door", _("规划编制台"), Permission.EDIT_PLAN),
    ("assessments:work", _("我的评估"), Permission.EVALUATE),
    ("assessments:findings", pgettext_lazy("menu", "整改事项"), Permission.ANSWER_FINDINGS),
)
SITE_MENU: tuple[tuple[str, str, Permission], ...] = (
    ("following:mine", _("我的关注"), Permission.OWN_ACCOUNT),
    ("handover", _("移交与代办"), Permission.HAND_OVER),
    ("accounts:people", _("人员"), Permission.MANAGE_ACCOUNTS),
    ("accounts:organisations", _("责任单位"), Permission.MANAGE_ACCOUNTS),
    ("webhooks:hooks", _("推送"), Permission.MANAGE_ACCOUNTS),
    ("operations", _("运行情况"), Permission.MANAGE_ACCOUNTS),
    ("accounts:roles", _("角色"), Permission.MANAGE_ROLES),
    ("accounts:policy", _("安全策略"), Permission.MANAGE_ROLES),
    ("audit", _("审计"), Permission.READ_AUDIT),
    ("accounts:acts", _("管理员事项"), Permission.CONFIRM_ACTS),
)


@register.simple_tag(takes_context=True)
def menu(context):
    plan = context["plan"]
    root, query = reverse("overview", args=[plan.slug]), query_as_of(context)
    path = _place(context, root)

    def is_at(address: str) -> bool:
        return path == root if address == root else path.startswith(address)

    def link(address: str, label: str) -> str:
        current = mark_safe(' aria-current="page"') if is_at(address) else ""
        return format_html('<a href="{}"{}>{}</a>', address + query, current, label)

    def section(name: str, label: str) -> str:
        if name:
            return link(reverse(name, args=[plan.slug]), label)
        entries = kind_lists(plan)
        links = format_html_join("", "{}", ((link(*entry),) for entry in entries))
        is_here = any(is_at(address) for address, _label in entries)
        look = mark_safe(' class="here"') if is_here else ""
        return format_html(
            '<details class="kinds" name="frame"><summary{}>{}</summary><div>{}</div></details>',
            look,
            label,
            links,
        )

    sections = format_html_join("", "{}", ((section(*entry),) for entry in MENU))
    if not (plans := other_plans(context)):
        return sections
    links = format_html_join("", '<a href="{}">{}</a>', plans)
    switch = '{}<details class="kinds plans" name="frame"><summary>{}</summary><div>{}</div></details>'
    return format_html(switch, sections, pgettext("menu", "换规划"), links)


def other_plans(context) -> list[tuple[str, str]]:
    """The same page of every other plan where it takes nothing but the plan, else its overview; all plans last."""
    plan, match, query = context["plan"], context["request"].resolver_match, query_as_of(context)
    others = getattr(plan, "others", [])
    is_same = match is not None and set(match.kwargs) == {"slug"} and context["request"].method == "GET"
    name = match.view_name if is_same else "overview"
    links = [(reverse(name, args=[other.slug]) + query, other.short_label) for other in others]
    return [*links, (reverse("plans") + query, _("全部规划"))] if links else []


def kind_lists(plan) -> list[tuple[str, str]]:
    """The lists of the kinds that the plan has, each once, and that of everything: (address, label)."""
    found: dict[str, str] = {}
    for kind in plan.kinds.shown("in_menu"):
        found.setdefault(list_address(plan.slug, kind), kind.short_label)
    return [*found.items(), (reverse("plan:items", args=[plan.slug]), _("全部条目"))]


def _place(context, root: str) -> str:
    """The address whose section lights up: of a task's page and of a history that of what it is part of."""
    item, path = context.get("item"), context["request"].path
    is_below = isinstance(item, Item) and path.startswith(f"{root}items/")
    return item.line[0].path(context["plan"].slug) if is_below else path


@register.simple_tag(takes_context=True)
def more_menu(context):
    """The second menu, at the foot of every page."""
    plan, query = context["plan"], query_as_of(context)
    away = () if plan.kinds.shown("matrix") else ("matrix",)
    entries = [(reverse(name, args=[plan.slug]), label) for name, label in MORE_MENU if name not in away]
    path = context["request"].path
    return [(address + query, label, path.startswith(address)) for address, label in entries]


@register.simple_tag(takes_context=True)
def work_menu(context):
    """What the signed-in person has to do here, beside reading: (address, label, whether this is the page).

    On a page of no plan, such as the inbox, it leads to the work of the plan one lands on; on a site that has none
    yet a planner's leads to the drafts.
    """
    user, plan = context["request"].user, context.get("plan")
    slug = plan.slug if plan else first_plan()
    entries = []
    for name, label, permission in WORK_MENU if slug else ():
        if may(user, permission):
            address = reverse(name, args=[slug])
            entries.append((address, label, context["request"].path.startswith(address)))
    studio = () if slug else (("studio:home", _("规划编制台"), Permission.EDIT_PLAN),)
    for name, label, permission in (*studio, *SITE_MENU):
        if may(user, permission):
            address = reverse(name)
            entries.append((address, label, context["request"].path.startswith(address)))
    return entries
