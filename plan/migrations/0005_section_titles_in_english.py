from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("plan", "0004_exports"),
    ]

    operations = [
        migrations.AddField(
            model_name="section",
            name="title_en",
            field=models.CharField(blank=True, max_length=200, verbose_name="英文标题"),
        ),
    ]
