"""The judged figures as SDMX-CSV 2.0, for the tools of statistical offices.

One series a component; every release stays, told apart by VINTAGE (the day it became public, numbered where two
sources released on one day).
"""

from collections.abc import Iterator
from datetime import date

from indicators.files.exports import judged_observations
from plan.exports.csvfile import CountedRows, csv_line
from plan.models import Plan

STRUCTURE_ID = "PLAN:OBSERVATIONS(1.0.0)"
COLUMNS = (
    *("STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "PLAN", "INDICATOR", "TIME_PERIOD", "VINTAGE", "OBS_VALUE"),
    *("OBS_STATUS", "UNIT_MEASURE", "INDICATOR_NAME", "COMPONENT", "RELEASED_ON", "SOURCE", "SOURCE_URL"),
)
# The usual flags: normal value, provisional, estimated, revised.
STATUS = {"final": "A", "preliminary": "p", "estimated": "e", "revised": "r"}


def code_id(code: str) -> str:
    """A code as SDMX allows it: letters, digits, _ and -."""
    return code.replace(".", "_")


class SdmxFile:
    """Heading and lines in blocks; `number` says how many figures there were."""

    def __init__(self, plan: Plan, as_of: date):
        self._rows = CountedRows(judged_observations(plan, as_of).iterator(chunk_size=2000))
        self._plan = plan

    @property
    def number(self) -> int:
        return self._rows.number

    def __iter__(self) -> Iterator[bytes]:
        yield csv_line(COLUMNS).encode()
        before, times = None, 1
        for row in self._rows:
            release = (row.component_id, row.year, row.released_on)
            times = times + 1 if release == before else 1
            before = release
            vintage = row.released_on.isoformat() + (f"-{times}" if times > 1 else "")
            indicator = row.component.indicator
            yield csv_line(
                [
                    "dataflow",
                    STRUCTURE_ID,
                    "I",
                    "A",
                    code_id(self._plan.slug),
                    code_id(row.component.code),
                    row.year,
                    vintage,
                    row.value,
                    STATUS[row.value_status],
                    indicator.unit,
                    indicator.title,
                    row.component.name,
                    row.released_on.isoformat(),
                    row.source.title,
                    row.source.url,
                ]
            ).encode()
