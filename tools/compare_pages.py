"""Do two commits answer with the same pages and the same styles, but for white space nobody sees?

    python -m tools.compare_pages main HEAD        "." is the working tree

Each commit renders every address (its test_pages.PAGES and test_permissions.SAMPLES) in both languages, signed
out and as three roles, on the plan and the demo; what it answered is kept in var/pages, by commit. Of white space
only what a browser drops is folded: at the edges of a block, after white space that stands already, within a
drawing. Beside inline text it must be equal, since between Chinese words it shows. Of styles the minified text of
all sheets of a page is compared, in their order.
"""

import argparse
import ast
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import rcssmin

from shenzhen_plan.folding import BLOCKS, BOXES

ROOT = Path(__file__).resolve().parent.parent
AS_WRITTEN = {"pre", "textarea", "script", "style"}
# Classes whose style keeps line breaks (`white-space: pre-line`): their text counts to the letter.
KEEPING = {"pieces", "notice-body", "last-said", "lines"}
VOID = {
    "meta", "link", "br", "hr", "img", "input", "col", "base", "source", "wbr", "area", "embed", "track",
}  # fmt: skip
# What differs from one run to the next.
PASSING = [
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+'), r"\1"),
    (re.compile(r"(?<!\d)\d{2}:\d{2}(:\d{2}(\.\d+)?)?\b"), "hh:mm"),
    (re.compile(r"\b[0-9a-f]{32,64}\b"), "hash"),
    (re.compile(r"(/static/[\w./-]+?)\.[0-9a-f]{12}\.(\w+)"), r"\1.\2"),
]


class Page(HTMLParser):
    """A page as a list of tags and texts, its white space folded; its style sheets apart."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self.sheets: list[str] = []
        self.styling = False
        self.keeping = 0
        self.open: list[tuple[str, bool]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "link" and given.get("rel") == "stylesheet":
            self.sheets.append(f"{given.get('media', 'all')} {given['href']}")
            return
        if tag == "style":
            self.styling = True
            return
        keeps = tag in AS_WRITTEN or bool(KEEPING & set((given.get("class") or "").split()))
        if tag not in VOID:
            self.open.append((tag, keeps))
            self.keeping += keeps
        words = [
            f"{name}={' '.join(value.split()) if name in ('class', 'd') else value}"
            for name, value in given.items()
        ]
        self.parts.append(f"<{tag} {' '.join(words)}>")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag == "style":
            self.styling = False
            return
        while self.open and (closed := self.open.pop()):
            self.keeping -= closed[1]
            if closed[0] == tag:
                break
        self.parts.append(f"</{tag}>")

    def handle_data(self, data):
        if self.styling:
            self.sheets.append(f"all {data}")
        elif self.keeping:
            self.parts.append(data)
        else:
            self.parts += [" " if piece.isspace() else piece for piece in re.findall(r"\s+|\S+", data)]

    def handle_entityref(self, name):
        self.parts.append(f"&{name};")

    def handle_charref(self, name):
        self.parts.append("\n" if name == "10" else f"&#{name};")

    def handle_decl(self, decl):
        self.parts.append(f"<!{decl}>")

    def handle_comment(self, data):
        """Nobody sees it."""

    def folded(self) -> list[str]:
        """The parts without the white space a browser drops."""
        forth = _without_leading(self.parts, opens=True)
        return _without_leading(forth[::-1], opens=False)[::-1]


def _without_leading(parts: list[str], opens: bool) -> list[str]:
    """Without the spaces that follow a block's edge; read backwards (`opens` false) those that come before one."""
    kept, at_edge = [], True
    for part in parts:
        if part == " ":
            if not at_edge:
                kept.append(part)
                at_edge = opens  # a second space is dropped, read forwards: the first one stays
            continue
        kept.append(part)
        at_edge = _edge(part, opens, at_edge)
    return kept


def _edge(part: str, opens: bool, before: bool) -> bool:
    tag = re.match(r"<(/?)([\w-]+)", part)
    if not tag:
        return part.startswith("<!")
    closes, name = bool(tag[1]), tag[2]
    if name in BLOCKS:
        return True
    if name in BOXES:
        return closes != opens
    if name in VOID or name in AS_WRITTEN:
        return before if "type=hidden" in part else False
    return before


