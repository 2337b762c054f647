"""The form of a note: without scripts, saved by itself, overtaken, and its evidence."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from assessments import notes, rounds
from assessments.evidence import FOLDER, Added, file_note
from assessments.models import Evidence, Note, NoteEditor
from assessments.tasks import sweep_files
from plan import uploads
from tests.assessments.scene import filed as filed_note
from tests.factories import make_item

ROOT = "/test-plan/assessments/"
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def note(midterm, component, people):
    return notes.begin_note(round=midterm, item=component.indicator, by=people["eva"])


@pytest.fixture
def client(people):
    client = Client()
    client.force_login(people["eva"])
    return client


def kept(tmp_path) -> list[str]:
    folder = tmp_path / "attachments" / FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def office(*more) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b"<x/>")
        for name, data in more:
            archive.writestr(name, data)
    return out.getvalue()


def test_a_draft_is_saved_and_handed_in_without_scripts(client, note):
    address = f"{ROOT}notes/{note.pk}/edit/"

    saved = client.post(address, {"edition": 1, "progress": "平稳。", "then": "save"})
    faulty = client.post(address, {"edition": 2, "progress": "更好。", "conclusion": "behind", "then": "submit"})
    stored = Note.objects.get()
    html = faulty.content.decode()

    assert saved.url == address
    assert faulty.status_code == 400
    assert (stored.state, stored.progress, stored.edition) == ("draft", "更好。", 3)
    for words in (
        "请写明存在问题",
        "请写明对策建议",
        "结论与系统判定不同，请写明理由",
        "草稿已保存，但还不能提交",
    ):
        assert words in html
    assert 'name="edition" value="3"' in html
    done = client.post(
        address,
        {
            "edition": 3,
            "progress": "更好。",
            "conclusion": "behind",
            "problems": "少",
            "remedies": "多",
            "difference_reason": "另有口径",
            "forecast_value": "1.5e3x",
            "then": "submit",
        },
    )
    assert done.status_code == 400  # the number cannot be read
    assert Note.objects.get().edition == 3


def test_one_begins_what_was_given_to_oneself(client, midterm, component, people):
    address = f"{ROOT}rounds/midterm/items/{component.code}/"
    other = Client()
    other.force_login(people["evi"])

    assert client.get(address).status_code == 200  # what it would rest on; nothing is begun by looking
    assert other.get(address).status_code == 404
    assert other.post(address).status_code == 403
    begun = client.post(address)
    again = client.post(address)

    note = Note.objects.get()
    assert begun.url == again.url == f"{ROOT}notes/{note.pk}/edit/"
    assert other.get(address, follow=True).status_code == 403


def test_autosave_keeps_what_can_be_read_and_names_what_cannot(client, note):
    sent = {"edition": 1, "progress": "打到一半", "conclusion": "fine", "forecast_value": "很多"}

    body = client.post(f"{ROOT}notes/{note.pk}/save/", sent).json()

    stored = Note.objects.get()
    assert (body["edition"], set(body["faults"])) == (2, {"conclusion", "forecast_value"})
    assert (stored.progress, stored.conclusion, stored.forecast_value) == ("打到一半", "", None)
    assert client.post(f"{ROOT}notes/{note.pk}/save/", sent | {"edition": 2}).json()["edition"] == 2


def test_autosave_shows_what_overtook_it(client, note, people):
    notes.change_note(note, edition=1, by=people["eva"], progress="另一窗口写的")

    answer = client.post(f"{ROOT}notes/{note.pk}/save/", {"edition": 1, "progress": "这里写的"})
    form = client.post(f"{ROOT}notes/{note.pk}/edit/", {"edition": 1, "progress": "这里写的", "then": "save"})

    assert answer.status_code == 409
    assert answer.json()["newer"]["fields"]["progress"] == "另一窗口写的"
    assert answer.json()["newer"]["edition"] == 2
    html = form.content.decode()
    assert form.status_code == 400
    assert "另一窗口写的" in html
    assert "这里写的" in html
    assert 'name="edition" value="2"' in html
    assert Note.objects.get().progress == "另一窗口写的"


def test_a_save_whose_answer_was_lost_is_no_quarrel(client, note):
    sent = {"edition": 1, "progress": "打到一半", "forecast_value": "150.0"}
    first = client.post(f"{ROOT}notes/{note.pk}/save/", sent).json()

    again = client.post(f"{ROOT}notes/{note.pk}/save/", sent)

    assert (again.status_code, again.json()["edition"]) == (200, first["edition"])


def test_those_who_have_the_form_open_are_told_of_each_other(client, note, people, midterm):
    from django.utils import timezone

    NoteEditor.objects.create(note=note, person=people["evi"], seen_at=timezone.now())
    NoteEditor.objects.create(
        note=note, person=people["rev"], seen_at=timezone.now() - timezone.timedelta(seconds=61)
    )

    page = client.get(f"{ROOT}notes/{note.pk}/edit/").content.decode()
    body = client.post(f"{ROOT}notes/{note.pk}/save/").json()

    assert "evi 也打开着这份意见" in " ".join(page.split())
    assert body["editors"] == ["evi"]
    assert NoteEditor.objects.filter(person=people["eva"]).exists()


def test_evidence_is_added_downloaded_and_removed_until_it_was_handed_in(client, note, tmp_path):
    address = f"{ROOT}notes/{note.pk}/edit/"
    file = SimpleUploadedFile("批复.pdf", PDF, content_type="text/html")
    sent = {
        "edition": 1,
        "progress": "平稳。",
        "link_url": "https://example.org/a",
        "document_number": "深府〔2023〕1号",
    }

    client.post(address, sent | {"uploads": file, "then": "save"})
    stored, link = Evidence.objects.exclude(stored_as="").get(), Evidence.objects.get(stored_as="")
    download = client.get(f"{ROOT}notes/{note.pk}/files/{stored.pk}/")
    shown = client.get(f"{ROOT}notes/{note.pk}/files/{stored.pk}/?show=1")

    assert (stored.title, stored.content_type, stored.size) == ("批复.pdf", "application/pdf", len(PDF))
    assert (link.url, link.document_number) == ("https://example.org/a", "深府〔2023〕1号")
    assert download["Content-Disposition"].startswith("attachment")
    assert shown["Content-Disposition"].startswith("inline")
    assert download["X-Content-Type-Options"] == "nosniff"
    assert b"".join(download.streaming_content) == PDF
    assert Client().get(f"{ROOT}notes/{note.pk}/files/{stored.pk}/").status_code == 302
    assert client.get(f"{ROOT}notes/{note.pk}/files/{link.pk}/").status_code == 404
    client.post(address, {"edition": 2, "progress": "平稳。", "conclusion": "ahead", "then": "submit"})
    row = Note.objects.get()
    assert row.state == "submitted"
    row = notes.withdraw_note(row, edition=row.edition, by=row.author)
    fields = {"progress": "平稳。", "conclusion": "ahead"}
    with pytest.raises(ValidationError, match="须留存"):
        file_note(row, edition=row.edition, by=row.author, fields=fields, remove=[stored.pk])
    later = SimpleUploadedFile("附表.pdf", PDF)
    row = file_note(row, edition=row.edition, by=row.author, fields=fields, added=Added([later]))
    assert Evidence.objects.filter(title="附表.pdf").count() == 1
    assert len(kept(tmp_path)) == 2


def test_evidence_keeps_its_file_until_its_removal_is_committed(note, people, tmp_path):
    row = file_note(note, edition=1, by=people["eva"], fields={}, added=Added([SimpleUploadedFile("a.pdf", PDF)]))
    before = kept(tmp_path)

    with transaction.atomic():
        file_note(row, edition=row.edition, by=people["eva"], fields={}, remove=[Evidence.objects.get().pk])
        assert not Evidence.objects.exists()
        transaction.set_rollback(True)

    assert kept(tmp_path) == before != []


@pytest.mark.breadth
@pytest.mark.django_db(transaction=True)
def test_removed_evidence_takes_its_file_along(client, note, people, tmp_path):
    file = SimpleUploadedFile("a.pdf", PDF)
    row = file_note(note, edition=1, by=people["eva"], fields={}, added=Added([file]))

    file_note(row, edition=row.edition, by=people["eva"], fields={}, remove=[Evidence.objects.get().pk])

    assert not Evidence.objects.exists()
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", b"MZ\x90\0\0", "不是可用的类型"),
        ("a.pdf", PDF[:0], "空"),
        ("a.png", PDF, "内容与文件名不符"),
        ("a.docx", office(("word/vbaProject.bin", b"x")), "含有宏"),
        ("a.docx", office(("word/media/a.bin", b"\0" * 30_000_000)), "解压后过大"),
        ("a.svg", b"<svg onload=alert(1)>", "不是可用的类型"),
        ("a.pdf", b"%PDF-" + b"x" * 1_100_000, "超过 1 MB"),
    ],
)
def test_bad_files_are_refused_by_name_and_nothing_is_left(client, note, settings, tmp_path, name, data, words):
    settings.ATTACHMENT_MAX_MB = 1
    good = SimpleUploadedFile("good.pdf", PDF)
    sent = {"edition": 1, "progress": "平稳。", "then": "save"}

    answer = client.post(
        f"{ROOT}notes/{note.pk}/edit/", sent | {"uploads": [good, SimpleUploadedFile(name, data)]}
    )

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert Note.objects.get().progress == ""
    assert kept(tmp_path) == []


def test_an_upload_broken_off_leaves_nothing_half_stored(note, people, tmp_path):
    class Broken:
        name = "a.pdf"

        def chunks(self):
            yield PDF
            raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        file_note(
            note,
            edition=1,
            by=people["eva"],
            fields={"progress": "x"},
            added=Added([SimpleUploadedFile("good.pdf", PDF), Broken()]),
        )

    assert kept(tmp_path) == []
    assert not Evidence.objects.exists()
    assert Note.objects.get().progress == ""


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.org/a", "nothing"])
def test_links_are_web_addresses(client, note, address):
    sent = {"edition": 1, "link_url": address, "then": "save"}

    answer = client.post(f"{ROOT}notes/{note.pk}/edit/", sent)

    assert answer.status_code in (400, 302)
    assert not Evidence.objects.exclude(url__startswith="https://").exists()


def test_spare_files_are_swept(note, tmp_path):
    uploads.store_upload(SimpleUploadedFile("a.pdf", PDF), folder=FOLDER)
    path = tmp_path / "attachments" / FOLDER / kept(tmp_path)[0]
    import os

    assert sweep_files(None) == {"removed": 0}
    os.utime(path, (0, 0))
    assert sweep_files(None) == {"removed": 1}


def test_text_of_any_kind_is_shown_as_text(client, note, people):
    text = "</textarea><script>alert(1)</script>"
    client.post(f"{ROOT}notes/{note.pk}/save/", {"edition": 1, **dict.fromkeys(notes.FIELDS[:5], text)})

    for page in ("", "edit/", "print/"):
        html = client.get(f"{ROOT}notes/{note.pk}/{page}").content.decode()

        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)" in html


def test_too_much_text_is_refused_in_place(client, note):
    answer = client.post(f"{ROOT}notes/{note.pk}/edit/", {"edition": 1, "progress": "字" * 20_001, "then": "save"})

    assert answer.status_code == 400
    assert "20000" in answer.content.decode()


def test_a_note_handed_in_leads_on_to_the_next_of_the_round(midterm, component, people):
    task = make_item(component.indicator.plan, "P-1.1")
    rounds.assign(round=midterm, items=[task], evaluator=people["eva"], due_on=None, by=people["rev"])
    filed = filed_note(midterm, component.indicator, by=people["eva"])
    client = Client()
    client.force_login(people["eva"])

    html = client.get(f"{ROOT}notes/{filed.pk}/").content.decode()

    assert "写下一份" in html
    assert "还有 1 项" in html
    filed_note(midterm, task, by=people["eva"], conclusion="task_on_schedule")
    assert "写下一份" not in client.get(f"{ROOT}notes/{filed.pk}/").content.decode()
