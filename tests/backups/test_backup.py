import gzip
import io
import json
import tarfile
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client

from accounts.models import SignIn
from audit.models import AuditEvent, ChainLink
from audit.services import record_audit
from audit.verifying import verify
from backups.queries import last_trial
from backups.rows import exchanged, lines_of
from backups.tasks import weekly
from indicators.models import Observation, Verdict
from jobs import services as jobs
from jobs.models import Job
from plan.models import Item, Plan, Source
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)


def archive_of(path, **members):
    """A backup by hand: member name → bytes."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def counts():
    return [model.objects.count() for model in (Item, Observation, Verdict, AuditEvent)]


@pytest.mark.both_databases
def test_backup_and_restore_give_the_same_rows(plan, tmp_path):
    before, file = counts(), tmp_path / "plan.gz"
    call_command("backup", str(file), verbosity=0)
    Observation.objects.all().delete()

    call_command("restore", str(file), yes=True)

    # The log has one row more for each of the two, and the same rows as before.
    assert counts() == [*before[:3], before[3] + 2]
    assert plan.items.get(code="P-1").parent is None
    events = list(AuditEvent.objects.order_by("-id")[:2])
    assert [event.action for event in events] == ["restore", "backup"]
    assert events[0].after["file"] == "plan.gz"
    assert events[0].after["chains"] == []
    assert verify().faults == []


def test_sessions_are_in_no_backup_and_end_with_a_restore(plan, tmp_path):
    client, file = Client(), tmp_path / "plan.gz"
    client.force_login(make_person("ana", "analyst"))
    line = SignIn.objects.get()
    call_command("backup", str(file), verbosity=0)
    with tarfile.open(file) as archive:
        names = archive.getnames()

    call_command("restore", str(file), yes=True)

    assert [name for name in names if "signin" in name or "session" in name] == []
    assert "rows/accounts.user.jsonl" in names
    assert not SignIn.objects.filter(pk=line.pk).exists()
    assert client.get("/accounts/me/").status_code == 302


def test_restore_of_a_broken_file_keeps_what_is_there(plan, tmp_path):
    before = counts()
    broken, half = tmp_path / "a.gz", tmp_path / "b.gz"
    broken.write_bytes(b"no archive")
    archive_of(half, **{"data.json": b'[{"model": "plan.item", "pk": 1, "fields": {"plan": 999}}]'})
    empty = archive_of(tmp_path / "c.gz", **{"else.json": b"[]"})

    for file in (broken, half, empty, tmp_path / "missing.gz"):
        with pytest.raises(CommandError):
            call_command("restore", str(file), yes=True)
        with pytest.raises(CommandError):
            call_command("restore", str(file), yes=True, unsigned=True)

    assert counts()[:3] == before[:3]
    with pytest.raises(CommandError, match="--yes"):
        call_command("restore", str(half))


def test_backup_does_not_overwrite(plan, tmp_path):
    file = tmp_path / "plan.gz"
    file.write_bytes(b"mine")

    with pytest.raises(CommandError, match="已存在"):
        call_command("backup", str(file))

    assert file.read_bytes() == b"mine"


def test_files_people_handed_in_come_back_with_their_rows(plan, tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"
    kept, half = (settings.DATA_DIR / "attachments" / "updates" / name for name in ("ab12", "cd34.part"))
    upload = settings.DATA_DIR / "imports" / "Xy-_9"
    for path in (kept, half, upload):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(path.name.encode())
    file = tmp_path / "plan.tar.gz"
    call_command("backup", str(file), verbosity=0)
    kept.unlink()
    upload.write_bytes(b"is there already")

    call_command("restore", str(file), yes=True)

    assert kept.read_bytes() == b"ab12"
    assert upload.read_bytes() == b"is there already"
    assert file.stat().st_mode & 0o077 == 0
    with tarfile.open(file) as archive:
        names = archive.getnames()
        assert names[names.index("audit.jsonl") :] == [
            "audit.jsonl", "attachments/updates/ab12", "imports/Xy-_9", "manifest.json", "manifest.sig",
        ]  # fmt: skip


@pytest.mark.parametrize("name", ["attachments/../../x", "/etc/x", "static/x", "attachments"])
def test_a_backup_writes_nowhere_else(plan, tmp_path, settings, name):
    settings.DATA_DIR = tmp_path / "data"
    before = counts()
    file = archive_of(tmp_path / "a.gz", **{"data.json": b"[]", "attachments/updates/a": b"a", name: b"x"})

    with pytest.raises(CommandError, match="not a usable backup"):
        call_command("restore", str(file), yes=True, unsigned=True)

    assert counts()[:3] == before[:3]
    assert not [path for path in (tmp_path / "data").rglob("*") if path.is_file()]


@pytest.fixture
def backup(plan, tmp_path, settings):
    """A backup with one attachment, and its folder."""
    settings.DATA_DIR = tmp_path / "data"
    kept = settings.DATA_DIR / "attachments" / "updates" / "ab12"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"evidence")
    record_audit(action="password.reset", name="x")
    file = tmp_path / "whole.tar.gz"
    call_command("backup", str(file), verbosity=0)
    return file


def altered(file, change):
    """The file with `change(name, content)` over each member: other content, or None for without it."""
    target = file.with_name("altered.tar.gz")
    with tarfile.open(file) as source, tarfile.open(target, "w:gz") as out:
        for member in source.getmembers():
            content = change(member.name, source.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                out.addfile(member, io.BytesIO(content))
    return target


def only(part, change):
    return lambda name, content: change(content) if part in name else content


def as_bytes(file, change):
    target = file.with_name("altered.tar.gz")
    target.write_bytes(change(file.read_bytes()))
    return target


def with_extra(file):
    def change(name, content):
        return content

    target = altered(file, change)
    with gzip.open(target) as packed:
        text = packed.read()
    extra = io.BytesIO()
    with tarfile.open(fileobj=extra, mode="w") as archive:
        member = tarfile.TarInfo("attachments/updates/surplus")
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    target.write_bytes(gzip.compress(extra.getvalue()[:1024] + text))
    return target


ALTERED = {
    "every approved value": lambda file: altered(
        file, only("indicators.observation.", lambda text: text.replace(b'"', b'"9', 40))
    ),
    "one role": lambda file: altered(file, only("plan.plan.", lambda text: text.replace(b"20", b"21"))),
    "a table left out": lambda file: altered(file, only("indicators.verdict.", lambda text: None)),
    "the log left out": lambda file: altered(file, only("audit.jsonl", lambda text: None)),
    "a row of the log left out": lambda file: altered(
        file, only("audit.jsonl", lambda text: b"".join(text.splitlines(keepends=True)[:-1]))
    ),
    "an attachment altered": lambda file: altered(file, only("ab12", lambda text: b"Evidence")),
    "an attachment left out": lambda file: altered(file, only("ab12", lambda text: None)),
    "an extra file": with_extra,
    "the manifest altered": lambda file: altered(
        file, only("manifest.json", lambda text: text.replace(b'"rows": ', b'"rows": 1'))
    ),
    "the manifest left out": lambda file: altered(file, only("manifest.json", lambda text: None)),
    "the signature left out": lambda file: altered(file, only("manifest.sig", lambda text: None)),
    "the signature of another": lambda file: altered(file, only("manifest.sig", lambda text: b"0" * 64)),
    "the last 20 bytes missing": lambda file: as_bytes(file, lambda data: data[:-20]),
    "the last byte missing": lambda file: as_bytes(file, lambda data: data[:-1]),
    "a byte flipped": lambda file: as_bytes(
        file, lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]
    ),
    "bytes at the end": lambda file: as_bytes(file, lambda data: data + b"more"),
    "a second archive at the end": lambda file: as_bytes(file, lambda data: data + gzip.compress(b"more")),
}


def test_whatever_is_altered_in_a_file_is_refused_in_words_and_changes_nothing(backup):
    before = counts()

    for make in ALTERED.values():
        file = make(backup)
        for options in ({}, {"from_another_installation": True}, {"unsigned": True}):
            with pytest.raises(CommandError, match="not a usable backup"):
                call_command("restore", str(file), yes=True, **options)
        with pytest.raises(CommandError, match="not a usable backup"):
            call_command("backup", str(file), verify=True)

    # What nobody restored stands in the log all the same; a look at a file does not.
    tried = AuditEvent.objects.order_by("id")[before[3] :]
    assert counts()[:3] == before[:3]
    assert len(tried) == 3 * len(ALTERED)
    assert {(event.action, event.outcome, event.object_label) for event in tried} == {
        ("restore", "refused", "altered.tar.gz")
    }
    assert all(event.after["error"].startswith("BadBackup: ") for event in tried)


def test_verify_says_that_a_file_is_whole_and_writes_nothing(backup, capsys):
    before = counts()

    call_command("backup", str(backup), verify=True)

    assert "签名相符" in capsys.readouterr().out
    assert counts() == before


def test_the_log_is_added_to_and_never_exchanged(backup):
    """Rows since the backup stay; rows the database has lost come back, with the links they had."""
    record_audit(action="roles.changed", name="later")
    held = list(AuditEvent.objects.order_by("id").values_list("id", "action", "digest"))

    call_command("restore", str(backup), yes=True)

    now = list(AuditEvent.objects.order_by("id").values_list("id", "action", "digest"))
    assert now[: len(held)] == held
    assert [action for _id, action, _digest in now[len(held) :]] == ["restore"]


def test_a_file_restored_elsewhere_brings_its_log_as_a_chain_of_its_own(backup, settings):
    links = list(ChainLink.objects.order_by("position").values_list("position", "hash"))
    call_command("flush", interactive=False, verbosity=0)
    make_person("other", "analyst")
    record_audit(action="login", name="own")

    call_command("restore", str(backup), yes=True)

    event = AuditEvent.objects.order_by("-id").first()
    inside = links[: event.after["chains"][0]["rows"]]
    (chain,) = event.after["chains"]
    brought = ChainLink.objects.filter(chain=chain["chain"]).order_by("position")
    assert list(brought.values_list("position", "hash")) == inside
    assert chain == {"chain": inside[0][1], "rows": len(inside), "head": inside[-1][1]}
    assert AuditEvent.objects.filter(origin="").values_list("action", flat=True).order_by("id")[0] == "login"
    found = verify()
    assert (found.faults, found.chains) == ([], 1)
    # A second time nothing is added but the row about it.
    rows = AuditEvent.objects.count()
    call_command("restore", str(backup), yes=True)
    assert AuditEvent.objects.count() == rows + 1
    assert verify().faults == []


def test_a_file_of_another_installation_needs_to_be_asked_for(backup, settings):
    settings.INSTALLATION_KEYS = ["another key"]

    with pytest.raises(CommandError, match="--from-another-installation"):
        call_command("restore", str(backup), yes=True)
    with pytest.raises(CommandError, match="signed by another installation"):
        call_command("backup", str(backup), verify=True)
    call_command("restore", str(backup), yes=True, from_another_installation=True)

    event = AuditEvent.objects.order_by("-id").first()
    assert (event.action, event.after["ours"]) == ("restore", False)


def test_a_former_key_is_still_believed(backup, settings):
    former = (settings.DATA_DIR / "installation_key").read_text()
    settings.INSTALLATION_KEYS = ["a new key", former]

    call_command("restore", str(backup), yes=True)

    assert AuditEvent.objects.order_by("-id").first().after["ours"] is True


def test_a_file_of_another_version_says_how_to_go_on(backup):
    def older(text):
        facts = json.loads(text)
        facts["schema"]["jobs"] = ["0000_before"]
        return json.dumps(facts).encode()

    file = altered(backup, only("manifest.json", older))

    with pytest.raises(CommandError, match=r"jobs: 0000_before ≠ .*run migrate of this version"):
        call_command("restore", str(file), yes=True)


def test_text_of_before_the_rule_is_restored_by_the_rule(plan, tmp_path):
    """A row that was written past every door, into the file by a program of before the rule."""
    table = connection.ops.quote_name(Item._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET title = %s WHERE code = %s", ["深圳\x0b\u202e计划\ufffe", "P-1"])
    file = tmp_path / "plan.gz"
    call_command("backup", str(file), verbosity=0)

    call_command("restore", str(file), yes=True)

    assert plan.items.get(code="P-1").title == "深圳 计划"


@pytest.mark.breadth
def test_files_of_older_formats_are_restored_when_asked(plan, tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"
    person = make_person("ana", "analyst")
    record_audit(action="login", by=person)
    rows = tmp_path / "rows.json"
    left_out = [
        "contenttypes",
        "auth.permission",
        "sessions",
        "jobs.workerbeat",
        "plan.storagemark",
        "plan.storagesight",
        "accounts.signin",
        "audit.chainlink",
    ]
    call_command("dumpdata", exclude=left_out, natural_foreign=True, output=str(rows), verbosity=0)
    text = rows.read_bytes()
    older = archive_of(tmp_path / "a.tar.gz", **{"data.json": text, "attachments/updates/a": b"a"})
    oldest = tmp_path / "b.json.gz"
    oldest.write_bytes(gzip.compress(text))
    before = counts()

    for number, file in enumerate((older, oldest), 1):
        with pytest.raises(CommandError, match="--unsigned"):
            call_command("restore", str(file), yes=True)
        Verdict.objects.all().delete()
        call_command("restore", str(file), yes=True, unsigned=True)
        assert counts() == [*before[:3], before[3] + 2 * number]
    assert (settings.DATA_DIR / "attachments" / "updates" / "a").read_bytes() == b"a"
    call_command("flush", interactive=False, verbosity=0)
    call_command("restore", str(oldest), yes=True, unsigned=True)
    assert counts() == [*before[:3], before[3] + 1]
    assert verify().faults == []


@pytest.mark.both_databases
def test_every_backup_made_while_people_write_can_be_restored(plan, tmp_path, settings):
    settings.DATA_DIR = tmp_path
    over, written = threading.Event(), []

    def people(name):
        try:
            number = 0
            while not over.is_set():
                number += 1
                source = Source.objects.create(title=f"{name} {number}")
                record_audit(action="figure.entered", name=name, after={"source": source.pk})
                written.append(name)
                over.wait(0.005)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=people, args=(name,)) for name in ("one", "two")]
    for writer in writers:
        writer.start()
    files = [tmp_path / f"{number}.tar.gz" for number in range(3)]
    try:
        for file in files:
            call_command("backup", str(file), verbosity=0)
    finally:
        over.set()
        for writer in writers:
            writer.join()

    assert set(written) == {"one", "two"}
    for file in files:
        call_command("restore", str(file), yes=True)
    assert verify().faults == []


def test_nobody_waits_for_a_backup(plan, tmp_path, settings):
    """On SQLite a writer's transaction would keep the others out until the end."""
    from backups.snapshot import snapshot

    def write():
        try:
            Source.objects.create(title="meanwhile")
        finally:
            connections.close_all()

    with snapshot():
        number = Source.objects.count()
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(timeout=60)
        assert not writer.is_alive()
        assert Source.objects.count() == number
    assert Source.objects.count() == number + 1


