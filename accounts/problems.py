"""What a program is told when it is refused: one shape for every refusal (RFC 9457, application/problem+json).

`detail` says it in words; `parameter` and `value` name what of the address cannot be used, `field` what of a body.
"""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse
from rest_framework.response import Response
from rest_framework.views import exception_handler

CONTENT_TYPE = "application/problem+json"


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """The answer to a program that is refused; `more` names what of the request is meant."""
    body = problem_body(status, detail, **more)
    params = {"ensure_ascii": False}
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, json_dumps_params=params)


def problem_body(status: int, detail: str, **more: Any) -> dict[str, Any]:
    """As a document: without a page of its own for each kind of refusal its type is that of its number."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}


def answer_exception(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """What the framework refuses (a body, a form of answer, a rate), in the same shape and with its headers."""
    response: Response | None = exception_handler(error, context)
    if response is None:
        return None
    field = getattr(error, "field", "")
    told = problem(response.status_code, _in_words(response.data), **({"field": field} if field else {}))
    for name, value in response.headers.items():
        if name.lower() != "content-type":
            told.headers[name] = value
    return told


def _in_words(data: Any) -> str:
    said = data.get("detail", data) if isinstance(data, dict) else data
    return str(said) if isinstance(said, str) else json.dumps(said, ensure_ascii=False, default=str)
