"""Verdicts keep what they were derived from as one line of text, and their numbers are worked out when read.

See docs/decisions/0004. On PostgreSQL it also leaves room in the pages of items, whose status is written often.
"""

import hashlib
import json

import django.db.models.deletion
from django.db import migrations, models

BANDS = ("ahead", "on_schedule", "slightly_behind")


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def basis_of(inputs):
    """The line of text as it was first defined; the order of keys matters."""
    target = inputs["target"]
    row = {
        "rule_version": inputs["rule_version"],
        "cutoffs": {name: inputs["cutoffs"][name] for name in BANDS},
        "base_year": inputs["base_year"],
        "base_value": inputs["base_value"],
        "target_year": inputs["target_year"],
        "target": {name: target[name] for name in ("type", "direction", "value", "low", "high") if name in target},
    }
    if "accumulation" in inputs:
        row["accumulation"] = inputs["accumulation"]
    figures = [[figure["year"], figure["value"], figure["status"]] for figure in inputs["observations"]]
    return compact(row | {"observations": figures})


def inputs_of(basis):
    row = json.loads(basis)
    names = ("year", "value", "status")
    return row | {"observations": [dict(zip(names, figure)) for figure in row["observations"]]}


def to_basis(apps, schema_editor):
    for verdict in apps.get_model("indicators", "Verdict").objects.iterator():
        verdict.basis = basis_of(verdict.inputs)
        verdict.fingerprint = hashlib.sha256(verdict.basis.encode()).hexdigest()
        verdict.save(update_fields=["basis", "fingerprint"])


def to_inputs(apps, schema_editor):
    """The outcome is not restored: the next recompute writes it with new rows."""
    for verdict in apps.get_model("indicators", "Verdict").objects.iterator():
        verdict.inputs = inputs_of(verdict.basis)
        text = json.dumps(verdict.inputs, sort_keys=True, ensure_ascii=False)
        verdict.fingerprint = hashlib.sha256(text.encode()).hexdigest()
        verdict.save(update_fields=["inputs", "fingerprint"])


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE plan_item SET (fillfactor = 50)")


def fill_up(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE plan_item RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_life_of_a_figure")]

    operations = [
        migrations.AddField(
            model_name="verdict",
            name="basis",
            field=models.TextField(
                default="", help_text="Rule version, cut-offs, baseline, target, figures (basis.py)."
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="verdict",
            name="inputs",
            field=models.JSONField(
                default=dict, help_text="Rule version, cut-offs, baseline, target and figures judged."
            ),
        ),
        migrations.RunPython(to_basis, to_inputs),
        migrations.RemoveField(model_name="verdict", name="inputs"),
        migrations.AlterField(
            model_name="verdict",
            name="outcome",
            field=models.JSONField(
                default=dict, help_text="The answer, as the calculator gives it for the same inputs."
            ),
        ),
        migrations.RemoveField(model_name="verdict", name="outcome"),
        migrations.AlterField(
            model_name="verdict",
            name="fingerprint",
            field=models.CharField(editable=False, help_text="SHA-256 of `basis`.", max_length=64),
        ),
        migrations.AlterField(
            model_name="verdict",
            name="component",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="verdicts",
                to="indicators.component",
            ),
        ),
        migrations.RunPython(leave_room, fill_up),
    ]
