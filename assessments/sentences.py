"""常用句式: sentences a note may start from, by conclusion, filled with what was known on the round's cut-off.

The sentences are the file's (sentences.toml). One whose figure is not known is not offered: none says a number
that nobody published. What is stored of a note is Chinese, and so are they.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from assessments.models import Note
from assessments.snapshots import Pin
from assessments.wording import LABELS, amount, pinned_unit
from plan.wording import as_place, is_place

FILE = Path(__file__).with_name("sentences.toml")


@dataclass(frozen=True)
class StockSentence:
    """A sentence for one field of a note."""

    field: str
    label: Any
    text: str


@dataclass(frozen=True)
class OfferedSentences:
    """What is offered for one conclusion."""

    conclusion: str
    word: Any
    sentences: list[StockSentence]


@cache
def written() -> tuple[dict[str, Any], ...]:
    """The sentences of the file."""
    return tuple(tomllib.loads(FILE.read_text("utf-8"))["sentence"])


def offered(note: Note, pin: Pin) -> list[OfferedSentences]:
    """For each conclusion that this note may come to, the sentences whose gaps are known."""
    known = _known(note, pin)
    found = []
    for conclusion in note.conclusions:
        rows = [_filled(one, known) for one in written() if conclusion in one["conclusions"]]
        sentences = [row for row in rows if row is not None]
        if sentences:
            found.append(OfferedSentences(str(conclusion), conclusion.label, sentences))
    return found


def _filled(row: dict[str, Any], known: dict[str, str]) -> StockSentence | None:
    if not set(gaps(row["text"])) <= known.keys():
        return None
    return StockSentence(row["field"], LABELS[row["field"]], row["text"].format(**known))


def gaps(text: str) -> Iterable[str]:
    """The names that stand in braces."""
    return [name for _before, name, _spec, _turn in Formatter().parse(text) if name]


def _known(note: Note, pin: Pin) -> dict[str, str]:
    known = {"item": f"“{note.item.title}”", "day": f"{note.round.cut_off:%Y-%m-%d}"}
    parts = pin.get("components") or []
    # Of several parts a sentence would speak of one only.
    if len(parts) == 1 and parts[0]["latest"]:
        part, latest = parts[0], parts[0]["latest"]
        value, unit = amount(latest), pinned_unit(part)
        known |= {
            "value": as_place(value, unit),
            # A place has its unit already.
            "unit": "" if is_place(value, unit) else part["unit"],
            "year": str(latest["year"]),
            "target": part["target"]["text"],
            "target_year": str(part["target"]["year"]),
        }
    if update := pin.get("update"):
        known["reported_on"] = update["status_on"]
        if update["progress"] is not None:
            known["share"] = f"{update['progress']} %"
    return known
