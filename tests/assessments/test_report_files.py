"""The Word file as a job: asked for, written, followed, cancelled, handed out."""

import hashlib
import io
import os
import shutil
import subprocess

import docx
import pytest
from django.test import Client

from assessments.models import ReportVersion
from assessments.report.content import build_report
from assessments.report.docx import write_docx
from assessments.report.files import ask_for_report
from assessments.report.paging import can_set_pages
from assessments.tasks import ask_everywhere
from assessments.versions import PAGES, keep_version, set_pages
from jobs.models import Job
from jobs.services import enqueue, run_job
from plan.models import Export
from tests.assessments.scene import ended, published
from tests.stored import word_file

ROOT = "/test-plan/assessments/"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def known(midterm, component, people):
    return published(midterm, component.indicator, by=people["eva"], reviewer=people["rev"])


@pytest.fixture
def reviewer(people):
    client = Client()
    client.force_login(people["rev"])
    return client


@pytest.mark.breadth
def test_the_file_is_built_by_a_worker_and_handed_out(known, reviewer):
    job = Job.objects.get(pk=reviewer.post(f"{ROOT}rounds/midterm/report/build/").url.split("/")[-2])
    waiting = reviewer.get(f"{ROOT}reports/{job.pk}/").content.decode()
    early = reviewer.get(f"{ROOT}reports/{job.pk}/file/")

    assert run_job(job.pk)
    job.refresh_from_db()
    answer = reviewer.get(f"{ROOT}reports/{job.pk}/file/")
    data = b"".join(answer.streaming_content)

    assert "排队" in waiting
    assert early.status_code == 404
    assert (job.state, job.error, job.progress) == ("done", "", 100)
    assert hashlib.sha256(data).hexdigest() == job.result["sha256"] == answer["X-SHA256"]
    words = [paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs]
    assert "一、总体评价" in words
    assert any("增长平稳。评估结论为“快于预期”" in text for text in words)
    assert reviewer.get(f"{ROOT}reports/{job.pk}/state/").json() == {
        "state": "done", "word": "完成", "progress": 100,
    }  # fmt: skip
    assert "下载 Word 文件" in reviewer.get(f"{ROOT}rounds/midterm/report/").content.decode()


@pytest.mark.breadth
def test_identical_rows_give_an_identical_file_and_one_waiting_job(known, people):
    first = ask_for_report(known.round, by=people["rev"])
    assert ask_for_report(known.round, by=people["eva"]) == first
    run_job(first.pk)
    second = ask_for_report(known.round, by=people["eva"])
    run_job(second.pk)

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.result == second.result
    assert len(list(word_file(first).parent.iterdir())) == 1


def test_a_cancelled_job_stops_and_only_its_people_cancel(known, people, reviewer):
    job = ask_for_report(known.round, by=people["eva"])
    other = Client()
    other.force_login(people["evi"])

    assert other.post(f"{ROOT}reports/{job.pk}/cancel/").status_code == 403
    reviewer.post(f"{ROOT}reports/{job.pk}/cancel/")

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not run_job(job.pk)
    assert "重新生成" in reviewer.get(f"{ROOT}reports/{job.pk}/").content.decode()


def test_the_file_of_an_unpublished_round_is_for_those_who_take_part(known, people):
    from tests.factories import make_person

    job = ask_for_report(known.round, by=people["rev"])
    run_job(job.pk)
    address = f"{ROOT}reports/{job.pk}/file/"
    official = Client()
    official.force_login(make_person("off"))

    assert official.get(address).status_code == 403
    assert official.post(f"{ROOT}rounds/midterm/report/build/").status_code == 403
    assert Client().get(address).status_code == 302
    ended(known.round, by=people["rev"])
    assert official.get(address).status_code == 200
    assert Client().get(address).status_code == 200
    assert Client().get(f"{ROOT}reports/{job.pk}/?as_of=2024-01-01").status_code == 404


def test_a_file_that_is_gone_is_said_to_be(known, reviewer, people):
    job = ask_for_report(known.round, by=people["rev"])
    run_job(job.pk)
    job.refresh_from_db()
    word_file(job).unlink()

    answer = reviewer.get(f"{ROOT}reports/{job.pk}/file/")

    assert answer.status_code == 404
    assert "请重新生成" in answer.content.decode()


def test_the_file_is_registered_and_verified_by_whoever_may_read_the_report(known, people, reviewer):
    job = ask_for_report(known.round, by=people["rev"])
    run_job(job.pk)

    answer = reviewer.get(f"{ROOT}reports/{job.pk}/file/")

    export = Export.objects.get(sha256=answer["X-SHA256"])
    assert (export.format, export.name) == ("docx", "中期评估报告.docx")
    assert answer["X-As-Of"] == export.as_of.isoformat() == known.round.cut_off.isoformat()
    assert (int(answer["X-Row-Count"]), answer["X-Rule-Version"]) == (export.rows, export.rule_version)
    address = f"/api/v1/verify/{export.sha256}/"
    known_to_reviewer, known_to_stranger = reviewer.get(address).json(), Client().get(address).json()
    assert (known_to_reviewer["known"], known_to_reviewer["changed"]) == (True, False)
    # The round is not published yet: what it is called is nobody else's business.
    assert (known_to_stranger["reason"], "export" in known_to_stranger) == ("permission", False)


