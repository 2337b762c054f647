"""The product as it is deployed: gunicorn, and a real nginx before it, on loopback ports of their own."""

import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

from tests.jobs import processes

PROXY, STRANGER, OWNER = "127.0.0.1", "127.0.0.66", "127.0.0.77"
CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{upstream};
            proxy_set_header Host 127.0.0.1;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }}
    }}
}}
"""


class Visitor:
    """A browser at an address of its own; `headers` are sent along with everything."""

    def __init__(self, port, address, **headers):
        self.port, self.address, self.headers, self.cookies = port, address, headers, {}

    def ask(self, method, path, body=None):
        """Status, headers and text of an answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(self.address, 0))
        headers = self.headers | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, body, headers)
        answer = line.getresponse()
        text = answer.read().decode()
        for given in answer.headers.get_all("Set-Cookie") or []:
            name, _sign, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
        line.close()
        return answer.status, answer.headers, text

    def sign_in(self, name, password):
        """The status of a sign-in by the site's own form."""
        page = self.ask("GET", "/accounts/login/")[2]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        form = {"username": name, "password": password, "csrfmiddlewaretoken": token}
        return self.ask("POST", "/accounts/login/", urlencode(form))[0]


@contextmanager
def running(command, log, port, **more):
    """A process of this test that answers on a port; ended by its own number."""
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, **more)
        try:
            processes.wait_until(lambda: _answers(port, process), seconds=60, what=f"{command[0]}: {log}")
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def _answers(port, process):
    assert process.poll() is None, "the process ended"
    try:
        return Visitor(port, "127.0.0.1").ask("GET", "/healthz")[0] == 200
    except OSError:
        return False


@contextmanager
def site_behind_nginx(tmp_path, **environment):
    """Both running on this test's database; yields the ports of nginx and of gunicorn."""
    assert shutil.which("nginx"), "apt-get install nginx (.ci/run does)"
    port, upstream = processes.free_port(), processes.free_port()
    gunicorn = [sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "4", "-b", f"127.0.0.1:{upstream}"]
    given = processes.environment(tmp_path / "data", TRUSTED_PROXIES=PROXY, **environment)
    # Outside pytest's own folder, which its worker, an unprivileged user where root started nginx, cannot enter.
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)
        (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, port=port, upstream=upstream))
        nginx = [shutil.which("nginx"), "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")]
        with (
            running(
                [*gunicorn, "shenzhen_plan.wsgi"], tmp_path / "web", upstream, cwd=settings.BASE_DIR, env=given
            ),
            running(nginx, folder / "out", port, env=os.environ),
        ):
            yield port, upstream