def test_what_is_remembered_of_a_plan_is_outdated_by_a_restore(backup):
    version = Plan.objects.get().figures_version
    Plan.objects.update(figures_version=version + 7)

    call_command("restore", str(backup), yes=True)

    assert Plan.objects.get().figures_version == version + 8


def test_a_key_that_somebody_had_is_given_to_nobody_else(backup):
    """The log names people by their keys as well."""
    late = make_person("late", "analyst")

    call_command("restore", str(backup), yes=True)

    assert make_person("new", "analyst").pk > late.pk


@pytest.mark.both_databases
def test_rows_are_written_the_same_after_a_restore(backup):
    before = {label: list(lines_of(model)) for label, model in exchanged().items() if label != "plan.plan"}

    call_command("restore", str(backup), yes=True)

    assert sum(map(bool, before.values())) > 10
    for label, lines in before.items():
        assert list(lines_of(exchanged()[label])) == lines, label


def test_an_encrypted_backup_opens_with_its_key_alone(backup, tmp_path):
    import pyrage

    keys = [pyrage.x25519.Identity.generate() for _number in range(2)]
    mine, wrong = tmp_path / "mine.txt", tmp_path / "wrong.txt"
    for path, key in ((mine, keys[0]), (wrong, keys[1])):
        path.write_text(f"# kept apart\n{key}\n")
    file = tmp_path / "secret.age"

    call_command("backup", str(file), recipient=[str(keys[0].to_public())], verbosity=0)

    assert file.read_bytes().startswith(b"age-encryption.org/v1")
    assert not list(tmp_path.glob("*.plain"))
    for options, words in (({}, "--identity"), ({"identity": wrong}, "cannot be decrypted")):
        with pytest.raises(CommandError, match=words):
            call_command("restore", str(file), yes=True, **options)
    call_command("backup", str(file), verify=True, identity=mine)
    call_command("restore", str(file), yes=True, identity=mine)
    with pytest.raises(CommandError, match="cannot be encrypted"):
        call_command("backup", str(tmp_path / "x.age"), recipient=["age1nobody"])
    assert not (tmp_path / "x.age").exists()


@pytest.mark.services
# It restores into a database of SQLite wherever it is. Migrating one from nothing takes twice what all other tests
# of a restore take together.
@pytest.mark.one_database
@pytest.mark.breadth
def test_each_week_a_backup_is_tried_and_its_result_kept(backup):
    assert last_trial() is None
    weekly()
    rows = sum(model._base_manager.count() for model in exchanged().values())

    jobs.run_job(Job.objects.get(kind="backups.trial").pk)

    last = last_trial()
    assert last.trial.error == ""
    assert last.is_good
    assert (last.trial.rows, last.trial.files) == (rows, 1)
    assert AuditEvent.objects.filter(action="backup.tried", outcome="ok").count() == 1
    assert not list(backup.parent.rglob("trial-*"))
