"""Where comments, docstrings and documents send a reader, something is: file, folder, module, a name in it."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from jobs.services import _handlers as KINDS
from shenzhen_plan.sheets import PARTS
from tests.test_architecture import APPS, ROOT

ROOMS = {*APPS, "tests", "tools"}
LEFT_OUT = {"node_modules", "var", "__pycache__"}
ENDS = "py|html|md|js|css|toml|sh|conf|svg|yml|target|service"
# What goes by a file name or like a place and is none of ours, each with its reason.
NO_PLACES = {
    "bench.py": "a file of the harness (tools/bench_pages.py)",
    "plotly.js": "the library's name for itself",
    "kinds.toml": "a file that a plan's folder may have; the shipped plans do without",
    "plan/code": "how files write a component of any plan",
    "observations/mine": "an address below api/v1/…",
    "updates/mine": "the same",
    "evidence/mine": "the same",
    "assessments/mine": "the same",
    "tests/upgrades/VERSION.sql.xz": "VERSION is what the reader puts there",
    "plan.example.org": "an address",
    "plan.sqlite3": "the database's file",
    "audit.jsonl": "a member of a backup",
    "indicators.reached": "a fact of the report (assessments/report/facts.py)",
    "audit.services.log_exchanged": "told by a migration, which is never edited",
}
PLACE = re.compile(r"(?<![\w/.:<>@%-])([\w-][\w.-]*(?:/[\w.*-]+)+)")
FILE = re.compile(rf"(?<![\w/.<>*{{}}-])([\w-]+\.(?:{ENDS}))\b(?![/\w])")
NAME = re.compile(rf"(?<![\w/.\"'@-])((?:{'|'.join(sorted(ROOMS))})(?:\.[A-Za-z_]\w*)+)")
# Django's checks are numbered, files that people take away end otherwise than sources.
NO_NAME = re.compile(rf"\w+\.(?:W\d+|{ENDS}|csv|json|xlsx|docx|txt|zip)")

JOBS = {*KINDS, *(entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values())}


@cache
def known() -> set[str]:
    """Files and folders of the project, and the sheets that are sent under a name of their own."""
    tops = [path for path in ROOT.iterdir() if path.name not in LEFT_OUT and path.name != ".git"]
    files = {path for top in tops if not top.is_symlink() for path in (top, *top.rglob("*"))}
    found = {path.relative_to(ROOT).as_posix() for path in files if not LEFT_OUT & set(path.parts)}
    return found | {f"static/{name}" for name in PARTS}


@cache
def endings() -> set[str]:
    """Each of these by what it may be called: its path, and any end of it."""
    return {"/".join(name.split("/")[at:]) for name in known() for at in range(name.count("/") + 1)}


def sources() -> list[Path]:
    code = [path for room in sorted(ROOMS - {"tests"}) for path in sorted((ROOT / room).rglob("*.py"))]
    folders = (("templates", "html"), ("static/js", "js"), ("static/css", "css"), ("docs", "md"))
    others = [path for folder, end in folders for path in sorted((ROOT / folder).rglob(f"*.{end}"))]
    return [*code, *others, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def words_of(path: Path) -> Iterator[str]:
    """What is said beside the code; of a document all of it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.string
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                yield node.value.value
    elif path.suffix == ".html":
        yield from re.findall(r"{#.*?#}|<!--.*?-->|{% comment.*?endcomment %}", text, re.DOTALL)
    elif path.suffix == ".md":
        yield text
    else:
        yield from re.findall(r"/\*(?:.|\n)*?\*/|(?:^|\s)//\s.*$", text, re.MULTILINE)


@cache
def told() -> list[tuple[Path, str]]:
    return [(path, text) for path in sources() for text in words_of(path)]


def places_of(text: str) -> Iterator[str]:
    """Paths that begin in a folder of ours or end as a source does, and names of single files."""
    for place in PLACE.findall(text):
        place = place.rstrip(".")
        if place.split("/")[0] in {
            *ROOMS,
            "docs",
            "templates",
            "static",
            "deploy",
            "fixtures",
            "locale",
        } or re.search(rf"\.({ENDS})$", place):
            yield place
    yield from FILE.findall(text)


def names_of(text: str) -> Iterator[str]:
    yield from (name for name in NAME.findall(text) if not NO_NAME.fullmatch(name))
    yield from re.findall(r"[\w/]+\.py:[A-Za-z_]\w*", text)


@cache
def is_place(place: str) -> bool:
    if place in endings():
        return True
    # Decisions are named by their number; several files by what they have in common.
    return any(name.startswith(f"{place}-") or "*" in place and fnmatch(name, place) for name in known())


@cache
def defined(module: Path) -> set[str]:
    """What stands at the top of a module, or is brought there."""
    body = ast.parse(module.read_text(encoding="utf-8")).body
    names = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    targets = [
        one
        for node in body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for one in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    brought = (name for node in body if isinstance(node, ast.ImportFrom) for name in node.names)
    names |= {name.asname or name.name for name in brought}
    return names | {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}


def is_name(name: str) -> bool:
    """A module of a room, or what stands in it; a model of the room or, of `plan`, an attribute of one; a job."""
    if ":" in name:
        path, one = name.split(":")
        return (ROOT / path).exists() and one in defined(ROOT / path)
    room, *rest = name.split(".")
    folder = ROOT / room
    while rest and (folder / rest[0]).is_dir():
        folder /= rest.pop(0)
    if not rest or name in JOBS:
        return True
    if (module := folder / f"{rest[0]}.py").exists():
        return len(rest) == 1 or rest[1] in defined(module)
    models = {model.__name__: model for model in apps.get_models() if model._meta.app_label == room}
    return rest[0] in models or hasattr(models.get(room.title()), rest[0])


@pytest.mark.parametrize("what", ["places", "names"])
def test_what_words_name_is_there(what):
    find, is_there = {"places": (places_of, is_place), "names": (names_of, is_name)}[what]
    named = {(path, one) for path, text in told() for one in find(text) if one not in NO_PLACES}

    assert len(named) > 200
    assert sorted(f"{path.relative_to(ROOT)}: {one}" for path, one in named if not is_there(one)) == []


def test_every_exception_is_needed():
    words = "\n".join(text for _path, text in told())

    assert [one for one in NO_PLACES if one not in words] == []
    assert [one for one in NO_PLACES if is_place(one)] == []


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("see plan/workflow.py", True),
        ("see `files/cells.py`.", True),
        ("see plan/closing.py", False),
        ("see recomputing.py", False),
        ("docs/decisions/0025", True),
        ("docs/decisions/0999", False),
        ("`templates/dashboard/_brief_*.html`", True),
    ],
)
def test_a_place_is_known_by_its_path(text, is_there):
    assert [is_place(place) for place in places_of(text)] == [is_there]


@pytest.mark.parametrize(
    ("name", "is_there"),
    [
        ("plan.workflow", True),
        ("plan.days.end_of", True),
        ("plan.days.never", False),
        ("plan.closing", False),
        ("plan.changed_at", True),
        ("assessments.pins", False),
        ("assessments.Note", True),
        ("indicators.recompute", True),
    ],
)
def test_a_name_is_known_by_its_module(name, is_there):
    assert NAME.findall(f"as {name} says") == [name]
    assert is_name(name) is is_there
