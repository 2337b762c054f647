"""Nothing typed is lost: whatever happens between the first letter and the sending, the form has it back."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import FormDraft, Organisation
from accounts.sessions import end_all
from tests.browser.watch import assert_clean
from tests.factories import make_component, make_item, make_person, make_plan
from tests.states import go_back
from updates.models import StatusUpdate

pytestmark = pytest.mark.browser
WORD = "right-Horse-7"
REPORT, HOME = "/test-plan/items/P-1.1/report/", "/test-plan/home/"
ENTRANCE = f"/accounts/login/?next={HOME}"
TEXT = "平台二期封顶，设备招标完成。"
SURE = 20_000  # milliseconds after which a page asks before it sends (session.js)
SAVED, BACK = re.compile("未提交，已存 "), re.compile("已放回您 .* 输入、没有提交的内容")


class Office:
    """A plan with one task, and two people of the organisation that leads it."""

    def __init__(self):
        self.plan = make_plan()
        self.component = make_component(self.plan)
        self.unit = Organisation.objects.create(code="unit", name="市某局")
        self.task = make_item(self.plan, "P-1.1", lead=self.unit)
        self.rep = make_person("rep", "reporter", organisation=self.unit, name="填报人")
        self.other = make_person("other", "reporter", organisation=self.unit, name="另一人")


@pytest.fixture
def office(site):
    """Afterwards the database is as it was."""
    yield Office()
    go_back()


@pytest.fixture
def page(office, open_page, sign_in):
    return sign_in(open_page(), office.rep)


def done(page: Page):
    return page.locator("#id_done")


def write(page: Page, text: str = TEXT, *, saved: bool = True) -> None:
    page.locator("[name=status][value=on_schedule]").check()
    done(page).press_sequentially(text)
    if saved:
        expect(page.locator(".draft-said")).to_contain_text(SAVED)


def sign_in_by_form(page: Page, name: str) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(WORD)
    page.locator("main").get_by_role("button", name="登录").click()


def test_a_closed_tab_and_another_browser_give_the_text_back(office, page, open_page, sign_in):
    page.goto(REPORT)
    write(page)
    page.close()

    # Another browser knows it from the server alone.
    again = sign_in(open_page(), office.rep)
    again.goto(REPORT)
    expect(done(again)).to_have_value(TEXT)
    expect(again.locator(".draft-notice")).to_contain_text(BACK)
    again.get_by_role("button", name="不用，恢复原样").click()
    expect(done(again)).to_have_value("")
    again.reload()
    expect(again.locator(".draft-said")).to_be_attached()
    expect(done(again)).to_have_value("")
    assert_clean(again)


def test_a_menu_click_before_the_server_has_it_loses_nothing(office, page):
    page.goto(REPORT)
    write(page, saved=False)
    page.get_by_role("link", name="我的工作").first.click()
    page.wait_for_url("**/home/")
    page.goto(REPORT)
    expect(done(page)).to_have_value(TEXT)


def test_a_session_that_ended_leads_through_sign_in_back_to_the_text(office, page, tmp_path):
    proof = tmp_path / "proof.pdf"
    proof.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    page.clock.install()
    page.goto(REPORT)
    page.locator("#id_attachments").set_input_files(proof)
    write(page)
    Session.objects.all().delete()
    page.clock.fast_forward(SURE)
    page.locator("main").get_by_role("button", name="保存草稿").click()

    # Nothing was sent; the page stands as it was and says what to do.
    expect(page.locator("#session")).to_contain_text("登录已结束")
    expect(done(page)).to_have_value(TEXT)
    page.get_by_role("link", name="重新登录").click()
    expect(page.locator("#drafts-waiting")).to_contain_text("1 份没有提交的内容")
    sign_in_by_form(page, "rep")

    page.wait_for_url(f"**{REPORT}")
    expect(done(page)).to_have_value(TEXT)
    page.wait_for_function("document.querySelector('[type=file]').files[0]?.name === 'proof.pdf'")
    page.locator("[name=status][value=on_schedule]").check()
    page.locator("#id_progress").fill("40")
    page.locator("main").get_by_role("button", name="保存草稿").click()
    expect(page.locator(".said")).to_be_visible()
    row = StatusUpdate.objects.get()
    assert (row.done, row.attachments.get().name) == (TEXT, "proof.pdf")


@pytest.mark.breadth
def test_a_form_sent_in_the_moment_the_session_ends_is_there_again_after_sign_in(office, page):
    page.goto(REPORT)
    write(page)
    Session.objects.all().delete()
    page.locator("main").get_by_role("button", name="保存草稿").click()
    expect(page.locator("#drafts-waiting")).to_contain_text("1 份没有提交的内容")
    sign_in_by_form(page, "rep")
    page.wait_for_url(f"**{REPORT}")
    expect(done(page)).to_have_value(TEXT)


@pytest.mark.breadth
def test_signing_in_again_in_another_tab_lets_this_one_go_on(office, page):
    page.goto(REPORT)
    write(page)
    Session.objects.all().delete()
    done(page).press_sequentially("又一句。")
    expect(page.locator("#session")).to_contain_text("登录已结束")
    other = page.context.new_page()
    other.goto(ENTRANCE)
    sign_in_by_form(other, "rep")
    other.wait_for_url("**/home/")

    # The keys of forms changed with the session: the old page has the new one.
    expect(page.locator("#session")).to_be_hidden()
    page.locator("main").get_by_role("button", name="保存草稿").click()
    expect(page.locator(".said")).to_be_visible()
    assert StatusUpdate.objects.get().done == f"{TEXT}又一句。"


def test_a_dead_line_keeps_the_page_and_its_text(office, page):
    page.goto(REPORT)
    write(page)
    page.context.set_offline(True)
    page.locator("main").get_by_role("button", name="保存草稿").click()
    expect(page.locator(".draft-said")).to_contain_text("连不上服务器，没有提交")
    page.context.set_offline(False)
    page.locator("main").get_by_role("button", name="保存草稿").click()
    expect(page.locator(".said")).to_be_visible()
    assert StatusUpdate.objects.get().done == TEXT


@pytest.mark.breadth
def test_what_was_taken_in_is_not_put_back(office, page):
    page.goto(REPORT)
    write(page)
    page.locator("main").get_by_role("button", name="保存草稿").click()
    expect(page.locator(".said")).to_be_visible()
    assert not FormDraft.objects.exclude(content="").exists()
    row = StatusUpdate.objects.get()
    StatusUpdate.objects.filter(pk=row.pk).delete()

    page.goto(REPORT)
    expect(page.locator(".draft-said")).to_be_attached()
    page.wait_for_load_state("networkidle")
    expect(done(page)).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length") == 0


def test_a_refused_form_keeps_its_text_wherever_one_goes_then(office, page):
    page.goto(REPORT)
    write(page)
    page.locator("#id_progress").fill("140")
    page.locator("main").get_by_role("button", name="保存草稿").click()
    expect(page.locator("#faults, .form-error").first).to_be_visible()
    page.goto(HOME)
    page.goto(REPORT)
    expect(done(page)).to_have_value(TEXT)
    expect(page.locator("#id_progress")).to_have_value("140")


def test_on_a_shared_computer_nothing_stays_after_sign_out(office, page):
    page.goto(REPORT)
    write(page, saved=False)
    page.get_by_role("button", name="退出").click()
    expect(done(page)).to_have_count(0)
    page.goto(ENTRANCE)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []
    expect(page.locator("#drafts-waiting")).to_be_hidden()

    sign_in_by_form(page, "other")
    page.wait_for_url("**/home/")
    page.goto(REPORT)
    expect(page.locator(".draft-said")).to_be_attached()
    page.wait_for_load_state("networkidle")
    expect(done(page)).to_have_value("")
    # Its writer has it still.
    assert FormDraft.objects.get(person=office.rep).values


def test_another_person_is_never_shown_a_draft_left_by_a_lost_session(office, page):
    page.goto(REPORT)
    write(page, saved=False)
    end_all(office.rep)
    office.rep.save()
    page.goto(ENTRANCE)
    sign_in_by_form(page, "other")
    page.wait_for_url("**/home/")
    page.goto(REPORT)
    page.wait_for_load_state("networkidle")
    expect(done(page)).to_have_value("")


def test_a_page_of_another_person_is_not_sent_in_the_name_of_who_signed_in_since(office, page, sign_in):
    page.clock.install()
    page.goto(REPORT)
    write(page)
    sign_in(page, office.other)
    page.clock.fast_forward(SURE)
    page.locator("main").get_by_role("button", name="保存草稿").click()
    expect(page.locator("#session")).to_contain_text("已换了账号登录")
    assert not StatusUpdate.objects.exists()


def test_two_tabs_do_not_overwrite_each_other(office, page):
    page.goto(REPORT)
    other = page.context.new_page()
    other.goto(REPORT)
    expect(other.locator(".draft-said")).to_be_attached()
    other.wait_for_load_state("networkidle")
    write(page, "甲标签页写的")
    done(other).press_sequentially("乙标签页写的")
    expect(other.locator(".draft-notice")).to_contain_text("另一标签页")
    expect(done(other)).to_have_value("乙标签页写的")
    other.get_by_role("button", name="放回表单").click()
    expect(done(other)).to_have_value("甲标签页写的")


@pytest.mark.breadth
def test_a_draft_older_than_its_record_is_offered_and_not_forced(office, page):
    page.goto(REPORT)
    page.locator("[name=status][value=on_schedule]").check()
    page.locator("#id_progress").fill("40")
    done(page).fill("第一稿")
    page.locator("main").get_by_role("button", name="保存草稿").click()
    expect(page.locator(".said")).to_be_visible()
    row = StatusUpdate.objects.get()
    edit = f"/test-plan/updates/{row.pk}/edit/"
    page.goto(edit)
    write(page, "又想了想，")
    StatusUpdate.objects.filter(pk=row.pk).update(done="别处改过的", edition=row.edition + 1)
    page.goto(edit)
    expect(page.locator(".draft-notice")).to_contain_text("此后这条记录被改过")
    expect(done(page)).to_have_value("别处改过的")
    page.get_by_role("button", name="放回表单").click()
    expect(done(page)).to_have_value("又想了想，第一稿")


def test_the_end_of_a_session_is_counted_down_in_words(office, page):
    page.goto(REPORT)
    Session.objects.update(expire_date=timezone.now() + timedelta(seconds=90))
    page.evaluate("localStorage.setItem('session-until', JSON.stringify(Date.now() + 90000))")
    expect(page.locator("#session")).to_contain_text(re.compile(r"闲置过久，还有 1 分 \d+ 秒 自动退出"))
    page.get_by_role("button", name="继续使用").click()
    expect(page.locator("#session")).to_be_hidden()
    assert Session.objects.get().expire_date > timezone.now() + timedelta(minutes=29)
    assert_clean(page)


def test_each_choice_of_the_address_has_a_draft_of_its_own(office, open_page, sign_in):
    """A number begun for one year is not put into the form of another, nor written over by it."""
    form = "/test-plan/data/figures/new/?component=I-01&year="
    page = sign_in(open_page(), make_person("ana", "analyst"))
    page.goto(form + "2009")
    page.locator("#id_value").press_sequentially("11.1")
    expect(page.locator("[data-figure-form] .draft-said")).to_contain_text(SAVED)

    page.goto(form + "2025")
    expect(page.locator("#id_value")).to_have_value("")
    page.locator("#id_value").press_sequentially("22.2")
    expect(page.locator("[data-figure-form] .draft-said")).to_contain_text(SAVED)
    page.goto(form + "2009")

    expect(page.locator("#id_value")).to_have_value("11.1")
    assert FormDraft.objects.count() == 2
