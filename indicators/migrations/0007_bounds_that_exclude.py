"""Bounds that stand already exclude their number where the words they were published in do (突破、超)."""

from django.db import migrations
from django.db.models import Q

EXCLUDING = ("超", "突破", "逾", "多于")
INCLUDING = ("不超过", "以上", "不低于", "不少于", "至少")


def read_words(apps, schema_editor):
    said, unsaid = Q(), Q()
    for word in EXCLUDING:
        said |= Q(published_text__contains=word)
    for word in INCLUDING:
        unsaid |= Q(published_text__contains=word)
    rows = apps.get_model("indicators", "Observation").objects.filter(precision="lower_bound")
    rows.filter(said).exclude(unsaid).update(exclusive=True)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0006_rule_2026_2")]

    operations = [migrations.RunPython(read_words, migrations.RunPython.noop)]
