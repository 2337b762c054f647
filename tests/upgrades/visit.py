"""Opens every page of an installation and prints what came of it: run by the tests in a process of its own.

Every address that can be asked for is, with the objects the database holds, as a visitor and, where that was
not enough, as each kind of person in turn until somebody may see it.
"""

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator

import django

FIRST = 3
LISTED = {"indicators": "indicator", "platforms": "platform", "actions": "action", "clusters": "cluster"}


def routes(patterns, before="") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def keys_by_place() -> dict[str, list[int]]:
    """The keys an address may hold, by what stands before them in its route."""
    from accounts.models import Organisation, User
    from assessments.models import Finding, Note
    from desk.models import ImportBatch
    from indicators.models import Observation, Target
    from reports.models import ReportRun, SavedReport
    from updates.models import StatusUpdate

    models = {
        "data/figures/": Observation.objects.exclude(entered_by=None),
        "data/targets/": Target.objects.exclude(proposed_by=None),
        "data/imports/": ImportBatch.objects.all(),
        "updates/": StatusUpdate.objects.order_by("-pk"),
        "assessments/notes/": Note.objects.all(),
        "assessments/findings/": Finding.objects.all(),
        "reports/saved/": SavedReport.objects.all(),
        "reports/runs/": ReportRun.objects.all(),
        "accounts/people/": User.objects.all(),
        "accounts/organisations/": Organisation.objects.all(),
    }
    most = {"assessments/notes/": 100, "data/imports/": 100}
    return {
        place: list(rows.values_list("pk", flat=True)[: most.get(place, FIRST)]) for place, rows in models.items()
    }


def codes_after(plan, place: str) -> list[str]:
    part = place.rstrip("/").rpartition("/")[2]
    kinds = {"pillars": "pillar", "industries": "industry_group", "safeguards": "safeguard"} | LISTED
    rows = plan.items.filter(kind=kinds[part]) if part in kinds else plan.items.order_by("kind", "order")
    codes = list(rows.values_list("code", flat=True))
    return codes if part == "indicators" else codes[:FIRST] if part in kinds else codes[:: max(1, len(codes) // 6)]


def addresses(plan) -> Iterator[str]:
    from django.urls import get_resolver

    keys = keys_by_place()
    rounds = list(plan.rounds.values_list("code", flat=True))
    for route in routes(get_resolver().url_patterns):
        route = route.replace("^", "")
        if any(mark in route for mark in ("(", "$", "\\", "sha256", "api/schema", "logout", "readyz")):
            continue
        found = [""]
        for text in re.split(r"(<[^>]+>)", route):
            name = text.strip("<>").rpartition(":")[2] if text.startswith("<") else ""
            found = [
                before + value for before in found for value in values_of(plan, name, text, before, keys, rounds)
            ]
        yield from (f"/{path}" for path in found)


def values_of(plan, name, text, before, keys, rounds) -> list[str]:
    """What may stand at this place of an address; nothing where the database holds no such thing."""
    if not name:
        return [text]
    if name == "pk":
        place = before.removeprefix(f"{plan.slug}/")
        return [str(pk) for pk in keys.get(place, [])]
    every = {"slug": [plan.slug], "format": ["csv", "json"], "round": rounds, "role": ["analyst", "official"]}
    if name == "code":
        return codes_after(plan, before)
    if name == "component":
        return [before.rstrip("/").split("/")[-2]]
    return every.get(name, [])


def people() -> list:
    """Nobody first, then one person of each role."""
    from accounts.models import User

    found = [None]
    seen: set = set()
    for user in User.objects.filter(is_active=True).order_by("pk"):
        if user.roles - seen:
            seen |= user.roles
            found.append(user)
    return found


def visit(plan) -> dict:
    from django.test import Client

    clients = []
    for person in people():
        client = Client(raise_request_exception=False)
        if person:
            client.force_login(person)
        clients.append((person, client))
    statuses: Counter[int] = Counter()
    wrong = []
    for path in addresses(plan):
        for person, client in clients:
            answer = client.get(path)
            if answer.streaming:
                b"".join(answer.streaming_content)
            if answer.status_code >= 500:
                wrong.append([str(person), path, answer.status_code])
            if answer.status_code not in (302, 403):
                break
        statuses[answer.status_code] += 1
    return {"statuses": dict(statuses), "wrong": wrong, "people": len(clients)}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
    django.setup()
    from django.conf import settings

    from indicators.models import Verdict
    from indicators.services import audit_verdicts, recompute
    from plan.models import Plan
    from plan.params import today

    settings.ALLOWED_HOSTS = ["testserver"]
    plan = Plan.objects.get()
    told = visit(plan)
    # Every verdict ever stored is still read; those in force are what a judgement from scratch finds.
    told["verdicts"] = len([row.inputs for row in Verdict.objects.all()])
    recompute(plan, as_of=today(), cause="upgrade")
    told["audit"] = audit_verdicts(plan, as_of=today())
    told["rewritten"] = recompute(plan, as_of=today(), cause="again").written
    json.dump(told, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
