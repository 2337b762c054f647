"""The register of exports: which file left the system, with what it takes to make it again.

The door (plan.exports.download) and the workers that make files note each of them here: the audit row and the
register's row, so that anybody who holds the file can ask later what it was and whether the data behind it has
changed.
"""

import hashlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language

from accounts.permissions import Permission
from audit.models import AuditEvent
from audit.services import count_stranger, current_address, record_audit
from plan.models import Export, Plan

# Says which rule was in force for a plan (by slug; "" for all) on a day. The app that judges sets it.
rule_readers: list[Callable[[str, date], str]] = []


@dataclass(frozen=True)
class FileOrigin:
    """Where a file came from: everything that made it what it is, whether a request or a worker asked."""

    by: Any
    plan_slug: str
    view: str
    path: str
    query: str
    site: str
    permission: str
    as_of: date
    rule: str
    language: str = field(default_factory=lambda: get_language() or "")
    address: str = field(default_factory=current_address.get)
    noted: bool = True  # False where a file is only made to be compared


@dataclass(frozen=True)
class Made:
    """What came out; `digest` is empty for a file that broke off."""

    name: str
    format: str
    rows: int
    size: int
    digest: str
    columns: tuple[str, ...] = ()

    def of(self, *, rows: int, size: int, digest: str) -> "Made":
        """The same file now that its bytes are known."""
        return replace(self, rows=rows, size=size, digest=digest)


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def asked_by(request, *, query: str | None = None, as_of: date | None = None) -> FileOrigin:
    """What a request asks for, in the register's words; `query` where another one gives the same file again.

    `as_of` is the day of the file's content where that is not the request's.
    """
    match, known = request.resolver_match, request.user.is_authenticated
    return FileOrigin(
        by=request.user if known else None,
        plan_slug=match.kwargs.get("slug", ""),
        view=match.view_name,
        path=request.path_info[:500],
        query=request.GET.urlencode() if query is None else query,
        site=request.build_absolute_uri("/").rstrip("/")[:200],
        permission=str(getattr(request, "permission", None) or Permission.READ),
        as_of=as_of or request.as_of,
        rule=rule_of(request),
        # HEAD takes nothing away, and a file made again for a comparison stays in the house.
        noted=request.method == "GET" and not getattr(request, "is_comparison", False),
    )


def rule_version(slug: str, day: date) -> str:
    """The version of the rule a plan was judged by on a day; empty where nothing judges."""
    return next((reader(slug, day) for reader in rule_readers), "")


def rule_of(request) -> str:
    """The version of the rule that figures of a request's day were judged by; asked once for a request."""
    if not hasattr(request, "_rule_version"):
        request._rule_version = rule_version(request.resolver_match.kwargs.get("slug", ""), request.as_of)
    return request._rule_version


def note_export(
    asked: FileOrigin, made: Made, *, label: str = "", is_known: bool = False, is_from_people: bool = False
) -> None:
    """The audit row and, where the bytes are known, the register's row, in one transaction.

    `is_known` says that whoever made the file has registered it, `is_from_people` that somebody handed it in.
    """
    if not asked.noted:
        return
    with transaction.atomic():
        handed_in = {"handed_in": True} if is_from_people else {}
        _log(asked, made, label=label or made.name, sha256=made.digest, **handed_in)
        if made.digest and not is_known:
            register(asked, made)


def note_broken(asked: FileOrigin, made: Made, *, label: str) -> None:
    """The audit row of a file that was broken off under way; the register knows whole files only."""
    if not asked.noted:
        return
    _log(asked, made, label=label, outcome=AuditEvent.Outcome.FAILED)


def _log(asked: FileOrigin, made: Made, *, label: str, outcome: str = AuditEvent.Outcome.OK, **more: Any) -> None:
    """One row for each file of a person; those of strangers are counted by address, file and hour."""
    fields = {
        "action": "export",
        "plan_slug": asked.plan_slug,
        "object_label": label,
        "after": {"format": made.format, "filters": asked.query[:500], "rows": made.rows} | more,
        "outcome": outcome,
    }
    with _from(asked.address):
        if asked.by:
            record_audit(by=asked.by, **fields)
        else:
            count_stranger(**fields)


def register(asked: FileOrigin, made: Made) -> None:
    """The row of these bytes under this name: one more time taken, or a new one."""
    now = timezone.now()
    known = Export.objects.filter(sha256=made.digest, name=made.name[:250])
    if known.update(times=F("times") + 1, last_at=now):
        return
    versions = Plan.objects.filter(slug=asked.plan_slug).values_list("figures_version", flat=True)
    row = Export(
        sha256=made.digest,
        name=made.name[:250],
        format=made.format,
        size=made.size,
        rows=made.rows,
        as_of=asked.as_of,
        plan_slug=asked.plan_slug,
        view=asked.view,
        path=asked.path,
        query=asked.query,
        site=asked.site,
        language=asked.language,
        permission=asked.permission,
        columns=list(made.columns),
        rule_version=asked.rule[:20],
        figures_version=versions.first() if asked.plan_slug else None,
        by=asked.by,
        last_at=now,
    )
    # Two readers may take the same new file at once; the second finds the row there.
    Export.objects.bulk_create([row], ignore_conflicts=True)


class Hashed:
    """Passes the pieces of a streamed file on, and notes the file once the last one has left.

    A reader who goes away, or a database that does, leaves an audit row without a hash.
    """

    def __init__(self, pieces, asked: FileOrigin, made: Made, *, label: str, count: Callable[[], int]):
        self.pieces, self.asked, self.made, self.label, self.count = pieces, asked, made, label, count

    def __iter__(self):
        digest, size = hashlib.sha256(), 0
        whole = False
        try:
            for piece in self.pieces:
                digest.update(piece)
                size += len(piece)
                yield piece
            whole = True
        finally:
            made = replace(self.made, rows=self.count(), size=size)
            if whole:
                note_export(self.asked, replace(made, digest=digest.hexdigest()), label=self.label)
            else:
                note_broken(self.asked, made, label=self.label)


@contextmanager
def _from(address: str):
    """The visitor's address for rows written after the middleware has done its work."""
    token = current_address.set(address)
    try:
        yield
    finally:
        current_address.reset(token)
