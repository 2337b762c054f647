"""The review desk: at the left everything one may decide, at the right what one looks at."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import require
from desk.queries import desk_version, figures_seen_by, proposals_of
from indicators.figures.taking_out import asked_out
from indicators.figures.unpublished import Pile
from plan.params import (
    BadParameter,
    found_by,
    read_act,
    read_edition,
    read_keys,
    read_looks,
    read_number,
    read_pairs,
    read_text,
)
from plan.queries import get_plan
from plan.steps import REFUSALS, refusal_words
from plan.workflow import Overtaken, QuestionedLife
from review.bar import unheard_words
from review.decisions import approve_chosen, can_be_undone, decide, decide_release, find, return_chosen, undo
from review.filters import DeskFilters
from review.kinds import BY_KEY, KINDS, PHRASES, Waiting, group_words
from review.listing import Listed, listed
from review.records import record_of
from texts.forms import refuse
from texts.numbers import whole_number

# As many lines as the list shows at once.
PAGE, OUT_SHOWN = 50, 10
DECISIONS = ("approve", "return")
ACTS = (*DECISIONS, "ask")
# The field of the words that go with an act.
FIELDS = {"approve": "back", "return": "back", "ask": "ask"}
# What an address keeps from one entry to the next.
KEPT = (*DeskFilters.names(), "part", "page")


@never_cache
def index(request, slug):
    """The list, with its first entry open."""
    plan = get_plan(slug)
    return _page(request, plan, None)


@require_safe
def former(request, slug):
    """Where the queue of figures stood before: notices of that time still name it."""
    said = {"item": request.GET.get("indicator", "")}
    said |= {name: request.GET.get(name, "") for name in ("organisation", "by")}
    query = urlencode({name: text for name, text in said.items() if text})
    return redirect(reverse("review:index", args=[slug]) + (f"?{query}" if query else ""), permanent=True)


@never_cache
def record(request, slug, kind, pk):
    """One entry open; POST act=approve, return or ask decides, and the next one opens."""
    plan, found = get_plan(slug), BY_KEY.get(kind)
    if found is None:
        raise Http404(_("没有这一类"))
    require(request.user, found.permission)
    row = find(plan, found, pk)
    if row is None:
        raise Http404(_("没有这一条"))
    if request.method != "POST":
        return _page(request, plan, (kind, pk))
    # Of a publication nobody asks: each of its figures has an entrant of its own.
    act = read_act(request.POST, "act", DECISIONS if kind == "release" else ACTS)
    said = read_text(request.POST, "said")
    try:
        if kind == "release":
            told = _release_decided(request, plan, row, act, said)
        else:
            # What was found of a row that asks for a look of its own counts with its tick alone.
            is_found = found.grades_of is None or act != "approve" or "looked" in request.POST
            decide(
                found, row, act, edition=read_edition(request.POST), by=request.user, said=said if is_found else ""
            )
            told = _told(found, row, act, request.user)
    except REFUSALS as error:
        # Of a publication there is one field for the reason.
        status = refuse(request, error, f"why-{pk}" if act == "approve" and kind != "release" else FIELDS[act])
        return _page(request, plan, (kind, pk), said={act: said}, status=status)
    messages.success(request, told)
    onward = (kind, pk) if act == "ask" else _onward(request)
    if onward:
        return redirect(reverse("review:record", args=[slug, *onward]) + _query(request))
    # From the row's own page one goes on with what else of its kind waits.
    query = f"?kind={kind}" if "alone" in request.POST else _query(request)
    return redirect(reverse("review:index", args=[slug]) + query)


def _release_decided(request, plan, source, act: str, said: str) -> str:
    """Decides on what was shown of a publication: without those left out, or none of it."""
    picked = dict(read_pairs(request.POST, "pick"))
    left_out = set(picked) if act == "return" else set(read_keys(request.POST, "out"))
    approved, returned = decide_release(
        plan, picked, left_out=left_out, by=request.user, reason=said, reasons=found_by(read_looks(request.POST))
    )
    told = {"title": source.title, "approved": approved, "returned": returned}
    return _("%(title)s：核定 %(approved)s 条，退回 %(returned)s 条") % told


@require_POST
def taken_back(request, slug, kind):
    """Takes back an act of the last minutes, with all its rows or none of them."""
    plan, found = get_plan(slug), BY_KEY.get(kind)
    if found is None or found.steps is None:
        raise Http404(_("没有这一类"))
    editions = dict(read_pairs(request.POST, "row"))
    address = reverse("review:index", args=[slug])
    try:
        number = undo(plan, found, editions, by=request.user)
        words = ngettext("已撤销决定，%(number)s 条仍待处理", "已撤销决定，%(number)s 条仍待处理", number)
        messages.success(request, words % {"number": number})
        address = reverse("review:record", args=[slug, kind, next(iter(editions))])
    except REFUSALS as error:
        refuse(request, error)
        return _page(request, plan, None, status=409)
    return redirect(address + _query(request))


@require_POST
def chosen(request, slug):
    """Approves or returns what was ticked, all or none; nothing that asks for a look of its own is among it."""
    plan = get_plan(slug)
    picked = [_picked(text) for text in request.POST.getlist("pick")]
    said = read_text(request.POST, "said")
    try:
        if read_act(request.POST, "act", DECISIONS) == "return":
            number = return_chosen(plan, picked, by=request.user, reason=said)
            words = ngettext("已退回 %(number)s 条", "已退回 %(number)s 条", number)
        else:
            number = approve_chosen(plan, picked, by=request.user)
            words = ngettext("已核定 %(number)s 条", "已核定 %(number)s 条", number)
        messages.success(request, words % {"number": number})
    except REFUSALS as error:
        what = f"{error.row}：" if isinstance(error, Overtaken) else ""
        told = _("%(what)s%(error)s；这一批没有处理") % {"what": what, "error": refusal_words(error)}
        messages.error(
            request, told, extra_tags="back-chosen" if "reason" in getattr(error, "error_dict", ()) else ""
        )
        return _page(
            request, plan, None, said={"chosen": said}, picked=set(request.POST.getlist("pick")), status=409
        )
    return redirect(reverse("review:index", args=[slug]) + _query(request))


@require_POST
def answer(request, slug, kind, pk):
    """The answer of who may write such rows to a reviewer's question."""
    plan, found = get_plan(slug), BY_KEY.get(kind)
    row = find(plan, found, pk) if found and isinstance(found.life, QuestionedLife) else None
    if row is None or not _is_seen(plan, kind, pk, request.user):
        raise Http404(_("没有这一条"))
    said = read_text(request.POST, "said")
    edition = read_edition(request.POST) if hasattr(row, "edition") else None
    try:
        found.life.answer(row, edition=edition, by=request.user, reason=said)
        messages.success(request, _("已答复"))
    except REFUSALS as error:
        refuse(request, error, "answer")
    return redirect(found.life.address(row))


