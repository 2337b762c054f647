"""Every page, in both languages and both themes, wide and on a phone: quiet, whole, readable, accessible."""

import os
from weakref import WeakKeyDictionary

import pytest
from django.urls import get_resolver
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import Organisation
from accounts.permissions import Permission
from evidence.models import PublicEvidence
from indicators.models import Observation
from shenzhen_plan.access import needed
from tests.breadth import BREADTH, more
from tests.browser.accessible import CONTRAST, RULES, axe_violations
from tests.browser.sight import CUT, OVERFLOW, PARTED, SMALL
from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser

# One page of every kind the site has: name, address below /sz-sti-14/, answer.
PAGES = {
    "overview": ("", 200),
    "indicators": ("indicators/", 200),
    "indicators-all-years": ("indicators/?years=all&sort=-lead", 200),
    "indicators-table": ("indicators/?view=table", 200),
    "indicators-bullet": ("indicators/?view=bullet", 200),
    "indicators-none": ("indicators/?nature=binding", 200),
    "methods": ("methods/", 200),
    "matrix": ("matrix/", 200),
    "matrix-platforms": ("matrix/?axes=platforms", 200),
    "matrix-actions": ("matrix/?axes=actions", 200),
    "matrix-cell": ("matrix/C-06/G-1.2/", 200),
    "matrix-cell-none": ("matrix/C-07/F-8/", 200),
    "status": ("status/", 200),
    "wall": ("wall/", 200),
    "cluster-map-unset": ("clusters/map/", 404),
    "indicator-range": ("indicators/I-01/", 200),
    "indicator-compound": ("indicators/I-04/", 200),
    "indicator-no-baseline": ("indicators/I-07/", 200),
    "indicator-of-the-text": ("indicators/T-01/", 200),
    "platforms": ("platforms/", 200),
    "platform": ("platforms/P-1/", 200),
    "pillars": ("pillars/", 200),
    "pillar": ("pillars/S-2/", 200),
    "industries": ("industries/", 200),
    "industry-group": ("industries/G-1/", 200),
    "industry-future": ("industries/F-1/", 200),
    "actions": ("actions/", 200),
    "action": ("actions/A-04/", 200),
    "clusters": ("clusters/", 200),
    "cluster": ("clusters/C-02/", 200),
    "safeguards": ("safeguards/", 200),
    "safeguard": ("safeguards/B-1/", 200),
    "kind": ("kinds/goal_dimension/", 200),
    "items": ("items/", 200),
    "items-last-page": ("items/?page=2", 200),
    "items-filtered": ("items/?kind=platform_task&status=not_reported&q=量子", 200),
    "items-none": ("items/?q=没有这个词", 200),
    "item-task": ("items/P-1.2/", 200),
    "item-goal": ("items/O-2.1/", 200),
    "text": ("text/", 200),
    "coverage": ("coverage/?judged=none", 200),
    "text-found": ("text/?words=量子&coverage=none", 200),
    "text-none": ("text/?status=adjusted&words=没有这个词", 200),
    "indicator-growth": ("indicators/I-07/?path=growth", 200),
    "guide": ("guide/", 200),
    "guide-official": ("guide/official/", 200),
    "guide-analyst": ("guide/analyst/", 200),
    "guide-reporter": ("guide/reporter/", 200),
    "guide-evaluator": ("guide/evaluator/", 200),
    "guide-planner": ("guide/planner/", 200),
    "changes": ("changes/?from=2022-07-07", 200),
    "changes-by-day": ("changes/?from=2022-07-07&group=day", 200),
    "changes-none": ("changes/?from=2023-01-01&to=2023-02-01", 200),
    "changes-refused": ("changes/?from=2024-01-01&to=2023-01-01", 400),
    "history": ("items/I-07/history/", 200),
    "history-compound": ("items/I-04/history/?as_of=2023-06-30", 200),
    "history-none": ("items/P-1.1/history/", 200),
    "evidence": ("evidence/", 200),
    "evidence-one": ("evidence/{evidence}/", 200),
    "gaps": ("gaps/", 200),
    "units": ("units/", 200),
    "unit": ("units/{unit}/", 200),
    "brief": ("brief/?items=I-01,I-04,I-05", 200),
    "brief-refused": ("brief/?items=I-99", 400),
    "releases": ("releases/", 200),
    "release": ("releases/{release}/", 200),
    "reports": ("reports/", 200),
    "search-empty": ("search/", 200),
    "search": ("search/?q=量子", 200),
    "search-text": ("search/?q=创新&kind=text", 200),
    "search-none": ("search/?q=没有这个词", 200),
    "assessments-none": ("assessments/", 200),
    "findings-none": ("assessments/findings/", 200),
    "as-of": ("?as_of=2023-06-30", 200),
    "as-of-2021": ("indicators/I-01/?as_of=2021-01-01", 200),
    "400": ("?as_of=2023-02-31", 400),
    "update-none": ("updates/999999/", 404),
    "404": ("nothing-here/", 404),
    "404-item": ("items/X-99/", 404),
}
BARE = {
    "login": ("/accounts/login/", 200),
    "styleguide": ("/styleguide/", 200),
    "plans": ("/plans/?q=量子", 200),
    "verify": ("/verify/", 200),
    "404-bare": ("/no/such/page/at/all/", 404),
}
ADDRESSES = {name: (f"/sz-sti-14/{path}", status) for name, (path, status) in PAGES.items()} | BARE
# How a page is looked at: name, theme, width, height. One load each, as a reader turns the theme or the phone.
EVERYWHERE = (
    ("light", "light", 1440, 900),
    ("dark", "dark", 1440, 900),
    ("wide", "light", 1920, 1080),
    ("phone", "light", 390, 844),
    ("phone-dark", "dark", 390, 844),
)
PHONE = 500
# At each change those that differ most; each night, with pictures, all of them. The dark theme is other colours of
# the same names, so by day it is looked at where most of them are.
BY_DAY = {"light", "phone"}
DARK_BY_DAY = {"styleguide", "overview", "indicator-range", "items-filtered", "text", "changes", "matrix", "wall"}
ALL_LOOKS = bool(os.environ.get("PICTURES"))
LANGUAGES = ("zh", *more("en"))
# Further states of pages that stand in the list anyway.
AGAIN = {
    "indicators-all-years", "indicators-table", "indicators-bullet", "indicators-none", "matrix-platforms",
    "matrix-actions", "matrix-cell-none", "industry-future", "items-last-page", "items-none", "coverage",
    "text-found", "text-none", "indicator-growth", "guide", "guide-official", "guide-reporter",
    "guide-evaluator", "guide-planner", "changes-by-day", "changes-none", "history-compound", "history-none",
    "search-empty", "search-text", "search-none", "as-of-2021", "update-none", "404-item",
}  # fmt: skip


