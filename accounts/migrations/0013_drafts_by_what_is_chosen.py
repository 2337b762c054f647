"""A form whose address chooses what it is of has a draft for each choice: those kept so far get their full name."""

from urllib.parse import parse_qs, urlencode, urlsplit

from django.db import migrations

# static/js/form-text.js
CHOOSING = ("component", "year", "item", "block")


def name_in_full(apps, _schema_editor):
    rows = apps.get_model("accounts", "FormDraft").objects.filter(address__contains="?").exclude(form__contains="?")
    for row in rows:
        asked = parse_qs(urlsplit(row.address).query)
        chosen = urlencode([(name, asked[name][0]) for name in CHOOSING if name in asked])
        if chosen and "#" not in row.form:
            row.form = f"{row.form}?{chosen}"[:300]
            row.save(update_fields=["form"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_write_by_token")]

    operations = [migrations.RunPython(name_in_full, migrations.RunPython.noop)]
