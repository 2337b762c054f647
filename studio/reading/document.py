"""A whole text read: its title, its blocks in order, what was repaired, and what a person should look at."""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from studio.reading.headings import HeadingNumber, depths, mark_of
from studio.reading.markup import PICTURE, has_markup, lines_of_page
from studio.reading.mending import ENDED, Line, Repair, mend
from studio.reading.tables import as_row, cells_of, is_row
from texts.cleaning import clean_text

# Beyond this a browser and a person lose the thread; a plan of a province has some 200,000 characters.
LONGEST = 3_000_000


@dataclass
class Block:
    """A paragraph, heading or table. `depth` is 1 for chapters, 0 for no heading; `line` where it begins."""

    kind: str
    text: str
    depth: int = 0
    line: int = 0
    mark: HeadingNumber | None = None


@dataclass
class PlanText:
    title: str = ""
    blocks: list[Block] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    # What was seen, by a word for it, and how often or where: no_headings, no_numbers, pictures, twice, long.
    seen: dict[str, int] = field(default_factory=dict)

    def as_files(self) -> str:
        """The text as text.md of a plan's folder has it."""
        return "\n\n".join(f"{'#' * min(block.depth, 6)} {block.text}".strip() for block in self.blocks) + "\n"


def read_text(text: str, undone: Collection[str] = ()) -> PlanText:
    """Reads a pasted text or page. Raises texts.cleaning.RefusedText for what only its writer can mend."""
    text = clean_text(text, lines=True)
    marked_up = has_markup(text)
    mended = mend(lines_of_page(text) if marked_up else text, undone)
    document = PlanText(repairs=mended.repairs)
    lines = _without_title(document, mended.lines)
    deep = depths([line.text for line in lines])
    for line in lines:
        _add(document, line, deep)
    document.seen = _seen(document) | ({"markup": 1} if marked_up else {})
    return document


def _without_title(document: PlanText, lines: list[Line]) -> list[Line]:
    """What stands over the first heading in a line of its own is the title, unless it is a sentence."""
    first = lines[0].text if len(lines) > 1 else ""
    if not first or mark_of(first) or len(first) > 60 or ENDED.search(first) or is_row(first):
        return lines
    document.title = first
    return [line for line in lines[1:] if line.text != first]


def _add(document: PlanText, line: Line, deep: dict[str, int]) -> None:
    found = mark_of(line.text)
    if is_row(line.text):
        row = as_row(cells_of(line.text))
        last = document.blocks[-1] if document.blocks else None
        if last and last.kind == "table":
            last.text += f"\n{row}"
        else:
            document.blocks.append(Block("table", row, line=line.number))
    elif found and found.is_heading and found.sort in deep:
        document.blocks.append(Block("heading", line.text, deep[found.sort], line.number, found))
    elif not re.search(r"[。；]$", line.text):
        document.blocks.append(Block("subheading", line.text, line=line.number, mark=found))
    else:
        document.blocks.append(Block("prose", line.text, line=line.number, mark=found))


def _seen(document: PlanText) -> dict[str, int]:
    prose = [block.text for block in document.blocks if block.kind == "prose"]
    twice = [text for text, number in Counter(prose).items() if number > 1 and len(text) > 20]
    found = {
        "no_headings": int(not any(block.depth for block in document.blocks)),
        "no_numbers": int(not any(re.search(r"\d", text) for text in prose)),
        "pictures": sum(PICTURE in block.text for block in document.blocks),
        "twice": len(twice),
        "long": int(sum(len(block.text) for block in document.blocks) > LONGEST),
    }
    return {name: number for name, number in found.items() if number}
