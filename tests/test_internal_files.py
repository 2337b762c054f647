"""What is internal to those who work on a report or a note leaves in no file that others may take."""

import io
import zipfile

import pytest

from assessments.models import Evidence, Note
from plan.services import touch_plan
from shenzhen_plan.access import FILES, needed, view_names
from tests import test_permissions as table
from tests.breadth import more
from tests.test_permissions import address_of
from updates.models import Attachment

pytestmark = pytest.mark.one_database
unhurried = table._unhurried
MARK, SHOWN = "内部暗号", "公开明文"
OTHERS = {"api_updates", "api_assessments", "api_item", "changes_rss", "changes_atom", "plans_rss", "dataset"}


@pytest.fixture
def attached(rows, plan):
    """An approved report and a published note, each with an internal file and link beside a public one."""
    update = Attachment.objects.get(pk=rows["file"]).update
    note = Note.objects.get(pk=rows["note"])
    for name, is_internal in ((MARK, True), (SHOWN, False)):
        Attachment.objects.create(
            update=update, name=f"{name}.pdf", content_type="application/pdf", size=1, stored_as=f"{name}",
            uploaded_by=update.entered_by, is_internal=is_internal,
        )  # fmt: skip
        Evidence.objects.create(
            note=note, title=f"{name}.pdf", content_type="application/pdf", size=1, stored_as=f"e{name}",
            sha256="0" * 64, added_by=note.author, is_internal=is_internal,
        )  # fmt: skip
    touch_plan(plan)
    return rows


def texts(data: bytes):
    """A file's bytes, of an archive and of archives within it those of every member."""
    if not data.startswith(b"PK"):
        yield data
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            yield name.encode()
            yield from texts(archive.read(name))


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("visitor", ["other reporter", *more("anonymous", "viewer")])
def test_no_file_that_others_may_take_names_what_is_internal(attached, visitors, visitor):
    names = [name for name in view_names() if name in FILES | OTHERS and needed(name, "GET") is not None]
    leaks, shown = [], set()
    for name in names:
        for format in ("json", "csv"):
            address = address_of(name, attached).replace(".json", f".{format}")
            response = visitors[visitor].get(address)
            if response.status_code != 200:
                continue
            found = list(texts(body(response)))
            leaks += [address for text in found if MARK.encode() in text or MARK.encode("unicode-escape") in text]
            if any(SHOWN.encode() in text for text in found):
                shown.add(name)

    assert leaks == []
    # What is public does stand there: the search would have found the other.
    assert {"updates:file", "api_updates"} <= shown, shown
