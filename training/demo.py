"""Fills a training installation with invented, clearly marked people, figures, reports and notes.

What is told stands in fixtures/demo; it goes through the product's own services, as the people of the story, and
gets the days of the story afterwards. The audit log alone keeps the day on which it was really written.
"""

import secrets
import tomllib
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, User
from audit.services import record_audit
from notices.models import NoticeKind, Preference
from plan.models import Item, Plan
from plan.services import touch_plan
from training.figures import demo_figures
from training.reports import demo_updates
from training.stage import FOLDER, Stage
from training.work import demo_assessments, demo_imports, demo_jobs, demo_reminders, demo_talk

PREFIX = "demo-"


class Refused(Exception):
    """Why invented data may not be loaded here; the message says what would help."""


@dataclass
class LoadedDemo:
    """What was loaded: the password of the new accounts, empty where nothing had to be done."""

    password: str
    people: list[User]
    counts: dict[str, int] = field(default_factory=dict)


def refuse_real(*, is_training: bool) -> None:
    """Raises Refused on an installation that looks real, unless somebody says that it is for training."""
    if is_training:
        return
    real = list(User.objects.exclude(username__startswith=PREFIX).values_list("username", flat=True)[:5])
    if real:
        names = "、".join(real)
        raise Refused(
            f"这里已有正式账号（{names}），演示数据载入后不能撤除。确为培训环境时请加 --yes-this-is-training / "
            "there are accounts here that are no demo's; invented data cannot be taken out again"
        )
    if settings.PRODUCTION:
        raise Refused(
            "生产模式（DEBUG=0）不载入演示数据。确为培训环境时请加 --yes-this-is-training / "
            "production mode; say --yes-this-is-training if it is one for training"
        )


def new_password(wanted: str = "") -> str:
    """The one password of the demo's accounts: as wanted, or made up. Raises Refused for one that is too weak."""
    if not wanted:
        return f"Yanshi-{secrets.token_hex(5)}-8X"
    try:
        validate_password(wanted)
    except ValidationError as error:
        raise Refused(f"DEMO_PASSWORD 不符合口令要求：{'；'.join(error.messages)}") from error
    return wanted


@transaction.atomic
def load_demo(plan: Plan, *, today: date, password: str) -> LoadedDemo:
    """Loads the story into a plan, all or nothing; a plan that has it already is left as it is."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.is_demo:
        return LoadedDemo("", list(User.objects.filter(username__startswith=PREFIX)))
    cast = tomllib.loads((FOLDER / "people.toml").read_text("utf-8"))
    story = tomllib.loads((FOLDER / "story.toml").read_text("utf-8"))
    organisations, people = _people(cast, password)
    # From here on: what is late is late in the story's time, its reminders say so.
    plan.is_demo = True
    plan.save(update_fields=["is_demo"])
    stage = Stage(plan, today, people, organisations, _items(plan, cast, story), story)
    _entrust(stage, cast)
    counts = {"people": len(people), "organisations": len(organisations)}
    parts = (demo_figures, demo_updates, demo_imports, demo_jobs, demo_assessments, demo_reminders, demo_talk)
    for tell in parts:
        counts |= tell(stage)
    touch_plan(plan)
    record_audit(
        action="load_demo", plan_slug=plan.slug, object_code=plan.slug, object_label=plan.title, after=counts
    )
    return LoadedDemo(password, list(people.values()), counts)


def _people(cast: dict[str, Any], password: str) -> tuple[dict[str, Organisation], dict[str, User]]:
    organisations = {
        row["code"]: Organisation.objects.get_or_create(code=row["code"], defaults=row)[0]
        for row in cast["organisations"]
    }
    people = {user.username: user for user in User.objects.filter(username__startswith=PREFIX)}
    hashed = make_password(password)
    for row in cast["people"]:
        if row["username"] in people:
            continue
        roles = row["roles"]
        people[row["username"]] = User.objects.create(
            username=row["username"],
            password=hashed,
            password_changed_at=timezone.now(),
            name=row["name"],
            organisation=organisations.get(row.get("organisation", "")),
            administers=next((role for role in roles if role in User.Administers.values), ""),
            **{f"is_{role}": True for role in roles if role not in User.Administers.values},
        )
    wishes = (
        ("demo-reviewer", NoticeKind.SUBMITTED, True, "at_once"),
        ("demo-official", NoticeKind.APPROVED, False, "none"),
    )
    for username, kind, inbox, mail in wishes:
        defaults = {"inbox": inbox, "mail": mail}
        Preference.objects.get_or_create(person=people[username], kind=kind, defaults=defaults)
    return organisations, people


def _items(plan: Plan, cast: dict[str, Any], story: dict[str, Any]) -> dict[str, Item]:
    """The plan's items by code. Raises Refused for a plan the story does not fit."""
    items = {item.code: item for item in plan.items.all()}
    told = {code for codes in [*cast["leads"].values(), *cast["supports"].values()] for code in codes}
    told |= set(cast["weights"]) | {row["item"] for row in story["report"]}
    told |= {note["item"] for row in story["round"] for note in row["note"]}
    told |= {row["item"] for row in story["talk"]} | {code for row in story["follow"] for code in row["items"]}
    if missing := sorted(told - set(items)):
        raise Refused(f"演示数据与规划 {plan.slug} 不符，没有这些编码 / no such items: {'、'.join(missing)}")
    return items


def _entrust(stage: Stage, cast: dict[str, Any]) -> None:
    """Responsible units and weights, where the plan's text names none."""
    changed = {}
    for organisation, codes in cast["leads"].items():
        for code in codes:
            stage.items[code].lead = stage.organisations[organisation]
            changed[code] = stage.items[code]
    for code, weight in cast["weights"].items():
        stage.items[code].weight = weight
        changed[code] = stage.items[code]
    Item.objects.bulk_update(changed.values(), ["lead", "weight"])
    for organisation, codes in cast["supports"].items():
        for code in codes:
            stage.items[code].supporting.add(stage.organisations[organisation])
