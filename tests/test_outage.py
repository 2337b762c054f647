"""The database away: a clear answer at once, and no restart once it is back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ASK = """
import django
django.setup()
from django.test import Client
client = Client(SERVER_NAME="127.0.0.1")
for address in ("/sz-sti-14/", "/api/v1/plans/", "/sz-sti-14/indicators.json", "/healthz", "/readyz"):
    answer = client.get(address)
    print(answer.status_code, answer.headers.get("Retry-After", "-"), answer.content.decode()[:40].splitlines()[0])
"""


@pytest.mark.breadth
def test_without_a_database_pages_say_so():
    env = os.environ | {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
        "DJANGO_SETTINGS_MODULE": "shenzhen_plan.settings",
    }

    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )

    lines = [line.split(" ", 2) for line in done.stdout.splitlines()]
    assert [line[:2] for line in lines] == [
        ["503", "10"],
        ["503", "10"],
        ["503", "10"],
        ["200", "-"],
        ["503", "-"],
    ], done.stderr
    assert lines[1][2].startswith('{"type": "about:blank"')
