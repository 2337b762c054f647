"""The rules of WCAG 2.0 and 2.1, A and AA, put to a page by axe."""

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.sight import CUT, OVERFLOW

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}

# The shape of a page is what the rules look at: elements, classes, roles, states and theme, but not which words
# and numbers stand there. They take as long as a page has parts, so of neighbours of one shape one stays for them;
# within a line all do, since there the rules weigh links against the words around them.
ONE_OF_EACH = r"""() => {
  const repeats = /^(ARTICLE|DETAILS|DIV|FIGURE|LI|OPTION|P|SECTION|TR|circle|g|line|path|rect|text)$/;
  const worded = new RegExp("^(action|alt|aria-(controls|describedby|label|labelledby)|content|[cxy][12xy]?|d"
    + "|datetime|data-(?!sign$|sort$).*|for|height|href|id|placeholder|points|src|title|transform|value|width)$");
  const refers = /^(aria-(controls|describedby|labelledby)|for)$/;
  const isLost = (value) => value.trim().split(/\s+/).some((id) => !document.getElementById(id));
  window.repeated = [];
  const shape = (element) => {
    const parts = [element.tagName];
    for (const { name, value } of element.attributes) {
      const isLanguage = name === "lang" && /^(zh-CN|en)$/.test(value);
      const isWord = worded.test(name) && value.trim() && !(refers.test(name) && isLost(value));
      parts.push(name, isLanguage || isWord ? "x" : value);
    }
    const seen = new Set();
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE && child.data.trim()) parts.push("x");
      if (child.nodeType !== Node.ELEMENT_NODE || ["SCRIPT", "STYLE"].includes(child.tagName)) continue;
      const own = shape(child);
      if (seen.has(own) && repeats.test(child.tagName)) window.repeated.push(child);
      else parts.push("<", own, ">");
      seen.add(own);
    }
    return parts.join(" ");
  };
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  return [innerWidth, isDark, shape(document.documentElement)].join(" ");
}"""
SHOW = "(display) => window.repeated.forEach((one) => one.style.setProperty('display', display, 'important'))"
# Shapes found without fault: the same page in another language, or with another name, is not looked at again.
_faultless: set[int] = set()


def axe_violations(page: Page, rules: dict = RULES) -> list[str]:
    """Every node that breaks a rule, with the reason, unless a page of the same shape was found without fault."""
    shape = hash((repr(rules), page.evaluate(ONE_OF_EACH)))
    if shape in _faultless:
        return []
    page.evaluate(SHOW, "none")
    found = _broken(page, rules)
    page.evaluate(SHOW, "")
    if not found:
        _faultless.add(shape)
    return found


# How a page of work is looked at, and the rules put to it: of the other theme what its colours can break.
LOOKS = (("light", 1440, 900, RULES), ("dark", 1440, 900, CONTRAST), ("light", 390, 844, None))


def faults_of_looks(page: Page, shoot: Callable[[str], None] = lambda look: None) -> list[str]:
    """What sticks out, is cut off or breaks a rule, wide, in the dark and on a phone."""
    faults = []
    for scheme, width, height, rules in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        shoot(f"{scheme}-{width}")
        found = page.evaluate(OVERFLOW) + page.evaluate(CUT) + (axe_violations(page, rules) if rules else [])
        faults += [f"{scheme} {width}: {line}" for line in found]
    return faults


def _broken(page: Page, rules: dict) -> list[str]:
    # Another theme of the same page: the rules stand in it already.
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    response = page.evaluate("rules => axe.run(document, rules)", rules)
    return [
        f"{rule['id']} ({rule['impact']}) {node['target']}: {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in response["violations"]
        for node in rule["nodes"]
    ]
