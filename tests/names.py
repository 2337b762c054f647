"""What a page sends on: the names its links and forms put into an address, and the names a view reads from one."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve

from shenzhen_plan.parameters import FOREIGN, taken_by

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.S)
LINK = re.compile(r'\b(?:href|data-[\w-]+|src)="([^"]*\?[^"]*)"')
# DRF looks for this one itself and finds nothing.
FRAMEWORK = {"format"}


def record_names(monkeypatch) -> set[str]:
    """A set that every name read from an address with `as_of` is put into."""
    read: set[str] = set()

    def recording(plain):
        def spy(self, name, *rest):
            # The body of a request holds no day.
            if dict.__contains__(self, "as_of"):
                read.add(name)
            return plain(self, name, *rest)

        return spy

    for method in ("get", "getlist", "__getitem__", "__contains__"):
        monkeypatch.setattr(QueryDict, method, recording(getattr(QueryDict, method)))
    return read


def sent_by(html: str, page: str) -> set[str]:
    """The addresses with a query that a page leads to: its links, and its forms with every field they send."""
    found = {urljoin(page, unescape(link)) for link in LINK.findall(html)}
    for attributes, body in FORM.findall(html):
        action = re.search(r'action="([^"]*)"', attributes)
        target = urljoin(page, unescape(action[1]) if action else "")
        if 'method="post"' in attributes.lower():
            found.add(target)
            continue
        names = re.findall(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"', body)
        found.add(f"{target.split('?')[0]}?{urlencode([(unescape(name), '') for name in names])}")
    return {address for address in found if "?" in address}


def is_taken(address: str) -> bool:
    parts = urlsplit(address)
    if parts.netloc not in ("", "testserver"):
        return True
    try:
        view = resolve(parts.path).view_name
    except Resolver404:
        return True
    names = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    return view in FOREIGN or names <= set(taken_by(view))
