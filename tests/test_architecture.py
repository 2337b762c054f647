"""What holds for the project as a whole: directions of import, start-up, languages, production settings."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UNSET = {"DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "DJANGO_ALLOW_ASYNC_UNSAFE"}


def run(*command, **environment):
    env = {key: value for key, value in os.environ.items() if key not in UNSET}
    return subprocess.run(
        command, cwd=ROOT, env=env | environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_apps_import_downwards_only():
    result = run(str(Path(sys.executable).with_name("lint-imports")))

    assert result.returncode == 0, result.stdout


def test_web_process_starts_without_pandas_numpy_or_plotly():
    code = (
        "import django, sys; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns;"
        "print([name for name in ('pandas', 'numpy', 'plotly', 'openpyxl') if name in sys.modules])"
    )

    result = run(sys.executable, "-c", code, DJANGO_SETTINGS_MODULE="shenzhen_plan.settings")

    assert result.stdout.strip() == "[]", result.stderr


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


def test_production_settings_pass_the_deployment_check():
    secret = "".join(chr(33 + (7 * number) % 90) for number in range(60))

    result = run(
        sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING",
        DEBUG="0", SECRET_KEY=secret, ALLOWED_HOSTS="plan.example.org", HTTPS="1",
    )  # fmt: skip

    assert result.returncode == 0, result.stderr


def test_english_is_complete_and_compiled():
    folder = ROOT / "locale/en/LC_MESSAGES"
    catalogue = (folder / "django.po").read_text(encoding="utf-8")

    entries = re.findall(r'msgid ((?:"[^\n]*"\n)+)msgstr ((?:"[^\n]*"\n?)+)', catalogue)
    missing = [msgid for msgid, msgstr in entries[1:] if msgstr.strip() == '""']
    assert missing == []
    assert "#, fuzzy" not in catalogue.split('msgid ""', 1)[1]
    compiled = (folder / "django.mo").read_bytes()
    assert all(
        "".join(re.findall(r'"(.*)"', msgstr)).encode().decode("unicode_escape", "ignore")[:0] == ""
        for _, msgstr in entries
    )
    assert compiled.count(b"\0") > len(entries)


def test_no_table_of_numbers_is_kept_in_code():
    """Nothing in the code names this plan's year or counts: they are rows (design, section 3)."""
    code = [
        path
        for app in (
            "plan",
            "indicators",
            "platforms",
            "actions",
            "clusters",
            "reports",
            "charts",
            "jobs",
            "accounts",
        )
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
