"""Addresses of this site as they are stored: from the site's own root on, wherever a proxy has put it (SUB_PATH).

A link stored by one process is read by another, next year perhaps at another place: only what is shown or sent has
the prefix.
"""

from django.urls import get_script_prefix


def below_root(address: str) -> str:
    """An address of this site as it is stored; one of another site stays as it is."""
    prefix = get_script_prefix()
    return f"/{address.removeprefix(prefix)}" if address.startswith(prefix) else address


def at_root(address: str) -> str:
    """A stored address as readers are given it."""
    return f"{get_script_prefix()}{address[1:]}" if address.startswith("/") else address
