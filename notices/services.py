"""Telling people: one line in the inbox, and what their preference says about mail."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.services import record_audit
from jobs.services import enqueue
from notices.models import Notice, NoticeKind, Preference
from notices.phrases import Said, in_chinese
from texts.site_root import below_root

Mail = Preference.Mail
MAIL_AT_ONCE = "notices.mail_at_once"


def notify(people: Iterable, *, kind: NoticeKind, key: str, title: Said, body: Said = "", url: str = "") -> int:
    """Puts a notice into the inbox of each person, once per key; call it in the transaction of its cause.

    `key` names what it speaks of and which round of it (figure:17:returned:3): the same key again is silent.
    Title and body are text as typed or phrases (notices.phrases), which everybody reads in their own language.
    Where somebody wants this kind by mail at once, the job that sends it starts with the caller's commit.
    Returns the number of new notices.
    """
    people = [person for person in people if person is not None and person.is_active]
    rows = Preference.objects.filter(person__in=people, kind=kind).values_list("person_id", "inbox", "mail")
    wishes = {pk: (inbox, mail) for pk, inbox, mail in rows}
    wanted = {person.pk: person for person in people if wishes.get(person.pk) != (False, Mail.NONE)}
    known = set(Notice.objects.filter(person__in=wanted, key=key).values_list("person_id", flat=True))
    words = {"title": in_chinese(title)[:300], "body": in_chinese(body)}
    said = {name: text for name, text in (("title", title), ("body", body)) if isinstance(text, dict)}
    new = [
        Notice(person_id=pk, kind=kind, key=key[:120], said=said, url=below_root(url), **words)
        for pk in wanted
        if pk not in known
    ]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    at_once = {pk for pk, (_, mail) in wishes.items() if mail == Mail.AT_ONCE and wanted[pk].email}
    if any(notice.person_id in at_once for notice in new):
        enqueue(MAIL_AT_ONCE)
    return len(new)


def mark_read(person, *, pk: int) -> Notice | None:
    """Marks one notice of a person's own as read; None where there is none of that number."""
    notice = Notice.objects.filter(person=person, pk=pk).first()
    if notice is not None and notice.read_at is None:
        Notice.objects.filter(pk=pk, read_at__isnull=True).update(read_at=timezone.now())
    return notice


def mark_all_read(person, *, up_to: int, kind: str = "") -> int:
    """Marks what stood on the page as read: notices up to a number, so that one which arrived since stays new."""
    rows = Notice.objects.in_inbox_of(person).unread().filter(pk__lte=up_to)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.update(read_at=timezone.now())


@transaction.atomic
def set_preferences(person, wishes: dict[str, tuple[bool, str]]) -> bool:
    """Stores for each kind (inbox, mail) as chosen; False, and nothing written, where nothing changes."""
    stored = {row.kind: row for row in Preference.objects.select_for_update().filter(person=person)}
    before, after = {}, {}
    for kind, (inbox, mail) in wishes.items():
        old = stored.get(kind) or Preference(person=person, kind=kind)
        if (old.inbox, old.mail) != (inbox, mail):
            before[kind], after[kind] = [old.inbox, old.mail], [inbox, mail]
            Preference.objects.update_or_create(person=person, kind=kind, defaults={"inbox": inbox, "mail": mail})
    if after:
        record_audit(
            action="preferences.changed",
            by=person,
            object_code=person.get_username(),
            object_label="提醒方式",
            before=before,
            after=after,
        )
    return bool(after)


def prune() -> int:
    """Deletes notices read more than NOTICE_KEEP_DAYS ago; what was never read stays."""
    limit = timezone.now() - timedelta(days=settings.NOTICE_KEEP_DAYS)
    deleted, _ = Notice.objects.filter(read_at__lt=limit).delete()
    return deleted
