"""Names of single things in a clause: facilities, institutions, platforms, programmes."""

import re
from dataclasses import dataclass

from studio.proposing.rules import number, words
from texts.clauses import Span, cut, members, trimmed

# A row's own end within what might be a name: 北京大学等纳入…大学.
ROW = re.compile(r"(?<![高平同初中])等(?![级效])")
COUNTED = re.compile(r"“?[一二三四五六七八九十百]+大")
BRACKETS = re.compile(r"[（(][^（）()]*[）)]|[“”]")
ROW_END = re.compile(r"等(?P<rest>[^、，]*)$")
# A thing of the place whose plan it is: 市儿童医院, not 市场, 市级, 市重点实验室.
OF_THE_PLACE = re.compile(r"[省市州县](?![场民政区级域会城际内外直里重])")
# A road's number, or how large the thing is, before its name: G228国道, 500千伏, 30万吨级.
SIZE = re.compile(r"\d[\d.]*(?:千伏|千瓦|兆瓦|万千瓦|米|公里|吨级|万吨级|亩|级)")
LINE = re.compile(r"(?:地铁|轨道交通|轻轨)\d+号?线")
ROAD = re.compile(
    r"[GSX]\d{1,4}(?:国道|省道|县道|线)?|(?:国道|省道)\d+|(?:地铁)?\d+号线|[一二三四五六七八九十百]+里"
)
OF_A_PLACE = re.compile(r"[全各本我]?[省市州县区乡镇村]")
# What is done to a thing that has a name, as part of the project's: 白鹤滩灌区现代化改造.
WORKS = re.compile(
    r"(?:[^、，]{1,2}化)?(?:升级|综合|扩能|提质|入地)?(?:改造|扩容|改扩建|扩建|续建配套|改线|改造提升|提升改造|除险加固)(?:工程|项目)?$"
)
# A row's end that says what is built: 等重大水利工程, 等高速公路项目.
WORKS_ROW = re.compile(r"(?:水利|交通|铁路|公路|能源|电源|电网|电力|港航|机场|水运|市政|重大)(?:工程|项目)$")
LONGEST_OF_ROW = 25
PHASE = re.compile(r"[一二三四五]期$")
QUOTED = re.compile(r"“[^“”]+”[^“”]{2,}$")
ENACTED = re.compile(r"《[^《》]+》")
# 马鞍山、花桥两座中型水库: so many of a class, by their names.
SO_MANY = re.compile(r"(?P<count>[两二三四五六七八九])(?:座|个|条|所|处|家|大)(?P<what>[^、，]+)$")
COUNTS = "零一二三四五六七八九"
JOINTS = re.compile(r"和|以及|及(?!其)|与")
# What may stand behind the ending as part of the name: 实验室（深圳）, “强链补链计划”.
BEHIND = re.compile(r"(?:[（(][^（）()]{1,12}[）)]|”)*")


@dataclass(frozen=True)
class NamesFound:
    """The names of a clause, and whether something else is said of them: 支持 X 落地建设一批平台.

    `things` are members of its row that are to be made but have no name of their own: 共性技术创新平台.
    `shared` is what its members have in common: 国家 and 创新中心 of 国家生物制造、分子药物等创新中心.
    """

    names: tuple[Span, ...]
    more: bool
    things: tuple[Span, ...] = ()
    shared: tuple[str, str] = ("", "")

    def title(self, text: str, name: Span) -> str:
        """A name in full: 国家分子药物创新中心."""
        first, last = self.shared
        said = SO_MANY.sub("", text[slice(*name)]) if last else text[slice(*name)]
        return f"{first}{_unquoted(said).removeprefix(first)}{last}"


@dataclass(frozen=True)
class Text:
    """What a text tells of its own names: marks that stand in its headings, and what it says again and again."""

    whole: str = ""
    marks: tuple[str, ...] = ()

    def repeats(self, name: str) -> bool:
        return self.whole.count(name) >= number("names", "often")

    def marks_of(self, name: str) -> bool:
        return any(mark in name for mark in self.marks)


