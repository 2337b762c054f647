"""A figure of fifteen digits stays in its place on every page that shows it large."""

import pytest

from indicators.models import Component
from tests.breadth import more
from tests.browser.conftest import SLUG
from tests.browser.sight import CUT, OVERFLOW
from tests.browser.test_wall import see_every_panel
from tests.factories import make_observation

pytestmark = pytest.mark.browser
PAGES = (
    "",
    "indicators/",
    "indicators/?view=table",
    "indicators/?view=bullet",
    "indicators/I-05/",
    "brief/?items=I-05",
)
# A number that reaches out of the box it stands in: cell, tile, line of a list.
OUTSIDE = """() => [...document.querySelectorAll("main *")]
  .filter((el) => [...el.childNodes].some((node) => node.nodeType === 3 && /123,/.test(node.data)))
  .filter((el) => el.checkVisibility() && !el.closest("svg, .sr, .scroll"))
  .filter((el) => getComputedStyle(el).clipPath === "none")
  .map((el) => [el, el.closest("td, th, li, p, dd")])
  .filter(([el, box]) => box && (el.getBoundingClientRect().right > box.getBoundingClientRect().right + 1
    || el.getBoundingClientRect().left < box.getBoundingClientRect().left - 1))
  .map(([el]) => `${el.tagName}.${el.className} ${el.textContent.trim().slice(0, 30)}`)"""


@pytest.fixture
def long_figures(own_plan):
    component = Component.objects.get(indicator__plan=own_plan, code="I-05")
    make_observation(component, 2023, "123456789012345", released="2024-06-01")
    make_observation(component, 2024, "123987654321098", released="2025-06-01")


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh", *more("en")])
def test_fifteen_digits_stay_in_their_place(long_figures, open_page, shoot, language):
    found = []
    for width, height in ((1440, 900), (390, 844)):
        page = open_page(width=width, height=height, touch=width < 500, language=language)
        for path in PAGES:
            page.goto(f"/{SLUG}/{path}")
            shoot(page, f"long/{language}-{width}/{path.strip('/').replace('/', '_').replace('?', '_')}")
            lines = page.evaluate(OVERFLOW) + page.evaluate(CUT) + page.evaluate(OUTSIDE)
            found += [f"{width} {path}: {line}" for line in lines]

    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("language", ["zh", *more("en")])
def test_fifteen_digits_stay_in_their_place_on_the_wall(long_figures, open_page, shoot, language):
    page = open_page(width=1920, height=1080, language=language)

    found = see_every_panel(page, shoot, f"long-{language}")

    assert not found, "\n" + "\n".join(found)
