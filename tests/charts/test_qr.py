"""A QR code drawn as one path: the modules of the library, no more and no less, with their quiet zone."""

import re

import pytest
import qrcode

from charts.qr import QUIET, qr_svg

ADDRESS = (
    "https://plan.example.org/sz-sti-14/brief/?since=2026-08-30&as_of=2026-11-28&known_by=2026-11-28&items=I-01"
)


def drawn(svg: str) -> list[list[bool]]:
    """The modules of a picture, read back from its path."""
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg).group(1))
    found = [[False] * size for _row in range(size)]
    ink = re.search(r'class="qr-ink" d="([^"]*)"', svg).group(1)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", ink):
        for step in range(int(width)):
            found[int(y)][int(x) + step] = True
    return found


@pytest.mark.parametrize("text", ["a", ADDRESS, ADDRESS * 8, "会议材料"])
def test_picture_holds_exactly_the_modules_of_the_code(text):
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)

    assert drawn(qr_svg(text, label="码")) == code.get_matrix()


def test_around_it_is_white_enough_for_a_reader():
    rows = drawn(qr_svg(ADDRESS, label="码"))

    edge = [*rows[:QUIET], *rows[-QUIET:], *(row[:QUIET] + row[-QUIET:] for row in rows)]
    assert not any(any(row) for row in edge)


def test_what_it_is_is_said_in_words_that_cannot_break_out():
    assert 'aria-label="&lt;b&gt; &amp; c"' in qr_svg("a", label="<b> & c")


def test_more_than_a_code_holds_is_refused():
    with pytest.raises(ValueError, match="too many"):
        qr_svg("x" * 4000, label="码")
