"""What a stored verdict was derived from, as one line of text: the same inputs give the same line.

The line is JSON with a fixed order of keys and no spaces; figures stand as [year, "value", "status"], one a
year, by year. A year known by bounds alone has all of them, as [year, "value", "status", "lower_bound", true],
true where the bound is exclusive. Its SHA-256 is the verdict's fingerprint, so that what was hashed is what is
kept.
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from judging.calculator_json import answer, read_body
from judging.decimals import plain
from judging.progress import assess
from judging.terms import Assessment, Cutoffs


def rule_text(rule_version: str, cutoffs: Cutoffs) -> str:
    """The head of every basis under one rule: its version and cut-offs."""
    bands = {name: plain(getattr(cutoffs, name)) for name in ("ahead", "on_schedule", "slightly_behind")}
    return f'"rule_version":{_compact(rule_version)},"cutoffs":{_compact(bands)}'


def figure_text(
    year: int, value: str, status: str, precision: str = "exact", exclusive: bool | None = False
) -> str:
    """One figure of a basis; `value` is plain decimal text, which needs no escaping."""
    bound = "" if precision == "exact" else f',"{precision}",{"true" if exclusive else "false"}'
    return f'[{year},"{value}","{status}"{bound}]'


def path_text(path: Mapping[str, str]) -> str:
    """Yearly targets as they stand in a basis, by year; "" without any."""
    return _compact({year: path[year] for year in sorted(path)}) if path else ""


def basis_text(
    rule: str,
    base_year: str,
    base_value: str,
    target_year: str,
    kind: str,
    direction: str,
    bounds: tuple[str, str, str],
    accumulation: str,
    figures: str,
    path: str = "",
) -> str:
    """The whole line from its parts, all plain text; "" is an absent number. `bounds` are value, low, high."""
    value, low, high = bounds
    target = f'"type":"{kind}"'
    if kind not in ("range_inside", "done"):
        target += f',"direction":"{direction}"'
    if kind != "done":
        target += f',"value":"{value}"' if value else f',"low":"{low}","high":"{high}"'
    base = f'"{base_value}"' if base_value else "null"
    kept = "" if accumulation == "level" else f'"accumulation":"{accumulation}",'
    kept += f'"path":{path},' if path else ""
    return (
        f'{{{rule},"base_year":{base_year or "null"},"base_value":{base},"target_year":{target_year},'
        f'"target":{{{target}}},{kept}"observations":[{figures}]}}'
    )


def basis_of(inputs: Mapping[str, Any], rule: str) -> str:
    """The line of a calculator's body (see `assess_body`), under a rule's head."""
    target = inputs["target"]
    return basis_text(
        rule,
        _text(inputs["base_year"]),
        _text(inputs["base_value"]),
        _text(inputs["target_year"]),
        target["type"],
        target.get("direction", ""),
        (target.get("value", ""), target.get("low", ""), target.get("high", "")),
        inputs.get("accumulation", "level"),
        ",".join(figure_text(**row) for row in inputs["observations"]),
        path_text(inputs.get("path", {})),
    )


def read_basis(text: str) -> dict[str, Any]:
    """A basis as the calculator's body, with `rule_version` and `cutoffs` beside it."""
    inputs: dict[str, Any] = json.loads(text)
    names = ("year", "value", "status", "precision", "exclusive")
    # An exact figure says neither of the last two.
    return inputs | {"observations": [dict(zip(names, row, strict=False)) for row in inputs["observations"]]}


def answer_basis(text: str) -> dict[str, Any]:
    """What the calculator answers to a basis, by its own cut-offs and today's rules."""
    return answer(assess_basis(text))


def assess_basis(text: str) -> Assessment:
    """The judgement of a basis by its own cut-offs and today's rules."""
    inputs = read_basis(text)
    cutoffs = Cutoffs(**{name: Decimal(value) for name, value in inputs.pop("cutoffs").items()})
    del inputs["rule_version"]
    return assess(**read_body(inputs), cutoffs=cutoffs)


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
