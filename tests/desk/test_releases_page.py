"""A release: entered once with all its figures, decided on in one stroke, taken back whole."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.models import AuditEvent
from desk import releases
from evidence.models import PublicEvidence
from indicators.models import Observation, ReferenceFigure
from plan.models import Plan, Source, SourceFile
from plan.params import today
from plan.services import touch_plan
from tests.factories import make_component, make_item, make_observation

ROOT = "/test-plan/releases/"
NEW = "/test-plan/data/releases/new/"
TITLE = "2024年统计公报"
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


@pytest.fixture
def second(plan, component):
    other = make_component(plan, "I-02")
    other.indicator.lead = component.indicator.lead
    other.indicator.save()
    return other


def form(component, second, **fields):
    rows = [(component.pk, 2024, "150"), (second.pk, 2024, "160"), (component.pk, 2023, "140")]
    data = {
        "source_title": TITLE, "source_publisher": "市统计局", "source_url": "https://tjj.sz.gov.cn/1",
        "source_number": "深统〔2025〕1号", "source_published_on": "2025-04-20", "rank": "official",
        "released_on": "2025-04-20", "value_status": "preliminary",
        "rows-TOTAL_FORMS": "8", "rows-INITIAL_FORMS": "0", "step": "submit",
    }  # fmt: skip
    for number, (part, year, value) in enumerate(rows):
        data |= {f"rows-{number}-component": part, f"rows-{number}-year": year, f"rows-{number}-value": value}
        data[f"rows-{number}-seen"] = "on"
    data["rows-2-value_status"] = "final"
    return data | fields


@pytest.fixture
def release(component, second, sign_in):
    answer = sign_in("ana").post(NEW, form(component, second))
    assert answer.status_code == 302, answer.context["form"].errors
    return Source.objects.get(title=TITLE)


def picks(source, *left_out, **more):
    rows = Observation.objects.filter(source=source, state="submitted")
    return (
        {"pick": [f"{row.pk}:{row.edition}" for row in rows], "out": [row.pk for row in left_out]}
        | {f"why-{row.pk}": "已核对" for row in rows}
        | {f"looked-{row.pk}": "on" for row in rows}
        | more
    )


def states(source):
    return sorted(Observation.objects.filter(source=source).values_list("state", flat=True))


@pytest.mark.breadth
def test_it_is_entered_once_and_waits_as_one(release, sign_in, client):
    rows = Observation.objects.filter(source=release).order_by("year", "value")

    assert [(row.year, row.value, row.value_status, row.state) for row in rows] == [
        (2023, 140, "final", "submitted"),
        (2024, 150, "preliminary", "submitted"),
        (2024, 160, "preliminary", "submitted"),
    ]
    assert (release.publisher, release.document_number, release.rank) == (
        "市统计局",
        "深统〔2025〕1号",
        "official",
    )
    # Nobody but the people of the desk knows of it yet.
    assert client.get(f"{ROOT}{release.pk}/").status_code == 404
    assert TITLE not in client.get(ROOT).content.decode()
    assert TITLE in sign_in("rev").get(ROOT).content.decode()


def test_one_decision_approves_all(release, sign_in, client):
    answer = sign_in("rev").post(f"{ROOT}{release.pk}/approve/", picks(release), follow=True)

    assert answer.status_code == 200
    assert states(release) == ["approved"] * 3
    assert AuditEvent.objects.filter(action="figure.approved").count() == 1
    page = client.get(f"{ROOT}{release.pk}/").content.decode()
    assert "深统〔2025〕1号" in page
    assert "官方发布" in page
    body = client.get("/api/v1/test-plan/releases/").json()
    told = next(row for row in body["results"] if row["id"] == release.pk)
    assert (told["title"], told["figures"], told["rank"], told["last_released_on"]) == (
        TITLE, 3, "official", "2025-04-20",
    )  # fmt: skip


def test_a_row_is_left_out_with_a_reason(release, sign_in):
    rev, row = sign_in("rev"), Observation.objects.get(source=release, year=2023)

    refused = rev.post(f"{ROOT}{release.pk}/approve/", picks(release, row))
    assert (refused.status_code, states(release)) == (400, ["submitted"] * 3)
    assert "须写明理由" in refused.content.decode()
    rev.post(f"{ROOT}{release.pk}/approve/", picks(release, row, reason="口径不同"))

    assert states(release) == ["approved", "approved", "returned"]
    row.refresh_from_db()
    assert (row.state, row.steps.last().reason) == ("returned", "口径不同")


def test_it_is_returned_whole(release, sign_in):
    sign_in("rev").post(f"{ROOT}{release.pk}/return/", picks(release, reason="请附原文"))

    assert states(release) == ["returned"] * 3


@pytest.mark.breadth
def test_nobody_decides_on_his_own(component, second, sign_in):
    both = sign_in("both")
    both.post(NEW, form(component, second))
    source = Source.objects.get(title=TITLE)

    assert both.post(f"{ROOT}{source.pk}/approve/", picks(source)).status_code == 403
    assert states(source) == ["submitted"] * 3


def test_it_is_taken_back_whole_before_and_after(release, sign_in, client):
    ana, bob, rev = sign_in("ana"), sign_in("bob"), sign_in("rev")
    ana.post(f"{ROOT}{release.pk}/take_back/")
    assert states(release) == ["draft"] * 3
    Observation.objects.filter(source=release).update(state="submitted", submitted_at="2025-04-21T00:00:00Z")
    rev.post(f"{ROOT}{release.pk}/approve/", picks(release))

    assert bob.post(f"{ROOT}{release.pk}/take_back/").status_code == 400  # no reason
    bob.post(f"{ROOT}{release.pk}/take_back/", {"reason": "公报已撤下"})
    assert "公报已撤下" in rev.get(f"{ROOT}{release.pk}/").content.decode()
    assert states(release) == ["approved"] * 3
    rev.post(f"{ROOT}{release.pk}/take_out/")

    assert states(release) == ["rejected"] * 3
    assert "公报已撤下" in client.get(f"{ROOT}{release.pk}/").content.decode()


PAGES = [
    "",
    "indicators/",
    "indicators/I-01/",
    "items/",
    "items/I-01/history/",
    "changes/",
    "status/",
    "releases/",
    "brief/",
]


@pytest.mark.breadth
def test_pages_known_by_a_day_before_stay_byte_for_byte(release, component, plan, sign_in, client):
    sign_in("rev").post(f"{ROOT}{release.pk}/approve/", picks(release))
    Observation.objects.filter(source=release).update(approved_at=timezone.now() - timedelta(20))
    day = today() - timedelta(5)
    addresses = [*(f"/test-plan/{page}" for page in PAGES), f"{ROOT}{release.pk}/"]

    def shots():
        pages = {address: client.get(f"{address}?known_by={day}").content for address in addresses}
        return {address: re.sub(rb"nonce[-=][^ >;]*", b"", page) for address, page in pages.items()}

    before = shots()
    assert b"150" in before["/test-plan/indicators/I-01/"]
    make_observation(component, 2024, "155", released="2025-06-01", approved_at=timezone.now())
    touch_plan(plan)
    assert shots() == before  # corrected
    sign_in("bob").post(f"{ROOT}{release.pk}/take_back/", {"reason": "公报已撤下"})
    assert shots() == before
    sign_in("rev").post(f"{ROOT}{release.pk}/take_out/")
    assert states(release) == ["rejected"] * 3
    assert shots() == before  # withdrawn whole


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rows-1-value": ""}, "这一行没有填全"),
        ({"rows-1-value": "很多"}, "不是数字"),
        ({"rows-1-year": "2031"}, "第 2 行"),
        (
            {f"rows-{n}-{name}": "" for n in range(3) for name in ("component", "year", "value")},
            "请至少填一行数据",
        ),
        ({"source_title": ""}, "没有来源的数不收"),
        ({"released_on": "2025-04-01"}, "早于来源的发布日期"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(component, second, sign_in, fields, words):
    answer = sign_in("ana").post(NEW, form(component, second, **fields))

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Source.objects.filter(title=TITLE).exists()
    assert 'value="深统〔2025〕1号"' in answer.content.decode()


@pytest.mark.breadth
def test_every_component_that_is_owed_has_a_row_and_an_empty_one_is_none(component, second, sign_in):
    ana = sign_in("ana")
    html = ana.get(NEW).content.decode()
    year = re.search(r'name="year" value="(\d+)"', html)[1]
    data = {
        "source_title": TITLE, "released_on": f"{int(year) + 1}-04-20", "year": year, "value_status": "final",
        "rows-TOTAL_FORMS": "5", "rows-INITIAL_FORMS": "2", "step": "submit", "rows-0-seen": "on",
    }  # fmt: skip
    for number, part in enumerate((component, second)):
        data |= {f"rows-{number}-given": "True", f"rows-{number}-component": part.pk}
    answer = ana.post(NEW, data | {"rows-0-value": "180"})

    assert html.count('name="rows-0-component" value="') == 1
    assert html.count('<span class="tag">缺数</span>') == 2
    assert "2021：120" in html
    assert answer.status_code == 302, answer.context["form"].errors
    row = Observation.objects.get(source__title=TITLE)
    assert (row.component, row.year, row.value) == (component, int(year), 180)
    row.steps.get(action="submitted")


@pytest.mark.breadth
def test_the_check_shows_what_is_wrong_first_then_what_is_doubtful_and_stores_nothing(
    component, second, sign_in, enter
):
    enter(year=2024, value="149", released="2025-04-19", submit=True)
    data = form(component, second, step="check", **{"rows-1-value": "很多", "rows-2-value": "9000"})

    html = sign_in("ana").post(NEW, data).content.decode()
    told = html.split('class="data stack owed"')[1]

    assert told.index('value="很多"') < told.index('value="150"') < html.rindex("已核对，照此提交")
    assert re.search("这一年另有一条[^：]+：149（ana", told)
    assert "还没有保存：先改标红的各项" in html
    assert not Source.objects.filter(title=TITLE).exists()


def test_what_is_doubtful_is_handed_in_with_its_own_tick(component, second, sign_in):
    data = form(component, second, **{"rows-2-value": "9000"})
    del data["rows-2-seen"]
    ana = sign_in("ana")

    refused = ana.post(NEW, data)
    assert refused.status_code == 400
    assert "1 行须核对" in refused.content.decode()
    assert not Source.objects.filter(title=TITLE).exists()
    assert ana.post(NEW, data | {"rows-2-seen": "on"}).status_code == 302
    assert Observation.objects.filter(source__title=TITLE, state="submitted").count() == 3


@pytest.mark.breadth
@pytest.mark.parametrize("number", [1, 3])
def test_the_form_asks_as_often_for_three_as_for_one(
    plan, component, sign_in, django_assert_max_num_queries, number
):
    for place in range(number):
        make_component(plan, f"I-{place + 50}")
    ana = sign_in("ana")
    ana.get(NEW)

    with django_assert_max_num_queries(16):
        ana.get(NEW)


def test_a_file_is_kept_with_it_and_given_out_with_its_figures(component, second, sign_in, client):
    file = SimpleUploadedFile("公报.pdf", PDF, "application/pdf")
    sign_in("ana").post(NEW, form(component, second, file=file))
    source = Source.objects.get(title=TITLE)
    kept = source.files.get()
    address = f"{ROOT}{source.pk}/files/{kept.pk}/"

    assert client.get(address).status_code == 404
    sign_in("rev").post(f"{ROOT}{source.pk}/approve/", picks(source))
    answer = client.get(address)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, PDF)
    bad = sign_in("ana").post(f"{ROOT}{source.pk}/attach/", {"file": SimpleUploadedFile("a.exe", b"MZ\0\1")})
    assert bad.status_code == 400
    assert source.files.count() == 1


def test_the_head_is_corrected_by_analysts(release, sign_in):
    head = {
        "title": "2024年统计公报（更正）",
        "publisher": "市统计局",
        "url": release.url,
        "published_on": "2025-04-19",
    }
    assert sign_in("rep").post(f"{ROOT}{release.pk}/change/", head).status_code == 403

    sign_in("ana").post(f"{ROOT}{release.pk}/change/", head | {"rank": "repost"})

    release.refresh_from_db()
    assert (release.title, release.rank, release.published_on) == (
        "2024年统计公报（更正）",
        "repost",
        date(2025, 4, 19),
    )
    event = AuditEvent.objects.get(action="source.changed")
    assert (event.before["title"], event.after["title"]) == (TITLE, "2024年统计公报（更正）")
    late = sign_in("ana").post(f"{ROOT}{release.pk}/change/", head | {"published_on": "2025-05-01"})
    assert (late.status_code, "早于来源的发布日期" in late.content.decode()) == (400, True)


def test_two_sources_are_merged(release, plan, component, people, sign_in):
    other = Source.objects.keep("2024 统计公报 转载", "https://example.org/2")
    row = make_observation(component, 2022, "130", released="2025-04-22", source=other)
    version = Plan.objects.get(pk=plan.pk).figures_version

    sign_in("ana").post(f"{ROOT}{other.pk}/merge/", {"into": release.pk})

    row.refresh_from_db()
    assert row.source == release
    assert not Source.objects.filter(pk=other.pk).exists()
    assert Plan.objects.get(pk=plan.pk).figures_version > version


def cited_by_evidence(plan, source):
    item = make_item(plan, "P-1.1")
    PublicEvidence.objects.create(
        item=item, source=source, says="completed", fact="建成", state="approved", published_on=date(2025, 4, 18),
        approved_at=timezone.now(),
    )  # fmt: skip


def cited_by_reference(plan, source):
    ReferenceFigure.objects.create(
        component=plan.items.get(code="I-01").indicator.components.get(), place="全国", year=2024, value=3,
        value_status="final", released_on=date(2025, 4, 18), source=source,
    )  # fmt: skip


@pytest.mark.parametrize("cites", [cited_by_evidence, cited_by_reference])
def test_pages_that_name_a_source_in_another_way_are_made_anew(release, plan, component, people, cites):
    """Pages and rows are kept by the plan's version."""
    other = Source.objects.keep("转载", "https://example.org/2")
    cites(plan, other)
    version = Plan.objects.get(pk=plan.pk).figures_version

    releases.merge(other, release, by=people["ana"])

    assert not Source.objects.filter(pk=other.pk).exists()
    assert Plan.objects.get(pk=plan.pk).figures_version > version


