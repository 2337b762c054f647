"""What is said below a table of its figures: their unit, their kind, that they are of a part of the year. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from indicators.files.captions import is_caption
from indicators.files.places import place_in_note
from indicators.files.spells import spoken_of
from indicators.files.years import KindSaid, YearLabel, kinds_said, status_said
from tables.cells import FILLED, Line, marks_of, narrow
from tables.faults import BrokenFile
from tables.numbers import is_number
from tables.table import TableFile

# Why a person is asked: code of a fault and its parameters.
Doubt = tuple[str, dict[str, Any]]
# How many rows are looked at for it, before the first one is read; of a longer table its last ones as well.
SEEN_BELOW = 1000
NOTE_STARTS = ("注", "备注", "说明", "资料来源", "数据来源", "来源", "资料", "*", "note", "source")
# What a note says of the whole table, not of a word in it.
OF_ALL = re.compile(r"本表|表中|上表|以上|均为|数据为|数据系")
NOTE_COLON = re.compile(r"(?:附?注|备注|说明|(?:资料|数据)?来源|notes?|sources?) ?\d*[:.、]")


@dataclass(frozen=True)
class Below:
    """What stands below figures and is said of them; of a long table what its first rows say.

    `captions`: rows that name a unit; `kinds`: what notes say of the kind of figures.
    """

    captions: list[list[str]]
    kinds: list[KindSaid]
    doubts: list[Doubt]

    def kind(self, label: YearLabel, note: str = "") -> str:
        """The kind of a year's figures: as its label says it, the note of their row, else a note below; or ""."""
        if not self.kinds and not note:
            return label.status
        said = [kind.status for kind in [*kinds_said(note), *self.kinds] if kind.year in (None, label.year)]
        return label.status or status_said(note) or next(iter(said), "")


NOTHING_BELOW = Below([], [], [])


def below_of(table: TableFile, title: str) -> Below:
    """`title`: of the plan, whose own place is no other."""
    seen = rows_ahead(table)
    if len(seen) == SEEN_BELOW:
        seen = [*seen, *table.foot()]  # looked at only: the rows to be read stay as they are
    captions = [cells for _row, cells in seen if any(map(is_caption, cells)) and not any(map(is_number, cells))]
    notes = [note for _row, cells in seen if (note := note_of(cells))]
    said = next((said for note in notes if OF_ALL.search(note) and (said := spoken_of(note))), "")
    doubts: list[Doubt] = [("part_in_title", {"text": said[:40]})] if said else []
    places = [place for note in notes if OF_ALL.search(note) and (place := place_in_note(note, title))]
    doubts += [("section", {"text": place}) for place in places[:1]]
    return Below(captions, [kind for note in notes for kind in kinds_said(note)], doubts)


def rows_ahead(table: TableFile) -> list[Line]:
    """Looks ahead; the table's rows are all there afterwards, and so is a fault at which the file breaks off."""
    seen: list[Line] = []
    try:
        seen.extend(islice(table.lines, SEEN_BELOW))
        table.lines = chain(seen, table.lines)
    except BrokenFile as error:
        table.lines = chain(seen, _broken_off(error))
    return seen


def _broken_off(error: BrokenFile) -> Iterator[Line]:
    raise error
    yield


def note_of(cells: list[str]) -> str:
    """The text of a footnote below a table, or ""."""
    first = next((cell for cell in cells if cell.strip()), "")
    if not narrow(first).lower().startswith(NOTE_STARTS):
        return ""
    return note_in([cell for cell in cells if cell.strip() and FILLED not in marks_of(cell)] or [first])


def note_in(own: list[str]) -> str:
    """The text of a row that says something about the table; *专利授权量 beside its figures is none."""
    first, rest = narrow(own[0]).lower(), own[1:]
    if not first.startswith(NOTE_STARTS):
        return ""
    if NOTE_COLON.match(first):
        is_note = not any(map(is_number, rest))
    else:
        is_note = not rest or (len(rest) == 1 and first[0] != "*" and not re.search(r"\d", rest[0]))
    return " ".join(own) if is_note else ""
