from plan.models import Item
from plan.views import item_page, kind_list


def index(request, slug, format=""):
    return kind_list(
        request,
        slug,
        kind=Item.Kind.CLUSTER,
        part_kind=Item.Kind.AREA,
        template="clusters/index.html",
        url_name="clusters:index",
        format=format,
    )


def detail(request, slug, code, format=""):
    return item_page(
        request, slug, code, kinds=(Item.Kind.CLUSTER,), format=format, template="clusters/detail.html"
    )
