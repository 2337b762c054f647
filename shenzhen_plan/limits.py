"""What one visitor may ask of the site: how large a body, how often in which time, how much at the same time.

A proxy in front knows addresses better and holds slow senders off (deploy/nginx); these are the limits of the
product itself, which hold without one. Rates are those of the API's throttles (Django REST framework), so that
all of them stand in one table of the settings and are counted in one cache; they bound what one visitor asks
for in a minute. Pools bound what all of them ask for at one moment, in each process, whatever the cache does.
"""

import logging
from collections.abc import Callable
from functools import lru_cache
from threading import BoundedSemaphore, local

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from rest_framework.throttling import SimpleRateThrottle

from accounts.problems import problem
from audit.address import counted_address
from plan import disk
from plan.queries import plan_of_address
from plan.storage import StorageAway
from shenzhen_plan.access import is_for_programs
from shenzhen_plan.middleware import unavailable
from texts.numbers import whole_number

log = logging.getLogger(__name__)
MB = 1024 * 1024
# Beside its files a form holds text.
TEXT = MB
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")

# Addresses that take files, with the megabytes their forms may have: several attachments come at once.
UPLOADS: dict[str, Callable[[], int]] = {
    "desk_import:upload": lambda: settings.IMPORT_MAX_MB,
    "api_observations_check": lambda: settings.IMPORT_MAX_MB,
    **dict.fromkeys(
        ("studio:text", "studio:table", "studio:further", "evidence:import"), lambda: settings.IMPORT_MAX_MB
    ),
    "verify": lambda: settings.VERIFY_MAX_MB,
    "api_verify_file": lambda: settings.VERIFY_MAX_MB,
    "api_verify": lambda: settings.VERIFY_MAX_MB,
    **dict.fromkeys(
        (
            "updates:report",
            "updates:edit",
            "assessments:note_edit",
            "assessments:note_save",
            "assessments:finding_respond",
            "assessments:chapters_back",
            "desk:release_new",
            "desk:release_attach",
        ),
        lambda: settings.ATTACHMENTS_MAX_MB,
    ),
}
FOR_STRANGERS = {"verify", "api_verify_file", "api_verify"}
SIGN_IN = {f"accounts:{name}" for name in ("login", "password", "verify", "second_factor", "second_factor_remove")}
# What makes or checks a password takes a good part of a second of one core.
HASHING = {f"accounts:{name}" for name in ("login", "password", "person_new", "person_password")}
FILES = {"brief_file", "package", "sdmx", "report_file", "api_all_observations", "indicators:picture", "schema"}
FILES |= {"plans_package", "plans_file"}


class Throttle(SimpleRateThrottle):
    """How often one visitor may ask for one class of work; a person anywhere, a stranger by address."""

    def __init__(self, scope: str):
        self.scope = scope
        super().__init__()

    def get_rate(self):
        return settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][self.scope]

    def get_cache_key(self, request, view):
        return f"throttle:{self.scope}:{who(request, self.scope)}"


class Pool:
    """So many at the same moment, a few more that wait some seconds; whoever comes on top is told at once."""

    def __init__(self, *, at_once: int, waiting: int, seconds: float):
        self._room, self._seats = BoundedSemaphore(at_once), BoundedSemaphore(at_once + waiting)
        self._seconds, self._mine = seconds, local()

    def enter(self) -> Callable[[], None] | None:
        """What gives the place back, once however often it is called; None where there was none."""
        # A thread works on one answer at a time: a place it still has is of an answer that nobody read.
        getattr(self._mine, "leave", _nothing)()
        if not self._seats.acquire(blocking=False):
            return None
        if not self._room.acquire(timeout=self._seconds):
            self._seats.release()
            return None
        self._mine.leave = leave = self._once()
        return leave

    def _once(self) -> Callable[[], None]:
        held = [self._room, self._seats]

        def leave() -> None:
            while held:
                held.pop().release()

        return leave


def _nothing() -> None:
    pass


class Held:
    """The pieces of a streamed answer; the place in the pool is free when the last has left or the reader has."""

    def __init__(self, pieces, leave: Callable[[], None]):
        self._pieces, self._leave = iter(pieces), leave

    def __iter__(self):
        return self

    def __next__(self):
        try:
            return next(self._pieces)
        except BaseException:  # the end of it, or what broke it
            self.close()
            raise

    def close(self) -> None:
        self._leave()


# Sized so that both full leave threads of a process (eight, README) for everybody else.
hashing = Pool(at_once=settings.HASHING_POOL, waiting=2, seconds=5)
exports = Pool(at_once=settings.EXPORT_POOL, waiting=1, seconds=2)


