"""What holds for the project as a whole: directions of import, start-up, languages, production settings."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from gettext import GNUTranslations
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from django.template import engines

ROOT = Path(__file__).resolve().parent.parent
# Rooms of the product. Those of invented data speak of the plan they were made for; settings name a default.
APPS = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
NAMES_A_PLAN = {"training", "styleguide", "shenzhen_plan"}
UNSET = {"DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "DJANGO_ALLOW_ASYNC_UNSAFE"}


def run(*command, **environment):
    env = {key: value for key, value in os.environ.items() if key not in UNSET}
    return subprocess.run(
        command, cwd=ROOT, env=env | environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_apps_import_downwards_only():
    result = run(str(Path(sys.executable).with_name("lint-imports")))

    assert result.returncode == 0, result.stdout


# Packages whose modules need no floors of their own: Django looks them up by their names.
BY_NAME = {"migrations", "templatetags", "management", "commands", "formats", "en"}


def test_every_module_has_its_floor():
    """Each package of the product stands in a contract that names all its modules."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    named = {name for row in contracts if row.get("exhaustive") for name in row["containers"]}
    packages = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for app in APPS
        for path in (ROOT / app).rglob("__init__.py")
        if not BY_NAME & set(path.parts)
    }

    assert packages - named == set()
    assert named - packages == set()


# Shown by another room than its own: the gallery shows the wall as it is.
SHOWN_ELSEWHERE = {("styleguide", "dashboard/wall.html")}


def test_a_page_stands_in_the_folder_of_its_room():
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()} - {"_components"}
    named = re.compile(r"""["']([a-z_]+/[\w/]+\.html)["']""")
    rendered = {
        (app, name)
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for name in named.findall(path.read_text(encoding="utf-8"))
    }

    assert folders - APPS == set()
    assert len(rendered) > 100
    elsewhere = {(app, name) for app, name in rendered if name.split("/")[0] not in (app, "_components")}
    assert elsewhere == SHOWN_ELSEWHERE


def test_only_templates_load_template_tags():
    """What code and templates both say lives in a module; a tag library is for templates alone."""
    importing = re.compile(r"^\s*(?:from|import) (?!django)[\w.]*templatetags", re.MULTILINE)
    offenders = [
        str(path.relative_to(ROOT))
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if importing.search(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []


def test_a_template_loads_what_it_uses():
    """A tag or a filter of each library it names, by what Django has registered, however that was written."""
    loads = re.compile(r"{%\s*load\s+([^%]+?)\s*%}")
    libraries = engines["django"].engine.template_libraries
    found, unused = 0, []
    for path in sorted((ROOT / "templates").rglob("*.*")):
        text = path.read_text(encoding="utf-8")
        within = "\n".join(re.findall(r"{[{%].*?[%}]}", loads.sub("", text)))
        used = set(re.findall(r"{%\s*(\w+)", within)) | set(re.findall(r"\|\s*(\w+)", within))
        named = [name for words in loads.findall(text) for name in words.split()]
        found += len(named)
        unused += [
            f"{path.relative_to(ROOT)}: {name}"
            for name in named
            if named.count(name) > 1 or not used & {*libraries[name].tags, *libraries[name].filters}
        ]

    assert found > 300
    assert unused == []


def test_rooms_that_ask_which_database_it_is_are_asked_of_both():
    """The tests of all others run on one of them at each change (docs/testing.md)."""
    asking = {path.relative_to(ROOT).parts[0] for app in APPS for path in (ROOT / app).rglob("*.py")
              if re.search(r"\bconnection\.vendor\b", path.read_text())}  # fmt: skip

    asked = {path.relative_to(ROOT).parts[1] for path in (ROOT / "tests").glob("*/test_*.py")
             if "pytest.mark.both_databases" in path.read_text()}  # fmt: skip
    # The frame is in every page; the data of the bench is loaded into PostgreSQL alone.
    assert asking - {"shenzhen_plan", "training"} <= asked


def test_web_process_starts_without_pandas_numpy_or_plotly():
    code = (
        "import django, sys; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns;"
        "print([name for name in ('pandas', 'numpy', 'plotly', 'openpyxl') if name in sys.modules])"
    )

    result = run(sys.executable, "-c", code, DJANGO_SETTINGS_MODULE="shenzhen_plan.settings")

    assert result.stdout.strip() == "[]", result.stderr


# `.ci/run` asks the same before all tests.
@pytest.mark.breadth
def test_migrations_are_complete():
    result = run(sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("given", "missing"),
    [({}, "SECRET_KEY"), ({"SECRET_KEY": "x" * 60}, "ALLOWED_HOSTS")],
)
def test_production_refuses_to_start_and_says_what_is_missing(given, missing):
    result = run(sys.executable, "manage.py", "check", DEBUG="0", **given)

    assert result.returncode != 0
    assert f"{missing} is not set" in result.stderr


# `.ci/run` asks the same before all tests.
@pytest.mark.breadth
def test_production_settings_pass_the_deployment_check():
    secret = "".join(chr(33 + (7 * number) % 90) for number in range(60))

    result = run(
        sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING",
        DEBUG="0", SECRET_KEY=secret, ALLOWED_HOSTS="plan.example.org", HTTPS="1",
    )  # fmt: skip

    assert result.returncode == 0, result.stderr


def test_english_is_complete():
    catalogue = polib.pofile(str(ROOT / "locale/en/LC_MESSAGES/django.po"))

    assert [entry.msgid for entry in catalogue if not entry.translated()] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy or entry.obsolete] == []


def test_the_catalogue_stands_as_make_messages_writes_it():
    """A sentence a line, so that a change of words shows those words alone; other tools wrap it when they save."""
    text = (ROOT / "locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")

    assert re.findall(r'^msg\w+ ""\n"(?:(?!\\n"$).)*"$', text, re.MULTILINE) == []


def words_of(catalogue):
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue}


