"""One request to one address: where it may lead, how long it may take, what counts as taken in. No database.

An address is a way for whoever may register one to have our server ask others: it is resolved here, once, each
number it stands for is looked at, and the request goes to that very number. Redirects are answers like any other.
"""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from typing import NamedTuple
from urllib.parse import urlsplit

# For all of it: whoever answers a byte a second does not hold a worker.
SECONDS = 10.0
# Of an answer; what comes behind it is not read.
READ = 2000
NAT64 = ip_network("64:ff9b::/96")
# All that is given out to the open internet; outside of it lie older ways to wrap a number, and each site's own.
GIVEN_OUT, EXAMPLES = ip_network("2000::/3"), ip_network("3fff::/20")
PORTS = {"http": 80, "https": 443}


class NotAllowed(Exception):
    """An address that our server does not ask."""


class HookAnswer(NamedTuple):
    """What came back: the status, None without an answer; why it counts as not taken in, "" where it does."""

    status: int | None
    fault: str
    milliseconds: int


class _Pinned(http.client.HTTPConnection):
    """Speaks to a number that was looked at, with the name it stands for."""

    def __init__(self, host: str, port: int, number: str, context: ssl.SSLContext | None):
        super().__init__(host, port, timeout=SECONDS)
        self.number, self.context = number, context
        self.default_port = 443 if context else 80

    def connect(self) -> None:
        self.sock = socket.create_connection((self.number, self.port), SECONDS)
        if self.context:
            self.sock = self.context.wrap_socket(self.sock, server_hostname=self.host)

    def hang_up(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def is_public(number: str) -> bool:
    """Whether a number is one of the open internet; those that only wrap a private one are not."""
    found: IPv4Address | IPv6Address = ip_address(number.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found in NAT64:
            found = IPv4Address(int(found) & 0xFFFFFFFF)
        else:
            found = found.ipv4_mapped or found.sixtofour or found
    if isinstance(found, IPv6Address) and (found not in GIVEN_OUT or found in EXAMPLES):
        return False
    return found.is_global and not found.is_multicast


def reached(address: str, *, private: bool) -> str:
    """The number a request to an address goes to; raises NotAllowed for what is private, and OSError."""
    place = urlsplit(address)
    if place.scheme != "https" and not private:
        raise NotAllowed("https")
    if place.username or place.password:
        raise NotAllowed("user:password@")
    port = place.port or PORTS[place.scheme]
    found = socket.getaddrinfo(place.hostname, port, type=socket.SOCK_STREAM)
    numbers = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not private and not all(map(is_public, numbers)):
        raise NotAllowed(", ".join(numbers))
    return numbers[0]


def send(address: str, body: bytes, headers: Mapping[str, str], *, private: bool) -> HookAnswer:
    """Sends a message once; never raises for what the other side does."""
    began = time.monotonic()

    def told(status: int | None, fault: str) -> HookAnswer:
        return HookAnswer(status, fault[:300], round((time.monotonic() - began) * 1000))

    try:
        number = reached(address, private=private)
    except NotAllowed as error:
        return told(None, f"not a public address: {error}")
    except (OSError, UnicodeError) as error:
        return told(None, f"name not found: {error}")
    place = urlsplit(address)
    context = ssl.create_default_context() if place.scheme == "https" else None
    connection = _Pinned(place.hostname or "", place.port or PORTS[place.scheme], number, context)
    timer = Timer(SECONDS, connection.hang_up)
    timer.start()
    try:
        target = f"{place.path or '/'}{'?' + place.query if place.query else ''}"
        connection.request("POST", target, body, dict(headers))
        answer = connection.getresponse()
        return told(answer.status, _fault(answer.status, answer.read1(READ)))
    except (OSError, http.client.HTTPException, ValueError) as error:
        is_late = time.monotonic() - began >= SECONDS
        return told(None, "no answer in time" if is_late else f"{type(error).__name__}: {error}")
    finally:
        timer.cancel()
        connection.close()


def _fault(status: int, start: bytes) -> str:
    """Why an answer is no receipt; robots of chats answer 200 and say in its text that they refuse."""
    if not 200 <= status < 300:
        return f"HTTP {status}"
    try:
        said = json.loads(start)
    except ValueError:
        return ""
    code = said.get("errcode", 0) if isinstance(said, dict) else 0
    return "" if code == 0 else f"errcode {code}: {said.get('errmsg', '')}"
