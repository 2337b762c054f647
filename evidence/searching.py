"""Search over published statements: those that were public on the page's day."""

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evidence.models import PublicEvidence
from evidence.queries import known
from plan.models import Plan
from plan.public import Says
from plan.searching import Finder, Hit, Place, contains, every, excerpt_of, written
from plan.text import mark

FIELDS = ("fact", "phrase", "source__title", "source__publisher")


def find_statements(plan: Plan, words: list[str], day: date) -> list[Hit]:
    """The statements public on a day that hold every word, the newest first; one query."""
    rows = known(plan, day).filter(every(words, _has)).select_related("item__plan", "source")
    return [_hit(plan, row, words) for row in rows.reverse()]


def _has(word: str) -> Q:
    return Q(*(contains(name, word) for name in FIELDS), _connector=Q.OR)


def _hit(plan: Plan, row: PublicEvidence, words: list[str]) -> Hit:
    texts = (row.fact, row.phrase, row.source.title, row.source.publisher)
    return Hit(
        row,
        mark(row.item.label, *written(words)),
        reverse("evidence:detail", args=[plan.slug, row.pk]),
        code=row.item.code,
        label=str(Says(row.says).label),
        excerpt=mark(excerpt_of(words, texts), *written(words)),
        places=(Place(row.published),),
    )


STATEMENTS = Finder("evidence", _("公开信息"), find_statements)
