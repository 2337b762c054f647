"""Limits of the product itself, without a proxy: bodies, rates, pools; in words, and nobody else pays for it."""

import inspect
import io
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import Role
from audit.models import AuditEvent
from desk.models import ImportBatch
from plan import disk
from shenzhen_plan import limits
from shenzhen_plan.access import view_names
from tests.factories import make_person

# How much may be asked at once is decided before a view asks for rows.
pytestmark = pytest.mark.one_database

MB = 1024 * 1024
TABLE = b"code,year,value,released_on,source_title\nI-01,2021,1,2022-01-01,a\n"
OURS = {path.name for path in project.BASE_DIR.iterdir() if (path / "__init__.py").exists()}
STRANGER, OTHER = "203.0.113.7", "203.0.113.8"


class Announced(io.RawIOBase):
    """A body that says how long it is and notes whether anybody has read of it."""

    def __init__(self):
        self.was_read = False

    def readable(self):
        return True

    def read(self, size=-1):
        self.was_read = True
        return b""


def announce(client, path, size, content_type="multipart/form-data; boundary=x"):
    body = Announced()
    client.cookies[project.CSRF_COOKIE_NAME] = "a" * 32
    answer = client.generic("POST", path, b"", content_type, CONTENT_LENGTH=str(size), **{"wsgi.input": body})
    return answer, body.was_read


@pytest.fixture
def rates(settings):
    def put(**given):
        known = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
        settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": known | given}

    return put


def test_every_named_address_is_one_of_the_site():
    named = limits.UPLOADS.keys() | limits.SIGN_IN | limits.HASHING | limits.FILES

    assert named - set(view_names()) == set()


@pytest.mark.parametrize(
    ("path", "size", "limit"),
    [
        ("/sz-sti-14/review/chosen/", 400 * MB, "2.5"),
        ("/accounts/login/", 3 * MB, "2.5"),
        ("/api/v1/assess/", 3 * MB, "2.5"),
        ("/nothing/", 3 * MB, "2.5"),
        ("/verify/", 52 * MB, "51.0"),
        ("/api/v1/verify/", 52 * MB, "51.0"),
        ("/sz-sti-14/data/imports/upload/", 30 * MB, "2.5"),
        ("/sz-sti-14/items/P-1.1/report/", 30 * MB, "2.5"),
    ],
)
def test_a_strangers_large_body_is_refused_before_a_byte_is_read(plan, path, size, limit):
    answer, was_read = announce(Client(enforce_csrf_checks=True), path, size)

    assert answer.status_code == 413
    assert f"这里一次最多收 {limit} MB" in answer.content.decode()
    assert not was_read


@pytest.mark.parametrize(
    ("path", "brand"), [("/sz-sti-14/review/chosen/", "深圳科技创新“十四五”"), ("/accounts/login/", "规划跟踪")]
)
def test_what_is_too_large_is_refused_within_the_frame_of_its_plan(plan, path, brand):
    html = announce(Client(enforce_csrf_checks=True), path, 400 * MB)[0].content.decode()

    assert re.search(r'class="brand-name"[^>]*>\s*([^<]+?)\s*<', html)[1] == brand
    assert ("/sz-sti-14/indicators/" in html) == path.startswith("/sz-sti-14/")


def test_the_server_in_front_lets_through_what_each_form_takes():
    """It cut the studio's texts, releases and chapters at 3 MB, with words of its own."""
    told = (project.BASE_DIR / "deploy" / "nginx" / "plan.conf").read_text(encoding="utf-8")
    found = re.findall(r"location ~ (\S+) \{\s+client_max_body_size (\d+)m;", told)
    for name, megabytes in limits.UPLOADS.items():
        addresses = [path for view, path in example_addresses() if view == name]
        assert addresses, name
        for path in addresses:
            # As nginx does: the first that fits.
            size = next((int(size) for pattern, size in found if re.search(pattern, path)), 3)
            assert size == megabytes() + 1, path


def example_addresses(resolver=None, before="/", space=""):
    """Every view's name with an address of it."""
    for one in (resolver or get_resolver()).url_patterns:
        path = before + re.sub(r"<int:\w+>", "7", str(one.pattern))
        path = re.sub(r"<[^>]+>", "some-1", path)
        if hasattr(one, "url_patterns"):
            yield from example_addresses(one, path, f"{one.namespace}:" if one.namespace else space)
        elif one.name:
            yield f"{space}{one.name}", path


def test_people_may_send_what_their_forms_take_and_no_more(plan):
    client = Client()
    client.force_login(make_person("ana", Role.ANALYST))

    assert announce(client, "/sz-sti-14/data/imports/upload/", 52 * MB)[0].status_code == 413
    assert announce(client, "/sz-sti-14/items/P-1.1/report/", 202 * MB)[0].status_code == 413
    assert announce(client, "/sz-sti-14/data/imports/upload/", 40 * MB)[0].status_code != 413
    assert announce(client, "/sz-sti-14/review/chosen/", 3 * MB)[0].status_code == 413


