"""What a page says of itself to programs that gather pages (plan.linked)."""

from django import template

from plan import linked

register = template.Library()


def site_of(context) -> str:
    return context["request"].build_absolute_uri("/").rstrip("/")


@register.simple_tag(takes_context=True)
def linked_plan(context, plan):
    return linked.block(linked.of_plan(plan, context["request"].as_of, site_of(context)))


@register.simple_tag(takes_context=True)
def linked_plans(context, plans):
    return linked.block(linked.of_plans(plans, site_of(context)))


@register.simple_tag(takes_context=True)
def linked_item(context, item):
    plan = context["plan"]
    return linked.block(linked.of_item(plan, item, context["request"].as_of, site_of(context)))
