from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters.approved_map import approved_map
from clusters.queries import named_industries
from plan.after_period import states
from plan.badges import item_badge
from plan.exports.download import picture_of_a_page
from plan.models import Item
from plan.params import read_choice
from plan.queries import get_plan
from plan.views import item_page, kind_list

VIEWS = {"layout": gettext_lazy("示意布局"), "table": gettext_lazy("明细表")}


def index(request, slug, format=""):
    return kind_list(
        request,
        slug,
        kind=Item.Kind.CLUSTER,
        template="clusters/index.html",
        format=format,
        more=_layout,
    )


def _layout(request, plan, strips) -> dict:
    """The schematic, a tile a cluster, equal in size, in plan order; or, by its address, all details as a table.

    A map only where one is approved.
    """
    named = named_industries(plan)
    tiles = [{"strip": strip, "focuses": named.get(strip["item"].pk, [])} for strip in strips]
    view = read_choice(request.GET, "view", VIEWS, "layout")
    return {
        "layout": tiles,
        "map": approved_map(plan.slug),
        "view": view if view != "layout" else "",
        "views": VIEWS.items(),
        "key": [item_badge(state) for state in states(plan.ends_on, request.as_of)],
    }


def approved_picture(request, slug):
    """The approved map's file."""
    found = approved_map(get_plan(slug).slug)
    if found is None:
        raise Http404(_("没有设置经审核的地图"))
    return picture_of_a_page(found.path, found.content_type)


def detail(request, slug, code, format=""):
    return item_page(
        request, slug, code, kinds=(Item.Kind.CLUSTER,), format=format, template="clusters/detail.html"
    )
