"""What the commands of several rooms ask of a plan."""

from django.core.management.base import CommandError

from plan.models import Plan


def plan_named(slug: str) -> Plan:
    """The plan of a slug. Raises CommandError naming those there are."""
    try:
        return Plan.objects.get(slug=slug)
    except Plan.DoesNotExist:
        known = ", ".join(Plan.objects.values_list("slug", flat=True)) or "—"
        raise CommandError(f"没有规划 {slug} / no such plan; 已有 / known: {known}") from None
