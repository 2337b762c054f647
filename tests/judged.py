"""What was judged, kept from one test to the next for as long as none of them writes."""

import re

from evidence import queries as evidence
from indicators import queries
from indicators.many import observation_pages

# Rows that no judgement is made of: who reads, signs in and is told leaves them behind.
UNJUDGED = ("accounts_user", "audit_", "axes_", "django_", "jobs_", "notices_", "plan_export")
WRITTEN = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.I)
# Who counts queries begins with nothing in memory; who changes the product or commits leaves nothing there.
ALONE = {"django_assert_num_queries", "django_assert_max_num_queries", "monkeypatch", "settings"}


def commits(item) -> bool:
    """Whether a test's rows are committed, and the database goes back to what it was after it."""
    marker = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or bool(marker and marker.kwargs.get("transaction"))


class Judged:
    """What was judged of the plan as it was loaded stays from test to test; what one of them writes goes with it.

    Judging it anew was a third of each page. From a test's first row on it is as if the memory had been empty.
    """

    memories = (queries._cache, evidence._kept, evidence._kept_states)
    kept: tuple[dict, ...] = ({}, {}, {})
    changed_by = None  # the file one of whose fixtures wrote, for all of its tests
    written = False

    @classmethod
    def forget(cls):
        for memory in cls.memories:
            memory.clear()
        observation_pages.forget()

    @classmethod
    def begin(cls, item):
        if cls.written or cls.changed_by not in (None, item.path):
            cls.kept = ({}, {}, {})
            cls.changed_by = item.path if cls.written else None
        cls.written = False
        cls.forget()
        if not cls.is_alone(item):
            for memory, kept in zip(cls.memories, cls.kept, strict=True):
                memory.update(kept)

    @classmethod
    def end(cls, item):
        """Called when what the test wrote has been rolled back."""
        if commits(item):
            cls.kept = ({}, {}, {})
        elif not cls.written and not cls.is_alone(item):
            cls.kept = tuple(dict(memory) for memory in cls.memories)
        cls.written = False

    @staticmethod
    def is_alone(item) -> bool:
        return bool(ALONE.intersection(item.fixturenames)) or commits(item)

    @classmethod
    def note(cls, execute, sql, params, many, context):
        table = None if cls.written else WRITTEN.match(sql)
        if table and not table[1].startswith(UNJUDGED):
            cls.written = True
            cls.forget()
        return execute(sql, params, many, context)
