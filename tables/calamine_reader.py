"""A program of its own that reads one .xls or .xlsb from its standard input and writes its cells as lines of JSON.

calamine ends its process on some damaged files, and asks for as much memory as a damaged file says it needs; here
that costs nobody anything (`tables.binary` starts it). `sheets`, or the index of the sheet whose rows are wanted
and the first of them, or `look` and the name of a sheet of an .xls: calamine gives values alone, xlrd says how
they look.
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

MEMORY, SECONDS = 1_500_000_000, 120
# How it ends where that was not enough.
NO_MEMORY = 3


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.argv[1] == "look":
        say(look_of(sys.stdin.buffer.read(), sys.argv[2]))
        return
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    if sys.argv[1] == "sheets":
        say(
            [
                (index, found.name, found.visible != SheetVisibleEnum.Visible)
                for index, found in enumerate(book.sheets_metadata)
                if found.typ == SheetTypeEnum.WorkSheet
            ]
        )
        return
    sheet = book.get_sheet_by_index(int(sys.argv[1]))
    say({"rows": sheet.total_height, "merged": (sheet.merged_cell_ranges or [])[:100_000]})
    for row in islice(sheet.iter_rows(), int(sys.argv[2]), None):
        say([written(value) for value in row])


def look_of(data: bytes, name: str) -> dict[str, Any]:
    """Hidden rows and columns, the format of every cell, and the marks and bare text of those that have some.

    `patterns`: the formats of a row's cells, as places in `formats`; rows of one look, which nearly all of a sheet
    are, share theirs, so that a sheet full of formats costs no more than one without. `rows`: places among them.
    """
    from xlrd import XL_CELL_BLANK, XL_CELL_EMPTY, open_workbook

    book = open_workbook(file_contents=data, formatting_info=True, on_demand=True, logfile=io.StringIO())
    sheet = book.sheet_by_name(name)
    formats, patterns = {"General": 0}, {}
    codes = [book.format_map[style.format_key].format_str for style in book.xf_list]
    places = [formats.setdefault(code, len(formats)) for code in codes]
    is_marked = [has_marks(book.font_list[style.font_index]) for style in book.xf_list]
    rows: list[int] = []
    marked: dict[int, dict[int, list[Any]]] = {}
    for number in range(sheet.nrows):
        cells = sheet.row(number)
        pattern = tuple(
            0 if cell.ctype in (XL_CELL_EMPTY, XL_CELL_BLANK) else places[cell.xf_index] for cell in cells
        )
        rows.append(patterns.setdefault(pattern, len(patterns)))
        for column, cell in enumerate(cells):
            more = sheet.rich_text_runlist_map.get((number, column), [])
            if cell.ctype in (XL_CELL_EMPTY, XL_CELL_BLANK) or not (more or is_marked[cell.xf_index]):
                continue
            runs = [(0, book.xf_list[cell.xf_index].font_index), *more]
            marks, bare = marked_runs(str(cell.value), runs, book.font_list)
            if marks:
                marked.setdefault(number, {})[column] = [marks, bare]
    return {
        "hidden_rows": sorted(row for row, info in sheet.rowinfo_map.items() if info.hidden),
        "hidden_columns": [column for column, info in sheet.colinfo_map.items() if info.hidden],
        "formats": list(formats),
        "patterns": list(patterns),
        "rows": rows,
        "marked": marked,
    }


def has_marks(font: Any) -> bool:
    return bool(font.struck_out or font.escapement)


def marked_runs(text: str, runs: list[tuple[int, int]], fonts: list[Any]) -> tuple[list[str], str]:
    """What of a text is struck out or raised, and the text without it."""
    marks: set[str] = set()
    bare = ""
    for place, (start, font) in enumerate(runs):
        piece = text[start : runs[place + 1][0] if place + 1 < len(runs) else len(text)]
        said = {"struck"} if fonts[font].struck_out else {"raised"} if fonts[font].escapement else set()
        marks |= said if piece.strip() else set()
        bare += "" if said else piece
    return sorted(marks), bare


def say(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=True) + "\n")


def written(value: Any) -> Any:
    """A text as itself, a number or a day as [kind, text], nothing as null."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return ["number", repr(value)]
    if isinstance(value, datetime):
        return ["day", value.date().isoformat() if value.time() == time() else value.isoformat(" ")]
    if isinstance(value, date | time):
        return ["day", value.isoformat()]
    return ["day", str(value)] if isinstance(value, timedelta) else str(value)


if __name__ == "__main__":
    try:
        main()
    except MemoryError:
        sys.exit(NO_MEMORY)
