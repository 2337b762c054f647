"""What one stranger can do to a site, measured: half-sent requests, password work, workbooks, large bodies.

    python tools/attacks.py http://127.0.0.1:8000 [pids of the web processes]

Only against a site of one's own: it is made slow or silent on purpose. Prints one line for each attack; the memory
of the processes is read where their pids are given. docs/security.md keeps the figures.
"""

import http.client
import re
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlsplit

MB = 1024 * 1024
PLAN = "/sz-sti-14/"


class Site:
    def __init__(self, address: str, pids: list[str]):
        given = urlsplit(address)
        self.host, self.port, self.pids = given.hostname, given.port or 80, pids

    def ask(self, method: str, path: str, body=None, *, timeout=60.0, **headers):
        """Status, headers, text and seconds; status 0 for an answer that never came."""
        started = time.monotonic()
        line = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read().decode("utf-8", "replace"), _since(started)
        except OSError:
            return 0, {}, "", _since(started)
        finally:
            line.close()

    def memory(self) -> float:
        """The largest process in MB."""
        found = [re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()) for pid in self.pids]
        return max((int(match[1]) / 1024 for match in found if match), default=0.0)


def _since(moment: float) -> float:
    return time.monotonic() - moment


def meanwhile(site: Site, work, path: str = PLAN):
    """The slowest and the failed answers of a page while `work` runs."""
    done, took = threading.Event(), []

    def look():
        while not done.is_set():
            status, _headers, _text, seconds = site.ask("GET", path, timeout=45)
            took.append((seconds, status))
            time.sleep(0.1)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        result = work()
    finally:
        done.set()
        watcher.join()
    return result, max(took)[0], [status for _seconds, status in took if status != 200]


def half_headers(site: Site) -> str:
    lines = [socket.create_connection((site.host, site.port)) for _ in range(20)]
    for line in lines:
        line.sendall(b"GET / HTTP/1.1\r\nX-Half: ")
    time.sleep(1)
    status, _headers, _text, seconds = site.ask("GET", "/healthz", timeout=20)
    for line in lines:
        line.close()
    return f"20 half-sent headers: /healthz {status or 'silent'} after {seconds:.1f} s"


def in_parallel(number: int, work):
    with ThreadPoolExecutor(number) as hands:
        return [one.result() for one in [hands.submit(work, place) for place in range(number)]]


def statuses(answers) -> str:
    found = [answer[0] for answer in answers]
    return ", ".join(f"{found.count(status)}x{status}" for status in sorted(set(found)))


def sign_ins(site: Site) -> str:
    _status, headers, text, _seconds = site.ask("GET", "/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)[1]
    cookie = headers["Set-Cookie"].partition(";")[0]

    def try_one(place):
        form = urlencode({"username": f"name{place}", "password": "x", "csrfmiddlewaretoken": token})
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        return site.ask("POST", "/accounts/login/", form, **kind)

    answers, slowest, failed = meanwhile(site, lambda: in_parallel(16, try_one))
    return (
        f"16 wrong sign-ins at once ({statuses(answers)}): overview at most {slowest:.1f} s, failed {len(failed)}"
    )


def workbooks(site: Site) -> str:
    path = f"{PLAN}reports/file/?dataset=items&format=xlsx"
    answers, slowest, failed = meanwhile(site, lambda: in_parallel(16, lambda _place: site.ask("GET", path)))
    return f"16 workbooks at once ({statuses(answers)}): overview at most {slowest:.1f} s, failed {len(failed)}"


def verifying(site: Site) -> str:
    _status, headers, _text, _seconds = site.ask("GET", f"{PLAN}observations.csv")
    name = headers["Content-Disposition"].partition("=")[2].strip('"')
    rows = b"".join(b"%d,a\r\n" % number for number in range(2_300_000))[: int(19.5 * MB)]
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode() + b'"\r\n\r\n'
    body += rows + b"\r\n--x--\r\n"
    before, peak, done = site.memory(), [0.0], threading.Event()

    def look():
        while not done.is_set():
            peak[0] = max(peak[0], site.memory())
            time.sleep(0.02)

    watcher = threading.Thread(target=look)
    watcher.start()
    status, _headers, _text, seconds = site.ask(
        "POST", "/api/v1/verify/", body, **{"Content-Type": "multipart/form-data; boundary=x"}
    )
    done.set()
    watcher.join()
    return f"19.5 MB to verify ({status}): memory {before:.0f} -> {peak[0]:.0f} MB, {seconds:.1f} s"


def large_body(site: Site) -> str:
    """Sends until the site answers: what it has taken by then is what it would have written to its disk."""
    line, sent, status = socket.create_connection((site.host, site.port)), 0, "none"
    head = f"POST {PLAN}review/chosen/ HTTP/1.1\r\nHost: {site.host}\r\nCookie: csrftoken={'a' * 32}\r\n"
    head += f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {400 * MB}\r\n\r\n"
    start = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    line.sendall(head.encode() + start)
    line.settimeout(0.001)
    sent = len(start)
    while sent < 400 * MB:
        try:
            if said := line.recv(100):
                status = said[9:12].decode()
            break
        except TimeoutError:
            line.settimeout(30)
            try:
                line.sendall(bytes(min(MB, 400 * MB - sent)))
            except OSError:
                break
            sent += MB
            line.settimeout(0.001)
    if status == "none":
        line.settimeout(60)
        status = line.recv(100)[9:12].decode() or "none"
    line.close()
    return f"400 MB announced and sent: answered {status} when {sent / MB:.0f} MB were on their way"


def forged(site: Site) -> str:
    path = f"/api/v1/verify/{'0' * 64}/"
    answers = [site.ask("GET", path, **{"X-Forwarded-For": f"8.8.{number}.1"}) for number in range(80)]
    return f"80 requests of a limit of 60 with forged addresses: {statuses(answers)}"


def main() -> None:
    site = Site(sys.argv[1], sys.argv[2:])
    site.ask("GET", PLAN)
    for letter, attack in zip(
        "abcdef", (half_headers, sign_ins, workbooks, verifying, large_body, forged), strict=True
    ):
        print(f"{letter}. {attack(site)}", flush=True)
        time.sleep(2)


if __name__ == "__main__":
    main()
