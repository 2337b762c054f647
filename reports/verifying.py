"""Says of a file what it was when it left, and whether the data behind it has changed since.

The register holds what made the file. Making it again for the same day and comparing is the whole check: the
same bytes mean that nothing has changed.
"""

import csv
import hashlib
import io
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, QueryDict
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from plan.models import Export, Plan
from plan.params import BadParameter, read_day

SHA256 = re.compile(r"[0-9a-f]{64}")
# A larger file is made again only for somebody who has signed in.
OPEN_TO_ALL = 50_000
# Rows are compared up to so many, of so many characters each: their hashes are held in memory, a few megabytes.
MOST_ROWS = 200_000
LONGEST_ROW = 1024 * 1024
PIECE = 64 * 1024
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
class Match:
    """What is known of a hash. `changed` is None where nobody could tell, and `why` says why."""

    sha256: str
    export: Export | None
    changed: bool | None = None
    why: str = ""
    differences: Differences | None = None
    # A file that is not ours as it is, though one of its name is.
    namesake: Export | None = None


class TooMuch(Exception):
    """More rows, or a longer one, than are compared."""


def _aside() -> BinaryIO:
    """Lies where uploads do, whose room is watched; gone with the last who holds it."""
    return tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)


class Again:
    """A file made once more, read to its end; with `keep` it can be read again."""

    def __init__(self, pieces: Iterable[bytes], *, keep: bool):
        digest = hashlib.sha256()
        self.file: BinaryIO | None = _aside() if keep else None
        for piece in pieces:
            digest.update(piece)
            if self.file:
                self.file.write(piece)
        self.sha256 = digest.hexdigest()


def sha256_of(file: BinaryIO) -> str:
    """The hash of a file, read piece by piece."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def read_sha256(text: str) -> str:
    """A hash as people paste it; BadParameter for anything else."""
    found = text.strip().lower()
    if not SHA256.fullmatch(found):
        raise BadParameter("sha256", text, _("应为 64 个十六进制字符"))
    return found


def look_up(sha256: str, *, user, file: BinaryIO | None = None, name: str = "") -> Match:
    """What the register knows of a file; with the file itself also which rows differ by now."""
    # The same bytes may have left under several names, some of them for few.
    exports = list(Export.objects.filter(sha256=sha256).order_by("-last_at")[:SHOWN])
    allowed = (one for one in exports if not one.permission or may(user, Permission(one.permission)))
    export = next(allowed, exports[0] if exports else None)
    if export is None:
        namesake = Export.objects.filter(name=name).order_by("-last_at").first() if name else None
        if namesake is None or file is None or not may(user, Permission(namesake.permission)):
            return Match(sha256, None)
        try:
            # Nobody learns from an invented file of a known name what only those who signed in may see.
            again = make_again(namesake, user, keep=True, logins=user.is_authenticated and _of_people(namesake))
        except PermissionDenied:
            return Match(sha256, None)
        differences, why = _compared(file, again, namesake)
        return Match(sha256, None, namesake=namesake, differences=differences, why=why)
    if export.permission and not may(user, Permission(export.permission)):
        return Match(sha256, export, why="permission")
    try:
        return _looked_up(export, user=user, file=file)
    except PermissionDenied:  # the view that made it knows better who may have it
        return Match(sha256, export, why="permission")


def _looked_up(export: Export, *, user, file: BinaryIO | None) -> Match:
    sha256 = export.sha256
    if export.rows > OPEN_TO_ALL and not user.is_authenticated:
        return Match(sha256, export, why="large")
    if file is None:
        return _remembered(export, user)
    again = make_again(export, user, keep=True, logins=_of_people(export))
    return _judged(export, again, file, shown=user.is_authenticated or not _of_people(export))


def _remembered(export: Export, user) -> Match:
    """The answer without rows, kept for as long as no plan moved on."""
    versions = sorted(Plan.objects.values_list("slug", "figures_version"))
    # By person as well: what one may have is not for everybody.
    key = f"verify:{export.sha256}:{user.pk}:{hashlib.sha256(repr(versions).encode()).hexdigest()}"
    changed = cache.get(key)
    if changed is None:
        again = make_again(export, user, keep=False, logins=_of_people(export))
        if again is None:
            return Match(export.sha256, export, why="gone")
        changed = again.sha256 != export.sha256
        cache.set(key, changed, REMEMBERED)
    return Match(export.sha256, export, changed=changed)


def _of_people(export: Export) -> bool:
    """Whether the file was made for somebody who had signed in; strangers' ones name no logins."""
    return export.by_id is not None


