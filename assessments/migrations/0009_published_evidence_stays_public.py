from django.db import migrations


def stay_public(apps, schema_editor):
    """What everybody could read before there was a choice stays readable; the rest is internal from now on."""
    steps = apps.get_model("assessments", "NoteStep").objects.filter(action="published")
    evidence = apps.get_model("assessments", "Evidence").objects
    evidence.filter(note__in=steps.values("note")).update(is_internal=False)
    # Cited statements were published before they were cited.
    evidence.filter(note__isnull=False, stored_as="", title__startswith="公开信息：").update(is_internal=False)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0008_internal_files")]
    operations = [migrations.RunPython(stay_public, migrations.RunPython.noop)]
