"""Names: the nearest known one to a name that is none, and whether two titles are one. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from hashlib import sha256

from texts.cleaning import kept_text

# What one writer types as another does not, and no reader tells apart: quotes and dashes, beyond what NFKC joins.
_ALIKE = str.maketrans("“”„‟″‘’‚‛′`´‐‑‒–—―−﹣", '"' * 5 + "'" * 7 + "-" * 8)
# What a sentence puts behind a title and around it.
_BEHIND = ".。,，;；:：、"
_AROUND = tuple(map(re.compile, ("《([^《》]+)》", '"([^"]+)"', "'([^']+)'")))
# What one slip of the finger leaves of a short name: yaer for year.
SURE = 0.75


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one, or "" where none is like it: asof → as_of, componet → component."""
    by_form = {_bare(one): one for one in known}
    found = get_close_matches(_bare(name[:100]), by_form, n=1, cutoff=0.6)
    return by_form[found[0]] if found else ""


def nearest_sure(name: str, known: Iterable[str]) -> str:
    """The same where one of the two holds the other or nearly every letter is there: size → page_size, not since.

    For a few names that mean different things, of which one that is merely alike leads astray.
    """
    said, by_form = _bare(name[:100]), {_bare(one): one for one in known}
    for form in get_close_matches(said, by_form, n=len(by_form) or 1, cutoff=0.6):
        if form in said or said in form or get_close_matches(said, [form], cutoff=SURE):
            return by_form[form]
    return ""


def _bare(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())


@lru_cache(maxsize=4096)
def title_key(title: str) -> str:
    """One key for every spelling of a title: width, quotes, dashes, blanks and case tell nothing apart, nor does a
    full stop behind it or a pair of title marks around it."""
    text = unicodedata.normalize("NFKC", kept_text(title, lines=False)).translate(_ALIKE)
    text = re.sub(r"\s+", "", text)
    text = text.rstrip(_BEHIND) or text
    text = next((inner[1] for pattern in _AROUND if (inner := pattern.fullmatch(text))), text)
    return sha256(text.casefold().encode()).hexdigest()
