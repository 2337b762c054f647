"""The environment as operators write it: empty lines, typing errors, weak choices."""

import json
import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from shenzhen_plan.environment import Environment, keep_private
from tests.breadth import BREADTH, more

ROOT = Path(__file__).resolve().parent.parent
STRONG = "".join(chr(33 + (7 * number) % 90) for number in range(60))
NAMES = sorted(
    set(re.findall(r'env\.\w+\("([A-Z_]+)"', (ROOT / "shenzhen_plan/settings.py").read_text()))
    | set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
)
SAY = """
import django
django.setup()
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
cache.set("a", 1)
connection.ensure_connection()
print(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["verify"], connection.vendor, cache.get("a"),
      Client(SERVER_NAME="127.0.0.1").get("/api/v1/verify/" + "0" * 64 + "/").status_code in (404, 503, 500))
"""


def start(*words, data_dir, **given):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env = kept | {"DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "shenzhen_plan.settings"} | given
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=180, check=False
    )


def production(data_dir, **given):
    usual = {"DEBUG": "0", "SECRET_KEY": STRONG, "ALLOWED_HOSTS": "plan.example.org", "HTTPS": "1"}
    return start("manage.py", "check", data_dir=data_dir, **(usual | given))


@pytest.mark.breadth
def test_every_empty_variable_is_an_unset_one(tmp_path):
    assert {"DATABASE_URL", "CACHE_URL", "VERIFY_RATE", "EMAIL_URL", "IMPORT_MAX_MB", "PUBLIC_READ"} <= set(NAMES)
    empty = {name: "" for name in NAMES if name not in ("DATA_DIR", "PATH")}
    blank = dict.fromkeys(empty, "  ")

    for given in (empty, blank):
        done = start("-c", SAY, data_dir=tmp_path, **given)
        assert done.stdout.split()[:3] == ["60/min", "sqlite", "1"], done.stderr


@pytest.mark.breadth
def test_a_weak_key_is_taken_on_this_machine_alone_and_named(tmp_path):
    done = production(tmp_path, SECRET_KEY="bench", ALLOWED_HOSTS="127.0.0.1,localhost")

    assert done.returncode == 0, done.stderr
    assert "SECRET_KEY is weak" in done.stderr


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param({"SECRET_KEY": "x"}, "SECRET_KEY is weak", marks=BREADTH),
        ({"SECRET_KEY": "x" * 80}, "SECRET_KEY is weak"),
        pytest.param({"SECRET_KEY": "django-insecure-" + STRONG}, "SECRET_KEY is weak", marks=BREADTH),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS=*"),
        pytest.param({"ALLOWED_HOSTS": "plan.example.org, *"}, "ALLOWED_HOSTS=plan.example.org,*", marks=BREADTH),
        pytest.param({"ALLOWED_HOSTS": " ,"}, "ALLOWED_HOSTS", marks=BREADTH),
        ({"HTTPS": "ja"}, "HTTPS=ja"),
        pytest.param({"DEBUG": "maybe"}, "DEBUG=maybe", marks=BREADTH),
        ({"VERIFY_RATE": "sixty"}, "VERIFY_RATE=sixty"),
        pytest.param({"VERIFY_MAX_MB": "many"}, "VERIFY_MAX_MB=many", marks=BREADTH),
        ({"JOB_LEASE_SECONDS": "-1"}, "JOB_LEASE_SECONDS=-1"),
        ({"WATCHER_ADDRESSES": "10.0.0.300"}, "WATCHER_ADDRESSES"),
    ],
)
def test_production_refuses_what_is_weak_or_wrong_and_names_it(tmp_path, given, named):
    done = production(tmp_path, **given)

    assert done.returncode != 0
    assert named in done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("no", ["0", *more("no", "off", "False")])
def test_every_way_to_write_no_means_production(tmp_path, no):
    assert "SECRET_KEY" in production(tmp_path, DEBUG=no, SECRET_KEY="").stderr


@pytest.mark.breadth
def test_plain_http_in_production_is_named_by_the_check_and_at_each_start(tmp_path):
    checked = production(tmp_path, HTTPS="")
    started = start(
        "-c",
        "import shenzhen_plan.wsgi",
        data_dir=tmp_path,
        DEBUG="0",
        SECRET_KEY=STRONG,
        ALLOWED_HOSTS="a.example",
    )

    assert "plan.W002" in checked.stderr
    assert "plain HTTP" in started.stderr
    assert "plan.W002" not in production(tmp_path).stderr


@pytest.mark.breadth
def test_eight_processes_of_a_first_start_have_one_key(tmp_path):
    """The key was there empty before it was written: who came in between had none, and refused to start."""
    words = ["-c", "from django.conf import settings; print(settings.SECRET_KEY)"]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _number: start(*words, data_dir=tmp_path).stdout.strip(), range(8)))

    assert len(set(found)) == 1
    assert found[0] == (tmp_path / "secret_key").read_text()
    assert mode(tmp_path / "secret_key") == 0o600
    assert [path.name for path in tmp_path.glob("secret_key*")] == ["secret_key"]


@pytest.mark.breadth
def test_a_key_that_was_cut_off_is_made_anew(tmp_path):
    (tmp_path / "secret_key").write_text("")

    said = start("-c", "from django.conf import settings; print(settings.SECRET_KEY)", data_dir=tmp_path)
    assert len(said.stdout.strip()) > 50


