"""Tables for analysts, built with pandas; imported only where a file of that shape is asked for."""

from typing import Any

import pandas as pd

from indicators.files.columns import WIDE, ComponentLine
from indicators.queries import Overview
from plan.columns import row_of
from texts.numbers import whole_number


def wide_frame(overview: Overview) -> pd.DataFrame:
    """One row a component, one column a year: the figure in force, Decimal or missing (never zero).

    Columns: code, component, indicator, unit, target_text, then the years in order: (components, 5 + years).
    """
    rows: list[dict[str, Any]] = []
    for standing in overview.standings:
        for part in standing.components:
            about = row_of(WIDE, ComponentLine(standing, part, overview.as_of))
            rows.append(about | {str(year): row.value for year, row in part.in_force().items()})
    frame = pd.DataFrame(rows, dtype=object)
    years = sorted(name for name in frame.columns if whole_number(name) is not None)
    return frame[[name for name in frame.columns if name not in years] + years]
