"""The style guide: every component in every state, in both themes; what the visual test looks at.

Each piece is shown through the template or the drawing function that pages use, from rows made up for it.
"""

from dataclasses import dataclass
from typing import Any

from django.shortcuts import render
from django.utils.translation import gettext as _

from dashboard.queries import group_of
from dashboard.wall_views import panels
from indicators.shown.examples import legend
from plan.kinds import kind_table
from plan.models import Item
from plan.params import page_of, read_choice, today
from styleguide import specimens
from styleguide.choice_lists import choice_lists

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Specimen:
    """One component: where it is drawn, what it is called, when to use it."""

    key: str
    title: str
    when: str

    @property
    def template(self) -> str:
        return f"styleguide/specimens/{self.key}.html"


@dataclass(frozen=True)
class Chapter:
    key: str
    title: str
    pieces: list[Specimen]


def styleguide(request):
    """The guide, or with ?part=wall the wall with made-up rows: it has a frame and letters of its own."""
    part = read_choice(request.GET, "part", ("wall",))
    # The specimen of a list has pages, and leads to this very one.
    page_of(*specimens.LISTED, request.GET)
    plan = specimens.sample_plan()
    standings = specimens.sample_standings(plan)
    if part:
        return render(request, "dashboard/wall.html", _wall(plan, standings))
    themes = [{"name": name, "form": FieldsOf(specimens.sample_form(name), name)} for name in THEMES]
    return render(request, "styleguide/index.html", _context(plan, standings) | {"themes": themes})


def _wall(plan, standings) -> dict[str, Any]:
    plan.is_demo = True
    group = group_of(kind_table(())[Item.Kind.PLATFORM], specimens.sample_strips())
    shown = panels(specimens.sample_overview(plan, standings), [group], [])
    # Read again in an hour at the earliest: what would come is the real wall.
    return shown | {"turn": 600, "refresh": 3600, "is_past": False}


class FieldsOf:
    """The fields of a specimen form by their plain names."""

    def __init__(self, form, theme: str):
        self._form, self._theme = form, theme

    def __getitem__(self, name: str):
        return self._form[f"{self._theme}_{name}"]


def _context(plan, standings) -> dict[str, Any]:
    day = today()
    return {
        "chapters": chapters(),
        "sample": plan,
        "day": day,
        "legend": legend(),
        "lists": choice_lists(),
        "moves": specimens.sample_moves(),
        "trends": specimens.sample_trends(standings),
        "bullets": specimens.sample_bullets(standings),
        "derivations": specimens.sample_derivations(standings),
        "strips": specimens.sample_strips(),
        "cells": specimens.sample_cells(),
        "coverage": specimens.sample_coverage(),
        "items": specimens.sample_items(),
        "page": specimens.sample_page(),
        "milestones": specimens.sample_milestones(day),
        "differences": specimens.sample_differences(),
        "audit": specimens.sample_audit(),
        "notices": specimens.sample_notices(),
        "said": specimens.sample_messages(),
        "changes": specimens.sample_changes(),
    }


def chapters() -> list[Chapter]:
    """The guide's table of contents, with a line on when each piece is used."""
    return [
        Chapter(
            "states",
            _("判定与状态"),
            [
                Specimen(
                    "verdicts",
                    _("判定"),
                    _("凡说到指标或任务走得怎样，都用词、符号、颜色三样一起说；颜色不作别用。"),
                ),
                Specimen(
                    "states",
                    _("各种状态"),
                    _(
                        "数据、填报、评估、整改、导入、审计各走到哪一步；词取自数据模型，新增的状态会自动出现在这里。"
                    ),
                ),
                Specimen("moves", _("判定的变化"), _("某一天前后判定不同时用；没有从前的，只写现在的。")),
                Specimen("words", _("其他选项"), _("不带颜色的选项：类别、步骤、数据性质等，写成标签或正文。")),
            ],
        ),
        Chapter(
            "pictures",
            _("指标与图"),
            [
                Specimen("trend", _("走势图"), _("指标页，每个分项一幅；下面总有同样内容的表。")),
                Specimen("bullets", _("子弹图"), _("把许多指标放在同一把尺上比进度。")),
                Specimen(
                    "derivation", _("判定的由来"), _("指标页图旁：一步一步用真实的数说明为什么，再说怎样会改变。")
                ),
                Specimen("strips", _("填报条"), _("一项承诺之下各任务的状态；斜纹是没有填报的部分，不是零。")),
                Specimen("heat", _("矩阵的格子"), _("规划里的话把行和列连在一起；深浅只说明说得多直接。")),
                Specimen("coverage", _("覆盖情况"), _("规划原文之上：多少条承诺已有指标、状态或评估意见。")),
            ],
        ),
        Chapter(
            "tables",
            _("表与清单"),
            [
                Specimen(
                    "table", _("表格与排序表头"), _("数字右对齐，单位写在表头；排序记号在指到或聚焦时才出现。")
                ),
                Specimen("tabs", _("分页签与翻页"), _("同一份清单的几种看法用页签；一页放不下时翻页。")),
                Specimen("milestones", _("里程碑"), _("任务页和填报里：计划与实际的日子，晚了写明几天。")),
                Specimen("changes", _("变化"), _("一条写一件事：日期、原因、从什么变成什么、判定因此怎样。")),
                Specimen(
                    "differences",
                    _("差异与审计变更"),
                    _("两份填报之间、审计记录里改了什么：新增加底色，去掉的划去。"),
                ),
                Specimen("notices", _("提醒"), _("站内提醒：未读的加重并带“标为已读”。")),
            ],
        ),
        Chapter(
            "forms",
            _("表单与按钮"),
            [
                Specimen("fields", _("各种字段"), _("标签在上，说明在下；出错时就地写明怎么改。")),
                Specimen(
                    "buttons",
                    _("按钮：平常、指到、聚焦、停用"),
                    _("一处只有一个主要按钮；键盘走到哪里，哪里有框。"),
                ),
                Specimen("messages", _("做完之后的话"), _("成功、提示、出错各一种；写在页面上方，读屏会念出。")),
            ],
        ),
        Chapter(
            "pages",
            _("页面"),
            [
                Specimen("banners", _("横幅"), _("看过去某一天、载入了演示数据时，横贯页面，带着回去的路。")),
                Specimen("empty", _("空、载入中、出错、无权限"), _("没有内容也要说一句话：为什么空，往哪里走。")),
                Specimen(
                    "terms", _("标签、术语与搜索命中"), _("标签写类别，虚线下划的是术语，指到或聚焦时解释。")
                ),
                Specimen(
                    "paper", _("纸面说明"), _("打印时在页脚写明数据截至、打印日期、规则版本和网址；屏幕上不显示。")
                ),
            ],
        ),
    ]
