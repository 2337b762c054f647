"""Pages of the spine: any item, pillars, industries, safeguards; the text and search have files of their own."""

from dataclasses import asdict

from django.conf import settings
from django.db.models import Q, prefetch_related_objects
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from plan.after_period import STATE_WORDS, states
from plan.context_processors import TEXT_SIZE_COOKIE, TEXT_SIZES
from plan.exports.files import items_file
from plan.filters import ItemFilters, Wish, organisations, read_wish
from plan.keeping import kept_with, told
from plan.kinds import lists, pages
from plan.models import Focus, Industry, Item, Plan
from plan.params import read_choice, read_number
from plan.public import public_words
from plan.queries import (
    add_sums,
    aside_of,
    below_of,
    get_item,
    get_plan,
    is_silent,
    links_of,
    parts_of,
    show_day,
    strip,
    strips_of,
    tasks_among,
    with_focuses,
    with_parts,
    words_of,
)
from plan.readers import mark_links, verdicts_on

Kind = Item.Kind
PAGE_SIZE = 100


def kind_list(request, slug, *, kind, template, format="", more=None):
    """The list of one kind with how much of each has been reported; shared by the commitment apps.

    `more(request, plan, strips)` gives what else a kind's own template shows.
    """
    plan = get_plan(slug)
    part = plan.kinds.parts.get(kind)
    every = strips_of(plan, kind, request.as_of)
    wish, strips = narrowed(request, plan, every)
    if format:
        rows = plan.items.filter(kind__in=[kind, part] if part else [kind]).in_plan_order()
        if wish.narrows:
            rows = rows.filter(Q(pk__in=_keys(strips)) | Q(parent__in=_keys(strips)))
        return items_file(request, plan, rows, name=_list_name(kind), format=format)
    context = {
        "plan": plan,
        "strips": with_focuses(strips),
        "total": len(every),
        "kind": plan.kinds[kind],
        "part_kind": part,
        "parts": [part for strip in strips for part in strip["parts"]],
        "silent": is_silent(every),
        "group_public": public_words(strip["item"] for strip in strips),
    }
    context |= wish_context(request, plan, wish, every)
    return render(request, template, context | (more(request, plan, strips) if more else {}))


def narrowed(request, plan, every) -> tuple[Wish, list]:
    """What the address asks for, and the strips that answer to it."""
    wish = read_wish(request.GET, every)
    return wish, [strip for strip in every if wish.keeps(strip, plan, request.as_of)]


def wish_context(request, plan, wish, every) -> dict:
    """What templates/plan/_narrow.html shows."""
    return {
        "wish": wish,
        "states": [(state, STATE_WORDS[state]) for state in states(plan.ends_on, request.as_of)],
        "organisations": organisations(every),
    }


def _keys(strips) -> list[int]:
    return [strip["item"].pk for strip in strips]


def _list_name(kind: str) -> str:
    """What a list is called in the name of its file: the app of one kind names it, in `plan` the list itself."""
    app, _colon, name = lists.get(kind, f"plan:{kind}").partition(":")
    return name if app == "plan" else app


def item_page(request, slug, code, *, kinds=(), format="", template="plan/item_detail.html"):
    """One item: its words, parts, focus industries, ties and notes; shared by the commitment apps."""
    plan = get_plan(slug)
    item = get_item(plan, code, kinds)
    if item.code != code or item.is_retired:
        return moved_or_retired(request, plan, item, code)
    if format:
        rows = plan.items.filter(Q(pk=item.pk) | below_of(item)).in_plan_order()
        return items_file(request, plan, rows, name=code, format=format)
    if not kinds and item.kind in pages:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(item.path(slug) + query)
    parts, links = parts_of(item), links_of(item)
    every = [*parts, *(entry for part in parts for entry in part.parts)]
    others = mark_links(plan, item, links, request.as_of)
    show_day(plan, [item, *every, *others], request.as_of)
    below = [part for part in parts if part.kind not in plan.kinds.entries]
    entries = [part for part in parts if part.kind in plan.kinds.entries]
    prefetch_related_objects(below, "focuses")
    day = {"plan": plan, "day": request.as_of}
    if item.is_made_of_parts:
        item.sum = strip(item, tasks_among(plan, parts), **day)
    context = {
        "plan": plan,
        "item": item,
        "parts": below,
        "entries": entries,
        "every": every,
        "strip": strip(item, below, **day),
        "entry_strip": strip(item, entries, **day),
        "told": words_of(item, every),
        "links": links,
        **aside_of(item),
    }
    return render(request, template, context)


def moved_or_retired(request, plan, item, code):
    """Where an item went that the address calls by an earlier code; the page of one that is retired."""
    if item.code != code:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(item.path(plan.slug) + query)
    kept = kept_with(plan.every_item.filter(pk=item.pk)).get(item.pk, {})
    return render(request, "plan/item_retired.html", {"plan": plan, "item": item, "kept": told(kept)})


def pillars(request, slug, format=""):
    return kind_list(request, slug, kind=Kind.PILLAR, template="plan/kind_list.html", format=format)


def safeguards(request, slug, format=""):
    return kind_list(request, slug, kind=Kind.SAFEGUARD, template="plan/kind_list.html", format=format)


def kind(request, slug, kind, format=""):
    """The list of any kind of the plan; one that has an address of its own is shown there."""
    plan = get_plan(slug)
    if kind not in plan.kinds:
        raise Http404(_("规划没有这一类条目：%(kind)s") % {"kind": kind})
    if kind in lists and not format:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse(lists[kind], args=[slug]) + query)
    return kind_list(request, slug, kind=plan.kinds[kind], template="plan/kind_list.html", format=format)


