"""Pages of status updates: who sees what, the form, the steps, files, the queue, wrong input."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from tests.factories import make_item
from updates import services
from updates.models import Attachment, StatusUpdate

PDF = b"%PDF-1.7\n%%EOF\n"
VALUES = {
    "edition": "0",
    "status_on": "2023-06-30",
    "status": "on_schedule",
    "progress": "37.5",
    "done": "已开工",
    "problems": "",
    "next_steps": "封顶",
    "m-TOTAL_FORMS": "2",
    "m-INITIAL_FORMS": "0",
    "m-0-title": "开工",
    "m-0-planned_on": "2022-12-31",
    "m-0-actual_on": "2023-03-20",
    "m-1-title": "",
}


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(name, small, *args):
    return reverse(f"updates:{name}", args=[small.plan.slug, *args])


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_report_is_saved_as_a_draft_and_handed_in(small):
    client = signed_in(small.reporter)

    saved = client.post(address("report", small, "P-1.1"), VALUES)
    row = StatusUpdate.objects.get()
    changed = client.post(
        address("edit", small, row.pk), VALUES | {"edition": "1", "done": "已封顶", "then": "submit"}
    )

    row.refresh_from_db()
    assert (saved.status_code, saved.url) == (302, address("detail", small, row.pk))
    assert (changed.status_code, row.state, row.done) == (302, "submitted", "已封顶")
    assert list(row.milestones.values_list("title", "planned_on", "actual_on")) == [
        ("开工", date(2022, 12, 31), date(2023, 3, 20))
    ]  # fmt: skip


def test_a_begun_report_is_gone_on_with(small, report):
    row = report(small.task)

    response = signed_in(small.reporter).get(address("report", small, "P-1.1"))

    assert response.url == address("edit", small, row.pk)


def test_a_second_new_report_meets_the_first_and_loses_nothing(small, report):
    report(small.task, by=small.analyst, done="先写的")
    StatusUpdate.objects.update(organisation=small.own)

    response = signed_in(small.reporter).post(address("report", small, "P-1.1"), VALUES | {"done": "后写的"})

    assert response.status_code == 400
    assert StatusUpdate.objects.get().done == "先写的"
    assert "先写的" in text(response)
    assert "后写的" in text(response)


def test_who_saved_it_in_another_place_is_told_so(small, report):
    row, client = report(small.task), signed_in(small.reporter)
    services.change_update(row, edition=1, by=small.reporter, done="先保存的")

    told = client.post(address("edit", small, row.pk), VALUES | {"edition": "1", "done": "后保存的"})

    assert told.status_code == 400
    assert "这份填报已保存过（您在另一处）" in text(told)
    assert "他人" not in text(told).split("现存内容")[0].split("您在另一处")[1]


def test_two_editors_the_second_is_told_and_may_then_decide(small, report):
    row, client = report(small.task), signed_in(small.reporter)
    services.change_update(row, edition=1, by=small.analyst, done="先保存的")

    told = client.post(address("edit", small, row.pk), VALUES | {"edition": "1", "done": "后保存的"})
    edition = re.search(r'name="edition" value="(\d+)"', told.content.decode()).group(1)
    client.post(address("edit", small, row.pk), VALUES | {"edition": edition, "done": "后保存的"})

    assert told.status_code == 400
    assert "已被他人保存过" in text(told)
    assert "先保存的" in text(told)
    assert StatusUpdate.objects.get().done == "后保存的"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"done": ""}, "请填写这一项"),
        ({"status": ""}, "请填写这一项"),
        ({"status": "behind"}, "滞后的须写明存在问题"),
        ({"status_on": "2099-01-01"}, "进展日期晚于今天"),
        ({"status_on": "soon"}, "请填 YYYY-MM-DD 格式的日期"),
        ({"progress": "101"}, "100"),
        ({"progress": "many"}, "请填数字"),
        ({"status": "done", "progress": "50"}, "已完成的应为 100 %"),
        ({"done": "长" * 5001}, "5000"),
        ({"done": "a\0b"}, "空字符"),
        ({"m-0-title": ""}, "请写里程碑的名称"),
        ({"m-0-planned_on": ""}, "请填计划日期"),
        ({"m-1-title": "开工", "m-1-planned_on": "2023-01-01"}, "里程碑“开工”重复"),
        ({"m-TOTAL_FORMS": "999"}, "至多 30 行；请删去多余的行"),
        ({"m-TOTAL_FORMS": ""}, "各行没有完整送到，什么也没有保存；请刷新页面后重填"),
        ({"m-TOTAL_FORMS": "x"}, "各行没有完整送到，什么也没有保存；请刷新页面后重填"),
    ],
)
def test_wrong_input_is_named_in_place_and_nothing_is_stored(small, values, said):
    response = signed_in(small.reporter).post(address("report", small, "P-1.1"), VALUES | values)

    assert response.status_code == 400
    assert said in text(response)
    assert not StatusUpdate.objects.exists()


def test_the_form_starts_from_the_last_report(small, report):
    report(
        small.task,
        "approved",
        done="上次的进展",
        milestones=[services.MilestoneWords("封顶", date(2024, 1, 1))],
    )
    client = signed_in(small.reporter)

    plain = client.get(address("report", small, "P-1.1")).content.decode()
    copied = client.get(address("report", small, "P-1.1"), {"copy": "1"}).content.decode()

    assert re.findall(r'<textarea name="done"[^>]*>\s*([^<]*)', plain) == [""]
    assert re.findall(r'<textarea name="done"[^>]*>\s*([^<]*)', copied) == ["上次的进展"]
    assert 'value="封顶"' in plain
    assert 'value="2025-12-31"' in plain


@pytest.mark.parametrize("who", ["stranger", "viewer", "reviewer"])
def test_another_organisations_item_cannot_be_reported(small, report, who):
    row = report(small.task)
    client = signed_in(getattr(small, who))

    for response in (
        client.get(address("report", small, "P-1.1")),
        client.post(address("report", small, "P-1.1"), VALUES),
        client.get(address("edit", small, row.pk)),
        client.post(address("edit", small, row.pk), VALUES | {"edition": "1"}),
        client.post(address("step", small, row.pk), {"action": "submit", "edition": "1"}),
    ):
        assert response.status_code == 403

    assert StatusUpdate.objects.get().state == "draft"
    assert AuditEvent.objects.filter(outcome="refused").count() == 5


def test_an_indicator_or_a_platform_has_no_report(small):
    client = signed_in(small.analyst)

    assert client.get(address("report", small, "P-1")).status_code == 403
    assert client.get(address("report", small, "P-9")).status_code == 404


def test_anonymous_visitors_are_sent_to_sign_in(small, report):
    draft, client = report(small.task), Client()

    for name, *args in (("index",), ("report", "P-1.1"), ("edit", draft.pk), ("responsibilities",), ("bulk",)):
        assert client.get(address(name, small, *args)).url.startswith("/accounts/login/")
    assert client.get(address("detail", small, draft.pk)).url.startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("draft", {"reporter", "analyst"}),
        ("submitted", {"reporter", "analyst", "reviewer"}),
        ("returned", {"reporter", "analyst", "reviewer"}),
        ("approved", {"reporter", "analyst", "reviewer", "stranger", "viewer"}),
    ],
)
def test_who_may_see_an_update_and_its_files(small, report, state, allowed):
    row = report(small.task, state, uploads=[SimpleUploadedFile("批复.pdf", PDF)], is_internal=False)
    page = address("detail", small, row.pk)
    file = address("attachment", small, row.pk, row.attachments.get().pk)

    for who in ("reporter", "analyst", "reviewer", "stranger", "viewer"):
        client, expected = signed_in(getattr(small, who)), 200 if who in allowed else 403
        assert (who, client.get(page).status_code) == (who, expected)
        assert (who, client.get(file).status_code) == (who, expected)


def test_an_internal_file_is_the_house_s_alone(small, report):
    """Internal unless said otherwise: no page, file or API names it to others."""
    row = report(small.task, "approved", uploads=[SimpleUploadedFile("内部批复.pdf", PDF)])
    page, file = address("detail", small, row.pk), address("attachment", small, row.pk, row.attachments.get().pk)

    for who in ("reporter", "analyst", "reviewer"):
        assert signed_in(getattr(small, who)).get(file).status_code == 200
    for client in (signed_in(small.stranger), signed_in(small.viewer), Client()):
        assert client.get(file).status_code == 404
        for place in (
            page,
            f"{small.root}updates.json",
            f"{small.root}items/P-1.1/",
            f"/api/v1{small.root}updates/",
        ):
            answer = client.get(place)
            assert answer.status_code == 200, place
            assert "内部批复" not in (answer.getvalue() if answer.streaming else answer.content).decode(), place

    draft = report(small.tasks[1], uploads=[SimpleUploadedFile("表.pdf", PDF)])
    pk = draft.attachments.get().pk
    services.change_update(draft, edition=draft.edition, by=small.reporter, public=[pk])
    assert not draft.attachments.get().is_internal


def test_a_file_comes_as_a_download_that_no_browser_runs(small, report):
    row = report(small.task, "approved", uploads=[SimpleUploadedFile("批复 2023.pdf", PDF)], is_internal=False)

    response = Client().get(address("attachment", small, row.pk, row.attachments.get().pk))

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E6%89%B9%E5%A4%8D%202023.pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_file_of_another_update_or_gone_from_the_disk_is_a_404(small, report):
    first = report(small.task, "approved", uploads=[SimpleUploadedFile("a.pdf", PDF)])
    second = report(small.tasks[1], "draft", uploads=[SimpleUploadedFile("b.pdf", PDF)])

    assert Client().get(address("attachment", small, first.pk, second.attachments.get().pk)).status_code == 404
    services.remove_stored([first.attachments.get().stored_as], folder="updates")
    assert Client().get(address("attachment", small, first.pk, first.attachments.get().pk)).status_code == 404


def test_a_refused_file_is_named_at_its_field_and_what_was_typed_stays(small):
    files = [SimpleUploadedFile("批复.pdf", PDF), SimpleUploadedFile("报告.pdf", b"MZ\x90\x00")]

    response = signed_in(small.reporter).post(address("report", small, "P-1.1"), VALUES | {"attachments": files})

    assert response.status_code == 400
    assert "“报告.pdf”：不是可用的类型" in text(response)
    assert "附件需要重新选择" in text(response)
    assert 'value="37.5"' in response.content.decode()
    assert not Attachment.objects.exists()


def test_files_are_added_and_taken_away(small, report, django_capture_on_commit_callbacks):
    row = report(small.task, uploads=[SimpleUploadedFile("旧.pdf", PDF)])
    values = VALUES | {
        "edition": "1",
        "remove": str(row.attachments.get().pk),
        "attachments": [SimpleUploadedFile("新.pdf", PDF), SimpleUploadedFile("表.csv", b"a,b\n")],
    }

    signed_in(small.reporter).post(address("edit", small, row.pk), values)

    assert list(row.attachments.values_list("name", "content_type")) == [
        ("新.pdf", "application/pdf"),
        ("表.csv", "text/csv"),
    ]


def test_more_files_than_allowed_are_refused(small):
    files = [SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(11)]

    response = signed_in(small.reporter).post(address("report", small, "P-1.1"), VALUES | {"attachments": files})

    assert "附件最多 10 个" in text(response)
    assert not StatusUpdate.objects.exists()


def test_script_in_a_report_is_shown_as_text(small, report):
    words = "<script>alert(1)</script>"
    row = report(
        small.task,
        "approved",
        done=words,
        problems=words,
        next_steps=words,
        milestones=[services.MilestoneWords(words, date(2024, 1, 1))],
        uploads=[SimpleUploadedFile("<img src=x>.pdf", PDF)],
    )
    client = signed_in(small.reviewer)

    for page in (address("detail", small, row.pk), f"{small.root}items/P-1.1/", address("index", small)):
        html = client.get(page).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
    assert client.get(address("detail", small, row.pk)).content.decode().count("&lt;script&gt;") == 4


def test_a_return_keeps_its_reason_and_reaches_the_reporter(small, report):
    row, reviewer = report(small.task, "submitted"), signed_in(small.reviewer)

    desk = f"{small.root}review/update/{row.pk}/"
    empty = reviewer.post(desk, {"act": "return", "edition": row.edition})
    reviewer.post(desk, {"act": "return", "edition": row.edition, "said": "请写明资金"})

    client = signed_in(small.reporter)
    assert "退回须写明理由" in text(empty)
    assert "请写明资金" in text(client.get(address("index", small)))
    assert "请写明资金" in text(client.get(address("edit", small, row.pk)))
    assert "请写明资金" in text(client.get(address("detail", small, row.pk)))


def test_the_buttons_are_those_one_may_press(small, report):
    row = report(small.task, "submitted")

    def buttons(person):
        html = signed_in(person).get(address("detail", small, row.pk)).content.decode()
        return re.findall(r'name="act(?:ion)?" value="(\w+)"', html)

    assert buttons(small.reporter) == ["withdraw"]
    assert buttons(small.reviewer) == ["approve", "return", "ask"]
    assert buttons(small.analyst) == []


def test_a_stale_button_is_told(small, report):
    row, client = report(small.task, "submitted"), signed_in(small.reviewer)

    response = client.post(f"{small.root}review/update/{row.pk}/", {"act": "approve", "edition": "1"})
    unknown = client.post(address("step", small, row.pk), {"action": "explode", "edition": "1"})

    assert "已被他人修改" in text(response)
    assert unknown.status_code == 400
    assert StatusUpdate.objects.get().state == "submitted"


def test_reviewers_are_led_to_the_one_queue(small, report):
    for item in small.tasks[:2]:
        report(item, "submitted")

    page = text(signed_in(small.reviewer).get(address("index", small)))

    assert "有 2 份填报等待核定" in page
    assert "到复核台处理" in page
    assert "等待核定" not in text(signed_in(small.reporter).get(address("index", small))).split("填报清单")[0]


@pytest.mark.breadth
def test_the_work_list_is_ones_own_and_says_what_is_due(small, report):
    report(small.tasks[0], "returned")
    report(small.tasks[1], "approved", status="done")
    make_item(small.plan, "P-2", "platform", lead=small.other)
    own = text(signed_in(small.reporter).get(address("index", small)))
    everything = signed_in(small.analyst).get(address("index", small))
    narrowed = signed_in(small.analyst).get(address("index", small), {"state": "overdue", "organisation": "sti"})

    assert "填报清单 3" in own
    assert "退回待改 1 逾期未填报 1 已按期填报 1" in own
    assert "填报清单 3" in text(everything)
    assert "条目P-1.3" in text(narrowed)
    assert "条目P-1.1" not in text(narrowed)
    assert signed_in(small.stranger).get(address("index", small)).status_code == 200
    assert "还没有由您单位负责的条目" in text(signed_in(small.stranger).get(address("index", small)))
    assert signed_in(small.viewer).get(address("index", small)).status_code == 403
    assert signed_in(small.analyst).get(address("index", small), {"state": "x"}).status_code == 400


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_the_same_for_one_and_three(small, report, django_assert_max_num_queries, number):
    for item in small.tasks[:number]:
        report(
            item,
            "submitted",
            milestones=[services.MilestoneWords("封顶", date(2024, 1, 1))],
            uploads=[SimpleUploadedFile("a.pdf", PDF)],
        )
    both = small.reviewer
    both.is_analyst = True
    both.save()
    client = signed_in(both)

    # Session and person, plan; then the list's own: items, updates, leads, reasons; the queue and its steps.
    with django_assert_max_num_queries(10):
        client.get(address("index", small))
    # And whether it is talked about.
    with django_assert_max_num_queries(14):
        client.get(address("detail", small, StatusUpdate.objects.first().pk))


@pytest.mark.parametrize("number", [1, 3])
def test_an_items_page_costs_the_same_for_one_and_three(small, report, django_assert_max_num_queries, number):
    for month in range(1, number + 1):
        report(small.task, "approved", status_on=date(2023, month, 1), uploads=[SimpleUploadedFile("a.pdf", PDF)])

    with django_assert_max_num_queries(13):
        Client().get(f"{small.root}items/P-1.1/")


def test_what_is_handed_in_leads_on_to_the_next(small, report):
    report(small.tasks[0], "returned")
    row = report(small.tasks[1], "submitted")

    page = signed_in(small.reporter).get(address("detail", small, row.pk))

    assert "填下一项" in text(page)
    assert "还有 2 项" in text(page)
    assert "填下一项" not in text(signed_in(small.reviewer).get(address("detail", small, row.pk)))
