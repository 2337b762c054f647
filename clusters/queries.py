"""What the schematic of the clusters shows beside their reports."""

from django.db.models import Q

from plan.models import Focus, Item, Plan


def named_industries(plan: Plan) -> dict[int, list[Focus]]:
    """By cluster, the industries it or its areas name, each once, in the text's order. One query."""
    kinds = Q(item__kind=Item.Kind.CLUSTER) | Q(item__kind=Item.Kind.AREA)
    found: dict[int, dict[str, Focus]] = {}
    for focus in (
        Focus.objects.filter(kinds, item__plan=plan).select_related("item__plan").order_by("item__order", "order")
    ):
        cluster = focus.item_id if focus.item.kind == Item.Kind.CLUSTER else focus.item.parent_id
        found.setdefault(cluster, {}).setdefault(focus.name, focus)
    return {cluster: list(named.values()) for cluster, named in found.items()}
