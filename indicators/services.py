"""Writes to indicators: loading them, importing figures, auditing verdicts (verdicts/stored.py makes those)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from audit.services import record_audit
from indicators.files.comparing import Judged
from indicators.files.faults import Fault, broken
from indicators.files.importing import Import, plan_import
from indicators.files.naming import name_key, split_unit
from indicators.models import Component, ComponentName, Indicator, Observation, Target, Verdict
from indicators.queries import UNDIRECTED, ComponentStanding, read_overview
from indicators.verdicts.stored import Recomputed as Recomputed
from indicators.verdicts.stored import recompute as recompute
from judging.calculator_json import read_body
from judging.decimals import plain
from judging.progress import assess
from judging.terms import RULE_VERSION, InvalidInput
from judging.verdict_basis import basis_of, fingerprint, rule_text
from plan.fixtures import BrokenFixtures
from plan.keeping import kept_with, remove, told
from plan.models import Item, Plan, Source
from plan.params import today
from plan.retiring import Changes, rename, settle
from plan.services import LoadedFixtures, sync, touch_plan, touch_plans

INDICATOR_FIELDS = (
    "unit",
    "unit_en",
    "direction",
    "nature",
    "in_table",
    "short",
    "short_en",
    "table_quote",
    "definition",
    "definition_en",
    "decimals",
)


@transaction.atomic
def load_indicators(loaded: LoadedFixtures, *, day: date | None = None) -> int:
    """Gives the plan's indicator items their numbers; the plan's own target is version 1 and never changes.

    Returns the rows written; components the files no longer list are retired on `day` (today) or removed, as
    items are. Refuses (BrokenFixtures) a fixture that would alter a target already loaded: that is a formal
    revision, not a correction of the text; and one whose numbers the rules do not take.
    """
    plan, tables = loaded.plan, loaded.rows.indicators
    if faults := [fault for table in tables for fault in _number_faults(table)]:
        raise BrokenFixtures(faults)
    items = {item.code: item for item in plan.items.filter(kind=Item.Kind.INDICATOR)}
    existing = {row.pk: row for row in Indicator.objects.filter(plan=plan)}
    written = _end_numbers(plan)
    for table in tables:
        item = items[table["code"]]
        fields = {name: table.get(name, "") for name in INDICATOR_FIELDS} | {"decimals": table.get("decimals", 2)}
        row = existing.get(item.pk) or Indicator(item_ptr_id=item.pk)
        if item.pk in existing and all(getattr(row, name) == value for name, value in fields.items()):
            continue
        row.__dict__.update(item.__dict__ | fields | {"_state": row._state})
        # Only the child row: the item itself was written by the plan's loader.
        row.save_base(raw=True)
        written += 1
    components, count = _load_components(loaded, items, day=day or today())
    return written + count + _load_targets(tables, components)


def _end_numbers(plan: Plan) -> int:
    """Takes the numbers from items that the files list under another kind; not where something hangs on them."""
    others = list(Indicator.objects.filter(plan=plan).current().exclude(kind=Item.Kind.INDICATOR))
    kept = kept_with(Component.objects.filter(indicator__in=others))
    if kept:
        parts = Component.objects.filter(pk__in=kept).select_related("indicator")
        raise BrokenFixtures(
            [
                f"*.toml: {part.indicator.code}: 原为指标，其下已有 {told(kept[part.pk])}，不能改为其他类别；"
                "请用新编码另列，并将原编码写入 [retired] / holds figures and cannot become another kind"
                for part in parts
            ]
        )
    remove(Component.objects.filter(indicator__in=others))
    for row in others:
        row.delete(keep_parents=True)
    return len(others)


def _load_components(
    loaded: LoadedFixtures, items: dict[str, Item], *, day: date
) -> tuple[dict[str, Component], int]:
    plan, source, changes = loaded.plan, loaded.plan.source, Changes()
    earlier, wanted = _earlier_parts(loaded), {}
    for table in loaded.rows.indicators:
        for order, part in enumerate(table["component"]):
            value = part.get("baseline_value")
            wanted[part["code"]] = {
                "indicator_id": items[table["code"]].pk,
                "name": part["name"],
                "name_en": part["name_en"],
                "order": order,
                "accumulation": part["accumulation"],
                "baseline_year": part.get("baseline_year") if value or counts_years(part) else None,
                "baseline_value": Decimal(value) if value else None,
                "baseline_source_id": _base_source(part, earlier, source) if value else None,
                "baseline_quote": part.get("baseline_quote", "") if value else "",
                "baseline_note": part.get("baseline_note", ""),
                "baseline_note_en": part.get("baseline_note_en", ""),
                "frequency": part.get("frequency", Component.Frequency.YEAR),
                "every_years": part.get("every_years"),
                "first_due_year": part.get("first_due_year"),
                "due_month": part.get("due_month"),
                "usual_publisher": part.get("usual_publisher", ""),
                "continues_id": earlier.get(part.get("continues", "")),
                "continues_note": part.get("continues_note", ""),
                "continues_note_en": part.get("continues_note_en", ""),
                "retired_on": None,
                "retired_reason": "",
            }
    rows = Component.objects.filter(indicator__plan=plan)
    renamed = rename(rows, loaded.rows.renames, wanted, changes)
    known = set(rows.values_list("code", flat=True))
    components, written = sync(rows, "code", wanted, delete=False)
    new = [row for code, row in components.items() if code not in known]
    written += len(renamed) + settle(
        rows.exclude(code__in=wanted).select_related("indicator"),
        reasons=loaded.rows.retired
        | {row.code: row.indicator.retired_reason for row in rows.exclude(indicator__retired_on=None)},
        day=day,
        changes=changes,
        twin_of=lambda row: next((part.code for part in new if part.indicator_id == row.indicator_id), ""),
        retire=lambda row: row.save(update_fields=["retired_on", "retired_reason"]),
    )
    if said := changes.as_json():
        after = {"components": said}
        record_audit(
            action="load_plan", plan_slug=plan.slug, object_code=plan.slug, object_label=plan.title, after=after
        )
    loaded.changes.add(changes)
    if written:
        # Pages of the plans it goes on from say so.
        touch_plans(list(Plan.objects.filter(items__indicator__components__in=earlier.values()).distinct()))
    return components, written


def _base_source(part: dict, earlier: dict[str, int], source) -> int:
    """Where a base is published: in the plan, or, taken over from the plan before, where its figure was."""
    if part.get("baseline_quote") or part.get("continues") not in earlier:
        return source.pk
    rows = Observation.objects.filter(
        component=earlier[part["continues"]], year=part["baseline_year"], value=Decimal(part["baseline_value"])
    )
    known = rows.approved().by_release().last()
    return known.source_id if known else source.pk


def _earlier_parts(loaded: LoadedFixtures) -> dict[str, int]:
    """By what the files write, `plan/code`, the components of other plans that those of this one continue.

    A plan that is not loaded yet is told of and passed over: loading the folder again ties them.
    """
    parts = (part for table in loaded.rows.indicators for part in table["component"])
    wanted = [part["continues"] for part in parts if part.get("continues")]
    pairs = {text: tuple(text.split("/")) for text in wanted}
    rows = Component.objects.filter(indicator__plan__slug__in=[pair[0] for pair in pairs.values()])
    known = {(row.indicator.plan.slug, row.code): row.pk for row in rows.select_related("indicator__plan")}
    plans, faults = set(Plan.objects.values_list("slug", flat=True)), []
    for text, pair in pairs.items():
        if pair[0] == loaded.plan.slug or len(pair) != 2 or (pair[0] in plans and pair not in known):
            faults.append(f"indicators.toml: continues: 没有这一分项，应如 sz-a/I-05 / no such component: {text}")
        elif pair not in known:
            loaded.changes.passed_over.append(f"continues {text}：前一规划尚未载入 / not loaded yet")
    if faults:
        raise BrokenFixtures(faults)
    return {text: known[pair] for text, pair in pairs.items() if pair in known}


def counts_years(part: dict[str, Any]) -> bool:
    """Whether a component of the files needs a base year and no base value."""
    return part["accumulation"] in Component.BY_YEARS


def _number_faults(table: dict[str, Any]) -> list[str]:
    """What the rules would refuse in an indicator's fixture: bounds, direction, years, numbers that are none."""
    faults = []
    for part in table["component"]:
        # An indicator has a direction whatever it is for; a target that needs none says none.
        direction = {} if part["target_type"] in UNDIRECTED else {"direction": table["direction"]}
        target = (
            {"type": part["target_type"]}
            | direction
            | {name: part[f"target_{name}"] for name in ("value", "low", "high") if f"target_{name}" in part}
        )
        body = {
            "base_year": part.get("baseline_year"),
            "base_value": part.get("baseline_value"),
            "target_year": part["target_year"],
            "target": target,
            "accumulation": part["accumulation"],
            "path": part.get("target_path"),
        }
        if body["base_year"] is None and counts_years(part):
            body["base_year"] = part["target_year"] - 1  # the plan's own start, which is never missing
        try:
            assess(**read_body(body))
        except InvalidInput as error:
            faults.append(f"indicators.toml: {part['code']}: {error}")
    return faults


