"""The coverage page: every clause of the text that was read, as a commitment, part of one, or none."""

from collections import Counter
from itertools import groupby

from django.shortcuts import render

from plan.clause_lines import CLAUSES, JUDGED, clause_lines
from plan.columns import row_of
from plan.exports.files import rows_file
from plan.params import read_choice
from plan.queries import get_plan


def coverage(request, slug, format=""):
    plan = get_plan(slug)
    judged = read_choice(request.GET, "judged", list(JUDGED))
    lines = clause_lines(plan)
    shown = [line for line in lines if judged in ("", line.judged)]
    if format:
        rows = [row_of(CLAUSES, line) for line in shown]
        return rows_file(request, rows, columns=CLAUSES, name=f"{slug}_coverage", format=format)
    counts = Counter(line.judged for line in lines)
    context = {
        "plan": plan,
        "total": len(lines),
        "shown": len(shown),
        "judged": judged,
        "counts": [(key, word, counts[key]) for key, word in JUDGED.items()],
        "sections": [(section, list(rows)) for section, rows in groupby(shown, key=lambda line: line.section)],
        "words": JUDGED,
    }
    return render(request, "plan/coverage.html", context)
