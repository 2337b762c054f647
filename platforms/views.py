from plan.models import Item
from plan.views import item_page, kind_list


def index(request, slug, format=""):
    return kind_list(
        request,
        slug,
        kind=Item.Kind.PLATFORM,
        template="platforms/index.html",
        format=format,
    )


def detail(request, slug, code, format=""):
    return item_page(
        request, slug, code, kinds=(Item.Kind.PLATFORM,), format=format, template="platforms/detail.html"
    )
