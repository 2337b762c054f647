"""A picture with its title above and its source below, as it stands on pages of other sites: an SVG of its own."""

import re
from collections.abc import Sequence
from html import escape

from charts.png import standalone

BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
LINE = 20
PAD = 12
# Letters of 13 px, Chinese ones as wide as high.
LETTERS = 52


def framed(svg: str, *, title: str, lines: Sequence[str], link: str) -> str:
    """`lines`: source and day, folded where they are long; `link` leads back from the picture opened itself."""
    found = BOX.search(svg)
    assert found is not None
    width, height = float(found[1]), float(found[2])
    folded = [part for line in lines for part in _folded(line)]
    foot = PAD + LINE * (len(folded) + 1)
    head = 2 * LINE
    inner = svg.replace("<svg ", f'<svg x="0" y="{head}" width="{width:g}" height="{height:g}" ', 1)
    body = f'<text class="c-value" x="{PAD}" y="{LINE + 6}" font-size="16">{escape(title)}</text>{inner}'
    below = head + height + PAD
    for number, line in enumerate(folded, 1):
        body += (
            f'<text class="c-year" x="{PAD}" y="{below + LINE * number:g}" font-size="13">{escape(line)}</text>'
        )
    whole = head + height + foot + PAD
    size = f'viewBox="0 0 {width:g} {whole:g}" width="{width:g}" height="{whole:g}"'
    shown = f'<a href="{escape(link)}" target="_top">{body}</a>'
    return standalone(f'<svg {size} role="img" aria-label="{escape(title)}">{shown}</svg>')


def _folded(line: str) -> list[str]:
    """In pieces of as many letters as fit; two narrow letters take the room of a wide one."""
    pieces, room = [""], float(LETTERS)
    for letter in line:
        wide = 1.0 if ord(letter) > 0x2E7F else 0.55
        if room < wide:
            pieces.append("")
            room = float(LETTERS)
        pieces[-1] += letter
        room -= wide
    return pieces
