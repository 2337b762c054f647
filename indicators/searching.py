"""Search over the titles of the sources that figures, baselines and the plan itself rest on."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from indicators.queries import overview
from plan.models import Plan, Source
from plan.searching import CHINESE, Finder, Hit, Place, excerpt_of, holds, written
from plan.text import mark


def find_sources(plan: Plan, words: list[str], day: date) -> list[Hit]:
    """Sources known on a day that name every word, each with the indicators that cite it.

    What is public of a figure is public of its source: the rows are those of the indicators' own pages.
    """
    cited: dict[int, tuple[Source, dict[str, Place]]] = {}
    for standing in overview(plan, day).standings:
        indicator = standing.indicator
        for number, part in enumerate(standing.components, 1):
            # A figure has a row of its own; what the plan gives stands below the component's heading.
            told = [(part.component.baseline_source, f"c{number}")]
            told += [(row.source, f"obs-{row.pk}") for row in part.known]
            label, url = f"{part.component.code} {part.component.label}", indicator.path(plan.slug)
            for source, anchor in told:
                if source is not None:
                    places = cited.setdefault(source.pk, (source, {}))[1]
                    places.setdefault(part.component.code, Place(label, url, anchor))
    return [
        _hit(source, tuple(places.values()), words)
        for source, places in cited.values()
        if holds(words, source.title, source.publisher, source.document_number)
    ]


def _hit(source: Source, places: tuple[Place, ...], words: list[str]) -> Hit:
    aside = [source.publisher, source.document_number]
    excerpt = None if holds(words, source.title) else mark(excerpt_of(words, aside), *written(words))
    first = places[0]
    return Hit(
        source,
        mark(source.title, *written(words)),
        first.url,
        anchor=first.anchor,
        lang=CHINESE,
        label=source.published_on.isoformat() if source.published_on else "",
        excerpt=excerpt,
        places=places,
    )


SOURCES = Finder("source", _("来源"), find_sources)