def cases():
    """Language and name of every page."""
    by_day = {("zh", name) for name in ADDRESSES if name not in AGAIN}
    pages = [(language, name) for language in ("zh", "en") for name in ADDRESSES]
    return [pytest.param(*page, marks=() if page in by_day else BREADTH) for page in pages]


def looks(language: str, name: str = "") -> list[tuple[str, str, int, int]]:
    """How a page is looked at in a language, in this run."""
    dark = {"dark"} if language == "zh" and name in DARK_BY_DAY else set()
    return [look for look in EVERYWHERE if look[0] in BY_DAY | dark or ALL_LOOKS]


# At one size, by day in Chinese; of the other theme, what a theme can break.
RULED = {("zh", "light"): RULES, ("zh", "dark"): CONTRAST}
if ALL_LOOKS:
    RULED |= {("en", "light"): RULES, ("en", "dark"): CONTRAST}

# Where an English page may hold Chinese without saying lang="zh-CN", and why.
# What an English page may mark as Chinese, and why: anything else is to be said in English.
MARKED_CHINESE = {
    "article.text, blockquote, q, .ties .sub, .excerpt, caption .sub, .found .title, .place a": "the plan's words",
    ".foot span, figcaption a, .paper-figures span, .entry .sub span, .w-rows small span": "sources, remarks",
    ".brief-sources span": "the same, on the paper for a meeting",
    ".promise-phrase, .lately span, .plan-line a span": "the plan's words, published ones, words looked for",
    ".rows .sub, .what .sub, .examples .sub, .bullet-name span, section > .sub > span": "the same, in lists",
    "td, th > *, td .sub > *, th .sub > *, td.who, .stacked td, .milestones th": "the same, in tables",
    "dd, .altered, option, .told, .report-head span, .line > strong > span": "names, and what somebody wrote",
    ".rows > li > a, .notice-text, .notice-end .sr": "titles of what somebody asked for",
    ".from-public, .from-public a, .badge.public, .sourced .sub, .w-public span": "published statements, tips",
    ".public-said .rows a, .public-said .disputed a, main > .head h1, main > h1": "the same, on their own pages",
    ".cite p > span": "a source as it is cited",
    ".num > span, .sq-name > span, .steps > li > span, figcaption > span > span": "figures and units as published",
    "h1 > span, .calm > span, .guide li > span, input": "words somebody looks for",
    "form.lang, .brand-mark, .entrance-mark": "the name of the other language, and the logo",
}
# Where it may hold Chinese without saying lang="zh-CN", and why.
CHINESE_ALLOWED = {
    "a[rel~=noreferrer]": "the published title or publisher of a source, in the language it was published in",
    ".component table.data tbody td:nth-child(5)": "the same, where a source has no address",
    ".brand-mark": "the logo, hidden from screen readers",
}

