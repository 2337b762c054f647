"""The style guide shows every state, from rows that are never stored, in tokens equal to the site's."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext

from home.to_do import BACK, LATE
from indicators.models import Observation
from indicators.shown.wording import CAGR, FINAL, LINEAR
from plan import badges
from plan.after_period import STATE_WORDS, UNFINISHED
from plan.badges import INDICATOR, ITEM
from plan.models import Item, Plan
from shenzhen_plan import sheets
from styleguide.choice_lists import BATCHES, choice_lists
from styleguide.specimens import sample_form
from styleguide.views import chapters

pytestmark = pytest.mark.one_database

TEMPLATES = Path(settings.BASE_DIR, "templates")
STATIC = Path(settings.BASE_DIR, "static")


def tokens(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z_]+): (#[0-9a-f]+)", text))


def test_one_state_has_one_sign_and_one_colour_wherever_it_is_met():
    """Something overdue was ▼ in one list and ! in the next."""
    tables = (badges.UPDATE, badges.FIGURE, badges.NOTE, badges.FINDING, badges.CHAPTER)
    shared = ("draft", "submitted", "returned", "approved", "overdue", "due_soon", "backlog")

    for state in shared:
        assert len({table[state] for table in tables if state in table}) == 1, state
    assert (badges.UPDATE["overdue"].sign, badges.UPDATE["overdue"].look) == (LATE["sign"], LATE["look"])
    assert (badges.UPDATE["returned"].sign, badges.UPDATE["returned"].look) == (BACK["sign"], BACK["look"])


def test_page_shows_every_word_twice_and_stores_nothing(client, db):
    plans, figures = Plan.objects.count(), Observation.objects.count()

    html = client.get("/styleguide/").content.decode()

    for word in [*LINEAR.values(), *CAGR.values(), *FINAL.values(), *(label for _, label in Item.Status.choices)]:
        assert html.count(str(word)) >= 2, word
    assert (Plan.objects.count(), Observation.objects.count()) == (plans, figures)
    assert "style=" not in html
    # Shown twice on one page: nothing in it may carry an id that the other theme carries too.
    names = re.findall(r' id="([^"]+)"', html)
    assert sorted(names) == sorted(set(names))


def words_of_states(language: str) -> dict[tuple[str, str], str]:
    """By list and key."""
    with translation.override(language):
        words = {(row.name, word.key): word.word for row in choice_lists() for word in row.words}
        for name, table in {"state on a day": STATE_WORDS, "indicator": badges.INDICATOR_WORDS}.items():
            words |= {(name, str(key)): str(word) for key, word in table.items()}
    return words


def test_what_are_two_states_in_chinese_are_two_in_english():
    """期末未完成 was “Overdue”, as 已逾期 is."""
    chinese, english = words_of_states("zh-hans"), words_of_states("en")
    known_by: dict[tuple[str, str], set[str]] = {}
    for (name, key), word in english.items():
        known_by.setdefault((name, word), set()).add(chinese[name, key])

    assert {place: words for place, words in known_by.items() if len(words) > 1} == {}
    with translation.override("en"):
        assert english["state on a day", UNFINISHED] != gettext("已逾期")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_word_of_the_models_choices_is_there_in_both_themes(client, db, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    html = unescape(client.get("/styleguide/").content.decode())
    home = Path(settings.BASE_DIR)
    own = [config for config in apps.get_app_configs() if Path(config.path).parent == home]

    with translation.override(language):
        fields = [field for config in own for model in config.get_models() for field in model._meta.fields]
        words = {str(word) for field in fields for key, word in field.flatchoices if key not in ("", None)}

        assert len(words) > 100
        # As the last words of an element: “> 已提交</span>”; a badge begins with a capital.
        missing = [
            word
            for word in words
            if sum(len(re.findall(rf">\s*{re.escape(form)}\s*</", html)) for form in {word, capfirst(word)}) < 2
        ]
        assert missing == []


def test_states_are_told_by_word_sign_and_colour():
    marked = [row for row in choice_lists() if row.kind == "badge" and row.name not in BATCHES]

    assert len(marked) >= 8
    assert [(row.name, word.key) for row in marked for word in row.words if not (word.sign and word.look)] == []
    # Whatever is called a state or an outcome has marks; a job and a message say theirs in a word and a number.
    plain = {row.name for row in choice_lists() if row.kind == "plain"}
    states = {name for name in plain if name.endswith((".state", ".status", ".outcome", ".conclusion"))}
    assert states == {"jobs.Job.state", "webhooks.Delivery.state"}


def test_every_component_is_drawn_by_its_own_template(client, db):
    pages = [client.get("/styleguide/"), client.get("/styleguide/?part=wall")]

    drawn = {template.name for page in pages for template in page.templates}
    components = {f"_components/{path.name}" for path in (TEMPLATES / "_components").glob("*.html")}
    specimens = {
        f"styleguide/specimens/{path.name}" for path in (TEMPLATES / "styleguide/specimens").glob("*.html")
    }
    pieces = {
        "assessments/_pages.html",
        "assessments/_radios.html",
        "indicators/_derivation.html",
        "indicators/_sort_head.html",
        "notices/_notice.html",
        "plan/_coverage.html",
        "dashboard/_change.html",
        "auditing/_differences.html",
        "dashboard/_heat_cell.html",
        "auditing/_outcome.html",
        "dashboard/_wall.html",
        "updates/_diff.html",
        "updates/_field.html",
        "updates/_milestones.html",
    }
    assert (components | specimens | pieces) - drawn == set()
    assert specimens == {piece.template for chapter in chapters() for piece in chapter.pieces}


def test_every_piece_has_its_place_in_the_contents_and_says_when_to_use_it(client, db):
    html = client.get("/styleguide/").content.decode()

    pieces = [piece for chapter in chapters() for piece in chapter.pieces]

    assert pieces
    for piece in pieces:
        assert f'<a href="#{piece.key}">{piece.title}</a>' in html
        assert f'<h3 id="{piece.key}">{piece.title}</h3><p class="when">{piece.when}</p>' in html
        assert len(piece.when) <= 60


def test_form_shows_a_field_of_every_kind_with_a_disabled_and_a_wrong_one():
    form = sample_form("light")

    kinds = {type(field.widget).__name__ for field in form.fields.values()}
    assert {"CheckboxInput", "RadioSelect", "Textarea", "Select", "DateInput", "NumberInput"} <= kinds
    assert any(name.endswith("FileInput") for name in kinds)
    assert [name for name, field in form.fields.items() if field.disabled] == ["light_fixed"]
    assert list(form.errors) == ["light_wrong"]


def test_the_wall_s_pieces_are_made_up_and_say_no_figure_of_the_plan(client, plan):
    html = client.get("/styleguide/?part=wall").content.decode()

    assert "示例规划" in html
    for word in ("普通", "初步数", "没有数据", "w-strips", "data-clock"):
        assert word in html
    assert plan.short_label not in html
    assert client.get("/styleguide/?part=nothing").status_code == 400


def sheet_of(name: str) -> str:
    """A style sheet as it is written, without comments and on one line."""
    text = re.sub(r"/\*.*?\*/", "", sheets.written(STATIC, f"css/{name}"), flags=re.S)
    return " ".join(text.split()).replace("( ", "(").replace(" )", ")")


def rule(text: str, selector: str) -> str:
    return re.search(rf"(?:^|}} |\n){re.escape(selector)} {{ ([^}}]*) }}", text)[1].strip().rstrip(";")


def test_focus_and_hover_stand_still_as_site_css_makes_them():
    site = sheet_of("site.css")
    guide = sheet_of("styleguide.css")

    assert rule(guide, ".as-focus") == rule(site, ":focus-visible")
    assert rule(guide, "button.as-hover") == rule(site, "button:hover")
    assert rule(guide, "a.as-hover") == rule(site, "a:hover")


def light_of(colour: tuple[float, ...]) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [(c / 255) / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def rgb(colour: str) -> tuple[int, ...]:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    return tuple(int(digits[at : at + 2], 16) for at in (0, 2, 4))


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("sheet", ["site.css", "text.css"])
def test_hatching_of_what_nobody_reported_is_seen_on_paper(theme, sheet):
    site = sheet_of("site.css")
    hatch = re.search(
        r"gradient\(135deg, color-mix\(in srgb, var\(--(\w+)\) (\d+)%, var\(--paper\)\)",
        sheet_of(sheet),
    )
    known = tokens(site.split("@media (prefers-color-scheme: dark)")[theme].split("*, *::before")[0])
    paper, share = rgb(known["paper"]), int(hatch[2]) / 100
    line = [share * ink + (1 - share) * ground for ink, ground in zip(rgb(known[hatch[1]]), paper, strict=True)]

    bright, dim = sorted((light_of(tuple(line)), light_of(paper)), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= 3


def test_tokens_are_the_site_s_own():
    site = sheet_of("site.css")
    guide = sheet_of("styleguide.css")
    wall, paper = sheet_of("wall.css"), sheet_of("print.css")
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


STATES = (
    "achieved", "ahead", "on_schedule", "slightly_behind", "behind", "regressed", "missed", "pending", "adjusted",
    "not_assessable", "ink", "muted", "link",
)  # fmt: skip


@pytest.mark.parametrize("theme", [0, 1])
def test_a_state_is_read_in_grey_on_paper_sheet_and_its_own_tint(theme):
    site = sheet_of("site.css")
    known = tokens(site.split("@media (prefers-color-scheme: dark)")[theme].split("*, *::before")[0])
    paper, sheet = rgb(known["paper"]), rgb(known["sheet"])
    faint = []
    for state in STATES:
        ink = rgb(known[state])
        tint = tuple(0.1 * a + 0.9 * b for a, b in zip(ink, paper, strict=True))
        for name, ground in (("paper", paper), ("sheet", sheet), ("tint", tint)):
            bright, dim = sorted((light_of(ink), light_of(ground)), reverse=True)
            if (ratio := (bright + 0.05) / (dim + 0.05)) < 4.5:
                faint.append((state, name, round(ratio, 2)))

    assert faint == []


@pytest.mark.parametrize("ladder", [INDICATOR, ITEM], ids=["indicators", "tasks"])
def test_no_two_states_of_a_ladder_share_a_sign(ladder):
    signs = [mark.sign for mark in ladder.values()]

    assert len(set(signs)) == len(signs)
