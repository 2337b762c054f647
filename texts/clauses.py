"""Sentences, clauses and the members of a row, each with its place; what is in brackets is not cut. Pure.

One rule for whoever reads a plan: what promises are proposed by, and what every clause is judged by.
"""

OPEN, CLOSE = "（(“《〔[『「", "）)”》〕]』」"
Span = tuple[int, int]


def cut(text: str, start: int, end: int, marks: str) -> list[Span]:
    """The pieces between marks that stand outside brackets; a bracket nobody closes is no bracket."""
    pieces, at, depth = [], start, 0
    for place in range(start, end):
        if text[place] in OPEN:
            depth += any(text.find(mark, place, end) >= 0 for mark in CLOSE)
        elif text[place] in CLOSE:
            depth = max(0, depth - 1)
        elif text[place] in marks and not depth:
            pieces.append((at, place))
            at = place + 1
    pieces.append((at, end))
    return [found for piece in pieces if (found := trimmed(text, *piece))]


def trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start] in " 　—":
        start += 1
    while end > start and text[end - 1] in " 　。；，、":
        end -= 1
    return (start, end) if end > start else None


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    return cut(text, start, len(text) if end is None else end, "。；！？\n")


def clauses(text: str, start: int, end: int) -> list[Span]:
    return cut(text, start, end, "，,")


def members(text: str, start: int, end: int) -> list[Span]:
    """What stands between 、 in a row."""
    return cut(text, start, end, "、")