CHINESE = """(given) => {
  // Selectors alone: Chinese marked as such passes anywhere; with a second list only there.
  const [allowed, marked] = Array.isArray(given[0]) ? given : [given, ["*"]];
  const han = /[\\u3400-\\u9fff\\uf900-\\ufaff\\u3000-\\u303f\\uff00-\\uffef]/;
  const names = ["title", "aria-label", "alt", "placeholder", "data-failed"];
  const where = (el) => {
    const path = [];
    for (let at = el; at && at !== document.body && path.length < 4; at = at.parentElement)
      path.unshift([at.tagName.toLowerCase(), ...at.classList].join("."));
    return path.join(" > ");
  };
  const passes = (el) => {
    const named = el.closest("[lang]");
    if (named.lang.startsWith("zh")) return named.closest(marked.join(", "));
    return allowed.length && el.closest(allowed.join(", "));
  };
  const found = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const el = node.parentElement;
    if (han.test(node.data) && !["SCRIPT", "STYLE"].includes(el.tagName) && !passes(el))
      found.push(`${where(el)}: ${node.data.trim().slice(0, 50)}`);
  }
  for (const el of document.querySelectorAll(names.map((name) => `[${name}]`).join(", ")))
    for (const name of names)
      if (han.test(el.getAttribute(name) || "") && !passes(el))
        found.push(`${where(el)} @${name}: ${el.getAttribute(name).slice(0, 50)}`);
  return [...new Set(found)];
}"""


# A new window is noticed with the next frame; then no chart waits to be drawn again, each as wide as its place.
TWO_FRAMES = "() => new Promise((answer) => requestAnimationFrame(() => requestAnimationFrame(answer)))"
SETTLED = """() => !document.querySelector(".plot.settling")
  && [...document.querySelectorAll(".js-plotly-plot")].every((plot) => !plot.clientWidth
    || Math.abs((plot.querySelector(".main-svg")?.getBoundingClientRect().width ?? 0) - plot.clientWidth) < 3)"""


# What is emulated ends with the session that asked for it.
_devtools: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


