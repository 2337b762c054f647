"""Style sheets: written by topic, sent as one short file each.

`css/site.css` is the parts of `static/css/site/` in the order given here, minified; a sheet without parts is its
own file, minified too. Under `DEBUG=1` they are sent as they are written.
"""

from pathlib import Path

import rcssmin

# The order counts: of two rules of one weight the later one holds.
PARTS = {
    "css/site.css": (
        "tokens", "base", "frame", "unfolded", "fields", "forms", "menus", "signed", "page", "tabs", "status",
        "headline", "lines", "front", "overview", "panels", "rows", "strips", "promises", "tables", "indicator",
        "reader", "phone", "pictures", "terms", "foot", "steps", "stacked", "touch", "thumb", "live",
    ),
    # What the first screen of the overview needs; the whole of the above comes below it (decision 0010).
    "css/first.css": (
        "tokens", "base", "frame", "fields", "menus", "page", "status", "headline", "lines", "front", "rows",
        "phone", "steps", "touch",
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
# A sheet that takes its parts from another's folder.
FOLDERS = {"css/first.css": "css/site"}


def names(static: Path) -> list[str]:
    """Every sheet there is, as an address below /static/."""
    single = [f"css/{file.name}" for file in (static / "css").glob("*.css")]
    return sorted([*single, *PARTS])


def sources(static: Path, name: str) -> list[Path]:
    """The files a sheet is written in, in order."""
    if name in PARTS:
        folder = FOLDERS.get(name, name.removesuffix(".css"))
        return [static / folder / f"{part}.css" for part in PARTS[name]]
    return [static / name]


def written(static: Path, name: str) -> str:
    """A sheet as its authors read it."""
    return "\n".join(file.read_text(encoding="utf-8") for file in sources(static, name))


def minified(static: Path, name: str) -> str:
    """A sheet without comments and the white space no browser needs."""
    return rcssmin.cssmin(written(static, name))