@pytest.mark.skipif(not shutil.which("xgettext") and not os.environ.get("CI"), reason="needs GNU gettext")
def test_every_word_of_code_and_templates_is_in_the_catalogue(tmp_path, settings, monkeypatch):
    """Taken out afresh: the catalogue holds each of them, and nothing that no code says any more."""
    sources = tmp_path / "sources"
    left_out = (".*", "node_modules", "var", "static", "fixtures", "docs", "tests", "locale", "__pycache__")
    shutil.copytree(ROOT, sources, symlinks=True, ignore=shutil.ignore_patterns(*left_out))
    (sources / "locale").mkdir()
    settings.LOCALE_PATHS = [sources / "locale"]
    monkeypatch.chdir(sources)

    call_command("makemessages", verbosity=0)

    found = words_of(polib.pofile(str(sources / "locale/en/LC_MESSAGES/django.po")))
    held = words_of(polib.pofile(str(ROOT / "locale/en/LC_MESSAGES/django.po")))
    assert sorted(map(str, found - held)) == [], "run make messages and translate what is new"
    assert sorted(map(str, held - found)) == [], "run make messages: no code says these any more"


def test_gettext_goes_by_names_that_extraction_knows():
    """`gettext_lazy as _lazy` is an ordinary function to xgettext: its words would never reach the catalogue."""
    named = [
        f"{path.relative_to(ROOT)}: {name.name} as {name.asname}"
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname not in (None, "_")
    ]

    assert named == []


def test_the_words_are_compiled_without_gettext(tmp_path, settings, monkeypatch):
    settings.LOCALE_PATHS = [tmp_path]
    folder = tmp_path / "en/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text((ROOT / "locale/en/LC_MESSAGES/django.po").read_text("utf-8"), "utf-8")
    monkeypatch.setenv("PATH", "")

    call_command("compilemessages")

    with (folder / "django.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    assert compiled.gettext("暂无数据") == "No data"
    assert compiled.ngettext("逾期 %(n)s 天", "逾期 %(n)s 天", 2) == "%(n)s days overdue"


def test_no_table_of_numbers_is_kept_in_code():
    """Nothing in the code names this plan's year or counts: they are rows (design, section 3)."""
    code = [
        path
        for app in APPS - NAMES_A_PLAN
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
    ]

    offenders = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in code
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\b2025\b|十四五|sz-sti", line) and '"""' not in line and "help=" not in line
    ]
    assert [row for row in offenders if "EXAMPLE" not in row and '"target_year": 2025' not in row] == []


