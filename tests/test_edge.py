"""deploy/ in force: what strangers do to the site stops at the edge, and the product still knows who they are."""

import shutil
import socket
import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from audit.models import AuditEvent
from tests.edge import HOST, running_edge

pytestmark = [pytest.mark.services, pytest.mark.one_database, pytest.mark.django_db(transaction=True)]
DEPLOY = Path(settings.BASE_DIR) / "deploy"
SLOW, OTHER, THIRD = "127.0.0.50", "127.0.0.77", "127.0.0.78"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def edge(plan, tmp_path):
    with running_edge(tmp_path) as edge:
        yield edge


def half(edge, sent, address=SLOW):
    """A TLS connection that has said so much and goes on saying nothing."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    line = socket.create_connection(("127.0.0.1", edge.port), timeout=20, source_address=(address, 0))
    tls = context.wrap_socket(line, server_hostname=HOST)
    tls.sendall(sent)
    return tls


def how_long(edge, path="/healthz", address=OTHER):
    started = time.monotonic()
    status = edge.ask("GET", path, address=address)[0]
    return status, time.monotonic() - started


@pytest.mark.breadth
def test_the_edge_in_one_run(edge):
    """One start of nginx and the product for all of it: each part has an address of its own."""
    slow_senders(edge)
    too_large(edge)
    too_often(edge)
    who_it_was(edge)
    watchers_and_headers(edge)


def slow_senders(edge):
    begun = b"GET / HTTP/1.1\r\nHost: plan.example.org\r\nX-Half: "
    body = b"POST /accounts/login/ HTTP/1.1\r\nHost: plan.example.org\r\nContent-Length: 1000\r\n\r\nusername="
    lines = [half(edge, begun) for _ in range(20)] + [half(edge, body) for _ in range(15)]
    mute = [socket.create_connection(("127.0.0.1", edge.port), source_address=(SLOW, 0)) for _ in range(20)]

    meanwhile = [how_long(edge, path) for path in ("/healthz", "/sz-sti-14/") * 3]

    assert {status for status, _took in meanwhile} == {200}
    assert max(took for _status, took in meanwhile) < 10  # client_header_timeout: they waited for no sender
    assert "/accounts/login/" not in edge.asked()
    # Let go after client_header_timeout: the end of the connection, or 408.
    lines[0].settimeout(20)
    assert lines[0].recv(1000)[:12] in (b"", b"HTTP/1.1 408")
    for line in lines + mute:
        line.close()


def too_large(edge):
    for path in ("/sz-sti-14/review/", "/accounts/login/", "/verify/"):
        line = edge.tls(OTHER)
        line.putrequest("POST", path, skip_host=True)
        for name, value in {"Host": HOST, "Content-Length": str(400 << 20), **FORM}.items():
            line.putheader(name, value)
        line.endheaders(b"x=1")
        answer = line.getresponse()
        assert (answer.status, "没有保存任何内容" in answer.read().decode()) == (413, True)
        line.close()
    assert "POST" not in edge.asked()


def too_often(edge):
    for method, path in (
        ("POST", "/accounts/login/"),
        ("GET", "/sz-sti-14/platforms.csv"),
        ("GET", "/sz-sti-14/search/?q=5G"),
        ("GET", f"/api/v1/verify/{'0' * 64}/"),
    ):
        # Eight at a time, or a busy machine would be slower than the limit.
        with ThreadPoolExecutor(8) as hands:
            asked = [hands.submit(edge.ask, method, path, address=SLOW) for _ in range(80)]
        answers = [one.result() for one in asked]
        refused = [answer for answer in answers if answer[0] == 429]
        assert 0 < len(refused) < 80, path
        _status, headers, text = refused[-1]
        assert "请十秒后再试" in text
        assert "Too many requests" in text
        assert headers["Retry-After"] == "10"
        assert edge.ask(method, path, address=THIRD)[0] != 429
    assert edge.ask("GET", "/sz-sti-14/", address=SLOW)[0] == 200


def who_it_was(edge):
    forged = {"X-Forwarded-For": "8.8.8.8, 127.0.0.1", "X-Real-IP": "8.8.8.8"}
    assert edge.ask("GET", "/sz-sti-14/items.csv", address=OTHER, **forged)[0] == 200

    row = AuditEvent.objects.filter(action="export").order_by("-pk").first()
    assert row.address == OTHER


def watchers_and_headers(edge):
    assert edge.ask("GET", "/metrics")[0] == 200
    assert edge.ask("GET", "/metrics", address=OTHER)[0] == 403
    assert edge.ask("GET", "/readyz", address=OTHER)[0] == 403
    headers = edge.ask("GET", "/sz-sti-14/", address=OTHER)[1]
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["Permissions-Policy"].startswith("camera=()")
    assert "/" not in headers["Server"]
    with socket.create_connection(("127.0.0.1", edge.plain), timeout=10) as line:
        line.sendall(b"GET /sz-sti-14/?a=1 HTTP/1.1\r\nHost: plan.example.org\r\n\r\n")
        answer = line.recv(2000).decode()
    assert answer.startswith("HTTP/1.1 308")
    assert f"Location: https://{HOST}/sz-sti-14/?a=1\r\n" in answer


@pytest.mark.breadth
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_units_are_hardened(name):
    """systemd's own measure, of 10 (nothing) to 0: below 3 is its `OK`."""
    unit = DEPLOY / "systemd" / f"plan-{name}.service"

    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-800:] + done.stderr


@pytest.mark.skipif(not shutil.which("logrotate"), reason="needs logrotate")
def test_log_rotation_can_be_read(tmp_path):
    done = subprocess.run(
        ["logrotate", "--debug", "--state", str(tmp_path / "state"), str(DEPLOY / "logrotate" / "plan")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "error:" not in done.stderr.lower()
