from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="said",
            field=models.JSONField(
                blank=True, default=dict, help_text="Title and body as notices.phrases tells them."
            ),
        ),
    ]
