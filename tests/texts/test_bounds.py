import pytest

from texts.bounds import read_bound


@pytest.mark.parametrize(
    ("text", "precision", "exclusive"),
    [
        ("总量突破2.6万家", "lower_bound", True),
        ("超2.4万家", "lower_bound", True),
        ("逾500亿元", "lower_bound", True),
        ("60%以上", "lower_bound", False),
        ("不低于85%", "lower_bound", False),
        ("不足3%", "upper_bound", True),
        ("近2000亿元", "upper_bound", True),
        ("不超过15%", "upper_bound", False),
        ("15%以内", "upper_bound", False),
        ("6.9%左右", "approximate", False),
    ],
)
def test_words_around_a_number_say_on_which_side_it_lies(text, precision, exclusive):
    assert read_bound(text) == (precision, exclusive)


def test_a_bare_number_is_no_bound():
    assert read_bound("2.47万家") is None
