import re

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from desk.models import ImportBatch, ImportRow
from indicators.models import Observation
from jobs.models import Job
from notices.models import Notice
from tests.desk.conftest import ROOT
from tests.factories import make_component

pytestmark = pytest.mark.django_db
REVIEW = f"{ROOT}review/"


def picked(*rows, **fields):
    said = {f"why-{row.pk}": "已核对" for row in rows}
    return {"step": "approve", "pick": [f"{row.pk}:{row.edition}" for row in rows]} | said | fields


def states(*rows):
    return [Observation.objects.get(pk=row.pk).state for row in rows]


def test_selected_figures_are_approved_together(sign_in, enter, people):
    one, two = enter(submit=True), enter(year=2023, released="2024-05-01", submit=True)
    three = enter(year=2024, released="2025-05-01", submit=True)

    answer = sign_in("rev").post(REVIEW, picked(one, two))

    assert answer.status_code == 302
    assert states(one, two, three) == ["approved", "approved", "submitted"]
    assert Job.objects.get().arguments["cause"] == "核定数据 I-01 2022、I-01 2023"
    event = AuditEvent.objects.get(action="figure.approved")
    assert event.after["figures"] == [[one.pk, "I-01", 2022, "150"], [two.pk, "I-01", 2023, "150"]]
    assert Notice.objects.get(person=people["ana"], kind="approved").title == "已核定：2 条数据"


def test_ones_own_is_shown_with_the_reason_and_cannot_be_picked(sign_in, enter):
    own, other = enter("both", submit=True), enter(year=2023, released="2024-05-01", submit=True)
    both = sign_in("both")

    html = both.get(REVIEW).content.decode()
    answer = both.post(REVIEW, picked(own, other))

    assert re.findall(r'name="pick" value="(\d+):', html) == [str(other.pk)]
    assert "本人录入或修改，须由他人核定" in html
    assert answer.status_code == 403
    assert states(own, other) == ["submitted", "submitted"]


def test_a_change_since_the_page_was_read_stops_the_lot(sign_in, enter):
    one, two = enter(submit=True), enter(year=2023, released="2024-05-01", submit=True)
    two.edition -= 1

    answer = sign_in("rev").post(REVIEW, picked(one, two))

    assert answer.status_code == 409
    assert "I-01 2023：这条记录已被他人修改" in answer.content.decode()
    assert states(one, two) == ["submitted", "submitted"]


def test_selected_figures_are_returned_with_a_reason(sign_in, enter):
    one, two = enter(submit=True), enter(year=2023, released="2024-05-01", submit=True)
    rev = sign_in("rev")

    silent = rev.post(REVIEW, picked(one, two, step="return", reason=" "))
    rev.post(REVIEW, picked(one, two, step="return", reason="来源不清"))

    assert "退回须写明理由" in silent.content.decode()
    assert states(one, two) == ["returned", "returned"]
    assert list(one.steps.filter(action="returned").values_list("reason", flat=True)) == ["来源不清"]


def test_nothing_picked_and_nonsense_picked_are_refused(sign_in, enter):
    row = enter(submit=True)
    rev = sign_in("rev")

    assert "请先勾选" in rev.post(REVIEW, {"step": "approve"}).content.decode()
    assert rev.post(REVIEW, {"step": "approve", "pick": ["x"]}).status_code == 400
    assert rev.post(REVIEW, {"step": "approve", "pick": ["999999:1"]}).status_code == 409
    assert states(row) == ["submitted"]


def test_the_queue_is_filtered_and_oldest_first(plan, sign_in, enter):
    first, second = enter("rep", submit=True), enter(year=2023, released="2024-05-01", submit=True)
    other = enter(part=make_component(plan, "I-02"), submit=True)
    rev = sign_in("rev")

    def shown(query=""):
        return re.findall(r'name="pick" value="(\d+):', rev.get(REVIEW + query).content.decode())

    assert shown() == [str(row.pk) for row in (first, second, other)]
    assert shown("?organisation=own") == [str(first.pk), str(second.pk)]
    assert shown("?indicator=I-02") == [str(other.pk)]
    assert shown("?by=rep") == [str(first.pk)]
    assert shown("?by=nobody") == []
    assert rev.get(f"{REVIEW}?page=2").status_code == 400


