from django.db import migrations


def stay_public(apps, schema_editor):
    """What everybody could read before there was a choice stays readable; what was not yet approved is internal."""
    files = apps.get_model("updates", "Attachment").objects
    files.filter(update__state="approved").update(is_internal=False)


class Migration(migrations.Migration):
    dependencies = [("updates", "0005_internal_files")]
    operations = [migrations.RunPython(stay_public, migrations.RunPython.noop)]