NOTHING = Text()


def names_in(text: str, start: int, end: int, *, verb: str = "", own: Text = NOTHING) -> NamesFound:
    """Names within the object of a clause; `own` is what the text tells of its own names."""
    row_end = ROW_END.search(text[start:end])
    bare = _bare(row_end["rest"]) if row_end else ""
    in_row = bool(words("names", "classes").end_of(bare)) and not words("names", "unnamed_rows").at(bare)
    last = start + row_end.start() if row_end else end
    found: list[Span] = []
    more = False
    if programmes := _programmes(text, start, end, verb):
        return NamesFound(programmes, False)
    if enacted := _enacted(text, start, end, verb):
        return NamesFound(enacted, False)
    if counted := _counted(text, members(text, start, last)):
        return NamesFound(tuple(members(text, start, last)), False, shared=("", counted))
    if row_end and (shared := _shared(text, members(text, start, last), bare)):
        return NamesFound(tuple(members(text, start, last)), False, shared=shared)
    if row_end and (works := _works(text, members(text, start, last), bare, verb)):
        return NamesFound(works, False)
    things: list[Span] = []
    made = True
    for piece in members(text, start, last):
        for member in _joined(text, *piece, in_row=in_row, own=own):
            name = _name_of(text, *member, in_row=in_row, own=own)
            said = name is not None and _says_more(text[name[1] : member[1]])
            if name and (in_row or has_name(text[slice(*name)], verb="" if said else verb, own=own)):
                found.append(name)
                more = more or said
            elif thing := name or _thing_of(text, *member):
                things.append(thing)
            else:
                made = False
    more = more or bool(row_end and in_row and _says_more(_after_class(row_end["rest"])))
    return NamesFound(tuple(found), more, tuple(things) if made else ())


def _shared(text: str, row: list[Span], last: str) -> tuple[str, str] | None:
    """The mark and the class that the members of a row share, where none of them has a class of its own."""
    mark = words("names", "shared_marks").at(text, row[0][0])
    if not mark or len(row) < 2 or last not in words("names", "shared_classes"):
        return None
    alone = any(words("names", "endings").end_of(text[slice(*one)]) for one in row)
    return None if alone or text[row[0][0] + len(mark)] == "级" else (mark, last)


def _is_single(bare: str) -> bool:
    """Whether words end as one thing does: 沙塘水库; not where they only say what class of it: 虚拟电厂."""
    ending = words("names", "single_endings").end_of(bare)
    enough = len(bare) - len(ending) >= number("names", "shortest")
    return bool(ending) and (enough or not words("names", "common").at(bare))


def _unquoted(said: str) -> str:
    """A name in quotation marks without them; “海丰一号”养殖平台 keeps its own."""
    return said.strip("“”") if QUOTED.match(said) is None else said


def _enacted(text: str, start: int, end: int, verb: str) -> tuple[Span, ...]:
    """What is to be in force has the name its title gives it: 出台《古城保护条例》."""
    found = ENACTED.match(text, start, end)
    fits = (
        found and verb in words("names", "enacting") and words("names", "enacted").end_of(found[0].strip("《》"))
    )
    return (found.span(),) if found and fits else ()


def _works(text: str, row: list[Span], bare: str, verb: str) -> tuple[Span, ...]:
    """Members of a row of works, by names that may have no class of their own: 引大济岷等重大水利工程."""
    made = verb in words("names", "making") or verb in words("names", "one_by_one")
    if not made or not WORKS_ROW.search(bare):
        return ()
    fits = all(is_proper(text[slice(*one)]) and 3 <= one[1] - one[0] <= LONGEST_OF_ROW for one in row)
    return tuple(row) if fits else ()


