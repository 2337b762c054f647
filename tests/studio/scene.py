"""A short plan's text and frame, and what a planner does with it, as many tests of the studio begin."""

from studio import services
from studio.choosing import waiting

TEXT = """某市科技规划

一、发展目标

到2030年，创新能力显著增强。研发投入强度提升至7%，技术合同成交额超2000亿元。

二、建设重大平台

（一）科学城

加快建设科学城，打造创新高地。

1. 集聚科研资源。建设国家应用数学中心，完善开放共享机制。

三、保障措施

（一）加强组织领导

建立联席会议制度，压实各方责任。
"""
FRAME = {
    "title": "某市科技规划", "starts_on": "2026-01-01", "ends_on": "2030-12-31", "published_on": "2026-03-01",
    "source": {"publisher": "某市", "title": "某市科技规划", "url": ""},
}  # fmt: skip


def everything(row, by):
    numbers = [one.number for one in waiting(row.held, row.template)]
    return services.accept(row, numbers, by=by, text_key=services.key_of(row.held))
