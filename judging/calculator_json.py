"""The what-if calculator's body and answer: plain JSON values to `progress` and back.

Stored verdicts are made with the same two functions (`read_body`, `answer`), so that the calculator, fed the
inputs a verdict shows, gives that verdict.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from judging.decimals import plain, rounded
from judging.progress import assess, assess_compound
from judging.statements import PRECISIONS, VALUE_STATUSES, Figure
from judging.terms import ACCUMULATIONS, Assessment, Cutoffs, InvalidInput, TargetRule
from texts.cleaning import kept_text
from texts.names import nearest

MAX_BODIES, MAX_FIGURES = 1000, 500
FIRST_YEAR, LAST_YEAR = 1900, 2200
LARGEST = Decimal("1e30")
MAX_PLACES = 30
KEYS = {"base_year", "base_value", "target_year", "target", "observations", "accumulation", "path"}
TARGET_KEYS = {"type", "direction", "value", "low", "high"}
FIGURE_KEYS = {"year", "value", "status", "precision", "exclusive"}


def assess_request(body: Any, cutoffs: Cutoffs) -> Any:
    """Answers one body, a list of bodies, or {"components": [...]}; raises InvalidInput naming the field."""
    if not isinstance(body, list):
        return _one(body, cutoffs)
    # A compound costs as much as its parts, so the limit counts those; a list in a list is no body.
    if sum(_size(one) for one in body) > MAX_BODIES:
        raise InvalidInput("body", f"至多 {MAX_BODIES} 个 / at most {MAX_BODIES} bodies")
    return [_within(f"[{number}]", one, cutoffs) for number, one in enumerate(body)]


def _one(body: Any, cutoffs: Cutoffs) -> dict[str, Any]:
    if isinstance(body, Mapping) and "components" in body:
        return _compound(body, cutoffs)
    return answer(assess(**read_body(body), cutoffs=cutoffs))


def _size(body: Any) -> int:
    parts = body.get("components") if isinstance(body, Mapping) else None
    return max(1, len(parts)) if isinstance(parts, list) else 1


def _within(prefix: str, body: Any, cutoffs: Cutoffs) -> dict[str, Any]:
    try:
        return _one(body, cutoffs)
    except InvalidInput as error:
        raise InvalidInput(f"{prefix}.{error.field}", error.message) from error


def _compound(body: Mapping[str, Any], cutoffs: Cutoffs) -> dict[str, Any]:
    parts = body["components"]
    _only(body, {"components"})
    if not isinstance(parts, list) or not 1 <= len(parts) <= MAX_BODIES:
        raise InvalidInput("components", "应为非空列表 / must be a list with at least one body")
    assessments = []
    for number, part in enumerate(parts):
        try:
            assessments.append(assess(**read_body(part), cutoffs=cutoffs))
        except InvalidInput as error:
            raise InvalidInput(f"components[{number}].{error.field}", error.message) from error
    whole = assess_compound(assessments)
    return {
        "components": [answer(assessment) for assessment in assessments],
        "linear": {"status": whole.linear_status},
        "cagr": {"status": whole.cagr_status},
        "final_verdict": whole.final_verdict,
    }


def read_body(body: Any) -> dict[str, Any]:
    """The arguments of `progress.assess` from one JSON body."""
    if not isinstance(body, Mapping):
        raise InvalidInput("body", "应为对象 / must be an object")
    _only(body, KEYS)
    target = body.get("target")
    if not isinstance(target, Mapping):
        raise InvalidInput("target", "应为对象 / must be an object")
    _only(target, TARGET_KEYS, "target.")
    figures = body.get("observations", [])
    if not isinstance(figures, list) or len(figures) > MAX_FIGURES:
        raise InvalidInput("observations", f"应为列表，至多 {MAX_FIGURES} 项 / a list of at most {MAX_FIGURES}")
    accumulation = body.get("accumulation", "level")
    if accumulation not in ACCUMULATIONS:
        raise InvalidInput("accumulation", f"应为 {'、'.join(ACCUMULATIONS)} 之一 / unknown kind")
    stated = [_figure(figure, f"observations[{n}]") for n, figure in enumerate(figures)]
    if target.get("type") == "done":
        _only_done_or_not(stated)
    return {
        "base_year": None if body.get("base_year") is None else _year(body, "base_year"),
        "base_value": _number(body.get("base_value"), "base_value"),
        "target_year": _year(body, "target_year"),
        "target": TargetRule(
            target.get("type", ""),
            target.get("direction"),
            *(_number(target.get(name), f"target.{name}") for name in ("value", "low", "high")),
        ),
        "observations": stated,
        "accumulation": accumulation,
        "path": read_path(body.get("path")),
    }


def _only_done_or_not(figures: list[Figure]) -> None:
    for place, figure in enumerate(figures):
        if figure.value not in (None, 0, 1):
            raise InvalidInput(f"observations[{place}].value", "应为 1（已完成）或 0（未完成） / must be 1 or 0")


def read_path(path: Any) -> dict[int, Decimal]:
    """Yearly targets from {"2021": "5.5"}; an empty or absent object is none."""
    if path is None:
        return {}
    if not isinstance(path, Mapping):
        raise InvalidInput("path", '应为对象，如 {"2021": "5.5"} / must be an object of years')
    read = {}
    for key, given in path.items():
        name = f"path.{kept_text(str(key), lines=False)}"
        if not re.fullmatch(r"[0-9]{4}", str(key)) or not FIRST_YEAR <= int(key) <= LAST_YEAR:
            raise InvalidInput(name, f"应为 {FIRST_YEAR} 到 {LAST_YEAR} 的年份 / a whole year")
        value = _number(given, name)
        if value is None:
            raise InvalidInput(name, "缺少数值 / a number is required")
        read[int(key)] = value
    return read


def answer(assessment: Assessment) -> dict[str, Any]:
    """The calculator's answer: words of docs/methods.md, numbers as decimal strings."""
    linear, cagr = assessment.linear, assessment.cagr
    return {
        "final_verdict": assessment.final_verdict,
        "provisional": assessment.provisional,
        "first_attained_year": assessment.first_attained_year,
        "latest_year": assessment.latest.year if assessment.latest else None,
        "basis": assessment.basis,
        "linear": {
            "status": linear.status,
            "reason": linear.reason,
            "progress": decimal_text(linear.progress),
            "lead": decimal_text(linear.lead),
            "expected": decimal_text(linear.expected),
        },
        "cagr": {
            "status": cagr.status,
            "reason": cagr.reason,
            "ratio": None if cagr.ratio is None else plain(cagr.ratio),
        },
    }


