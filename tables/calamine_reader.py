"""A program of its own that reads one .xls or .xlsb from its standard input and writes its cells as lines of JSON.

calamine ends its process on some damaged files, and asks for as much memory as a damaged file says it needs; here
that costs nobody anything (`tables.binary` starts it). `sheets`, or the index of the sheet whose rows are wanted,
or `look` and the name of a sheet of an .xls: calamine gives values alone, xlrd says how they look.
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY, SECONDS = 1_500_000_000, 120


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
    for row in sheet.iter_rows():
        say([written(value) for value in row])


def look_of(data: bytes, name: str) -> dict[str, Any]:
    """Hidden rows and columns, and of each cell that has a look of its own: its format, marks and bare text."""
    from xlrd import XL_CELL_BLANK, XL_CELL_EMPTY, open_workbook

    book = open_workbook(file_contents=data, formatting_info=True, on_demand=True, logfile=io.StringIO())
    sheet = book.sheet_by_name(name)
    rows: dict[int, dict[int, list[Any]]] = {}
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            if sheet.cell_type(row, column) in (XL_CELL_EMPTY, XL_CELL_BLANK):
                continue
            style = book.xf_list[sheet.cell_xf_index(row, column)]
            code = book.format_map[style.format_key].format_str
            runs = [(0, style.font_index), *sheet.rich_text_runlist_map.get((row, column), [])]
            marks, bare = marked_runs(str(sheet.cell_value(row, column)), runs, book.font_list)
            if marks or code != "General":
                rows.setdefault(row, {})[column] = [code, marks, bare]
    hidden = {row for row, info in sheet.rowinfo_map.items() if info.hidden}
    columns = [column for column, info in sheet.colinfo_map.items() if info.hidden]
    return {"hidden_rows": sorted(hidden), "hidden_columns": columns, "cells": rows}


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
    main()