@pytest.mark.breadth
def test_a_key_may_begin_with_a_dollar(tmp_path):
    assert production(tmp_path, SECRET_KEY=f"${STRONG}").returncode == 0


@pytest.mark.breadth
def test_preload_and_subdomains_only_when_asked(tmp_path):
    ask = "from shenzhen_plan import settings as s; print(s.SECURE_HSTS_SECONDS > 0,"
    ask += "s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD)"

    said = [
        start("-c", ask, data_dir=tmp_path, **given).stdout.split()
        for given in (
            {},
            {"HTTPS": "1"},
            {"HTTPS": "1", "HSTS_SUBDOMAINS": "1"},
            {"HTTPS": "1", "HSTS_PRELOAD": "1"},
        )
    ]

    assert said == [
        ["False", "False", "False"],
        ["True", "False", "False"],
        ["True", "True", "False"],
        ["True", "True", "True"],
    ]


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.breadth
def test_the_data_folder_and_its_files_are_the_owners_alone(tmp_path):
    """A new one, and one from before, whose files were everybody's to read."""
    folder = tmp_path / "old"
    (folder / "imports").mkdir(parents=True)
    (folder / "imports" / "figures").write_text("draft")
    (folder / "plan.sqlite3").touch()
    for path in (folder, folder / "imports"):
        path.chmod(0o755)
    for path in (folder / "imports" / "figures", folder / "plan.sqlite3"):
        path.chmod(0o644)

    for place in (folder, tmp_path / "new"):
        done = start("manage.py", "migrate", "contenttypes", "-v0", data_dir=place)
        assert done.returncode == 0, done.stderr
        found = [place, *place.rglob("*")]
        assert [path.name for path in found if mode(path) & 0o077] == []
    assert (folder / "imports" / "figures").read_text() == "draft"


def test_a_folder_that_others_use_stays_as_it_is(tmp_path):
    before = os.umask(0o022)
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    try:
        assert "others use" in keep_private(shared)
    finally:
        os.umask(before)
    assert mode(shared) == 0o1777


def test_every_setting_stands_in_the_example():
    """Others of the example are read elsewhere: the port and the processes of `up`, the password of the demo."""
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "shenzhen_plan/settings.py").read_text()))
    told = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert read - told == {"COLLECTING_STATIC"}, "say in .env.example what it is"


def test_words_and_rates(monkeypatch):
    env = Environment()
    monkeypatch.setenv("SOME", " a, ,b ")
    monkeypatch.setenv("HOW", "OFF")

    assert env.words("SOME") == ["a", "b"]
    assert env.rate("HOW", "1/min") is None
    assert env.rate("NOT_GIVEN", "1/min") == "1/min"
    with pytest.raises(ImproperlyConfigured, match="HOW"):
        env.bool("HOW") or env.int("HOW")


@pytest.mark.breadth
def test_headers_on_pages_files_and_static(plan, client):
    for address in ("/sz-sti-14/", "/sz-sti-14/items.csv", "/static/css/site.css", "/nothing/"):
        answer = client.get(address)
        assert "camera=()" in answer["Permissions-Policy"]
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_another_host_is_refused_in_words_and_one_line(tmp_path):
    pages, answers_in_json = ["/", "/sz-sti-14/", "/nothing/"], ["/sz-sti-14/items.json", "/api/v1/plans/"]
    addresses = pages + answers_in_json
    ask = "import django; django.setup(); from django.test import Client; c = Client(SERVER_NAME='evil.example')\n"
    ask += f"for address in {addresses}: r = c.get(address); print(r.status_code, r.content.decode().strip())"

    done = start("-c", ask, data_dir=tmp_path)

    told = done.stdout.splitlines()
    refusal = "此主机名不属于本站 / This host name is not one of the site's."
    problem = {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": refusal}
    in_json = json.dumps(problem, ensure_ascii=False)
    assert told == [f"400 {refusal}"] * len(pages) + [f"400 {in_json}"] * len(answers_in_json), done.stderr
    assert done.stderr.count("evil.example'. You") == len(addresses) == len(done.stderr.splitlines()), done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/readyz", "/metrics"])
@pytest.mark.parametrize(
    ("public", "named", "visitor", "let_in"),
    [
        (True, "", "203.0.113.7", True),
        (False, "", "203.0.113.7", False),
        (False, "", "127.0.0.1", False),
        (False, "10.1.0.0/16,127.0.0.1", "127.0.0.1", True),
        (False, "10.1.0.0/16,127.0.0.1", "10.1.255.3", True),
        (False, "10.1.0.0/16", "::ffff:10.1.0.3", True),
        (False, "10.1.0.0/16", "10.2.0.3", False),
        (False, "2001:db8::/32", "2001:db8::7", True),
        (False, "10.1.0.0/16", "", False),
        (True, "10.1.0.0/16", "203.0.113.7", False),
    ],
)
def test_watching_is_for_named_addresses_on_a_closed_site(address, public, named, visitor, let_in, settings):
    settings.PUBLIC_READ = public
    settings.WATCHER_ADDRESSES = [ip_network(word) for word in named.split(",") if word]

    answer = Client(REMOTE_ADDR=visitor).get(address)

    assert (answer.status_code == 403) is not let_in
    assert "plan_jobs" not in answer.content.decode() or let_in
    assert Client(REMOTE_ADDR=visitor).get("/healthz").status_code == 200
