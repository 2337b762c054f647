"""Counts what the work of a day costs by keyboard and on a phone: `python -m tools.working_day`.

The jobs are done in a browser by tests/browser/test_working_day.py, which holds them to CEILINGS; run here, the
same test writes docs/working-day.md. A key is a press, whatever it does: digits, Tab, an arrow. Words of one's own
(a reason, what was done) are counted apart, because nobody can spare them. A field that is filled in when the page
opens costs nothing, one that has to be reached costs every Tab to it. On a phone a tap is a touch of the page:
into a field, on a choice, on a button; what the phone's own keyboard then writes is the same as on any other.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = ROOT / "docs" / "working-day.md"
ASKED = "WORKING_DAY"


@dataclass(frozen=True)
class Job:
    """One job of the day: where counting begins, and at most how many keys and taps it may cost."""

    key: str
    title: str
    begins: str
    keys: int
    taps: int


JOBS = (
    Job("approval", "approve a quiet figure", "the review desk is open", 2, 1),
    Job("return", "send a figure back", "the review desk is open", 10, 3),
    Job("figure", "enter a figure and hand it in", "its form is open, from the list of what is due", 25, 6),
    Job("release", "enter a release of ten figures", "the form of a release is open", 90, 18),
    Job("report", "report on a task", "its form is open, from the work list", 20, 4),
    Job("note", "write an assessment note", "its form is open, from one's own list", 40, 4),
)
CEILINGS = {job.key: job for job in JOBS}
# Twenty quiet figures, one after another.
TWENTY_SECONDS = 60


@dataclass
class Hand:
    """A person at a page: every press and tap is counted."""

    page: object
    keys: int = 0
    words: int = 0
    taps: int = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        """Figures, days, a few letters to look for something: each is a key."""
        self.page.keyboard.type(text)
        self.keys += len(text)

    def say(self, text: str) -> None:
        """Words of one's own."""
        self.page.keyboard.type(text)
        self.words += len(text)

    def tab_to(self, target, *, within: int = 60) -> None:
        for _ in range(within):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"{target} is not reached by {within} presses of Tab")

    def to_content(self) -> None:
        """Past the frame, by the link that is the first stop of every page."""
        self.press("Tab", "Enter")

    def tap(self, target) -> None:
        target.tap()
        self.taps += 1


@dataclass
class Measured:
    """What was counted of each job."""

    rows: dict[str, dict[str, float]] = field(default_factory=dict)

    @contextmanager
    def counting(self, key: str, page, *, kind: str = "keys") -> Iterator[Hand]:
        """Counts what is done within; `kind` is what the ceiling is of, keys or taps."""
        hand, started = Hand(page), time.monotonic()
        yield hand
        seconds = time.monotonic() - started
        row = self.rows.setdefault(key, {})
        row |= {kind: getattr(hand, kind), f"{kind}_seconds": round(seconds, 1)}
        if kind == "keys":
            row["words"] = hand.words

    def table(self) -> str:
        lines = [
            "| job | counting begins | keys | at most | own words | seconds | taps, 390 px | at most | seconds |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for job in JOBS:
            row = self.rows.get(job.key, {})
            taps = (row.get("taps", "—"), job.taps, row.get("taps_seconds", "—"))
            counts = (row.get("keys", "—"), job.keys, row.get("words", 0), row.get("keys_seconds", "—"))
            lines.append(" | ".join(("", *map(str, (job.title, job.begins, *counts, *taps)), "")).strip())
        return "\n".join(lines)

    def write(self, twenty: float) -> None:
        """Puts the table into docs/working-day.md, between its marks."""
        text = WRITTEN.read_text(encoding="utf-8")
        head, rest = text.split("<!-- counted -->\n", 1)
        tail = rest.split("<!-- end -->", 1)[1]
        told = f"{self.table()}\n\nTwenty quiet figures, one after another: {twenty:.0f} s.\n"
        WRITTEN.write_text(f"{head}<!-- counted -->\n{told}<!-- end -->{tail}", encoding="utf-8")


def main() -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/browser/test_working_day.py"]
    return subprocess.call(command, cwd=ROOT, env=os.environ | {ASKED: "1"})


if __name__ == "__main__":
    sys.exit(main())
