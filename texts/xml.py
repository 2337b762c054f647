"""The one rule for text on its way out into XML: workbooks, Word files, pictures, feeds.

What is stored before there was a rule for what comes in must leave as well, so every writer of XML goes through
`xml_safe`. Escaping < and & is the writers' own business.
"""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

_BREAKS = re.compile("\r\n|[\r\x0b\x0c]")
# All that XML 1.0 has no way to write, not even as a reference.
_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_safe(text: str) -> str:
    """The text without what XML cannot hold; every line end, Word's soft break among them, is a line feed."""
    if text.isprintable():
        return text
    return _FORBIDDEN.sub("", _BREAKS.sub("\n", text))


def xml_safe_all(value: Any) -> Any:
    """`xml_safe` for every text inside dataclasses, lists, tuples and dicts; other values as they are."""
    if isinstance(value, str):
        return xml_safe(value)
    if isinstance(value, list | tuple):
        return type(value)(xml_safe_all(part) for part in value)
    if isinstance(value, dict):
        return {key: xml_safe_all(part) for key, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: xml_safe_all(getattr(value, field.name)) for field in fields(value)})
    return value
