"""The embedded broker: kombu's folder of messages, made to outlive a disk that was full.

A message begun on a full disk stays behind empty or cut short; read by kombu alone it kills the worker that meets
it, one worker a message, and an exchange file of that kind every worker at its start. Here a message gets its
name only once it is whole, and what cannot be read is dropped with a word: the sweep wakes its job again.
"""

import logging
import os
import uuid
from json import dumps
from pathlib import Path
from time import monotonic

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem

log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    def _put(self, queue, payload, **kwargs):
        folder = Path(self.data_folder_out)
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}"
        part = folder / f"{name}.part"
        try:
            part.write_text(dumps(payload), encoding="utf-8")
            os.replace(part, folder / f"{name}.{queue}.msg")
        except OSError as error:
            part.unlink(missing_ok=True)
            raise ChannelError(f"cannot add a message to {folder}: {error.strerror}") from error

    def _get(self, queue):
        while True:
            try:
                payload = super()._get(queue)
            except ValueError as error:  # no JSON, or no text at all
                log.warning("an unreadable message of queue %s was dropped: %s", queue, error)
                continue
            if isinstance(payload, dict) and "properties" in payload:
                return payload
            log.warning("a message of queue %s that is none was dropped", queue)

    def get_table(self, exchange):
        self._forget_unreadable(exchange)
        return super().get_table(exchange)

    def _queue_bind(self, exchange, routing_key, pattern, queue):
        self._forget_unreadable(exchange)
        super()._queue_bind(exchange, routing_key, pattern, queue)

    def _forget_unreadable(self, exchange):
        """Removes an exchange's file that was cut short; every worker binds its queues again at its start."""
        path = self._exchange_file(exchange)
        if path.is_file() and not path.read_bytes().endswith(b"]"):
            log.warning("the unreadable exchange file %s was removed", path.name)
            path.unlink(missing_ok=True)


class Transport(filesystem.Transport):
    Channel = Channel


def install() -> None:
    """Puts this in the place of kombu's own, for addresses that begin with filesystem://."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