def _judged(export: Export, again: Again | None, file: BinaryIO, *, shown: bool) -> Match:
    if again is None:
        return Match(export.sha256, export, why="gone")
    changed = again.sha256 != export.sha256
    differences, why = _compared(file, again, export) if changed else (None, "")
    if differences and not shown:  # rows of ours may name people: their number says enough
        differences = replace(differences, first_new=[])
    return Match(export.sha256, export, changed=changed, differences=differences, why=why)


def make_again(export: Export, user, *, keep: bool, logins: bool) -> Again | None:
    """The same file as the data has it now; None where its address leads nowhere any more.

    Runs the very view that made it, with the day, site, language and (`logins`) eyes of then, and notes nothing.
    Raises PermissionDenied where it is not for this person.
    """
    try:
        request = _request(export, user)
        request.shows_logins = logins
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
    # The day of the content is not always that of the asking: a report of an evaluation has its own.
    request.as_of, request.is_comparison = read_day(request.GET, export.as_of), True
    request.permission = export.permission
    request.resolver_match = resolve(export.path)
    return request


def _compared(file: BinaryIO, again: Again | None, export: Export) -> tuple[Differences | None, str]:
    """Row by row, for CSV alone: other forms have no rows to speak of. Or why that was not done."""
    if again is None or again.file is None or export.format != "csv":
        return None, ""
    encoding = "gb18030" if "encoding=gb18030" in export.query else "utf-8-sig"
    try:
        return _differences(file, again.file, encoding), ""
    except TooMuch:
        return None, "rows"


def _differences(theirs: BinaryIO, ours: BinaryIO, encoding: str) -> Differences:
    """Both files are read row by row; only the hashes of ours are held. Raises TooMuch."""
    left = Counter(_mark(row) for row in _rows(ours, encoding))
    gone, first_gone, first_new = 0, [], []
    for row in _rows(theirs, encoding):
        mark = _mark(row)
        if left[mark] > 0:
            left[mark] -= 1
            continue
        gone += 1
        if len(first_gone) < SHOWN:
            first_gone.append(", ".join(row))
        del left[mark]  # looking for it has put it there
    new = left.total()
    for row in _rows(ours, encoding) if new else ():
        mark = _mark(row)
        if left[mark] > 0 and len(first_new) < SHOWN:
            left[mark] -= 1
            first_new.append(", ".join(row))
    return Differences(gone, new, first_gone, first_new)


def _mark(row: tuple[str, ...]) -> bytes:
    return hashlib.blake2b("\0".join(row).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _rows(file: BinaryIO, encoding: str) -> Iterator[tuple[str, ...]]:
    """The rows of a CSV file, as little in memory as one of them. Raises TooMuch."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, "replace", newline="")
    lines = _BoundedLines(text)
    try:
        for number, row in enumerate(csv.reader(lines), 1):
            if number > MOST_ROWS:
                raise TooMuch
            lines.length = 0
            yield tuple(row)
    except csv.Error as error:
        raise TooMuch from error
    finally:
        text.detach()  # or it would close the file with itself


class _BoundedLines:
    """Lines for the CSV reader, which would put any number of them into one row."""

    def __init__(self, text: io.TextIOWrapper):
        self._text, self.length = text, 0

    def __iter__(self):
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_ROW)
        self.length += len(line)
        if self.length >= LONGEST_ROW:
            raise TooMuch
        if not line:
            raise StopIteration
        return line


def finding_body(finding: Match) -> dict:
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
        "address": export.address + (f"?{export.query}" if export.query else ""),
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
