"""Headers of every answer, the setting of English pages, and what is answered while the database is away."""

import logging

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language

from accounts.problems import problem
from plan import language
from texts.per_cent import closed_up

log = logging.getLogger(__name__)

# What no page of ours asks of a browser, so that no script that got in could either.
UNUSED = "camera geolocation microphone payment usb serial hid midi display-capture browsing-topics"
HEADERS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED.split()),
    # Other sites may link to pages and files, not draw them into theirs.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class HeadersMiddleware:
    """Stands before the static files too; Django's own headers are SecurityMiddleware's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        return response


class LanguageMiddleware(LocaleMiddleware):
    """Answers in the language an address names, else in the reader's own (plan.language).

    Who has chosen none keeps that of the page he came by, so that its links lead on in it; who has, keeps his.
    """

    def process_request(self, request):
        super().process_request(request)
        request.asked_language = language.asked(request.GET)
        if request.asked_language:
            translation.activate(request.asked_language)
            request.LANGUAGE_CODE = request.asked_language

    def process_response(self, request, response):
        response = super().process_response(request, response)
        asked = getattr(request, "asked_language", "")
        is_page = response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")
        if asked and is_page and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            _keep_language(response, asked)
        return response


def _keep_language(response, code: str) -> None:
    """As Django's own view does that the switch at the head of a page leads to."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )


class PerCentMiddleware:
    """Closes per cent signs up to their numbers on English pages; what is packed was closed up before."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
        if is_page and get_language() == "en" and not response.has_header("Content-Encoding"):
            response.content = closed_up(response.content)
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response


def unavailable(request, error):
    """The answer while the database cannot be reached; the next request tries again, no restart needed."""
    log.error("database unavailable: %s", error)
    if "is full" in str(error):  # SQLite's words for a disk without room
        text = (
            "服务器磁盘已满，没有保存任何内容，请联系系统管理员 / The server's disk is full, nothing was stored\n"
        )
        response = HttpResponse(text, status=507, content_type="text/plain; charset=utf-8")
    elif request.path_info.startswith("/api/") or request.path_info.endswith(".json"):
        response = problem(503, "数据库暂时无法连接 / database unavailable")
    else:
        response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = "10"
    add_never_cache_headers(response)
    return response


class UnavailableDatabaseMiddleware:
    """Turns a lost database into a plain 503 page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        return unavailable(request, error) if isinstance(error, OperationalError | InterfaceError) else None
