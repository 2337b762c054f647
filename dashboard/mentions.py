"""Reads the matrices: which rows there are, and their words. Queries: three a matrix, whatever its size."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from dashboard.matrix import Matrix, MatrixCell, by_industry, by_link
from indicators.models import Indicator
from plan.kinds import INDICATORS, PlanKind
from plan.models import Focus, Item, Link, Plan

CHAIN = "parent__parent__parent"
# By the kind of their rows, the matrices that have addresses of their own, in the order of their tabs.
KEYS = {Item.Kind.CLUSTER: "clusters", Item.Kind.PLATFORM: "platforms", Item.Kind.ACTION: "actions"}


@dataclass(frozen=True)
class MatrixAxes:
    """What a matrix sets against each other; `direct` and `indirect` call its two sorts of mention."""

    kind: PlanKind
    title: str
    is_linked: bool  # against indicators, by ties; else against industries, by what items focus on
    direct: str
    indirect: str

    @classmethod
    def of(cls, kind: PlanKind) -> "MatrixAxes":
        if kind.traits.matrix == INDICATORS:
            return cls(kind, _("%(kind)s × 指标") % {"kind": kind.short_label}, True, _("原文"), _("研判"))
        return cls(kind, _("%(kind)s × 产业") % {"kind": kind.short_label}, False, _("点名"), _("提到所在组"))


def matrices(plan: Plan) -> dict[str, MatrixAxes]:
    """The matrices of a plan by the key in their address: of the kinds it has that are set against something."""
    order = [*KEYS]
    kinds = sorted(plan.kinds.shown("matrix"), key=lambda kind: order.index(kind) if kind in order else len(order))
    return {KEYS.get(kind, kind.value): MatrixAxes.of(kind) for kind in kinds}


def read_matrix(plan: Plan, key: str) -> Matrix:
    """One matrix by its key (see `matrices`)."""
    axes = matrices(plan)[key]
    kind = axes.kind
    rows = plan.items.filter(kind=kind).in_plan_order()
    if axes.is_linked:
        columns = list(Indicator.objects.current().filter(plan=plan).in_plan_order())
        codes = [column.pk for column in columns]
        ties = Link.objects.filter(Q(target__in=codes) | Q(source__in=codes)).select_related(
            f"source__{CHAIN}", f"target__{CHAIN}", "source__paragraph", "target__paragraph"
        )
        return by_link(key, kind, rows, columns, ties)
    focuses = Focus.objects.filter(item__plan=plan).select_related(f"item__{CHAIN}", "item__paragraph", "industry")
    industries = plan.industries.select_related("item__plan")
    return by_industry(key, kind, rows, industries, focuses.order_by("item__order", "order"))


def find_cell(plan: Plan, row: str, column: str) -> tuple[Matrix, MatrixCell] | None:
    """The cell of two codes, in the matrix whose rows are of the first one's kind; None where there is no such."""
    kind = plan.items.filter(code=row).values_list("kind", flat=True).first()
    key = next((key for key, axes in matrices(plan).items() if axes.kind == kind), None)
    if key is None:
        return None
    matrix = read_matrix(plan, key)
    heads = {head.code: head for head in matrix.rows}
    tops = {head.code: head for head in matrix.columns}
    if row not in heads or column not in tops:
        return None
    return matrix, matrix.cell(heads[row], tops[column])
