"""The overview: where the plan stands, on one screen."""

from datetime import timedelta

from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from dashboard.changes import USUAL_DAYS, presets, recent
from dashboard.queries import attention, lagging, listed, lists_of, overdue, stage, strips, to_review
from dashboard.word_counts import final_tally, linear_tally
from indicators.figures.gaps import answers_of, gap_rows
from indicators.files.columns import WIDE
from indicators.headline import headline_of
from indicators.queries import cutoffs
from indicators.queries import overview as read_overview
from indicators.reader_units import for_reader
from indicators.shown.rows import grouped
from judging.terms import RULE_VERSION
from plan.changes import Clock
from plan.columns import Column, Type, columns
from plan.exports.files import rows_file
from plan.page_cache import keep, key_of, recall, remembered_page
from plan.params import read_choice, read_date, today
from plan.queries import get_plan

# How many rows of what needs attention and of what changed the overview has room for.
ATTENTION, RECENT = 6, 3


@remembered_page(parameters=["since", "clock"], also=lambda: (RULE_VERSION, cutoffs()))
def overview(request, slug):
    plan = get_plan(slug)
    usual = request.as_of - timedelta(days=USUAL_DAYS)
    # Choosing an earlier day keeps a later `since` in the address: then nothing has come since.
    since = min(read_date(request.GET, "since", usual), request.as_of)
    clock = read_choice(request.GET, "clock", Clock.values)
    day = (request.as_of, today(), since, clock)
    waiting = to_review(plan, request.user)
    state = (plan.figures_version, *day, RULE_VERSION, cutoffs(), waiting)
    key = key_of(request, "overview", (plan.pk, get_language(), bool(waiting)), state)
    if (kept := recall(key)) is None:
        keep(key, kept := _overview_body(request, plan, since, clock, waiting))
    body, rule = kept
    return render(request, "dashboard/overview.html", {"plan": plan, "body": body, "rule": rule})


def _overview_body(request, plan, since, clock, waiting):
    """Everything below the page's frame, and the rule it was judged by; the same for all of a day and a language.

    `waiting` notes are named to reviewers alone.
    """
    found = for_reader(read_overview(plan, request.as_of))
    groups = strips(plan, request.as_of)
    late = overdue(plan, request.as_of)
    gaps = gap_rows(found, answers_of(found))
    owed = {row.indicator.code: row.owed for row in reversed(gaps)}
    indicators = attention(plan, found.standings, owed)
    looked_at = [*late, *indicators, *lagging(plan, groups, request.as_of)]
    context = {
        "request": request,
        "plan": plan,
        "as_of": request.as_of,
        "found": found,
        "main": "yes" if found.has_table else "",
        "number": len(found.tabled),
        "lines": [
            *grouped(found.tabled),
            *grouped(row for row in found.standings if not found.is_main(row.indicator)),
        ],
        "is_over": request.as_of > plan.ends_on,
        "finals": final_tally(found),
        "verdict_words": linear_tally(found.tabled),
        "elapsed": round(plan.elapsed(request.as_of) * 100),
        "stage": stage(plan, request.as_of),
        "attention": looked_at[:ATTENTION],
        "lists": lists_of(found, late=len(late), indicators=len(indicators), shown=ATTENTION),
        "waiting": waiting,
        "recent": recent(plan, request.as_of, since, shown=RECENT, clock=clock),
        "clocks": Clock.choices,
        "presets": presets(plan, request.as_of),
        "strips": groups,
        "strip_words": listed([group["kind"].short_label for group in groups]),
        "headline": headline_of(found, gaps),
    }
    return render_to_string("dashboard/_overview.html", context), found.rule


def _year_column(name: str) -> Column:
    year = name.removeprefix("y")
    return Column(name, f"{year}年", year, Type.NUMBER)


def wide(request, slug, format):
    """Figures as analysts keep them: components down, years across."""
    # pandas takes a quarter of a second to import; only this file needs it.
    from dashboard.frames import wide_frame

    found = read_overview(get_plan(slug), request.as_of)
    frame = wide_frame(found)
    if format == "csv":
        # A heading that is a number looks like a row of data to readers that guess (DuckDB).
        frame = frame.rename(columns={name: f"y{name}" for name in frame.columns if name not in WIDE})
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    years = (_year_column(name) for name in frame.columns if name not in WIDE)
    return rows_file(request, rows, columns=WIDE | columns(*years), name=f"{slug}_wide", format=format)
