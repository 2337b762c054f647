"""A verdict's word, and the sentences that say it again: on the bands, and of the cut-offs in the log."""

import re

import polib
import pytest
from django.conf import settings
from django.utils import translation

from audit.wording import FIELDS
from indicators.shown.wording import CAGR, LINEAR

CATALOGUE = f"{settings.BASE_DIR}/locale/en/LC_MESSAGES/django.po"
LINEAR_BANDS = ("ahead", "on_schedule", "slightly_behind", "behind")
CAGR_BANDS = ("significant", "moderate", "insufficient", "away")


def words_due(sentence: str) -> list:
    """The verdicts whose words a sentence has to say, by the cut-offs it names."""
    if "%(slightly_behind)s" not in sentence:
        return [LINEAR["ahead"], LINEAR["on_schedule"]] if "%(ahead)s" in sentence else []
    of_growth, of_time = "年均增速" in sentence or "%(ahead)s" not in sentence, "%(ahead)s" in sentence
    return [LINEAR[key] for key in LINEAR_BANDS if of_time] + [CAGR[key] for key in CAGR_BANDS if of_growth]


def test_sentences_on_the_bands_say_the_words_of_the_verdicts():
    """In English as well, where of “significant progress” the first word may do."""
    found = [(entry, due) for entry in polib.pofile(CATALOGUE) if (due := words_due(entry.msgid))]

    assert len(found) >= 7
    assert [(str(word), entry.msgid) for entry, due in found for word in due if str(word) not in entry.msgid] == []
    with translation.override("en"):
        heads = [
            (str(word).lower().removesuffix(" progress"), entry.msgstr) for entry, due in found for word in due
        ]
    assert [(head, said) for head, said in heads if head not in said.lower()] == []


@pytest.mark.parametrize("key", ["ahead", "on_schedule", "slightly_behind"])
def test_the_log_calls_a_cut_off_by_its_verdict(key):
    assert str(LINEAR[key]) in str(FIELDS[key])


def test_no_sentence_names_a_cut_off_by_its_number():
    """They are settings: a sentence that knows one is untrue where another is in force."""
    number = re.compile(r"(?<![\d,.])(105|95|60|1\.05|0\.95|0\.60?)(?![\d,.])")

    assert [entry.msgid for entry in polib.pofile(CATALOGUE) if number.search(entry.msgid)] == []