@pytest.mark.breadth
def test_a_changed_note_is_found_by_verifying_the_file(known, people, reviewer):
    job = ask_for_report(known.round, by=people["rev"])
    run_job(job.pk)
    answer = reviewer.get(f"{ROOT}reports/{job.pk}/file/")
    type(known.round).objects.update(name="另一个名称")

    assert reviewer.get(f"/api/v1/verify/{answer['X-SHA256']}/").json()["changed"] is True


def test_no_night_job_takes_a_file_that_a_page_still_offers(known, people, reviewer):
    job = ask_for_report(known.round, by=people["rev"])
    run_job(job.pk)
    job.refresh_from_db()
    path = word_file(job)
    spare = path.with_name(f"{'0' * 64}.docx")
    spare.write_bytes(b"x")
    for one in (path, spare):
        os.utime(one, (0, 0))

    for task in ("assessments.sweep_files", "reports.tidy", "updates.sweep_files", "desk.sweep_files"):
        assert run_job(enqueue(task).pk)

    assert reviewer.get(f"{ROOT}reports/{job.pk}/file/").status_code == 200
    assert not spare.exists()


def test_an_altered_file_is_not_handed_out(known, people, reviewer):
    job = ask_for_report(known.round, by=people["rev"])
    run_job(job.pk)
    job.refresh_from_db()
    word_file(job).write_bytes(b"something else")

    answer = reviewer.get(f"{ROOT}reports/{job.pk}/file/")

    assert answer.status_code == 404
    assert "已被改动或损坏" in answer.content.decode()
    assert not Export.objects.exists()


def test_authors_are_asked_by_a_job(known):
    ask_everywhere()

    job = Job.objects.get(kind="assessments.ask", arguments={"plan": "test-plan"})
    assert run_job(job.pk)
    job.refresh_from_db()
    assert job.result == {"asked": 0}


@pytest.mark.breadth
def test_libre_office_reads_the_file(known, tmp_path):
    """Another program than the one that wrote it sets it as pages."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed here; python-docx alone has read the file back")
    source = tmp_path / "report.docx"
    source.write_bytes(write_docx(build_report(known.round)))

    home = f"-env:UserInstallation=file://{tmp_path}/office"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)

    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


def contents_of(data: bytes) -> list[str]:
    """The lines of a file's contents, each with the page that stands there."""
    lines = [paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs]
    return [line for line in lines if "\t" in line]


def test_a_kept_version_says_its_pages_once_they_are_set_and_verifies_before_and_after(known, people, reviewer):
    if not can_set_pages():
        pytest.skip("LibreOffice is not installed here")
    keep_version(known.round, by=people["rev"], reason="征求意见稿")
    address = f"{ROOT}rounds/midterm/report/versions/1/report.docx"
    before = reviewer.get(address)
    assert all(line.endswith("\t") for line in contents_of(before.content))
    assert "目录暂无页码" in reviewer.get(f"{ROOT}rounds/midterm/report/writing/").content.decode()

    assert run_job(Job.objects.get(kind=PAGES).pk)

    after = reviewer.get(address)
    pages = [int(line.split("\t")[1]) for line in contents_of(after.content)]
    assert pages == sorted(pages)
    assert pages[0] == 3  # after cover and contents
    assert len(pages) == len(contents_of(before.content))
    assert reviewer.get(address).content == after.content
    assert "目录暂无页码" not in reviewer.get(f"{ROOT}rounds/midterm/report/writing/").content.decode()
    for answer in (before, after):
        assert reviewer.get(f"/api/v1/verify/{answer['X-SHA256']}/").json()["changed"] is False
    assert set_pages() == 0


def test_without_libre_office_a_version_leaves_with_the_question_to_word_and_says_so(
    known, people, reviewer, monkeypatch
):
    monkeypatch.setenv("PATH", "")
    kept = keep_version(known.round, by=people["rev"])
    assert run_job(Job.objects.get(kind=PAGES).pk)

    kept.refresh_from_db()
    assert kept.pages is None
    data = reviewer.get(f"{ROOT}rounds/midterm/report/versions/1/report.docx").content
    assert 'w:dirty="true"' in docx.Document(io.BytesIO(data)).element.xml
    page = reviewer.get(f"{ROOT}rounds/midterm/report/writing/").content.decode()
    assert "目录暂无页码" in page
    assert "更新域" in page


@pytest.mark.breadth
def test_a_version_says_whether_it_is_what_was_kept(known, people, reviewer):
    kept = keep_version(known.round, by=people["rev"])
    address = f"{ROOT}rounds/midterm/report/versions/1/"
    assert "与留存时一致" in reviewer.get(address).content.decode()

    ReportVersion.objects.filter(pk=kept.pk).update(document=kept.document | {"title": "另一个题目"})

    assert "与留存时不一致" in reviewer.get(address).content.decode()
