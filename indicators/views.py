"""Indicator pages, their files and the figures of their charts."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from charts import trend
from charts.key import key
from charts.large import trend_svg
from charts.png import png, standalone
from charts.scale import is_cut
from indicators import continuing, embedding
from indicators.changes import verdict_history
from indicators.elsewhere import Elsewhere, elsewhere_on, rows_of
from indicators.figures.gaps import answers_of, gap_rows_of
from indicators.figures.unpublished import under_way
from indicators.files.columns import OBSERVATION, PROGRESS
from indicators.files.exports import judged_observations, observation_row, progress_rows, shows_logins
from indicators.queries import ComponentStanding, Overview, Standing, cutoffs, overview, what_if
from indicators.reader_units import for_reader, standing_for_reader, target_for_reader
from indicators.shown import tracks
from indicators.shown.bullets import axis_head, bullet, common_axis
from indicators.shown.cards import card
from indicators.shown.derivation import Places, derive
from indicators.shown.examples import compounds, examples, kind_examples, legend, trials
from indicators.shown.filters import SORTS, IndicatorFilters, filters, leads, read_table_choice, sort_options
from indicators.shown.glossary import GLOSSARY
from indicators.shown.rows import change_words, grouped
from indicators.shown.states import state_badge
from indicators.shown.table import chosen, filtered, table_rows, year_span
from indicators.shown.titles import active_title
from indicators.shown.vintages import leading, vintage_years
from indicators.shown.wording import cagr_badge, final_badge, linear_badge_of
from indicators.targets.versions import target_lines
from judging.terms import RULE_VERSION
from plan.days import day_facts
from plan.exports.download import Download
from plan.exports.files import json_file, rows_file
from plan.models import Item, Plan
from plan.page_cache import remembered_page
from plan.params import as_of_query, read_choice, read_decimal, read_number, today
from plan.queries import get_item, get_plan, links_of, show_day
from plan.readers import mark_links
from plan.views import moved_or_retired

# Which columns of the list a reader keeps.
COLUMNS, ALL, ONE_YEAR = "columns", "all", 365 * 24 * 60 * 60
# The picture for a phone and for a column of a sheet of paper.
NARROW = {"width": 400, "height": 280, "kind": "narrow"}


def index(request, slug, format=""):
    """All indicators on one table, or as bullet charts; the files hold the same rows."""
    plan = get_plan(slug)
    found = overview(plan, request.as_of)
    choice = read_table_choice(
        request.GET,
        organisations=[row.code for row in leads(found)],
        years=year_span(found, IndicatorFilters(years="all")),
    )
    if format:
        rows = progress_rows(filtered(found, choice))
        return rows_file(request, rows, columns=PROGRESS, name=f"{slug}_progress", format=format)
    found, choice = for_reader(found), choice.with_view("table" if request.COOKIES.get(COLUMNS) == ALL else "rows")
    context = {
        "plan": plan,
        "has_table": found.has_table,
        "choice": choice,
        "filters": filters(found, choice),
        "sorts": SORTS,
        "sort_options": sort_options(choice),
        "rule": found.rule,
    }
    response = render(request, "indicators/index.html", context | _view_of(found, choice))
    return _remembering_columns(response, request.GET.get("view", ""))


def _view_of(found: Overview, choice: IndicatorFilters) -> dict:
    """What one of the views shows: rows of indicators, the table of components, or their bullets."""
    if choice.view == "rows":
        left = chosen(found, choice)
        return {"groups": grouped(left), "number": len(left), "total": len(found.standings)}
    rows = table_rows(found, choice)
    total = sum(len(standing.components) for standing in found.standings)
    shown = {"rows": rows, "number": len(rows), "total": total}
    if choice.view == "table":
        return shown | {"years": year_span(found, choice)}
    axis = common_axis([row.gauged for row in rows])
    bullets = [(row, bullet(row.gauged, axis, label=row.shown.sentence)) for row in rows]
    return shown | {"axis": axis_head(axis), "bullets": bullets}


def _remembering_columns(response, asked: str):
    """A reader who asked for all columns finds them again, until they ask for the rows."""
    if asked == "table":
        response.set_cookie(
            COLUMNS, ALL, max_age=ONE_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
        )
    elif asked == "rows":
        response.delete_cookie(COLUMNS, samesite="Lax")
    return response


@remembered_page(also=lambda: (RULE_VERSION, cutoffs()))
def detail(request, slug, code, format=""):
    plan = get_plan(slug)
    found = overview(plan, request.as_of)
    if code not in found.by_code:
        return moved_or_retired(request, plan, get_item(plan, code, (Item.Kind.INDICATOR,)), code)
    standing = standing_of(found, code)
    if format:
        return _file(request, plan, standing, format)
    own = {part.component.pk: part.component for part in standing.components}
    found, standing = for_reader(found), standing_for_reader(standing)
    indicator, links = standing.indicator, links_of(standing.indicator)
    show_day(plan, mark_links(plan, indicator, links, request.as_of), request.as_of)
    growth = _asks_growth(request)
    read_number(request.GET, "year", default=0, low=1949, high=2100)
    work = under_way(indicator, request.user)
    proposals = [target_for_reader(row, own[row.component_id]) for row in work.proposals]
    gaps = {row.component.pk: row for row in gap_rows_of(found, standing, answers_of(found))}
    before = {part.component.pk: continuing.before(part, request.as_of) for part in standing.components}
    after = {part.component.pk: continuing.after(part, request.as_of) for part in standing.components}
    places = elsewhere_on(standing, request.as_of)
    parts = [
        {
            "part": part,
            "elsewhere": (there := places.get(part.component.pk, [])),
            "before": (earlier := before[part.component.pk]),
            "proposed": continuing.proposed_base(part, earlier),
            "after": after[part.component.pk],
            "told": derive(part, _places(request, part)),
            "svg": trend_of(part, growth=growth, before=earlier, elsewhere=there),
            "narrow": trend_of(part, growth=growth, before=earlier, elsewhere=there, **NARROW),
            "key": key(
                tracks.track(part, growth=growth, before=earlier, elsewhere=there), tracks.words(growth=growth)
            ),
            "sources": tracks.sources(part),
            "rows": leading(part),
            "has_growth": tracks.has_growth(part),
            "vintages": vintage_years(part),
            "sentence": tracks.sentence(part),
            "title": active_title(part),
            "badge": state_badge(part),
            "change": change_words(part),
            "is_cut": is_cut(tracks.track(part, growth=growth, elsewhere=there)),
            "what_if": _what_if(request, part, [one.component.code for one in standing.components]),
            "targets": target_lines(part, proposals, request.as_of),
            "under_way": work.figures.get(part.component.pk),
            "gap": gaps[part.component.pk],
        }
        for part in standing.components
    ]
    context = {
        "plan": plan,
        "item": indicator,
        "standing": standing,
        "card": card(standing),
        "is_main": found.is_main(indicator),
        "parts": parts,
        "links": links,
        "notes": indicator.text_notes.select_related("section"),
        "changes": verdict_history(found, standing)[:10],
        "rule": standing.first.rule,
        "growth": growth,
        "desk": work.is_seen,
        "cite": cited(request, plan, standing),
        "may_enter": work.may_enter,
        "may_propose": may(request.user, Permission.PROPOSE_TARGETS),
        "may_plan": may(request.user, Permission.EDIT_PLAN),
    }
    response = render(request, "indicators/detail.html", context)
    # It shows figures of another plan, whose version says nothing of this one's.
    response.is_of_one_plan = not any([*before.values(), *after.values()])
    return response


def cited(request, plan: Plan, standing: Standing) -> dict:
    """How the page is cited and shown elsewhere, and what it says of itself to catalogues."""
    indicator = standing.indicator
    page = request.build_absolute_uri(reverse("indicators:detail", args=[plan.slug, indicator.code]))
    found = embedding.quoted(page, request.as_of, today())
    frame = request.build_absolute_uri(reverse("indicators:embed", args=[plan.slug, indicator.code]))
    title = indicator.label
    frames = [
        (_("图"), embedding.frame_snippet(f"{frame}?show=chart", title, 520 * len(standing.components))),
        (_("卡片"), embedding.frame_snippet(f"{frame}?show=card", title, 220 * len(standing.components))),
    ]
    days = urlencode({"as_of": found.as_of.isoformat()})
    pictures = [
        (part.component.code, embedding.picture_snippet(f"{address}?{days}", page, part.component.label))
        for part in standing.components
        for address in [
            request.build_absolute_uri(
                reverse("indicators:embed_picture", args=[plan.slug, indicator.code, part.component.code])
            )
        ]
    ]
    sources = list(dict.fromkeys(row.name for part in standing.components for row in tracks.sources(part)))
    parts = [part.component for part in standing.components]
    site = request.build_absolute_uri("/").rstrip("/")
    return {
        "citation": embedding.citation(plan, indicator, found, sources),
        "frames": frames if settings.EMBED_HOSTS else [],
        "hosts": settings.EMBED_HOSTS,
        "pictures": pictures,
        "dataset": embedding.dataset(plan, indicator, parts, found, site),
    }


def figure(request, slug, code, component):
    """The Plotly figure of one component, as JSON for the browser."""
    standing = standing_for_reader(standing_of(overview(get_plan(slug), request.as_of), code))
    part = part_of(standing, component)
    growth = _asks_growth(request)
    width = read_number(request.GET, "width", default=720, low=200, high=4000)
    track = tracks.track(part, growth=growth, **beside_of(standing, part, request.as_of))
    body = trend.figure(track, words=tracks.words(growth=growth), width=width)
    response = JsonResponse(body)
    response["Content-Language"] = get_language()
    return response


def picture(request, slug, code, component, kind):
    """The server-drawn trend as a file: PNG for documents, SVG for printers; no script needed."""
    standing = standing_for_reader(standing_of(overview(get_plan(slug), request.as_of), code))
    part = part_of(standing, component)
    beside = beside_of(standing, part, request.as_of)
    svg = trend_of(part, growth=_asks_growth(request), keyed=True, **beside)
    content = png(svg) if kind == "png" else standalone(svg).encode()
    response = Download(
        name=f"{slug}_{component}", format=kind, pieces=[content], rows=len(part.in_force())
    ).response(request)
    response["Content-Language"] = get_language()
    return response


def methods(request, slug):
    """How progress is judged: the rules, worked examples from the plan's own numbers, the terms."""
    plan = get_plan(slug)
    found = for_reader(overview(plan, request.as_of))
    context = {
        "plan": plan,
        "examples": examples(found),
        "compounds": compounds(found),
        "trials": trials(found),
        "kinds": kind_examples(),
        "counts": found.counts,
        "component_counts": found.component_counts,
        "legend": legend(),
        "cutoffs": found.rule.percentages,
        "glossary": GLOSSARY,
        "rule": found.rule,
        "rule_version": found.rule.version,
    }
    return render(request, "indicators/methods.html", context)


