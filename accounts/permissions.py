"""Who may read: everybody when PUBLIC_READ is on, otherwise whoever has signed in."""

from django.conf import settings
from rest_framework.permissions import BasePermission


def may_read(user) -> bool:
    return settings.PUBLIC_READ or user.is_authenticated


class ReadAccess(BasePermission):
    """The same rule for the API, whose views all read (the what-if calculator stores nothing)."""

    def has_permission(self, request, view):
        return may_read(request.user)
