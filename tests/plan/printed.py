"""The chapters of the next plan as printed, where they are at hand, made into a folder; none of them is kept."""

import os
import re
from pathlib import Path

from django.conf import settings

SOURCE = Path(os.environ.get("SECOND_PLAN", settings.BASE_DIR.parent / "shared" / "plan15")) / "text.txt"
LEVELS = (r"第[一二三四五六七八九十]+章", r"第[一二三四五六七八九十]+节", r"[一二三四五六七八九十]+、")
PLAN = """
slug = "second"
title = "第二个规划"
starts_on = 2026-01-01
ends_on = 2030-12-31
published_on = 2026-05-26
[source]
title = "第二个规划"
"""
KINDS = """
[[kind]]
key = "field"
name = "领域"
name_en = "Field"
matrix = "indicators"
[[kind]]
key = "task"
name = "任务"
name_en = "Task"
parents = ["field", "task"]
"""


def text() -> str:
    """text.md: each heading at its depth, each line a paragraph."""
    blocks = []
    for line in filter(None, SOURCE.read_text(encoding="utf-8").splitlines()[1:]):
        level = next((depth for depth, mark in enumerate(LEVELS, 1) if re.match(mark, line)), 0)
        is_heading = level and len(line) < 40
        blocks.append(f"{'#' * level} {line}" if is_heading else line)
    return "\n\n".join(blocks) + "\n"


def items(sections, paragraphs) -> str:
    """A field for each 节 that has 一、 below it, a task for the first sentence of each, a task below that."""
    tables, parents = [], {}
    for section in sections:
        if section.number.count(".") == 1 and any(row.parent == section.number for row in sections):
            code = f"领域{section.number}"
            parents[section.number] = code
            tables.append(_item(code, "field", section.number, section.title, section.title))
        if section.parent in parents:
            prose = next(row.text for row in paragraphs if row.section == section.number and row.kind == "prose")
            first, *rest = [part for part in re.split(r"(?<=。)", prose) if part]
            code = f"任务{section.number}"
            tables.append(_item(code, "task", section.number, first, first, parents[section.parent]))
            if rest:
                tables.append(_item(f"{code}-1", "task", section.number, rest[0], rest[0], code))
    return "".join(tables)


def _item(code: str, kind: str, section: str, title: str, words: str, parent: str = "") -> str:
    above = f'parent = "{parent}"\n' if parent else ""
    short = re.split("[，。]", title)[0][:60]
    return (
        f'[[item]]\ncode = "{code}"\nkind = "{kind}"\nsection = "{section}"\ntitle = "{short}"\n'
        f'quote = """{words}"""\n{above}'
    )
