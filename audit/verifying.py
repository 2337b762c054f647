"""Whether the log is whole: every link, every row's content, the ends of the chains, and the triggers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from audit import anchors, archive, guards
from audit.anchors import Anchor, BadAnchor
from audit.archive import FACTS, BrokenArchive
from audit.digests import CONTENT, digest_of, link_hash
from audit.models import AuditEvent, ChainLink

ROWS_AT_A_TIME = 2000
# More than a reader would read; the count goes on.
FAULTS_KEPT = 50


@dataclass
class Verified:
    """What a walk over the whole log found. `rows` are linked rows, `chains` those that came with backups."""

    rows: int = 0
    position: int = 0
    head: str = ""
    chains: int = 0
    anchors: int = 0
    last_anchor: str = ""
    archived: int = 0
    faults: list[str] = field(default_factory=list)
    number: int = 0

    @property
    def holds(self) -> bool:
        return self.number == 0

    def note(self, fault: str) -> None:
        self.number += 1
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(fault)


@dataclass
class Walk:
    """Along the links of one chain in their order; `say` takes what is wrong."""

    name: str
    say: Any
    position: int = 0
    hash: str = ""
    rows: int = 0

    def step(self, *, position: int, previous: str, hash: str, digest: str) -> None:
        if self.rows and position != self.position + 1:
            self.say(
                _("%(chain)s缺第 %(first)d 至 %(last)d 环")
                % {"chain": self.title, "first": self.position + 1, "last": position - 1}
            )
        elif self.rows and previous != self.hash:
            self.say(_("%(chain)s第 %(n)d 环与前一环接不上") % {"chain": self.title, "n": position})
        if link_hash(previous, position, digest) != hash:
            self.say(_("%(chain)s第 %(n)d 环的散列与记录不符") % {"chain": self.title, "n": position})
        self.position, self.hash, self.rows = position, hash, self.rows + 1

    @property
    def title(self) -> str:
        return _("备份带来的链 %(name)s：") % {"name": self.name[:8]} if self.name else ""


def verify() -> Verified:
    """Walks over the whole log, in a few megabytes however long it is."""
    found = Verified()
    # Before the rows: what is written meanwhile comes after them.
    kept = list(anchors.kept())
    marks = {mark.position: [] for _name, mark in kept if isinstance(mark, Anchor)}
    ends: dict[str, Walk] = {}
    identity, brought = "", {}
    for link in _links(found):
        walk = ends.get(link["chain"])
        if walk is None:
            walk = ends[link["chain"]] = Walk(link["chain"], found.note)
            identity = _begin(link, found) or identity
        _content(link, walk, found)
        walk.step(
            position=link["position"],
            previous=link["previous"],
            hash=link["hash"],
            digest=link["event__digest"],
        )
        if not link["chain"] and link["event__action"] == "restore":
            brought |= {chain["chain"]: chain for chain in (link["event__after"] or {}).get("chains", [])}
        if not link["chain"] and link["position"] in marks:
            marks[link["position"]].append(link["hash"])
    own = ends.pop("", None)
    if own is not None:
        found.position, found.head = own.position, own.hash
    found.rows = sum(walk.rows for walk in ends.values()) + (own.rows if own else 0)
    found.chains = len(ends)
    _unlinked(found)
    _brought(ends, brought, found)
    _anchored(kept, marks, identity, found)
    for name in guards.missing(connection):
        found.note(_("数据库中缺少触发器 %(name)s") % {"name": name})
    return found


def _links(found: Verified) -> Iterator[dict[str, Any]]:
    """Those in the archives first: the chain goes on from them."""
    try:
        for link in archive.links():
            found.archived += 1
            yield link
    except BrokenArchive as problem:
        found.note(str(problem))
    rows = ChainLink.objects.order_by("chain", "position").values(*FACTS, *(f"event__{name}" for name in CONTENT))
    yield from rows.iterator(chunk_size=ROWS_AT_A_TIME)


def _begin(link: dict[str, Any], found: Verified) -> str:
    """Looks at the first link there is of a chain; the name of our own chain, else an empty text."""
    chain, position = link["chain"], link["position"]
    walk = Walk(chain, found.note)
    if not chain:
        if position != 1:
            found.note(_("缺第 %(first)d 至 %(last)d 环") % {"first": 1, "last": position - 1})
        return link["previous"] if position == 1 else ""
    if chain != link["hash"]:
        found.note(_("%(chain)s开头的记录已不在") % {"chain": walk.title})
    before = ChainLink.objects.filter(hash=link["previous"], position=position - 1)
    if position > 1 and not before.exists():
        found.note(_("%(chain)s第 %(n)d 环之前的记录不在") % {"chain": walk.title, "n": position})
    return ""


def _content(link: dict[str, Any], walk: Walk, found: Verified) -> None:
    facts = {"chain": walk.title, "n": link["position"], "id": link["event_id"]}
    if digest_of({name: link[f"event__{name}"] for name in CONTENT}) != link["event__digest"]:
        found.note(_("%(chain)s第 %(n)d 环的记录（编号 %(id)d）内容已被改动") % facts)
    if link["event__origin"] != link["chain"]:
        found.note(_("%(chain)s第 %(n)d 环的记录（编号 %(id)d）来源已被改动") % facts)


def _unlinked(found: Verified) -> None:
    for pk in AuditEvent.objects.filter(link=None).order_by("pk").values_list("pk", flat=True).iterator():
        found.note(_("记录（编号 %(id)d）不在链中") % {"id": pk})
    here = AuditEvent.objects.filter(pk=OuterRef("event_id"))
    for pk in ChainLink.objects.exclude(Exists(here)).order_by("pk").values_list("event_id", flat=True).iterator():
        found.note(_("记录（编号 %(id)d）已被删除") % {"id": pk})


def _brought(ends: dict[str, Walk], said: dict[str, dict[str, Any]], found: Verified) -> None:
    """The chains that came with backups are as long as the rows about their restores say."""
    for name, chain in said.items():
        walk = ends.get(name) or Walk(name, found.note)
        if (walk.rows, walk.hash) != (chain["rows"], chain["head"]):
            found.note(
                _("%(chain)s应有 %(said)d 条记录，现有 %(rows)d 条")
                % {"chain": walk.title, "said": chain["rows"], "rows": walk.rows}
            )
    for name in ends.keys() - said.keys():
        found.note(_("%(chain)s没有恢复记录说明其来历") % {"chain": Walk(name, found.note).title})


def _anchored(kept, marks: dict[int, list[str]], identity: str, found: Verified) -> None:
    for name, mark in kept:
        facts = {"name": name}
        if isinstance(mark, BadAnchor):
            found.note(_("锚点 %(name)s 已被改动，或不是本系统签的（%(why)s）") % (facts | {"why": str(mark)}))
        elif mark.chain != identity:
            found.note(_("锚点 %(name)s 属于另一条链：日志曾被清空或替换") % facts)
        elif not marks[mark.position]:
            found.note(
                _("锚点 %(name)s 记到第 %(n)d 环，日志现在只到第 %(last)d 环：末尾的记录已不在")
                % (facts | {"n": mark.position, "last": found.position})
            )
        elif marks[mark.position] != [mark.hash]:
            found.note(_("锚点 %(name)s 与第 %(n)d 环不符") % (facts | {"n": mark.position}))
        else:
            found.anchors, found.last_anchor = found.anchors + 1, name
