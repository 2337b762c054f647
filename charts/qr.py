"""A QR code as one SVG path: dark modules on white, with the quiet zone that readers need (ISO/IEC 18004)."""

from itertools import groupby
from xml.sax.saxutils import quoteattr

# Modules of white around the code.
QUIET = 4


def qr_svg(text: str, *, label: str) -> str:
    """The code of a text, square, in units of one module; medium error correction survives a crease.

    Raises ValueError for more than a code can hold (2,331 bytes).
    """
    import qrcode  # a few milliseconds to import, needed by papers alone
    from qrcode.exceptions import DataOverflowError

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise ValueError(f"{len(text)} characters are too many for a QR code") from error
    matrix = code.get_matrix()
    size = len(matrix)
    path = "".join(_row(y, row) for y, row in enumerate(matrix))
    box = f'viewBox="0 0 {size} {size}" shape-rendering="crispEdges"'
    return (
        f'<svg class="qr" {box} role="img" aria-label={quoteattr(label)}>'
        f'<path class="qr-paper" d="M0 0h{size}v{size}h-{size}z"/><path class="qr-ink" d="{path}"/></svg>'
    )


def _row(y: int, row: list[bool]) -> str:
    """The dark runs of a row as rectangles one module high."""
    drawn, x = "", 0
    for is_dark, run in groupby(row):
        width = len(list(run))
        if is_dark:
            drawn += f"M{x} {y}h{width}v1h-{width}z"
        x += width
    return drawn
