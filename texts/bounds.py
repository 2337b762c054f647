"""What the words around a published number say of it: 突破2.6万家 is more than 26,000. Pure.

By the Civil Code (art. 1259) 以上、以下、以内 include the number, 不满、超过、以外 do not. A reading is a
proposal; a person confirms it.
"""

from typing import NamedTuple


class BoundWords(NamedTuple):
    """`precision` is lower_bound, upper_bound or approximate; an `exclusive` bound leaves its number out."""

    precision: str
    exclusive: bool


# In this order, since 不超过 holds 超过 and 不低于 holds 低于.
WORDS = (
    (("不超过", "以下", "以内", "至多"), BoundWords("upper_bound", False)),
    (("不低于", "不少于", "以上", "至少"), BoundWords("lower_bound", False)),
    (("不足", "不到", "不满", "低于", "接近", "近"), BoundWords("upper_bound", True)),
    (("超", "突破", "逾", "多于"), BoundWords("lower_bound", True)),
    (("约", "左右", "上下", "大概"), BoundWords("approximate", False)),
)


def read_bound(text: str) -> BoundWords | None:
    """What a phrase says of its number; None where it says just the number."""
    return next((said for words, said in WORDS if any(word in text for word in words)), None)
