"""The rule for text on its way in, and the one for XML on its way out, as pure functions."""

import unicodedata
from contextlib import suppress
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from texts.cleaning import RefusedText, clean_text, kept_text
from texts.numbers import LARGEST, whole_number
from texts.xml import xml_safe, xml_safe_all

# Every character, and those with something to them more often than chance would bring them.
ODD = st.sampled_from(
    "\0\x01\x08\t\n\x0b\x0c\r\x1b\x7f\x85\x9f\xa0\xad\u0301\u034f\u061c\u200b\u200c\u200d\u200e\u2028\u202a\u202d"
    "\u202e\u2060\u2066\u2069\u3000\ufeff\ufffd\ufffe\uffff\ud800\udfff\U000e0041\U0010ffff=+-@'\"<>&]_x"
    "中文e☀️👩🚀👨‍👩‍👧شو"
)
TEXTS = st.text(st.one_of(ODD, st.characters()), max_size=60)


@pytest.mark.parametrize(
    ("given", "line", "prose"),
    [
        ("第一行\x0b第二行", "第一行 第二行", "第一行\n第二行"),
        ("a\r\nb\rc\u2028d\u2029e\x85f\x0cg", "a b c d e f g", "a\nb\nc\nd\ne\nf\ng"),
        ("一\t二", "一 二", "一\t二"),
        ("a \n\t b", "a b", "a \n\t b"),
        ("\x01\x08进\x1f展\x7f\x9b", "进展", "进展"),
        ("\ufeff全市\u200b研发\u2060投入\xad", "全市研发投入", "全市研发投入"),
        ("\u200e左\u200f右\u061c\u202a内\u202c\u2066外\u2069", "左右内外", "左右内外"),
        ("x\ufffey\uffffz\ufdd0\U0001fffe", "xyz", "xyz"),
        ("hidden\U000e0041\U000e007f", "hidden", "hidden"),
        ("e\u0301", "é", "é"),
        ("I-\u200d01", "I-01", "I-01"),
        ("👩\u200d🚀 ☀\ufe0f", "👩\u200d🚀 ☀\ufe0f", "👩\u200d🚀 ☀\ufe0f"),
        ("می\u200cخواهم", "می\u200cخواهم", "می\u200cخواهم"),
        ("\u3000\xa0空格", "\u3000\xa0空格", "\u3000\xa0空格"),
        ("𠮷\ue000葛\U000e0100", "𠮷\ue000葛\U000e0100", "𠮷\ue000葛\U000e0100"),
    ],
)  # fmt: skip
def test_what_nobody_typed_on_purpose_is_mended_in_silence(given, line, prose):
    assert clean_text(given, lines=False) == line
    assert clean_text(given, lines=True) == prose


@pytest.mark.parametrize(
    ("given", "reason", "place"),
    [
        ("ab\0c", "nul", 3),
        ("一\ud83d二", "half", 2),
        ("\udc00", "half", 1),
        ("研\ufffd投入", "lost", 2),
        ("报表\u202egpj.exe", "override", 3),
        ("\u202d12", "override", 1),
    ],
)
def test_what_only_its_writer_can_mend_is_refused_with_its_place(given, reason, place):
    with pytest.raises(RefusedText) as refused:
        clean_text(given, lines=True)

    assert (refused.value.reason, refused.value.place) == (reason, place)


@settings(deadline=None)
@given(TEXTS, st.booleans())
def test_cleaning_is_done_after_once_and_leaves_only_what_every_writer_can_hold(text, lines):
    kept = kept_text(text, lines=lines)

    assert kept_text(kept, lines=lines) == kept
    assert unicodedata.is_normalized("NFC", kept)
    controls = {char for char in kept if unicodedata.category(char) in ("Cc", "Cs")}
    assert controls <= ({"\n", "\t"} if lines else set())
    assert xml_safe(kept) == kept
    with suppress(RefusedText):
        assert clean_text(text, lines=lines) == kept


@settings(deadline=None)
@given(TEXTS)
def test_any_string_at_all_can_be_written_as_xml_and_keeps_what_can_be_seen(text):
    safe = xml_safe(text)

    element = ElementTree.Element("t")
    element.text = safe
    assert (ElementTree.fromstring(ElementTree.tostring(element, "utf-8")).text or "") == safe
    assert [char for char in text if char.isprintable()] == [char for char in safe if char.isprintable()]


def test_every_text_inside_a_document_is_made_safe():
    assert xml_safe_all({"a": ["x\x08", ("y\x0bz", 3)], "b": None}) == {"a": ["x", ("y\nz", 3)], "b": None}


@pytest.mark.parametrize(
    "text", ["", "²", "١٢", "１２", "1_0", " 1", "+1", "-1", "1e3", "9" * 40, "9" * 5000, str(LARGEST + 1)]
)
def test_a_whole_number_is_plain_digits_that_a_database_can_hold(text):
    assert whole_number(text) is None


def test_a_whole_number_lies_between_its_limits():
    assert whole_number(str(LARGEST)) == LARGEST
    assert whole_number("007", high=999) == 7
    assert whole_number("3", low=4) is None
    assert whole_number("5", high=4) is None


def test_no_character_takes_the_quick_way_past_the_rule():
    """The quick way asks what is printable; every character of Unicode is held to the long way beside it."""
    every = [chr(number) for number in range(0x110000)]

    quick = [char for char in every if char.isprintable() and kept_text(char, lines=False) == char]
    slow = {char for char in quick if kept_text(f"{char}\u200b", lines=False) != char}
    assert slow == set()
