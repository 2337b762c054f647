"""Telling people: one line in the inbox, and what their preference says about mail."""

from collections.abc import Iterable

from notices.models import Kind, Notice, Preference


def notify(people: Iterable, *, kind: Kind, key: str, title: str, body: str = "", url: str = "") -> int:
    """Puts a notice into the inbox of each person, once per key; call it in the transaction of its cause.

    `key` names what it speaks of and which round of it (figure:17:returned:3): the same key again is silent.
    Returns the number of new notices.
    """
    people = [person for person in people if person is not None and person.is_active]
    silent = set(
        Preference.objects.filter(
            person__in=people, kind=kind, inbox=False, mail=Preference.Mail.NONE
        ).values_list("person_id", flat=True)
    )
    wanted = {person.pk: person for person in people if person.pk not in silent}
    known = set(Notice.objects.filter(person__in=wanted, key=key).values_list("person_id", flat=True))
    new = [
        Notice(person_id=pk, kind=kind, key=key[:120], title=title[:300], body=body, url=url)
        for pk in wanted
        if pk not in known
    ]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