# Two classes of one name, and why: a database column and the form field it brings go by one name, as Django's do;
# a management command has to be called so.
SAME_NAMES = {"LineField", "ProseField", "AddressField", "EmailField", "Command"}


def test_a_class_is_named_by_what_it_is():
    """A `Line` or `Table` in several modules says nothing; nested ones (Meta, State) have their owner."""
    defined = [
        node.name
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]

    assert {name for name, times in Counter(defined).items() if times > 1} == SAME_NAMES


# Where what was known on a day may be written as a condition; everywhere else the QuerySets of these are asked.
DAY_FILTERS = (
    "indicators/known.py",
    "indicators/models.py",
    "updates/models.py",
)


def test_what_was_known_on_a_day_is_said_once():
    by_hand = re.compile(
        r"released_on__lte|known_on__(lte|lt|gte?)|at__date__|effective_on__lte|document_date__lte"
        r"|(released_on|known_on|effective_on) (<=|>) "
    )

    offenders = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in ROOT.rglob("*.py")
        if not {"tests", "migrations", "node_modules", ".venv", "var"} & set(path.relative_to(ROOT).parts)
        and str(path.relative_to(ROOT)) not in DAY_FILTERS
        for line in path.read_text(encoding="utf-8").splitlines()
        if by_hand.search(line)
    ]

    assert offenders == []


def test_when_a_day_begins_and_ends_is_said_once():
    """`__date` casts every row of a table in the site's zone; a bound from plan.days lets an index find them."""
    by_hand = re.compile(r"__date(__\w+)?=|\btime\.min\b|\bmin\.time\(|\bmax\.time\(|\btime\.max\b")

    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if by_hand.search(line)
    ]

    assert [line.split(":")[0] for line in found] == ["plan/days.py"], found


def test_whole_numbers_from_outside_are_read_in_one_place():
    """`isdigit` takes ², `int` takes ١٢ and 1_0 and chokes on thousands of digits: texts.numbers knows better."""
    by_hand = re.compile(r"\.isdigit\(|\.isdecimal\(|\.isnumeric\(|\bint\((request|params|self\.request)\b")
    # A password is read letter by letter, for what kinds of letters it holds.
    allowed = {"texts/numbers.py", "accounts/passwords.py"}
    rooms = [folder for folder in ROOT.iterdir() if (folder / "__init__.py").exists() and folder.name != "tests"]

    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for room in rooms
        for path in room.rglob("*.py")
        if str(path.relative_to(ROOT)) not in allowed
        for line in path.read_text(encoding="utf-8").splitlines()
        if by_hand.search(line)
    ]

    assert len(rooms) > 15
    assert found == []


def test_every_writer_of_xml_goes_by_the_one_rule():
    """Workbooks, Word files and feeds: a module that makes one has `xml_safe` at hand."""
    makes = re.compile(
        r"\bWorkbook\(|docx\.Document\(|SyndicationFeed|Rss201rev2Feed|Atom1Feed|xmlns=|ElementTree"
    )
    writers = {
        str(path.relative_to(ROOT)): "from texts.xml import xml_safe" in text
        for room in ROOT.iterdir()
        if (room / "__init__.py").exists() and room.name not in ("tests", "texts")
        for path in room.rglob("*.py")
        if makes.search(text := path.read_text(encoding="utf-8"))
    }

    assert len(writers) >= 5
    assert [name for name, is_safe in writers.items() if not is_safe] == []


def test_lists_declare_their_filters():
    """What a list's address takes stands in its declaration and nowhere else (decisions/0021)."""
    by_hand = re.compile(r"GET\.get\([^)]*\)\.strip\(\)|params\.get\([^)]*\)\.strip\(\)\[")
    # Search, the text's own words and the report desk's free list of codes are no filters of a list.
    allowed = {"plan/list_filters.py", "plan/views_search.py", "plan/views_text.py"}

    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for app in APPS - {"accounts"}
        for path in (ROOT / app).rglob("*.py")
        if str(path.relative_to(ROOT)) not in allowed
        for line in path.read_text(encoding="utf-8").splitlines()
        if by_hand.search(line)
    ]

    assert found == []
