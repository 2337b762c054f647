"""Every page says how something stands in the words of the two ladders, and in no others.

The pages themselves are asked by tests/test_pages.py and, with the demo's rows, tests/training/test_words.py.
"""

import gzip
import io
import re
import zipfile

import pytest

from tests.status_words import strange_words, wrong_states
from tests.test_pages import ROOT

# Words and bytes, which no row spells.
pytestmark = pytest.mark.one_database


def test_a_word_of_a_method_is_found_wherever_a_page_says_it():
    html = '<p title="提前实现">快于预期</p><ol data-methods><li>未实现</li></ol><b class="badge">无法评价</b>'

    assert sorted(strange_words(html, "zh-hans")) == [("提前实现", "提前实现"), ("无法评价", "无法评价")]
    said = "只走了路程的 44.1 %"
    assert strange_words(f"<p data-methods>{said}</p>", "zh-hans") == [("路程的", said)]
    assert strange_words('<b class="badge">Achieved</b><p>Achieved by many</p>', "en") == [
        ("Achieved", "Achieved")
    ]


@pytest.mark.breadth
def test_every_task_has_one_state_on_its_page_and_it_is_the_ladder_s(plan, client):
    """Of the plan, where nobody has reported; those of the demo in tests/training/test_states_of_tasks.py."""
    assert wrong_states(plan, client, "zh-hans") == []


def test_feeds_and_papers_say_how_it_stands_in_words_of_the_ladders(plan, client):
    """What is no page: feeds, the paper for a meeting as a Word file, pictures."""
    feeds = [client.get(f"{ROOT}changes.{kind}").content.decode() for kind in ("rss", "atom")]
    with zipfile.ZipFile(io.BytesIO(client.get(f"{ROOT}brief.docx").getvalue())) as file:
        paper = file.read("word/document.xml").decode()
    parts = (("I-01", "I-01"), ("I-04", "I-04.1"), ("I-07", "I-07"))
    drawn = [client.get(f"{ROOT}indicators/{code}/picture/{part}.svg") for code, part in parts]
    pictures = [answer.getvalue().decode() for answer in drawn]

    for text in [*feeds, paper, *pictures]:
        assert strange_words(f"<div>{re.sub('<[?!][^>]*>', '', text)}</div>", "zh-hans") == []


# The wall's goes on between two answers.
CLOCK = re.compile(rb"<time data-clock>.*?</time>")


@pytest.mark.breadth
@pytest.mark.parametrize("page", ["", "indicators/I-01/", "indicators/I-04/", "wall/"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_packed_page_is_the_page(plan, client, page, language):
    """Made, and again as it was kept: what closes signs up must not reach into compressed bytes."""
    plain = client.get(ROOT + page, headers={"accept-language": language}).content
    for _time in range(2):
        asked = {"accept-language": language, "accept-encoding": "gzip"}
        packed = client.get(ROOT + page, headers=asked).content
        assert CLOCK.sub(b"", gzip.decompress(packed)) == CLOCK.sub(b"", plain)


@pytest.mark.parametrize("page", ["indicators/I-01/", "indicators/I-04/", "wall/"])
def test_english_closes_up_its_per_cent_signs_and_chinese_does_not(plan, client, page):
    def text(language):
        html = client.get(ROOT + page, headers={"accept-language": language}).content.decode()
        return re.sub("<[^>]+>", "", re.sub(r"(?s)<(script|style).*?</\1>", "", html))

    assert re.search(r"\d\s+%", text("zh-hans"))
    assert re.findall(r".{0,20}\d\s+%", text("en")) == []
