"""The review desk: at the left everything one may decide, at the right what one looks at."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.permissions import require
from desk.queries import figures_seen_by
from indicators.figures.taking_out import asked_out
from plan.params import BadParameter, read_choice, read_edition, read_number, read_text
from plan.queries import get_plan
from plan.steps import REFUSALS, refusal_words
from plan.workflow import Overtaken
from review.decisions import approve_chosen, can_be_undone, decide, find
from review.kinds import BY_KEY, KINDS, Waiting, entries_of, group_words, large_imports
from review.records import record_of
from texts.numbers import whole_number

# As many lines as the list shows at once.
PAGE = 50
ACTS = ("approve", "return", "ask", "undo")


@never_cache
def index(request, slug):
    """The list, with its first entry open."""
    plan = get_plan(slug)
    return _page(request, plan, None)


@never_cache
def record(request, slug, kind, pk):
    """One entry open; POST act=approve, return, ask or undo decides, and the next one opens."""
    plan, found = get_plan(slug), BY_KEY.get(kind)
    if found is None:
        raise Http404(_("没有这一类"))
    require(request.user, found.permission)
    row = find(plan, found, pk)
    if row is None:
        raise Http404(_("没有这一条"))
    if request.method != "POST":
        return _page(request, plan, (kind, pk))
    act = read_choice(request.POST, "act", ACTS)
    said = read_text(request.POST, "said")
    try:
        decide(found, row, act, edition=read_edition(request.POST), by=request.user, said=said)
    except REFUSALS as error:
        messages.error(request, refusal_words(error))
        status = 400 if isinstance(error, ValidationError) else 409
        return _page(request, plan, (kind, pk), said={act: said}, status=status)
    messages.success(request, _told(found, row, act, request.user))
    onward = (kind, pk) if act in ("ask", "undo") else _onward(request)
    address = reverse("review:record", args=[slug, *onward]) if onward else reverse("review:index", args=[slug])
    return redirect(address + _query(request))


@require_POST
def chosen(request, slug):
    """Approves what was ticked, all or none; nothing that asks for a look of its own is among it."""
    plan = get_plan(slug)
    picked = [_picked(text) for text in request.POST.getlist("pick")]
    try:
        number = approve_chosen(plan, picked, by=request.user)
        words = ngettext("已核定 %(number)s 条", "已核定 %(number)s 条", number)
        messages.success(request, words % {"number": number})
    except REFUSALS as error:
        what = f"{error.row}：" if isinstance(error, Overtaken) else ""
        messages.error(
            request, _("%(what)s%(error)s；这一批没有处理") % {"what": what, "error": refusal_words(error)}
        )
        return _page(request, plan, None, status=409)
    return redirect(reverse("review:index", args=[slug]) + _query(request))


@require_POST
def answer(request, slug, kind, pk):
    """The answer of who may enter such rows to a reviewer's question."""
    plan, found = get_plan(slug), BY_KEY.get(kind)
    row = find(plan, found, pk) if found and found.steps is not None else None
    if row is None or (kind == "figure" and not figures_seen_by(plan, request.user).filter(pk=pk).exists()):
        raise Http404(_("没有这一条"))
    said = read_text(request.POST, "said")
    try:
        found.life.answer(row, edition=read_edition(request.POST), by=request.user, reason=said)
        messages.success(request, _("已答复"))
    except REFUSALS as error:
        messages.error(request, refusal_words(error))
    return redirect(found.life.address(row))


def _told(kind, row, act: str, by) -> str:
    code = kind.life.thing(row)["object_code"]
    words = {"approve": _("已通过：%(code)s"), "return": _("已退回：%(code)s"), "undo": _("已撤销决定：%(code)s")}
    if act != "ask":
        return words[act] % {"code": code}
    person = getattr(row, "entered_by", None)
    if person is None or person.is_active:
        return _("问题已发出：%(code)s") % {"code": code}
    if heard := kind.life.asked(row, by):
        names = _("、").join(str(one) for one in heard[:3])
        return _("录入人的账号已停用，问题已转给本单位的%(names)s") % {"names": names}
    return _("录入人的账号已停用，本单位也没有别人可以答复；问题已记下，没有人会收到")


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
    kept = {name: request.GET[name] for name in ("kind", "group", "page") if request.GET.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def _page(request, plan, opened: tuple[str, int] | None, *, said=None, status=200):
    kind = read_choice(request.GET, "kind", BY_KEY)
    group = read_choice(request.GET, "group", map(str, group_words()))
    every, theirs = entries_of(plan, request.user)
    shown = [one for one in every if kind in ("", one.kind.key) and group in ("", str(one.group))]
    at = next((at for at, one in enumerate(shown) if opened == (one.kind.key, one.row.pk)), None)
    if at is None and opened is None and shown:
        at = read_number(request.GET, "page", default=1, low=1, high=10_000) * PAGE - PAGE
        at = at if at < len(shown) else 0
    start = (at or 0) // PAGE * PAGE
    entry = shown[at] if at is not None else None
    context = {
        "plan": plan,
        "groups": _groups(shown[start : start + PAGE]),
        "total": len(shown),
        "position": None if at is None else at + 1,
        "pages": -(-len(shown) // PAGE),
        "page": start // PAGE + 1,
        "before": shown[at - 1] if at else None,
        "after": shown[at + 1] if at is not None and at + 1 < len(shown) else None,
        "onward": _next_key(shown, at),
        "record": record_of(plan, request.user, entry) if entry else None,
        "gone": _gone(plan, opened) if entry is None and opened else None,
        "kinds": [(one, sum(line.kind is one for line in every)) for one in KINDS],
        "flagged": [
            (str(key), word, sum(one.group == key for one in every)) for key, word in group_words().items()
        ],
        "kind": kind,
        "group": group,
        "theirs": theirs,
        "imports": large_imports(plan),
        "asked_out": asked_out(plan)[:10],
        "undoable": can_be_undone(plan, request.user),
        "said": said or {},
        "query": _query(request),
        "kept": "".join(f"{name}={said}&" for name, said in (("kind", kind), ("group", group)) if said),
        "tab": "desk",
    }
    return render(request, "review/desk.html", context, status=status)


def _next_key(shown: list[Waiting], at: int | None) -> str:
    """What opens once this one is decided: the one after it, else the one before."""
    if at is None or len(shown) < 2:
        return ""
    return shown[at + 1].key if at + 1 < len(shown) else shown[at - 1].key


def _groups(entries: list[Waiting]) -> list[tuple[str, list[Waiting]]]:
    """The lines under the words of their groups, each group once."""
    words = group_words()
    return [(word, some) for key, word in words.items() if (some := [one for one in entries if one.group == key])]


def _gone(plan, opened):
    """A row that is no longer to be decided here: decided by somebody, withdrawn, or one's own."""
    kind = BY_KEY[opened[0]]
    row = find(plan, kind, opened[1])
    return {"row": row, "address": kind.life.address(row), "code": kind.life.thing(row)["object_code"]}
