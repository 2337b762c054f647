"""The matrices as pages, files and figures, and the sentences behind a cell."""

from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from charts import heat
from dashboard.columns import MATRIX
from dashboard.matrix import Matrix, MatrixCell
from dashboard.mentions import MatrixAxes, find_cell, matrices, read_matrix
from plan.exports.files import rows_file
from plan.params import as_of_query, read_choice
from plan.queries import get_plan
from plan.text import mark

# The picture, or the table that says the same; without scripts, and on a narrow screen, always the table.
SHOWS = {"chart": gettext_lazy("图"), "table": gettext_lazy("表")}


def matrix(request, slug, format=""):
    plan = get_plan(slug)
    every = matrices(plan)
    if not every:
        return _nothing(request, plan, format)
    key = _key(request, every)
    found, axes = read_matrix(plan, key), every[key]
    if format:
        return rows_file(
            request, _rows(found, axes), columns=MATRIX, name=f"{slug}_matrix_{found.key}", format=format
        )
    context = {
        "plan": plan,
        "matrix": found,
        "axes": axes,
        "tabs": [(key, one.title) for key, one in every.items()],
        "show": read_choice(request.GET, "show", SHOWS, "chart"),
        "shows": SHOWS.items(),
        "empty_rows": {head.code for head in found.empty_rows},
        "empty_columns": {head.code for head in found.empty_columns},
    }
    return render(request, "dashboard/matrix.html", context)


def figure(request, slug):
    """The heat map of one matrix, as JSON for the browser."""
    plan = get_plan(slug)
    if not (every := matrices(plan)):
        raise Http404(_("这一规划没有关联矩阵"))
    key = _key(request, every)
    found, axes = read_matrix(plan, key), every[key]
    query = as_of_query(request.as_of)
    spots = tuple(tuple(_spot(axes, cell, slug, query) for cell in cells) for _row, cells in found.lines)
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
    axes = matrices(plan)[matrix.key]
    context = {
        "plan": plan,
        "matrix": matrix,
        "cell": chosen,
        "axes": axes,
        "mentions": [
            {
                "mention": mention,
                "word": axes.direct if mention.direct else axes.indirect,
                "hits": mark(text, mention.words),
            }
            for mention in chosen.mentions
            for text in [mention.text if mention.words in mention.text else mention.words]
        ],
    }
    return render(request, "dashboard/matrix_cell.html", context)


def _key(request, every: dict[str, MatrixAxes]) -> str:
    return read_choice(request.GET, "axes", every, next(iter(every), ""))


def _nothing(request, plan, format):
    """A plan none of whose kinds is set against anything."""
    if format:
        return rows_file(request, [], columns=MATRIX, name=f"{plan.slug}_matrix", format=format)
    return render(request, "dashboard/matrix_none.html", {"plan": plan})


def _words(axes: MatrixAxes, shown: MatrixCell) -> str:
    """ "点名 2 处，整组提及 1 处"; what is not there is not said."""
    counted = [(axes.direct, shown.direct), (axes.indirect, shown.indirect)]
    return _("，").join(_("%(word)s %(number)s 处") % {"word": w, "number": n} for w, n in counted if n)


def _spot(axes: MatrixAxes, shown: MatrixCell, slug: str, query: str) -> heat.HeatCell:
    told = f"{shown.row.label} × {shown.column.label}"
    if not shown.mentions:
        return heat.HeatCell(None, "", told, "")
    text = f"■ {shown.direct}" if shown.direct else f"□ {shown.indirect}"
    address = reverse("matrix_cell", args=[slug, shown.row.code, shown.column.code]) + query
    return heat.HeatCell(shown.depth, text, f"{told}: {_words(axes, shown)}", address)


def _rows(found: Matrix, axes: MatrixAxes) -> list[dict]:
    """One row a mention, for files; the words are the plan's own."""
    direct, indirect = ("原文", "研判") if axes.is_linked else ("点名", "整组提及")
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