def turn(page: Page, scheme: str, width: int, height: int) -> None:
    """Another size and theme; a chart redraws itself in its colours and fits its labels once its width settled.

    A phone is touched: its style sheets are told so.
    """
    if page not in _devtools:
        _devtools[page] = page.context.new_cdp_session(page)
    _devtools[page].send("Emulation.setTouchEmulationEnabled", {"enabled": width < PHONE})
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    if page.locator(".js-plotly-plot").count():
        page.evaluate(TWO_FRAMES)
        page.wait_for_function(SETTLED)


def numbers() -> dict[str, int | str]:
    """What addresses name: a statement and a release, which get other numbers with every loading, and a unit that
    leads nothing yet (tests/browser/test_demo.py looks at others)."""
    statement = PublicEvidence.objects.approved().earliest("pk")
    return {
        "evidence": statement.pk,
        "release": Observation.objects.filter(state="approved").earliest("pk").source_id,
        "unit": Organisation.objects.get_or_create(code="u", defaults={"name": "某单位"})[0].code,
    }


@pytest.mark.parametrize(("language", "name"), cases())
def test_page_is_quiet_whole_and_accessible(open_page, drawn, shoot, language, name):
    address, status = ADDRESSES[name]
    page = open_page(language=language)
    answer = page.goto(address.format(**numbers()), wait_until="load")
    assert answer.status == status
    drawn(page)
    # A screen reader reads with the voice of the language an element names (WCAG 3.1.2).
    unmarked = page.evaluate(CHINESE, [list(CHINESE_ALLOWED), list(MARKED_CHINESE)]) if language == "en" else []
    problems = [f"Chinese: {line}" for line in unmarked]
    for look, scheme, width, height in looks(language, name):
        turn(page, scheme, width, height)
        shoot(page, f"{language}-{look}/{name}")
        found = {"overflow": page.evaluate(OVERFLOW), "cut": page.evaluate(CUT), "small": page.evaluate(SMALL)}
        if (language, look) in RULED:
            found["axe"] = axe_violations(page, RULED[language, look])
        problems += [f"{look} {what}: {line}" for what, lines in found.items() for line in lines]
    if ALL_LOOKS:
        page.emulate_media(media="print", color_scheme="light")
        page.set_viewport_size({"width": 1000, "height": 1414})
        shoot(page, f"{language}-print/{name}")
    assert not problems, "\n" + "\n".join(problems)
    assert_clean(page, status=status)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_day_is_parted_by_the_end_of_a_line(open_page, language):
    """Browsers end lines after the hyphens of 2026-04-30."""
    page = open_page(language=language, width=390, height=844, touch=True)
    found = []
    for name in ("overview", "platforms", "platform", "evidence", "gaps", "units", "brief", "item-task", "search"):
        page.goto(ADDRESSES[name][0], wait_until="load")
        found += [f"{name}: {line}" for line in page.evaluate(PARTED)]

    assert found == []


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.drills)])
def test_pages_of_a_day_before_the_first_figure_are_whole(open_page, drawn, shoot, language):
    """Nothing was published yet: every page says so, and none is broken or cut by it."""
    page = open_page(language=language)
    problems = []
    for name, (path, status) in PAGES.items():
        if status != 200 or "as_of" in path or path.startswith(("guide/", "changes/", "search/")) or "{" in path:
            continue
        answer = page.goto(f"/sz-sti-14/{path}{'&' if '?' in path else '?'}as_of=2012-01-01", wait_until="load")
        drawn(page)
        found = [] if answer.status == 200 else [f"answered {answer.status}"]
        for look, scheme, width, height in (EVERYWHERE[0], looks(language)[-1]):
            turn(page, scheme, width, height)
            shoot(page, f"empty-{language}-{look}/{name}")
            found += [f"{look}: {line}" for line in page.evaluate(OVERFLOW) + page.evaluate(CUT)]
        problems += [f"{name} {line}" for line in found]
        turn(page, "light", 1440, 900)
    assert not problems, "\n" + "\n".join(problems)
    assert_clean(page)