class LimitMiddleware:
    """Stands before anything that reads the body: Django's check against forged requests does."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        name = name_of(request.path_info)
        try:
            refusal = too_large(request, name) or too_often(request, name) or no_room_for(request, name)
            pool = pool_of(request, name)
        except (OperationalError, InterfaceError) as error:  # who signed in is read from the database
            return unavailable(request, error)
        if refusal or pool is None:
            return refusal or self.get_response(request)
        leave = pool.enter()
        if leave is None:
            return busy(request)
        response = self.get_response(request)
        if response.streaming:
            response.streaming_content = Held(response.streaming_content, leave)
        else:
            leave()
        return response

    def process_exception(self, request, error):
        """A disk without room, or a folder without rights, met while the request was worked on."""
        if isinstance(error, disk.NoRoom):
            return refuse(request, 507, str(error))
        reason = disk.reason_of(error) if isinstance(error, OSError) else ""
        if not reason:
            return None
        log.error("%s: %s", reason, error)
        return no_disk(request, error)


@lru_cache(maxsize=4096)
def name_of(path: str) -> str:
    """The view's name an address leads to; empty for none."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def scope_of(request, name: str) -> str:
    """The class of work whose rate holds for a request; empty where none does."""
    if request.method not in SAFE:
        if name in SIGN_IN:
            return "sign_in"
        if name.startswith("api_"):  # the API's own limits are by call
            return ""
        return "verify_page" if name == "verify" else "write"
    if name == "verify":
        return "verify_page" if request.GET.get("sha256") else ""
    if is_export(name):
        return "export"
    return "search" if name == "plan:search" or request.GET.get("q") else ""


def is_export(name: str) -> bool:
    return name in FILES or name.endswith("_file")


def who(request, scope: str) -> str:
    if scope != "sign_in" and is_known(request):
        return f"person:{request.user.pk}"
    return f"address:{counted_address(request)}"


def is_known(request) -> bool:
    """Asks the database only where there is something to ask about."""
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return (has_session or request.api_token is not None) and request.user.is_authenticated


def pool_of(request, name: str) -> Pool | None:
    if name in HASHING and request.method == "POST":
        return hashing
    is_file = is_export(name) and request.method in ("GET", "HEAD", "POST")
    if (is_file or (name in FOR_STRANGERS and request.method == "POST")) and not is_known(request):
        return exports
    return None


def too_large(request, name: str):
    """Refuses by the length that was announced, before a byte is read."""
    announced = request.META.get("CONTENT_LENGTH") or ""
    # As Django reads it: without a length, or with one beyond what int() takes, there is no body.
    size = whole_number(announced, high=10**4299) or 0
    usual = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if size <= usual and name not in UPLOADS:
        return None
    limit = usual
    if name in UPLOADS and (name in FOR_STRANGERS or is_known(request)):
        limit = max(usual, UPLOADS[name]() * MB + TEXT)
    if size > limit:
        told = {"size": f"{size / MB:.1f}", "limit": f"{limit / MB:.1f}"}
        return refuse(
            request, 413, _("提交的内容有 %(size)s MB，这里一次最多收 %(limit)s MB；没有收下任何内容。") % told
        )
    if size and name in UPLOADS and request.method == "POST":
        try:
            disk.make_room(size)
        except disk.NoRoom as error:
            return refuse(request, 507, str(error))
    return None


def no_room_for(request, name: str):
    """Reads a form with files here, where a disk that fills up under way is answered in words."""
    if name not in UPLOADS or name.startswith("api_") or request.method != "POST":
        return None
    try:
        request.FILES.keys()
    except OSError as error:
        if not disk.reason_of(error):
            raise
        log.error("an upload was broken off: %s", error)
        return no_disk(request, error)
    return None


def too_often(request, name: str):
    scope = scope_of(request, name)
    throttle = Throttle(scope) if scope else None
    if throttle is None or throttle.rate is None or throttle.allow_request(request, None):
        return None
    seconds = max(1, round(throttle.wait() or 1))
    log.info("%s is over the limit for %s", who(request, scope), scope)
    text = _("请求过于频繁，请在 %(seconds)s 秒后再试；这次没有保存任何内容。") % {"seconds": seconds}
    return refuse(request, 429, text, wait=seconds)


def busy(request):
    return refuse(request, 503, _("现在同时要求这项工作的人太多，请几秒后再试；这次没有保存任何内容。"), wait=3)


def no_disk(request, error: OSError):
    if error.errno in disk.FULL:
        return refuse(request, 507, _("服务器磁盘已满，没有保存任何内容。请联系系统管理员，稍后再试。"))
    if isinstance(error, StorageAway):
        return refuse(request, 503, _("文件存储暂时没有应答，没有保存任何内容；请稍后再试。"))
    text = _("服务器无法写入文件夹“%(name)s”，没有保存任何内容。请联系系统管理员。")
    return refuse(request, 503, text % {"name": disk.name_of(error.filename)})


def refuse(request, status: int, text: str, *, wait: int = 0) -> HttpResponse:
    """The same words for people and for programs."""
    if is_for_programs(request):
        response = problem(status, text)
    else:
        # The plan's name and menu ask the database, which has enough to do where somebody is told to wait.
        plan = None if wait else plan_of_address(request.path_info)
        response = render(request, "limits.html", {"code": status, "reason": text, "plan": plan}, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    add_never_cache_headers(response)
    return response
