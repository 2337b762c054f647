"""What is asked about a figure for what stands around it: of part of a year, of another place, of growth."""

import re
from collections.abc import Iterable, Mapping

from indicators.files.below import Doubt
from indicators.files.columns import SPELLS
from indicators.files.naming import Named, Names
from indicators.files.places import OWN_PLACE, is_elsewhere, note_is_elsewhere, place_in
from indicators.files.sections import NOT_ITSELF, is_apart
from indicators.files.spells import PART, UNCLEAR, WHOLE, kind_of, one_dash, read_spell, spoken_of
from indicators.files.years import (
    GROWTH,
    YearLabel,
)
from tables.cells import bare, narrow


def spell_doubts(cells: list[str], columns: Mapping[str, int]) -> list[Doubt]:
    """What is asked of a row whose 季度 or 频率 leaves it open whether all of its year is meant."""
    places = [(name, columns[name]) for name in SPELLS if name in columns]
    asked = [spell_doubt(name, cells[place] if place < len(cells) else "") for name, place in places]
    return [doubt for doubt in asked if doubt]


def spell_doubt(name: str, text: str) -> Doubt | None:
    """What is asked of one cell of such a column; raises BadCell(sub_annual)."""
    if not text.strip():
        return "no_part_in_column", {"spell": name}
    return None if read_spell(text) else ("part_in_column", {"spell": name, "text": narrow(text)[:40]})


def note_doubts(cells: list[str], columns: Mapping[str, int], title: str) -> list[Doubt]:
    """What is asked of a row whose note speaks of a part of the year, or names another place and nothing else."""
    place = columns.get("note")
    return note_doubt(cells[place], title) if place is not None and place < len(cells) else []


def note_doubt(note: str, title: str) -> list[Doubt]:
    if not note.strip():
        return []
    if note_is_elsewhere(note, title):
        return [("section", {"text": narrow(note)[:40]})]
    said = narrow(note) if kind_of(note) in (PART, UNCLEAR) else spoken_of(note)
    if re.search(rf"{re.escape(said)}(?:起|开始|以来|以后)", one_dash(narrow(note))):
        return []  # since when something holds
    return [("part_in_column", {"spell": "note", "text": said[:40]})] if said else []


def said_of(label: YearLabel, title: list[Doubt]) -> list[Doubt]:
    """What a table's title leaves to ask of a year: one that says 全年 is no part of it, be it of what it may."""
    return title and [doubt for doubt in title if not (label.whole and doubt[0] == "part_in_title")]


def label_doubts(label: YearLabel) -> list[Doubt]:
    """What is asked where a number in brackets stands behind a year: a footnote's, or a month's."""
    return [("label_mark", {"mark": label.mark, "year": label.year})] if label.mark else []


def title_doubts(titles: Iterable[str], headings: Iterable[str] = (), *, plan_title: str = "") -> list[Doubt]:
    """What is asked of every figure of a table for what its title says, and headings of names and values."""
    titles = list(titles)
    said = next((said for text in (*titles, *headings) if (said := spoken_of(text))), "")
    found: list[Doubt] = [("part_in_title", {"text": said[:40]})] if said else []
    places = [("section", {"text": place}) for text in titles if (place := place_in(text, plan_title))]
    found += places[:1]
    other = next((match[0] for text in titles if (match := NOT_ITSELF.search(narrow(bare(text))))), "")
    return found + ([("other_in_title", {"text": other})] if other else [])


def apart_doubts(cells: list[str], columns: Iterable[tuple[int, str]], title: str) -> list[Doubt]:
    """What is asked of a row that names a region, an industry, a scope; not of what the plan's title names."""
    found: list[Doubt] = []
    for place, heading in columns:
        text = narrow(cells[place]) if place < len(cells) else ""
        if text and kind_of(text) != WHOLE and text not in OWN_PLACE and text.removesuffix("市") not in title:
            found.append(("apart", {"column": heading[:20], "text": text[:40]}))
    return found


def elsewhere_doubts(texts: Iterable[str], names: Names) -> list[Doubt]:
    """What is asked of a row beside whose name another place stands, whatever the heading over it; an indicator
    may be called 国家自主创新示范区, which ends like one."""
    places = [text for text in texts if is_elsewhere(text, names.title)]
    return [("section", {"text": narrow(text)[:40]}) for text in places if not names.is_sure(text)]


def apart_columns(head: list[str]) -> list[tuple[int, str]]:
    """The places and headings of columns by which rows are figures of several things."""
    return [(place, narrow(bare(cell)).lower()) for place, cell in enumerate(head) if is_apart(cell)]


def why_not_itself(name: str, found: Named) -> str:
    """Why a name that is merely like an indicator's is not asked about: it is of growth or a part of a year."""
    if found.sure:
        return ""
    if spoken_of(name):
        return "sub_annual"
    return "growth" if GROWTH.search(name) and not GROWTH.search(found.component.indicator.title) else ""
