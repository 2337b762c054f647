"""What programs that gather pages are told: where they may go, and which pages there are."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import index, sitemap
from django.db.models import Max
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from plan import language
from plan.models import Item, Plan
from texts.site_root import at_root

# A page with a question mark is a page of another day or a choice of rows: there is no end of them. One that names
# its language alone is one of two: of two rules that fit the longer counts (RFC 9309, 2.2.2).
CLOSED = ("/accounts/", "/audit", "/inbox/", "/operations/", "/studio/", "/verify/", "/metrics", "/*?")
PAGES = ("overview", "indicators:index", "plan:items", "plan:text", "changes", "gaps", "units", "status", "matrix")
# A file has so many pages at most, each in every language, whatever the number of plans: read and written within a
# second or two.
MOST = 2_000


@require_safe
def robots(request):
    closed = CLOSED if settings.PUBLIC_READ else ("/",)
    lines = ["User-agent: *", *(f"Disallow: {at_root(path)}" for path in closed)]
    if settings.PUBLIC_READ:
        lines += [f"Allow: {at_root(language.in_language('/*', code))}$" for code in language.codes()]
        lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


class OfPlans(Sitemap):
    """What changes with its plan; how late the last one did is one question, not one for each address.

    Each page stands there in each language, and names the others.
    """

    limit = MOST

    def get_urls(self, page=1, site=None, protocol=None):
        return [told for one in super().get_urls(page, site, protocol) for told in _in_every_language(one)]

    def get_latest_lastmod(self):
        return Plan.objects.aggregate(last=Max("changed_at"))["last"]


def _in_every_language(url: dict) -> list[dict]:
    every = [
        {"lang_code": tag, "location": language.in_language(url["location"], code)}
        for tag, code in language.ALTERNATES
    ]
    return [url | {"location": one["location"], "alternates": every} for one in reversed(every)]


class PageSitemap:
    """The pages of every plan, of which only those of the plans that are asked for are made."""

    def __init__(self):
        self.plans = Plan.objects.order_by("slug").only("slug", "changed_at")

    def count(self):
        return self.plans.count() * len(PAGES)

    def __getitem__(self, part):
        first, last = part.start // len(PAGES), -(-part.stop // len(PAGES))
        found = [(plan, name) for plan in self.plans[first:last] for name in PAGES]
        skipped = part.start - first * len(PAGES)
        return found[skipped : skipped + part.stop - part.start]


class PlanPages(OfPlans):
    """The pages every plan has."""

    def items(self):
        return PageSitemap()

    def location(self, found):
        plan, name = found
        return reverse(name, args=[plan.slug])

    def lastmod(self, found):
        return found[0].changed_at


class ItemPages(OfPlans):
    """A page for each commitment."""

    def items(self):
        rows = Item.objects.filter(retired_on__isnull=True).select_related("plan")
        shown = rows.only("code", "kind", "retired_on", "plan__slug", "plan__changed_at")
        return shown.order_by("plan", "order", "pk")

    def location(self, item):
        return item.path(item.plan.slug)

    def lastmod(self, item):
        return item.plan.changed_at


SECTIONS = {"pages": PlanPages, "items": ItemPages}


@require_safe
def sitemaps(request):
    """The files of addresses there are: two for a few plans, more as there are more."""
    return index(request, SECTIONS, sitemap_url_name="sitemap_section")


@require_safe
def sitemap_section(request, section):
    """One of them."""
    return sitemap(request, SECTIONS, section=section)
