"""What nothing uses is taken away: every class of a style sheet is given by a template, a script or a line of
Python, and every template is part of a page."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages.constants import DEFAULT_TAGS

ROOT = Path(settings.BASE_DIR)
STYLES = sorted((ROOT / "static/css").rglob("*.css"))
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
# Given by plotly.js itself, in a file of its own.
PLOTLY = {"plotly-modebar.css"}
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
CLASS = re.compile(r"""\bclass=["']((?:{%.*?%}|{{.*?}}|[^"'])*)""", re.S)
# A word of a class list, none of a selector.
WORD = re.compile(r"(?<![.#\w-])[a-z][\w-]*")
CLASS_LIST = re.compile(r"[a-z][\w-]*( [a-z][\w-]*){0,3}-?")
COMPOSED = re.compile(r"([a-z][\w-]*-)(?={{|{%|\$\{|$)")


def own_sources() -> list[Path]:
    rooms = {path.parent for path in ROOT.glob("*/__init__.py")} - {ROOT / "tests"}
    return [path for room in rooms for path in room.rglob("*.py")]


def given_by(text: str) -> tuple[set[str], set[str]]:
    """Classes that a text gives, and the beginnings of those that it composes (`state-{{ key }}`)."""
    lists = CLASS.findall(text)
    within = [quoted for tag in TAG.findall(text) for quoted in re.findall(r'"([\w ,-]+)"', tag)]
    words = {word for one in [*map(_bare, lists), *within] for word in WORD.findall(one)}
    return words, {start for one in [*lists, *within] for start in COMPOSED.findall(one)}


def _bare(one: str) -> str:
    """A class list without its tags."""
    return TAG.sub(" ", one)


def given() -> tuple[set[str], tuple[str, ...]]:
    words, starts = set(DEFAULT_TAGS.values()), set()
    for path in TEMPLATES:
        found = given_by(path.read_text(encoding="utf-8"))
        words |= found[0]
        starts |= found[1]
    for text in _strings():
        found = given_by(text)
        words |= found[0]
        starts |= found[1]
        if CLASS_LIST.fullmatch(text.strip()):
            words |= set(WORD.findall(text))
            starts |= set(COMPOSED.findall(text))
    return words, tuple(starts)


def _strings() -> list[str]:
    """What stands in quotes in Python and in scripts."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in own_sources()]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    quoted = re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`", scripts)
    return [node.value for node in nodes if isinstance(node.value, str)] + ["".join(one) for one in quoted]


def named_by(path: Path) -> set[str]:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    selectors = re.findall(r"([^{};]+){", re.sub(r'"[^"]*"', "", text))
    return {name for selector in selectors for name in re.findall(r"\.([a-zA-Z][\w-]*)", selector)}


def test_every_class_of_a_style_sheet_is_given_somewhere():
    words, starts = given()
    sheets = [path for path in STYLES if path.name not in PLOTLY]

    unused = {
        str(path.relative_to(ROOT)): names
        for path in sheets
        if (names := sorted(name for name in named_by(path) - words if not name.startswith(starts)))
    }

    assert unused == {}


@pytest.mark.parametrize(
    ("text", "words", "starts"),
    [
        ('<p class="a {% if other %}b{% endif %}{{ c }}">', {"a", "b"}, set()),
        ('<p class="state-{{ key }} d">', {"state-", "d"}, {"state-"}),
        ('{% include "x.html" with look="quiet" %}<p data-x=".e">other</p>', {"quiet"}, set()),
    ],
)
def test_the_reader_of_classes_sees_what_it_is_to_see(text, words, starts):
    assert given_by(text) == (words, starts)


def test_every_template_is_part_of_a_page():
    """Named by another template or by a line of Python; what the style guide alone names is part of none."""
    texts = {path: path.read_text(encoding="utf-8") for path in [*TEMPLATES, *own_sources()]}
    guide = (ROOT / "templates/styleguide", ROOT / "styleguide")
    named = set()
    for path, text in texts.items():
        if not any(path.is_relative_to(folder) for folder in guide):
            named |= set(re.findall(r"[\"']([\w/.]+\.(?:html|txt|xml))[\"']", text))
    used = {str(path.relative_to(ROOT / "templates")) for path in TEMPLATES if not path.is_relative_to(guide[0])}

    unused = {name for name in used - named if not name.startswith("home/guide/")}

    # Asked for by Django itself.
    assert unused == {"403_csrf.html", "500.html"}
