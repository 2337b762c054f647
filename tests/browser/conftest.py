"""A real Chromium against a server in this process that holds the real plan.

The pages under test only read, so the server and its database stand for the whole session.
"""

import functools
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site_settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.test import Client
from django.test.testcases import LiveServerThread
from django.utils import translation
from django.views.static import serve
from playwright.sync_api import Page, expect

from evidence import queries as evidence
from indicators import queries
from indicators.many import observation_pages
from plan.models import Plan
from tests.browser.watch import watch
from tests.states import go_back

ROOT = Path(__file__).resolve().parent.parent.parent
ARTIFACTS = ROOT / "artifacts"
SLUG = "sz-sti-14"
# Milliseconds until what a page is to show is given up: those of a busy machine; who waits goes on at once.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
LOCALES = {"zh": "zh-CN", "en": "en-US"}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium, without a window where it is there; Playwright's own download is never asked for."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not path or not Path(path).exists():
        missing = f"no Chromium ({path or 'not on PATH'}): install it, or name it in CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return {**browser_type_launch_args, "executable_path": path, "args": ARGUMENTS}


@pytest.fixture(autouse=True, scope="module")
def _nothing_remembered_of_other_files():
    queries._cache.clear()
    evidence.forget()
    observation_pages.forget()
    cache.clear()


@pytest.fixture(autouse=True)
def _nothing_remembered(_nothing_remembered_of_other_files):
    """Pages are kept from one test to the next, as for visitors: rows here are committed, never rolled back."""
    translation.activate(site_settings.LANGUAGE_CODE)


class FilesFoundOnce(StaticFilesHandler):
    """No file changes during a run, a page asks for ten, and each was looked for in every folder."""

    find = staticmethod(functools.cache(finders.find))

    def serve(self, request):
        found = self.find(self.file_path(request.path))
        if not found:
            return super().serve(request)
        return serve(request, Path(found).name, document_root=Path(found).parent)


@pytest.fixture(scope="session")
def server():
    """The site in a thread of its own, on a free port; it shares the test database with this process."""
    thread = LiveServerThread("127.0.0.1", static_handler=FilesFoundOnce)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://{thread.host}:{thread.port}"
    thread.terminate()


@pytest.fixture
def db(django_db_setup, django_db_blocker):
    """The database open to the server's threads: committed rows, no transaction around the test.

    It takes the name of pytest-django's fixture because that name is what makes pytest-django create the test
    database and run these tests before the transactional ones.
    """
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def site(server, db):
    """Address of the server, with the plan loaded."""
    return server


@pytest.fixture
def own_plan(site, settings, tmp_path):
    """The plan for a test that writes: afterwards it is as it was."""
    settings.DATA_DIR = tmp_path
    yield Plan.objects.get(slug=SLUG)
    go_back()


@pytest.fixture
def sign_in(site):
    """Gives a page the session of a person, without the form and its trail: `sign_in(page, person)`."""

    def give(page: Page, person) -> Page:
        client = Client()
        client.force_login(person)
        name = site_settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
        return page

    return give


@pytest.fixture
def open_page(browser, site):
    """Makes watched pages: `open_page(width=390, language="en", scheme="dark", javascript=False)`."""
    contexts = []

    def make(*, width=1440, height=900, scheme="light", language="zh", javascript=True, touch=False) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
            has_touch=touch,
            accept_downloads=True,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        watch(context, page, urlsplit(site).netloc)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    """A Chinese page of 1440 × 900 in the light theme."""
    return open_page()


@pytest.fixture
def drawn():
    """Waits until every interactive chart of a page stands; on a phone it touches those that wait for it."""

    def wait(page: Page) -> None:
        page.wait_for_function("() => !document.querySelector('[data-figure]') || window.plots")
        page.locator("[data-figure]:not(.drawn)").evaluate_all(
            "holders => holders.forEach(one => one.dispatchEvent(new Event('pointerdown')))"
        )
        expect(page.locator("[data-figure]:not(.drawn)")).to_have_count(0)

    return wait


@pytest.fixture
def shoot():
    """Keeps a picture of the page under artifacts/ with PICTURES=1, for people to look at; no test reads one."""

    def take(page: Page, name: str, *, full_page: bool = False) -> None:
        if not os.environ.get("PICTURES"):
            return
        path = ARTIFACTS / "browser" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=full_page)

    return take
