"""Which texts are addresses on the web: a scheme and a host, which on an intranet may be one word. Pure."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

LABEL = re.compile(r"(?!-)[a-z0-9_\-\u00a1-\uffff]{1,63}(?<!-)", re.IGNORECASE)
# What a copied sentence leaves behind an address.
TRAILING = " \t\u3000;；,，.。、)）】》>\"'”’"
LONGEST = 2048


def is_address(text: str) -> bool:
    """Whether a text is an http or https address."""
    if not text or len(text) > LONGEST or re.search(r"[\s<>\"\\^`{|}]", text):
        return False
    try:
        found = urlsplit(text)
        host, port = found.hostname or "", found.port
    except ValueError:
        return False
    if found.scheme.lower() not in ("http", "https") or not host or (port is not None and not 0 < port < 65536):
        return False
    if found.netloc.startswith("[") or ":" in host or re.fullmatch(r"[\d.]+", host):
        return _is_ip(host)
    labels = host.rstrip(".").split(".")
    return len(host) <= 253 and all(LABEL.fullmatch(label) for label in labels)


def trimmed_address(text: str) -> str:
    """Without the marks that a sentence put behind it, closing brackets that the address opens aside."""
    plain = text.strip()
    while plain and plain[-1] in TRAILING:
        if plain[-1] == ")" and plain.count("(") >= plain.count(")"):
            break
        plain = plain[:-1]
    return plain


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
