"""Notices by e-mail: the daily digest, and at once what somebody wants at once.

A person's notices are locked, sent and marked one person after another: a crash after the sending can at worst
repeat one person's mail. What fails for one person is named at the end and costs nobody else theirs.
"""

import logging
from datetime import timedelta
from itertools import groupby
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from notices.models import ALWAYS_TOLD, Notice, NoticeKind, Preference, split_lines
from texts.site_root import at_root

log = logging.getLogger(__name__)

Mail = Preference.Mail
# Who turns a kind's mail on is not sent what he has long left behind.
MAIL_WITHIN_DAYS = 14
MAIL_LINES = 10


class NotDelivered(Exception):
    """Some people's mail could not be sent; theirs stays unmarked, so that the next attempt takes it up."""

    def __init__(self, failed: dict[str, str]):
        super().__init__("；".join(f"{name}: {reason}" for name, reason in failed.items()))
        self.failed = failed


def send_digests(*, report=None) -> int:
    """One mail to each person with everything that was neither mailed nor read; the number of mails.

    What was to go at once and could not is taken up here. Raises NotDelivered after everybody had a turn.
    """
    return _send(_to_mail(Q()), report=report)


def send_at_once(*, report=None) -> int:
    """The mails of those who want a kind at once: several waiting notices of a person travel together."""
    pairs = Preference.objects.filter(mail=Mail.AT_ONCE).values_list("person_id", "kind")
    wanted = Q(pk__in=[])
    for kind, people in _by_kind(pairs).items():
        wanted |= Q(kind=kind, person__in=people)
    return _send(_to_mail(wanted), report=report)


def _to_mail(condition: Q) -> QuerySet[Notice]:
    """Unmailed, unread, recent notices of people who can be written to and want mail of that kind."""
    since = timezone.now() - timedelta(days=MAIL_WITHIN_DAYS)
    rows = Notice.objects.filter(
        condition,
        mailed_at__isnull=True,
        read_at__isnull=True,
        created_at__gte=since,
        person__is_active=True,
    ).exclude(Q(person__email="") | Q(kind__in=ALWAYS_TOLD))  # those were mailed as they happened
    pairs = Preference.objects.filter(mail=Mail.NONE).values_list("person_id", "kind")
    for kind, people in _by_kind(pairs).items():
        rows = rows.exclude(kind=kind, person__in=people)
    return rows


def _by_kind(pairs) -> dict[str, list[int]]:
    kinds: dict[str, list[int]] = {}
    for person_id, kind in pairs:
        kinds.setdefault(kind, []).append(person_id)
    return kinds


def _send(rows: QuerySet[Notice], *, report=None) -> int:
    people = list(User.objects.filter(pk__in=rows.order_by().values("person")).order_by("pk"))
    if not people:
        return 0
    # Opened before anything is locked: greeting the mail server is the slow part.
    connection = get_connection()
    connection.open()
    sent, failed = 0, {}
    try:
        for number, person in enumerate(people):
            if report:
                report(100 * number / len(people))
            try:
                sent += _send_to(person, rows, connection)
            except (OSError, SMTPException, ValueError) as error:  # refused, cut off, an address that is none
                log.warning("no mail to %s: %s", person.get_username(), error)
                failed[person.get_username()] = f"{type(error).__name__}: {error}"
                connection.close()  # the next person's mail opens a fresh one
    finally:
        connection.close()
    if failed:
        raise NotDelivered(failed)
    return sent


@transaction.atomic
def _send_to(person: User, rows: QuerySet[Notice], connection) -> int:
    # Whoever else mails the same person waits here and then finds nothing left.
    own = list(rows.filter(person=person).select_for_update(of=("self",)).order_by("id"))
    if not own:
        return 0
    _message(person, own, connection).send()
    Notice.objects.filter(pk__in=[notice.pk for notice in own]).update(mailed_at=timezone.now())
    return 1


def _shortened(notice: Notice) -> str:
    shown, _, more = split_lines(notice.body, MAIL_LINES)
    return f"{shown}\n另有 {more} 项，见站内提醒" if more else shown


def _message(person: User, notices: list[Notice], connection) -> EmailMultiAlternatives:
    """The mail as text and as simple HTML, in Chinese whatever the worker's language."""
    order = {kind: place for place, kind in enumerate(NoticeKind.values)}
    rows = sorted(notices, key=lambda notice: (order.get(notice.kind, len(order)), -notice.pk))
    site = settings.SITE_URL.rstrip("/")
    with override("zh-hans"):
        groups = [
            {
                "label": str(NoticeKind(kind).label),
                "notices": [
                    {
                        "title": notice.title,
                        "body": _shortened(notice),
                        "at": notice.created_at,
                        "url": f"{site}{notice.address}" if notice.url.startswith("/") else notice.url,
                    }
                    for notice in own
                ],
            }
            for kind, own in groupby(rows, key=lambda notice: notice.kind)
        ]
        root = f"{site}{at_root('/')}".rstrip("/")
        context = {"person": person, "groups": groups, "site": root, "number": len(rows)}
        text = render_to_string("notices/mail.txt", context)
        html = render_to_string("notices/mail.html", context)
    title = notices[0].title if len(notices) == 1 else f"{len(notices)} 条提醒"
    message = EmailMultiAlternatives(
        subject=f"规划跟踪：{' '.join(title.split())}",
        body=text,
        to=[person.email],
        connection=connection,
        headers={
            "Auto-Submitted": "auto-generated",
            # Which mails one gets is chosen there; it takes one's own sign-in.
            "List-Unsubscribe": f"<{site}{reverse('notices:preferences')}>",
        },
    )
    message.attach_alternative(html, "text/html")
    return message
