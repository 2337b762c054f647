"""Reads the matrices: which rows there are, and their words. Queries: three a matrix, whatever its size."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dashboard.matrix import Matrix, MatrixCell, by_industry, by_link
from indicators.models import Indicator
from plan.models import Focus, Item, Link, Plan

CHAIN = "parent__parent__parent"
# By key: the kind of the rows, the words for the page (rows, columns, a direct mention, an indirect one).
MATRICES = {
    "clusters": (Item.Kind.CLUSTER, _("集群区 × 产业"), _("点名"), _("提到所在组")),
    "platforms": (Item.Kind.PLATFORM, _("平台 × 产业"), _("点名"), _("提到所在组")),
    "actions": (Item.Kind.ACTION, _("行动 × 指标"), _("原文"), _("研判")),
}


def read_matrix(plan: Plan, key: str) -> Matrix:
    """One matrix by its key (see MATRICES)."""
    kind = MATRICES[key][0]
    rows = plan.items.filter(kind=kind).in_plan_order()
    if key == "actions":
        columns = list(Indicator.objects.current().filter(plan=plan).in_plan_order())
        codes = [column.pk for column in columns]
        ties = Link.objects.filter(Q(target__in=codes) | Q(source__in=codes)).select_related(
            f"source__{CHAIN}", f"target__{CHAIN}", "source__paragraph", "target__paragraph"
        )
        return by_link(key, kind, rows, columns, ties)
    focuses = Focus.objects.filter(item__plan=plan).select_related(f"item__{CHAIN}", "item__paragraph", "industry")
    industries = plan.industries.select_related("item")
    return by_industry(key, kind, rows, industries, focuses.order_by("item__order", "order"))


def find_cell(plan: Plan, row: str, column: str) -> tuple[Matrix, MatrixCell] | None:
    """The cell of two codes, in the matrix whose rows are of the first one's kind; None where there is no such."""
    kind = plan.items.filter(code=row).values_list("kind", flat=True).first()
    key = next((key for key, (rows, *_words) in MATRICES.items() if rows == kind), None)
    if key is None:
        return None
    matrix = read_matrix(plan, key)
    heads = {head.code: head for head in matrix.rows}
    tops = {head.code: head for head in matrix.columns}
    if row not in heads or column not in tops:
        return None
    return matrix, matrix.cell(heads[row], tops[column])
