"""Addresses that only take what a form sends: what they say when opened, and which page is meant instead."""

from urllib.parse import urlsplit

from django.db import InterfaceError, OperationalError
from django.http import HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.cache import add_never_cache_headers

from accounts.problems import problem
from shenzhen_plan.access import is_for_programs, needed
from shenzhen_plan.middleware import unavailable
from texts.site_root import at_root, below_root


def page_for(address: str) -> str:
    """The address itself, or where it only takes what a form sends, the page the form stood on.

    That page is the nearest address above it that opens, of the same plan; the site's first page where there is
    none.
    """
    path = below_root(urlsplit(address).path)
    match = _match(path)
    if match is None or _opens(match):  # an address of nothing says so itself
        return address
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        above = _match(path)
        # The first part of any address could be the name of a plan.
        if above and above.kwargs.get("slug") == match.kwargs.get("slug") and _opens(above):
            return at_root(path)
    return reverse("home")


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def _opens(match: ResolverMatch) -> bool:
    # Leaving is asked for by a button alone, whoever may ask.
    return match.view_name != "accounts:logout" and needed(match.view_name, "GET") is not None


class MethodMiddleware:
    """Says what happened where an address does not take the method: Django answers 405 with an empty page.

    Status and Allow stay. `request.page_for` is for the apps, which know nothing of the table of addresses.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.page_for = page_for
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            try:
                explain(request, response)
            except (OperationalError, InterfaceError) as error:  # the page reads who has signed in
                return unavailable(request, error)
        return response


def explain(request, response: HttpResponseNotAllowed) -> None:
    """Fills an empty 405: JSON for programs, for people a page, which names them and so may not be kept."""
    if is_for_programs(request):
        told = problem(405, f"method not allowed, use {response['Allow']} / 此地址不接受 {request.method}")
        response["Content-Type"], response.content = told["Content-Type"], told.content
        return
    page = page_for(request.path)
    context = {"page": "" if page in (reverse("home"), request.path) else page}
    response.content = render_to_string("405.html", context, request=request)
    add_never_cache_headers(response)