def takes_files(view) -> bool:
    """Whether a view reads files, itself or by a function of its module that it calls."""
    view = inspect.unwrap(getattr(view, "view_class", view))
    if not inspect.isfunction(view) and not inspect.isclass(view):
        view = type(view)
    source = inspect.getsource(view)
    helpers = [
        value for name, value in getattr(view, "__globals__", {}).items()
        if inspect.isfunction(value) and value.__module__ == view.__module__ and f"{name}(" in source
    ]  # fmt: skip
    return "request.FILES" in source + "".join(map(inspect.getsource, helpers))


def views(patterns=None, prefix=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}", pattern.callback
        else:
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from views(pattern.url_patterns, inner)


@pytest.mark.breadth
def test_every_address_that_reads_a_file_may_have_one_of_some_size():
    read = {name for name, view in views() if view.__module__.split(".")[0] in OURS and takes_files(view)}

    assert {"assessments:note_edit", "evidence:import", "studio:table", "desk_import:upload"} <= read
    # The steps of a release share one table of acts, of which attaching alone, named above, reads a file.
    assert {name for name in read - set(limits.UPLOADS) if not name.startswith("desk:release_")} == set()


def test_a_form_without_room_on_the_disk_is_refused_in_words(plan, settings):
    settings.DISK_RESERVE_MB = disk.free_mb() + 1_000
    client = Client()
    client.force_login(make_person("ana", Role.ANALYST))
    table = SimpleUploadedFile("a.csv", b"code,year,value\n")

    answer = client.post("/sz-sti-14/data/imports/upload/", {"file": table})

    assert (answer.status_code, "磁盘空间不足" in answer.content.decode()) == (507, True)
    assert client.get("/sz-sti-14/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302


@pytest.fixture
def importer(plan):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person("ana", Role.ANALYST))
    client.get("/sz-sti-14/data/imports/")
    token = client.cookies[project.CSRF_COOKIE_NAME].value

    def upload(size):
        rows = TABLE + b"I-01,2022,1,2023-01-01,a\n" * (size // 25)
        form = {"file": SimpleUploadedFile("a.csv", rows), "csrfmiddlewaretoken": token}
        return client.post("/sz-sti-14/data/imports/upload/", form)

    return upload


@pytest.fixture
def small_disk(tmp_path, settings):
    """A disk of four megabytes, where this machine lets us have one."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", tmp_path], check=False)
    if made.returncode:
        pytest.skip("mounting takes root")
    settings.DATA_DIR = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR, settings.DISK_RESERVE_MB = str(tmp_path / "incoming"), 0
    for name in ("imports", "incoming"):
        (tmp_path / name).mkdir()
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.parametrize(
    ("size", "words"), [(5 * MB, "磁盘空间不足"), (3 * MB, "磁盘已满")], ids=["announced", "met when it is copied"]
)
def test_a_full_disk_is_said_and_nothing_stays(small_disk, importer, size, words):
    answer = importer(size)

    assert (answer.status_code, words in answer.content.decode()) == (507, True)
    assert not ImportBatch.objects.exists()
    assert [path.name for name in ("imports", "incoming") for path in (small_disk / name).iterdir()] == []
    assert importer(1000).status_code == 302


def test_a_folder_that_cannot_be_written_is_named(importer, settings):
    settings.DISK_RESERVE_MB = 0  # of which it has none
    settings.FILES_FOLDER = Path("/sys")  # takes no files, not even root's

    answer = importer(100)

    assert (answer.status_code, "无法写入文件夹“sys”" in answer.content.decode()) == (503, True)
    assert not ImportBatch.objects.exists()


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("sign_in", "post", "/accounts/login/"),
        ("export", "get", "/sz-sti-14/platforms.csv"),
        ("export", "get", "/sz-sti-14/reports/file/?dataset=items&format=csv"),
        ("search", "get", "/sz-sti-14/search/?q=5G"),
        ("search", "get", "/sz-sti-14/items/?q=5G"),
        ("verify_page", "get", f"/verify/?sha256={'0' * 64}"),
        ("verify_page", "post", "/verify/"),
        ("write", "post", "/i18n/language/"),
        ("write", "post", "/sz-sti-14/review/chosen/"),
    ],
)
def test_each_class_of_work_has_a_rate(plan, rates, scope, method, path):
    rates(**{scope: "3/min"})
    client = Client(REMOTE_ADDR=STRANGER)

    answers = [getattr(client, method)(path) for _ in range(5)]

    assert [answer.status_code == 429 for answer in answers] == [False] * 3 + [True] * 2
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert "请求过于频繁" in answers[-1].content.decode()
    assert "no-store" in answers[-1]["Cache-Control"]
    # Nobody else pays for it, and neither do the visitor's other requests.
    assert getattr(Client(REMOTE_ADDR=OTHER), method)(path).status_code != 429
    assert client.get("/sz-sti-14/").status_code == 200


def test_a_forged_address_lifts_no_limit(plan, rates):
    rates(export="3/min")

    answers = [
        Client(REMOTE_ADDR=STRANGER, headers={"x-forwarded-for": f"1.1.1.{number}"}).get(
            "/sz-sti-14/platforms.csv"
        )
        for number in range(8)
    ]

    assert [answer.status_code for answer in answers].count(429) == 5


@pytest.mark.breadth
def test_people_are_counted_as_persons(plan, rates):
    rates(export="2/min")
    first, second = Client(REMOTE_ADDR=STRANGER), Client(REMOTE_ADDR=STRANGER)
    first.force_login(make_person("ana", Role.ANALYST))
    second.force_login(make_person("rev", Role.REVIEWER))

    answers = [first.get("/sz-sti-14/platforms.csv").status_code for _ in range(3)]

    assert answers == [200, 200, 429]
    assert second.get("/sz-sti-14/platforms.csv").status_code == 200


def test_refused_posts_of_a_stranger_leave_a_bounded_number_of_rows(plan, rates):
    rates(write="5/min")
    client = Client(REMOTE_ADDR=STRANGER)

    for _ in range(20):
        client.post("/accounts/people/new/", {})

    assert AuditEvent.objects.filter(action="refused").count() <= 5


def elsewhere(work):
    """What `work` gives in a thread of its own, as each visitor has one."""
    with ThreadPoolExecutor(1) as hand:
        return hand.submit(work).result()


def test_a_pool_takes_so_many_lets_a_few_wait_and_tells_the_rest():
    pool = limits.Pool(at_once=1, waiting=1, seconds=60)
    leave = elsewhere(pool.enter)
    with ThreadPoolExecutor(1) as hand:
        waiter = hand.submit(pool.enter)
        time.sleep(0.2)
        told = time.monotonic()
        assert elsewhere(pool.enter) is None
        assert time.monotonic() - told < 30
        leave()
        leave()  # twice is once
        second = waiter.result()
    assert second is not None
    second()
    assert pool.enter() is not None


def test_whoever_waits_too_long_is_told_as_well():
    pool = limits.Pool(at_once=1, waiting=1, seconds=0.1)
    leave = elsewhere(pool.enter)

    assert pool.enter() is None
    leave()
    assert pool.enter() is not None


def test_a_thread_gives_back_what_it_holds_of_an_answer_nobody_read():
    pool = limits.Pool(at_once=1, waiting=0, seconds=0)

    first, second = pool.enter(), pool.enter()

    assert first is not None
    assert second is not None
    first()  # long given back: that of the second stays
    assert elsewhere(pool.enter) is None


@pytest.fixture
def full(monkeypatch):
    def fill(name):
        pool = limits.Pool(at_once=1, waiting=0, seconds=0)
        leave = elsewhere(pool.enter)
        monkeypatch.setattr(limits, name, pool)
        return leave

    return fill


@pytest.mark.parametrize(
    "path",
    ["/sz-sti-14/items.csv", "/sz-sti-14/package.zip", "/sz-sti-14/observations.json", "/api/v1/observations.csv"],
)
def test_strangers_exports_are_bounded_and_the_rest_of_the_site_is_not(plan, full, path):
    leave = full("exports")
    person = Client()
    person.force_login(make_person("ana", Role.ANALYST))

    refused = Client().get(path)

    assert (refused.status_code, refused["Retry-After"]) == (503, "3")
    assert "同时要求这项工作的人太多" in refused.content.decode()
    assert person.get(path).status_code == 200
    assert Client().get("/sz-sti-14/").status_code == 200
    leave()
    for _ in range(3):
        assert sum(map(len, Client().get(path))) > 0  # read to the end or not streamed: the place is free again


@pytest.mark.parametrize("read", [0, 1, 5])
def test_a_reader_who_goes_away_gives_his_place_back_once(read):
    pool = limits.Pool(at_once=1, waiting=0, seconds=0)
    held = limits.Held(iter([b"a", b"b", b"c"]), elsewhere(pool.enter))

    for _piece, _number in zip(held, range(read), strict=False):
        pass
    held.close()
    held.close()

    assert elsewhere(pool.enter) is not None
    assert elsewhere(pool.enter) is None


def test_a_file_that_breaks_off_gives_its_place_back():
    pool = limits.Pool(at_once=1, waiting=0, seconds=0)

    def pieces():
        yield b"a"
        raise ValueError("broken")

    held = limits.Held(pieces(), elsewhere(pool.enter))
    with pytest.raises(ValueError, match="broken"):
        list(held)

    assert elsewhere(pool.enter) is not None


def test_passwords_are_worked_on_one_after_another(plan, full):
    full("hashing")

    refused = Client().post("/accounts/login/", {"username": "a", "password": "b"})

    assert refused.status_code == 503
    assert Client().get("/accounts/login/").status_code == 200
    assert Client().get("/sz-sti-14/").status_code == 200


def test_addresses_of_files_are_all_known_as_such():
    """A new file's address is one of the export class without being told."""
    files = {name for name in view_names() if name.endswith("_file")}

    assert len(files) > 10
    assert all(limits.is_export(name) for name in files)
    assert limits.name_of(reverse("package", args=["sz-sti-14"])) == "package"
