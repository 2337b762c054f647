"""Bodies of the API: JSON in which each name stands once."""

import codecs
import json
from typing import Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils.json import strict_constant

from texts.cleaning import kept_text


class NestedTooDeeply(ParseError):
    """Said of the body, as other faults of it are."""

    field = "body"


class StrictJSONParser(JSONParser):
    """Raises ParseError where a name stands twice in one object: whichever value counted, the other would be
    passed over in silence (RFC 8259, section 4)."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> Any:
        encoding = (parser_context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            text = codecs.getreader(encoding)(stream)
            return json.load(text, parse_constant=strict_constant, object_pairs_hook=_once)
        except RecursionError as error:  # thousands of nested brackets end Python's own JSON reader
            raise NestedTooDeeply("body: 嵌套过深 / nested too deeply") from error
        except ValueError as error:
            raise ParseError(f"不是可用的 JSON / not usable JSON: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{kept_text(twice, lines=False)[:100]} 出现两次，请只留一个 / given twice, leave one")
    return found
