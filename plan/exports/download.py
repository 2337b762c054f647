"""The one door for every file that leaves, whatever its format and whoever made it.

A view says what the file is and how its bytes come; here it gets its headers, its row in the audit log and its
row in the register, by which anybody who holds it can ask later what it was. A file that breaks off on its way
never looks whole, and the register knows whole files only.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from plan.changed import last_modified
from plan.days import learned_by
from plan.demo import HEADER, MARK, demo_slugs
from plan.exports.register import FileOrigin, Hashed, Made, asked_by, hash_of, note_export, rule_of

log = logging.getLogger(__name__)
# Up to so many bytes a file is made before the first of them leaves, so that its headers can say its hash.
WHOLE = 4 * 1024 * 1024
# A table of so many rows is sent as it is read, from its first line on.
STREAM_FROM = 10_000
METHODS = ("GET", "HEAD")
INCOMPLETE = "文件不完整，请重新下载 / INCOMPLETE FILE"
CONTENT_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
    "jsonld": "application/ld+json",
    "xml": "application/xml",
    "svg": "image/svg+xml",
    "png": "image/png",
}


# Files whose columns an address of their plan describes (reports.published, reports.sdmx), and in which form.
DESCRIBED = {
    **dict.fromkeys(
        (
            "indicators:observations_file",
            "indicators:index_file",
            "plan:items_file",
            "evidence:file",
            "updates:file",
            "assessments:file",
            "changes_file",
            "gaps_file",
            "status_file",
            "units_file",
        ),
        ("csv_metadata", "application/csvm+json"),
    ),
    "sdmx": ("sdmx_structure", "application/vnd.sdmx.structure+xml"),
}


@dataclass(kw_only=True)
class Download:
    """A file on its way out.

    `name` is how people call it, without day and ending; a file of invented figures is marked in front of it.
    `pieces` are its bytes, read once; `rows` says how many rows they hold, as a number or, where only the last
    piece tells, as a function asked afterwards. `columns` are the machine names of what a table holds.
    """

    name: str
    format: str
    pieces: Iterable[bytes]
    rows: int | Callable[[], int] = 0
    columns: Iterable[str] = ()
    content_type: str = ""
    encoding: str = "utf-8"
    # Where people know the file under another name than "{name}_{day}.{format}".
    file_name: str = ""
    # Sent piece by piece from the first on, because the whole would be waited for too long.
    is_large: bool = False
    # Looked at in the browser, which keeps the name for whoever saves it.
    in_place: bool = False
    # What makes the same file again, where that is not the query it was asked with.
    query: str | None = None

    def response(self, request) -> HttpResponseBase:
        """The answer to a request for the file, which is noted in log and register once it is whole."""
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        begun, rest = ([], iter(self.pieces)) if self.is_large else _begin(self.pieces)
        asked = asked_by(request, query=self.query)
        made = Made(self._file_name(request), self.format, 0, 0, "", tuple(self.columns))
        if rest is None:
            data = b"".join(begun)
            if same := unchanged(request, digest=hash_of(data)):
                return same
            response = self._whole(asked, made, data)
        else:
            if same := unchanged(request):
                getattr(rest, "close", list)()
                return same
            response = self._streamed(asked, made, chain(begun, rest))
        return with_facts(request, response, name=made.name, in_place=self.in_place, query=self.query)

    def _whole(self, asked: FileOrigin, made: Made, data: bytes) -> HttpResponse:
        made = made.of(rows=self._number(), size=len(data), digest=hash_of(data))
        note_export(asked, made, label=self.name)
        response = HttpResponse(data, content_type=self._content_type())
        response["X-Row-Count"], response["X-SHA256"] = str(made.rows), made.digest
        return response

    def _streamed(self, asked: FileOrigin, made: Made, pieces: Iterator[bytes]) -> StreamingHttpResponse:
        if self.format == "csv":  # every other form is unreadable without its end
            pieces = marking_a_break(pieces, encoding=self.encoding)
        body = Hashed(pieces, asked, made, label=self.name, count=self._number)
        response = StreamingHttpResponse(iter(body), content_type=self._content_type())
        if isinstance(self.rows, int):
            response["X-Row-Count"] = str(self.rows)
        return response

    def _number(self) -> int:
        return self.rows if isinstance(self.rows, int) else self.rows()

    def _file_name(self, request) -> str:
        mark = f"{MARK}_" if demo_slugs(request) else ""
        return f"{mark}{self.file_name or f'{self.name}_{request.as_of.isoformat()}.{self.format}'}"

    def _content_type(self) -> str:
        charset = f"; charset={self.encoding}" if self.format == "csv" else ""
        return self.content_type or CONTENT_TYPES[self.format] + charset


@dataclass(kw_only=True)
class KeptFile:
    """A file that lies in a folder of the house under the hash of its bytes, handed out as it is.

    `is_registered` says that whoever made it has registered it; `is_from_people` that somebody handed it in: it
    may do nothing in a browser, and no cache keeps it. `as_of` and `query` as in `asked_by`.
    """

    name: str
    content: BinaryIO
    digest: str
    size: int
    rows: int = 0
    as_of: date | None = None
    query: str | None = None
    content_type: str = ""
    in_place: bool = False
    is_registered: bool = False
    is_from_people: bool = False

    def response(self, request) -> HttpResponseBase:
        """The answer to a request for the file; noted before its first byte leaves.

        Raises Http404 where what lies there is not what was kept.
        """
        if request.method not in METHODS:
            self.content.close()
            return HttpResponseNotAllowed(METHODS)
        self._demand_whole()
        if same := unchanged(request, digest=self.digest):
            self.content.close()
            return same
        format = self.name.rpartition(".")[2].lower()
        asked = asked_by(request, query=self.query, as_of=self.as_of)
        if self.is_from_people and asked.by:
            # Whether a stranger may have it is for its own view to say, not for the register.
            asked = replace(asked, permission=str(Permission.OWN_ACCOUNT))
        made = Made(self.name, format, self.rows, self.size, self.digest)
        note_export(asked, made, label=self.name, is_known=self.is_registered, is_from_people=self.is_from_people)
        content_type = self.content_type or CONTENT_TYPES.get(format, "application/octet-stream")
        response = FileResponse(self.content, content_type=content_type)
        response["X-Row-Count"], response["X-SHA256"] = str(self.rows), self.digest
        response = with_facts(
            request, response, name=self.name, as_of=self.as_of, in_place=self.in_place, query=self.query
        )
        return self._harmless(response) if self.is_from_people else response

    def _demand_whole(self) -> None:
        if hashlib.file_digest(self.content, "sha256").hexdigest() != self.digest:
            self.content.close()
            log.error("%s is not what was kept under %s", self.name, self.digest)
            raise Http404(_("“%(name)s”在存储中已被改动或损坏，请联系管理员") % {"name": self.name})
        self.content.seek(0)

    def _harmless(self, response: HttpResponseBase) -> HttpResponseBase:
        response["X-Content-Type-Options"] = "nosniff"
        # A browser's own PDF viewer does not start inside a sandbox; nothing else of the page may load or run.
        sandbox = "" if self.in_place and self.content_type == "application/pdf" else "sandbox; "
        shown = "; img-src 'self'; object-src 'self'; frame-ancestors 'self'" if self.in_place else ""
        response["Content-Security-Policy"] = f"{sandbox}default-src 'none'{shown}"
        response["Cache-Control"] = "private, no-store"
        return response


def _described_by(request) -> str:
    """Where programs find what the columns of a file are (RFC 8288, describedby)."""
    match = request.resolver_match
    described, kind = DESCRIBED.get(match.view_name, ("", ""))
    if not described or match.kwargs.get("format", "csv") != "csv":
        return ""
    address = reverse(described, args=[match.kwargs["slug"]])
    return f'<{address}>; rel="describedby"; type="{kind}"'


def unchanged(request, *, digest: str = "") -> HttpResponse | None:
    """The answer to whoever has the file already, which takes nothing away and so is noted nowhere."""
    etag, moment = _etag(digest), _moment(request)
    answer = get_conditional_response(request, etag=etag, last_modified=moment)
    if answer is not None and answer.status_code == 304:
        # By these a program asks again (RFC 9110, 15.4.5).
        if etag:
            answer["ETag"] = etag
        if moment:
            answer["Last-Modified"] = http_date(moment)
    return answer


def _etag(digest: str) -> str | None:
    return f'"{digest}"' if digest else None


def _moment(request) -> int | None:
    """Of files everybody may read the plan's last change; others hold more than the plan."""
    is_open = getattr(request, "permission", None) == Permission.READ
    return last_modified(request) if is_open else None


