"""Sessions in the database that end when idle, without a write on every request.

A session lives SESSION_COOKIE_AGE seconds from its last save; it is saved again only when a part of that has
passed. Visitors without an account have no session at all.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.backends import db
from django.utils import timezone

RENEW_SECONDS = 60


class SessionStore(db.SessionStore):
    expires = None

    def _get_session_from_db(self):
        row = super()._get_session_from_db()
        self.expires = row.expire_date if row else None
        return row

    def renew(self) -> None:
        """Marks the session for saving when its last save is a while ago."""
        age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
        pause = min(timedelta(seconds=RENEW_SECONDS), age / 10)
        if self.expires and self.expires - age < timezone.now() - pause:
            self.modified = True
