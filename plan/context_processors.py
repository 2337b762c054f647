from urllib.parse import urlencode

from plan.params import today

# Sizes of letters a reader may choose; the first is how the pages are made.
TEXT_SIZES = ("normal", "large", "larger")
TEXT_SIZE_COOKIE = "text_size"


def site(request):
    """What every page's frame needs: nothing here asks the database."""
    size, day = request.COOKIES.get(TEXT_SIZE_COOKIE, ""), today()
    return {
        "today": day,
        # What is refused before its day was read has a page of today.
        "as_of": getattr(request, "as_of", day),
        "canonical": canonical(request),
        "text_size": size if size in TEXT_SIZES[1:] else "",
    }


def canonical(request) -> str:
    """The one address of a page: with its day and, of a long list, its page; without what only arranges it.

    Empty of what nobody may open.
    """
    if getattr(request, "resolver_match", None) is None:
        return ""
    given = request.GET.dict()
    kept = {name: given[name] for name in ("as_of", "known_by", "page") if given.get(name)}
    # The first page is the list itself; a page of chosen rows is none of the list's own.
    if kept.get("page") == "1" or set(given) - set(kept):
        kept.pop("page", None)
    return request.build_absolute_uri(request.path) + (f"?{urlencode(kept)}" if kept else "")
