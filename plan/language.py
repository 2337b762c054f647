"""The language of an answer: the one its address names (`?lang=en`), else the reader's own.

The reader's own is the choice kept in a cookie, or what the browser asks for. An address with a name in it is the
same for everybody, so that a page in either language can be linked to, listed and found (decision 0052).
"""

from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings

from plan.params import read_choice

NAME = "lang"
# By the code of the setting, what HTML and search engines call it (BCP 47).
TAGS = {"zh-hans": "zh-Hans", "en": "en"}


class Alternate(NamedTuple):
    """The same page in one language; `x-default` is in the reader's own."""

    tag: str
    code: str


ALTERNATES = (*(Alternate(TAGS[code], code) for code, _word in settings.LANGUAGES), Alternate("x-default", ""))


def codes() -> list[str]:
    return [code for code, _word in settings.LANGUAGES]


def asked(params) -> str:
    """The code an address names; empty where it names none, or none there is, which NameMiddleware refuses."""
    named = set(params.getlist(NAME))
    return named.pop() if len(named) == 1 and named <= set(codes()) else ""


def read_language(params) -> str:
    """Raises BadParameter for a language there is not."""
    return read_choice(params, NAME, codes())


def in_language(address: str, code: str) -> str:
    """The address, which names none yet, in a language; without a code in the reader's own."""
    if not code:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({NAME: code})}"
