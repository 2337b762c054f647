"""The product as deploy/ sets it up: gunicorn behind nginx with the shipped configuration, on loopback."""

import http.client
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from tests.jobs import processes

HOST = "plan.example.org"
SHIPPED = Path(settings.BASE_DIR) / "deploy" / "nginx" / "plan.conf"
SECRET = "".join(chr(33 + (7 * number) % 90) for number in range(60))
AROUND = """
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/plan.conf;
}}
"""


class Edge:
    """Where both listen, and what the product was asked."""

    def __init__(self, folder, log):
        self.folder, self.log = folder, log
        self.port, self.plain, self.product = (processes.free_port() for _ in range(3))

    def tls(self, address="127.0.0.1", timeout=30):
        """A connection from an address of this machine's own."""
        trusting = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        trusting.check_hostname = False  # asked by number
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=timeout, source_address=(address, 0), context=trusting
        )

    def ask(self, method, path, *, address="127.0.0.1", body=None, **headers):
        """Status, headers and text of an answer."""
        line = self.tls(address)
        with suppress_close(line):
            line.request(method, path, body, {"Host": HOST} | headers)
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def asked(self):
        """What reached the product: its own access log."""
        return self.log.read_text()


@contextmanager
def suppress_close(line):
    try:
        yield
    finally:
        with suppress(OSError):
            line.close()


def configuration(edge):
    """The shipped file with the site's own values in it; every other line as it is."""
    text = SHIPPED.read_text()
    changes = {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{edge.product};",
        "  listen 80;\n  listen [::]:80;\n": f"  listen 127.0.0.1:{edge.plain};\n",
        "  listen 443 ssl http2;\n  listen [::]:443 ssl http2;\n": f"  listen 127.0.0.1:{edge.port} ssl http2;\n",
        "/etc/ssl/plan/fullchain.pem": f"{edge.folder}/cert.pem",
        "/etc/ssl/plan/privkey.pem": f"{edge.folder}/key.pem",
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@contextmanager
def running_edge(tmp_path, **environment):
    """The site behind its edge, on this test's database."""
    assert shutil.which("nginx"), "apt-get install nginx openssl (.ci/run does)"
    # Outside pytest's own folder, which nginx's workers cannot enter where root started it.
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)
        edge = Edge(folder, tmp_path / "product.log")
        _certificate(folder)
        (folder / "plan.conf").write_text(configuration(edge))
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
        given = processes.environment(
            tmp_path / "data",
            DEBUG="0", SECRET_KEY=SECRET, ALLOWED_HOSTS=HOST, HTTPS="1", TRUSTED_PROXIES="127.0.0.1",
            WATCHER_ADDRESSES="127.0.0.1", **environment,
        )  # fmt: skip
        gunicorn = [
            *(
                sys.executable,
                "-m",
                "gunicorn",
                "shenzhen_plan.wsgi",
                "-k",
                "gthread",
                "-w",
                "1",
                "--threads",
                "8",
            ),
            *("-b", f"127.0.0.1:{edge.product}", "--no-control-socket", "--access-logfile", str(edge.log)),
        ]
        nginx = [shutil.which("nginx"), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
        with (
            _process(gunicorn, tmp_path / "gunicorn.out", cwd=settings.BASE_DIR, env=given),
            _process(nginx, tmp_path / "nginx.out"),
        ):
            processes.wait_until(lambda: _is_there(edge), seconds=60, what="the site answers through nginx")
            yield edge


def _certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
         "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


@contextmanager
def _process(command, log, **more):
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, **more)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)
        print(log.read_text()[-3000:])  # shown by pytest when the test fails


def _is_there(edge):
    try:
        return edge.ask("GET", "/healthz")[0] == 200
    except OSError:
        return False
