"""JSON kept in rows: what an earlier version wrote is still read, and a reader never meets yesterday's shape.

Each kind of JSON has one `Shape`, in the `shapes.py` of its app: the version written today, and one function that
brings whatever was ever stored to it, with the defaults of what was not yet kept then. `StoredJSON` asks it
wherever a value comes out of the database, a query of values and a restored backup included; what goes in carries
the version beside it. A value without one is of version 1, and so is everything that is no object. Code that is
one release older reads a newer value as far as it knows it: a new version adds names and takes none away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import JSONField
from django.db.models.fields.json import KeyTransform

VERSION = "shape_version"


def as_it_is(value: Any, version: int) -> Any:
    """The reader of a kind that has had one shape only."""
    return value


@dataclass(frozen=True)
class Shape:
    """One kind of stored JSON. `upgrade` takes a value and the version it was written with, and gives today's.

    It may meet a value of today without its version (a form's, a test's), so it fills in what is missing and
    changes nothing that is there.
    """

    name: str
    version: int = 1
    upgrade: Callable[[Any, int], Any] = as_it_is

    def read(self, stored: Any) -> Any:
        """What was stored, in today's shape and without its version."""
        if stored is None:
            return None
        version = 1
        if isinstance(stored, dict) and VERSION in stored:
            stored = dict(stored)
            version = stored.pop(VERSION)
        return self.upgrade(stored, version)

    def stamped(self, value: Any) -> Any:
        """What is stored: the value with its version; the first has none, so that older code reads it too."""
        return value | {VERSION: self.version} if self.version > 1 and isinstance(value, dict) else value


class StoredJSON(JSONField):
    """A JSONField of one shape. The database sees a plain one, so a new version needs no migration."""

    def __init__(self, *args: Any, shape: Shape | None = None, **kwargs: Any):
        self.shape = shape or Shape("plain")
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def from_db_value(self, value, expression, connection):
        found = super().from_db_value(value, expression, connection)
        # A part of the value, asked for by its key, has no version of its own.
        return found if isinstance(expression, KeyTransform) else self.shape.read(found)

    def get_db_prep_save(self, value, connection):
        return super().get_db_prep_save(self.shape.stamped(value), connection)

    def to_python(self, value):
        return self.shape.read(super().to_python(value))

    def value_to_string(self, obj):
        return self.shape.stamped(super().value_to_string(obj))
