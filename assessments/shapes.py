"""The JSON that notes keep: what each version held, and how an older one is read (audit.stored_json)."""

from typing import Any

from audit.stored_json import Shape

# Version 1 of a pin kept no cut-offs: there was one set of them, the shipped one.
FIRST_CUTOFFS = {"ahead": "105", "on_schedule": "95", "slightly_behind": "60"}


def _pin(pin: dict[str, Any], version: int) -> dict[str, Any]:
    # Version 3 says which later changes were known when it was taken.
    pin = {"known_then": []} | pin
    if "components" in pin:  # an indicator's; a task's report was judged by no cut-offs
        parts = [_part(part) for part in pin["components"]]
        return {"cutoffs": FIRST_CUTOFFS, "final_verdict": "", "cagr_status": ""} | pin | {"components": parts}
    return {"update": None} | pin


def _part(part: dict[str, Any]) -> dict[str, Any]:
    # Version 4 keeps the sign of a bound (>, ≥, <, ≤); before, it is not known.
    figures = [{"sign": None} | row for row in part["figures"]]
    return part | {"figures": figures, "latest": part["latest"] and {"sign": None} | part["latest"]}


def _body(body: dict[str, Any], version: int) -> dict[str, Any]:
    return body | {"pinned": PIN.read(body["pinned"])} if body.get("pinned") else body


PIN = Shape("pin", 4, _pin)
# A step's body holds the pin of that moment, under `pinned`.
NOTE_BODY = Shape("note body", 2, _body)
# By what a number is (assessments.report.facts), the words in which the chapter's text says it.
CHAPTER_PINS = Shape("chapter pins")
# A report as plain blocks (assessments.report.document), each with its `type`.
REPORT_DOCUMENT = Shape("report document")
# The page of each heading of its contents, in order.
REPORT_PAGES = Shape("report pages")
