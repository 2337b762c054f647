"""One line of a time line as SVG: when something was planned, when it was done, how late it is by a day."""

from datetime import date
from html import escape

WIDTH, HEIGHT = 320, 20
EDGE = 8


class Span:
    """The days a time line covers, as places between its two edges."""

    def __init__(self, start: date, end: date):
        if end <= start:
            raise ValueError("a time line ends after it starts")
        self.start, self.end = start, end

    def x(self, day: date) -> float:
        """The place of a day; days outside stand at the edge."""
        share = (day - self.start).days / (self.end - self.start).days
        return round(EDGE + min(1.0, max(0.0, share)) * (WIDTH - 2 * EDGE), 1)

    @property
    def years(self) -> list[int]:
        return [year for year in range(self.start.year, self.end.year + 1) if date(year, 1, 1) >= self.start]


def line_svg(span: Span, planned: date, actual: date | None, today: date, *, label: str) -> str:
    """A hollow mark for the plan, a full one for what was done; between them, or up to today, what is late."""
    middle = HEIGHT / 2
    ticks = "".join(f'<path class="g-year" d="M{span.x(date(year, 1, 1))} 0v{HEIGHT}"/>' for year in span.years)
    now = f'<path class="g-now" d="M{span.x(today)} 0v{HEIGHT}"/>' if span.start <= today <= span.end else ""
    at = span.x(planned)
    until = span.x(actual or today)
    is_late = (actual or today) > planned
    late = f'<path class="g-late" d="M{at} {middle}H{until}"/>' if is_late else ""
    early = f'<path class="g-early" d="M{until} {middle}H{at}"/>' if actual and not is_late else ""
    done = f'<circle class="g-done" cx="{until}" cy="{middle}" r="5"/>' if actual else ""
    plan = f'<path class="g-plan" d="M{at} {middle - 6}l6 6l-6 6l-6 -6z"/>'
    return _svg(f"{ticks}{now}{late}{early}{plan}{done}", label)


def axis_svg(span: Span) -> str:
    """The years of a time line, each at its first day; its words are those of the table's heading."""
    step = max(1, -(-len(span.years) // 7))
    words = "".join(
        f'<text class="g-word" x="{span.x(date(year, 1, 1))}" y="15">{year}</text>' for year in span.years[::step]
    )
    return _svg(words, "")


def _svg(inner: str, label: str) -> str:
    told = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return f'<svg class="gantt" viewBox="0 0 {WIDTH} {HEIGHT}" {told}>{inner}</svg>'
