"""What a note spoke of: taken whole when it is handed in, compared with today's knowledge ever after.

A pin is plain JSON, so that the page it makes can be opened again exactly as it was, whatever was released,
revised or re-ruled since.
"""

import hashlib
import json
from datetime import date
from typing import Any

from indicators.models import Observation
from indicators.queries import ComponentStanding, Overview, Standing
from judging.calculator_json import answer
from judging.decimals import plain
from judging.terms import RULE_VERSION
from plan.models import Item
from updates.models import StatusUpdate

Pin = dict[str, Any]


def pin_indicator(found: Overview, code: str) -> Pin:
    """The standing of an indicator on the overview's day: every figure with its release, target, rule, verdict."""
    standing = found.by_code[code]
    return {
        "kind": Item.Kind.INDICATOR.value,
        "as_of": found.as_of.isoformat(),
        "rule_version": found.rule.version,
        "cutoffs": found.rule.percentages,
        "status": standing.status,
        "final_verdict": standing.whole.final_verdict,
        "cagr_status": standing.whole.cagr_status,
        "components": [_pin_component(standing, part) for part in standing.components],
    }


def pin_task(item: Item, update: StatusUpdate | None, as_of: date) -> Pin:
    """The latest approved report on a task as known on a day; without one it says that nobody reported."""
    said = None
    if update is not None:
        said = {
            "id": update.pk,
            "status_on": update.status_on.isoformat(),
            "known_on": update.known_on.isoformat() if update.known_on else None,
            "progress": None if update.progress is None else plain(update.progress),
            **{name: getattr(update, name) for name in update.TEXTS},
            "milestones": [
                {
                    "title": row.title,
                    "planned_on": row.planned_on.isoformat(),
                    "actual_on": row.actual_on.isoformat() if row.actual_on else None,
                }
                for row in update.milestones.all()
            ],
        }
    return {
        "kind": item.kind,
        "as_of": as_of.isoformat(),
        "rule_version": RULE_VERSION,
        "status": update.status if update else Item.Status.NOT_REPORTED.value,
        "update": said,
    }


def _pin_component(standing: Standing, part: ComponentStanding) -> dict[str, Any]:
    target, latest = part.target, part.latest
    return {
        "code": part.component.code,
        "name": part.component.name,
        "name_en": part.component.name_en,
        "unit": standing.indicator.unit,
        "unit_en": standing.indicator.unit_en,
        "target": {
            "version": target.version,
            "text": target.text,
            "type": target.type,
            "year": target.year,
            "effective_on": target.effective_on.isoformat() if target.effective_on else None,
        },
        "latest": _pin_figure(latest) if latest else None,
        "figures": [_pin_figure(row) for row in part.rests_on],
        "inputs": part.inputs,
        "verdict": answer(part.assessment),
    }


def _pin_figure(row: Observation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "year": row.year,
        "value": plain(row.value),
        "sign": row.limit_sign if row.is_bound else "",
        "value_status": row.value_status,
        "released_on": row.released_on.isoformat(),
        "source": row.source.title,
        "url": row.source.url,
    }


def indicator_changes(pinned: Pin, today: Overview, code: str) -> list[dict[str, Any]]:
    """What has changed since in what the pin speaks of: a pinned year's value, the target, the rule.

    A figure of a year the note could not know is news, not a change of what it said. Each entry has `what`
    (figure, target, rule, gone) and what it was and is.
    """
    if code not in today.by_code:
        return [{"what": "gone", "was": code, "now": None}]
    changes: list[dict[str, Any]] = []
    was, now = _rule_words(pinned["rule_version"], pinned["cutoffs"]), _rule_words(*_rule_of(today))
    if was != now:
        changes.append({"what": "rule", "was": was, "now": now})
    parts = {part.component.code: part for part in today.by_code[code].components}
    for old in pinned["components"]:
        part = parts.get(old["code"])
        if part is None:
            changes.append({"what": "gone", "component": old["code"], "was": old["code"], "now": None})
            continue
        changes += _component_changes(old, part)
    return changes


def _rule_of(found: Overview) -> tuple[str, dict[str, str]]:
    return found.rule.version, found.rule.percentages


def _rule_words(version: str, cutoffs: dict[str, str]) -> str:
    """2026.1（105/95/60）: the version with the cut-offs in per cent, from ahead to slightly behind."""
    return f"{version}（{'/'.join(cutoffs[name] for name in ('ahead', 'on_schedule', 'slightly_behind'))}）"


def _component_changes(old: dict[str, Any], part: ComponentStanding) -> list[dict[str, Any]]:
    changes = []
    code = old["code"]
    for figure in old["figures"]:
        of_year = [row for row in part.rests_on if row.year == figure["year"]]
        now = of_year[-1] if of_year else None
        if not any(_says_the_same(figure, row) for row in of_year):
            changes.append(
                {
                    "what": "figure",
                    "component": code,
                    "year": figure["year"],
                    "was": _signed(figure),
                    "now": _signed(_pin_figure(now)) if now else None,
                    "released_on": now.released_on.isoformat() if now else None,
                    "source": now.source.title if now else None,
                }
            )
    if part.target.version != old["target"]["version"]:
        changes.append(
            {
                "what": "target",
                "component": code,
                "was": old["target"]["text"],
                "now": part.target.text,
                "effective_on": part.target.effective_on.isoformat() if part.target.effective_on else None,
            }
        )
    return changes


def _says_the_same(pinned: dict[str, Any], now: Observation) -> bool:
    """By value and, where the pin kept it (it did not before its fourth version), by the sign of a bound."""
    is_same = plain(now.value) == pinned["value"]
    return is_same and pinned["sign"] in (None, _pin_figure(now)["sign"])


def _signed(figure: dict[str, Any]) -> str:
    """26000 or > 26000."""
    return f"{figure['sign'] or ''} {figure['value']}".lstrip()


def task_changes(pinned: Pin, corrected: StatusUpdate | None) -> list[dict[str, Any]]:
    """A later report for the same day as the pinned one corrects it; a report for a later day is news."""
    said = pinned.get("update")
    if said is None or corrected is None or corrected.pk == said["id"]:
        return []
    if corrected.status_on.isoformat() != said["status_on"]:
        return []
    return [{"what": "update", "was": pinned["status"], "now": corrected.status}]


def fingerprint(changes: list[dict[str, Any]]) -> str:
    """Names a set of changes, so that an author is asked about it once; empty for none."""
    if not changes:
        return ""
    return hashlib.sha256(json.dumps(changes, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
