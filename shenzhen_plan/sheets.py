"""Style sheets: written by topic, sent as one short file each.

`css/site.css` is the parts of `static/css/site/` in the order given here, minified; a sheet without parts is its
own file, minified too. Under `DEBUG=1` they are sent as they are written.
"""

from pathlib import Path

import rcssmin

# The order counts: of two rules of one weight the later one holds.
PARTS = {
    "css/site.css": (
        "tokens", "base", "frame", "forms", "menus", "status", "headline", "lines", "overview", "cards", "strips",
        "promises", "tables", "indicator", "reader", "phone", "pictures", "terms", "foot", "steps", "stacked",
        "touch",
    ),
    "css/print.css": ("sheet", "screen", "flow", "overview", "lines", "indicator", "tables", "long"),
    "css/wall.css": ("frame", "plan", "tasks", "promises", "foot"),
    "css/indicators.css": ("table", "phone", "bullets"),
    "css/text.css": ("coverage", "tracked", "narrow"),
    "css/reports.css": ("matrix", "methods", "status", "squares"),
    "css/desk.css": ("figures", "lives"),
    "css/accounts.css": ("people", "log"),
    "css/brief.css": ("choose", "sheet", "rows", "room", "narrow"),
    "css/updates.css": ("report", "form"),
}  # fmt: skip


def names(static: Path) -> list[str]:
    """Every sheet there is, as an address below /static/."""
    single = [f"css/{file.name}" for file in (static / "css").glob("*.css")]
    return sorted([*single, *PARTS])


def sources(static: Path, name: str) -> list[Path]:
    """The files a sheet is written in, in order."""
    if name in PARTS:
        return [static / name.removesuffix(".css") / f"{part}.css" for part in PARTS[name]]
    return [static / name]


def written(static: Path, name: str) -> str:
    """A sheet as its authors read it."""
    return "\n".join(file.read_text(encoding="utf-8") for file in sources(static, name))


def minified(static: Path, name: str) -> str:
    """A sheet without comments and the white space no browser needs."""
    return rcssmin.cssmin(written(static, name))
