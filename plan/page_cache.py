"""Whole pages kept for readers without an account, compressed and with their ETag.

Who has not signed in sees what everybody sees, so such a page is made once for each state of the plan, day,
language, in whichever way it is chosen, and size of letters. The gate, the security headers and the refusals stand
before it as before any page; of the database only the plan's version is asked, so what was approved shows on the
very next request.
"""

import gzip
import hashlib
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

from plan import language
from plan.context_processors import TEXT_SIZE_COOKIE, TEXT_SIZES
from plan.models import Plan
from plan.params import today
from texts.per_cent import closed_up

# Pages of other days share so many places, whatever days strangers think of: a few megabytes, wherever kept.
PLACES = 128
# Seconds; the state changes with every write, this only bounds what a new release of the code leaves behind.
REMEMBERED = 300

View = Callable[..., HttpResponse]


class _Page(NamedTuple):
    packed: bytes
    etag: str


def remembered_page(
    *, parameters: Collection[str] = (), also: Callable[[], object] = tuple
) -> Callable[[View], View]:
    """Keeps the page of a view `(request, slug, …)` for visitors without a session.

    `parameters` names what the page reads of the query string beside the day: an address with any other, or
    with one twice, is made anew each time, or strangers could fill the memory. `also` gives whatever else the
    page depends on.
    """
    known = {"as_of", "known_by", language.NAME, *parameters}

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, slug: str, *args, **kwargs) -> HttpResponse:
            # A file is an export, which leaves a row in the audit log each time.
            if not _is_everybodys(request) or kwargs.get("format") or not _is_one_spelling(request, known):
                return view(request, slug, *args, **kwargs)
            state = Plan.objects.filter(slug=slug).values_list("pk", "figures_version", "is_demo").first()
            key = _key(request, state, also())
            page = recall(key) if state else None
            if page is None:
                response = view(request, slug, *args, **kwargs)
                if not state or not _is_keepable(request, response):
                    return response
                page = _pack(response.content)
                keep(key, page)
            return _answer(request, _Page(*page))

        return answer

    return decorate


class Key(NamedTuple):
    """Which page it is, in which state, and whether it is asked for often: today's at the site's usual address."""

    kind: str
    page: str
    digest: str
    is_usual: bool

    @property
    def place(self) -> str:
        return f"{self.kind}:{self.page if self.is_usual else int(self.digest[:8], 16) % PLACES}"


def key_of(request: HttpRequest, kind: str, page: object, state: object) -> Key:
    """The key of a page, or a part of it, and all else it depends on: a new state takes the place of the old.

    The names of the static files with it, so that no page asks for replaced ones.
    """
    whole = (page, state, getattr(staticfiles_storage, "manifest_hash", ""))
    digests = [hashlib.sha256(repr(parts).encode()).hexdigest() for parts in (page, whole)]
    return Key(kind, *digests, is_usual=_is_todays(request) and _is_usual_host(request))


def recall(key: Key) -> Any:
    """What was kept under exactly this key, or None."""
    found = cache.get(key.place)
    return found[1] if found and found[0] == key.digest else None


def keep(key: Key, value: object) -> None:
    cache.set(key.place, (key.digest, value), REMEMBERED)


def _is_todays(request: HttpRequest) -> bool:
    """An address without anything chosen but the language, of which there are two."""
    query = request.META.get("QUERY_STRING", "")
    return not query or query in {urlencode({language.NAME: code}) for code in language.codes()}


def _is_usual_host(request: HttpRequest) -> bool:
    """Ports and names below a domain are the visitor's to choose; those the site is known by are not."""
    host = request.get_host()
    name, _colon, port = host.partition(":") if not host.startswith("[") else host.rpartition("]")
    is_named = host == urlsplit(settings.SITE_URL).netloc
    return is_named or (name in settings.ALLOWED_HOSTS and port in ("", request.META.get("SERVER_PORT")))


def _is_everybodys(request: HttpRequest) -> bool:
    return request.method in ("GET", "HEAD") and settings.SESSION_COOKIE_NAME not in request.COOKIES


def _is_one_spelling(request: HttpRequest, known: set[str]) -> bool:
    """Whether the query says what the page reads, once and as everybody writes it: one page, one key."""
    said = list(request.GET.lists())
    is_known = all(name in known and len(values) == 1 and values[0] for name, values in said)
    return is_known and request.GET.urlencode() == request.META.get("QUERY_STRING", "")


def _key(request: HttpRequest, state: object, also: object) -> Key:
    """What the page depends on."""
    size = request.COOKIES.get(TEXT_SIZE_COOKIE, "")
    page = (request.build_absolute_uri(), get_language(), size if size in TEXT_SIZES else "")
    return key_of(request, "page", page, (state, today(), also))


def _is_keepable(request: HttpRequest, response: HttpResponse) -> bool:
    """A plain page of one plan that holds nothing of this visitor: no cookie, no token against forged requests."""
    is_plain = response.status_code == 200 and not response.streaming and not response.cookies
    is_one = getattr(response, "is_of_one_plan", True)
    return is_plain and is_one and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META


def _pack(content: bytes) -> _Page:
    # No middleware can change what is packed.
    content = closed_up(content) if get_language() == "en" else content
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    return _Page(gzip.compress(content, 9, mtime=0), etag)


def _answer(request: HttpRequest, page: _Page) -> HttpResponse:
    """The page as the browser takes it, or 304 when it has it already."""
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(page.packed if is_packed else gzip.decompress(page.packed))
    if is_packed:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = page.etag
    # Kept by the browser, asked for again each time: after an approval or a sign-in it is another page.
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ("Accept-Encoding", "Cookie"))
    return get_conditional_response(request, etag=page.etag, response=response) or response
