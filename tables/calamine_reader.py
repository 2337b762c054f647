"""A program of its own that reads one .xls or .xlsb from its standard input and writes its cells as lines of JSON.

calamine ends its process on some damaged files, and asks for as much memory as a damaged file says it needs; here
that costs nobody anything (`tables.binary` starts it). `sheets`, or the index of the sheet whose rows are wanted.
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
