"""The user guide: one page a role, each in its own words in both languages (templates/home/guide/)."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from plan.queries import get_plan

# Role of a guide: what it is called, and what it helps with. No account's role is asked: guides are for reading.
GUIDES = {
    "official": (gettext_lazy("领导和处室"), gettext_lazy("会前看进展、看变化、打印一页")),
    "analyst": (gettext_lazy("分析人员"), gettext_lazy("录入和修订数据、导入、导出对账")),
    "reporter": (gettext_lazy("责任单位"), gettext_lazy("填报进展、退回后修改、上传佐证")),
    "evaluator": (gettext_lazy("评估人员"), gettext_lazy("写评估意见、引用数据、看变化")),
    "planner": (gettext_lazy("规划编制人员"), gettext_lazy("从文本做成规划、定类别、更正已发布的规划")),
}


def guide(request, slug):
    """The guides to choose from."""
    return render(request, "home/guide/index.html", {"plan": get_plan(slug), "guides": GUIDES})


def guide_role(request, slug, role):
    """One guide, by the language of the page."""
    plan = get_plan(slug)
    if role not in GUIDES:
        raise Http404(_("没有“%(name)s”的使用指南") % {"name": role})
    language = "en" if get_language() == "en" else "zh"
    context = {
        "plan": plan,
        "guides": GUIDES,
        "role": role,
        "name": GUIDES[role][0],
        "body": f"home/guide/{role}.{language}.html",
        "language": language,
    }
    return render(request, "home/guide/role.html", context)
