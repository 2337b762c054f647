"""What notes, pins and states say to a reader. A pin is shown from itself alone, so that it never changes."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.models import Finding, Note, Opinion, ReportChapter, Round
from assessments.same_words import difference_in
from indicators.models import Observation, is_rank, unit_name
from indicators.shown import wording
from indicators.shown.states import Standpoint, badge_of, joined, of_assessment
from judging.calculator_json import read_body
from judging.ladder import IndicatorState, is_known, state_from
from judging.progress import assess
from plan.badges import CHAPTER, CONCLUSION, FINDING, NOTE, OPINION, ROUND, Badge, item_badge
from plan.models import Item, in_language
from plan.wording import RankUnit, as_place, is_place

Conclusion = Note.Conclusion
LABELS = {field.name: field.verbose_name for field in Note._meta.get_fields() if hasattr(field, "verbose_name")}
# A commitment of a round without a note yet.
NOT_BEGUN = "none"


def change_word(change: str) -> str:
    """How a conclusion stands to that of the round before."""
    words = {
        "changed": pgettext("of a note", "结论改变"),
        "same": _("不变"),
        "new": _("本轮新评"),
        "gone": _("本轮未评"),
    }
    return words[change]


def conclusion_badge(value: str) -> Badge | None:
    if value not in Conclusion.values:
        return None
    return CONCLUSION[value].badge(Conclusion(value).label)


def note_badge(state: str) -> Badge:
    return NOTE[state].badge(note_word(state))


def note_word(state: str) -> str:
    return _("未开始") if state == NOT_BEGUN else str(Note.State(state).label)


def round_badge(row: Round) -> Badge:
    return ROUND[row.state].badge(row.get_state_display())


def finding_badge(row: Finding) -> Badge:
    return FINDING[row.state].badge(row.get_state_display())


def chapter_badge(row: ReportChapter) -> Badge:
    return CHAPTER[row.state].badge(row.get_state_display())


def opinion_badge(row: Opinion) -> Badge:
    return OPINION[row.state].badge(row.get_state_display())


@dataclass(frozen=True)
class NoteField:
    """One field of a note that says something."""

    name: str
    label: str
    text: str


@dataclass(frozen=True)
class Said:
    """A note's text at some moment, from the body its step keeps (notes.body_of)."""

    lines: list[NoteField]
    conclusion: Badge | None
    difference: str
    evidence: list[dict[str, Any]]


def said(body: dict[str, Any], note: Note) -> Said:
    """A text of a note: why it differs from what is computed stands in it only where it does."""
    lines = [_line(name, body.get(name, "")) for name in Note.TEXTS]
    if body.get("adjustment", "none") not in ("", Note.Adjustment.NONE):
        lines.append(_line("adjustment", str(Note.Adjustment(body["adjustment"]).label)))
        lines += [_line(name, body.get(name, "")) for name in ("adjustment_reason", "adjustment_document")]
    expected = _grouped(body.get("forecast_value", ""))
    lines.append(_line("forecast_value", as_place(expected, _unit_of(body.get("pinned")))))
    forecast = body.get("forecast", "")
    lines.append(_line("forecast", str(Note.Forecast(forecast).label) if forecast else ""))
    return Said(
        [line for line in lines if line.text.strip()],
        conclusion_badge(body.get("conclusion", "")),
        difference_in(note, body),
        body.get("evidence", []),
    )


def _line(name: str, text: str) -> NoteField:
    return NoteField(name, str(LABELS[name]), text)


def _grouped(text: str) -> str:
    try:
        return wording.number(Decimal(text), 8) if text else ""
    except InvalidOperation:
        return text


def foreseen(note: Note) -> str:
    """The value a note expects at the end of the period, of a rank the place; empty where it names none."""
    if note.forecast_value is None:
        return ""
    return as_place(wording.number(note.forecast_value), _unit_of(note.pinned))


def _unit_of(pin: dict[str, Any] | None) -> str:
    """The unit of what a pin holds figures of: of every part the same."""
    parts = (pin or {}).get("components") or []
    return pinned_unit(parts[0]) if parts else ""


def pinned_unit(part: dict[str, Any]) -> str:
    """The unit of a pinned part in the reader's language; of places in an order one that says so."""
    name = unit_name(part["unit"], part["unit_en"])
    return RankUnit(name) if is_rank(part["unit"], part["inputs"]["target"].get("direction", "")) else name


@dataclass(frozen=True)
class PinPart:
    """One component as a pin holds it; `unit_behind` follows the value, and is none where that is a place."""

    code: str
    name: str
    unit: str
    unit_behind: str
    target: str
    target_year: int
    target_version: int
    target_since: date | None
    value: str
    year: int | None
    mark: str
    badge: Badge
    figures: list[dict[str, Any]]


