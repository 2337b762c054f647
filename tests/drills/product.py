"""The real product as a drill meets it: prepared, started, asked, killed; everything by pid and on loopback."""

import contextlib
import glob
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings

from jobs import supervisor
from tests.edge import HOST, SECRET
from tests.jobs import processes

PLAN = "sz-sti-14"
# A drill knows what it set and nothing of the shell it is started from: lease, sweep and limits are those shipped.
INHERITED = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV")
UNITS = Path(settings.BASE_DIR) / "deploy" / "systemd"
# Settings that differ from those shipped in one thing: nothing comes by the clock but the sweep.
WITHOUT_NIGHTS = "tests.drills.without_nights"
RESULTS = Path(settings.BASE_DIR) / "artifacts" / "drills.jsonl"


def number(name, usual):
    """A size of the night's drills, from the environment."""
    return int(os.environ.get(name) or usual)


def record(drill, **found):
    """Keeps what a drill came to, for the table of docs/reliability.md, and shows it."""
    RESULTS.parent.mkdir(exist_ok=True)
    line = json.dumps({"drill": drill, **found}, ensure_ascii=False)
    with RESULTS.open("a") as file:
        file.write(line + "\n")
    print(line)


class Postgres:
    """A cluster of the drill's own, so that it can be stopped."""

    def __init__(self, stack):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin")) or [shutil.which("initdb") or ""]
        self.bin = Path(found[-1]) if Path(found[-1]).is_dir() else Path(found[-1]).parent
        if not (self.bin / "initdb").exists():
            pytest.skip("needs PostgreSQL's own programs (initdb, pg_ctl)")
        self.port = processes.free_port()
        # Not below pytest's folder, which the account of the database cannot enter.
        self.place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="drill-pg-")))
        if os.geteuid() == 0:
            shutil.chown(self.place, "postgres", "postgres")
        self._run("initdb", "-D", self.place / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8")
        self.start()
        stack.callback(self.stop)
        self._run("createdb", *self._where(), "plan")
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/plan"

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.place}"
        self._run("pg_ctl", "-D", self.place / "data", "-l", self.place / "log", "-w", "-o", options, "start")

    def stop(self):
        """As a machine that fails: no connection is waited for, nothing is written out."""
        self._run("pg_ctl", "-D", self.place / "data", "-m", "immediate", "-w", "stop")

    def sql(self, statement):
        self._run("psql", "-q", *self._where(), "-v", "ON_ERROR_STOP=1", "-c", statement, "plan")

    def bench(self, script, connections, seconds):
        """Transactions a second of a script, by pgbench."""
        words = ("-n", "-c", connections, "-T", seconds, "-f", "-", "plan")
        told = self._run("pgbench", *self._where(), *words, given=script.read_text())
        return float(re.search(r"tps = ([\d.]+)", told)[1])

    def _where(self):
        return ("-h", "127.0.0.1", "-p", self.port, "-U", "postgres")

    def _run(self, program, *words, given=None):
        as_whom = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_whom, str(self.bin / program), *map(str, words)]
        # Into a file: a server that is started keeps what it is given open.
        with tempfile.TemporaryFile("w+") as out:
            subprocess.run(command, check=True, cwd="/", stdout=out, input=given, text=True, timeout=60)
            out.seek(0)
            return out.read()


