"""What somebody proves himself with, stored and taken away in one place: passwords, sessions, tokens, devices.

Everything here is called inside the transaction of its cause, with the account's row locked.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts import sessions
from accounts.models import FormerPassword, User
from accounts.tokens import revoke_all


def store_password(person: User, password: str, *, by: User, is_one_time: bool, keep: str = "") -> None:
    """Puts a new password in the place of the old one, which is remembered. What rested on the old one ends:
    the sessions (but for the one whose key is `keep`) and the tokens."""
    if person.has_usable_password():
        FormerPassword.objects.create(user=person, password=person.password)
        kept = person.former_passwords.values_list("pk", flat=True)[: settings.PASSWORD_REMEMBERED]
        person.former_passwords.exclude(pk__in=list(kept)).delete()
    person.set_password(password)
    mark_one_time(person, is_one_time=is_one_time)
    end_everything(person, by=by, cause="password", keep=keep)
    person.save()


def mark_one_time(person: User, *, is_one_time: bool) -> None:
    """A password that was handed over is good for one sign-in, within ONE_TIME_PASSWORD_HOURS (0: any time)."""
    hours = settings.ONE_TIME_PASSWORD_HOURS
    person.must_change_password = is_one_time
    person.one_time_until = timezone.now() + timedelta(hours=hours) if is_one_time and hours else None


def is_over(person: User) -> bool:
    """Whether the person holds a one-time password that nobody used in time."""
    until = person.one_time_until
    return person.must_change_password and until is not None and until < timezone.now()


def end_everything(person: User, *, by: User, cause: str, keep: str = "") -> dict[str, int]:
    """Ends sessions and tokens for good; the caller saves the row. Says how many of each there were."""
    return {
        "sessions": sessions.end_all(person, keep=keep),
        "tokens": revoke_all(person, by=by, cause=cause),
    }
