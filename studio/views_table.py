"""Items of a draft as a workbook, and the way back: looked at cell by cell, then taken in as one step."""

import json

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plan.columns import row_of
from plan.exports.download import Download
from plan.exports.workbook import workbook
from plan.params import read_edition, read_text
from studio import publishing, services
from studio.items_table import MAX_BYTES, TABLE, lines_of, read_items, with_changes
from studio.views import done, get_draft
from texts.forms import refuse

BLOCK = 1 << 16


def table(request, slug):
    """Takes an edited table in: what it would change is shown first."""
    row, status, rows = get_draft(slug), 200, None
    if request.method == "POST" and request.POST.get("then") == "apply":
        if _apply(request, row):
            return redirect("studio:draft", slug)
        return redirect("studio:table", slug)
    if request.method == "POST":
        try:
            file = request.FILES.get("file")
            if file is None:
                raise ValidationError(_("请选择一个 CSV 或 XLSX 文件"))
            rows = read_items(file.file, row.held, publishing.given_weights(row))
        except ValidationError as error:
            status = refuse(request, error, "file")
    context = {"draft": row, "rows": rows}
    if rows is not None:
        changed = [one for one in rows if one.changes and not one.faults]
        context |= {
            "changed": changed,
            "refused": [one for one in rows if one.faults],
            "same": sum(not one.changes and not one.faults for one in rows),
            "number": sum(len(one.changes) for one in changed),
            "changes": json.dumps(
                {one.key: {change.name: change.new for change in one.changes} for one in changed},
                ensure_ascii=False,
            ),
        }
    return render(request, "studio/table.html", context, status=status)


def _apply(request, row) -> bool:
    left_out = set(request.POST.getlist("leave"))
    try:
        wanted = json.loads(read_text(request.POST, "changes", limit=MAX_BYTES))
        wanted = {str(key): dict(cells) for key, cells in wanted.items() if str(key) not in left_out}
    except (ValueError, TypeError, AttributeError):
        wanted = {}
    number = sum(len(cells) for cells in wanted.values())
    told = ngettext("%(n)s 处", "%(n)s 处", number) % {"n": number}
    return done(request, lambda: services.change(
        row, lambda held: with_changes(held, wanted), action=services.Action.TABLE, by=request.user,
        edition=read_edition(request.POST), told=told,
    ), _("已按表格改动 %(told)s；可以撤销") % {"told": told})  # fmt: skip


def table_file(request, slug):
    """The items as a workbook."""
    row = get_draft(slug)
    rows = [row_of(TABLE, line) for line in lines_of(row.held, publishing.given_weights(row))]
    notes = [
        (_("规划"), row.title),
        (_("用法"), _("可改标题、英文标题、单位、英文单位和权重，再导入；条目号不要改。没有列出的条目不变。")),
    ]
    title = _("%(plan)s 条目") % {"plan": row.title}
    with workbook(TABLE, rows, notes, title=title, header="zh") as made:
        pieces = list(iter(lambda: made.read(BLOCK), b""))
    made_file = Download(
        name=f"{slug}_studio_items", format="xlsx", pieces=pieces, rows=len(rows), columns=TABLE,
        file_name=f"{slug}_items.xlsx",
    )  # fmt: skip
    return made_file.response(request)
