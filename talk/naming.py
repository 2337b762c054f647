"""Who is named in a text by @, in the words it was typed: an account's name, or a person's."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User

# Not within an address for mail; what may be a name follows at once.
AT = re.compile(r"(?<![A-Za-z0-9._%+@-])@(?=\w)")
WORD = re.compile(r"[\w.·-]{1,20}")
LONGEST_NAME = 60
MOST = 20


def named_in(text: str) -> dict[User, str]:
    """Each person named, with the words that name him; one query.

    Raises ValidationError for a name that is nobody's, a closed account's or several people's, and for too many.
    """
    runs = [text[found.end() : found.end() + LONGEST_NAME].split("\n")[0] for found in AT.finditer(text)]
    if len(runs) > MOST:
        raise ValidationError({"text": _("一条发言最多提到 %(n)s 人") % {"n": MOST}})
    prefixes = {run[:length] for run in runs for length in range(1, len(run) + 1) if _ends(run, length)}
    people = list(User.objects.filter(Q(username__in=prefixes) | Q(name__in=prefixes))) if prefixes else []
    found: dict[User, str] = {}
    for run in runs:
        person, said = _whom(run, people)
        found.setdefault(person, said)
    return found


def _ends(run: str, length: int) -> bool:
    """Whether a name may end there: not in the midst of a word of letters and digits."""
    return not (_is_latin(run[length - 1]) and _is_latin(run[length : length + 1]))


def _is_latin(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter == "_")


def _whom(run: str, people: Iterable[User]) -> tuple[User, str]:
    """The longest name that a text begins with; of one length an account's name before a person's."""
    names = [(len(name), name == one.username, name, one) for one in people for name in (one.username, one.name)]
    fitting = [entry for entry in names if entry[0] and run.startswith(entry[2]) and _ends(run, entry[0])]
    if not fitting:
        word = WORD.match(run)
        told = {"name": word[0] if word else run[:20]}
        raise ValidationError({"text": _("没有叫“%(name)s”的账号或人；不是提到谁的，请在 @ 后空一格") % told})
    best = max(entry[:2] for entry in fitting)
    meant = [entry[3] for entry in fitting if entry[:2] == best]
    return _only(meant, run[: best[0]]), run[: best[0]]


def _only(meant: list[User], said: str) -> User:
    active = [one for one in meant if one.is_active]
    if not active:
        raise ValidationError({"text": _("%(name)s 的账号已停用，不能提到；请改提别人") % {"name": said}})
    if len(active) > 1:
        listed = "、".join(f"@{one.username}" for one in active)
        told = {"name": said, "n": len(active), "names": listed}
        raise ValidationError({"text": _("有 %(n)s 人叫“%(name)s”，请写账号名：%(names)s") % told})
    return active[0]