def test_imported_figures_stand_together_under_their_file(plan, sign_in, enter, people):
    single, imported = enter(submit=True), enter(year=2023, released="2024-05-01", submit=True)
    batch = ImportBatch.objects.create(
        plan=plan,
        name="年报.xlsx",
        stored_as="x",
        size=1,
        sha256="0",
        uploaded_by=people["ana"],
        applied_at=timezone.now(),
    )
    ImportRow.objects.create(batch=batch, line=2, outcome="new", observation=imported)

    html = sign_in("rev").get(REVIEW).content.decode()

    assert html.index("逐条录入") < html.index(f'value="{single.pk}:') < html.index("年报.xlsx")
    assert html.index("年报.xlsx") < html.index(f'value="{imported.pk}:')


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_stays_within_its_budget(plan, component, sign_in, enter, django_assert_max_num_queries, number):
    for at in range(number):
        enter(year=2022 + at, released="2025-05-01", submit=True)
    client = sign_in("rev")

    with django_assert_max_num_queries(24):
        client.get(REVIEW)


@pytest.mark.parametrize("pick", ["", "1", "1:", "x:1", "²:1", f"{'9' * 25}:1", f"1:{'9' * 5000}"])
def test_a_pick_that_is_no_row_is_named(sign_in, pick):
    answer = sign_in("rev").post(REVIEW, {"step": "approve", "pick": pick})

    assert answer.status_code == 400
    assert "应为编号与版本，例如 12:3" in answer.content.decode()


def test_a_reason_holds_text_and_has_an_end(sign_in, enter):
    one, two = enter(submit=True), enter(year=2023, released="2024-05-01", submit=True)
    reviewer = sign_in("rev")

    forged = reviewer.post(REVIEW, picked(one, step="return", reason="单位\0不对"))
    reviewer.post(REVIEW, picked(one, step="return", reason="单位\x0b不对\x08"))
    answer = reviewer.post(REVIEW, picked(two, step="return", reason="长" * 5001))

    assert forged.status_code == 400
    assert "第 3 个字是空字符" in forged.content.decode()
    assert one.steps.latest("id").reason == "单位\n不对"
    assert "最多 5000 字" in answer.content.decode()
    assert states(one, two) == ["returned", "submitted"]


def test_a_share_beyond_100_is_marked_in_the_queue(component, sign_in, enter):
    component.indicator.unit = "%"
    component.indicator.save()
    enter(value="130", submit=True)

    html = sign_in("rev").get(REVIEW).content.decode()

    assert "异常，请核对" in html
    assert "百分比一般在 0 到 100 之间" in html


@pytest.mark.parametrize(("value", "year", "why"), [("900", 2022, "异常"), ("122", 2022, "结论改变")])
def test_what_is_not_quiet_asks_for_a_reason_of_its_own(sign_in, enter, value, year, why):
    loud, quiet = enter(value=value, year=year, submit=True), enter(year=2021, value="120", submit=True)
    rev = sign_in("rev")

    html = rev.get(REVIEW).content.decode()
    silent = rev.post(REVIEW, picked(loud, quiet) | {f"why-{loud.pk}": " "})
    assert (silent.status_code, states(loud, quiet)) == (409, ["submitted", "submitted"])
    assert f"I-01 {year}（" in silent.content.decode()
    assert why in silent.content.decode()
    rev.post(REVIEW, picked(loud, quiet) | {f"why-{loud.pk}": "已电话核对"})

    assert len(re.findall(r"data-own", html)) == 1
    assert states(loud, quiet) == ["approved", "approved"]
    assert loud.steps.get(action="approved").reason == "已电话核对"
    assert [loud.pk, "已电话核对"] in AuditEvent.objects.get(action="figure.approved").after["reasons"]


def test_two_for_one_year_are_each_looked_at(sign_in, enter):
    one = enter(year=2022, value="140", submit=True)
    two = enter("bob", year=2022, value="141", released="2023-06-01", submit=True)

    silent = sign_in("rev").post(REVIEW, picked(one, two) | {f"why-{two.pk}": ""})

    assert "同年另有待核定" in silent.content.decode()
    assert states(one, two) == ["submitted", "submitted"]


def test_one_figure_alone_asks_as_well(sign_in, enter, people):
    row = enter(value="900", submit=True)
    rev = sign_in("rev")
    address = f"{ROOT}figures/{row.pk}/"

    page = rev.get(address).content.decode()
    silent = rev.post(f"{address}approve/", {"edition": row.edition})
    rev.post(f"{address}approve/", {"edition": row.edition, "why": "已核对原文"})

    assert 'name="why"' in page
    assert silent.status_code == 400
    assert states(row) == ["approved"]
    assert row.steps.get(action="approved").reason == "已核对原文"
