"""The number a heading prints."""

import pytest

from texts.ordinals import printed_number


@pytest.mark.parametrize(
    ("heading", "number"),
    [
        ("第四章　加快建设科技强市", "4"),
        ("第十一节 扩大开放", "11"),
        ("第二十篇", "20"),
        ("一、发展基础", "1"),
        ("二十三、保障", "23"),
        ("（六）宝安园区", "6"),
        ("(3) 前海", "3"),
        ("12. 附则", "12"),
        ("专栏 3　重大工程", "专栏3"),
        ("专栏二", "专栏2"),
        ("第一百零三条", "103"),
        ("发展目标", ""),
        ("2025年目标", ""),
        ("3.5万亿的目标", ""),
        ("一个中心", ""),
    ],
)
def test_the_number_a_heading_begins_with(heading, number):
    assert printed_number(heading) == number
