"""Names that programs and files use: the nearest known one to a name that is none. Pure."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one, or "" where none is like it: asof → as_of, componet → component."""
    by_form = {_bare(one): one for one in known}
    found = get_close_matches(_bare(name[:100]), by_form, n=1, cutoff=0.6)
    return by_form[found[0]] if found else ""


def _bare(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())
