import re

import pytest

from indicators.figures import workflow
from plan.models import Plan
from tests.desk.conftest import ROOT
from tests.factories import make_component

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_work_list_links_every_missing_year_to_its_form(component, sign_in):
    html = sign_in("rep").get(ROOT).content.decode()

    links = re.findall(r"figures/new/\?component=(I-01)&amp;year=(\d{4})", html)
    assert links == [("I-01", year) for year in ("2025", "2024", "2023", "2022")]
    assert "120" in html


def test_each_cell_says_its_due_day_where_a_phone_hides_the_head(component, sign_in):
    html = sign_in("rep").get(ROOT).content.decode()

    assert 'data-label="2024 · 期限 2025-06-30"' in html
    assert "期限见表头" not in html


@pytest.mark.breadth
def test_an_analyst_sees_every_organisation_and_a_reporter_its_own(plan, component, sign_in):
    make_component(plan, "I-02")

    assert "未指定责任单位" in text_of(sign_in("ana").get(ROOT))
    assert "I-02" not in text_of(sign_in("rep").get(ROOT))
    assert "没有要您填报的指标" in text_of(sign_in("far").get(ROOT))


def test_what_is_under_way_takes_the_place_of_the_calendar(sign_in, enter, people):
    draft, submitted = enter("rep"), enter("rep", year=2023, released="2024-05-01", submit=True)
    returned = enter("rep", year=2024, released="2025-05-01", submit=True)
    workflow.return_figure(returned, edition=returned.edition, by=people["rev"], reason="口径不符")

    html = sign_in("rep").get(ROOT).content.decode()

    for row in (draft, submitted, returned):
        assert html.count(f'href="{ROOT}figures/{row.pk}/"') == 2
    assert "口径不符" in html
    assert re.findall(r"<dd>(?:<a[^>]*>)?(\d+)", html) == ["1", "0", "1", "1", "1", "0"]


def test_a_reviewer_looks_without_links_to_enter(sign_in, enter):
    row = enter(submit=True)

    html = sign_in("rev").get(ROOT).content.decode()

    assert "figures/new/" not in html
    assert "/test-plan/review/" in html
    assert f"figures/{row.pk}/" in html


@pytest.mark.breadth
@pytest.mark.parametrize(("who", "status"), [("eva", 403), ("rep", 200), ("rev", 200), ("ana", 200)])
def test_the_desk_is_for_its_people(sign_in, who, status):
    assert sign_in(who).get(ROOT).status_code == status


@pytest.mark.parametrize(
    "address",
    ["", "figures/new/", "figures/1/", "figures/1/verdict.json", "figures/hint.json", "grid/", "review/"]
    + ["targets/", "targets/new/", "targets/1/", "version.json"],
)
def test_the_public_is_asked_to_sign_in(component, client, address):
    assert client.get(ROOT + address).status_code == (403 if address.endswith(".json") else 302)


def test_drafts_and_proposals_are_on_no_public_page(component, client, sign_in, enter):
    enter(value="4321.5")
    page = "/test-plan/indicators/I-01/"

    public, desk = client.get(page).content.decode(), sign_in("ana").get(page).content.decode()

    assert "4,321.5" not in public
    assert "figures/new/" not in public
    assert "4,321.5" in desk
    assert f"{ROOT}figures/new/?component=I-01" in desk
    assert f"{ROOT}targets/new/?component=I-01" in desk
    assert "4,321.5" not in sign_in("far").get(page).content.decode()


@pytest.mark.breadth
def test_versions_change_with_what_their_pages_show(plan, client, people, sign_in, enter):
    ana = sign_in("ana")

    def versions():
        return (
            client.get("/test-plan/version.json").json()["version"],
            ana.get(f"{ROOT}version.json").json()["version"],
        )

    seen = [versions()]
    row = enter()
    seen.append(versions())
    row = workflow.submit_figure(row, edition=row.edition, by=people["ana"])
    seen.append(versions())
    workflow.approve_figure(row, edition=row.edition, by=people["rev"], reason="已核对")
    seen.append(versions())

    public, desk = zip(*seen, strict=True)
    assert [public.index(one) for one in public] == [0, 0, 0, 3]
    assert len(set(desk)) == 4
    assert (
        f'data-version="{Plan.objects.get(pk=plan.pk).figures_version}"'
        in client.get("/test-plan/").content.decode()
    )
    assert f'data-version="{desk[-1]}"' in ana.get(ROOT).content.decode()


def test_the_version_costs_one_query_and_is_kept_by_nobody(plan, client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/test-plan/version.json")

    assert "no-store" in answer["Cache-Control"]
    assert client.get("/no-plan/version.json").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_work_list_stays_within_its_budget(
    plan, component, sign_in, enter, django_assert_max_num_queries, number
):
    for at in range(1, number):
        enter(year=2022 + at, released="2025-05-01", part=make_component(plan, f"I-0{at + 1}"))
    client = sign_in("ana")

    with django_assert_max_num_queries(17):
        client.get(ROOT)
