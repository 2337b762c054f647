"""What the API's description says of every operation alike, put in where it is made (drf-spectacular's hook).

Which names an address takes stands in shenzhen_plan/parameters.py, who may ask in shenzhen_plan/access.py: the
description is held to both, so that it never promises what is refused.
"""

import re
from typing import Any

from django.conf import settings

from accounts.idempotency import HEADER
from accounts.permissions import Permission
from plan import language
from plan.models import Item, Plan
from plan.writing import MOST_ROWS, REPLAYED
from shenzhen_plan.access import WRITTEN, needed
from shenzhen_plan.api_urls import urlpatterns
from shenzhen_plan.parameters import taken_by

Described = dict[str, Any]
DAY = {"type": "string", "format": "date"}
# What an address takes whatever it is of; what is somebody's own has no days.
COMMON = {
    "as_of": (DAY, "What was public on that day; default today."),
    "known_by": (DAY, "Only what had been approved here by that day; such an answer stays the same."),
    language.NAME: (
        {"type": "string", "enum": language.codes()},
        "In which language to answer; default what Accept-Language asks for.",
    ),
}
PROBLEM: Described = {
    "type": "object",
    "description": "A refusal (RFC 9457); `parameter` and `value` of the address, `field` of a body.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What cannot be used, and what can."},
        "parameter": {"type": "string"},
        "value": {"type": "string"},
        "field": {"type": "string"},
        "known": {"type": "boolean"},
        "faults": {
            "type": "array",
            "description": "Of rows that were sent: every fault, by the place of its row, from 1.",
            "items": {
                "type": "object",
                "required": ["row", "field", "value", "detail"],
                "properties": {
                    "row": {"type": "integer"},
                    "field": {"type": "string"},
                    "value": {"type": "string"},
                    "detail": {"type": "string"},
                    "remedy": {"type": "string", "description": "What may stand there, or the nearest name."},
                    "id": {"type": "integer", "description": "Of the row that stands there now."},
                    "edition": {"type": "integer"},
                    "state": {"type": "string"},
                },
            },
        },
    },
}
REFUSALS = {
    400: "A name or a value that cannot be used; `parameter` or `field` names it.",
    401: "The token is not known, over or revoked.",
    403: "Not for whoever asks: a closed site, or a scope the token does not have.",
    404: "Nothing of that name.",
    406: "Accept and `format` name no form this address has.",
    409: "Somebody else changed the row, or its state does not allow it; `faults` has its edition now.",
    410: "An item that was taken out of the plan; says when and why.",
    413: "The body is too large.",
    415: "A body in another form than those named.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too often; Retry-After says when again.",
    503: "The database is away, or too many ask at once; Retry-After says when again.",
}
WITH_BODY = (413, 415)
OF_WRITING = (409, 422)
IDEMPOTENCY: Described = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "The same request again under the same key is answered as before and done once.",
}
HEADERS = {
    "ETag": {"schema": {"type": "string"}, "description": "For If-None-Match."},
    "Last-Modified": {"schema": {"type": "string"}, "description": "For If-Modified-Since."},
}


def complete(result: Described, generator: Any, request: Any, public: bool) -> Described:
    """The description with refusals, days and who may ask in every operation."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    if "AssessBody" in schemas:
        _also_lists(schemas)
    names = {_path(pattern): pattern.name for pattern in urlpatterns}
    kinds = _kinds(request)
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _complete(operation, path, method, names[path])
            for parameter in operation.get("parameters", []):
                if parameter["name"] == "kind":
                    parameter["schema"]["enum"] = kinds
    return result


def _path(pattern: Any) -> str:
    return "/api/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))


def _kinds(request: Any) -> list[str]:
    """Kinds of commitment: the usual ones, and where a site is asked for its description those of its plans."""
    found = dict.fromkeys(Item.Kind.values)
    for plan in Plan.objects.only("declared_kinds", "kind_counts") if request is not None else ():
        found |= dict.fromkeys(plan.kinds)
    return list(found)


def _complete(operation: Described, path: str, method: str, name: str) -> None:
    if method == "get":
        _add_parameters(operation, name)
        for number, response in operation["responses"].items():
            if number == "200":
                response["headers"] = HEADERS
        operation["responses"]["304"] = {"description": "As it was asked for last; without a body."}
    elif name in WRITTEN:
        _one_or_many(operation)
    for number, words in REFUSALS.items():
        if _can_answer(number, path, method, name):
            operation["responses"][str(number)] = _refusal(words)
    operation["responses"] = dict(sorted(operation["responses"].items()))
    if settings.PUBLIC_READ and needed(name, method.upper()) in (Permission.READ, Permission.ANYONE):
        operation["security"] = [{}, *operation.get("security", [])]


def _one_or_many(operation: Described) -> None:
    """Rows that programs write come alone or as a list, and so do the answers."""
    operation.setdefault("parameters", []).append(IDEMPOTENCY)
    operation["requestBody"] |= {"required": True}
    answer = operation["responses"]["201"]
    for content in (*operation["requestBody"]["content"].values(), *answer["content"].values()):
        one = content["schema"]
        many = {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_ROWS}
        content["schema"] = {"oneOf": [one, many]}
    answer["description"] = "Kept, a new row at least."
    again = {"schema": {"type": "string"}, "description": "`true` where the answer was given before."}
    answer["headers"] = {REPLAYED: again}
    operation["responses"]["200"] = answer | {"description": "Kept, no new row."}


def _can_answer(number: int, path: str, method: str, name: str) -> bool:
    if number in OF_WRITING:
        return method == "post" and name in WRITTEN
    if number in WITH_BODY:
        return method == "post"
    if number == 404:
        return "{" in path or "/verify/" in path
    return path.endswith("/items/{code}/") if number == 410 else True


def _refusal(words: str) -> Described:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {"application/problem+json": {"schema": schema}}}


def _add_parameters(operation: Described, address: str) -> None:
    (form,) = {
        "csv" if kind == "text/csv" else "json"
        for kind in operation["responses"]["200"].get("content", {"application/json": {}})
    }
    days = {name: said for name, said in COMMON.items() if name in taken_by(address)}
    asked = days | {"format": ({"type": "string", "enum": [form]}, "The form of the answer, as Accept says it.")}
    for name, (schema, words) in asked.items():
        described = {"in": "query", "name": name, "schema": schema, "description": words}
        operation.setdefault("parameters", []).append(described)


def _also_lists(schemas: Described) -> None:
    """The calculator also takes a list of bodies and answers with as many, which no serializer can say."""
    for name in ("AssessRequest", "AssessAnswer"):
        one = list(schemas[name]["oneOf"])
        schemas[name]["oneOf"].append({"type": "array", "items": {"oneOf": one}, "maxItems": 1000})
