"""Roles and permissions in the words of the pages."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.permissions import Permission as P

BUSINESS = (Role.REPORTER, Role.ANALYST, Role.EVALUATOR, Role.REVIEWER, Role.PLANNER)
ADMINISTRATIONS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
ROLE_WORDS = {
    Role.VIEWER: _("看全部页面和文件；每个账号都有"),
    Role.REPORTER: _("填报本单位负责的数据和任务进展"),
    Role.ANALYST: _("录入、导入数据，提出目标调整，分派责任单位"),
    Role.EVALUATOR: _("撰写评估意见"),
    Role.REVIEWER: _("核定或退回别人提交的数据、目标和进展"),
    Role.PLANNER: _("在规划编制台编制和更正规划；发布由另一人完成"),
    Role.SYSTEM_ADMIN: _("开户、停用、重置密码，维护责任单位"),
    Role.SECURITY_ADMIN: _("授予和收回角色，查看安全策略"),
    Role.AUDIT_ADMIN: _("查看和导出审计记录"),
}
# Every permission but signing in and one's own account, which are everybody's.
PERMISSION_WORDS = {
    P.READ: _("查看规划、数据和文件"),
    P.USE_DESK: _("使用工作台"),
    P.ENTER_FIGURES: _("录入数据（填报人限本单位）"),
    P.IMPORT_FIGURES: _("批量导入数据"),
    P.APPROVE_FIGURES: _("核定或退回数据"),
    P.PROPOSE_TARGETS: _("提出目标调整"),
    P.APPROVE_TARGETS: _("核定目标调整"),
    P.REPORT_STATUS: _("填报进展（填报人限本单位）"),
    P.APPROVE_STATUS: _("核定或退回进展"),
    P.ENTER_EVIDENCE: _("录入公开信息"),
    P.APPROVE_EVIDENCE: _("核定或退回公开信息"),
    P.EDIT_PLAN: _("编制和更正规划"),
    P.PUBLISH_PLAN: _("发布他人编制的规划"),
    P.ASSIGN: _("分派责任单位、权重和批量更改"),
    P.HAND_OVER: _("移交他人的未了工作，指定代办人"),
    P.MANAGE_ROUNDS: _("管理评估轮次和分工"),
    P.SEE_ROUNDS: _("查看评估进度和未发布的意见"),
    P.EVALUATE: _("撰写评估意见"),
    P.REVIEW_NOTES: _("复核评估意见"),
    P.ANSWER_FINDINGS: _("反馈整改（填报人限本单位）"),
    P.MANAGE_ACCOUNTS: _("管理账号和责任单位"),
    P.MANAGE_ROLES: _("管理角色"),
    P.READ_AUDIT: _("查看审计记录"),
    P.CONFIRM_ACTS: _("确认另一类管理员对管理员账号的事项"),
}


def refusal_told(reason: str) -> str:
    """Why something is refused, for people and programs: a permission by its words, a sentence as it stands."""
    if words := PERMISSION_WORDS.get(reason):
        return gettext("需要权限：%(words)s") % {"words": words}
    return reason or "forbidden"
