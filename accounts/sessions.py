"""Sessions in the database that end when idle and after a longest time, without a write on every request.

A session lives SESSION_COOKIE_AGE seconds from its last save, LOGIN_MAX_HOURS from its beginning; it is saved
again only when a part of that has passed. Visitors without an account have no session at all. Of those with one
`SignIn` holds a line each, so that they can be listed and ended.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import SignIn, User
from audit.services import current_address, record_audit
from texts.cleaning import kept_text

RENEW_SECONDS = 60
BEGAN, LINE = "began", "sign_in"


class SessionStore(db.SessionStore):
    expires = None

    def _get_session_from_db(self):
        row = super()._get_session_from_db()
        self.expires = row.expire_date if row else None
        return row

    def longest(self) -> datetime | None:
        """When the session ends however much it is used; None without such a limit, or before signing in."""
        began = self.get(BEGAN)
        if not (began and settings.LOGIN_MAX_HOURS):
            return None
        return datetime.fromisoformat(began) + timedelta(hours=settings.LOGIN_MAX_HOURS)

    def get_expiry_date(self, **kwargs):
        date, longest = super().get_expiry_date(**kwargs), self.longest()
        return min(date, longest) if longest else date

    def get_expiry_age(self, **kwargs):
        age, longest = super().get_expiry_age(**kwargs), self.longest()
        return age if longest is None else max(0, min(age, int((longest - timezone.now()).total_seconds())))

    def renew(self) -> None:
        """Marks the session for saving when its last save is a while ago."""
        if self._is_due():
            self.modified = True

    def _is_due(self) -> bool:
        age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
        pause = min(timedelta(seconds=RENEW_SECONDS), age / 10)
        return bool(
            self.expires and self.expires - age < timezone.now() - pause and self.expires != self.longest()
        )

    def seconds_left(self, *, is_used: bool) -> int:
        """How long the session goes on without anybody doing anything; `is_used`: asking counts as doing."""
        is_anew = self.expires is None or self.modified or is_used and self._is_due()
        ends = self.get_expiry_date() if is_anew else self.expires
        return max(0, int((ends - timezone.now()).total_seconds()))

    def save(self, must_create=False):
        super().save(must_create=must_create)
        if line := self.get(LINE):
            SignIn.objects.filter(pk=line).update(session_key=self.session_key, seen_at=timezone.now())


def begin(sender, request, user, **kwargs) -> None:
    """Notes a new session (signal user_logged_in)."""
    now = timezone.now()
    request.session[BEGAN] = now.isoformat()
    if request.session.session_key is None:
        request.session.create()
    line = SignIn.objects.create(
        user=user,
        session_key=request.session.session_key,
        began_at=now,
        seen_at=now,
        address=current_address.get(),
        agent=kept_text(request.META.get("HTTP_USER_AGENT", "")[:300], lines=False),
    )
    request.session[LINE] = line.pk


def forget(sender, request, user, **kwargs) -> None:
    """The line of a session goes with it (signal user_logged_out)."""
    SignIn.objects.filter(pk=request.session.get(LINE)).delete()


def browser_name(agent: str) -> str:
    """The browser and system behind a User-Agent, as their owner knows them: "Edge 122 · Windows 10"; what cannot
    be told from it is left out, and where nothing can, its beginning stands."""
    # Its tables take a second to build: only the page that lists sessions needs them.
    from ua_parser import parse

    found = parse(agent)
    told = [
        " ".join(word for word in (part.family, part.major) if word)
        for part in (found.user_agent, found.os)
        if part
    ]
    return " · ".join(told) or agent[:60]


def held_by(person: User) -> list[SignIn]:
    """The sessions a person holds, the latest used first, each with its `browser`; lines of those over go."""
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    person.sign_ins.exclude(session_key__in=live).delete()
    rows = list(person.sign_ins.all())
    for row in rows:
        row.browser = browser_name(row.agent)
    return rows


def end_one(person: User, *, pk: int, by: User) -> bool:
    """Ends one session of a person, at once; False where there is none of that number."""
    line = person.sign_ins.filter(pk=pk).first()
    if line is None:
        return False
    _delete([line.session_key])
    record_audit(
        action="session.ended",
        by=by,
        object_code=person.username[:60],
        object_label=person,
        after={"sessions": 1, "began": line.began_at.isoformat(), "from": line.address},
    )
    return True


def end_all(person: User, *, keep: str = "") -> int:
    """Ends every session of a person for good; call it with the row locked, and save `sessions_round`.

    Returns how many lines there were. A cookie from before never works again, whatever becomes of the account;
    the session of the key `keep` goes on once it is given the new hash (update_session_auth_hash).
    """
    person.sessions_round += 1
    return _delete(list(person.sign_ins.exclude(session_key=keep).values_list("session_key", flat=True)))


def _delete(keys: list[str]) -> int:
    Session.objects.filter(session_key__in=keys).delete()
    return SignIn.objects.filter(session_key__in=keys).delete()[0]
