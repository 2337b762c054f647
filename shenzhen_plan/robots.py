"""What programs that gather pages are told: where they may go, and which pages there are."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_of
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from plan.models import Item, Plan
from texts.site_root import at_root

# A page with a question mark is a page of another day or a choice of rows: there is no end of them.
CLOSED = ("/accounts/", "/audit", "/inbox/", "/operations/", "/studio/", "/verify/", "/metrics", "/*?")
PAGES = ("overview", "indicators:index", "plan:items", "plan:text", "changes", "gaps", "units", "status", "matrix")
# A sitemap has so many addresses at most.
MOST = 40_000


@require_safe
def robots(request):
    closed = CLOSED if settings.PUBLIC_READ else ("/",)
    lines = ["User-agent: *", *(f"Disallow: {at_root(path)}" for path in closed)]
    if settings.PUBLIC_READ:
        lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


class PlanPages(Sitemap):
    """The pages every plan has."""

    def items(self):
        return [(plan, name) for plan in Plan.objects.order_by("slug") for name in PAGES]

    def location(self, found):
        plan, name = found
        return reverse(name, args=[plan.slug])

    def lastmod(self, found):
        return found[0].changed_at


class ItemPages(Sitemap):
    """A page for each commitment."""

    limit = MOST

    def items(self):
        rows = Item.objects.filter(retired_on__isnull=True).select_related("plan")
        return rows.order_by("plan__slug", "order")

    def location(self, item):
        return item.path(item.plan.slug)

    def lastmod(self, item):
        return item.plan.changed_at


@require_safe
def sitemap(request):
    return sitemap_of(request, {"pages": PlanPages, "items": ItemPages})
