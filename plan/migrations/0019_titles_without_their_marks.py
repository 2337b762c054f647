from django.db import migrations

from texts.names import title_key


def give_keys(apps, schema_editor):
    """A full stop behind a title or marks around it make no other source; two that stood apart for them stay two."""
    Source = apps.get_model("plan", "Source")
    for source in Source.objects.order_by("pk").iterator():
        key = title_key(source.title)
        if source.key.startswith(key):
            continue
        if Source.objects.filter(key=key, url=source.url).exists():
            key = f"{key}-{source.pk}"
        Source.objects.filter(pk=source.pk).update(key=key)


class Migration(migrations.Migration):
    dependencies = [("plan", "0018_storage_seen_by_all")]

    operations = [migrations.RunPython(give_keys, migrations.RunPython.noop)]