def picture_of_a_page(path: Path, content_type: str) -> HttpResponseBase:
    """A picture that a page shows as a part of itself: no file that somebody takes, so nothing is noted."""
    return FileResponse(path.open("rb"), content_type=content_type)


def with_facts(
    request,
    response: HttpResponseBase,
    *,
    name: str,
    as_of: date | None = None,
    in_place: bool = False,
    query: str | None = None,
) -> HttpResponseBase:
    """The headers every file carries besides its hash and its number of rows."""
    response["Content-Disposition"] = content_disposition_header(not in_place, name)
    if link := _described_by(request):
        response["Link"] = link
    if etag := _etag(response.get("X-SHA256", "")):
        response["ETag"] = etag
    if moment := _moment(request):
        response["Last-Modified"] = http_date(moment)
    response["X-As-Of"] = (as_of or request.as_of).isoformat()
    if learned := learned_by(as_of or request.as_of):
        response["X-Known-By"] = learned.isoformat()
    response["X-Filters"] = request.GET.urlencode() if query is None else query
    response["X-Rule-Version"] = rule_of(request)
    if demo_slugs(request):
        response[HEADER] = "1"
    return response


def marking_a_break(pieces: Iterable[bytes], *, encoding: str = "utf-8") -> Iterator[bytes]:
    """Ends a file that breaks off with a line that says so: a status code cannot, it has left long ago."""
    try:
        yield from pieces
    except Exception:
        log.exception("a file broke off while it was sent")
        yield f"{INCOMPLETE}\r\n".encode("utf-8" if encoding == "utf-8" else encoding)
        raise


def _begin(pieces: Iterable[bytes]) -> tuple[list[bytes], Iterator[bytes] | None]:
    """The first pieces, and the rest of them; None where there is none."""
    if isinstance(pieces, list | tuple):
        return list(pieces), None
    begun: list[bytes] = []
    size, coming = 0, iter(pieces)
    for piece in coming:
        begun.append(piece)
        size += len(piece)
        if size > WHOLE:
            return begun, coming
    return begun, None
