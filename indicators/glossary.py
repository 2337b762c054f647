"""The terms of plan evaluation in plain words: the one place that explains them.

Shown on hover and focus wherever a page uses a term, and in full on the methods page.
"""

from django.utils.translation import gettext_lazy as _

# By key: the term and its explanation, in the order of the methods page.
GLOSSARY = {
    "linear_time": (
        _("时间进度法"),
        _("以基期到目标年的直线为预期轨迹，看最新数据走完的路与已过去的时间相比是快是慢。"),
    ),
    "cagr_ratio": (
        _("复合增长率比值法"),
        _("实际年均增速除以达到目标所需的年均增速；比值 0.95 以上为显著进展。参照欧盟统计局。"),
    ),
    "final": (_("期末判定"), _("只看目标年的数据，不设容差：达到就是已实现，差一点也是未实现。")),
    "lead": (_("进度比"), _("指标完成份额除以时间份额。100 % 表示正好跟上直线。")),
    "on_schedule": (
        _("序时进度"),
        _("按时间推移应当完成的份额：规划期过半，任务也应过半。"),
    ),
    "completion": (
        _("完成程度"),
        _("最新值除以目标值。只作参考，不用来判定：起点高的指标一开始就接近 100 %。"),
    ),
    "baseline": (_("基期值"), _("规划起算的那个数，只取规划自己写明的；没有写的不补。")),
    "expected_kind": (_("预期性指标"), _("主要靠市场主体实现、政府引导的目标；未达到写“未达到预期目标”。")),
    "binding_kind": (_("约束性指标"), _("政府必须完成的目标；未达到写“未完成约束性目标”。")),
    "preliminary": (_("初步数"), _("首次公布、以后可能修订的数，标“初”；据此作出的结论也只是初步的。")),
    "revised": (_("修订数"), _("公布后又更正的数。旧数保留，按“截至”日期可以回看。")),
    "range": (_("区间目标"), _("如 5.5–6：默认以近端为达标线，高于上限也算达到。")),
    "strict": (_("严格超过"), _("如 >22,000：等于 22,000 不算达到。")),
    "lower_bound": (_("下限表述"), _("如“超 2.4 万家”：只说不少于多少。照录，不用于判定。")),
    "as_of": (_("截至"), _("只用这一天以前已经公布的数据、目标版本和填报，重现当天能看到的情况。")),
    "not_reported": (_("未填报"), _("责任单位还没有报告进展。不等于没有进展，也不按零计算。")),
}