def test_the_list_holds_every_address_of_the_site():
    """A new page for readers must be added above (files, figures and the API are no pages).

    Pages of people who work here are looked at signed in, in the tests of their own area.
    """
    names = set()

    def collect(patterns, prefix="", space=""):
        for entry in patterns:
            if hasattr(entry, "url_patterns"):
                collect(entry.url_patterns, prefix + str(entry.pattern), f"{entry.namespace or ''}:")
            elif needed(f"{space.lstrip(':')}{entry.name}", "GET") == Permission.READ:
                names.add(prefix + str(entry.pattern))

    collect(get_resolver().url_patterns)
    files = (
        "<format:format>",
        "<picture:kind>",
        ".json",
        ".rss",
        ".atom",
        ".csv",
        ".docx",
        ".zip",
        ".xml",
        ".ics",
        "/file/",
        "/embed/",  # stands in pages of other sites (tests/indicators/test_embedding.py)
        "/files/",
    )
    rest = {
        name.removeprefix("<slug:slug>/")
        for name in names
        if name.startswith("<slug:slug>/") and not any(part in name for part in files)
    }
    # The data desk needs somebody signed in: tests/browser/test_desk.py looks at its pages.
    rest = {name for name in rest if not name.startswith("data/")}
    # Rounds and notes need some: tests/browser/test_assessments.py looks at theirs.
    rest = {name for name in rest if not name.startswith("assessments/") or "<" not in name}
    known = {path.split("?")[0] for path, _status in PAGES.values()}
    missing = {pattern for pattern in rest if not any(path == pattern or _same(path, pattern) for path in known)}
    assert not missing


def _same(path: str, pattern: str) -> bool:
    left, right = path.split("/"), pattern.split("/")
    return len(left) == len(right) and all(b.startswith("<") or a == b for a, b in zip(left, right, strict=True))


# A flex box without a gap sets its words and their number together: the blank between them is gone.
RUN_TOGETHER = """() => [...document.querySelectorAll("main *")].filter((box) => {
  const look = getComputedStyle(box);
  if (!look.display.includes("flex") || look.columnGap !== "normal") return false;
  const pieces = [...box.childNodes].filter((piece) => piece.textContent.trim());
  return pieces.some((piece) => piece.nodeType === Node.TEXT_NODE) && pieces.length > 1;
}).map((box) => box.innerText)"""


@pytest.mark.parametrize("path", ["text/", "coverage/", "status/"])
def test_a_number_stands_clear_of_its_word_on_a_phone(open_page, path):
    page = open_page(language="en", width=390, height=844, touch=True)
    page.goto(f"/sz-sti-14/{path}")

    assert page.evaluate(RUN_TOGETHER) == []


def test_a_phone_is_touched_and_what_is_too_small_for_a_finger_is_found(page):
    page.goto("/accounts/login/")
    turn(page, "light", 390, 844)
    assert page.evaluate(SMALL) == []
    page.evaluate("""() => {
      document.querySelector("main").insertAdjacentHTML("beforeend",
        "<p>句子里的<a href='#a'>链接</a></p><p><a href='#b'>单独</a> · <a href='#c'>两个</a></p>"
        + "<p><button id='narrow'>窄</button></p>");
      Object.assign(document.getElementById("narrow").style, { minWidth: 0, width: "20px", padding: 0 });
    }""")

    found = page.evaluate(SMALL)

    assert [line.rpartition(": ")[2] for line in found] == ["单独", "两个", "窄"]


def test_the_language_button_changes_the_page_and_back(page):
    page.goto("/sz-sti-14/indicators/I-01/?as_of=2023-06-30")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/indicators/I-01/?as_of=2023-06-30")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert page.url.endswith("/indicators/I-01/?as_of=2023-06-30")
    assert_clean(page)


def test_the_api_documentation_asks_no_other_host(page):
    page.goto("/api/docs/", wait_until="networkidle")
    expect(page.locator(".swagger-ui .info .title")).to_be_visible()
    assert_clean(page)