class Installation:
    """One set-up of the product on a folder of its own."""

    headers: dict[str, str] = {}

    def __init__(self, folder, stack, *, code=settings.BASE_DIR, **environment):
        self.code = code  # which version of the product runs
        self.data, self.log = folder / "data", folder / "product.log"
        self.data.mkdir(exist_ok=True)
        self.port = processes.free_port()
        self.roots, self.killing = [], threading.RLock()
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self.env = inherited | {"DATA_DIR": str(self.data), "PYTHONUNBUFFERED": "1"} | environment
        stack.callback(self.kill)
        self.manage("migrate", "-v0")
        self.manage("load_plan", f"fixtures/{PLAN}", "-v0")
        self.given = self.prepare()

    def commands(self):
        raise NotImplementedError

    def start(self):
        first, *others = self.commands()
        self.roots = [self._run(first, group=0)]
        for command in others:
            self.run_beside(command)
        processes.wait_until(self.is_ready, seconds=90, what=f"ready: {self.log}")

    def run_beside(self, command, **changes):
        """One more process in the group that is killed together; None where the group is not there."""
        with self.killing:
            if not self.roots:
                return None
            process = self._run(command, group=self.roots[0].pid, **changes)
            self.roots.append(process)
            return process

    def _run(self, command, *, group, **changes):
        with self.log.open("a") as log:
            places = {"cwd": self.code, "env": self.env | changes, "stdout": log, "stderr": log}
            return subprocess.Popen(command, process_group=group, **places)

    def look_after(self, seconds, until=lambda: False):
        """Starts again what ends, as systemd does (Restart=always, RestartSec=2); how often that was."""
        deadline, restarts = time.monotonic() + seconds, 0
        while time.monotonic() < deadline and not until():
            time.sleep(2)
            for place, root in enumerate(self.roots):
                if root.poll() is not None:
                    self.roots[place] = self._run(root.args, group=0)
                    restarts += 1
        return restarts

    def family(self):
        """(pid, birth) of every process of the product that lives."""
        roots = [(root.pid, supervisor.born(root.pid)) for root in self.roots if root.poll() is None]
        return roots + [found for root in self.roots for found in supervisor.descendants(root.pid)]

    def kill(self):
        """Kill -9 of the whole group, and of whoever left it."""
        with self.killing:
            self._kill()

    def _kill(self):
        family = self.family()
        if self.roots:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.roots[0].pid, signal.SIGKILL)
        for pid, birth in family:
            if birth and supervisor.born(pid) == birth:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        for root in self.roots:
            root.wait(20)
        self.roots = []

    def is_ready(self, port=0):
        try:
            status, _location, body = self.ask("GET", "/readyz", port=port)
        except OSError:
            return False
        # Versions of before November 2026 answer 200 or 503 and no list.
        return status == 200 and json.loads(body).get("wrong", []) == []

    def wrong(self):
        """The checks that /readyz finds wrong, with its words."""
        found = json.loads(self.ask("GET", "/readyz")[2])
        return {name: found["checks"][name] for name in found["wrong"]}

    def ask(self, method, path, person="", form=None, files=None, port=0):
        """Status, Location and text of an answer; OSError where none came."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=60)
        body, headers = None, dict(self.headers)
        token = "a" * 32
        cookies = {"csrftoken": token} | (self.given["cookies"][person] if person else {})
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        if method == "POST":
            body, headers["Content-Type"] = multipart(form or {}, files or {})
            headers["X-CSRFToken"] = token
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read().decode(errors="replace")
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def manage(self, *words):
        self._python("manage.py", *words)

    def prepare(self):
        """Two people who have signed in, and where figures can be entered."""
        return json.loads(self._python("-m", "tests.drills.people"))

    def examine(self, what, given=None):
        """What tests.drills.examine says of this installation."""
        return json.loads(self._python("-m", "tests.drills.examine", what, given=json.dumps(given or {})))

    def _python(self, *words, given=None):
        done = subprocess.run(
            [sys.executable, *words], cwd=self.code, env=self.env, input=given, timeout=600,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stderr[-3000:]}"
        return done.stdout

    def wait_quiet(self, seconds=300):
        """Seconds until no job waits or runs."""
        found = self.examine("quiet", {"seconds": seconds})
        assert found["waited"] is not None, f"jobs are still open after {seconds} s: {found}"
        return found["waited"]


class Embedded(Installation):
    """`manage.py up`: SQLite, the folder queue, nothing else."""

    name = "embedded"

    def __init__(self, folder, stack, **given):
        super().__init__(folder, stack, **given)
        self.env |= {"HOST": "127.0.0.1", "PORT": str(self.port)}

    def commands(self):
        return [[sys.executable, "manage.py", "up"]]


class Production(Installation):
    """What deploy/systemd starts, its own words: two web processes, two workers, beat, on PostgreSQL and Redis."""

    name = "production"
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "Origin": f"https://{HOST}"}

    def __init__(self, folder, stack, **given):
        self.postgres = Postgres(stack)
        self.broker, self.cache = (processes.Redis(folder) for _ in range(2))
        for redis in (self.broker, self.cache):
            redis.start()
            stack.callback(redis.stop)
        super().__init__(
            folder, stack, DEBUG="0", SECRET_KEY=SECRET, ALLOWED_HOSTS=HOST, HTTPS="1",
            TRUSTED_PROXIES="127.0.0.1", DATABASE_URL=self.postgres.url, CELERY_BROKER_URL=f"redis://127.0.0.1:{self.broker.port}/0",
            CACHE_URL=f"rediscache://127.0.0.1:{self.cache.port}/0", **given,
        )  # fmt: skip

    def commands(self):
        worker = shipped("worker")
        return [self.web(self.port), [*worker, "-n", "one@%h"], [*worker, "-n", "two@%h"], shipped("beat")]

    def web(self, port):
        return [word.replace("127.0.0.1:8000", f"127.0.0.1:{port}") for word in shipped("web")]


def shipped(unit):
    """The command of a unit file as it is shipped, run by this Python."""
    text = (UNITS / f"plan-{unit}.service").read_text()
    line = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    program, *words = line.removeprefix("ExecStart=").split()
    return [sys.executable, "-m", Path(program).name, *words]


def multipart(form, files):
    """A form as a browser sends it: (body, content type)."""
    boundary = "drill-5d0f7b2c"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form.items()
    ]
    parts += [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
        f"Content-Type: text/csv\r\n\r\n{text}\r\n"
        for name, (file, text) in files.items()
    ]
    return ("".join(parts) + f"--{boundary}--\r\n").encode(), f"multipart/form-data; boundary={boundary}"