def observations(request, slug, format):
    """Every judged figure of the plan as a file."""
    plan = get_plan(slug)
    logins = shows_logins(request)
    rows = (
        observation_row(row, slug, logins=logins) for row in judged_observations(plan, request.as_of).iterator()
    )
    return rows_file(request, rows, columns=OBSERVATION, name=f"{slug}_observations", format=format)


def _what_if(request, part, codes) -> dict:
    """The form's year and value and, when they were given, what the verdict would be; `codes`: of the components
    that may be asked about."""
    first, last = part.component.indicator.plan.starts_on.year, part.target.year
    asked = {"years": range(first, last + 1), "year": last, "value": ""}
    if read_choice(request.GET, "what_if", codes) != part.component.code:
        return asked
    year = read_number(request.GET, "year", default=last, low=first, high=last)
    value = read_decimal(request.GET, "value")
    assessment = what_if(part, year, value)
    return asked | {
        "year": year,
        "value": request.GET["value"],
        "linear": linear_badge_of(assessment, last),
        "cagr": cagr_badge(assessment.cagr.status, assessment.cagr.reason),
        "final": final_badge(assessment.final_verdict),
    }


def _asks_growth(request) -> bool:
    """Which expected path is drawn: the straight one unless the address asks for that of method B."""
    return read_choice(request.GET, "path", ("linear", "growth"), "linear") == "growth"


