from urllib.parse import urlencode

from django.conf import settings

from accounts.permissions import Permission
from plan import language
from plan.params import today

# Sizes of letters a reader may choose; the first is how the pages are made.
TEXT_SIZES = ("normal", "large", "larger")
TEXT_SIZE_COOKIE = "text_size"


def site(request):
    """What every page's frame needs: nothing here asks the database."""
    size, day = request.COOKIES.get(TEXT_SIZE_COOKIE, ""), today()
    address = canonical(request)
    return {
        "today": day,
        # What is refused before its day was read has a page of today.
        "as_of": getattr(request, "as_of", day),
        "canonical": language.in_language(address, asked_of(request)) if address else "",
        "alternates": alternates(request, address),
        "here": here(request),
        "text_size": size if size in TEXT_SIZES[1:] else "",
    }


def canonical(request) -> str:
    """The one address of a page, in the reader's own language: with its day and, of a long list, its page; without
    what only arranges it.

    Empty of what nobody may open.
    """
    if getattr(request, "resolver_match", None) is None:
        return ""
    given = request.GET.dict()
    kept = {name: given[name] for name in ("as_of", "known_by", "page") if given.get(name)}
    # The first page is the list itself; a page of chosen rows is none of the list's own.
    if kept.get("page") == "1" or set(given) - {*kept, language.NAME}:
        kept.pop("page", None)
    return request.build_absolute_uri(request.path) + (f"?{urlencode(kept)}" if kept else "")


def asked_of(request) -> str:
    """The language the address names; empty of what is refused before it was read."""
    return getattr(request, "asked_language", "")


def alternates(request, address: str) -> list[tuple[str, str]]:
    """The page in each language and in the reader's own: (hreflang, address), of what everybody may read."""
    is_open = settings.PUBLIC_READ and getattr(request, "permission", None) == Permission.READ
    if not (address and is_open):
        return []
    return [(tag, language.in_language(address, code)) for tag, code in language.ALTERNATES]


def here(request) -> str:
    """Where a change of language leads back to: the address without the one it names, which would win."""
    if not asked_of(request):
        return request.get_full_path()
    query = request.GET.copy()
    query.pop(language.NAME)
    return request.path + (f"?{query.urlencode()}" if query else "")
