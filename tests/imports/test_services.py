"""From an uploaded file to figures handed in for approval, and back."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audit.models import AuditEvent
from desk.imports import batches, steps
from desk.models import ImportBatch
from indicators.figures import workflow
from indicators.figures.grades import Grade, grades_of
from indicators.models import ObservationStep
from jobs.models import Job
from notices.models import Notice
from plan.models import Source
from plan.workflow import WrongState
from tests.factories import make_component, make_observation, make_person
from tests.imports.conftest import csv_file, figures, outcomes, row, xlsx_file
from tests.stored import import_file

pytestmark = pytest.mark.django_db


def test_each_row_is_told_what_it_would_do(component, checked):
    stored = make_observation(component, 2021, "140", released="2022-06-01")
    same = row(year=2021, value="140", day="2022-06-01", source="Release of 2022-06-01")

    batch = checked(
        csv_file(
            row(year=2023, value="160", day="2024-05-01"),
            row(year=2021, value="141"),
            same,
            same.replace("140", "143"),
            row(value="150–160"),
        )
    )

    assert outcomes(batch) == {2: "new", 3: "changed", 4: "conflict", 5: "conflict", 6: "invalid"}
    assert batch.rows.get(line=3).old == stored
    assert batch.counts == {"new": 1, "changed": 1, "conflict": 2, "invalid": 1, "chosen": 2, "outliers": 0}
    assert [fault.code for fault in batch.rows.get(line=4).reasons] == ["double_row"]
    assert [fault.code for fault in batch.rows.get(line=5).reasons] == ["stored_otherwise", "double_row"]
    assert batch.rows.get(line=6).faults == [
        {"column": "value", "value": "150–160", "code": "approximate", "params": {}}
    ]
    assert batch.rows.get(line=6).cells["value"] == "150–160"


def test_a_value_far_from_its_neighbour_is_flagged_and_may_be_stored(component, checked):
    make_observation(component, 2021, "140")

    batch = checked(csv_file(row(value="15000"), row(year=2020, value="141", day="2021-05-01")))

    assert list(batch.rows.filter(is_outlier=True).values_list("line", "chosen")) == [(2, False)]


def test_a_whole_file_is_stored_as_handed_in(
    component, analyst, reviewer, checked, django_capture_on_commit_callbacks
):
    batch = checked(csv_file(row(value="2.47万件", url="https://example.org/a"), row(year=2021, value="140")))

    with pytest.raises(WrongState, match="有 1 行异常，不能整份应用"):
        batches.start_apply(batch, whole=True, by=analyst)
    batches.choose_outcome(batch, outcome="new", chosen=True, by=analyst)
    assert list(batch.rows.order_by("line").values_list("chosen", flat=True)) == [False, True]
    batches.choose_rows(batch, shown=[2], chosen=[2], by=analyst)

    with django_capture_on_commit_callbacks(execute=True):
        batch = batches.start_apply(batch, whole=True, by=analyst)

    stored = list(figures().order_by("year"))
    assert [(row.year, row.value, row.state, row.entered_by, row.edition) for row in stored] == [
        (2021, Decimal(140), "submitted", analyst, 1),
        (2022, Decimal(24700), "submitted", analyst, 1),
    ]
    figure = stored[1]
    assert (figure.published_text, figure.precision, figure.released_on) == (
        "2.47万件",
        "rounded",
        date(2023, 5, 1),
    )
    assert (figure.source.title, figure.source.url) == ("年度公报", "https://example.org/a")
    assert list(figure.steps.values_list("action", "value", "by", "reason")) == [
        ("entered", Decimal(24700), analyst.pk, "导入 figures.csv"),
        ("submitted", Decimal(24700), analyst.pk, ""),
    ]
    assert list(batch.rows.values_list("observation", flat=True)) == [stored[1].pk, stored[0].pk]
    event = AuditEvent.objects.get(action="import.applied")
    assert (event.actor, event.after["sha256"], event.after["rows"]) == (analyst, batch.sha256, 2)
    assert list(Notice.objects.values_list("person__username", "kind", "title")) == [
        ("rev", "submitted", "待核定：导入“figures.csv”，2 条数据")
    ]
    assert not import_file(batch).exists()


def test_a_second_person_approves_what_was_imported(component, analyst, reviewer, checked):
    batch = batches.start_apply(checked(csv_file(row())), whole=True, by=analyst)
    figure = figures().get()

    figure = workflow.approve_figure(figure, edition=figure.edition, by=reviewer, reason="已核对")

    assert figure.state == "approved"
    with pytest.raises(WrongState, match="已被核定、退回或修改"):
        batches.undo_import(batch, by=analyst)
    assert figures().count() == 1


def test_a_fault_keeps_the_whole_from_being_stored_but_not_the_chosen_rows(component, analyst, checked):
    batch = checked(csv_file(row(), row(year=2021, value="好"), row(year=2020, day="2021-05-01")))
    with pytest.raises(WrongState, match="有 1 行无效或冲突"):
        batches.start_apply(batch, whole=True, by=analyst)
    assert figures().count() == 0
    batches.choose_rows(batch, shown=[2, 3, 4], chosen=[3, 4], by=analyst)

    batches.start_apply(batch, whole=False, by=analyst)

    assert list(figures().values_list("year", flat=True)) == [2020]


def test_conflicts_and_invalid_rows_are_never_chosen(component, analyst, checked):
    batch = checked(csv_file(row(), row(), row(value="好")))
    batches.choose_outcome(batch, outcome="conflict", chosen=True, by=analyst)
    batches.choose_rows(batch, shown=[2, 3, 4], chosen=[2, 3, 4], by=analyst)

    with pytest.raises(WrongState, match="没有选中"):
        batches.start_apply(batch, whole=False, by=analyst)

    assert list(batch.rows.filter(chosen=True)) == []


def test_all_or_none_of_an_outcome_are_chosen_together(component, analyst, checked):
    batch = checked(csv_file(row(), row(year=2021)))

    batches.choose_outcome(batch, outcome="new", chosen=False, by=analyst)

    batch.refresh_from_db()
    assert batch.counts["chosen"] == 0
    batches.choose_outcome(batch, outcome="new", chosen=True, by=analyst)
    batch.refresh_from_db()
    assert batch.counts["chosen"] == 2


def test_the_same_file_twice_changes_nothing(component, analyst, checked):
    batches.start_apply(checked(csv_file(row(), row(year=2021))), whole=True, by=analyst)

    batch = checked(csv_file(row(), row(year=2021)))

    assert batch.counts == {"same": 2, "chosen": 0, "outliers": 0}
    with pytest.raises(WrongState, match="没有选中"):
        batches.start_apply(batch, whole=True, by=analyst)
    assert figures().count() == 2


def test_two_uploads_of_one_file_are_stored_once(component, analyst, checked):
    first, second = checked(csv_file(row())), checked(csv_file(row()))
    batches.start_apply(first, whole=True, by=analyst)

    second = batches.start_apply(second, whole=True, by=analyst)

    assert (second.state, second.changed_lines, outcomes(second)) == ("checked", [2], {2: "same"})
    assert figures().count() == 1


def test_what_changed_since_the_comparison_is_named_and_nothing_is_stored(component, analyst, checked):
    batch = checked(csv_file(row(year=2020, day="2021-05-01"), row(year=2021), row(year=2022)))
    now = make_observation(component, 2021, "139", released="2022-02-02")

    batch = batches.start_apply(batch, whole=True, by=analyst)

    assert (batch.state, batch.changed_lines) == ("checked", [3])
    assert outcomes(batch) == {2: "new", 3: "changed", 4: "new"}
    assert batch.rows.get(line=3).old == now
    assert list(figures()) == [now]
    batch = batches.start_apply(batch, whole=True, by=analyst)
    assert (batch.state, figures().count()) == ("applied", 4)


def test_undo_takes_out_every_figure_and_nothing_else(component, analyst, checked):
    other = make_observation(component, 2019, "120")
    batch = batches.start_apply(checked(csv_file(row(), row(year=2021))), whole=True, by=analyst)
    later = checked(csv_file(row()))

    batch = batches.undo_import(batch, by=analyst)

    assert batch.state == "undone"
    assert list(figures()) == [other]
    assert ObservationStep.objects.filter(observation__in=figures()).count() == 0
    assert outcomes(later) == {2: "same"}
    event = AuditEvent.objects.get(action="import.undone")
    assert (event.after["rows"], event.after["sha256"]) == (2, batch.sha256)
    with pytest.raises(WrongState, match="已撤销"):
        batches.undo_import(batch, by=analyst)
    again = checked(csv_file(row(), row(year=2021)))
    assert again.counts["new"] == 2


def test_undo_stops_where_a_figure_was_taken_back(component, analyst, checked):
    batch = batches.start_apply(checked(csv_file(row(), row(year=2021))), whole=True, by=analyst)
    figure = figures().first()
    workflow.withdraw_figure(figure, edition=1, by=analyst)

    with pytest.raises(WrongState, match="有 1 条已被核定、退回或修改"):
        batches.undo_import(batch, by=analyst)

    assert figures().count() == 2


def test_a_cancelled_import_leaves_no_rows_and_no_file(
    component, analyst, checked, django_capture_on_commit_callbacks
):
    batch = checked(csv_file(row()))
    path = import_file(batch)

    with django_capture_on_commit_callbacks(execute=True):
        batch = batches.cancel_import(batch, by=analyst)

    assert (batch.state, batch.rows.count(), path.exists()) == ("cancelled", 0, False)
    with pytest.raises(WrongState, match="已取消"):
        batches.start_apply(batch, whole=True, by=analyst)


def test_only_who_uploaded_a_file_does_anything_with_it(component, checked):
    batch = checked(csv_file(row()))
    other = make_person("other", "analyst")

    for step in (
        lambda: batches.start_apply(batch, whole=True, by=other),
        lambda: batches.cancel_import(batch, by=other),
        lambda: batches.choose_rows(batch, shown=[2], chosen=[], by=other),
        lambda: batches.start_check(batch, mapping=batch.mapping, by=other),
        lambda: batches.undo_import(batch, by=other),
    ):
        with pytest.raises(PermissionDenied):
            step()

    assert ImportBatch.objects.get().state == "checked"


def test_a_mapping_must_name_what_is_required_and_each_column_once(component, analyst):
    plan = component.indicator.plan
    batch = batches.upload_file(plan, csv_file(row(), head="a,b,c,d,e,f,g\n"), by=analyst)
    assert batch.mapping == {}

    with pytest.raises(ValidationError) as error:
        batches.start_check(batch, mapping={"component": 0, "year": 0, "value": 99, "nonsense": 1}, by=analyst)

    assert sorted(error.value.message_dict) == [
        "component",
        "nonsense",
        "released_on",
        "source_title",
        "value",
        "value_status",
        "year",
    ]
    names = ["component", "year", "value", "value_status", "released_on", "source_title"]
    mapping = {name: place for place, name in enumerate(names)}
    assert outcomes(batches.start_check(batch, mapping=mapping, by=analyst)) == {2: "new"}


def test_a_file_that_breaks_off_late_ends_the_batch_with_the_line(component, analyst, checked):
    file = csv_file(*[row(year=year) for year in range(2001, 2023)], '"I-01,\n')

    batch = checked(file)

    assert (batch.state, batch.fault["row"], batch.fault["code"], batch.rows.count()) == (
        "failed",
        24,
        "quotes",
        0,
    )


def test_rejected_figures_are_not_imported_but_stored_ones_are_recognised(component, analyst, checked):
    head = "component,year,value,value_status,released_on,source_title,state,note\n"
    stored = make_observation(component, 2021, "140", state="rejected", note="口径不同")

    batch = checked(
        csv_file(
            "I-01,2021,140,final,2022-06-01,Release of 2022-06-01,rejected,口径不同\n",
            "I-01,2020,130,final,2022-06-01,Another,不采用,口径不同\n",
            head=head,
        )
    )

    assert outcomes(batch) == {2: "same", 3: "invalid"}
    assert batch.rows.get(line=2).old == stored
    assert [fault.code for fault in batch.rows.get(line=3).reasons] == ["not_by_file"]


def test_a_large_file_is_compared_and_stored_by_a_worker(component, analyst, checked, monkeypatch):
    monkeypatch.setattr(batches, "INLINE_ROWS", 1)
    batch = checked(csv_file(row(), row(year=2021)))
    job = Job.objects.get(kind="desk.check_import")
    assert (batch.state, batch.job, job.arguments) == ("checking", job, {"batch": batch.pk})

    with pytest.raises(WrongState, match="比对中"):
        batches.start_check(batch, mapping=batch.mapping, by=analyst)
    steps.run_check(batch, report=lambda percent: None)

    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"]) == ("checked", 2)
    assert Notice.objects.get(person=analyst).title == "已比对：figures.csv，2 行"
    batch = batches.start_apply(batch, whole=True, by=analyst)
    assert (batch.state, batch.job.kind, figures().count()) == ("applying", "desk.apply_import", 0)
    steps.run_apply(batch, check=lambda: None)
    steps.run_apply(batch, check=lambda: None)
    assert figures().count() == 2


def test_cancelling_the_writing_leaves_the_batch_as_it_was(component, analyst, checked, monkeypatch):
    batch = checked(csv_file(row(), row(year=2021)))
    monkeypatch.setattr(batches, "INLINE_ROWS", 1)
    batch = batches.start_apply(batch, whole=True, by=analyst)

    batch = batches.cancel_import(batch, by=analyst)

    assert (batch.state, batch.rows.count(), figures().count()) == ("checked", 2, 0)
    assert Job.objects.get(kind="desk.apply_import").state == "cancelled"
    steps.run_apply(batch, check=lambda: None)
    assert figures().count() == 0


def test_a_workbook_is_read_with_its_dates_and_percentages(component, analyst, checked):
    component.indicator.unit = "%"
    component.indicator.save()
    head = ["分项编码", "年份（年）", "数值（%）", "数据性质", "公布日期", "来源"]
    lines = [
        ["表 1　研发投入"],
        head,
        ["I-01", 2022, 0.0646, "最终核实", date(2023, 5, 1), "公报"],
        [None] * 6,
        ["I-01", "2021年", "6.1%", "final", 44927, "公报"],
    ]

    batch = checked(xlsx_file(lines, formats=[("C3", "0.00%")]))

    assert list(batch.rows.values_list("line", "outcome", "year", "value", "released_on")) == [
        (1, "passed", None, None, None),
        (3, "new", 2022, Decimal("6.46"), date(2023, 5, 1)),
        (5, "new", 2021, Decimal("6.1"), date(2023, 1, 1)),
    ]


def test_sources_are_shared_and_made_once(component, analyst, checked):
    known = Source.objects.create(title="年度公报", url="")
    make_component(component.indicator.plan, "I-02")

    batches.start_apply(
        checked(csv_file(row(), row("I-02"), row(year=2021, source="另一份"))), whole=True, by=analyst
    )

    titles = figures().order_by("component__code", "year").values_list("source__title", flat=True)
    assert list(titles) == ["另一份", "年度公报", "年度公报"]
    assert Source.objects.filter(title="年度公报").get() == known


@pytest.mark.parametrize(
    "act",
    [
        lambda batch, by: batches.start_apply(batch, whole=True, by=by),
        lambda batch, by: batches.cancel_import(batch, by=by),
    ],
    ids=["stored", "cancelled"],
)
def test_the_file_stays_until_the_end_of_its_import_is_committed(component, analyst, checked, act):
    """A step that did not come to its end starts again, and reads the file again."""
    batch = checked(csv_file(row()))
    path = import_file(batch)
    kept = path.read_bytes()

    with transaction.atomic():
        act(batch, by=analyst)
        transaction.set_rollback(True)

    assert path.read_bytes() == kept


@pytest.mark.parametrize(("cell", "exclusive"), [("是", True), ("否", False), ("true", True), ("", True)])
def test_the_column_says_whether_a_bound_excludes_its_number(component, checked, cell, exclusive):
    """Left empty the words of the release decide: 突破 excludes it."""
    head = "分项编码,年份,数值,数据性质,公布日期,来源,精确程度,不含本数,公布时的写法\n"
    line = f"I-01,2022,150,初步,2023-05-01,年度公报,下限表述,{cell},突破150件\n"

    batch = checked(csv_file(line, head=head))

    row = batch.rows.get()
    assert (row.outcome, row.precision, row.exclusive) == ("new", "lower_bound", exclusive)


def test_a_number_that_is_exact_excludes_nothing(component, checked):
    head = "分项编码,年份,数值,数据性质,公布日期,来源,精确程度,不含本数\n"

    batch = checked(csv_file("I-01,2022,150,初步,2023-05-01,年度公报,精确,是\n", head=head))

    assert batch.rows.get().outcome == "invalid"


def test_a_file_that_breaks_off_in_its_first_rows_is_taken_and_the_fault_is_said(component, analyst):
    file = csv_file(*[row(year=year) for year in (2018, 2019, 2020, 2022)], '"I-01,2021,150,final\n')

    batch = batches.upload_file(component.indicator.plan, file, by=analyst)
    batch = batches.start_check(batch, mapping=batch.mapping, by=analyst)

    assert batch.state == "failed"
    assert batch.failure.code == "quotes"


def warnings_of(batch):
    return {row.line: [fault.code for fault in row.reasons] for row in batch.rows.order_by("line")}


def test_a_row_that_stands_out_gives_the_true_reason(component, analyst, checked):
    for year, value in zip(range(2015, 2022), (100, 110, 121, 130, 141, 150, 161), strict=True):
        make_observation(component, year, str(value), released=f"{year + 1}-06-01")

    batch = checked(
        csv_file(
            row(year=2022, value="200"),
            row(year=2023, value="600", day="2024-05-01"),
            row(year=2021, value="400", source="另一份"),
            row(year=2020, value="150", source="另一份", status="revised"),
        )
    )

    assert warnings_of(batch) == {2: ["unusual_change"], 3: ["large_change"], 4: ["large_change"], 5: []}
    assert list(batch.rows.order_by("line").values_list("chosen", flat=True)) == [False, False, False, True]


def test_an_unchanged_figure_is_no_question_however_far_it_lies(component, analyst, checked):
    make_observation(component, 2021, "180")
    make_observation(component, 2022, "700", released="2023-06-01")

    batch = checked(csv_file(row(year=2022, value="700", day="2024-05-01", status="revised")))

    assert list(batch.rows.values_list("outcome", "is_outlier", "chosen")) == [("changed", False, True)]


def test_what_is_twice_the_figure_of_its_year_says_so(component, analyst, checked):
    make_observation(component, 2020, "100", released="2021-06-01")
    make_observation(component, 2022, "80", released="2023-06-01")

    batch = checked(csv_file(row(year=2022, value="170", day="2024-05-01")))

    fault = batch.rows.get().reasons[0]
    assert (fault.code, fault.reason) == ("far_off", "与 2022 年的 80 相差一倍以上，请核对单位和小数点")


def test_a_number_beside_a_bound_that_leaves_no_room_for_it_is_asked_about(component, analyst, client, checked):
    make_observation(
        component, 2021, "26000", precision="lower_bound", exclusive=True, published_text="突破2.6万件"
    )
    file = csv_file(
        row(year=2021, value="25000"),
        row(year=2021, value="27000", source="另一份"),
        row(year=2021, value="26000", source="第三份"),
    )

    batch = checked(file)

    assert outcomes(batch) == {2: "ask", 3: "changed", 4: "ask"}
    asked = batch.rows.get(line=2)
    assert (asked.old.value, asked.old.limit_sign) == (Decimal(26000), ">")
    assert [fault.reason for fault in asked.reasons if fault.code == "against_bound"] == [
        "2021 年已公布“> 26,000”（2022-06-01），这个数不在其内：仍要导入吗？"
    ]
    client.force_login(analyst)
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "&gt; 26,000" in page
    batches.answer_rows(batch, {2: "0", 4: "leave"}, by=analyst)
    assert outcomes(batch) == {2: "changed", 3: "changed", 4: "passed"}
    batches.choose_rows(batch, shown=[2, 3], chosen=[2, 3], by=analyst)
    batch = batches.start_apply(batch, whole=False, by=analyst)
    assert (batch.state, figures().filter(state="submitted").count()) == ("applied", 2)


def test_a_bound_beside_a_bound_is_asked_about_only_where_they_contradict(component, analyst, checked):
    make_observation(component, 2021, "26000", precision="lower_bound", exclusive=True)
    head = "component,year,value,value_status,released_on,source_title,precision\n"

    batch = checked(
        csv_file(
            "I-01,2021,24000,final,2023-05-01,甲,lower_bound\n",
            "I-01,2021,25000,final,2023-05-01,乙,upper_bound\n",
            "I-01,2021,25000,final,2023-05-01,丙,approximate\n",
            head=head,
        )
    )

    assert outcomes(batch) == {2: "changed", 3: "ask", 4: "changed"}


def test_a_final_figure_of_a_year_that_was_not_over_is_ticked_by_a_person_alone(
    component, analyst, reviewer, checked
):
    batch = checked(
        csv_file(
            row(year=2022, day="2022-07-20", value="120"),
            row(year=2021, day="2021-07-20", status="preliminary", value="110"),
        )
    )

    assert warnings_of(batch) == {2: ["year_not_over"], 3: []}
    assert list(batch.rows.order_by("line").values_list("chosen", flat=True)) == [False, True]
    batches.choose_rows(batch, shown=[2, 3], chosen=[2, 3], by=analyst)
    batches.start_apply(batch, whole=False, by=analyst)
    figure = figures().get(year=2022)
    assert Grade.NOT_OVER in grades_of(component.indicator.plan, [figure])[figure.pk]
    with pytest.raises(ValidationError, match="年度未结束"):
        workflow.approve_figure(figure, edition=figure.edition, by=reviewer)
