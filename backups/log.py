"""The audit log in a backup: its rows with their links, in the order of their chains; and how they come back."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from audit.digests import CONTENT, digest_of, same
from audit.models import AuditEvent, ChainLink
from audit.verifying import Walk
from backups.rows import line, read_line

LINK = ("chain", "position", "previous", "hash")
COLUMNS = [*LINK, "digest", *CONTENT]
ROWS_AT_A_TIME = 500


def lines_of_log() -> Iterator[bytes]:
    """The names of the columns, then a line for each linked row."""
    yield line(COLUMNS)
    names = [*LINK, *(f"event__{name}" for name in ("digest", *CONTENT))]
    for row in ChainLink.objects.order_by("chain", "position").values_list(*names).iterator(chunk_size=2000):
        yield line([same(value) for value in row])


def unlinked() -> int:
    """Rows the chain does not hold, which no backup can vouch for."""
    return AuditEvent.objects.filter(link=None).count()


class LogCheck:
    """Takes the lines of a log one by one and walks along its chains; `faults` are in words."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.rows = 0
        self._walk: Walk | None = None

    def take(self, text: bytes) -> None:
        row = row_of(text)
        if self._walk is None or self._walk.name != row["chain"]:
            self._walk = Walk(row["chain"], self.faults.append)
        if digest_of(row) != row["digest"]:
            self.faults.append(f"{self._walk.title}第 {row['position']} 环的内容已被改动 / was altered")
        self._walk.step(**{name: row[name] for name in ("position", "previous", "hash", "digest")})
        self.rows += 1


def row_of(text: bytes) -> dict[str, Any]:
    """A line as a row. Raises BadBackup for another number of columns, ValueError for a moment that is none."""
    row = dict(zip(COLUMNS, read_line(text, len(COLUMNS)), strict=True))
    row["at"] = datetime.fromisoformat(row["at"])
    return row


def append(lines: Iterable[bytes]) -> list[dict[str, Any]]:
    """Adds the rows that are not here yet, with the links they had; the chains they came to, for the log.

    What is here stays as it is. Rows of a chain that goes on from one that is here, or that is not here at all,
    become a chain named by the first of its hashes.
    """
    rows = (row_of(text) for text in lines)
    chains: dict[str, dict[str, Any]] = {}
    while some := list(islice(rows, ROWS_AT_A_TIME)):
        hashes = [row["hash"] for row in some]
        here = set(ChainLink.objects.filter(hash__in=hashes).values_list("hash", flat=True))
        fresh = [row for row in some if row["hash"] not in here]
        for row in fresh:
            chain = chains.setdefault(row["chain"], {"chain": row["hash"], "rows": 0, "head": ""})
            chain["rows"], chain["head"] = chain["rows"] + 1, row["hash"]
        _add(fresh, chains)
    return list(chains.values())


def _add(rows: list[dict[str, Any]], chains: dict[str, dict[str, Any]]) -> None:
    labels = [chains[row["chain"]]["chain"] for row in rows]
    events = AuditEvent.objects.bulk_create(
        AuditEvent(origin=label, digest=row["digest"], **{name: row[name] for name in CONTENT})
        for row, label in zip(rows, labels, strict=True)
    )
    ChainLink.objects.bulk_create(
        ChainLink(chain=label, event=event, **{name: row[name] for name in LINK if name != "chain"})
        for row, label, event in zip(rows, labels, events, strict=True)
    )


def is_text_of_log(header: bytes) -> bool:
    """Whether the first line of a log names the columns this program knows."""
    return json.loads(header) == COLUMNS
