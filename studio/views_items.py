"""Pages of what a text promises: proposals beside the text, one item, indicators and their table, the check."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from plan.kinds import Kind
from plan.params import read_edition, today
from plan.queries import get_plan
from studio import held as content
from studio import publishing, services
from studio.bases import earlier_parts, key_of, proposed, take_base
from studio.checking import coverage, faults_of
from studio.choosing import WaitingProposal, waiting
from studio.forms import ItemForm, NumbersForm, initial_of, numbers_initial
from studio.held import DraftContent, HeldItem, bare, entry_kinds, stretches
from studio.models import PlanDraft
from studio.proposing.targets import reading_of, target_of
from studio.reading.tables import as_row, cells_of, is_row
from studio.views import done, get_draft
from texts.forms import posted, refuse, typed_text
from texts.numbers import whole_number


@dataclass
class Piece:
    text: str
    look: str = ""


@dataclass
class Shown:
    """A block of the text with what was accepted in it and what waits."""

    number: int
    depth: int
    pieces: list[Piece]
    items: list[tuple[str, HeldItem]] = field(default_factory=list)
    waiting: list[WaitingProposal] = field(default_factory=list)
    table: list[list[str]] = field(default_factory=list)


def commitments(request, slug):
    """The text section by section, proposals in the margin."""
    row = get_draft(slug)
    held = row.held
    more = services.outside_of(row)
    asked = waiting(held, row.template, more.proposals if more else ())
    sections = _sections(held, asked)
    chosen = whole_number(request.GET.get("section", ""))
    if chosen is None:
        chosen = next((one[0] for one in sections if one[3]), 0)
    span = next(
        (one for one in sections if one[0] == chosen), sections[0] if sections else (0, "", range(0), 0, 0)
    )
    later = [one for one in sections if one[0] > span[0] and one[3]]
    context = {
        "draft": row,
        "sections": sections,
        "chosen": span,
        "next": later[0] if later else None,
        "blocks": _shown(held, asked, span[2]),
        "kinds": {kind["key"]: kind["name"] for kind in held.kinds},
        "text_key": services.key_of(held),
        "left": len(asked),
        "outside": more,
    }
    return render(request, "studio/commitments.html", context)


def _sections(held: DraftContent, asked: list[WaitingProposal]) -> list[tuple[int, str, range, int, int]]:
    """Stretches of the text: the block of the heading, its words, the blocks, how many wait, its depth."""
    blocks = held.blocks
    starts = [number for number, block in enumerate(blocks) if block.startswith("#")]
    starts = starts if starts[:1] == [0] else [0, *starts]
    per_block: dict[int, int] = {}
    for one in asked:
        per_block[one.proposal.block] = per_block.get(one.proposal.block, 0) + 1
    found = []
    for start, stop in zip(starts, [*starts[1:], len(blocks)], strict=True):
        words = bare(blocks[start]) if blocks and blocks[start].startswith("#") else _("开头")
        depth = len(blocks[start]) - len(blocks[start].lstrip("#")) if blocks else 0
        number = sum(per_block.get(block, 0) for block in range(start, stop))
        found.append((start, words, range(start, stop), number, depth))
    return found


def _shown(held: DraftContent, asked: list[WaitingProposal], span: range) -> list[Shown]:
    blocks = held.blocks
    taken: dict[int, list[tuple[int, int]]] = {}
    for row in held.items.values():
        for block, start, end in stretches(row):
            taken.setdefault(block, []).append((start, end))
    shown = []
    for number in span:
        if number >= len(blocks):
            break
        here = [(key, row) for key, row in held.items.items() if row.place and row.place[0] == number]
        here.sort(key=lambda pair: (pair[1].place[1], -pair[1].place[2]))
        words = bare(blocks[number])
        ask = [one for one in asked if one.proposal.block == number]
        depth = len(blocks[number]) - len(blocks[number].lstrip("#"))
        spans = [(start, min(end, len(words)), "taken") for start, end in taken.get(number, ())]
        spans += [(one.proposal.start, one.proposal.end, "asked") for one in ask]
        block = Shown(number, depth, _pieces(words, spans), here, ask)
        if blocks[number].startswith("|"):
            block.table = [cells_of(line) for line in blocks[number].split("\n")]
        shown.append(block)
    return shown


def _pieces(text: str, spans: list[tuple[int, int, str]]) -> list[Piece]:
    """The text cut at the smallest stretches that do not overlap."""
    chosen: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda one: one[1] - one[0]):
        if all(span[1] <= other[0] or other[1] <= span[0] for other in chosen):
            chosen.append(span)
    pieces, at = [], 0
    for start, end, look in sorted(chosen):
        pieces += [Piece(text[at:start]), Piece(text[start:end], look)]
        at = end
    return [piece for piece in [*pieces, Piece(text[at:])] if piece.text]


@require_POST
def decide(request, slug):
    """Accepts, rejects, takes out or merges what was ticked or the one whose button was pressed."""
    row, by = get_draft(slug), request.user
    action, _dash, one = request.POST.get("act", "").partition("-")
    single = whole_number(one)
    numbers = [single] if single is not None else _numbers(request, "n")
    keys = [one] if single is not None else [str(number) for number in _numbers(request, "k")]
    key = request.POST.get("text_key", "")
    acts = {
        "accept": lambda: services.accept(row, numbers, by=by, text_key=key),
        "reject": lambda: services.reject(row, numbers, by=by, text_key=key),
        "remove": lambda: _take_out(row, keys, by=by),
        "merge": lambda: services.change(
            row, lambda held: content.merge(held, [key for key in keys if key in held.items]),
            action=services.Action.MERGED, by=by,
        ),
    }  # fmt: skip
    if action not in acts:
        raise Http404
    if action in ("accept", "reject") and not numbers:
        messages.error(request, _("没有勾选任何建议"))
    elif done(request, acts[action]) and len(numbers) > 1 and action == "accept":
        told = ngettext("已接受 %(n)s 条", "已接受 %(n)s 条", len(numbers)) % {"n": len(numbers)}
        messages.success(request, told)
    section = whole_number(request.POST.get("section", "")) or 0
    anchor = whole_number(request.POST.get("anchor", ""))
    # No fragment: a browser that goes to one takes the focus away from what waits there.
    where = f"?section={section}" + (f"&at={anchor}" if anchor is not None else "")
    return redirect(reverse("studio:commitments", args=[slug]) + where)


def _numbers(request, name: str) -> list[int]:
    found = [whole_number(text) for text in request.POST.getlist(name)]
    return [number for number in found if number is not None]


def _take_out(row, keys, *, by):
    named = "、".join(one.title for key, one in row.held.items.items() if key in keys)
    return services.change(
        row, lambda held: content.remove(held, keys, reason=_("规划编制台去掉") if row.plan_id else ""),
        action=services.Action.REMOVED, by=by, told=named,
    )  # fmt: skip


def _held_item(row, key: int) -> tuple[DraftContent, HeldItem]:
    held = row.held
    if str(key) not in held.items:
        raise Http404(_("没有这一条目，或已被去掉"))
    return held, held.items[str(key)]


def item(request, slug, key):
    """One item: its title, its words, what it stands under."""
    row = get_draft(slug)
    held, one = _held_item(row, key)
    form = ItemForm(posted(request), held=held, key=str(key), initial=initial_of(one))
    if request.method == "POST" and form.is_valid():
        fields = form.fields_of_item()
        if done(request, lambda: services.change(
            row, lambda held: content.edit(held, str(key), **fields), action=services.Action.EDITED,
            by=request.user, edition=read_edition(request.POST), told=fields["title"],
        )):  # fmt: skip
            return redirect(_back(row, fields["place"][0]))
    context = {
        "draft": row,
        "form": form,
        "item": one,
        "key": key,
        "back": _back(row, one.place[0] if one.place else 0),
    }
    return render(request, "studio/item.html", context, status=400 if form.errors else 200)


def new_item(request, slug):
    """A commitment that no proposal found: words of the text that a person marks as one."""
    row = get_draft(slug)
    held = row.held
    block = whole_number(request.GET.get("block", "")) or 0
    if block >= len(held.blocks):
        raise Http404(_("文本里没有这一段"))
    initial = {"words": held.bare_blocks[block], "parent": _around(held, block)}
    form = ItemForm(posted(request), held=held, block=block, initial=initial)
    if request.method == "POST" and form.is_valid():
        fields = form.fields_of_item()
        one = HeldItem(quote=held.words(fields["place"], fields["last"]), **fields)
        if done(request, lambda: services.change(
            row, lambda held: content.accept(held, [one])[0], action=services.Action.ACCEPTED, by=request.user,
            edition=read_edition(request.POST), told=one.title,
        ), _("已添加条目")):  # fmt: skip
            return redirect(_back(row, one.place[0]))
    context = {"draft": row, "form": form, "back": _back(row, block)}
    return render(request, "studio/item.html", context, status=400 if form.errors else 200)


def _around(held: DraftContent, block: int) -> str:
    """The item that words of a block may belong to: the last begun whose own are most of the block."""
    entries, length = entry_kinds(held), len(held.bare_blocks[block])
    found = [
        (row.start, key)
        for key, row in held.items.items()
        if row.kind not in (*entries, Kind.INDICATOR)
        and any(at == block and (min(end, length) - start) * 10 >= length * 8 for at, start, end in stretches(row))
    ]
    return max(found)[1] if found else ""


def _back(row, block: int) -> str:
    starts = [number for number, text in enumerate(row.held.blocks) if text.startswith("#") and number <= block]
    return reverse("studio:commitments", args=[row.slug]) + f"?section={max(starts, default=0)}&at={block}"


@require_POST
def split(request, slug, key):
    """Cuts an item where its words were marked with |."""
    row = get_draft(slug)
    _held, one = _held_item(row, key)
    try:
        marked = typed_text(request.POST, "marked")
    except ValidationError as error:
        refuse(request, error, "marked")
        return redirect("studio:item", slug, key)
    at = [place - marked[:place].count("|") for place, mark in enumerate(marked) if mark == "|"]
    if marked.replace("|", "") != one.quote:
        messages.error(request, _("只能插入 |，不能改动文字"), extra_tags="marked")
        return redirect("studio:item", slug, key)
    done(request, lambda: services.change(
        row, lambda held: content.split(held, str(key), at), action=services.Action.SPLIT, by=request.user,
        told=one.title,
    ))  # fmt: skip
    return redirect(_back(row, one.place[0] if one.place else 0))


def indicators(request, slug):
    """Indicators with their readings, and a box for the plan's table."""
    row = get_draft(slug)
    held, pasted, status = row.held, "", 200
    if request.method == "POST":
        told = _("表格已放入原文，建议已生成")
        if done(request, lambda: _take_table(row, request), told, "table"):
            return redirect("studio:commitments", slug)
        pasted, status = request.POST.get("table", ""), 400
    rows = [(key, one, _readings(one)) for key, one in held.items.items() if one.kind == "indicator"]
    headings = [(number, bare(block)) for number, block in enumerate(held.blocks) if block.startswith("#")]
    context = {"draft": row, "rows": rows, "headings": headings, "pasted": pasted}
    return render(request, "studio/indicators.html", context, status=status)


