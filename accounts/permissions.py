"""Who may do what: the one list of permissions, and what each role holds.

Which address asks for which of them is the one table of shenzhen_plan/access.py. What is somebody's own
(an organisation's rows, an entry one may not approve oneself) is checked where the row is written.
"""

from enum import StrEnum

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from rest_framework.permissions import BasePermission

from accounts.models import Role, User


class Permission(StrEnum):
    ANYONE = "anyone"  # signing in, health
    READ = "read"  # every page of a plan; everybody's when PUBLIC_READ is on
    OWN_ACCOUNT = "own_account"  # whoever has signed in
    USE_DESK = "use_desk"  # the data desk: what is due, what waits
    ENTER_FIGURES = "enter_figures"  # a reporter those of its own organisation
    IMPORT_FIGURES = "import_figures"
    APPROVE_FIGURES = "approve_figures"
    PROPOSE_TARGETS = "propose_targets"
    APPROVE_TARGETS = "approve_targets"
    REPORT_STATUS = "report_status"  # a reporter that of its own organisation's items
    APPROVE_STATUS = "approve_status"
    ENTER_EVIDENCE = "enter_evidence"  # what somebody published about a commitment
    APPROVE_EVIDENCE = "approve_evidence"
    EDIT_PLAN = "edit_plan"  # the studio: making and correcting a plan
    PUBLISH_PLAN = "publish_plan"  # what somebody else made
    ASSIGN = "assign"  # responsible organisations, weights, bulk changes
    HAND_OVER = "hand_over"  # somebody else's open work, and who stands in for him; one's own is everybody's
    MANAGE_ROUNDS = "manage_rounds"  # evaluation rounds and who evaluates what
    SEE_ROUNDS = "see_rounds"  # the board and what is not published yet
    EVALUATE = "evaluate"
    REVIEW_NOTES = "review_notes"
    ANSWER_FINDINGS = "answer_findings"  # a reporter those of its own organisation
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_ROLES = "manage_roles"
    READ_AUDIT = "read_audit"
    CONFIRM_ACTS = "confirm_acts"  # what another administrator wants to do to an administrator's account


P = Permission
ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.VIEWER: frozenset({P.ANYONE, P.READ, P.OWN_ACCOUNT}),
    Role.REPORTER: frozenset({P.USE_DESK, P.ENTER_FIGURES, P.REPORT_STATUS, P.ANSWER_FINDINGS}),
    Role.ANALYST: frozenset(
        {
            P.USE_DESK,
            P.ENTER_FIGURES,
            P.IMPORT_FIGURES,
            P.PROPOSE_TARGETS,
            P.REPORT_STATUS,
            P.ENTER_EVIDENCE,
            P.ASSIGN,
        }
    ),
    Role.EVALUATOR: frozenset({P.EVALUATE, P.SEE_ROUNDS}),
    Role.PLANNER: frozenset({P.EDIT_PLAN, P.PUBLISH_PLAN}),
    Role.REVIEWER: frozenset(
        {
            P.USE_DESK,
            P.APPROVE_FIGURES,
            P.APPROVE_TARGETS,
            P.APPROVE_STATUS,
            P.APPROVE_EVIDENCE,
            P.HAND_OVER,
            P.MANAGE_ROUNDS,
            P.SEE_ROUNDS,
            P.REVIEW_NOTES,
        }
    ),
    Role.SYSTEM_ADMIN: frozenset({P.MANAGE_ACCOUNTS, P.CONFIRM_ACTS}),
    Role.SECURITY_ADMIN: frozenset({P.MANAGE_ROLES, P.CONFIRM_ACTS}),
    Role.AUDIT_ADMIN: frozenset({P.READ_AUDIT, P.CONFIRM_ACTS}),
}


def may(user, permission: Permission) -> bool:
    """Whether a visitor, signed in or not, holds a permission."""
    if permission == Permission.ANYONE or (permission == Permission.READ and settings.PUBLIC_READ):
        return True
    if not user.is_authenticated:
        return False
    return any(permission in ROLE_PERMISSIONS[role] for role in user.roles)


def require(user, permission: Permission) -> None:
    """Raises PermissionDenied, which becomes a 403 page and an audit row, where `may` says no."""
    if not may(user, permission):
        raise PermissionDenied(permission)


def people_who_may(permission: Permission, slug: str | None) -> QuerySet[User]:
    """Active accounts that hold a permission by a role granted to them, for notices and work lists.

    `slug`: in this plan, without those whose roles are limited to others; None where it is about no plan or all.
    """
    columns = {
        Role.REPORTER: Q(is_reporter=True),
        Role.ANALYST: Q(is_analyst=True),
        Role.EVALUATOR: Q(is_evaluator=True),
        Role.REVIEWER: Q(is_reviewer=True),
        Role.PLANNER: Q(is_planner=True),
    } | {role: Q(administers=role) for role in User.Administers.values}
    holders = Q(pk__in=[])
    for role, condition in columns.items():
        if permission in ROLE_PERMISSIONS[role]:
            holders |= condition
    people = User.objects.working_in(slug) if slug is not None else User.objects.filter(is_active=True)
    return people.filter(holders)


class ReadAccess(BasePermission):
    """The API's own guard behind the table of addresses: its views read (the calculator stores nothing)."""

    def has_permission(self, request, view):
        return may(request.user, Permission.READ)
