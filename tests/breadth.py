"""What `make test` asks and `make check` leaves out (docs/testing.md).

The same question of further pages, languages or people; and what takes long and goes through no line that the rest
does not. Whoever changes what such a test is about runs it by name. Never left out: who may do what, what could be
lost, what is judged.
"""

import pytest

BREADTH = pytest.mark.breadth


def more(*values):
    """Parameters that are breadth, to stand behind those that are not."""
    return [pytest.param(value, marks=BREADTH) for value in values]
