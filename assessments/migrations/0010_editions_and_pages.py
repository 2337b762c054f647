from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0009_published_evidence_stays_public")]
    operations = [
        migrations.AddField(
            "chapterstep", "edition", models.PositiveIntegerField(blank=True, editable=False, null=True)
        ),
        migrations.AddField("reportversion", "pages", models.JSONField(blank=True, editable=False, null=True)),
    ]
