"""What a notice says, kept so that everybody reads it in their own language.

A phrase is the Chinese sentence as the code writes it, which is also its entry in the catalogue, and what fills
its gaps: text as somebody typed it, names in both languages, lists, further phrases. It is plain JSON, told when
it is read; a sentence the catalogue no longer knows is told in Chinese.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, override

# Text, a number, or one of the JSON objects made below.
Said = str | int | dict[str, Any]


def counted_noop(source: str) -> str:
    """Marks a sentence with `%(count)s` for the catalogue, where it has a singular and a plural."""
    return source


def say(source: str, **fill: Said) -> Said:
    """A sentence marked with gettext_noop or counted_noop; `count` among what fills it chooses the plural."""
    return {"say": source, "with": fill}


def both(chinese: str, english: str) -> Said:
    """A name that has one in each language; Chinese where no English was written."""
    return {"zh": chinese, "en": english} if english else chinese


def day_of(day: date) -> Said:
    """A day in a sentence; beside a name it is plain text, 2026-11-24, in both languages."""
    return {"day": day.isoformat()}


def listed(what: Iterable[Said], by: str = "、") -> Said:
    return {"list": list(what), "by": by}


def tell(said: Said) -> str:
    """The words in the language of the request."""
    if not isinstance(said, dict):
        return str(said)
    if "say" in said:
        source, fill = said["say"], said["with"]
        sentence = ngettext(source, source, fill["count"]) if "count" in fill else gettext(source)
        return sentence % {name: tell(value) for name, value in fill.items()}
    if "list" in said:
        # A line break is the same in every language.
        by = said["by"] if said["by"].isspace() else gettext(said["by"])
        return by.join(tell(one) for one in said["list"])
    if "day" in said:
        return date_format(date.fromisoformat(said["day"]), "DATE_FORMAT")
    return said["en"] if (get_language() or "").startswith("en") else said["zh"]


def in_chinese(said: Said) -> str:
    """The words as mails carry them and as the row keeps them in plain text."""
    with override("zh-hans"):
        return tell(said)
