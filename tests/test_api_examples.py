"""The examples of docs/api-examples.md run as printed, against a real server."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.tokens import create_token
from plan.models import Plan
from tests.factories import make_person

TEXT = (Path(settings.BASE_DIR) / "docs" / "api-examples.md").read_text("utf-8")


def example(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL).group(1)


def run(command: list[str], server, token="", **more):
    environment = {**os.environ, "PLAN_SITE": server.url, "PLAN_TOKEN": token, "PYTHONWARNINGS": "error"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, **more)


@pytest.fixture
def site(transactional_db, live_server, plan):
    return live_server


@pytest.mark.breadth
def test_the_python_example_runs_as_printed(site):
    done = run([sys.executable, "-c", example("python")], site)

    assert done.returncode == 0, done.stderr
    assert re.search(r"I-01 .*6\.67", done.stdout)


@pytest.mark.breadth
def test_the_python_example_reads_a_closed_site_with_a_token(site, settings):
    settings.PUBLIC_READ = False
    ana = make_person("ana")
    _row, secret = create_token(by=ana, name="示例", scope="export", days=1, today=timezone.localdate())

    without, with_token = (run([sys.executable, "-c", example("python")], site, token) for token in ("", secret))

    assert "403" in without.stderr
    assert with_token.returncode == 0, with_token.stderr


@pytest.mark.breadth
@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_the_curl_example_runs_as_printed(site, tmp_path):
    done = run(["bash", "-euc", example("sh")], site, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert '"known":true,"changed":false' in done.stdout
    assert (tmp_path / "package.zip").read_bytes()[:2] == b"PK"


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no R")
def test_the_r_example_runs_as_printed(site):
    done = run(["Rscript", "-e", example("r")], site)

    assert done.returncode == 0, done.stderr


def test_power_query_asks_for_columns_the_file_has(plan, client):
    from indicators.files.columns import OBSERVATION

    named = set(re.findall(r'\{"(.+?)", ', example("powerquery")))

    assert named <= {column.zh for column in OBSERVATION.values()}
    assert Plan.objects.filter(slug="sz-sti-14").exists()