def _is_works(body: str) -> bool:
    """Whether a member is what is done to a thing with a name: 隆黄铁路隆昌至叙永段扩能改造."""
    works = WORKS.search(body)
    if not works or not is_proper(body) or words("names", "vague").found(body):
        return False
    return any(found.start() and found.end() <= works.start() for found in words("names", "endings").each(body))


def _counted(text: str, row: list[Span]) -> str:
    """The class of a row that says how many it names: 水库 of 马鞍山、花桥两座中型水库."""
    found = SO_MANY.search(text, *row[-1]) if len(row) > 1 else None
    if not found or COUNTS.find(found["count"].replace("两", "二")) != len(row) or found.start() == row[-1][0]:
        return ""
    return words("names", "endings").end_of(found["what"])


def is_proper(body: str) -> bool:
    """Whether words begin as names do: with a road's number, or no word that plans use for classes of things."""
    if ROAD.match(body) or LINE.match(body):
        return True
    rest = SIZE.sub("", body, count=1)
    if OF_A_PLACE.match(rest):
        return bool(OF_THE_PLACE.match(rest))
    common = words("names", "common").at(rest) or words("names", "generic").at(rest)
    return (
        not common and not words("clauses", "verbs").at(rest) and not re.match(r"[一二三四五六七八九十\d]", rest)
    )


def has_name(body: str, *, verb: str = "", own: Text = NOTHING) -> bool:
    """Whether a thing bears a mark of a name, begins as names do, or is made as single things are: 迁建, 开工.

    So does what the text says again and again.
    """
    bare = BRACKETS.sub("", body)
    if verb in words("names", "one_by_one"):
        return True
    if verb in words("names", "making") and (QUOTED.match(body) or is_proper(bare)):
        return True
    ending = words("names", "endings").end_of(bare)
    if _is_marked(body, bare[: len(bare) - len(ending)], own) or _is_single(bare):
        return True
    return bool(words("names", "often_endings").end_of(bare)) and own.repeats(body)


def _bare(rest: str) -> str:
    """The class of a row's end without what is done to it: 项目建设 → 项目."""
    while tail := next((word for word in words("names", "tails").all if rest.endswith(word)), ""):
        if tail in words("names", "classes") or len(tail) == len(rest):
            break
        rest = rest[: -len(tail)]
    return rest


def _after_class(rest: str) -> str:
    found = words("names", "classes").found(rest)
    return rest[found.end() :] if found else rest


def _says_more(rest: str) -> bool:
    """Whether behind a name something is said that is more than 建设 or 等项目."""
    rest = rest.strip("等的 ")
    if words("clauses", "verbs").at(rest) and not words("names", "tails").at(rest):
        return True
    while tail := words("names", "tails").at(rest):
        rest = rest[len(tail) :]
    return len(rest) >= 5


def _joined(text: str, start: int, end: int, *, in_row: bool, own: Text) -> list[Span]:
    """A member cut at 和 and 及 where a name stands on both sides."""
    for joint in JOINTS.finditer(text, start, end):
        left, right = (start, joint.start()), (joint.end(), end)
        if is_name(text[slice(*left)], in_row=in_row, own=own) and _name_of(text, *right, in_row=in_row, own=own):
            return [left, *_joined(text, *right, in_row=in_row, own=own)]
    return [(start, end)]


def _name_of(text: str, start: int, end: int, *, in_row: bool, own: Text) -> Span | None:
    """The name a member begins with: the longest that ends as names do."""
    start += max(text[start:end].rfind("的") + 1, 0) if not words("names", "vague").found(text[start:end]) else 0
    body = text[start:end]
    ends = sorted({_behind(body, found.end()) for found in words("names", "endings").each(body)}, reverse=True)
    if line := LINE.match(body):
        return (start, start + line.end()) if _may_follow(body[line.end() :]) else None
    if _is_works(body):
        return trimmed(text, start, end)
    for stop in ends:
        if not is_name(body[:stop], in_row=in_row, own=own):
            continue
        if WORKS.match(body, stop) and is_proper(body):
            return trimmed(text, start, end)
        if _may_follow(body[stop:]):
            return trimmed(text, start, start + stop)
    return None