def beside_of(standing: Standing, part: ComponentStanding, day: date) -> dict:
    """What a chart shows beside the plan's own: what it goes on from, and the same elsewhere."""
    places = elsewhere_on(standing, day)
    return {"before": continuing.before(part, day), "elsewhere": places.get(part.component.pk, [])}


def trend_of(
    part: ComponentStanding,
    *,
    growth: bool,
    before: continuing.Neighbour | None,
    elsewhere: Sequence[Elsewhere],
    **shape,
) -> str:
    track = tracks.track(part, growth=growth, before=before, elsewhere=elsewhere)
    words = tracks.words(growth=growth)
    return trend_svg(track, label=tracks.sentence(part), words=words, **shape)


def _places(request, part: ComponentStanding) -> Places:
    """Where target and baseline of a derivation come from: the plan's own sentence, or the revision's row."""
    indicator = part.component.indicator
    kept = as_of_query(request.as_of)
    text = f"{reverse('plan:text', args=[indicator.plan.slug])}{kept}#{indicator.paragraph.anchor}"
    target = text if part.target.version == 1 else f"#target-{part.target.pk}"
    return Places(target, f"#base-{part.component.code}")


def part_of(standing: Standing, component: str) -> ComponentStanding:
    part = next((part for part in standing.components if part.component.code == component), None)
    if part is None:
        raise Http404(_("没有分项“%(code)s”") % {"code": component})
    return part


def standing_of(found: Overview, code: str) -> Standing:
    if code not in found.by_code:
        raise Http404(_("规划中没有指标“%(code)s”") % {"code": code})
    return found.by_code[code]


def _file(request, plan, standing: Standing, format: str):
    """Figures of one indicator as CSV; as JSON its standing as well."""
    queryset = judged_observations(plan, request.as_of).filter(component__indicator=standing.indicator)
    rows = [observation_row(row, plan.slug, logins=shows_logins(request)) for row in queryset]
    name = f"{plan.slug}_{standing.indicator.code}"
    if format == "csv":
        return rows_file(request, rows, columns=OBSERVATION, name=name, format=format)
    one = Overview(plan, request.as_of, [standing], [standing.first.rule])
    body = {
        **day_facts(request.as_of),
        "code": standing.indicator.code,
        "title": standing.indicator.title,
        "progress": progress_rows(one),
        "observations": rows,
        "elsewhere": rows_of(standing, request.as_of),
    }
    return json_file(request, body, name=name, rows=len(rows))
