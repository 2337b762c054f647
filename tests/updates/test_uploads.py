import io
import socket
import threading
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plan import uploads
from plan.folders import kept_in
from plan.uploads import RefusedFile, clean_name, open_stored, remove_stored, store_upload

FOLDER = "tests"
PDF = b"%PDF-1.7\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def kept(tmp_path):
    return sorted(path.name for path in (tmp_path / "attachments" / FOLDER).rglob("*"))


def office(main="word/document.xml", *, types=TYPES, more=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        for name, data in ((main, b"<x/>"), *more):
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("批复.pdf", PDF, "application/pdf"),
        ("照片.PNG", PNG, "image/png"),
        ("照片.jpeg", b"\xff\xd8\xff\xe0aaaa", "image/jpeg"),
        ("图.gif", b"GIF89a", "image/gif"),
        ("图.webp", b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        ("说明.docx", office(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            "数据.xlsx",
            office("xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            "汇报.pptx",
            office("ppt/presentation.xml"),
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        ("数据.csv", "年份,数值\n2023,1\n".encode("gb18030"), "text/csv"),
        ("说明.txt", "完成。".encode(), "text/plain"),
    ],
)
def test_a_file_is_known_by_its_content(tmp_path, name, data, kind):
    stored = store_upload(SimpleUploadedFile(name, data, content_type="text/html"), folder=FOLDER)

    assert (stored.name, stored.content_type, stored.size) == (name, kind, len(data))
    with open_stored(stored.stored_as, folder=FOLDER) as file:
        assert file.read() == data
    assert kept(tmp_path) == [stored.stored_as]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("报告.pdf", b"MZ\x90\x00\x03", "不是可用的类型"),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "不是可用的类型"),
        ("页.txt", b"\xef\xbb\xbf <!DOCTYPE html><script>alert(1)</script>", "不是可用的类型"),
        ("宏.docx", office(more=[("word/vbaProject.bin", b"x")]), "含有宏"),
        ("宏.xlsx", office("xl/workbook.xml", more=[("xl/macrosheets/sheet1.xml", b"x")]), "含有宏"),
        (
            "宏.docx",
            office(types=b"<Types>application/vnd.ms-word.document.macroEnabled.main+xml</Types>"),
            "含有宏",
        ),
        ("归档.zip", office("readme.txt"), "是压缩包"),
        ("归档.docx", office("readme.txt"), "是压缩包"),
        ("坏.docx", office()[:60], "已损坏"),
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版或加密"),
        ("炸弹.docx", office(more=[("word/big.bin", b"\0" * 30_000_000)]), "解压后过大"),
        ("照片.pdf", PNG, "应以 .png 结尾"),
        ("脚本.bat", b"del *.*", "应以 .txt 结尾"),
        ("空.pdf", b"", "空文件"),
        ("大.pdf", PDF + b"0" * 1024 * 1024, "超过 1 MB"),
    ],
    # An archive holds the time it was made at: no name that two workers agree on.
    ids=lambda given: "data" if isinstance(given, bytes) else given,
)
def test_what_is_not_taken_is_refused_with_the_reason_and_leaves_nothing(tmp_path, settings, name, data, reason):
    settings.ATTACHMENT_MAX_MB = 1

    with pytest.raises(RefusedFile, match=reason) as caught:
        store_upload(SimpleUploadedFile(name, data, content_type="application/pdf"), folder=FOLDER)

    assert name in str(caught.value)
    assert kept(tmp_path) == []


def test_an_encrypted_document_is_refused():
    data = bytearray(office())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1

    with pytest.raises(RefusedFile, match="已加密"):
        store_upload(SimpleUploadedFile("密.docx", bytes(data)), folder=FOLDER)


def test_an_upload_broken_off_leaves_nothing(tmp_path):
    class Broken:
        name = "批复.pdf"

        def chunks(self):
            yield PDF
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store_upload(Broken(), folder=FOLDER)

    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\文件\\批复.pdf", "批复.pdf"),
        ("gpj.\u202efdp.exe", "gpj.fdp.exe"),
        ("a\r\nb\0.txt", "ab.txt"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        ("", "未命名"),
    ],
)
def test_a_name_is_made_harmless(given, name):
    assert clean_name(given) == name


def test_only_names_of_ours_are_opened(tmp_path):
    (tmp_path / "secret").write_text("x")

    for name in ("../../secret", "secret", "", "A" * 32):
        with pytest.raises(FileNotFoundError):
            open_stored(name, folder=FOLDER)


def test_orphans_are_old_files_without_a_row(tmp_path):
    first = store_upload(SimpleUploadedFile("a.pdf", PDF), folder=FOLDER)
    second = store_upload(SimpleUploadedFile("b.pdf", PDF), folder=FOLDER)
    third = store_upload(SimpleUploadedFile("c.pdf", PDF), folder=FOLDER)
    remove_stored([third.stored_as], folder=FOLDER)

    names = {file.last for file in kept_in(f"attachments/{FOLDER}")}
    assert names == {first.stored_as, second.stored_as}


@pytest.fixture
def scanner(settings):
    """A scanner that speaks clamd's protocol and finds what it is told to find; it keeps what it was sent."""
    listener, sent = socket.create_server(("127.0.0.1", 0)), []
    settings.CLAMD_ADDRESS = f"127.0.0.1:{listener.getsockname()[1]}"
    answers = []

    def serve():
        link, _ = listener.accept()
        with link, link.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while size := int.from_bytes(stream.read(4), "big"):
                sent.append(stream.read(size))
            link.sendall(answers[0])

    thread = threading.Thread(target=serve, daemon=True)

    def start(answer):
        answers.append(answer)
        thread.start()
        return sent

    yield start
    listener.close()
    thread.join(timeout=5)


def test_a_scanned_file_is_taken(scanner):
    sent = scanner(b"stream: OK\0")

    store_upload(SimpleUploadedFile("a.pdf", PDF), folder=FOLDER)

    assert b"".join(sent) == PDF


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"stream: Eicar-Test-Signature FOUND\0", "发现病毒"),
        (b"INSTREAM size limit exceeded. ERROR\0", "没有完成"),
        (b"", "没有完成"),
    ],
)
def test_an_infected_or_unscanned_file_is_refused(scanner, tmp_path, answer, reason):
    scanner(answer)

    with pytest.raises(RefusedFile, match=reason):
        store_upload(SimpleUploadedFile("a.pdf", PDF), folder=FOLDER)

    assert kept(tmp_path) == []


@pytest.mark.parametrize("address", ["127.0.0.1:1", "unix:/no/such/socket", "nonsense"])
def test_nothing_is_taken_while_the_scanner_is_away(settings, tmp_path, address):
    settings.CLAMD_ADDRESS = address

    with pytest.raises(RefusedFile, match="暂时不可用"):
        store_upload(SimpleUploadedFile("a.pdf", PDF), folder=FOLDER)

    assert kept(tmp_path) == []


def test_the_types_offered_to_the_browser_are_those_taken():
    assert uploads.ACCEPT == ".pdf,.png,.jpg,.jpeg,.gif,.webp,.docx,.xlsx,.pptx,.txt,.csv"
