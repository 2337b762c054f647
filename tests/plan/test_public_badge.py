"""The badge of a published statement in an English page: whose words are whose (WCAG 3.1.2)."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from plan.badges import EVIDENCE
from plan.templatetags.site import chinese_marked

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database


def drawn(word: str, why: str = "") -> str:
    badge = EVIDENCE["number"].badge(word, why=why)
    return " ".join(render_to_string("_components/badge.html", {"badge": badge}).split())


def test_the_tip_is_chinese_the_word_english_and_a_unit_chinese_again():
    with translation.override("en"):
        seen = drawn("2025 8 个", why="河套落地 <8> 个")

    assert 'title="河套落地 &lt;8&gt; 个" lang="zh-CN"' in seen
    assert '<span lang="en">2025 8 <span lang="zh-CN">个</span></span>' in seen


def test_without_a_tip_nothing_is_said_of_it_and_a_chinese_page_needs_no_marks():
    with translation.override("en"):
        assert 'lang="zh-CN"' not in drawn("Built")
    with translation.override("zh-hans"):
        assert drawn("2025 8 个").endswith("2025 8 个</span>")


def test_signs_are_read_in_both_languages():
    assert not [mark.sign for mark in EVIDENCE.values() if "\uff00" <= mark.sign <= "\uffef"]


def test_links_in_a_sentence_stay_links_and_what_is_not_safe_is_escaped():
    with translation.override("en"):
        assert chinese_marked(mark_safe('<a href="#数">“突破2.6万家”</a>')) == (
            '<a href="#数">“<span lang="zh-CN">突破2.6万家</span>”</a>'
        )
        assert chinese_marked("<b>8 个") == '&lt;b&gt;8 <span lang="zh-CN">个</span>'
