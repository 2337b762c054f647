"""What a page says on paper alone: the rule it was judged by, and its figures with numbered sources."""

from dataclasses import dataclass, field

from django import template
from django.core.exceptions import SuspiciousOperation

from indicators.models import Observation
from indicators.queries import overview
from plan.days import day_facts
from plan.models import Plan, Source

register = template.Library()


@dataclass
class Footnote:
    """A source as it stands below a page's figures, with what was said of the figures taken from it."""

    number: int
    source: Source
    notes: list[str] = field(default_factory=list)


@register.simple_tag(takes_context=True)
def rule_on_paper(context) -> str:
    """The version of the rule a page's verdicts were judged by; nothing where a page hands over none."""
    rule = context.get("rule")
    return rule.version if rule else ""


@register.simple_tag(takes_context=True)
def address_on_paper(context) -> str:
    """The page's whole address with its day, so that whoever types it in finds what was printed."""
    request, day = context["request"], context.get("as_of")
    try:
        query = request.GET.copy()
        for name in ("as_of", "known_by"):
            query.pop(name, None)
        if context.get("plan") and day:
            query.update(day_facts(day))
        return request.build_absolute_uri(request.path + (f"?{query.urlencode()}" if query else ""))
    except SuspiciousOperation:  # the address is what the page refuses
        return ""


@register.inclusion_tag("indicators/_sources_print.html", takes_context=True)
def figures_on_paper(context, parts):
    """What the verdict of each component rests on, a table each, and the sources numbered through the page."""
    footnotes: dict[str, Footnote] = {}
    tables = []
    for entry in parts:
        rows = entry["part"].rests_on
        tables.append(
            {
                "part": entry["part"],
                "rows": [(row, _footnote(footnotes, row).number) for row in rows],
                "targets": [line for line in entry["targets"] if line.target.version],
            }
        )
    return {
        "tables": tables,
        "footnotes": list(footnotes.values()),
        "unit": context["item"].unit_label,
        "is_compound": len(tables) > 1,
    }


@register.inclusion_tag("indicators/_latest_sources_print.html")
def latest_sources_on_paper(plan: Plan, day):
    """Where the figure shown of each indicator comes from, in one paragraph."""
    parts = [part for standing in overview(plan, day).standings for part in standing.components]
    return {"latest": [(part.component.code, part.heard) for part in parts if part.heard]}


def _footnote(footnotes: dict[str, Footnote], row: Observation) -> Footnote:
    source = row.source
    key = source.url or source.title
    footnote = footnotes.setdefault(key, Footnote(len(footnotes) + 1, source))
    if row.note:
        footnote.notes.append(f"{row.year}: {row.note}")
    return footnote
