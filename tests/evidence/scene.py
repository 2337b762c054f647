"""People and rows for tests of published statements."""

from datetime import date

from evidence.models import PublicEvidence
from evidence.services import approve_evidence, enter_evidence, source_of, submit_evidence
from tests.factories import make_person


def people():
    """An analyst who enters and a reviewer who approves."""
    return make_person("analyst", "analyst"), make_person("reviewer", "reviewer")


def fields(item, **more):
    published = more.get("published_on", date(2023, 11, 22))
    source = source_of(title="新闻", url="https://example.org/a", publisher="市报", published_on=published)
    return {
        "item": item,
        "source": source,
        "published_on": published,
        "says": PublicEvidence.Says.FOUNDED,
        "fact": "机构已成立",
    } | more


def published(item, analyst, reviewer, **more) -> PublicEvidence:
    """An approved statement on an item."""
    row = enter_evidence(by=analyst, **fields(item, **more))
    row = submit_evidence(row, edition=row.edition, by=analyst)
    return approve_evidence(row, edition=row.edition, by=reviewer)
