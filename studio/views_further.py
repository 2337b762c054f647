"""Pages of what a draft holds beside its items: a table each, pasted and held to what the loader takes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from plan.params import read_edition
from studio import publishing, services
from studio.further import TABLES, as_lines, read_lines, rows_of, with_rows
from studio.held import CannotChange, DraftContent
from studio.views import done, get_draft
from texts.forms import typed_text

MOST = 2_000_000


def further(request, slug, name):
    """One table: its rows, and a box with them as a sheet copies them."""
    row = get_draft(slug)
    if name not in TABLES:
        raise Http404(_("编制稿没有这张表"))
    lines, faults = None, []
    if request.method == "POST":
        lines = request.POST.get("lines", "")
        try:
            lines = typed_text(request.POST, "lines", limit=MOST)
            faults = _faults(row.held, name, lines)
        except ValidationError as error:
            faults = error.messages
        for words in faults:
            messages.error(request, words, extra_tags="lines")
        if not faults and done(request, lambda: _keep(request, row, name, lines), _("已保存")):
            return redirect("studio:further", slug, name)
    held = row.held
    context = {
        "draft": row,
        "tables": [(key, table.name, len(rows_of(held, key))) for key, table in TABLES.items()],
        "name": name,
        "table": TABLES[name],
        "rows": [[one.get(column, "") for column in TABLES[name].columns] for one in rows_of(held, name)],
        "lines": as_lines(held, name) if lines is None else lines,
    }
    return render(request, "studio/further.html", context, status=400 if faults else 200)


def _faults(held: DraftContent, name: str, lines: str) -> list[str]:
    """Why the lines cannot be taken: their own faults, then what the loader would refuse that it took before."""
    try:
        wanted = with_rows(held, name, read_lines(lines, name))
    except CannotChange as error:
        return [str(error)]
    before = set(publishing.folder_faults(held))
    return [words for words in publishing.folder_faults(wanted) if words not in before]


def _keep(request, row, name: str, lines: str):
    rows = read_lines(lines, name)
    return services.change(
        row, lambda held: with_rows(held, name, rows), action=services.Action.TABLE, by=request.user,
        edition=read_edition(request.POST), told=f"{TABLES[name].name} {len(rows)}",
    )  # fmt: skip
