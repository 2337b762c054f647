"""Who figures are from: an official body before the press, the press before whoever printed it again."""

import re
from urllib.parse import urlsplit

from plan.models import Source

ORDER = (Source.Rank.OFFICIAL, Source.Rank.STATE_PRESS, Source.Rank.REPOST)
AGAIN = re.compile(r"转载|转）|转发|repost", re.IGNORECASE)
PAPERS = re.compile(r"日报|晚报|商报|文汇报|特区报|证券报|新华|新闻|读特|电视|Daily|Xinhua", re.IGNORECASE)
BODIES = re.compile(r"政府|委员会|局|厅|科协|人大|Government|Bureau", re.IGNORECASE)


def rank_of(source: Source) -> Source.Rank:
    """As somebody judged it; else by its names and address. What names nobody known is no better than a repost.

    Whoever prints again what another published says so in its name.
    """
    if source.rank:
        return Source.Rank(source.rank)
    if AGAIN.search(f"{source.publisher} {source.title}"):
        return Source.Rank.REPOST
    name, host = source.publisher or source.title, urlsplit(source.url).hostname or ""
    if host == "gov.cn" or host.endswith(".gov.cn"):
        return Source.Rank.OFFICIAL
    if PAPERS.search(name):
        return Source.Rank.STATE_PRESS
    return Source.Rank.OFFICIAL if BODIES.search(name) else Source.Rank.REPOST