def _load_targets(tables: list[dict[str, Any]], components: dict[str, Component]) -> int:
    stored = {row.component_id: row for row in Target.objects.filter(component__in=components.values(), version=1)}
    new, faults = [], []
    for table in tables:
        for part in table["component"]:
            target = Target(
                component=components[part["code"]],
                version=1,
                type=part["target_type"],
                value=_decimal(part.get("target_value")),
                low=_decimal(part.get("target_low")),
                high=_decimal(part.get("target_high")),
                year=part["target_year"],
                text=part["target_text"],
                path={year: str(value) for year, value in sorted(part.get("target_path", {}).items())},
            )
            old = stored.get(target.component_id)
            names = ("type", "value", "low", "high", "year", "text", "path")
            if old is None:
                new.append(target)
            elif any(getattr(old, name) != getattr(target, name) for name in names):
                faults.append(f"indicators.toml: {part['code']}: 规划原定目标已载入，不能改写 / target is fixed")
    if faults:
        raise BrokenFixtures(faults)
    Target.objects.bulk_create(new)
    return len(new)


def _decimal(text: str | None) -> Decimal | None:
    return None if text in (None, "") else Decimal(str(text))


@dataclass
class Imported:
    """What an import did, or would do."""

    new: int
    same: int
    sha256: str
    held: list[str] = field(default_factory=list)  # rows left to whoever has them under way
    passed: list[Fault] = field(default_factory=list)  # what is no figure, and why


