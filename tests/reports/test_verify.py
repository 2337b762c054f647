"""Verifying: what a file was, whether it is still so, and what became of a file that somebody changed."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import AuditEvent
from indicators.models import Observation
from plan.models import Export
from plan.services import touch_plan
from reports import verifying
from tests.factories import make_component, make_observation, make_person, make_plan

FILE = "/test-plan/observations.csv?header=zh"


@pytest.fixture
def small(db):
    plan = make_plan()
    make_observation(make_component(plan, "I-01"), 2021, "110.5")
    make_observation(make_component(plan, "I-02"), 2021, "7")
    return plan


def verify(client, response):
    return client.get(f"/api/v1/verify/{response['X-SHA256']}/").json()


def change(plan):
    make_observation(plan.items.get(code="I-01").indicator.components.get(), 2022, "8")
    touch_plan(plan)


@pytest.mark.breadth
@pytest.mark.parametrize(
    "address",
    [
        "/sz-sti-14/indicators.csv?header=zh",
        "/sz-sti-14/indicators.json",
        "/sz-sti-14/indicators/I-01.csv?encoding=gb18030",
        "/sz-sti-14/indicators/I-01.json",
        "/sz-sti-14/observations.csv?as_of=2023-06-30",
        "/sz-sti-14/wide.csv",
        "/sz-sti-14/items.csv?kind=platform",
        "/sz-sti-14/items.json",
        "/sz-sti-14/platforms/P-1.csv",
        "/sz-sti-14/changes.csv?from=2022-07-07",
        "/sz-sti-14/matrix.csv",
        "/sz-sti-14/status.json",
        "/api/v1/observations.csv",
        "/sz-sti-14/reports/file/?dataset=items&format=xlsx&kind=action",
        "/sz-sti-14/reports/file/?dataset=progress&format=json&header=en",
    ],
)
def test_every_kind_of_file_can_be_made_again(plan, client, address):
    body = verify(client, client.get(address))

    assert (body["known"], body["changed"]) == (True, False)


@pytest.mark.breadth
@pytest.mark.parametrize("address", ["/sz-sti-14/package.zip", "/sz-sti-14/observations.sdmx.csv"])
def test_streamed_files_too(plan, client, address):
    data = client.get(address).getvalue()

    body = client.get(f"/api/v1/verify/{hashlib.sha256(data).hexdigest()}/").json()

    assert (body["known"], body["changed"]) == (True, False)


def test_the_answer_says_what_the_file_was(small, client):
    response = client.get(f"{FILE}&as_of=2023-12-31")

    body = verify(client, response)

    assert body["export"] | {"first_exported_at": "", "last_exported_at": "", "bytes": 0} == {
        "name": "test-plan_observations_2023-12-31.csv",
        "format": "csv",
        "plan": "test-plan",
        "as_of": "2023-12-31",
        "address": "/test-plan/observations.csv?header=zh&as_of=2023-12-31",
        "filters": "header=zh&as_of=2023-12-31",
        "rows": 2,
        "bytes": 0,
        "rule_version": "2026.2",
        "figures_version": small.figures_version,
        "first_exported_at": "",
        "last_exported_at": "",
        "times": 1,
    }


def test_a_change_behind_the_file_is_found_with_its_rows(small, client):
    response = client.get(FILE)
    before = verify(client, response)
    change(small)

    after = verify(client, response)
    upload = SimpleUploadedFile("data.csv", response.content)
    with_rows = client.post("/api/v1/verify/", {"file": upload}).json()

    assert (before["changed"], after["changed"]) == (False, True)
    assert with_rows["differences"] | {"first_new": []} == {
        "rows": 1, "gone": 0, "new": 1, "first_gone": [], "first_new": []
    }  # fmt: skip
    assert "2022, 8" in with_rows["differences"]["first_new"][0]


def test_later_figures_do_not_change_a_file_of_an_earlier_day(small, client):
    response = client.get(f"{FILE}&as_of=2023-12-31")
    make_observation(small.items.get(code="I-01").indicator.components.get(), 2022, "8", released="2024-06-01")
    touch_plan(small)

    assert verify(client, response)["changed"] is False


def test_an_altered_copy_is_told_from_the_file_of_its_name(small, client):
    response = client.get(FILE)
    name = Export.objects.get().name
    altered = SimpleUploadedFile(name, response.content.replace(b"110.5", b"999"))

    answer = client.post("/api/v1/verify/", {"file": altered})
    page = client.post("/verify/", {"file": SimpleUploadedFile(name, response.content.replace(b"110.5", b"999"))})

    body = answer.json()
    assert (answer.status_code, body["known"]) == (404, False)
    assert body["altered_copy_of"]["name"] == name
    assert (body["differences"]["gone"], body["differences"]["new"]) == (1, 1)
    assert "导出后被改动过" in page.content.decode()


def test_page_says_it_in_words(small, client):
    response = client.get(FILE)

    same = client.get(f"/verify/?sha256={response['X-SHA256'].upper()} ").content.decode()
    change(small)
    changed = client.post("/verify/", {"file": SimpleUploadedFile("x.csv", response.content)}).content.decode()
    unknown = client.get(f"/verify/?sha256={'0' * 64}").content.decode()

    assert "背后的数据没有变化" in same
    assert "1 行不同" in changed
    assert "没有登记" in unknown


@pytest.mark.parametrize("text", ["abc", "g" * 64, "0" * 63, "<script>"])
def test_what_is_no_hash_is_named(db, client, text):
    page = client.get("/verify/", {"sha256": text})

    assert page.status_code == 400
    assert "64 个十六进制字符" in page.content.decode()
    assert "<script>" not in page.content.decode().split("<main")[1]


def test_no_file_and_a_file_too_large_are_named(db, client, settings):
    settings.VERIFY_MAX_MB = 0

    assert "请选择要核验的文件" in client.post("/verify/").content.decode()
    large = client.post("/verify/", {"file": SimpleUploadedFile("x.csv", b"x")})
    assert "粘贴它的 SHA-256" in large.content.decode()
    assert client.post("/api/v1/verify/", {"file": ""}).status_code == 400


def test_looking_leaves_no_trace_in_register_and_log(small, client):
    response = client.get(FILE)
    logged = AuditEvent.objects.count()

    verify(client, response)

    assert AuditEvent.objects.count() == logged
    assert Export.objects.get().times == 1


def test_a_large_file_is_made_again_for_whoever_signed_in(small, client, monkeypatch):
    monkeypatch.setattr(verifying, "OPEN_TO_ALL", 1)
    response = client.get(FILE)

    anonymous = verify(client, response)
    client.force_login(make_person("ana"))

    assert (anonymous["changed"], anonymous["reason"]) == (None, "large")
    assert verify(client, response)["changed"] is False


def test_what_somebody_may_not_read_is_not_told(small, client):
    response = client.get(FILE)
    Export.objects.update(permission="read_audit")

    body = verify(client, response)

    assert (body["known"], body["reason"], "export" in body) == (True, "permission", False)


def test_a_file_whose_address_is_gone(small, client):
    response = client.get("/test-plan/indicators/I-01.csv")
    Observation.objects.all().delete()
    small.items.get(code="I-01").delete()
    touch_plan(small)

    assert verify(client, response)["reason"] == "gone"


def test_the_answer_is_remembered_until_a_plan_moves_on(small, client, django_assert_max_num_queries):
    response = client.get(FILE)
    verify(client, response)

    with django_assert_max_num_queries(2):
        verify(client, response)


def test_files_behind_the_same_hash_are_one_row(small, client):
    for _ in range(3):
        client.get(FILE)

    assert Export.objects.get().times == 3


def altered(client, text):
    """What is found of a file that bears the name of an export and other rows."""
    name = client.get(FILE)["Content-Disposition"].partition("=")[2].strip('"')
    upload = SimpleUploadedFile(name, text.encode("utf-8-sig"), content_type="text/csv")
    page = client.post("/verify/", {"file": upload})
    upload.seek(0)
    return page.content.decode(), client.post("/api/v1/verify/", {"file": upload}).json()


@pytest.mark.parametrize(
    "text",
    ["a,b\n" * 300, "a," * 3000, 'a,"\n",' * 2000, '"' + "a" * 200_000 + '"'],
    ids=["many rows", "one long row", "one row on many lines", "one long cell"],
)
def test_a_file_too_large_to_compare_is_told_so(small, client, monkeypatch, text):
    """Without these bounds one upload of 19.5 MB took a gigabyte."""
    monkeypatch.setattr(verifying, "MOST_ROWS", 200)
    monkeypatch.setattr(verifying, "LONGEST_ROW", 5000)

    page, body = altered(client, text)

    assert "没有逐行比对" in page
    assert body["reason"] == "rows"
    assert body["altered_copy_of"]["rows"] == 2
    assert "differences" not in body


def test_rows_that_come_more_than_once_are_counted(small, client):
    whole = client.get(FILE).content.decode("utf-8-sig")
    heading, first, second = whole.splitlines(keepends=True)

    _page, body = altered(client, heading + first * 3 + "other\n")

    assert body["differences"] | {"first_gone": [], "first_new": []} == {
        "rows": 3, "gone": 3, "new": 1, "first_gone": [], "first_new": [],
    }  # fmt: skip
    assert len(body["differences"]["first_gone"]) == 3
    assert body["differences"]["first_gone"][-1] == "other"
    assert second.split(",")[0] in body["differences"]["first_new"][0]