def styles(page: Page, commit: str) -> dict[str, str]:
    """The minified text of all sheets of a page for each medium; a library's are left out."""
    found: dict[str, str] = {}
    for sheet in page.sheets:
        media, text = sheet.split(" ", 1)
        text = _sheet(commit, text[1:]) if text.startswith("/static/") else text
        found[media] = found.get(media, "") + text + "\n"
    return {media: _alike(rcssmin.cssmin(text)) for media, text in found.items()}


def _alike(style: str) -> str:
    """Without what two ways of writing the same differ in: a nought before the point, quotes, spaces."""
    style = re.sub(r"(?<![\w.])0(\.\d)", r"\1", style)
    style = re.sub(r'="([\w-]+)"\]', r"=\1]", style)
    return re.sub(r"n ([+-]) ", r"n\1", style)


def _sheet(commit: str, path: str) -> str:
    """A sheet as the commit wrote it: in one file, or in the parts that its `shenzhen_plan.sheets` names."""
    named = re.search(r"^PARTS = (\{.*?^\})", _file(commit, "shenzhen_plan/sheets.py"), re.S | re.M)
    parts = ast.literal_eval(named[1]).get(path.removeprefix("static/")) if named else None
    files = [f"{path.removesuffix('.css')}/{part}.css" for part in parts] if parts else [path]
    return "\n".join(_file(commit, file) for file in files)


@cache
def _file(commit: str, path: str) -> str:
    command = ["git", "show", f"{commit}:{path}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def commit_of(name: str) -> str:
    """The full name of a commit; the working tree is made one that no branch holds."""
    if name == ".":
        name = subprocess.check_output(["git", "stash", "create"], cwd=ROOT, text=True).strip() or "HEAD"
    return subprocess.check_output(["git", "rev-parse", name], cwd=ROOT, text=True).strip()


def pages_of(commit: str) -> dict[str, str]:
    """What the commit answers, by visitor, language and address."""
    kept = ROOT / "var/pages" / f"{commit}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, "tree")
            _git("worktree", "add", "--detach", folder, commit)
            try:
                _capture(folder, kept)
            finally:
                _git("worktree", "remove", "--force", folder)
    return json.loads(kept.read_text(encoding="utf-8"))


def _git(*words):
    subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True)


def _capture(folder: Path, kept: Path) -> None:
    shutil.copy(ROOT / "tools/capture_pages.py", folder / "tests/test_capture_pages.py")
    subprocess.run([sys.executable, "manage.py", "compilemessages", "-v0"], cwd=folder, check=False)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_capture_pages.py"]
    data = folder / "var/tests"
    surroundings = os.environ | {"CAPTURE": str(kept), "DATA_DIR": str(data)}
    subprocess.run(command, cwd=folder, check=True, env=surroundings)


def without_passing(html: str) -> str:
    for pattern, instead in PASSING:
        html = pattern.sub(instead, html)
    return html


def report(name: str, before: list[str], after: list[str]) -> None:
    """The first differences, in a few words each."""
    print(f"DIFFERS {name}")
    lines = difflib.unified_diff(before, after, "before", "after", n=3, lineterm="")
    for line in list(lines)[2:26]:
        print("   ", line[:200])


def compare(commits: list[str], shown: int) -> int:
    """How many pages and sets of styles differ."""
    before, after = (pages_of(commit) for commit in commits)
    lost = before.keys() ^ after.keys()
    for name in sorted(lost):
        print("ONLY IN ONE", name)
    differing, seen = len(lost), set()
    for name in sorted(before.keys() & after.keys()):
        first, second = Page(without_passing(before[name])), Page(without_passing(after[name]))
        if first.folded() != second.folded():
            differing += 1
            if differing <= shown:
                report(name, first.folded(), second.folded())
        sheets = (*first.sheets, "|", *second.sheets)
        if sheets not in seen:
            seen.add(sheets)
            differing += compare_styles(name, styles(first, commits[0]), styles(second, commits[1]))
    print(f"{len(before)} pages, {len(seen)} sets of styles compared; {differing} differ")
    return differing


def compare_styles(name: str, before: dict[str, str], after: dict[str, str]) -> int:
    differing = [media for media in before.keys() | after.keys() if before.get(media) != after.get(media)]
    for media in differing:
        report(
            f"{name}: styles for {media}", *(re.split(r"(?<=})", side.get(media, "")) for side in (before, after))
        )
    return len(differing)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--show", type=int, default=8, help="how many differing pages to print")
    asked = parser.parse_args()
    sys.exit(1 if compare([commit_of(asked.before), commit_of(asked.after)], asked.show) else 0)


if __name__ == "__main__":
    main()