def import_observations(
    plan: Plan,
    file: BinaryIO,
    *,
    today: date,
    by=None,
    dry_run: bool = False,
    pass_held: bool = False,
    **said: Any,
) -> Imported:
    """Stores a file of figures, all or nothing; the same file again stores nothing.

    `said`: what the file leaves open (files.importing.open_figures: defaults, names, encoding, sheet). Raises
    indicators.files.faults.BrokenFile with every fault (row, column, value, reason); with `pass_held` a row that
    somebody has under way on the desk is none. Names that were answered are remembered.
    """
    with transaction.atomic():
        # One writer of a plan's figures at a time: the comparison and the write see the same rows.
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
        found = plan_import(plan, file, today=today, pass_held=pass_held, **said)
        if found.new and not dry_run:
            _store(plan, found, by=by)
        if not dry_run:
            remember_names(plan, said.get("names") or {}, by=by)
    held = [_held(judged) for judged in found.held]
    return Imported(len(found.new), found.same, found.sha256, held, found.passed)


def remember_names(plan: Plan, names: Mapping[str, str], *, by=None) -> None:
    """Keeps what tables call the plan's components: name → code, or "" for what the plan does not have.

    Raises BrokenFile for a code that is none.
    """
    components = {component.code: component for component in Component.objects.of(plan)}
    for name, code in names.items():
        if code and code not in components:
            raise broken("no_component", value=code, codes="、".join(components))
        key = name_key(split_unit(name)[0])[:200]
        if not key:
            continue
        values = {"name": name[:200], "component": components.get(code), "said_by": by}
        old = ComponentName.objects.filter(plan=plan, key=key).first()
        if old and old.component == values["component"]:
            continue
        ComponentName.objects.update_or_create(plan=plan, key=key, defaults=values)
        record_audit(
            action="import.named",
            by=by,
            plan_slug=plan.slug,
            object_code=code or plan.slug,
            object_label=name[:200],
            before={"component": old.component.code if old and old.component else None} if old else None,
            after={"component": code or None},
        )


