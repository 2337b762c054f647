"""Publishers in English: whole names or none."""

import pytest

from texts.publishers import in_english


@pytest.mark.parametrize(
    ("published", "said"),
    [
        ("深圳市统计局", "Shenzhen Statistics Bureau"),
        ("深圳政府在线（深圳特区报）", "Shenzhen Government Online (Shenzhen Special Zone Daily)"),
        ("国家统计局、财政部", "National Bureau of Statistics, Ministry of Finance"),
        ("深圳新闻网/深圳晚报（转载）", "Shenzhen News / Shenzhen Evening News (reposted)"),
        ("China Daily", "China Daily"),
        ("", ""),
        ("读特（深圳Plus）", ""),
        ("深圳市统计局某处", ""),
    ],
)
def test_a_name_is_said_whole_or_left_as_published(published, said):
    assert in_english(published) == said
