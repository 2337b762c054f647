"""The installation's key: made once, whole, and never empty."""

import pytest

from audit.signing import FILE, is_signed, key_text, sign


@pytest.fixture
def folder(tmp_path, settings):
    settings.INSTALLATION_KEYS = []
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_a_key_is_made_once_and_kept_from_others(folder):
    signature = sign(b"a backup")

    assert is_signed(b"a backup", signature)
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == [FILE]


@pytest.mark.parametrize("left", ["", "\n"])
def test_a_key_that_was_cut_off_is_made_anew(folder, left):
    """Signed with an empty key, everybody could have signed it."""
    (folder / FILE).write_text(left)

    assert len(key_text()) > 50
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_a_line_end_after_a_key_is_no_part_of_it(folder):
    (folder / FILE).write_text("by hand\n")

    assert key_text() == "by hand"
