"""deploy/several on loopback: two web machines and their own disks, a worker elsewhere, PgBouncer, nginx."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import Organisation
from plan.models import Item
from tests.drills.product import multipart
from tests.edge import AROUND, SECRET
from tests.factories import make_person
from tests.jobs import processes
from tests.test_pooler import POOLER, running_pooler, send
from tests.updates.test_views import VALUES

pytestmark = [
    pytest.mark.services,
    pytest.mark.drills,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="asked of PostgreSQL"),
    pytest.mark.skipif(not (POOLER and shutil.which("nginx")), reason="apt-get install pgbouncer nginx"),
]
SHIPPED = Path(settings.BASE_DIR) / "deploy" / "several" / "plan.conf"
HEAD = "component,year,value,value_status,released_on,source_title\n"
# More than a request compares itself: a worker opens the file.
ROWS = [
    f"I-01,2021,{1 + number / 1000},预计,2022-01-{1 + number % 28:02},来源 {number}\n" for number in range(600)
]


class House:
    """The machines: their ports, their environment, and one way to ask them."""

    def __init__(self, stack, folder, **given):
        self.stack, self.folder, self.given = stack, folder, given
        self.cookies, self.logs = {}, []

    def machine(self, name, *command, **changes):
        """A process of a machine whose disk is its own."""
        data = self.folder / name
        data.mkdir()
        log = (self.folder / f"{name}.log").open("wb")
        env = processes.environment(data, **self.given | changes)
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=settings.BASE_DIR, env=env, stdout=log, stderr=log
        )
        self.stack.callback(_end, process)
        return process

    def web(self, name):
        port = processes.free_port()
        self.machine(
            name, "gunicorn", "shenzhen_plan.wsgi", "-k", "gthread", "--threads", "4", "-b",
            f"127.0.0.1:{port}", "--no-control-socket",
        )  # fmt: skip
        processes.wait_until(lambda: self.get(port, "/healthz")[0] == 200, seconds=60, what=name)
        return port

    def worker(self, name, **changes):
        words = ("celery", "-A", "shenzhen_plan", "worker", "-c", "1", "-n", f"{name}@%h")
        return self.machine(name, *words, **changes)

    def get(self, port, path, person=""):
        return send(port, "GET", path, headers=self._headers(person))

    def post(self, port, path, person, form=None, files=None):
        body, kind = multipart(form or {}, files or {})
        headers = self._headers(person) | {"Content-Type": kind, "X-CSRFToken": "a" * 32}
        return send(port, "POST", path, body=body, headers=headers)

    def ready(self, port):
        status, _headers, body = self.get(port, "/readyz")
        return json.loads(body)["checks"].get("files") if status in (200, 503) else ""

    def _headers(self, person):
        cookies = {"csrftoken": "a" * 32} | ({"sessionid": self.cookies[person]} if person else {})
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}

    def sign_in(self, person):
        client = Client()
        client.force_login(person)
        self.cookies[person.username] = client.cookies["sessionid"].value


def _end(process):
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


@contextlib.contextmanager
def nginx(folder, *ports):
    """The shipped file with loopback addresses in it; the port it listens on."""
    own, text = processes.free_port(), SHIPPED.read_text()
    for shipped, here in zip(("10.0.0.11:8000", "10.0.0.12:8000", "listen 8080;"), (*ports, own), strict=True):
        put = f"listen 127.0.0.1:{here};" if shipped.startswith("listen") else f"127.0.0.1:{here}"
        assert text.count(shipped) == 1, shipped
        text = text.replace(shipped, put)
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        Path(place, "plan.conf").write_text(text)
        user = "user root;" if os.geteuid() == 0 else ""
        Path(place, "nginx.conf").write_text(AROUND.format(folder=place, user=user))
        command = [shutil.which("nginx"), "-c", f"{place}/nginx.conf", "-e", f"{place}/error.log"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield own
        finally:
            _end(process)


@pytest.fixture
def house(plan, tmp_path):
    with contextlib.ExitStack() as stack:
        redis = processes.Redis(tmp_path)
        redis.start()
        stack.callback(redis.stop)
        address = stack.enter_context(running_pooler())
        (tmp_path / "shared").mkdir()
        yield House(
            stack, tmp_path, DATABASE_URL=address, CELERY_BROKER_URL=f"redis://127.0.0.1:{redis.port}/0",
            FILES_STORAGE=str(tmp_path / "shared"), SECRET_KEY=SECRET, INSTALLATION_KEYS="k" * 50,
            SUB_PATH="/plan", JOB_SWEEP_SECONDS="2",
        )  # fmt: skip


def test_what_one_machine_takes_another_hands_out(house, plan, settings):
    settings.SECRET_KEY = SECRET
    root, organisation = f"/{plan.slug}", Organisation.objects.create(code="zz", name="测试单位")
    Item.objects.filter(plan=plan, code="A-01.3").update(lead=organisation)
    house.sign_in(make_person("ana", "analyst"))
    house.sign_in(make_person("rep", "reporter", organisation=organisation))
    one, two = house.web("one"), house.web("two")
    worker = house.worker("far")
    processes.wait_until(
        lambda: house.ready(one) == house.ready(two) == "ok", seconds=60, what="both see the files"
    )

    # An attachment: handed in at one, taken from the other.
    answer = house.post(
        one, f"{root}/items/A-01.3/report/", "rep", VALUES, {"attachments": ("a.csv", "a,b\n1,2\n")}
    )
    update = re.search(r"/updates/(\d+)/", answer[1].get("Location", ""))
    assert (answer[0], bool(update)) == (302, True), answer[2][:2000]
    page = house.get(two, f"{root}/updates/{update[1]}/", "rep")[2].decode()
    file = re.search(r'href="/plan(/[^"]+/files/\d+/)"', page)[1]
    assert house.get(two, file, "rep")[2].startswith(b"a,b\n1,2\n")

    # An import: taken in at one, opened by the other, compared by the worker.
    answer = house.post(one, f"{root}/data/imports/upload/", "ana", {}, {"file": ("f.csv", HEAD + "".join(ROWS))})
    batch = re.search(r"/imports/(\d+)/mapping/$", answer[1]["Location"])[1]
    mapping = {f"column_{place}": name for place, name in enumerate(HEAD.strip().split(","))}
    assert house.post(two, f"{root}/data/imports/{batch}/mapping/", "ana", mapping)[0] == 302
    state = f"{root}/data/imports/{batch}/state.json"
    processes.wait_until(
        lambda: b'"checked"' in house.get(two, state, "ana")[2], seconds=90, what="compared by the worker"
    )

    # A report: asked for at one, made by the worker, taken from the other.
    answer = house.post(one, f"{root}/reports/make/", "ana", {"query": "dataset=observations&format=csv"})
    run = answer[1]["Location"].removeprefix("/plan")
    made = f"{run}file/"
    processes.wait_until(lambda: house.get(two, made, "ana")[0] == 200, seconds=90, what="made by the worker")
    assert house.get(two, made, "ana")[2] == house.get(one, made, "ana")[2]
    assert sorted(path.name for path in (house.folder / "shared").iterdir()) == [
        "attachments", "imports", "reports", "storage-token",
    ]  # fmt: skip

    # Through nginx below /plan/, also with one of them gone.
    with nginx(house.folder, one, two) as edge:
        processes.wait_until(lambda: house.get(edge, f"/plan{made}", "ana")[0] == 200, seconds=20, what="nginx")
        page = house.get(edge, f"/plan{root}/", "ana")[2].decode()
        style = re.search(r'href="(/plan/static/[^"]+\.css)"', page)[1]
        assert house.get(edge, style)[0] == 200
        assert house.get(edge, f"{root}/")[0] == 404

    # A worker whose share is not mounted is named on both machines.
    _end(worker)
    house.worker("blind", FILES_STORAGE=str(house.folder / "elsewhere"))
    for port in (one, two):
        told = processes.wait_until(
            lambda port=port: found if (found := house.ready(port)) != "ok" else "", seconds=90, what="named"
        )
        assert re.search(r"worker \S+ does not see the files of the other processes: there is no", told)
