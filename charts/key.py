"""What the marks of a large picture mean: only those that occur, each drawn as in the picture."""

from dataclasses import dataclass

from charts.marks import n
from charts.track import Track, Words, expected, projected, projection_words

WIDTH, HEIGHT = 26, 14


@dataclass(frozen=True, slots=True)
class KeyEntry:
    kind: str
    text: str

    @property
    def svg(self) -> str:
        """The mark alone, for the line of words under the picture, which says what it is."""
        box = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        return f'<svg class="key-mark" {box} aria-hidden="true">{drawn(self.kind, 0, 0)}</svg>'


def key(track: Track, words: Words) -> list[KeyEntry]:
    """The marks in the order of their weight for a reader."""
    points, goal = track.observed, track.goal
    names = [earlier.name(words) for earlier in track.earlier_goals]
    found = {
        "dot": (any(not (point.provisional or point.revised) for point in points), words.observed),
        "revised": (any(point.revised for point in points), words.revised),
        "hollow": (any(point.provisional for point in points), words.provisional),
        "other": (bool(track.others), words.superseded),
        "bound": (bool(track.bounds), words.bound),
        "base": (track.baseline is not None, words.baseline),
        "expected": (bool(expected(track)), words.expected),
        "ahead": (projected(track) is not None, projection_words(track, words)),
        "target": (not goal.is_range and goal.type != "strict", words.target),
        "open": (goal.type == "strict", words.strict),
        "band": (goal.is_range, words.band),
        "earlier": (bool(track.earlier_goals), words.joint.join(dict.fromkeys(names))),
    }
    # Each stands alone: English begins it with a capital letter.
    return [KeyEntry(kind, text[:1].upper() + text[1:]) for kind, (occurs, text) in found.items() if occurs]


def drawn(kind: str, x: float, y: float) -> str:
    """One mark in a box of WIDTH × HEIGHT whose corner lies at x, y."""
    left, middle, right, across = n(x + 2), n(x + 13), n(x + 24), n(y + 7)
    line = f"M{left} {across}H{right}"
    trace, spot = f'<path class="trace" d="{line}"/>', f'cx="{middle}" cy="{across}" r="3.5"'
    marks = {
        "dot": f'{trace}<circle class="c-dot" {spot}/>',
        "hollow": f'{trace}<circle class="c-hollow" {spot}/>',
        "revised": f'{trace}<path class="c-revised" d="M{middle} {n(y + 2)}l5 5l-5 5l-5-5z"/>',
        "other": f'<path class="c-other" d="M{n(x + 10)} {n(y + 4)}l6 6m0-6l-6 6"/>',
        "bound": f'<path class="c-bound" d="M{n(x + 8)} {n(y + 3)}v8h10v-8"/>',
        "base": f'<path class="c-base" d="M{middle} {n(y + 2)}v10"/>',
        "expected": f'<path class="c-expected" d="{line}"/>',
        "ahead": f'<path class="c-projection" d="{line}"/>',
        "target": f'<path class="c-target" d="{line}"/>',
        "open": f'<path class="c-target" d="{line}"/><circle class="c-open" cx="{middle}" cy="{across}" r="4"/>',
        "band": f'<rect class="c-band" x="{left}" y="{n(y + 2)}" width="22" height="10"/>'
        f'<path class="c-target" d="M{left} {n(y + 12)}H{right}"/>',
        "earlier": f'<path class="c-earlier" d="{line}"/>',
    }
    return marks[kind]
