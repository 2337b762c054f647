"""What people typed and have not handed in, so that nothing is lost with a session, a browser or a connection.

Nobody reads it but its writer: it is no record, has no trail, and goes when it is taken in or after
DRAFT_KEEP_DAYS.
"""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import FormDraft, User
from texts.cleaning import kept_text

LARGEST = 300_000  # characters of one form, names and values: in Chinese what a form may send (limits.TEXT)
MOST = 100  # of one person; the oldest make room
NAME = 300

Pairs = list[tuple[str, str]]


class OtherTab(Exception):
    """The draft was saved or taken in elsewhere since this tab read it; `.row` is what stands now."""

    def __init__(self, row: FormDraft):
        super().__init__(row.form)
        self.row = row


def waiting(person: User) -> QuerySet[FormDraft]:
    """A person's drafts that hold something, the newest first."""
    return person.drafts.exclude(content="")


def draft_of(person: User, form: str) -> FormDraft | None:
    return person.drafts.filter(form=form).first()


def save_draft(
    person: User, *, form: str, content: str, values: Iterable[Iterable[str]], revision: int, **about: str
) -> FormDraft:
    """Keeps what stands in a form now; `about`: address, title and edition.

    Raises ValidationError for what is no form or too large, OtherTab where `revision` is not the last.
    """
    pairs = _pairs(values)
    _check(form, content, pairs)
    with transaction.atomic():
        row = _locked(person, form)
        if row.revision != revision:
            raise OtherTab(row)
        row.values, row.content, row.saved_at = pairs, content, timezone.now()
        row.revision += 1
        for name in ("address", "title", "edition"):
            limit = FormDraft._meta.get_field(name).max_length
            setattr(row, name, about.get(name, "")[:limit])
        row.save()
        _make_room(person)
    return row


def take_draft(person: User, *, form: str, content: str) -> None:
    """The content was taken in: it is not offered again, wherever a copy of it still lies."""
    if not (0 < len(form) <= NAME and 0 < len(content) <= 40):
        return
    with transaction.atomic():
        row = _locked(person, form)
        row.taken = content
        if row.content in ("", content):
            row.values, row.content = [], ""
        row.saved_at = timezone.now()
        row.revision += 1
        row.save()


def forget_draft(person: User, form: str) -> None:
    """The writer threw it away."""
    person.drafts.filter(form=form).delete()


def old_drafts(limit: datetime) -> QuerySet[FormDraft]:
    return FormDraft.objects.filter(saved_at__lt=limit)


def _locked(person: User, form: str) -> FormDraft:
    # Two tabs make it at the same moment: the second finds the first one's.
    FormDraft.objects.get_or_create(person=person, form=form, defaults={"saved_at": timezone.now()})
    return FormDraft.objects.select_for_update().get(person=person, form=form)


def _pairs(values: Iterable[Iterable[str]]) -> Pairs:
    try:
        return [(kept_text(str(name), lines=False), kept_text(str(value), lines=True)) for name, value in values]
    except (TypeError, ValueError) as error:
        raise ValidationError(_("内容无法识别，没有保存")) from error


def _check(form: str, content: str, pairs: Pairs) -> None:
    if not (0 < len(form) <= NAME and 0 < len(content) <= 40):
        raise ValidationError(_("内容无法识别，没有保存"))
    if sum(len(name) + len(value) for name, value in pairs) > LARGEST:
        raise ValidationError(_("内容太长，没有存到服务器，只留在本浏览器"))


def _make_room(person: User) -> None:
    old = list(person.drafts.order_by("-saved_at", "-id").values_list("pk", flat=True)[MOST : MOST + 100])
    if old:
        FormDraft.objects.filter(pk__in=old).delete()
