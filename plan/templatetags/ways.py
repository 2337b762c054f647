"""Ways on from pages that stand outside of a plan: errors, refusals."""

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission as P

register = template.Library()


@register.simple_tag(takes_context=True)
def address_of_plan(context, name: str) -> str:
    """A page of the plan that the address stands under; of the default one where it stands under none."""
    plan = context.get("plan")
    return reverse(name, args=[plan.slug if plan else settings.DEFAULT_PLAN])


@register.simple_tag(takes_context=True)
def overview_address(context) -> str:
    return address_of_plan(context, "overview")


@register.simple_tag
def permission_word(reason) -> str:
    """What a refused address asks for, in words; empty for reasons that are no permission."""
    words = {
        P.USE_DESK: _("使用工作台"),
        P.ENTER_FIGURES: _("录入数据"),
        P.IMPORT_FIGURES: _("导入数据"),
        P.APPROVE_FIGURES: _("核定数据"),
        P.PROPOSE_TARGETS: _("提出目标调整"),
        P.APPROVE_TARGETS: _("核定目标调整"),
        P.REPORT_STATUS: _("填报进展"),
        P.APPROVE_STATUS: _("核定进展"),
        P.ENTER_EVIDENCE: _("录入公开信息"),
        P.APPROVE_EVIDENCE: _("核定公开信息"),
        P.ASSIGN: _("责任分工"),
        P.MANAGE_ROUNDS: _("管理评估轮次"),
        P.EVALUATE: _("评估"),
        P.REVIEW_NOTES: _("复核评估意见"),
        P.ANSWER_FINDINGS: _("反馈整改"),
        P.MANAGE_ACCOUNTS: _("管理账号"),
        P.MANAGE_ROLES: _("授予角色"),
        P.READ_AUDIT: _("查看审计"),
    }
    return words.get(str(reason), "")
