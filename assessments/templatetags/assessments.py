"""What pages of items say of their evaluation, and the badges of its states."""

from django import template

from assessments.evidence import INLINE
from assessments.models import Finding, Note, Opinion, ReportChapter, Round
from assessments.queries import as_it_stood, changes_since, known_notes, open_findings
from assessments.report.document import DocumentParagraph, DocumentTable, Heading, Labelled, Picture
from assessments.wording import (
    LABELS,
    change_word,
    change_words,
    chapter_badge,
    computed_badge,
    conclusion_badge,
    finding_badge,
    note_badge,
    note_word,
    opinion_badge,
    round_badge,
    said,
)
from plan.models import Item
from plan.params import today
from plan.wording import late_words

register = template.Library()
KINDS = {
    Heading: "heading",
    DocumentParagraph: "paragraph",
    Labelled: "labelled",
    DocumentTable: "table",
    Picture: "picture",
}


@register.inclusion_tag("assessments/_item.html", takes_context=True)
def item_notes(context, item: Item):
    """The notes on an item that stood published on the page's day, and its follow-up actions not closed."""
    request = context["request"]
    day = request.as_of
    notes = []
    for step in reversed(known_notes(context["plan"], day, item)):
        changes = changes_since(step.note) if day == today() else []
        notes.append(
            {
                "step": step,
                "note": step.note,
                "said": said(step.body, step.note),
                "computed": computed_badge(step.body["pinned"]),
                "changes": [change_words(change) for change in changes],
            }
        )
    findings = []
    if notes:  # a follow-up action has a note
        findings = [
            {"finding": row, "late": row.is_late_on(day)}
            for row in map(as_it_stood, open_findings(context["plan"], day).filter(note__item=item))
        ]
    return {"request": request, "plan": context["plan"], "as_of": context.get("as_of"), "item": item} | {
        "notes": notes,
        "findings": findings,
    }


@register.inclusion_tag("_components/badge.html")
def note_state(note: Note | None):
    return {"badge": note_badge(note.state if note else "none")}


@register.inclusion_tag("_components/badge.html")
def state_badge(state: str):
    return {"badge": note_badge(state)}


@register.inclusion_tag("_components/badge.html")
def round_state(row: Round):
    return {"badge": round_badge(row)}


@register.inclusion_tag("_components/badge.html")
def finding_state(row: Finding):
    return {"badge": finding_badge(row)}


@register.inclusion_tag("_components/badge.html")
def chapter_state(row: ReportChapter):
    return {"badge": chapter_badge(row)}


@register.inclusion_tag("_components/badge.html")
def opinion_state(row: Opinion):
    return {"badge": opinion_badge(row)}


@register.filter
def note_state_word(state: str) -> str:
    return note_word(state)


@register.filter
def block_kind(block) -> str:
    """Which of the blocks of a document this is, for the template that draws it."""
    return KINDS[type(block)]


@register.filter
def anchor(heading: Heading) -> str:
    """The number of a heading as its anchor: the words are Chinese and long."""
    return f"h{abs(hash_text(heading.text))}"


def hash_text(text: str) -> int:
    """The same in every process, unlike hash()."""
    number = 0
    for char in text:
        number = (number * 31 + ord(char)) % 1_000_000_007
    return number


@register.filter
def is_in(value, numbers) -> bool:
    return value in numbers


@register.filter
def days_late(due_on, day) -> str:
    return late_words((day - due_on).days, is_done=False)


@register.simple_tag(takes_context=True)
def with_query(context, **changed):
    """The page's own address with some parameters set, or dropped where empty; always from the first page."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}" if query else context["request"].path


@register.simple_tag(takes_context=True)
def other_page(context, number):
    query = context["request"].GET.copy()
    query["page"] = number
    return f"?{query.urlencode()}"


@register.inclusion_tag("assessments/_conclusion.html")
def conclusion(note: Note | None):
    """The evaluator's word, or that there is none yet."""
    return {"badge": conclusion_badge(note.conclusion) if note else None}


register.filter("change_word", change_word)


@register.filter
def field_label(name: str) -> str:
    return str(LABELS.get(name, name))


@register.filter
def is_shown(content_type: str) -> bool:
    """Whether a browser may show such a file in place."""
    return content_type in INLINE


@register.simple_tag(takes_context=True)
def item_url_on(context, item: Item, day):
    """The item's page as of a day, where its verdict is derived."""
    return f"{item.path(context['plan'].slug)}?as_of={day.isoformat()}"


@register.filter
def column_shares(table: DocumentTable) -> list[int]:
    """The width of each column in whole per cent."""
    return [round(100 * width / sum(table.widths)) for width in table.widths]
