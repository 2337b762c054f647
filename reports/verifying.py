"""Says of a file what it was when it left, and whether the data behind it has changed since.

The register holds what made the file. Making it again for the same day and comparing is the whole check: the
same bytes mean that nothing has changed.
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, QueryDict
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from plan.models import Export, Plan
from plan.params import BadParameter

SHA256 = re.compile(r"[0-9a-f]{64}")
# A larger file is made again only for somebody who has signed in.
OPEN_TO_ALL = 50_000
# Rows are compared only where both sides fit into memory.
MOST_COMPARED = 20 * 1024 * 1024
SHOWN = 10
REMEMBERED = 3600


@dataclass(frozen=True)
class Differences:
    """Lines of the file that are not there any more, and lines that are new, with the first of each."""

    gone: int
    new: int
    first_gone: list[str] = field(default_factory=list)
    first_new: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows that differ: a changed one is gone once and new once."""
        return max(self.gone, self.new)


@dataclass(frozen=True)
class Finding:
    """What is known of a hash. `changed` is None where nobody could tell, and `why` says why."""

    sha256: str
    export: Export | None
    changed: bool | None = None
    why: str = ""
    differences: Differences | None = None
    # A file that is not ours as it is, though one of its name is.
    namesake: Export | None = None


class Again:
    """A file made once more, read to its end."""

    def __init__(self, pieces: Iterable[bytes], *, keep: bool):
        digest, kept, self.size = hashlib.sha256(), [], 0
        for piece in pieces:
            digest.update(piece)
            self.size += len(piece)
            if keep and self.size <= MOST_COMPARED:
                kept.append(piece)
        self.sha256 = digest.hexdigest()
        self.data = b"".join(kept) if keep and self.size <= MOST_COMPARED else None


def read_sha256(text: str) -> str:
    """A hash as people paste it; BadParameter for anything else."""
    found = text.strip().lower()
    if not SHA256.fullmatch(found):
        raise BadParameter("sha256", text, _("应为 64 个十六进制字符"))
    return found


def look_up(sha256: str, *, user, data: bytes | None = None, name: str = "") -> Finding:
    """What the register knows of a file; with its bytes also which rows differ by now."""
    export = Export.objects.filter(sha256=sha256).order_by("-last_at").first()
    if export is None:
        namesake = Export.objects.filter(name=name).order_by("-last_at").first() if name else None
        if namesake is None or data is None or not may(user, Permission(namesake.permission)):
            return Finding(sha256, None)
        again = make_again(namesake, user, keep=True)
        return Finding(sha256, None, namesake=namesake, differences=_differences(data, again, namesake))
    if export.permission and not may(user, Permission(export.permission)):
        return Finding(sha256, export, why="permission")
    if export.rows > OPEN_TO_ALL and not user.is_authenticated:
        return Finding(sha256, export, why="large")
    if data is None:
        return _remembered(export, user)
    again = make_again(export, user, keep=True)
    return _judged(export, again, data)


def _remembered(export: Export, user) -> Finding:
    """The answer without rows, kept for as long as no plan moved on."""
    versions = sorted(Plan.objects.values_list("slug", "figures_version"))
    key = f"verify:{export.sha256}:{hashlib.sha256(repr(versions).encode()).hexdigest()}"
    changed = cache.get(key)
    if changed is None:
        again = make_again(export, user, keep=False)
        if again is None:
            return Finding(export.sha256, export, why="gone")
        changed = again.sha256 != export.sha256
        cache.set(key, changed, REMEMBERED)
    return Finding(export.sha256, export, changed=changed)


def _judged(export: Export, again: Again | None, data: bytes) -> Finding:
    if again is None:
        return Finding(export.sha256, export, why="gone")
    changed = again.sha256 != export.sha256
    differences = _differences(data, again, export) if changed else None
    return Finding(export.sha256, export, changed=changed, differences=differences)


def make_again(export: Export, user, *, keep: bool) -> Again | None:
    """The same file as the data has it now; None where its address leads nowhere any more.

    Runs the very view that made it, with the day, site and language of then, and notes nothing.
    """
    request = _request(export, user)
    try:
        with translation.override(export.language or translation.get_language()):
            response = request.resolver_match.func(
                request, *request.resolver_match.args, **request.resolver_match.kwargs
            )
            if hasattr(response, "render") and callable(response.render):
                response.render()
            if response.status_code != 200:
                return None
            pieces = response.streaming_content if response.streaming else [response.content]
            return Again(pieces, keep=keep)
    except (Http404, BadParameter, Resolver404):
        return None


def _request(export: Export, user) -> WSGIRequest:
    site = urlsplit(export.site or "http://localhost")
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": export.path,
            "QUERY_STRING": export.query,
            "SERVER_NAME": site.hostname or "localhost",
            "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
            "HTTP_HOST": site.netloc,
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": io.BytesIO(),
        }
    )
    request.GET = QueryDict(export.query)
    request.user = user or AnonymousUser()
    request.as_of, request.is_comparison = export.as_of, True
    request.permission = export.permission
    request.resolver_match = resolve(export.path)
    return request


def _differences(data: bytes, again: Again | None, export: Export) -> Differences | None:
    """Row by row, for CSV alone: other forms have no rows to speak of."""
    if again is None or again.data is None or export.format != "csv" or len(data) > MOST_COMPARED:
        return None
    encoding = "gb18030" if "encoding=gb18030" in export.query else "utf-8-sig"
    theirs, ours = Counter(_lines(data, encoding)), Counter(_lines(again.data, encoding))
    gone, new = theirs - ours, ours - theirs
    return Differences(gone.total(), new.total(), _first(gone), _first(new))


def _lines(data: bytes, encoding: str) -> Iterator[tuple[str, ...]]:
    text = io.StringIO(data.decode(encoding, "replace"), newline="")
    try:
        yield from map(tuple, csv.reader(text))
    except csv.Error:
        yield (data[:200].decode(encoding, "replace"),)


def _first(rows: Counter) -> list[str]:
    return [", ".join(row) for row in list(rows.elements())[:SHOWN]]


def finding_body(finding: Finding) -> dict:
    """The answer as the API gives it."""
    export = finding.export
    body: dict = {"sha256": finding.sha256, "known": export is not None, "changed": finding.changed}
    if finding.why:
        body["reason"] = finding.why
    if export is not None and finding.why != "permission":
        body["export"] = facts(export)
    if finding.namesake is not None:
        body["altered_copy_of"] = facts(finding.namesake)
    if finding.differences is not None:
        found = finding.differences
        body["differences"] = {"rows": found.rows, "gone": found.gone, "new": found.new}
        body["differences"] |= {"first_gone": found.first_gone, "first_new": found.first_new}
    return body


def facts(export: Export) -> dict:
    """What anybody may know of an export he holds; not who took it."""
    return {
        "name": export.name,
        "format": export.format,
        "plan": export.plan_slug,
        "as_of": _day(export.as_of),
        "address": export.path + (f"?{export.query}" if export.query else ""),
        "filters": export.query,
        "rows": export.rows,
        "bytes": export.size,
        "rule_version": export.rule_version,
        "figures_version": export.figures_version,
        "first_exported_at": export.first_at.isoformat(timespec="seconds"),
        "last_exported_at": export.last_at.isoformat(timespec="seconds"),
        "times": export.times,
    }


def _day(day: date) -> str:
    return day.isoformat()