def _readings(one: HeldItem) -> list[str]:
    """What is held of an indicator, in words: not what its printed target might be read as."""
    unit, direction = one.numbers.get("unit", ""), one.numbers.get("direction", "")
    parts = one.numbers.get("component", [])
    return [
        part.get("target_text", "")
        if part.get("target_type") == "done"
        else reading_of(target_of(part, unit=unit, direction=direction))
        for part in parts
    ]


def _take_table(row, request):
    pasted = typed_text(request.POST, "table")
    lines = [line for line in pasted.split("\n") if is_row(line.strip("\r"))]
    if len(lines) < 2:
        raise ValidationError(_("没有读到表格；请在 Word 或 Excel 里选中整张表（含表头）复制后粘贴"))
    table = "\n".join(as_row(cells_of(line)) for line in lines)
    after = whole_number(request.POST.get("after", "")) or 0

    def make(held: DraftContent) -> DraftContent:
        blocks = held.blocks
        stop = next((n for n in range(after + 1, len(blocks)) if blocks[n].startswith("#")), len(blocks))
        new, _lost = content.with_text(held, "\n\n".join([*blocks[:stop], table, *blocks[stop:]]))
        return new

    return services.change(
        row, make, action=services.Action.TABLE, by=request.user, edition=read_edition(request.POST),
        raw="\n\n".join([row.raw, table]), told=_("%(n)s 行") % {"n": len(lines) - 1},
    )  # fmt: skip


