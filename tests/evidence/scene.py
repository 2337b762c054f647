"""People and rows for tests of published statements."""

import csv
import io
from datetime import date

from evidence.models import PublicEvidence
from evidence.services import enter_evidence, source_of, submit_evidence
from tests.approving import approve_evidence
from tests.factories import make_person

HEAD = ["条目编码", "说明了什么", "事实", "公布日期", "发布单位", "来源标题", "来源等级", "数量", "单位"]


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


def table(number=100) -> list[list[str]]:
    rows = [
        ["P-1.1-06", "开工/在建", f"第 {n} 次通报仍在建设", "2025-06", "市报", f"通报{n}", "官方媒体", "", ""]
        for n in range(number)
    ]
    if number > 7:
        rows[3][0] = "P-9.9"
        rows[7][3] = "去年"
    return rows


def as_csv(rows, head=HEAD) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode()