def pillar(request, slug, code, format=""):
    return item_page(request, slug, code, kinds=(Kind.PILLAR,), format=format)


def safeguard(request, slug, code, format=""):
    return item_page(request, slug, code, kinds=(Kind.SAFEGUARD,), format=format)


def industries(request, slug, format=""):
    plan = get_plan(slug)
    kinds = (Kind.INDUSTRY_GROUP, Kind.FUTURE_INDUSTRY)
    every = with_parts(plan, kinds, request.as_of)
    wish, strips = narrowed(request, plan, every)
    if format:
        rows = plan.items.filter(kind__in=kinds, pk__in=_keys(strips)).in_plan_order()
        return items_file(request, plan, rows, name="industries", format=format)
    rows = list(plan.industries.prefetch_related("technologies", "focuses"))
    children: dict[int, list[Industry]] = {}
    for row in rows:
        if row.parent_id:
            children.setdefault(row.parent_id, []).append(row)
    by_item = {row.item_id: row for row in rows if row.level != Industry.Level.CLUSTER}
    shown = []
    for found in strips:
        if industry := by_item.get(found["item"].pk):
            industry.clusters, industry.strip = children.get(industry.pk, []), found
            shown.append(industry)
    context = {
        "plan": plan,
        "groups": [row for row in shown if row.level == Industry.Level.GROUP],
        "futures": [row for row in shown if row.level == Industry.Level.FUTURE],
        "parts": [part for strip in strips for part in strip["parts"]],
        "shown": len(shown),
        "total": len(every),
    }
    return render(request, "plan/industry_list.html", context | wish_context(request, plan, wish, every))


def industry(request, slug, code, format=""):
    plan = get_plan(slug)
    kinds = (Kind.INDUSTRY_GROUP, Kind.FUTURE_INDUSTRY)
    item = get_item(plan, code, kinds)
    if item.code != code or item.is_retired:
        return moved_or_retired(request, plan, item, code)
    if format:
        return item_page(request, slug, code, kinds=kinds, format=format)
    rows = list(plan.industries.filter(item=item).prefetch_related("technologies"))
    focuses = list(
        Focus.objects.filter(industry__in=rows).select_related("item__plan", "industry").order_by("item__order")
    )
    entries, links = parts_of(item), links_of(item)
    focusing = _by_item(focuses)
    others = [*mark_links(plan, item, links, request.as_of), *(row for row, _names in focusing)]
    show_day(plan, [item, *entries, *others], request.as_of)
    add_sums(plan, others, request.as_of)
    item.sum = strip(item, entries, plan=plan, day=request.as_of)
    context = {
        "plan": plan,
        "item": item,
        "clusters": [row for row in rows if row.level == Industry.Level.CLUSTER],
        "technologies": [technology for row in rows for technology in row.technologies.all()],
        "focuses": focuses,
        "focusing": focusing,
        "entries": entries,
        "every": entries,
        "told": words_of(item, entries),
        "links": links,
        "notes": aside_of(item)["notes"],
    }
    return render(request, "plan/industry_detail.html", context)


def _by_item(focuses: list[Focus]) -> list[tuple[Item, list[Focus]]]:
    """Each item once, with every name by which it says what it focuses on."""
    found: dict[int, tuple[Item, list[Focus]]] = {}
    for focus in focuses:
        found.setdefault(focus.item_id, (focus.item, []))[1].append(focus)
    return list(found.values())


def items(request, slug, format=""):
    """Every commitment of the plan, filtered by kind, status, chapter and words."""
    plan = get_plan(slug)
    chapters = plan.sections.exclude(number__contains=".").exclude(title="")
    asked = ItemFilters.read(request.GET, section=(row.number for row in chapters), kind=plan.kinds)
    rows = asked.of(plan.items.in_plan_order(), plan, request.as_of)
    if format:
        return items_file(request, plan, rows, name="items", format=format)
    total = rows.count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = read_number(request.GET, "page", default=1, low=1, high=pages)
    shown = list(rows.select_related("section", "parent")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    show_day(plan, [row for row in shown if row.kind != Kind.INDICATOR], request.as_of)
    add_sums(plan, shown, request.as_of)
    if any(row.kind == Kind.INDICATOR for row in shown):
        verdicts = verdicts_on(plan, request.as_of)
        for row in shown:
            row.verdict = verdicts.get(row.code)
    context = {
        "plan": plan,
        "items": shown,
        "total": total,
        "page": page,
        "pages": pages,
        **asdict(asked),
        "chapters": chapters,
        "kinds": plan.kinds.choices,
        "statuses": [(state, STATE_WORDS[state]) for state in states(plan.ends_on, request.as_of)],
    }
    return render(request, "plan/item_list.html", context)


def item(request, slug, code, format=""):
    return item_page(request, slug, code, format=format)


@require_POST
def text_size(request):
    """Remembers the size of letters in a cookie of this browser; the page asked from comes back."""
    size = read_choice(request.POST, "size", TEXT_SIZES, "normal")
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = redirect(back if safe else "/")
    if size == "normal":
        response.delete_cookie(TEXT_SIZE_COOKIE)
    else:
        response.set_cookie(
            TEXT_SIZE_COOKIE,
            size,
            max_age=365 * 86400,
            samesite="Lax",
            secure=request.is_secure(),
            path=settings.LANGUAGE_COOKIE_PATH,
        )
    return response


@never_cache
def version(request, slug):
    """The version of the plan's figures, asked by open pages (static/js/live.js); one query."""
    number = Plan.objects.filter(slug=slug).values_list("figures_version", flat=True).first()
    if number is None:
        raise Http404(_("没有规划“%(slug)s”") % {"slug": slug})
    return JsonResponse({"version": str(number)})