def numbers(request, slug, key):
    """What one indicator is to reach."""
    row = get_draft(slug)
    held, one = _held_item(row, key)
    if one.kind != "indicator":
        raise Http404
    year = int(str(held.frame.get("ends_on") or "2030")[:4])
    initial = numbers_initial(one.numbers, year)
    if request.method == "POST" and request.POST.get("then") == "base":
        done(request, lambda: take_base(row, str(key), by=request.user), _("已采用为基期"))
        return redirect("studio:numbers", slug, key)
    form = NumbersForm(posted(request), held=held, title=one.title, initial=initial, earlier=earlier_parts(row))
    if request.method == "POST" and form.is_valid():
        table = form.table(one.numbers)
        if done(request, lambda: services.change(
            row, lambda held: content.edit(held, str(key), numbers=table), action=services.Action.EDITED,
            by=request.user, edition=read_edition(request.POST), told=one.title,
        ), form.reading()):  # fmt: skip
            return redirect("studio:indicators", slug)
    context = {"draft": row, "form": form, "item": one, "key": key, "readings": _readings(one)}
    context["base"] = proposed(held, str(key))
    return render(request, "studio/numbers.html", context, status=400 if form.errors else 200)


@require_POST
def base(request, slug, code):
    """From the page of an indicator: the last figure of the plan before becomes its base, in the draft."""
    plan = get_plan(slug)
    draft = PlanDraft.objects.filter(slug=slug).first()
    if draft is None:
        draft = publishing.take_up(plan, by=request.user)
    key = key_of(draft.held, code)
    told = _("已采用为基期；写明理由提交后，由另一人发布")
    if not key or not done(request, lambda: take_base(draft, key, by=request.user), told):
        return redirect("studio:draft", slug)
    return redirect("studio:numbers", slug, key)


def check(request, slug):
    """What keeps the draft from being published, and how much of the text was judged."""
    row = get_draft(slug)
    held = row.held
    faults = faults_of(held, row.template, today())
    stops = any(fault.stops for fault in faults)
    covered = coverage(held, row.template)
    context = {
        "draft": row,
        "faults": faults,
        "folder_faults": [] if stops else publishing.folder_faults(held),
        "coverage": covered,
        "left": [(place, held.words(place)) for place in covered.left[:100]],
        "stops": stops,
    }
    return render(request, "studio/check.html", context)