def _held(judged: Judged) -> str:
    draft, old = judged.draft, judged.old
    state = Observation.State(old.state).label
    return (
        f"observations.csv 第 {draft.line} 行 {draft.component.code} {draft.year} {plain(draft.value)}："
        f"同一发布已有人录入 {plain(old.value)}（{state}），留给经办人 / somebody has this release under way"
    )


def _store(plan: Plan, found: Import, *, by) -> None:
    sources: dict[tuple[str, str], Source] = {}
    now, rows = timezone.now(), []
    for draft in found.new:
        title, url, publisher = draft.source
        if (title, url) not in sources:
            sources[title, url] = Source.objects.keep(
                title, url, publisher=publisher, published_on=draft.released_on
            )
        row = Observation(
            component=draft.component,
            year=draft.year,
            value=draft.value,
            released_on=draft.released_on,
            source=sources[title, url],
            entered_by=by,
            **draft.words,
        )
        row.approved_at = now if row.state == Observation.State.APPROVED else None
        rows.append(row)
    Observation.objects.bulk_create(rows)
    record_audit(
        action="import_observations",
        by=by,
        object_code=plan.slug,
        object_label=plan.title,
        after={
            "sha256": found.sha256,
            "rows": [
                [row.component.code, row.year, plain(row.value), row.released_on.isoformat(), row.state]
                for row in rows
            ],
        },
    )
    touch_plan(plan)


def verdict_of(part: ComponentStanding) -> Verdict:
    """The judgement of a component as a row, not saved: what it rests on and its words."""
    basis = basis_of(part.inputs, rule_text(part.rule.version, part.rule.cutoffs))
    return Verdict(
        component=part.component,
        fingerprint=fingerprint(basis),
        basis=basis,
        linear_status=part.assessment.linear.status,
        cagr_status=part.assessment.cagr.status,
        final_verdict=part.assessment.final_verdict,
        rule_version=RULE_VERSION,
    )


def _words(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.linear_status, verdict.cagr_status, verdict.final_verdict


def audit_verdicts(plan: Plan, *, as_of: date) -> list[str]:
    """Derives every verdict from scratch and names each difference from what is stored; writes nothing.

    Figures are read and judged one by one by the specification, not by the road the verdicts were made.
    """
    stored = {
        row.component_id: row
        for row in Verdict.objects.filter(component__in=Component.objects.of(plan), is_current=True)
    }
    differences = []
    for standing in read_overview(plan, as_of).standings:
        for part in standing.components:
            fresh, row = verdict_of(part), stored.get(part.component.pk)
            if row is None:
                differences.append(f"{part.component.code}: 没有存储的判定 / no stored verdict")
            elif row.fingerprint != fresh.fingerprint:
                differences.append(f"{part.component.code}: 依据不同 / inputs differ")
            elif _words(row) != _words(fresh):
                differences.append(f"{part.component.code}: 依据相同而结论不同 / same inputs, other outcome")
            elif fingerprint(row.basis) != row.fingerprint:
                differences.append(f"{part.component.code}: 存储的依据被改动 / stored inputs were altered")
    return differences
