"""Pages of the kinds of a draft: renamed, added, taken out."""

from collections import Counter

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from plan.params import read_edition
from studio import services
from studio.forms_kinds import KindForm
from studio.kinds import drop_kind, is_needed, set_kind, told_kinds
from studio.views import done, get_draft
from texts.forms import posted


def kinds(request, slug):
    """The kinds of the draft, and a form for a further one."""
    row = get_draft(slug)
    held = row.held
    form = KindForm(posted(request), held=held)
    if request.method == "POST" and form.is_valid() and _keep(request, row, form):
        return redirect("studio:kinds", slug)
    counts = Counter(one.kind for one in held.items.values())
    names = {kind["key"]: kind["name"] for kind in held.kinds}
    rows = [
        (kind, [names.get(key, "") for key in kind.get("parents", []) if key], counts[kind["key"]])
        for kind in told_kinds(held)
    ]
    context = {"draft": row, "rows": rows, "form": form}
    return render(request, "studio/kinds.html", context, status=400 if form.errors else 200)


def kind(request, slug, key):
    """One kind; it goes where nothing needs it."""
    row = get_draft(slug)
    held = row.held
    if not any(one["key"] == key for one in held.kinds):
        raise Http404(_("编制稿没有这一类别：%(kind)s") % {"kind": key})
    if request.method == "POST" and request.POST.get("then") == "drop":
        done(request, lambda: services.change(
            row, lambda held: drop_kind(held, key, row.template), action=services.Action.KINDS, by=request.user,
            edition=read_edition(request.POST), told=key,
        ), _("已去掉这一类别"))  # fmt: skip
        return redirect("studio:kinds", slug)
    form = KindForm(posted(request), held=held, key=key)
    if request.method == "POST" and form.is_valid() and _keep(request, row, form):
        return redirect("studio:kinds", slug)
    context = {"draft": row, "form": form, "kind": form.told, "is_needed": is_needed(held, key, row.template)}
    return render(request, "studio/kind.html", context, status=400 if form.errors else 200)


def _keep(request, row, form) -> bool:
    key, table = form.key_of_kind, form.table()
    return done(request, lambda: services.change(
        row, lambda held: set_kind(held, key, table), action=services.Action.KINDS, by=request.user,
        edition=read_edition(request.POST), told=table["name"],
    ), _("已保存"))  # fmt: skip