def test_every_way_to_name_a_source_is_known():
    """A table that comes to name sources is to be told of in desk.releases."""
    naming = {
        relation.related_model
        for relation in Source._meta.get_fields(include_hidden=True)
        if relation.one_to_many and relation.auto_created
    }

    assert naming == {model for model, _field, _way in releases.CITING} | {SourceFile}


def test_sources_with_figures_of_one_place_are_not_merged(release, component, people):
    other = Source.objects.keep("另一份")
    make_observation(component, 2024, "151", released="2025-04-20", source=other)

    with pytest.raises(ValidationError, match="I-01 2024"):
        releases.merge(other, release, by=people["ana"])
    assert Source.objects.filter(pk=other.pk).exists()


def test_on_an_earlier_day_it_holds_what_was_known_then(component, client):
    source = Source.objects.keep("年鉴")
    for year in (2022, 2023):
        make_observation(component, year, "130", released=f"{year + 1}-06-01", source=source)

    page = client.get(f"{ROOT}{source.pk}/?as_of=2023-12-31").content.decode()

    assert "2023-06-01" in page
    assert "2024-06-01" not in page
    assert client.get(f"{ROOT}{source.pk}/?as_of=2022-12-31").status_code == 404
    assert client.get(f"{ROOT}{source.pk}/?known_by={today()}").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(component, client, django_assert_max_num_queries, number):
    for at in range(number):
        source = Source.objects.keep(f"公报{at}")
        make_observation(component, 2022, str(Decimal(130) + at), released=f"2023-06-0{at + 1}", source=source)
    with django_assert_max_num_queries(6):
        assert client.get(ROOT).status_code == 200
    with django_assert_max_num_queries(8):
        assert client.get(f"{ROOT}{source.pk}/").status_code == 200


@pytest.mark.breadth
def test_a_body_without_anything_is_told_what_it_lacks(sign_in, plan):
    answer = sign_in("ana").generic("POST", "/test-plan/data/releases/new/", b"", content_type="text/plain")

    assert answer.status_code == 400
