"""An indicator within pages of other sites: as a frame where their host is named, and as a picture of its day."""

from datetime import date

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page

from charts.framed import framed
from indicators.embedding import SHOWS
from indicators.queries import ComponentStanding, Standing, overview
from indicators.reader_units import standing_for_reader
from indicators.shown import tracks
from indicators.shown.states import state_badge
from indicators.shown.titles import active_title
from indicators.views import NARROW, beside_of, part_of, standing_of, trend_of
from plan.params import as_of_query, read_choice
from plan.queries import get_plan


def embed(request, slug, code):
    """The card or the chart of an indicator, without the frame of the site and without any script."""
    show = read_choice(request.GET, "show", SHOWS, SHOWS[0])
    plan = get_plan(slug)
    standing = standing_for_reader(standing_of(overview(plan, request.as_of), code))
    is_drawn = show == "chart"
    parts = [
        {
            "part": part,
            "title": active_title(part),
            "badge": state_badge(part),
            "sentence": tracks.sentence(part),
            **(_drawn(standing, part, request.as_of) if is_drawn else {}),
            "sources": [source.name for source in tracks.sources(part)],
        }
        for part in standing.components
    ]
    address = request.build_absolute_uri(reverse("indicators:detail", args=[slug, code]))
    context = {"plan": plan, "item": standing.indicator, "parts": parts, "show": show}
    context |= {"address": address + as_of_query(request.as_of)}
    response = render(request, "indicators/embed.html", context)
    return _framed_by(response, settings.EMBED_HOSTS)


def _drawn(standing: Standing, part: ComponentStanding, day: date) -> dict[str, str]:
    """The chart for a wide and for a narrow frame: the style sheet shows the one that fits."""
    beside = beside_of(standing, part, day)
    return {
        "svg": trend_of(part, growth=False, **beside),
        "narrow": trend_of(part, growth=False, **beside, **NARROW),
    }


def _framed_by(response, hosts: list[str]):
    """Lets pages of these origins, and no others, show the answer within theirs."""
    response._csp_replace = {"frame-ancestors": hosts or [NONE]}
    response.xframe_options_exempt = bool(hosts)
    return response


@conditional_page
def embed_picture(request, slug, code, component):
    """The chart with its title, source and day as one SVG, which any page may show."""
    plan = get_plan(slug)
    standing = standing_for_reader(standing_of(overview(plan, request.as_of), code))
    part = part_of(standing, component)
    svg = trend_of(part, growth=False, keyed=True, **beside_of(standing, part, request.as_of))
    address = request.build_absolute_uri(reverse("indicators:detail", args=[slug, code]))
    sources = _("、").join(source.name for source in tracks.sources(part)) or _("暂无数据")
    said = {"plan": plan.short_label, "day": request.as_of.isoformat()}
    lines = [
        _("来源：%(sources)s") % {"sources": sources},
        _("%(plan)s规划跟踪，数据截至 %(day)s") % said,
        address + as_of_query(request.as_of),
    ]
    text = framed(svg, title=part.component.label, lines=lines, link=lines[-1])
    response = HttpResponse(text, content_type="image/svg+xml; charset=utf-8")
    response["Content-Language"] = get_language()
    # A picture on another page is loaded from there; its own styles are written into it.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response._csp_replace = {"style-src": [SELF, UNSAFE_INLINE]}
    return response
