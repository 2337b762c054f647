"""Which chapters a report has: by kind of round, from the data files beside this module."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assessments.models import Round

FOLDER = Path(__file__).parent / "outlines"


@dataclass(frozen=True)
class OutlineChapter:
    """A chapter as an outline proposes it. `draft` names its drafter (report.drafting), empty for none."""

    key: str
    title: str
    purpose: str = ""
    draft: str = ""


@cache
def outline_of(kind: str) -> tuple[OutlineChapter, ...]:
    """The chapters a round of a kind begins with, in order."""
    told = tomllib.loads((FOLDER / f"{Round.Kind(kind).value}.toml").read_text("utf-8"))
    return tuple(OutlineChapter(**row) for row in told["chapter"])


def drafter_of(kind: str, key: str) -> str:
    """Who drafts a chapter; empty for one that only people write."""
    return next((row.draft for row in outline_of(kind) if row.key == key), "")
