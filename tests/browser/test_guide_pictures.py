"""Takes the pictures of the user guides from the demo, as its people see it.

They go to artifacts/; with GUIDE_PICTURES=1 they also take the place of those in static/guide/.
"""

import base64
import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.breadth import more
from tests.browser.conftest import ARTIFACTS, ROOT
from tests.states import PASSWORD, become_demo, go_back

pytestmark = pytest.mark.browser
FOLDER = ROOT / "static" / "guide"
# Name: who looks, below /sz-sti-14/, from where down.
PICTURES = {
    "overview": ("", "", "header"),
    "indicator": ("", "indicators/I-01/", "main"),
    "as-of": ("", "?as_of=2023-06-30", "header"),
    "text": ("", "text/?coverage=reported", "main"),
    "home": ("demo-analyst", "home/", "main"),
    "figure-new": ("demo-analyst", "data/figures/new/?component=I-02&year=2025", "main"),
    "import": ("demo-analyst", "data/imports/", "main"),
    "updates": ("demo-reporter", "updates/", "main"),
    "update-form": ("demo-reporter", "items/A-01.3/report/", "main"),
    "home-evaluator": ("demo-evaluator", "home/", "main"),
}
# The browser itself makes small pictures: half the bytes of PNG for a page of words.
AS_WEBP = """async (png) => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + png;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1000, Math.round(picture.height * 1000 / picture.width)];
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/webp", 0.74).split(",")[1];
}"""


@pytest.fixture
def demo(db, settings, tmp_path):
    """The plan with its invented people; gone again afterwards."""
    settings.DATA_DIR = tmp_path
    become_demo()
    yield
    go_back()


def sign_in(page: Page, username: str) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator(".entrance button").click()
    expect(page.locator(".who-name")).to_be_visible()


def address_of(path: str) -> str:
    return f"/sz-sti-14/{path}"


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh", *more("en")])
def test_each_picture_of_the_guides(demo, open_page, drawn, language):
    studio = open_page()
    studio.goto("about:blank")
    pages: dict[str, Page] = {}
    for name, (username, path, start) in PICTURES.items():
        page = pages.get(username) or open_page(width=1200, height=1000, language=language)
        if username not in pages and username:
            sign_in(page, username)
        pages[username] = page
        answer = page.goto(address_of(path))
        assert answer.status == 200, path
        drawn(page)
        top = page.locator(start).first.bounding_box()["y"]
        png = page.screenshot(clip={"x": 0, "y": top, "width": 1200, "height": 720}, full_page=True)
        webp = base64.b64decode(studio.evaluate(AS_WEBP, base64.b64encode(png).decode()))
        assert len(webp) < 80_000, (name, len(webp))
        keep(f"{name}.{language}.webp", webp)


def keep(name: str, content: bytes) -> None:
    path = Path(ARTIFACTS, "guide", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if os.environ.get("GUIDE_PICTURES") == "1":
        FOLDER.mkdir(exist_ok=True)
        shutil.copy(path, FOLDER / name)
