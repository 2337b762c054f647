"""Signing in and the administrators' pages in a real browser: keyboard alone, both languages, phone and desk."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Organisation
from tests.breadth import BREADTH
from tests.browser.accessible import axe_violations
from tests.browser.sight import OVERFLOW
from tests.browser.watch import assert_clean
from tests.factories import make_person
from tests.states import go_back

pytestmark = pytest.mark.browser
WORD = "right-Horse-7"


@pytest.fixture
def people(db):
    """Committed rows, as the server's threads need them; afterwards the database is as it was."""
    unit = Organisation.objects.create(code="kjcxj", name="市科技创新局")
    made = [
        make_person("sys", "system_admin", name="赵强"),
        make_person("sec", "security_admin", name="孙丽"),
        make_person("aud", "audit_admin", name="周明"),
        make_person("ana", "analyst", name="李娜", organisation=unit, must_change_password=True),
    ]
    yield {person.username: person for person in made}
    go_back()


def sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/login/")
    expect(page.get_by_label("用户名").or_(page.get_by_label("User name"))).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "login" not in address)


def looks_right(page: Page) -> None:
    found = {"overflow": page.evaluate(OVERFLOW), "axe": axe_violations(page)}
    assert {name: what for name, what in found.items() if what} == {}
    assert_clean(page)


def test_signing_in_by_keyboard_leads_to_the_new_password_first(people, page):
    sign_in(page, "ana")
    expect(page.locator("h1")).to_have_text("更换密码")
    looks_right(page)

    for value in (WORD, "Other-horse-8", "Other-horse-8"):
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.type") != "password":
            page.keyboard.press("Tab")
        page.keyboard.type(value)
    page.keyboard.press("Enter")

    expect(page.locator(".brand")).to_contain_text("深圳")
    page.get_by_role("link", name="李娜").click()
    expect(page.locator("h1")).to_have_text("李娜")
    looks_right(page)


@pytest.mark.parametrize(
    ("width", "language", "scheme"),
    [
        (1440, "zh", "light"),
        pytest.param(390, "zh", "light", marks=BREADTH),
        pytest.param(1440, "en", "dark", marks=BREADTH),
    ],
)
def test_administrators_pages_are_clean(people, open_page, width, language, scheme):
    pages = {
        "sys": [
            "people/",
            "people/new/",
            f"people/{people['ana'].pk}/",
            "organisations/",
            "second-factor/",
            "me/",
        ],
        "sec": ["roles/", f"roles/{people['ana'].pk}/", "policy/"],
        "aud": ["../audit/"],
    }
    for name, addresses in pages.items():
        page = open_page(width=width, height=844, language=language, scheme=scheme)
        page.goto("/accounts/login/")
        looks_right(page)
        sign_in(page, name)
        for address in addresses:
            page.goto(f"/accounts/{address}")
            looks_right(page)


def test_roles_are_changed_with_a_click_and_a_mixture_is_refused_in_place(people, page):
    sign_in(page, "sec")
    page.goto("/accounts/roles/?q=ana")
    page.get_by_role("link", name="更改 李娜 的角色").click()
    page.get_by_label("审计管理员").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("不能兼任业务角色")

    page.get_by_label("不是管理员").check()
    page.get_by_label("复核").check()
    page.get_by_role("button", name="保存").click()

    expect(page.locator(".flash")).to_contain_text("须重新登录")
    people["ana"].refresh_from_db()
    assert people["ana"].roles == {"viewer", "analyst", "reviewer"}
