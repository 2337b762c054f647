"""An import as an analyst walks through it: with the keyboard, without scripts, on a phone, in both themes."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessible import faults_of_looks
from tests.browser.sight import OVERFLOW
from tests.browser.watch import assert_clean
from tests.factories import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILE = """分项编码,年份,数值,数据性质,公布日期,来源
I-05,2024,"1,500.5",最终核实,2025-03-01,技术市场年报
I-05,2023,1420.5亿元,最终核实,2024-03-01,技术市场年报
I-07,2025,约2.6万,初步,2026-01-28,政府工作报告
I-08,2024,55.1,初步,2025-02-18,公报
I-08,2024,55.3,初步,2025-02-18,公报
"""
# What files bring that nobody foresaw: names, values and addresses without a place to break.
LONG = """分项编码,年份,数值,数据性质,公布日期,来源
I-05,2024,"1,500.5",最终核实,2025-03-01,https://stats.example.gov.cn/2025/technologymarketreport/index_of_all_contracts.html
HighTechnologyEnterprisesNumberOfTheWholeCity,2024,2.6,初步,2025-02-18,公报
I-99,二〇二四年,一百二十三点五亿元左右,大概,二〇二五年三月,公报
I-05,2021,NotANumberButAVeryLongWordWithoutAnyBreak,终值,2025-13-18,公报
I-07,2024/2025,12-15,初步,2026-01-28,政府工作报告
"""
# Frames that scroll sideways, and by how much.
SCROLLED = """() => [...document.querySelectorAll("main .scroll")].map((one) => one.scrollWidth - one.clientWidth)
  .filter((more) => more > 1)"""


@pytest.fixture
def sign_in(transactional_db, open_page, settings, tmp_path):
    """A page of a signed-in analyst, and a file to upload."""
    settings.DATA_DIR = tmp_path
    make_person("ana", "analyst")
    path = tmp_path / "figures.csv"
    path.write_text(FILE, encoding="utf-8-sig")

    def make(**look):
        page = open_page(**look)
        page.goto("/accounts/login/?next=/sz-sti-14/data/imports/")
        page.fill("#id_username", "ana")
        page.fill("#id_password", "right-Horse-7")
        page.locator("main button").click()
        expect(page.locator("h1")).to_have_text("导入数据")
        page.set_input_files("input[type=file]", path)
        return page

    return make


@pytest.mark.breadth
def test_a_file_is_taken_in_and_undone_without_scripts_by_keyboard(sign_in):
    page = sign_in(javascript=False)

    def press(name):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")

    press("上传并核对版式")
    expect(page.locator("h2").first).to_have_text("对应列名")
    press("比对")
    expect(page.locator(".outcomes .number")).to_have_text(["5", "2", "0", "0", "1", "0", "2", "0"])
    page.get_by_role("checkbox", name="应用第 3 行").focus()
    page.keyboard.press("Space")
    press("应用所选（2 条）")
    expect(page.locator("main h2").first).to_have_text("已写入 1 条，待核定")
    press("整批撤销")
    expect(page.locator("main h2").first).to_have_text("整批已撤销")
    assert_clean(page)


def test_the_pages_of_an_import_are_quiet_whole_and_accessible(sign_in, shoot):
    page = sign_in()
    problems = []

    def look(name):
        found = faults_of_looks(page, lambda seen: shoot(page, f"zh-{seen}/import-{name}", full_page=True))
        problems.extend(f"{name} {line}" for line in found)

    look("list")
    page.get_by_role("button", name="上传并核对版式").click()
    expect(page.locator("h2").first).to_have_text("对应列名")
    look("mapping")
    page.get_by_role("button", name="比对").click()
    expect(page.locator(".outcomes .number").first).to_have_text("5")
    look("batch")
    assert not problems, "\n" + "\n".join(problems)
    assert_clean(page)


def test_rows_of_a_file_are_cards_on_a_phone_whatever_stands_in_them(sign_in, tmp_path):
    page = sign_in(width=390, height=844, touch=True)
    path = tmp_path / "long.csv"
    path.write_text(LONG, encoding="utf-8-sig")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="上传并核对版式").click()
    expect(page.locator("h2").first).to_have_text("对应列名")
    page.get_by_role("button", name="比对").click()
    expect(page.locator(".outcomes .number").first).to_have_text("5")

    assert page.evaluate(SCROLLED) == []
    assert page.evaluate(OVERFLOW) == []
