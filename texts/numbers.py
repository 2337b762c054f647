"""The one reader of whole numbers in forms and addresses: keys, editions, pages, years."""

# What an 8-byte column holds, and so the largest key a database can have.
LARGEST = 2**63 - 1


def whole_number(text: str, *, low: int = 0, high: int = LARGEST) -> int | None:
    """The number in plain ASCII digits between `low` and `high`, else None.

    Python's int() takes more: other scripts' digits, underscores, blanks, signs; and isdigit() takes ², which
    int() does not. Thousands of digits are given up before they are worked out.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(high))):
        return None
    number = int(text)
    return number if low <= number <= high else None
