"""What `make test` asks and `make check` leaves out: the same question of further pages, languages or people.

Whoever changes what such a test is about runs it by name; nothing that only it can find may be marked so.
"""

import pytest

BREADTH = pytest.mark.breadth


def more(*values):
    """Parameters that are breadth, to stand behind those that are not."""
    return [pytest.param(value, marks=BREADTH) for value in values]
