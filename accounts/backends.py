"""Who a session belongs to, read with everything the gate asks about: one query a request."""

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class ReadsAccount:
    """`get_user` for every way of signing in: a disabled account is nobody."""

    def get_user(self, user_id):
        return User.objects.with_second_factor().filter(pk=user_id, is_active=True).first()


class AccountBackend(ReadsAccount, ModelBackend):
    """Name and password."""
