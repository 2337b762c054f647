"""The table moves here from `plan` (plan.0002 renames it); on a fresh database it has just been made there."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("plan", "0002_audit_moves_out"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="AuditEvent",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("at", models.DateTimeField(auto_now_add=True)),
                        ("actor_name", models.CharField(max_length=150, verbose_name="操作人")),
                        ("address", models.CharField(blank=True, max_length=45, verbose_name="地址")),
                        ("action", models.CharField(max_length=40, verbose_name="操作")),
                        ("object_code", models.CharField(blank=True, max_length=60, verbose_name="对象编码")),
                        ("object_label", models.CharField(blank=True, max_length=300, verbose_name="对象")),
                        ("before", models.JSONField(blank=True, null=True)),
                        ("after", models.JSONField(blank=True, null=True)),
                        ("outcome", models.CharField(default="ok", max_length=20, verbose_name="结果")),
                        ("actor", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={"verbose_name": "审计记录", "ordering": ["-id"]},
                ),
            ]
        ),
    ]
