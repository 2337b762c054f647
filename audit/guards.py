"""Triggers that keep the log: nothing in it is changed or deleted, and every new row becomes a link of the chain.

The link is made when the row's transaction ends. On PostgreSQL a deferred trigger takes the chain's lock at
commit only, so that a long transaction that has written its row does not hold up everybody else's, and no two
transactions can wait for each other; on SQLite writers stand in line from their first statement on anyway.
There `sha256` is a function Django lends its connections: from the bare `sqlite3` shell nothing can be added.
"""

from textwrap import dedent

TABLES = ("audit_auditevent", "audit_chainlink")
SAYS = "audit rows cannot be changed or deleted"
# Any number, as long as nothing else in this database takes the same advisory lock.
LOCK = 7_211_482_031

POSTGRESQL = """
CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{says} (%)', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE FUNCTION audit_seal() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
  last_position bigint;
  last_hash text;
BEGIN
  PERFORM pg_advisory_xact_lock({lock});
  SELECT position, hash INTO last_position, last_hash
    FROM audit_chainlink WHERE chain = '' ORDER BY position DESC LIMIT 1;
  last_position := coalesce(last_position, 0) + 1;
  last_hash := coalesce(last_hash, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
  INSERT INTO audit_chainlink (chain, position, event_id, previous, hash)
  VALUES ('', last_position, NEW.id, last_hash,
          encode(sha256(convert_to(last_hash || ':' || last_position || ':' || NEW.digest, 'UTF8')), 'hex'));
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION audit_seal() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER audit_seal AFTER INSERT ON audit_auditevent DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.origin = '') EXECUTE FUNCTION audit_seal();
"""
POSTGRESQL_TABLE = """
CREATE TRIGGER {table}_no_edit BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
"""
SQLITE = [
    """
    CREATE TRIGGER audit_seal AFTER INSERT ON audit_auditevent WHEN NEW.origin = ''
    BEGIN
      INSERT INTO audit_chainlink (chain, position, event_id, previous, hash)
      SELECT '', position + 1, NEW.id, hash, sha256(hash || ':' || (position + 1) || ':' || NEW.digest)
      FROM (
        SELECT position, hash, 1 AS is_last FROM audit_chainlink WHERE chain = ''
        UNION ALL SELECT 0, lower(hex(randomblob(32))), 0
        ORDER BY is_last DESC, position DESC LIMIT 1
      );
    END
    """
]
SQLITE_TABLE = [
    """
    CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, '{says} (UPDATE)'); END
    """,
    """
    CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, '{says} (DELETE)'); END
    """,
    # INSERT OR REPLACE deletes without asking the trigger above.
    """
    CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, '{says} (REPLACE)'); END
    """,
]


def install(connection) -> None:
    """Sets the triggers up, afresh where they are there already."""
    remove(connection)
    with connection.cursor() as cursor:
        for statement in _statements(connection, cursor):
            # Without parameters: the texts hold a % of their own.
            cursor.execute(statement, None)


def remove(connection) -> None:
    """Takes the triggers away: for a migration that rebuilds the tables, and for tests that empty them."""
    with connection.cursor() as cursor:
        for name, table in _present(connection, cursor):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on}")


def missing(connection) -> list[str]:
    """The names of the triggers that should be there and are not, or are switched off."""
    with connection.cursor() as cursor:
        there = {name for name, _table in _present(connection, cursor, active=True)}
    kinds = ("no_edit", "no_truncate") if connection.vendor == "postgresql" else (
        "no_update", "no_delete", "no_replace",
    )  # fmt: skip
    wanted = ["audit_seal", *(f"{table}_{kind}" for table in TABLES for kind in kinds)]
    return [name for name in wanted if name not in there]


def _statements(connection, cursor) -> list[str]:
    if connection.vendor == "postgresql":
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        texts = [POSTGRESQL, *(POSTGRESQL_TABLE for _table in TABLES)]
        facts = [{"schema": schema, "lock": LOCK}, *({"table": table} for table in TABLES)]
    else:
        texts = [*SQLITE, *(text for _table in TABLES for text in SQLITE_TABLE)]
        facts = [{} for _text in SQLITE] + [{"table": table} for table in TABLES for _text in SQLITE_TABLE]
    return [dedent(text).format(says=SAYS, **fact) for text, fact in zip(texts, facts, strict=True)]


def _present(connection, cursor, *, active: bool = False) -> list[tuple[str, str]]:
    """(trigger, table) of every trigger of this module."""
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT tgname, relname, tgenabled IN ('O', 'A') FROM pg_trigger"
            " JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND relname = ANY(%s) AND relnamespace = current_schema()::regnamespace",
            [list(TABLES)],
        )
    else:
        cursor.execute(
            "SELECT name, tbl_name, 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s)", TABLES
        )
    return [(name, table) for name, table, enabled in cursor.fetchall() if enabled or not active]
