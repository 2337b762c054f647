import gzip

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from indicators.models import Observation, Verdict
from plan.models import Item

pytestmark = pytest.mark.django_db(transaction=True)


def counts():
    return [model.objects.count() for model in (Item, Observation, Verdict, AuditEvent)]


def test_backup_and_restore_give_the_same_rows(plan, tmp_path):
    before, file = counts(), tmp_path / "plan.gz"
    call_command("backup", str(file), verbosity=0)
    Observation.objects.all().delete()

    call_command("restore", str(file), yes=True)

    assert counts() == before
    assert plan.items.get(code="P-1").parent is None


def test_restore_of_a_broken_file_keeps_what_is_there(plan, tmp_path):
    before = counts()
    broken, half = tmp_path / "a.gz", tmp_path / "b.gz"
    broken.write_bytes(b"no archive")
    with gzip.open(half, "wt") as out:
        out.write('[{"model": "plan.item", "pk": 1, "fields": {"plan": 999}}]')

    for file in (broken, half, tmp_path / "missing.gz"):
        with pytest.raises(CommandError):
            call_command("restore", str(file), yes=True)

    assert counts() == before
    with pytest.raises(CommandError, match="--yes"):
        call_command("restore", str(half))


def test_backup_does_not_overwrite(plan, tmp_path):
    file = tmp_path / "plan.gz"
    file.write_bytes(b"mine")

    with pytest.raises(CommandError, match="已存在"):
        call_command("backup", str(file))

    assert file.read_bytes() == b"mine"
