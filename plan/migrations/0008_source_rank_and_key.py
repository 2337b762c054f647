from django.db import migrations, models

from texts.names import title_key


def give_keys(apps, schema_editor):
    """Look-alikes from before the rule stay two sources, each with a key of its own, until somebody merges them."""
    Source = apps.get_model("plan", "Source")
    taken = set()
    for source in Source.objects.order_by("pk").iterator():
        key = title_key(source.title)
        if (key, source.url) in taken:
            key = f"{key}-{source.pk}"
        taken.add((key, source.url))
        Source.objects.filter(pk=source.pk).update(key=key)


class Migration(migrations.Migration):
    dependencies = [("plan", "0007_reason_has_a_default")]

    operations = [
        migrations.AddField(
            model_name="source",
            name="rank",
            field=models.CharField(
                blank=True,
                choices=[("official", "官方发布"), ("state_press", "官方媒体"), ("repost", "转载")],
                db_default="",
                default="",
                help_text="Empty where nobody has judged it yet.",
                max_length=12,
                verbose_name="来源等级",
            ),
        ),
        migrations.AddField(
            model_name="source",
            name="key",
            field=models.CharField(default="", editable=False, max_length=80),
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.UniqueConstraint(fields=("key", "url"), name="source_once_however_spelled"),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(("rank__in", ["", "official", "state_press", "repost"])),
                name="source_has_a_known_rank",
            ),
        ),
    ]
