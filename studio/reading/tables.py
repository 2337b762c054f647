"""Rows of tables within a text: cells set apart by tabs or by upright strokes."""


def cells_of(line: str) -> list[str]:
    """The cells of a row; one cell where the line is no row."""
    if line.startswith("|"):
        # One stroke at each end: an empty cell at the edge is one.
        return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
    return [cell.strip() for cell in line.split("\t")]


def is_row(line: str) -> bool:
    return len(cells_of(line)) > 1 and (line.startswith("|") or "\t" in line)


def as_row(cells: list[str]) -> str:
    """A row as the plan's files print it."""
    return "| " + " | ".join(cell.replace("|", "／") for cell in cells) + " |"
