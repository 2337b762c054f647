"""No form and no column of text goes without the rule, and no column takes more than it says."""

import importlib
import pkgutil

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.db import models

from accounts.models import Organisation
from assessments.models import NoteStep
from audit.digests import digest_of
from audit.services import record_audit
from plan.models import Source
from tests.factories import make_plan
from texts.fields import CleanColumn
from texts.forms import BadText, CleanText

APPS = {name.split(".")[0] for name in settings.INSTALLED_APPS}
HOUSE = sorted(name for name in APPS if (settings.BASE_DIR / name).is_dir())
# A code is letters, digits and hyphens by its own rule; a column of choices holds our own words.
SAFE = (models.SlugField, models.UUIDField)
# Written by the product alone: a verdict's fingerprint is taken of the one, the other is a hash.
# The key of a kind is checked against its plan; the plans of a role are chosen from those there are.
MACHINE = {"indicators.Verdict.basis", "accounts.User.password", "plan.Source.key", "plan.Item.kind"}
MACHINE |= {"accounts.User.plans", "webhooks.Hook.secret"}


def house_models():
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in HOUSE]


def text_columns():
    return [
        field
        for model in house_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not isinstance(field, SAFE)
        # A row of the log is cleaned before its digest is taken (audit.services), not on its way to the table.
        if not field.choices and field.model is model and model._meta.app_label != "audit"
    ]


def every_form():
    for app in HOUSE:
        package = importlib.import_module(app)
        for module in pkgutil.walk_packages(package.__path__, f"{app}."):
            # To import wsgi is to serve: it begins to watch the files.
            if not {"migrations", "management", "wsgi"} & set(module.name.split(".")):
                importlib.import_module(module.name)

    def below(kind):
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    found = {form for form in below(forms.BaseForm) if form.__module__.split(".")[0] in HOUSE}
    assert len(found) > 15
    return sorted(found, key=lambda form: form.__qualname__)


def test_every_column_of_text_is_held_to_the_rule():
    loose = [str(field) for field in text_columns() if not isinstance(field, CleanColumn)]

    assert set(loose) == MACHINE


def test_every_field_of_text_of_every_form_is_held_to_the_rule():
    loose = [
        f"{form.__qualname__}.{name}"
        for form in every_form()
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.CharField) and not isinstance(field, CleanText | forms.SlugField)
        if not isinstance(field.widget, forms.PasswordInput)
    ]

    assert loose == []


def test_every_column_that_people_write_has_a_length():
    endless = {str(field) for field in text_columns() if isinstance(field, CleanColumn) and not field.max_length}

    assert endless == {"jobs.Job.error", "notices.Notice.body", "plan.Export.query", "studio.PlanDraft.raw"}


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["create", "bulk", "update"])
def test_the_last_door_cleans_what_comes_past_the_forms(how):
    dirty = "附件\x0b三\u200b\ufffe\x08"
    if how == "create":
        row = Source.objects.create(title=dirty)
        assert row.title == "附件 三"
    elif how == "bulk":
        Source.objects.bulk_create([Source(title=dirty)])
    else:
        Source.objects.create(title="x")
        Source.objects.filter(title="x").update(title=dirty)

    assert Source.objects.latest("pk").title == "附件 三"


@pytest.mark.django_db
def test_a_text_beyond_its_column_is_refused_by_name(db):
    with pytest.raises(BadText) as refused:
        Organisation.objects.create(code="o", name="长" * 201)

    assert refused.value.message_dict == {"name": ["至多 200 字，现有 201 字"]}


def test_a_reason_has_a_limit():
    assert NoteStep._meta.get_field("reason").max_length == 20_000


@pytest.mark.django_db
def test_a_plan_s_page_finds_what_was_typed_with_something_unseen(client):
    make_plan()

    answer = client.get("/test-plan/search/", {"q": "量\u200b子\x0b"})

    assert answer.status_code == 200
    assert 'value="量子"' in answer.content.decode()


@pytest.mark.django_db
def test_the_log_is_written_whatever_it_has_to_tell():
    row = record_audit(
        action="refused",
        name="a\0\u202eb",
        object_label="GET /\x0bx\ud800",
        after={"reason": ["\0z", 1], "n\0": "\x08"},
    )

    row.refresh_from_db()
    assert (row.actor_name, row.object_label) == ("ab", "GET / x\ufffd")
    assert row.after == {"reason": ["z", 1], "n": ""}
    assert row.digest == digest_of(vars(row))
