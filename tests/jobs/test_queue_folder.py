"""The folder that carries messages: whole ones or none, whatever the disk did meanwhile."""

import resource
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

from jobs import queue_folder

queue_folder.install()


@pytest.fixture
def channel(tmp_path):
    for name in ("data", "control"):
        (tmp_path / name).mkdir()
    folder = {"data_folder_in": tmp_path / "data", "data_folder_out": tmp_path / "data"}
    options = {name: str(path) for name, path in folder.items()} | {"control_folder": str(tmp_path / "control")}
    with Connection("filesystem://", transport_options=options) as connection:
        assert isinstance(connection.transport, queue_folder.Transport)
        yield connection.channel()


MESSAGE = {"body": "W10=", "properties": {"delivery_tag": "1"}}


def test_a_message_comes_out_as_it_went_in(channel):
    channel._put("celery", MESSAGE)

    assert channel._get("celery") == MESSAGE
    with pytest.raises(Empty):
        channel._get("celery")


@pytest.mark.parametrize("rest", ["", '{"body": "W1', "null", "[]", "7", '{"body": "W10="}', "\x00\x00"])
def test_what_a_full_disk_left_is_dropped_and_the_next_message_read(channel, rest):
    data = Path(channel.data_folder_in)
    (data / "0_first.celery.msg").write_text(rest)
    (data / "0_second.celery.msg").write_bytes(b"\xff\xfe{")
    channel._put("celery", MESSAGE)

    assert channel._get("celery") == MESSAGE


def test_a_message_that_cannot_be_written_whole_leaves_nothing(channel):
    """No file may grow beyond ten bytes meanwhile: the system itself breaks the write off."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(ChannelError, match="too large"):
            channel._put("celery", MESSAGE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert list(Path(channel.data_folder_out).iterdir()) == []


@pytest.mark.parametrize("rest", ["", '[["", "', "\x00"])
def test_an_exchange_file_cut_short_is_made_anew(channel, rest):
    path = Path(channel.control_folder) / "celery.pidbox.exchange"
    path.write_text(rest)

    assert channel.get_table("celery.pidbox") == []
    path.write_text(rest)
    channel._queue_bind("celery.pidbox", "", "", "one")
    assert [row.queue for row in channel.get_table("celery.pidbox")] == ["one"]
