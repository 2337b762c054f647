"""The annotated plan: its text, every tracked phrase a link with its state in the margin."""

from django.db.models import Q
from django.shortcuts import render

from plan.marks import noted_on, verdicts_on
from plan.models import Item, Link, Paragraph
from plan.params import read_choice
from plan.queries import get_plan, show_day
from plan.reading import COVERAGE, Known, Wanted, beside, coverage_counts, sentences, shows
from plan.searching import split_words
from plan.text import annotate

INDICATOR = Item.Kind.INDICATOR


def text(request, slug):
    plan = get_plan(slug)
    items = list(plan.items.in_plan_order())
    show_day(plan, items, request.as_of)
    known = Known(_with_indicator(plan, items), frozenset(noted_on(plan, request.as_of)))
    asked = request.GET.get("words", "").strip()[:100]
    wanted = Wanted(
        read_choice(request.GET, "coverage", COVERAGE),
        read_choice(request.GET, "status", Item.Status.values),
        tuple(split_words(asked)),
    )
    verdicts = verdicts_on(plan, request.as_of)
    for item in items:
        item.verdict = verdicts.get(item.code)
        item.is_wanted = bool(wanted.coverage or wanted.status) and wanted.takes(item, known)
    sections, number = _sections(plan, items, wanted, known)
    counts = coverage_counts(items, known)
    context = {
        "plan": plan,
        "sections": sections,
        "paragraphs": number,
        "notes": list(plan.text_notes.select_related("section").prefetch_related("items")),
        "total": len(items),
        "coverage": [(word, COVERAGE[word], count) for word, count in counts.items()],
        "wanted": wanted,
        "asked": asked,
        "statuses": Item.Status.choices,
    }
    return render(request, "plan/text.html", context)


def _with_indicator(plan, items: list[Item]) -> frozenset[str]:
    """The indicators themselves, and what the text or a judgement ties to one."""
    ties = Link.objects.filter(source__plan=plan).filter(Q(source__kind=INDICATOR) | Q(target__kind=INDICATOR))
    tied = {code for pair in ties.values_list("source__code", "target__code") for code in pair}
    return frozenset({item.code for item in items if item.kind == INDICATOR} | tied)


def _sections(plan, items: list[Item], wanted: Wanted, known: Known) -> tuple[list, int]:
    """The sections that hold a paragraph to show, each with its own as `.annotated`, and how many those are."""
    by_paragraph: dict[int, list[Item]] = {}
    for item in items:
        by_paragraph.setdefault(item.paragraph_id, []).append(item)
    shown: dict[int, list] = {}
    number = 0
    for paragraph in plan.paragraphs.exclude(kind=Paragraph.Kind.HEADING):
        here = by_paragraph.get(paragraph.pk, [])
        row = annotate(paragraph, here)
        if wanted.narrows and not shows(row, here, wanted, known):
            continue
        row.sentences, row.beside = sentences(row, wanted.words), beside(row)
        shown.setdefault(paragraph.section_id, []).append(row)
        number += 1
    sections = list(plan.sections.all())
    for section in sections:
        section.annotated = shown.get(section.pk, [])
    # A chapter keeps its heading where one of its sections has something to show.
    told = {section.number.split(".")[0] for section in sections if section.annotated}
    return [
        row for row in sections if row.annotated or not wanted.narrows or (row.depth == 1 and row.number in told)
    ], number
