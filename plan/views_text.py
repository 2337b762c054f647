"""The annotated plan: its text, every tracked phrase a link with its state in the margin."""

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plan.annotated_text import (
    COVERAGE,
    KnownCodes,
    State,
    Wanted,
    coverage_counts,
    passage,
    shows,
    state_choices,
    state_keys,
    state_of,
)
from plan.drawn_text import PassageWords, drawn, words_for
from plan.links import query_as_of
from plan.models import Item, Link, Paragraph, Plan
from plan.page_cache import keep, key_of, recall, remembered_page
from plan.params import read_choice, today
from plan.queries import get_plan, show_status
from plan.readers import noted_on, scales
from plan.searching import split_words
from plan.text import annotate

INDICATOR = Item.Kind.INDICATOR


def _cutoffs() -> tuple:
    return tuple(settings.PROGRESS_CUTOFFS.values())


@remembered_page(also=_cutoffs)
def text(request, slug):
    plan = get_plan(slug)
    day = (request.as_of, today(), _cutoffs())
    key = key_of(request, "text", (plan.pk, get_language()), (plan.figures_version, *day))
    # The whole text of today is what nearly everybody reads: kept for those who have signed in as well.
    if not key.is_usual:
        body = _body(request, plan)
    elif (body := recall(key)) is None:
        keep(key, body := _body(request, plan))
    return render(request, "plan/text.html", {"plan": plan, "body": body})


def _body(request: HttpRequest, plan: Plan) -> str:
    """Everything below the page's frame."""
    items, tied = list(plan.items.in_plan_order()), _tied_to_indicators(plan)
    show_status(plan, items, request.as_of)
    measured = frozenset(item.code for item in items if item.kind == INDICATOR or item.pk in tied)
    known = KnownCodes(measured, frozenset(noted_on(plan, request.as_of)))
    asked = request.GET.get("words", "").strip()[:100]
    wanted = Wanted(
        read_choice(request.GET, "coverage", COVERAGE),
        read_choice(request.GET, "status", state_keys(scales)),
        tuple(split_words(asked)),
    )
    readings = {scale.key: scale.read(plan, request.as_of) for scale in scales}
    day, colon = query_as_of({"as_of": request.as_of}), _("：")
    kinds = {kind: kind.label for kind in {item.plan_kind for item in items}}
    states: dict[tuple, State] = {}
    for item in items:
        # Of hundreds that nobody has reported on the state is made once.
        said = (item.kind == INDICATOR and item.code, item.status, item.status_as_of)
        if said not in states:
            states[said] = state_of(item, readings, plan.ends_on, request.as_of)
        item.state = states[said]
        item.is_wanted = wanted.picks and wanted.takes(item, known)
        # A commitment stands in the text and in the margin: what both say of it is made once.
        item.address = f"{item.path(plan.slug)}{day}"
        item.tip = f"{item.code} {kinds[item.plan_kind]}{colon}{item.state.badge.text}"
    paragraphs = list(plan.paragraphs.all())
    words = words_for(f"{reverse('plan:text', args=[plan.slug])}{day}")
    sections, number = _sections(plan, paragraphs, items, wanted, known, words)
    # Each figure counts what its own link would show: the other filters stay, its own is set aside.
    said = {row.pk for row in paragraphs if wanted.says(row.text)}
    here = [item for item in items if item.paragraph_id in said]
    of_state = [item for item in here if wanted.has_state(item)]
    covered = [item for item in here if wanted.covers(item, known)]
    counts = coverage_counts(of_state, known)
    context = {
        "request": request,
        "plan": plan,
        "as_of": request.as_of,
        "sections": sections,
        "paragraphs": number,
        "notes": list(plan.text_notes.select_related("section").prefetch_related("items")),
        "total": len(of_state),
        "taken": sum(wanted.takes(item, known) for item in here),
        "coverage": [(word, COVERAGE[word], count) for word, count in counts.items()],
        "counts": counts,
        "wanted": wanted,
        "asked": asked,
        "states": state_choices(scales, covered, plan.ends_on, request.as_of, wanted.status),
        "covered": len(covered),
    }
    return render_to_string("plan/_text.html", context)


def _tied_to_indicators(plan: Plan) -> set[int]:
    """The items that the text or a judgement ties to an indicator.

    Asked once of the few links to indicators; asked of each item it takes longer than to read them all.
    """
    ties = Link.objects.filter(Q(target__kind=INDICATOR) | Q(source__kind=INDICATOR), source__plan=plan)
    return {key for pair in ties.values_list("source_id", "target_id") for key in pair}


def _sections(
    plan: Plan,
    paragraphs: list[Paragraph],
    items: list[Item],
    wanted: Wanted,
    known: KnownCodes,
    words: PassageWords,
) -> tuple[list, int]:
    """The sections that hold something to show, each with its `.heading` and its `.passages`, and how many of
    the latter there are. A heading may be a commitment itself: the actions and most clusters are."""
    by_paragraph = _by_paragraph(paragraphs, items)
    headings, shown = {}, {}
    number = told = 0
    for paragraph in paragraphs:
        here = by_paragraph.get(paragraph.pk, [])
        is_heading = paragraph.kind == Paragraph.Kind.HEADING
        number += not is_heading
        is_shown = shows(paragraph, here, wanted, known)
        if is_heading:
            row = passage(annotate(paragraph, here), 0, wanted.words)
            row.drawn = drawn(row, words)
            headings[paragraph.section_id] = row, is_shown
        elif is_shown:
            row = passage(annotate(paragraph, here), number, wanted.words)
            row.drawn = drawn(row, words)
            shown.setdefault(paragraph.section_id, []).append(row)
            told += 1
    sections = list(plan.sections.all())
    for section in sections:
        section.heading, is_asked = headings.get(section.pk, (None, False))
        section.passages = shown.get(section.pk, [])
        section.is_shown = not wanted.narrows or is_asked or bool(section.passages)
    # A chapter keeps its heading where something below it is shown.
    lines = {number for section in sections if section.is_shown for number in section.lineage}
    return [row for row in sections if row.is_shown or row.number in lines], told


def _by_paragraph(paragraphs: list[Paragraph], items: list[Item]) -> dict[int, list[Item]]:
    """The items of each paragraph: those whose words begin there, and those whose words run on there."""
    found: dict[int, list[Item]] = {}
    order = {row.pk: row.order for row in paragraphs}
    at = {row.order: row.pk for row in paragraphs}
    for item in items:
        found.setdefault(item.paragraph_id, []).append(item)
        if item.last_paragraph_id in order:
            for further in range(order[item.paragraph_id] + 1, order[item.last_paragraph_id] + 1):
                found.setdefault(at[further], []).append(item)
    return found
