"""Two numbers for one component, year and day: seen side by side, never passed in one stroke."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from desk.figures import approve_picked
from desk.imports import reviewing
from indicators.figures import workflow
from indicators.figures.rivals import rivals_of
from indicators.models import Observation
from plan.models import Source
from plan.workflow import WrongState
from tests.factories import make_component
from tests.pending import fill_pending

REVIEW = "/test-plan/review/"


@pytest.fixture
def rivals(component, people):
    """6.70 by one person from one source, 6.71 by another from another, both of 2024 and released on one day."""
    found = []
    for name, value, title in (("ana", "6.70", "统计公报"), ("bob", "6.71", "新闻稿")):
        row = workflow.enter_figure(
            component=component, by=people[name], source=Source.objects.keep(title), year=2024,
            value=Decimal(value), value_status="final", released_on=date(2025, 4, 20),
        )  # fmt: skip
        found.append(workflow.submit_figure(row, edition=row.edition, by=people[name]))
    return found


def test_they_do_not_pass_in_one_stroke(rivals, sign_in, enter):
    other = enter(year=2023, released="2024-05-01", submit=True)
    chosen = [f"figure:{row.pk}:{row.edition}" for row in (*rivals, other)]

    answer = sign_in("rev").post(f"{REVIEW}chosen/", {"act": "approve", "pick": chosen})

    assert answer.status_code == 409
    assert "须对照来源择一核定" in answer.content.decode()
    assert set(Observation.objects.filter(pk__in=[row.pk for row in (*rivals, other)]).values_list("state")) == {
        ("submitted",)
    }


def test_one_of_them_does_not_slip_through_among_others(rivals, plan, people, enter):
    other = enter(year=2023, released="2024-05-01", submit=True)

    with pytest.raises(WrongState, match="6.7"):
        approve_picked(plan, {rivals[0].pk: rivals[0].edition, other.pk: other.edition}, by=people["rev"])


@pytest.mark.breadth
def test_alone_one_passes_and_the_other_is_returned(rivals, sign_in, plan, people):
    rev = sign_in("rev")

    said = {"act": "approve", "edition": rivals[1].edition, "said": "已电话核对", "looked": "on"}
    rev.post(f"{REVIEW}figure/{rivals[1].pk}/", said)

    rivals[0].refresh_from_db()
    rivals[1].refresh_from_db()
    assert (rivals[0].state, rivals[1].state) == ("submitted", "approved")
    page = rev.get(f"/test-plan/data/figures/{rivals[0].pk}/").content.decode()
    assert "同一年份、同一公布日还有别的数" in page
    assert "已核定" in page


@pytest.mark.breadth
def test_both_see_them_side_by_side(rivals, sign_in):
    for name in ("ana", "bob", "rev"):
        page = sign_in(name).get(f"/test-plan/data/figures/{rivals[0].pk}/").content.decode()
        assert "同一年份、同一公布日还有别的数" in page
        assert "6.71" in page
        assert "新闻稿" in page
    queue = sign_in("rev").get(REVIEW).content.decode()
    assert queue.count('<span class="tag warn">同年重复</span>') >= 2
    assert "同年有两条，须择一核定" in queue


@pytest.mark.breadth
def test_other_years_days_and_components_do_not_compete(rivals, plan, people, enter):
    rows = [
        enter(year=2023, released="2025-04-20", submit=True),
        enter(year=2024, released="2025-04-21", submit=True),
        enter(year=2024, released="2025-04-20", submit=True, part=make_component(plan, "I-02")),
    ]

    said = {row.pk: "已核对" for row in rows}
    assert approve_picked(plan, {row.pk: row.edition for row in rows}, by=people["rev"], reasons=said) == 3


@pytest.mark.breadth
def test_many_of_them_are_counted_and_the_first_are_named(component, people, sign_in):
    for number in range(6):
        row = workflow.enter_figure(
            component=component, by=people["ana"], source=Source.objects.keep(f"新闻稿 {number}"), year=2024,
            value=Decimal(number), value_status="final", released_on=date(2025, 4, 20),
        )  # fmt: skip
        workflow.submit_figure(row, edition=row.edition, by=people["ana"])

    html = sign_in("rev").get(REVIEW).content.decode()

    assert html.count('name="pick"') == 0
    assert html.split('id="rivals"')[1].count("新闻稿") >= 4
    assert "另有 2 条" in html
    assert len(rivals_of([row])[row.pk].rows) == 3


def test_a_decision_on_a_whole_import_leaves_what_competes_to_a_person(component, people):
    batch = fill_pending(component.indicator.plan, 10, by=people["ana"])
    batch.rows.update(looked="已核对")
    row = Observation.objects.filter(import_rows__batch=batch).first()
    rival = workflow.enter_figure(
        component=component, by=people["bob"], source=Source.objects.keep("新闻稿"), year=row.year,
        value=Decimal(1), value_status="final", released_on=row.released_on,
    )  # fmt: skip
    workflow.submit_figure(rival, edition=rival.edition, by=people["bob"])

    review = reviewing.start_review(batch, "approve", until=timezone.now(), by=people["rev"])

    assert (review.done, review.total) == (9, 10)
    assert set(Observation.objects.filter(state="submitted").values_list("pk", flat=True)) == {row.pk, rival.pk}
