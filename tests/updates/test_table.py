"""A unit's reports as one table; files that outlive a refusal; responsibilities that are told and read by name."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Organisation
from notices.models import Notice
from plan.held_uploads import drop_old
from plan.models import HeldUpload
from plan.params import today
from tests.factories import make_item
from tests.updates.people import make_person
from updates.due import last_period
from updates.forms import UpdateForm
from updates.models import StatusUpdate
from updates.responsibilities import apply_assignments, preview_assignments, read_pasted

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def reporter(small, client):
    client.force_login(small.reporter)
    return client


def told(item, **values):
    fields = {
        "status": "on_schedule",
        "progress": "85%",
        "done": "已封顶",
        "problems": "",
        "edition": "0",
    } | values
    return {f"r{item.pk}-{name}": value for name, value in fields.items()}


def post(client, small, *lines, then="submit", day="2023-06-30"):
    values = {"status_on": day, "then": then}
    for line in lines:
        values |= line
    return client.post(reverse("updates:table", args=[small.plan.slug]), values, follow=True)


def test_a_table_files_its_lines_and_keeps_the_one_that_is_wrong(small, reporter):
    one, two, three = small.tasks
    page = post(
        reporter, small, told(one), told(two, status="behind"), told(three, status="", progress="", done="")
    )

    assert page.status_code == 400
    assert "滞后的须写明存在问题" in page.content.decode()
    # Said at the top as well, with a way to the very field of the line.
    summary = page.content.decode().split('id="faults"')[1].split("</section>")[0]
    assert f'href="#id_r{two.pk}-problems"' in summary
    assert two.code in summary
    assert "<title>错误：" in page.content.decode()
    assert "已提交 1 项" in page.content.decode()
    row = StatusUpdate.objects.get()
    assert (row.item, row.state, row.progress, row.organisation) == (one, "submitted", 85, small.own)
    # The others hear of the lot once.
    assert Notice.objects.filter(person=small.reviewer, kind="submitted").count() == 1

    page = post(reporter, small, told(two, status="behind", problems="资金未到位"))
    assert page.status_code == 200
    assert StatusUpdate.objects.get(item=two).problems == "资金未到位"


def test_what_somebody_else_handed_in_meanwhile_costs_nobody_his_words(small, reporter, client):
    """Two of one unit have the table open; the second one's line was taken, and its text went without a word."""
    one, two, _three = small.tasks
    day = last_period(small.plan, today()).end.isoformat()
    post(reporter, small, told(one), day=day)
    page = post(reporter, small, told(one, done="我写的另一段话"), told(two), day=day)

    html = page.content.decode()
    assert page.status_code == 400
    assert "已提交 1 项" in html
    assert "我写的另一段话" in html
    assert "您的没有保存" in html
    assert StatusUpdate.objects.get(item=one).done == "已封顶"
    assert post(reporter, small, told(one), day=day).status_code == 200


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("typed", "is_lost"),
    [({"progress": "55"}, True), ({"done": "已封顶\r\n第二行"}, True), ({}, False), ({"done": " 已封顶 "}, False)],
)
def test_what_a_line_says_otherwise_than_the_report_is_given_back(small, reporter, typed, is_lost):
    one, *_others = small.tasks
    day = last_period(small.plan, today()).end.isoformat()
    post(reporter, small, told(one), day=day)

    page = post(reporter, small, told(one, **typed), day=day)
    assert ("您的没有保存" in page.content.decode()) == is_lost


def test_a_line_of_what_was_retired_meanwhile_is_named_with_its_words(small, reporter):
    one, two, _three = small.tasks
    day = last_period(small.plan, today()).end.isoformat()
    small.plan.every_item.filter(pk=one.pk).update(retired_on=today(), retired_reason="合并")

    page = post(reporter, small, told(one, done="写好的一段"), told(two), day=day).content.decode()
    assert f"{one.code} 已停用或不由本单位填报" in page
    assert "写好的一段" in page
    assert StatusUpdate.objects.filter(item=two, state="submitted").exists()


def test_a_draft_of_the_table_goes_on_and_is_overtaken_by_nobody(small, reporter, report):
    one, two, _three = small.tasks
    post(reporter, small, told(one), then="save")
    draft = StatusUpdate.objects.get()
    assert (draft.state, draft.edition) == ("draft", 1)
    # A second form of the same item, opened before, and a line saved over meanwhile.
    page = post(reporter, small, told(one, done="又写"), then="save")
    assert "保存过" in page.content.decode() or page.status_code == 400
    assert StatusUpdate.objects.get().done == "已封顶"
    # As it stands it is handed in with the rest; what came back is not, until it is changed.
    came_back = report(two, "returned")
    values = {"status": "on_schedule", "progress": "", "done": "已开工", "edition": str(came_back.edition)}
    post(reporter, small, told(one, progress="85", edition="1"), told(two, **values))
    assert StatusUpdate.objects.get(item=one).state == "submitted"
    assert StatusUpdate.objects.get(item=two).state == "returned"


