"""One moment of the database, however long the reading takes and whoever writes meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def server_cursors() -> Iterator[None]:
    """Within a transaction even a pooler keeps one connection: rows are read a few at a time, not all at once."""
    shared = connection.settings_dict
    connection.settings_dict = shared | {"DISABLE_SERVER_SIDE_CURSORS": False}
    try:
        yield
    finally:
        connection.settings_dict = shared


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside is read as of one moment; nobody waits for it. It cannot begin in a transaction."""
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True), server_cursors():
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    # The settings begin each transaction as a writer's, which would keep all others out until the end.
    mode, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic(durable=True):
            connection.cursor().execute("SELECT 1 FROM django_migrations LIMIT 1").fetchall()
            yield
    finally:
        connection.transaction_mode = mode
