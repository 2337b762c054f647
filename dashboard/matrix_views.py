"""The matrices as pages, files and figures, and the sentences behind a cell."""

from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from charts import heat
from dashboard.columns import MATRIX
from dashboard.matrix import Matrix, MatrixCell
from dashboard.mentions import MATRICES, find_cell, read_matrix
from plan.exports.files import rows_file
from plan.params import as_of_query, read_choice
from plan.queries import get_plan
from plan.text import mark

# The picture, or the table that says the same; without scripts, and on a narrow screen, always the table.
SHOWS = {"chart": gettext_lazy("图"), "table": gettext_lazy("表")}


def matrix(request, slug, format=""):
    plan = get_plan(slug)
    found = read_matrix(plan, _key(request))
    if format:
        return rows_file(request, _rows(found), columns=MATRIX, name=f"{slug}_matrix_{found.key}", format=format)
    _kind, title, direct, indirect = MATRICES[found.key]
    context = {
        "plan": plan,
        "matrix": found,
        "title": title,
        "direct": direct,
        "indirect": indirect,
        "tabs": [(key, words[1]) for key, words in MATRICES.items()],
        "show": read_choice(request.GET, "show", SHOWS, "chart"),
        "shows": SHOWS.items(),
        "empty_rows": {head.code for head in found.empty_rows},
        "empty_columns": {head.code for head in found.empty_columns},
    }
    return render(request, "dashboard/matrix.html", context)


def figure(request, slug):
    """The heat map of one matrix, as JSON for the browser."""
    plan = get_plan(slug)
    found = read_matrix(plan, _key(request))
    query = as_of_query(request.as_of)
    spots = tuple(tuple(_spot(found, cell, slug, query) for cell in cells) for _row, cells in found.lines)
    # Half-widths of a line: as many as keep a label from leaving one character alone in its second.
    is_english = get_language() == "en"
    row, column = (42 if is_english else 40), (28 if is_english else 18)
    body = heat.figure(
        heat.Heat(
            rows=tuple(heat.wrap(f"{head.code} {head.label}", row) for head in found.rows),
            columns=tuple(heat.wrap(head.label, column) for head in found.columns),
            spots=spots,
            breaks=heat.parts([column.group or column.code for column in found.columns]) if found.groups else (),
        )
    )
    response = JsonResponse(body)
    response["Content-Language"] = get_language()
    return response


def cell(request, slug, row, column):
    """Every sentence that ties a row to a column, each with its place in the text."""
    plan = get_plan(slug)
    found = find_cell(plan, row, column)
    if found is None:
        raise Http404(_("关联矩阵中没有“%(row)s × %(column)s”") % {"row": row, "column": column})
    matrix, chosen = found
    _kind, title, direct, indirect = MATRICES[matrix.key]
    context = {
        "plan": plan,
        "matrix": matrix,
        "cell": chosen,
        "title": title,
        "mentions": [
            {"mention": mention, "word": direct if mention.direct else indirect, "hits": mark(text, mention.words)}
            for mention in chosen.mentions
            for text in [mention.text if mention.words in mention.text else mention.words]
        ],
    }
    return render(request, "dashboard/matrix_cell.html", context)


def _key(request) -> str:
    return read_choice(request.GET, "axes", MATRICES, "clusters")


def _words(found: Matrix, shown: MatrixCell) -> str:
    """ "点名 2 处，整组提及 1 处"; what is not there is not said."""
    _kind, _title, direct, indirect = MATRICES[found.key]
    counted = [(direct, shown.direct), (indirect, shown.indirect)]
    return _("，").join(_("%(word)s %(number)s 处") % {"word": w, "number": n} for w, n in counted if n)


def _spot(found: Matrix, shown: MatrixCell, slug: str, query: str) -> heat.HeatCell:
    told = f"{shown.row.label} × {shown.column.label}"
    if not shown.mentions:
        return heat.HeatCell(None, "", told, "")
    text = f"■ {shown.direct}" if shown.direct else f"□ {shown.indirect}"
    address = reverse("matrix_cell", args=[slug, shown.row.code, shown.column.code]) + query
    return heat.HeatCell(shown.depth, text, f"{told}: {_words(found, shown)}", address)


def _rows(found: Matrix) -> list[dict]:
    """One row a mention, for files; the words are the plan's own."""
    names = {"clusters": ("点名", "整组提及"), "platforms": ("点名", "整组提及"), "actions": ("原文", "研判")}
    direct, indirect = names[found.key]
    return [
        {
            "row": row.code,
            "row_title": row.name,
            "column": shown.column.code,
            "column_title": shown.column.name,
            "mention": direct if mention.direct else indirect,
            "words": mention.words,
            "item": mention.item.code,
            "item_title": mention.item.title,
            "quote": mention.text,
        }
        for row, cells in found.lines
        for shown in cells
        for mention in shown.mentions
    ]