@dataclass(frozen=True)
class PinShown:
    """What a note spoke of, in words."""

    as_of: date
    rule: str
    status: Badge
    is_indicator: bool
    parts: list[PinPart]
    update: dict[str, Any] | None


def show_pin(pin: dict[str, Any]) -> PinShown:
    is_indicator = pin["kind"] == Item.Kind.INDICATOR
    update = pin.get("update")
    if update:
        days = ("status_on", "known_on")
        update = update | {name: date.fromisoformat(update[name]) if update[name] else None for name in days}
    return PinShown(
        date.fromisoformat(pin["as_of"]),
        pin["rule_version"],
        computed_badge(pin),
        is_indicator,
        [_part(part) for part in pin.get("components", [])],
        update,
    )


def computed_badge(pin: dict[str, Any]) -> Badge:
    """The computed verdict, or the status the responsible organisation reported, that stood beside a note."""
    status = pin["status"]
    if pin["kind"] != Item.Kind.INDICATOR:
        return item_badge(status)
    parts = [_stand(part) for part in pin["components"]]
    is_known = all(part.state != IndicatorState.NO_DATA for part in parts)
    return badge_of(joined(state_from(pin["final_verdict"], status, is_known=is_known), parts))


def _part(part: dict[str, Any]) -> PinPart:
    target, latest, unit = part["target"], part["latest"], pinned_unit(part)
    value = amount(latest) if latest else ""
    return PinPart(
        code=part["code"],
        name=in_language(part["name"], part["name_en"]),
        unit=unit,
        unit_behind="" if is_place(value, unit) else unit,
        target=target["text"],
        target_year=target["year"],
        target_version=target["version"],
        target_since=date.fromisoformat(target["effective_on"]) if target["effective_on"] else None,
        value=as_place(value, unit),
        year=latest["year"] if latest else None,
        mark=str(wording.VALUE_MARKS.get(latest["value_status"], "")) if latest else "",
        badge=badge_of(_stand(part)),
        figures=[_figure(row, unit) for row in reversed(part["figures"])],
    )


def _figure(row: dict[str, Any], unit: str) -> dict[str, Any]:
    return row | {
        "value": as_place(amount(row), unit),
        "status": str(Observation.ValueStatus(row["value_status"]).label),
        "released_on": date.fromisoformat(row["released_on"]),
    }


def amount(figure: dict[str, Any]) -> str:
    """A pinned figure with the sign of a bound: 1,400 or > 26,000."""
    return _signed(figure["sign"] or "", figure["value"])


def _signed(sign: str, value: str) -> str:
    return f"{sign} {wording.number(Decimal(value))}".lstrip()


def _stand(part: dict[str, Any]) -> Standpoint:
    """Where a component stood: by the words that were kept, whatever the rule says of its inputs today."""
    found, verdict = assess(**read_body(part["inputs"])), part["verdict"]
    state = state_from(verdict["final_verdict"], verdict["linear"]["status"], is_known=is_known(found))
    return replace(of_assessment(found, part["target"]["year"]), state=state)


def change_words(change: dict[str, Any]) -> str:
    """One change of what a note rests on, as a sentence (assessments.snapshots)."""
    what = change["what"]
    if what == "figure":
        return _figure_words(change)
    if what == "target":
        return _("%(code)s 的目标写成时为 %(was)s，现为 %(now)s") % {
            "code": change["component"],
            "was": change["was"],
            "now": change["now"],
        }
    if what == "rule":
        return _("判定规则写成时为 %(was)s，现为 %(now)s") % {"was": change["was"], "now": change["now"]}
    if what == "update":
        was, now = (str(Item.Status(change[name]).label) for name in ("was", "now"))
        return _("所依据的填报写成时为“%(was)s”，现更正为“%(now)s”") % {"was": was, "now": now}
    return _("%(code)s 已不在规划指标中") % {"code": change["was"]}


def _figure_words(change: dict[str, Any]) -> str:
    was = _signed(*change["was"].rpartition(" ")[::2])
    if change["now"] is None:
        return _("写成时 %(year)s 年的数值为 %(was)s，现已不采用") % {"year": change["year"], "was": was}
    return _("写成时 %(year)s 年的数值为 %(was)s，现为 %(now)s（%(day)s 公布）") % {
        "year": change["year"],
        "was": was,
        "now": _signed(*change["now"].rpartition(" ")[::2]),
        "day": change["released_on"],
    }
