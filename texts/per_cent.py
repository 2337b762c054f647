"""Per cent signs of English pages."""

import re

# Apart from its number, maybe in an element of its own; not the beginning of another word.
APART = re.compile(rb"(?<=\d)((?:</\w+>)*)(?:\s|&nbsp;|\xc2\xa0)+(<(?:span|small)[^>]*>)?%(?![\w%])")


def closed_up(page: bytes) -> bytes:
    """The page, not compressed, with each per cent sign close to its number.

    Pages put any unit after its number, as Chinese has it; that this one stands closer in English is no matter of
    each of them.
    """
    return APART.sub(rb"\1\2%", page)
