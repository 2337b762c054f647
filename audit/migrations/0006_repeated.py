from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_link_what_is_there")]
    operations = [
        migrations.CreateModel(
            name="Repeated",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("times", models.PositiveBigIntegerField(default=1, verbose_name="次数")),
                ("last_at", models.DateTimeField(verbose_name="最近一次")),
            ],
            options={"verbose_name": "重复次数"},
        ),
    ]
