import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def with_who_started_it(apps, schema_editor):
    apps.get_model("studio", "PlanDraft").objects.update(keeper=models.F("started_by"))


ACTIONS = [
    ("started", "新建"),
    ("text", "改动文本"),
    ("frame", "改动名称和时期"),
    ("kinds", "改动类别"),
    ("accepted", "接受"),
    ("edited", "修改条目"),
    ("split", "拆分"),
    ("merged", "合并"),
    ("removed", "去掉条目"),
    ("none", "判为无承诺"),
    ("table", "从表格读入"),
    ("undone", "撤销"),
    ("submitted", "提交发布"),
    ("returned", "退回"),
    ("withdrawn", "撤回"),
    ("published", "发布"),
    ("handed", "移交"),
]


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("studio", "0002_corrections"),
    ]

    operations = [
        migrations.AddField(
            model_name="plandraft",
            name="keeper",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经办人",
            ),
        ),
        migrations.AlterField(
            model_name="draftstep",
            name="action",
            field=models.CharField(choices=ACTIONS, max_length=10),
        ),
        migrations.RunPython(with_who_started_it, migrations.RunPython.noop),
    ]
