"""Responsibilities and one change for many items: previewed, applied whole, refused when overtaken."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from notices.models import Notice
from updates import services
from updates.models import StatusUpdate
from updates.responsibilities import KEEP, HoldingEdit, apply_assignments, preview_assignments, read_pasted

ALL = ["P-1.1", "P-1.2", "P-1.3"]


@pytest.fixture
def analyst(small):
    client = Client()
    client.force_login(small.analyst)
    return client


def address(name, small):
    return reverse(f"updates:{name}", args=[small.plan.slug])


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def seen(response) -> str:
    return re.search(r'name="seen" value="(\w+)"', response.content.decode()).group(1)


def test_ticked_rows_are_previewed_then_changed_with_an_audit_row_each(small, analyst):
    small.tasks[0].supporting.add(small.own)
    values = {"item": ALL[:2], "lead": str(small.own.pk), "add": [small.other.pk], "weight": "2.5"}

    shown = analyst.post(address("assign_preview", small), values)
    untouched = small.plan.items.filter(code__in=ALL, lead=None).count()
    done = analyst.post(address("assign_apply", small), values | {"seen": seen(shown)}, follow=True)

    first = small.plan.items.get(code="P-1.1")
    assert "将改动 2 项，0 项不变" in text(shown)
    assert untouched == 3
    assert "已更新 2 项" in text(done)
    assert (first.lead, list(first.supporting.all()), first.weight) == (small.own, [small.other], Decimal("2.5"))
    assert small.plan.items.get(code="P-1.3").lead is None
    logged = AuditEvent.objects.filter(action="item.assigned").order_by("object_code")
    assert [(row.object_code, row.before, row.after) for row in logged][0] == (
        "P-1.1",
        {"lead": None, "supporting": ["科技局"], "weight": None},
        {"lead": "科技局", "supporting": ["发改委"], "weight": "2.5"},
    )
    assert len(logged) == 2


def test_what_changed_since_the_preview_is_shown_again_and_not_overwritten(small, analyst):
    values = {"item": ALL, "lead": str(small.own.pk)}
    stamp = seen(analyst.post(address("assign_preview", small), values))
    small.plan.items.filter(code="P-1.2").update(lead=small.other)

    response = analyst.post(address("assign_apply", small), values | {"seen": stamp})

    assert response.status_code == 409
    assert "预览之后有人改动了这些条目" in text(response)
    assert "发改委 → 科技局" in text(response)
    assert list(small.plan.items.filter(code__in=ALL).values_list("lead__code", flat=True)) == [None, "drc", None]
    assert analyst.post(address("assign_apply", small), values | {"seen": seen(response)}).status_code == 302


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"lead": "-"}, "请先在表中勾选条目"),
        ({"item": ALL}, "请选择要做的改动"),
        ({"item": ["X-1\0", "; drop"], "lead": "-"}, "请先在表中勾选条目"),
        ({"item": ALL, "lead": "999999"}, "没有“999999”这个选项"),
        ({"item": ALL, "weight": "0"}, "权重应大于 0"),
        ({"item": ALL, "weight": "many"}, "请填数字"),
        ({"rows": ""}, "请填写这一项"),
    ],
)
def test_a_wrong_choice_is_named_and_keeps_the_ticks(small, analyst, values, said):
    response = analyst.post(address("assign_preview", small), values)

    assert response.status_code == 400
    assert said in text(response)
    assert response.content.decode().count(" checked") == len(
        [code for code in values.get("item", []) if code in ALL]
    )


def test_clearing_takes_everything_away(small):
    small.task.lead, small.task.weight = small.own, Decimal(3)
    small.task.save()
    small.task.supporting.add(small.other)
    wanted = {"P-1.1": HoldingEdit(lead=None, supporting=(), weight=None)}

    apply_assignments(small.plan, wanted, by=small.analyst, seen=preview_assignments(small.plan, wanted).seen)

    row = small.plan.items.get(code="P-1.1")
    assert (row.lead, list(row.supporting.all()), row.weight) == (None, [], None)


def test_a_pasted_table_names_the_lines_it_cannot_use(small, analyst):
    pasted = "\n".join(
        [
            "编码\t牵头单位\t配合单位\t权重",
            "P-1.1\t科技局\t发改委、科技局\t2",
            "P-1.2\tdrc\t\t",
            "",
            "P-9.9\t科技局",
            "P-1.3\t没有这个局",
            "P-1.3\t\t\t-1",
            "P-1.1\t发改委",
        ]
    )

    wanted, faults = read_pasted(small.plan, pasted)
    shown = analyst.post(address("assign_preview", small), {"rows": pasted})
    analyst.post(address("assign_apply", small), {"rows": pasted, "seen": seen(shown)})

    assert wanted == {
        "P-1.1": HoldingEdit(lead=small.own, supporting=(small.other, small.own), weight=Decimal(2)),
        "P-1.2": HoldingEdit(lead=small.other, supporting=KEEP, weight=KEEP),
    }
    assert [(number, reason) for number, _line, reason in faults] == [
        (5, "规划中没有条目“P-9.9”"),
        (6, "没有单位“没有这个局”，请先建立或改用已有名称"),
        (7, "权重“-1”应为大于 0 的数，最多三位小数"),
        (8, "编码重复出现"),
    ]
    assert "将改动 2 项，0 项不变，4 行不能用" in text(shown)
    assert [row.code for row in small.plan.items.get(code="P-1.1").supporting.all()] == ["drc"]


def test_the_same_paste_again_changes_nothing(small, analyst):
    pasted = "P-1.1\t科技局\t发改委\t2"
    stamp = seen(analyst.post(address("assign_preview", small), {"rows": pasted}))
    analyst.post(address("assign_apply", small), {"rows": pasted, "seen": stamp})

    assert "将改动 0 项，1 项不变" in text(analyst.post(address("assign_preview", small), {"rows": pasted}))


def test_the_table_is_filtered(small, analyst):
    small.task.lead = small.other
    small.task.save()

    def codes(query):
        html = analyst.get(f"{address('responsibilities', small)}?{query}").content.decode()
        return re.findall(r'name="item" value="([^"]+)"', html)

    assert codes("") == ["P-1", *ALL]
    assert codes("organisation=-") == ["P-1.2", "P-1.3"]
    assert codes("organisation=drc") == ["P-1.1"]
    assert codes("parent=P-1&kind=platform_task") == ALL
    assert analyst.get(f"{address('responsibilities', small)}?parent=Z-1").status_code == 400


@pytest.mark.breadth
@pytest.mark.parametrize("who", ["reporter", "reviewer", "viewer", "stranger"])
def test_only_analysts_assign(small, who):
    client = Client()
    client.force_login(getattr(small, who))

    for name in ("responsibilities", "bulk"):
        assert client.get(address(name, small)).status_code == 403
    for name in ("assign_preview", "assign_apply", "bulk", "bulk_apply"):
        assert client.post(address(name, small), {"item": ALL, "lead": "-"}).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_tables_cost_the_same_for_one_and_three(small, analyst, django_assert_max_num_queries, number):
    small.plan.items.filter(code__in=ALL[number:]).delete()

    with django_assert_max_num_queries(9):
        analyst.get(address("responsibilities", small))
    with django_assert_max_num_queries(9):
        analyst.get(address("bulk", small))


def test_a_status_for_many_is_filed_and_waits_for_a_second_person(small, analyst, report):
    report(small.tasks[0], "approved", progress=Decimal(40), next_steps="继续")
    report(small.tasks[1], "submitted")
    values = {"item": [*ALL, "P-1"], "status": "done", "status_on": "2024-12-31", "done": "已验收"}

    shown = analyst.post(address("bulk", small), values)
    before = StatusUpdate.objects.count()
    done = analyst.post(address("bulk_apply", small), values | {"seen": seen(shown)}, follow=True)

    filed = StatusUpdate.objects.filter(entered_by=small.analyst).order_by("item__order")
    assert "所选 4 项中 2 项将提交填报" in text(shown)
    assert "推进中 → 已完成" in text(shown)
    assert "40 % → 100 %" in text(shown)
    assert "跳过：有尚未核定的填报" in text(shown)
    assert "跳过：这一类条目不填报进展" in text(shown)
    assert before == 2
    assert "已提交 2 项" in text(done)
    assert [(row.item.code, row.state, row.progress, row.organisation) for row in filed] == [
        ("P-1.1", "submitted", 100, small.own),
        ("P-1.3", "submitted", 100, small.own),
    ]
    assert small.plan.items.get(code="P-1.3").status == "not_reported"
    assert Notice.objects.filter(person=small.reviewer, title="待核定：批量填报 2 项").count() == 1


def test_dates_are_moved_for_milestones_not_yet_reached(small, analyst, report):
    milestones = [
        services.MilestoneWords("开工", date(2022, 1, 1), date(2022, 2, 1)),
        services.MilestoneWords("验收", date(2024, 6, 30)),
    ]
    report(small.tasks[0], "approved", milestones=milestones, progress=Decimal(40))
    report(small.tasks[1], "approved")
    values = {"item": ALL, "shift": "92", "status_on": "2024-12-31", "done": "经批准延期"}

    shown = analyst.post(address("bulk", small), values)
    analyst.post(address("bulk_apply", small), values | {"seen": seen(shown)})

    row = StatusUpdate.objects.get(entered_by=small.analyst)
    assert "验收 2024-06-30 → 2024-09-30" in text(shown)
    assert "跳过：没有未完成的里程碑" in text(shown)
    assert "跳过：从未填报" in text(shown)
    assert (row.status, row.progress) == ("on_schedule", 40)
    assert list(row.milestones.values_list("title", "planned_on", "actual_on")) == [
        ("开工", date(2022, 1, 1), date(2022, 2, 1)),
        ("验收", date(2024, 9, 30), None),
    ]


def test_a_bulk_change_overtaken_is_shown_again(small, analyst, report):
    values = {"item": ALL[:1], "status": "done", "status_on": "2024-12-31", "done": "已验收"}
    stamp = seen(analyst.post(address("bulk", small), values))
    report(small.task, "submitted")

    response = analyst.post(address("bulk_apply", small), values | {"seen": stamp})

    assert response.status_code == 409
    assert "没有可以提交的条目" in text(response)
    assert StatusUpdate.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"item": []}, "请先在表中勾选条目"),
        ({"status": ""}, "请选择新的状态"),
        ({"done": ""}, "请填写这一项"),
        ({"shift": "99999"}, "3650"),
    ],
)
def test_a_wrong_bulk_change_is_named(small, analyst, values, said):
    given = {"item": ALL, "status": "done", "status_on": "2024-12-31", "done": "已验收"} | values

    response = analyst.post(address("bulk", small), given)

    assert response.status_code == 400
    assert said in text(response)


def test_what_a_rule_refuses_is_skipped_with_its_reason(small, analyst):
    values = {"item": ALL[:1], "status": "behind", "status_on": "2024-12-31", "done": "缓"}

    assert "跳过：滞后的须写明存在问题" in text(analyst.post(address("bulk", small), values))