def decimal_text(number: Fraction | None, digits: int = 12) -> str | None:
    """A fraction as a plain decimal string with `digits` significant digits; exact ones stay short."""
    return None if number is None else plain(rounded(number, digits))


def _only(body: Mapping[str, Any], allowed: set[str], prefix: str = "") -> None:
    for key in body:
        if key not in allowed:
            near = nearest(str(key), allowed)
            hint = f"；最接近的是 {near} / the nearest is {near}" if near else ""
            raise InvalidInput(
                f"{prefix}{kept_text(str(key), lines=False)}", f"不认识的字段 / unknown field{hint}"
            )


def _year(body: Mapping[str, Any], name: str, prefix: str = "") -> int:
    year = body.get(name)
    if isinstance(year, bool) or not isinstance(year, int) or not FIRST_YEAR <= year <= LAST_YEAR:
        message = f"应为 {FIRST_YEAR} 到 {LAST_YEAR} 的整数年份 / a whole year"
        raise InvalidInput(f"{prefix}{name}", message)
    return year


def _number(value: Any, name: str) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise InvalidInput(name, "应为数字或数字文本 / must be a number")
    try:
        # An int of any length converts as it is; a float as it is written, 5.46 and not 5.45999….
        number = Decimal(value if isinstance(value, int) else str(value).strip())
    except InvalidOperation as error:
        raise InvalidInput(name, "不是数字 / is not a number") from error
    if not number.is_finite() or abs(number) >= LARGEST:
        raise InvalidInput(name, "应为有限数，绝对值小于 1e30 / finite and below 1e30")
    if int(number.as_tuple().exponent) < -MAX_PLACES:
        raise InvalidInput(name, f"至多 {MAX_PLACES} 位小数 / at most {MAX_PLACES} decimal places")
    return number


def _figure(figure: Any, name: str) -> Figure:
    if not isinstance(figure, Mapping):
        raise InvalidInput(name, "应为对象 / must be an object")
    _only(figure, FIGURE_KEYS, f"{name}.")
    status = figure.get("status", "final")
    if status not in VALUE_STATUSES:
        raise InvalidInput(f"{name}.status", f"应为 {'、'.join(VALUE_STATUSES)} 之一 / unknown status")
    precision, exclusive = figure.get("precision", "exact"), figure.get("exclusive", False)
    if precision not in PRECISIONS:
        raise InvalidInput(f"{name}.precision", f"应为 {'、'.join(PRECISIONS)} 之一 / unknown precision")
    if not isinstance(exclusive, bool):
        raise InvalidInput(f"{name}.exclusive", "应为 true 或 false / must be true or false")
    if exclusive and precision == "exact":
        raise InvalidInput(f"{name}.exclusive", "只用于下限、上限 / only for bounds")
    value = _number(figure.get("value"), f"{name}.value")
    return Figure(_year(figure, "year", f"{name}."), value, status, precision, exclusive)
