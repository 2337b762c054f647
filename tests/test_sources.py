"""What a reviewer reads: block elements start a line, declarations have their own, files and lines are short."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.template import engines
from django.utils.translation import gettext, override, pgettext

from shenzhen_plan import sheets
from shenzhen_plan.folding import BLOCKS, fold
from tests.status_words import MACHINE_WORDS

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static/css").rglob("*.css"))
SCRIPTS = sorted((ROOT / "static/js").rglob("*.js"))
WIDTH = 140
# One sentence: a message with its tag, or text without any.
SENTENCE = re.compile(r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}|{%\s*translate\b.*?%}|[^<>{}]+")
DRAWN = {"br", "rect", "g", "path", "line", "circle", "polyline", "polygon", "use", "text", "tspan", "title"}
STARTS = re.compile(rf"\S\s*<({'|'.join(sorted(BLOCKS - DRAWN))})[\s>]")

BUTTON = re.compile(r'<button[^>]*>\s*{% translate "([^"]+)"(?: context "([^"]+)")? %}')


def lines_of(path: Path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        yield f"{path.relative_to(ROOT)}:{number}", line


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_lines_are_short_unless_they_are_one_sentence(path):
    for place, line in lines_of(path):
        without = len(line) - max((len(found) for found in SENTENCE.findall(line)), default=0)
        assert len(line) <= WIDTH or without <= 60, f"{place}: {len(line)} characters"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_block_elements_start_a_line(path):
    for place, line in lines_of(path):
        assert not (found := STARTS.search(line)), f"{place}: <{found[1]}> in the midst of a line"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("<ul>\n  <li>一</li>\n  <li>二</li>\n</ul>\n", "<ul><li>一</li><li>二</li></ul>"),
        ("<p>\n  一\n  <b>二</b> 三\n</p>", "<p>一\n<b>二</b> 三</p>"),
        ("<p>\n  {% if a %}\n    一\n  {% else %}\n    二\n  {% endif %}\n</p>",
         "<p>{% if a %}一{% else %}二{% endif %}</p>"),
        ("<p>{% if a %}一{% endif %}\n  二</p>", "<p>{% if a %}一{% endif %}\n二</p>"),
        ("<p>{% for a in b %}\n  {{ a }}\n{% endfor %}</p>", "<p>{% for a in b %}\n{{ a }}\n{% endfor %}</p>"),
        ('<a\n  href="x"\n  {% if a %}class="b"{% endif %}\n>一</a>',
         '<a href="x"{% if a %} class="b"{% endif %}>一</a>'),
        ("<h{% if a %}2{% else %}3{% endif %}\n  id='b'\n>一", "<h{% if a %}2{% else %}3{% endif %} id='b'>一"),
        ("<a\n  {% if a %}b{% else %}c{% endif %}\n>", "<a{% if a %} b{% else %} c{% endif %}>"),
        ("<a {% if a %}b{% endif %}>", "<a {% if a %}b{% endif %}>"),
        ("<a\n  {% if a %}{% if b %}c{% endif %}{% endif %}\n>",
         "<a{% if a %}{% if b %} c{% endif %}{% endif %}>"),
        ("<p>一\n  {% include 'a' %}\n</p>", "<p>一\n{% include 'a' %}</p>"),
        ("<pre>\n  一\n</pre>", "<pre>\n  一\n</pre>"),
        ("<b>一</b>\n<button>\n  二\n</button>\n三", "<b>一</b>\n<button>二</button>\n三"),
        ("<p title='a\n b'>\n 一</p>", "<p title='a\n b'>一</p>"),
        ("{% blocktranslate %}\n  一{% endblocktranslate %}", "{% blocktranslate %}\n  一{% endblocktranslate %}"),
        ("<p>{% block a %}{% endblock %}\n  一</p>", "<p>{% block a %}{% endblock %}\n一</p>"),
    ],
)  # fmt: skip
def test_only_white_space_that_no_browser_shows_is_folded(written, sent):
    assert fold(written) == sent


def test_joined_lines_have_nothing_between_them():
    inner = "{% if late %}（{% if late %}逾期 {{ late }}{% endif %}）{% endif %}"
    source = f"{{% joined %}}\n  一\n  {inner}\n  二 三\n{{% endjoined %}}"

    assert engines["django"].from_string(source).render({"late": 3}) == "一（逾期 3）二 三"


@pytest.mark.parametrize("path", [*STYLES, *SCRIPTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_style_sheets_and_scripts_are_short_in_both_ways(path):
    lines = path.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if len(line) > 120] == []
    assert len(lines) <= 400


@pytest.mark.parametrize("path", STYLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_style_sheet_has_a_declaration_a_line_and_its_blocks_apart(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)

    assert re.findall(r"\{[^\n]*\S.*|;[^\n]*[\w*/].*|\}[^\n]*\S.*", text) == []
    assert re.findall(r"\}\n[^\S\n]*[^\s}].*", text) == []


def test_every_part_of_a_sheet_is_in_its_order():
    whole = {name: parts for name, parts in sheets.PARTS.items() if name not in sheets.FOLDERS}
    for name, parts in whole.items():
        folder = ROOT / "static" / name.removesuffix(".css")
        assert {file.stem for file in folder.glob("*.css")} == set(parts), name
    folders = {f"css/{folder.name}.css" for folder in (ROOT / "static/css").iterdir() if folder.is_dir()}
    assert folders == set(whole)


def test_a_sheet_of_anothers_parts_has_them_in_the_same_order():
    for name, folder in sheets.FOLDERS.items():
        parts, whole = sheets.PARTS[name], sheets.PARTS[f"{folder}.css"]
        assert [part for part in whole if part in parts] == list(parts)


def test_a_sheet_is_sent_without_what_only_its_reader_needs():
    written, sent = (make(ROOT / "static", "css/site.css") for make in (sheets.written, sheets.minified))

    assert "/* Frame */" in written
    assert "/*" not in sent
    assert ".tile," in sent
    assert len(sent) < len(written) * 0.8


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_button_says_in_english_what_it_does_and_not_what_was_done(path):
    """发布 is both: on a button without its context it read “Published”."""
    for word, context in BUTTON.findall(path.read_text(encoding="utf-8")):
        with override("en"):
            english = pgettext(context, word) if context else gettext(word)
        assert not re.match(r"[a-z]|\w+ed\b|\w+ (started|revoked|deleted)$", english), f"{word}: {english}"


def test_a_step_says_in_english_what_was_done_and_not_what_to_do():
    """送审 is both: in a chapter's history it read “Send for review”."""
    written = [found for path in TEMPLATES for found in BUTTON.findall(path.read_text(encoding="utf-8"))]
    lives = [model for model in apps.get_models() if hasattr(model, "Action") and model.__name__.endswith("Step")]
    chinese = {act: str(act.label) for model in lives for act in model.Action}
    with override("en"):
        buttons = {(word, pgettext(context, word) if context else gettext(word)) for word, context in written}
        steps = {(word, str(act.label)) for act, word in chinese.items()}

    assert len(lives) > 8
    assert not steps & buttons


def test_buttons_are_found():
    assert sum(len(BUTTON.findall(path.read_text(encoding="utf-8"))) for path in TEMPLATES) > 100


def test_nothing_is_said_in_machine_words():
    rooms = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"]
    sources = [path for room in rooms for path in room.rglob("*.py") if "migrations" not in path.parts]
    machine = re.compile("|".join(MACHINE_WORDS))

    said = [
        f"{place}: {found[0]}"
        for path in (*sources, *TEMPLATES, *SCRIPTS)
        for place, line in lines_of(path)
        if (found := machine.search(line))
    ]

    assert said == []


def test_each_decision_has_its_own_number():
    numbers = [path.name[:4] for path in (ROOT / "docs/decisions").glob("0*.md")]
    assert len(set(numbers)) == len(numbers)
