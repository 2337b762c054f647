from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0006_looked_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='importbatch',
            name='said',
            field=models.JSONField(default=dict, help_text='Cell → [answer, its text], and its tick under `ticks`: kept while names are answered.'),
        ),
    ]
