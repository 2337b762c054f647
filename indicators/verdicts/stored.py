"""Judges plans anew and stores what changed: one path for one plan and for hundreds."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection, connections, transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone, translation

from audit.services import record_audit
from indicators.many.copying import insert_rows, next_keys, stamp, update_rows
from indicators.many.read_cases import Subject, read_subjects
from indicators.models import Verdict, VerdictChange
from indicators.queries import JudgingRule
from indicators.shown.wording import LINEAR_STATUSES
from indicators.verdicts.rules import KeptRule, keep_rules
from judging.judge_many import Judgement, judge
from judging.progress import worst_linear
from judging.terms import RULE_VERSION
from judging.verdict_basis import fingerprint, rule_text
from plan.models import Item, Plan
from plan.services import touch_plans
from webhooks.models import Event
from webhooks.services import Announcement, announce

# Components judged in one transaction: what is held in memory, and how long a plan stays locked.
COMPONENTS_AT_A_TIME = 3000
# Two, because one waits for the database while the other works.
WORKERS = 2

Words = tuple[str, str, str]


@dataclass
class Recomputed:
    """What a recompute found and wrote in a plan; `changes` are (component code, old status, new status)."""

    plan: str = ""
    cause: str = ""
    components: int = 0
    written: int = 0
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    # Components by status: of linear_time, and of cagr_ratio.
    counts: Counter[str] = field(default_factory=Counter)
    growth: Counter[str] = field(default_factory=Counter)


class _Found(NamedTuple):
    """A component, its fresh judgement and the fingerprint of what that rests on."""

    subject: Subject
    judgement: Judgement
    fingerprint: str

    @property
    def words(self) -> Words:
        return self.judgement.linear, self.judgement.cagr, self.judgement.final


class _Change(NamedTuple):
    """A component that now rests on another verdict; `after` is the key of its row."""

    subject: Subject
    after: str
    words: Words


def recompute(plan: Plan, *, as_of: date, cause: str, by: Any = None) -> Recomputed:
    """Judges every component of a plan anew and stores what changed; run twice, the second writes nothing.

    A constant number of queries whatever the number of indicators. A change of status is logged with its
    cause, and the audit row stands in the same transaction.
    """
    return recompute_plans([plan.pk], as_of=as_of, cause=cause, by=by)[0]


def recompute_all(*, as_of: date, cause: str, at_a_time: int = COMPONENTS_AT_A_TIME) -> Iterator[Recomputed]:
    """Every plan, in transactions of some plans each: what was done stays done if a later one fails.

    On PostgreSQL two threads share the work, each with a connection of its own.
    """
    batches = list(_batches(at_a_time))
    workers = WORKERS if connection.vendor == "postgresql" and not connection.in_atomic_block else 1
    if workers == 1 or len(batches) < 2:
        for batch in batches:
            yield from recompute_plans(batch, as_of=as_of, cause=cause)
        return

    def share(number: int) -> list[Recomputed]:
        try:
            _work_alone()
            return [
                result
                for batch in batches[number::workers]
                for result in recompute_plans(batch, as_of=as_of, cause=cause)
            ]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(workers) as pool:
        for results in pool.map(share, range(workers)):
            yield from results


def _work_alone() -> None:
    """The threads keep the processors busy; helpers of one query would be in the other's way. Behind a pooler the
    setting would be lost, and stay with a connection that others are given."""
    connection.ensure_connection()
    if not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")


def _batches(at_a_time: int) -> Iterator[list[int]]:
    """Keys of plans, as many together as hold `at_a_time` components; a larger plan stands alone."""
    batch: list[int] = []
    held = 0
    sizes = Plan.objects.order_by("pk").annotate(size=Count("items__indicator__components"))
    for pk, size in sizes.values_list("pk", "size"):
        if batch and held + size > at_a_time:
            yield batch
            batch, held = [], 0
        batch.append(pk)
        held += size
    if batch:
        yield batch


@transaction.atomic
def recompute_plans(pks: Sequence[int], *, as_of: date, cause: str, by: Any = None) -> list[Recomputed]:
    """The same for several plans in one transaction; results in the order of their keys."""
    # Locked in that order, so that two such runs wait for each other instead of deadlocking.
    plans = list(Plan.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
    kept = keep_rules(plans, today=as_of, by=by)
    found = _judged(plans, as_of, kept)
    results = {str(plan.pk): Recomputed(plan.slug) for plan in plans}
    for pk, group in groupby(found, key=lambda one: one.subject.plan):
        words = [one.judgement for one in group]
        results[pk].components = len(words)
        results[pk].counts.update(word.linear for word in words)
        results[pk].growth.update(word.cagr for word in words)
    for plan in plans:
        results[str(plan.pk)].cause = f"{cause}；判定规则变化" if kept[plan.pk].replaced else cause
    _store_verdicts([one for one in found if one.fingerprint != one.subject.fingerprint], results)
    _store_statuses(found, results)
    changed = [plan for plan in plans if results[str(plan.pk)].written]
    for plan in changed:
        result = results[str(plan.pk)]
        record_audit(
            action="recompute",
            by=by,
            object_code=plan.slug,
            object_label=plan.title,
            after={"cause": result.cause, "changes": result.changes, "written": result.written},
        )
    touch_plans(changed)
    announce(told for plan in changed if (told := _told(plan, results[str(plan.pk)])))
    return list(results.values())


def _told(plan: Plan, result: Recomputed) -> Announcement | None:
    """What other programs are told of verdicts that are no longer what they were; a first one changed nothing."""
    rows = [
        {"component": code, "before": before, "after": after, "text": f"{code} {_word(before)} → {_word(after)}"}
        for code, before, after in result.changes
        if before and before != after
    ]
    title = f"{plan.short}：{len(rows)} 项判定变化（{result.cause}）"
    return (
        Announcement(plan, Event.VERDICTS, title[:300], rows, reverse("changes", args=[plan.slug]))
        if rows
        else None
    )


def _word(status: str) -> str:
    # As it is stored for later readers: Chinese, whatever the language of the request.
    with translation.override("zh-hans"):
        return str(LINEAR_STATUSES[status])


def _judged(plans: Sequence[Plan], as_of: date, kept: dict[int, KeptRule]) -> list[_Found]:
    """Every component of the plans, judged by the rule of its plan; plans of one rule together."""
    by_rule: dict[JudgingRule, list[Plan]] = {}
    for plan in plans:
        # The day a rule began does not matter to what it says.
        by_rule.setdefault(replace(kept[plan.pk].rule, since=None), []).append(plan)
    found = []
    for rule, governed in by_rule.items():
        head = rule_text(rule.version, rule.cutoffs)
        subjects = read_subjects(governed, as_of, head, bounds_decide=rule.bounds_decide)
        judgements = judge([subject.case for subject in subjects], rule.cutoffs)
        found += [
            _Found(subject, judgement, fingerprint(subject.case.basis))
            for subject, judgement in zip(subjects, judgements, strict=True)
        ]
    return found


def _store_verdicts(found: list[_Found], results: dict[str, Recomputed]) -> None:
    """Makes these verdicts the current ones: a new row for inputs not seen before, the old row for others."""
    if not found:
        return
    seen = _history([int(one.subject.component) for one in found if one.subject.verdict])
    fresh = [one for one in found if (one.subject.component, one.fingerprint) not in seen]
    again = [one for one in found if (one.subject.component, one.fingerprint) in seen]
    keys = list(map(str, next_keys(Verdict, len(fresh))))
    changes = [_Change(one.subject, key, one.words) for one, key in zip(fresh, keys, strict=True)]
    revived = [_Change(one.subject, *seen[one.subject.component, one.fingerprint]) for one in again]
    now = stamp(timezone.now())
    _mark([one.subject.verdict for one in found if one.subject.verdict], is_current=False)
    _mark([change.after for change in revived], is_current=True)
    kept = (RULE_VERSION, "1", now)
    insert_rows(
        Verdict,
        ("id", "component_id", "fingerprint", "basis", *WORDS, "rule_version", "is_current", "created_at"),
        (
            (key, one.subject.component, one.fingerprint, one.subject.case.basis, *one.words, *kept)
            for one, key in zip(fresh, keys, strict=True)
        ),
    )  # fmt: skip
    changes += revived
    for change in changes:
        results[change.subject.plan].written += 2 if change.subject.verdict else 1
    _log([change for change in changes if change.words != change.subject.words], now, results)


def _history(components: list[int]) -> dict[tuple[str, str], tuple[str, Words]]:
    """Every stored verdict of components, by component and fingerprint: its key and words."""
    if not components:
        return {}
    names = ("component_id", "fingerprint", "pk", *WORDS)
    rows = Verdict.objects.filter(component_id__in=components).values_list(*names)
    return {(str(component), printed): (str(pk), (a, b, c)) for component, printed, pk, a, b, c in rows}


WORDS = ("linear_status", "cagr_status", "final_verdict")


def _mark(keys: list[str], *, is_current: bool) -> None:
    if keys:
        Verdict.objects.filter(pk__in=keys).update(is_current=is_current)


def _log(changes: list[_Change], now: str, results: dict[str, Recomputed]) -> None:
    """What changed its status; `changes` of a plan in the order of its components.

    A component's first verdict changed nothing: its own row says when it was, the plan's audit row why.
    """
    insert_rows(
        VerdictChange,
        ("component_id", "before_id", "after_id", "cause", "at"),
        (
            (
                change.subject.component,
                change.subject.verdict,
                change.after,
                results[change.subject.plan].cause[:200],
                now,
            )
            for change in changes
            if change.subject.verdict
        ),
    )
    for change in changes:
        subject = change.subject
        results[subject.plan].changes.append((subject.code, subject.words[0], change.words[0]))


def _store_statuses(found: list[_Found], results: dict[str, Recomputed]) -> None:
    """An indicator's status (`queries.day_status`) beside the other items', for lists and filters over all."""
    now = stamp(timezone.now())
    rows = []
    for item, group in groupby(found, key=lambda one: one.subject.item):
        parts = list(group)
        subject = parts[0].subject
        status, share, day = _day_status(parts)
        if (status, share, day) != (subject.status, subject.share, subject.status_as_of):
            rows.append((item, status, share or None, day or None, now))
            results[subject.plan].written += 1
    update_rows(Item, ("status", "progress", "status_as_of", "updated_at"), rows)


def _day_status(parts: list[_Found]) -> tuple[str, str, str]:
    """Status, share done (none for a compound) and release day of an indicator, as text, "" where absent."""
    days = [one.subject.released(one.judgement.place) for one in parts if one.judgement.place is not None]
    if not days:
        return "no_data", "", ""
    if len(parts) == 1:
        return parts[0].judgement.linear, parts[0].judgement.share, days[0]
    return worst_linear([one.judgement.linear for one in parts]), "", max(days)
