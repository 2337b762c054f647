"""A cell that cannot be used. Pure."""

from typing import Any


class BadCell(Exception):
    """A code of `tables.faults.REASONS` and its parameters."""

    def __init__(self, code: str, /, **params: Any):
        super().__init__(code)
        self.code, self.params = code, params
