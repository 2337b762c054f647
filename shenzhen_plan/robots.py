"""What programs that gather pages are told: where they may go, and which pages there are."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import index, sitemap
from django.db.models import Max
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from plan.models import Item, Plan
from texts.site_root import at_root

# A page with a question mark is a page of another day or a choice of rows: there is no end of them.
CLOSED = ("/accounts/", "/audit", "/inbox/", "/operations/", "/studio/", "/verify/", "/metrics", "/*?")
PAGES = ("overview", "indicators:index", "plan:items", "plan:text", "changes", "gaps", "units", "status", "matrix")
# A file of addresses has so many at most, whatever the number of plans: read and written within a second or two.
MOST = 5_000


@require_safe
def robots(request):
    closed = CLOSED if settings.PUBLIC_READ else ("/",)
    lines = ["User-agent: *", *(f"Disallow: {at_root(path)}" for path in closed)]
    if settings.PUBLIC_READ:
        lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


class OfPlans(Sitemap):
    """What changes with its plan; how late the last one did is one question, not one for each address."""

    limit = MOST

    def get_latest_lastmod(self):
        return Plan.objects.aggregate(last=Max("changed_at"))["last"]


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
