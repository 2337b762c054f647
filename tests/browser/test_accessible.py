import pytest
from playwright.sync_api import expect

from tests.browser.accessible import axe_violations

pytestmark = pytest.mark.browser


def test_what_was_found_without_fault_is_looked_at_again_once_it_changed(page):
    page.goto("/accounts/login/")
    assert axe_violations(page) == []
    page.evaluate("document.querySelector('main button').textContent = ''")

    assert [line for line in axe_violations(page) if line.startswith("button-name")]


def test_a_label_that_leads_nowhere_makes_another_shape(page):
    page.goto("/accounts/login/")
    assert axe_violations(page) == []
    page.evaluate("document.querySelector('main label[for]').htmlFor = 'nobody'")

    assert [line for line in axe_violations(page) if line.startswith("label")]


def test_of_what_repeats_one_is_put_to_the_rules_and_all_of_it_shown_again(page):
    page.goto("/accounts/login/")
    page.evaluate("""() => document.querySelector("main").insertAdjacentHTML("beforeend", `<ul>
      <li><a href="/a">one</a></li><li><a href="/b">two</a></li><li class="other"><a href="/c"></a></li>
    </ul>`)""")

    found = axe_violations(page)

    assert [line.partition(" ")[0] for line in found] == ["link-name"]
    expect(page.get_by_role("listitem").filter(has_text="two")).to_be_visible()
    assert page.evaluate("window.repeated.some((one) => one.textContent.includes('two'))")
