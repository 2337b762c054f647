"""A full disk, a folder without rights, uploads that broke off: nothing half kept, and it is said."""

import errno
import os
import time

import pytest

from plan import disk


def test_no_room_is_said_before_anything_is_kept(settings):
    settings.DISK_RESERVE_MB = disk.free_mb() + 1_000

    with pytest.raises(disk.NoRoom, match="磁盘空间不足"):
        disk.make_room(1)


def test_a_file_counts_before_it_is_there(settings):
    settings.DISK_RESERVE_MB = max(0, disk.free_mb() - 1_000)

    disk.make_room(1 << 20)
    with pytest.raises(disk.NoRoom):
        disk.make_room(2_000 << 20)


def old(path, text="half"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (time.time() - 7200,) * 2)
    return path


def test_what_broke_off_is_swept_and_nothing_else(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "incoming")
    broken = [
        old(tmp_path / name)
        for name in ("attachments/updates/a.part", "imports/b.part", "reports/c.part", "incoming/d.upload")
    ]
    kept = [old(tmp_path / name) for name in ("attachments/updates/a", "imports/b", "reports/c", "plan.sqlite3")]
    young = tmp_path / "incoming" / "e.upload"
    young.write_text("still coming")

    gone = disk.sweep_partial(older_than_seconds=3600)

    assert gone == ["attachments/updates/a.part", "imports/b.part", "incoming/d.upload", "reports/c.part"]
    assert [path.exists() for path in broken] == [False] * 4
    assert [path.exists() for path in [*kept, young]] == [True] * 5


def test_problems_are_told_apart(tmp_path):
    assert disk.problem_with(tmp_path) == ""
    assert "cannot be written" in disk.problem_with(tmp_path / "not there")
    assert disk.reason_of(OSError(errno.ENOSPC, "")) == "the disk is full"
    assert disk.reason_of(OSError(errno.EROFS, "")) == "cannot be written"
    assert disk.reason_of(OSError(errno.ECONNREFUSED, "")) == ""
