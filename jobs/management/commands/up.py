import http.client
import os
import socket
import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jobs import broker
from jobs.one_site import FolderTaken, Hold
from jobs.supervisor import Child, Supervisor
from texts.numbers import whole_number

TICK_SECONDS = 0.2
# A site stopped a moment ago may still be letting go of its port.
PORT_WAIT_SECONDS = 3.0
GIVE_UP_AFTER_DEATHS = 4


class Command(BaseCommand):
    help = "启动网站、任务进程与定时器，直到 Ctrl-C / starts web, worker and scheduler until Ctrl-C"
    requires_system_checks = ()

    def handle(self, *args, **options):
        self.host = os.environ.get("HOST") or "127.0.0.1"
        self.port = self._number("PORT", 8000)
        self.ready = False
        self._take_folder()
        self._check_port()
        broker.purge_files()
        self.web = Child("web", self._web())
        children = [self.web, Child("worker", self._worker()), Child("beat", self._beat())]
        Supervisor(children, cwd=settings.BASE_DIR).run(self._announce_once_ready)
        self.stdout.write("已停止 / stopped")

    def _web(self) -> list[str]:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return [
            *(sys.executable, "-m", "gunicorn", "shenzhen_plan.wsgi:application"),
            *("--bind", f"{host}:{self.port}", "--worker-class", "gthread", "--no-control-socket"),
            *("--workers", str(self._number("WEB_WORKERS", 1)), "--threads", "8", "--graceful-timeout", "5"),
        ]

    def _worker(self) -> list[str]:
        command = [
            *(sys.executable, "-m", "celery", "-q", "-A", "shenzhen_plan", "worker"),
            *("--concurrency", str(self._number("JOB_WORKERS", 2)), "--prefetch-multiplier", "1"),
        ]
        if broker.is_filesystem():  # one worker, nobody to gossip with
            command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return command

    def _beat(self) -> list[str]:
        # A process of its own: beat inside a worker outlives the worker's kill and goes on sending.
        return [sys.executable, "-m", "celery", "-q", "-A", "shenzhen_plan", "beat"]

    def _number(self, name: str, default: int) -> int:
        text = os.environ.get(name) or str(default)
        number = whole_number(text, low=1, high=65535)
        if number is None:
            raise CommandError(f"{name}={text}：应为正整数 / must be a positive whole number")
        return number

    def _take_folder(self) -> None:
        self.hold = Hold(settings.DATA_DIR)
        try:
            self.hold.take(f"pid {os.getpid()}, http://{self.host}:{self.port}/")
        except FolderTaken as first:
            raise CommandError(
                f"数据目录 {settings.DATA_DIR} 已由另一个网站使用（{first}）；请先停止它，或另设 DATA_DIR / "
                f"the data folder is in use by another site ({first}): stop that one first, or set DATA_DIR"
            ) from first

    def _check_port(self) -> None:
        deadline = time.monotonic() + PORT_WAIT_SECONDS
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        while True:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    return probe.bind((self.host, self.port))
                except OSError as error:
                    if time.monotonic() > deadline:
                        raise CommandError(
                            f"无法使用 {self.host}:{self.port}（端口可能已被占用，请设置 PORT 换一个）/ "
                            f"cannot use {self.host}:{self.port}, is it in use? Set PORT. ({error})"
                        ) from error
            time.sleep(TICK_SECONDS)

    def _announce_once_ready(self) -> None:
        if self.ready:
            return
        if self._answers():
            self.ready = True
            url = f"http://{self._local()}:{self.port}/"
            self.stdout.write(f"系统已启动，请打开 {url} / The site is ready at {url} (Ctrl-C: 停止 stop)")
            self.stdout.flush()
        elif self.web.deaths >= GIVE_UP_AFTER_DEATHS:
            raise CommandError("网站无法启动，原因见上文 / the web process does not start, see above")

    def _local(self) -> str:
        return "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host

    def _answers(self) -> bool:
        # Production answers only to its own names, so the request carries one of them.
        name = next((h.removeprefix(".") for h in settings.ALLOWED_HOSTS if h != "*"), "localhost")
        connection = http.client.HTTPConnection(self._local(), self.port, timeout=2)
        try:
            connection.request("GET", "/healthz", headers={"Host": name})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
