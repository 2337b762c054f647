"""Real processes for tests: started with an environment of their own, watched with a deadline."""

import os
import socket
import subprocess
import time
from urllib.parse import quote, urlsplit

from django.db import connection


def environment(data_dir, **changes):
    """What a process of a test sees: its own data folder, the embedded broker, this test's database."""
    return {
        **os.environ,
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url(),
        "CELERY_BROKER_URL": "filesystem://",
        "PYTHONUNBUFFERED": "1",
        "DEBUG": "",
        **changes,
    }


def database_url():
    """The address of the database the test itself uses, for another process."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    given = urlsplit(os.environ["DATABASE_URL"])
    return given._replace(path=given.path.rpartition("/")[0] + "/" + quote(name)).geturl()


def free_port():
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition, *, seconds, what):
    """The first true answer of `condition`; an AssertionError naming `what` after that many seconds.

    They are those of a quiet machine: one that does other work as well is given ten times as many, and who waits
    goes on as soon as it is true.
    """
    deadline = time.monotonic() + 10 * seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what}")


class Redis:
    """A Redis of the test's own, which keeps nothing."""

    def __init__(self, folder):
        self.port, self.folder, self.process = free_port(), folder, None

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder],
            stdout=subprocess.DEVNULL,
        )
        wait_until(self.answers, seconds=10, what="redis answers")

    def answers(self):
        return is_listening(self.port)

    def stop(self):
        self.process.kill()
        self.process.wait(10)