def test_a_table_keeps_the_milestones_and_takes_no_other_unit_s_items(small, reporter, report):
    foreign = make_item(small.plan, "P-2", lead=small.other)
    last = report(small.task, "approved", status_on=date(2022, 6, 30), known_on=date(2022, 7, 1))
    last.milestones.create(title="封顶", planned_on=date(2024, 1, 1))

    page = post(reporter, small, told(small.task), told(foreign))

    assert page.status_code == 200
    assert [
        row.title for row in StatusUpdate.objects.get(item=small.task, state="submitted").milestones.all()
    ] == ["封顶"]
    assert not StatusUpdate.objects.filter(item=foreign).exists()


def test_the_table_s_queries_do_not_grow_with_its_lines(small, reporter, django_assert_max_num_queries):
    address = reverse("updates:table", args=[small.plan.slug])
    with django_assert_max_num_queries(24):
        assert reporter.get(address).content.decode().count("-progress") >= 3
    for number in range(4, 12):
        make_item(small.plan, f"P-1.{number}", parent=small.platform)
    with django_assert_max_num_queries(24):
        reporter.get(address)


@pytest.mark.parametrize(("typed", "read"), [("85%", 85), ("８５％", 85), (" 37.5 % ", 37.5), ("", None)])
def test_a_share_is_read_as_people_write_it(typed, read):
    form = UpdateForm({"progress": typed})
    form.is_valid()
    assert form.cleaned_data["progress"] == read


def test_a_refusal_keeps_the_chosen_files(small, reporter):
    address = reverse("updates:report", args=[small.plan.slug, small.task.code])
    empty = {"m-TOTAL_FORMS": "0", "m-INITIAL_FORMS": "0", "status_on": "2023-06-30", "edition": "0"}
    files = [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.exe", b"MZ\0\0")]

    page = reporter.post(address, empty | {"attachments": files})

    assert page.status_code == 400
    held = HeldUpload.objects.get()
    assert held.name == "a.pdf"
    assert "已上传，随下次保存" in page.content.decode()
    # Somebody else's is none of mine.
    other = make_person("other", "reporter", organisation=small.own)
    reporter.force_login(other)
    reporter.post(address, empty | {"status": "on_schedule", "done": "在建", "held": held.pk})
    assert not StatusUpdate.objects.get().attachments.exists()
    StatusUpdate.objects.all().delete()

    reporter.force_login(small.reporter)
    reporter.post(address, empty | {"status": "on_schedule", "done": "在建", "held": held.pk})
    assert [file.name for file in StatusUpdate.objects.get().attachments.all()] == ["a.pdf"]
    assert not HeldUpload.objects.exists()


def test_what_nobody_came_back_for_goes(small, reporter, settings):
    settings.DRAFT_KEEP_DAYS = 0
    address = reverse("updates:report", args=[small.plan.slug, small.task.code])
    reporter.post(address, {"attachments": SimpleUploadedFile("a.pdf", PDF)})
    assert HeldUpload.objects.count() == 1
    assert drop_old() == 1


def test_a_unit_hears_of_what_it_is_given(small):
    wanted, faults = read_pasted(small.plan, "P-1.1\t发改委")
    seen = preview_assignments(small.plan, wanted).seen
    apply_assignments(small.plan, wanted, by=small.analyst, seen=seen)

    notice = Notice.objects.get(person=small.stranger)
    assert notice.title == "发改委 新负责 1 项，请按期填报进展"
    assert "P-1.1" in notice.body
    assert not Notice.objects.filter(person=small.reporter).exists()


def test_a_paste_names_items_by_title_and_units_as_people_do(small):
    Organisation.objects.create(code="miit", name="市工业和信息化局")
    Organisation.objects.create(code="c1", name="甲区科技园管委会")
    Organisation.objects.create(code="c2", name="乙区科技园管委会")
    title = small.tasks[1].title

    wanted, faults = read_pasted(
        small.plan,
        f"条目\t牵头单位\nP-1.1\t科技局，市工业和信息化局\n{title}\t深圳市工业和信息化局\nP-1.3\t科技园管委会\n没有的\t科技局",
    )

    assert [row.name for row in (wanted["P-1.1"].lead, *wanted["P-1.1"].add)] == ["科技局", "市工业和信息化局"]
    assert wanted["P-1.2"].lead.code == "miit"
    assert [(number, "没有" in why) for number, _line, why in faults] == [(4, True), (5, True)]
