"""The style guide shows every state, from rows that are never stored, in tokens equal to the site's."""

import re
from pathlib import Path

from django.conf import settings

from indicators.models import Observation
from indicators.wording import CAGR, FINAL, LINEAR
from plan.models import Item, Plan
from reports.specimens import sample_cards, sample_plan

CSS = Path(settings.BASE_DIR, "static/css")


def tokens(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z_]+): (#[0-9a-f]+)", text))


def test_page_shows_every_word_twice_and_stores_nothing(client, db):
    plans, figures = Plan.objects.count(), Observation.objects.count()

    html = client.get("/styleguide/").content.decode()

    for word in [*LINEAR.values(), *CAGR.values(), *FINAL.values(), *(label for _, label in Item.Status.choices)]:
        assert html.count(str(word)) >= 2, word
    assert (Plan.objects.count(), Observation.objects.count()) == (plans, figures)
    assert "style=" not in html
    # Shown twice on one page, so nothing in it may carry an id of its own.
    body = html.split('class="themes"')[1].split("</main>")[0]
    assert not [name for name in re.findall(r' id="([^"]+)"', body) if not name.startswith("term-")]


def test_cards_are_in_every_state():
    cards = sample_cards(sample_plan())

    assert [card.badge.key for card in cards] == [
        "ahead",
        "ahead",
        "achieved",
        "behind",
        "no_data",
        "not_assessable",
    ]


def test_tokens_are_the_site_s_own():
    site = (CSS / "site.css").read_text(encoding="utf-8")
    guide = (CSS / "styleguide.css").read_text(encoding="utf-8")
    wall, paper = (CSS / "wall.css").read_text("utf-8"), (CSS / "print.css").read_text("utf-8")
    light, dark = site.split("@media (prefers-color-scheme: dark)")[:2]
    light, dark = tokens(light), tokens(dark.split("*, *::before")[0])

    first, second = guide.split(".theme-dark")
    assert tokens(first) == light
    assert tokens(second) == dark
    assert tokens(wall).items() <= dark.items()
    assert set(light) - set(tokens(paper)) == set()
    # On paper links are ink and the sheet is white; every other colour is the light theme's.
    changed = {name for name, value in tokens(paper).items() if value != light[name]}
    assert changed == {"sheet", "link"}