def _is_seen(plan, kind: str, pk: int, user) -> bool:
    """Whether it is among what somebody sees on the data desk; who may answer is the life's own matter."""
    seen = {"figure": figures_seen_by, "target": proposals_of}.get(kind)
    return seen is None or seen(plan, user).filter(pk=pk).exists()


def _told(kind, row, act: str, by) -> str:
    code = kind.life.thing(row)["object_code"]
    words = {"approve": _("已通过：%(code)s"), "return": _("已退回：%(code)s")}
    if act != "ask":
        return words[act] % {"code": code}
    return unheard_words(kind, row, by) or _("问题已发出：%(code)s") % {"code": code}


def _onward(request) -> tuple[str, int] | None:
    kind, _colon, pk = request.POST.get("next", "").partition(":")
    number = whole_number(pk)
    return (kind, number) if kind in BY_KEY and number else None


def _picked(text: str) -> tuple[str, int, int]:
    kind, _colon, rest = text.partition(":")
    pk, _colon, edition = rest.partition(":")
    numbers = whole_number(pk), whole_number(edition)
    if kind not in BY_KEY or None in numbers:
        raise BadParameter("pick", text, _("应为类别、编号与版本，例如 figure:12:3"))
    return kind, *numbers


def _query(request) -> str:
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def _page(request, plan, opened: tuple[str, int] | None, *, said=None, picked=frozenset(), status=200):
    filters = DeskFilters.read(request.GET)
    part = read_number(request.GET, "part", default=1, low=1, high=10_000)
    found = listed(plan, request.user, filters, part)
    shown = [one for one in found.entries if _is_shown(one, filters)]
    at, entry = _opened(found, shown, opened, read_number(request.GET, "page", default=1, low=1, high=10_000))
    start = (at or 0) // PAGE * PAGE
    context = {
        "plan": plan,
        "groups": _groups(shown[start : start + PAGE]),
        "total": len(shown),
        "position": None if at is None else at + 1,
        "pages": -(-len(shown) // PAGE),
        "page": start // PAGE + 1,
        "before": shown[at - 1] if at else None,
        "after": shown[at + 1] if at is not None and at + 1 < len(shown) else None,
        "onward": _next_key(shown, at, entry),
        "record": record_of(plan, request.user, entry) if entry else None,
        "gone": _gone(plan, opened) if entry is None and opened else None,
        "kinds": [(one, sum(line.kind is one for line in found.entries)) for one in KINDS],
        "flagged": [
            (str(key), word, sum(one.group == key for one in found.entries)) for key, word in group_words().items()
        ],
        "filters": filters,
        "choices": _choices(found.entries, filters),
        "listed": found,
        "asked_out": _asked_out(plan),
        "undoable": can_be_undone(plan, request.user),
        "picked": picked,
        "phrases": PHRASES[entry.kind.key] if entry else [],
        "left": len(found.entries),
        "said": said or {},
        "said_of_release": next(iter((said or {}).values()), ""),
        "looks": read_looks(request.POST),
        "is_looked_at": "looked" in request.POST,
        "left_out": set(read_keys(request.POST, "out")),
        "query": _query(request),
        "pairs": filters.pairs(),
        "version": desk_version(plan),
        "tab": "desk",
    }
    return render(request, "review/desk.html", context, status=status)


def _asked_out(plan) -> Pile:
    rows = asked_out(plan)
    first = list(rows[: OUT_SHOWN + 1])
    return Pile(rows.count() if len(first) > OUT_SHOWN else len(first), first[:OUT_SHOWN])


def _is_shown(entry: Waiting, filters: DeskFilters) -> bool:
    return filters.kind in ("", entry.kind.key) and filters.group in ("", str(entry.group))


def _opened(found: Listed, shown: list[Waiting], opened, page: int) -> tuple[int | None, Waiting | None]:
    """What is looked at, and its place in the list: of a figure within a publication, the place of that."""
    if opened is None:
        at = (page - 1) * PAGE if (page - 1) * PAGE < len(shown) else 0
        return (at, shown[at]) if shown else (None, None)
    key = f"{opened[0]}:{opened[1]}"
    for at, one in enumerate(shown):
        if key == one.key:
            return at, one
        if member := next((member for member in one.members if key == member.key), None):
            return at, member
    return None, None


def _next_key(shown: list[Waiting], at: int | None, entry: Waiting | None) -> str:
    """What opens once this one is decided: its publication, the one after it, else the one before."""
    if at is None or entry is None:
        return ""
    if entry is not shown[at]:
        return shown[at].key
    if len(shown) < 2:
        return ""
    return shown[at + 1].key if at + 1 < len(shown) else shown[at - 1].key


def _groups(entries: list[Waiting]) -> list[tuple[str, list[Waiting]]]:
    """The lines under the words of their groups, each group once."""
    words = group_words()
    return [(word, some) for key, word in words.items() if (some := [one for one in entries if one.group == key])]


def _choices(entries: list[Waiting], filters: DeskFilters) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """By what the list can be narrowed: name, label, the values that occur in it, and the one chosen."""
    units, items, people = {}, {}, {}
    for one in [line for entry in entries for line in entry.members or [entry]]:
        commitment = one.kind.item(one.row)
        items[commitment.code] = f"{commitment.code} {commitment.label}"
        if lead := commitment.lead:
            units[lead.code] = str(lead)
        if one.by is not None and hasattr(one.by, "username"):
            people[one.by.username] = str(one.by)
    found = (
        ("organisation", _("责任单位"), units), ("item", _("条目"), items), ("by", _("录入人"), people)
    )  # fmt: skip
    for name, _label, values in found:
        if chosen := getattr(filters, name):
            values.setdefault(chosen, chosen)
    return [
        (name, label, sorted(values.items()), getattr(filters, name)) for name, label, values in found if values
    ]


def _gone(plan, opened):
    """A row that is no longer to be decided here: decided by somebody, withdrawn, or one's own."""
    kind = BY_KEY[opened[0]]
    row = find(plan, kind, opened[1])
    address = kind.life.address(row, plan) if kind.key == "release" else kind.life.address(row)
    return {"row": row, "address": address, "code": kind.life.thing(row)["object_code"]}
