"""Publishers by the names they use in English; who has none there keeps the name it publishes under."""

import csv
import re
from functools import cache
from pathlib import Path

HAN = re.compile(r"[\u3400-\u9fff]")
# What stands between names and around asides, as English writes it.
MARKS = str.maketrans({"（": " (", "）": ")", "，": ", ", "、": ", ", "·": " · ", "/": " / "})


@cache
def _known() -> tuple[re.Pattern, dict[str, str]]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        names = {row["zh"]: row["en"] for row in csv.DictReader(file)}
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), names


@cache
def in_english(publisher: str) -> str:
    """深圳政府在线（深圳特区报） → Shenzhen Government Online (Shenzhen Special Zone Daily).

    Empty where any part of the name is not in publishers.csv: half a name helps nobody.
    """
    pattern, names = _known()
    said = pattern.sub(lambda found: names[found[0]], publisher)
    return "" if HAN.search(said) else " ".join(said.translate(MARKS).split())
