"""What a report says of tasks: how they stand once the period is over, and who has not reported on them."""

from datetime import date

import pytest

from accounts.models import Organisation
from assessments.models import Round
from assessments.report.content import build_report
from assessments.report.document import DocumentParagraph, DocumentTable
from assessments.report.note_document import note_document
from dashboard.gaps import by_unit, report_gaps
from tests.approving import approve_update
from tests.assessments.scene import open_round, published
from tests.factories import make_component, make_item, make_person, make_plan
from updates import services as updates

END = {"code": "final", "kind": Round.Kind.FINAL, "name": "总结评估", "ends_on": date(2025, 12, 31)}
AFTER = END | {"cut_off": date(2026, 6, 30)}


@pytest.fixture
def tasks(people):
    """Of a platform each task stands otherwise; the platform alone names who answers."""
    plan, analyst = make_plan(), make_person("ana", "analyst")
    make_component(plan)
    unit = Organisation.objects.create(code="unit", name="牵头单位")
    top = make_item(plan, "P-1", "platform", lead=unit)
    for number, (status, day) in enumerate(
        (
            ("not_started", "2025-12-31"),
            ("on_schedule", "2026-05-31"),
            ("behind", "2024-06-30"),
            ("done", "2024-06-30"),
            ("", ""),
        ),
        1,
    ):
        item = make_item(plan, f"P-1.{number}", parent=top)
        if status:
            _report(item, analyst, people["rev"], status=status, day=date.fromisoformat(day))
    make_item(plan, "S-1", "safeguard")
    make_item(plan, "P-2", "platform_task")
    return plan


def _report(item, analyst, reviewer, *, status: str, day: date) -> None:
    told = {"status": status, "done": "已封顶", "problems": "用地未落实", "progress": None}
    row = updates.file_update(item=item, by=analyst, status_on=day, **told)
    row = updates.submit_update(row, edition=row.edition, by=analyst)
    row = approve_update(row, edition=row.edition, by=reviewer)
    # As if it had come at once.
    row.known_on = day
    row.save()


def _round(plan, people, **fields) -> Round:
    return open_round(plan, by=people["rev"], items=[], evaluator=people["eva"], **fields)


def _texts(document) -> list[str]:
    return [block.text.replace("\u00a0", " ") for block in document.blocks if isinstance(block, DocumentParagraph)]


def _table(document, name: str) -> DocumentTable:
    return next(block for block in document.blocks if isinstance(block, DocumentTable) and name in block.caption)


def test_after_the_period_tasks_stand_as_pages_say_it(tasks, people):
    told = _texts(build_report(_round(tasks, people, **AFTER)))

    assert any("责任单位已填报 4 项：待期末填报 1 项，期末未完成 2 项，已完成 1 项。" in text for text in told)
    assert [text for text in told if text.startswith("条目P-1")] == [
        "条目P-1.1：按责任单位填报，期末未完成。",
        "条目P-1.2：按责任单位填报，期末未完成。",
        "条目P-1.3：待期末填报。",
        "条目P-1.4：责任单位填报已完成。",
    ]
    assert not [text for text in told if "推进中" in text or "未启动" in text or "滞后" in text]


def test_within_the_period_tasks_stand_as_reported(tasks, people):
    told = _texts(build_report(_round(tasks, people, cut_off=date(2025, 12, 31))))

    assert any("责任单位已填报 3 项：未启动 1 项，滞后 1 项，已完成 1 项。" in text for text in told)
    assert "条目P-1.1：责任单位填报未启动。" in told


def test_a_note_on_a_task_says_on_paper_what_its_report_comes_to(tasks, people):
    item = tasks.items.get(code="P-1.1")
    round = open_round(tasks, by=people["rev"], items=[item], evaluator=people["eva"], **AFTER)
    fields = {"conclusion": "not_done", "problems": "用地未落实。", "remedies": "转入下一规划期。"}
    note = published(round, item, by=people["eva"], reviewer=people["rev"], **fields)

    blocks = note_document(note, note.steps.get(action="published").body, state="").blocks

    assert ("系统记录的状态", "期末未完成") in [(row.label, row.text) for row in blocks if hasattr(row, "label")]


def test_units_that_did_not_report_are_those_of_the_page_of_gaps(tasks, people):
    round = _round(tasks, people, **AFTER)

    table = _table(build_report(round), "未填报进展的单位")

    assert table.caption.endswith("（截至2025年12月31日的一期）")
    assert list(table.rows) == [
        # What was inherited from the platform; one of them was reported on before, in another period.
        ["牵头单位", "2", "1", "条目P-1.3、条目P-1.5"],
        ["尚未指定责任单位", "1", "1", "条目P-2"],
    ]
    gaps = by_unit([], report_gaps(tasks, round.cut_off))
    assert [(unit.name, str(len(unit.reports))) for unit in gaps] == [(row[0], row[1]) for row in table.rows]