def _thing_of(text: str, start: int, end: int) -> Span | None:
    """A class of thing with enough said of it to be told from others: 共性技术创新平台."""
    for found in reversed(words("names", "endings").each(text[start:end])):
        body = text[start : start + found.end()]
        unfit = words("names", "vague").found(body) or words("names", "not_within").found(body)
        if not unfit and len(body) - len(found[0]) >= 4 and _may_follow(text[start + found.end() : end]):
            return start, start + found.end()
    return None


def _behind(body: str, place: int) -> int:
    found = BEHIND.match(body, place)
    return found.end() if found else place


def _may_follow(rest: str) -> bool:
    """What may stand behind a name: nothing, its class, what is done with it, or a verb."""
    lists = (words("names", "tails"), words("clauses", "verbs"), words("clauses", "manner"))
    return not rest or rest[0] in "等的“（" or any(known.at(rest) for known in lists)


def is_name(body: str, *, in_row: bool = False, own: Text = NOTHING) -> bool:
    """Whether words name one thing: a mark of a name, or much said before an ending; never a class of things."""
    bare = BRACKETS.sub("", body)
    ending = words("names", "endings").end_of(bare)
    if not ending or len(body) > 45 or cut(body, 0, len(body), "，") != [(0, len(body))]:
        return False
    if words("names", "vague").found(body) or ROW.search(body):
        return False
    # A place in its brackets makes it a name whatever it holds: 技术应用推进中心（深圳）.
    placed = any(words("names", "marks").found(said) for said in BRACKETS.findall(body))
    if words("names", "not_within").found(bare) and not placed:
        return False
    before = len(bare) - len(ending)
    if before and bare[0] in "东南西北" and words("names", "single_endings").end_of(bare):
        return True
    if words("names", "never").end_of(bare):
        return False
    if before > 1 and (_is_marked(body, bare[:before], own) or QUOTED.match(body)):
        return True
    if before > 1 and is_proper(bare):
        return True
    if words("names", "generic").at(bare) and not _is_single(bare):
        return False
    if words("names", "often_endings").end_of(bare) and before > 1 and own.repeats(body):
        return True
    return before >= number("names", _least(bare, in_row))


def _programmes(text: str, start: int, end: int, verb: str) -> tuple[Span, ...]:
    """实施…工程和…计划: the whole object is the name of a programme, or of two, whatever it is made of."""
    for joint in JOINTS.finditer(text, start, end):
        left, right = _programme(text, start, joint.start(), verb), _programme(text, joint.end(), end, verb)
        if left and right:
            return left, right
    whole = _programme(text, start, end, verb)
    return (whole,) if whole else ()


def _programme(text: str, start: int, end: int, verb: str) -> Span | None:
    body = text[start:end]
    if verb not in words("names", "programme_verbs") or re.search("[、，]", body) or COUNTED.match(body):
        return None
    ending = words("names", "programme_endings").end_of(body.rstrip("”"))
    fits = ending and len(body) - len(ending) > 1 and not words("names", "vague").found(body)
    return trimmed(text, start, end) if fits else None


def _is_marked(body: str, before: str, own: Text) -> bool:
    """Whether what stands before an ending, or in its brackets, holds a mark or a name that the text repeats."""
    said = (before if PHASE.search(body) is None else body) + "".join(BRACKETS.findall(body))
    if words("names", "marks").found(said) or own.marks_of(said) or OF_THE_PLACE.match(before):
        return True
    inner = [found.end() for found in words("names", "often_endings").each(before)]
    return any(stop > 3 and own.repeats(before[:stop]) for stop in inner)


def _least(bare: str, in_row: bool) -> str:
    if in_row or words("names", "single_endings").end_of(bare):
        return "shortest_in_row"
    return "shortest_of_classes" if words("names", "class_endings").end_of(bare) else "shortest"
