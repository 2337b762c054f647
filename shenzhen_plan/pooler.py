"""A pooler between the product and PostgreSQL: found out by itself, and what it cannot carry is not asked of it.

In transaction mode a pooler (PgBouncer, say) gives each transaction another connection of the server. What is one
connection's own is lost between two of them: cursors kept on the server, session settings. Locks of this product
end with their transaction; nothing listens, prepares or keeps temporary tables beyond one.
"""

import logging

from django.db.backends.signals import connection_created

log = logging.getLogger(__name__)
CURSORS = "DISABLE_SERVER_SIDE_CURSORS"


def stands_between(driver) -> bool:
    """Whether who answers is not who was greeted: a pooler gives the number of no process of the server."""
    with driver.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0] != driver.get_backend_pid()


def look(sender, connection, **kwargs) -> None:
    """At the first connection of each process; what is found holds for all of them."""
    found = connection.settings_dict
    if connection.vendor != "postgresql" or "POOLER" in found:
        return
    found["POOLER"] = stands_between(connection.connection)
    if found["POOLER"] and not found.get(CURSORS):
        found[CURSORS] = True
        log.info("a pooler stands before PostgreSQL: no cursors are kept on the server outside of transactions")


connection_created.connect(look, dispatch_uid="pooler")
