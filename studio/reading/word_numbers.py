"""Numbers that Word makes itself: 第一章, 一、, （一）. No text holds them; without them no heading is known."""

from collections.abc import Callable
from functools import cache
from typing import Any

from lxml import etree

from texts.numbers import whole_number

SPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}
CN = "零一二三四五六七八九"
CHINESE = {"chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "taiwaneseCounting",
           "taiwaneseCountingThousand", "ideographDigital", "japaneseCounting"}  # fmt: skip
DEEPEST = 9


@cache
def _path(path: str) -> etree.XPath:
    return etree.XPath(path, namespaces=SPACES)


def found(part: Any, path: str) -> list[Any]:
    """What a path finds below a part of the document, whatever part it is."""
    return list(_path(path)(part))


def chinese(number: int) -> str:
    """11 → 十一, 20 → 二十, 103 → 一百零三, as far as headings go."""
    if number > 999:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{CN[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else CN[tens]) + "十"
    elif hundreds and ones:
        said += CN[0]
    return said + (CN[ones] if ones else "")


FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalFullWidth": str,
    "decimalEnclosedCircleChinese": lambda number: chr(0x245F + number) if 0 < number <= 20 else str(number),
    "upperLetter": lambda number: chr(64 + number) if 0 < number <= 26 else str(number),
    "lowerLetter": lambda number: chr(96 + number) if 0 < number <= 26 else str(number),
    **dict.fromkeys(CHINESE, chinese),
}


class WordNumbers:
    """Counts the numbered paragraphs of one document, in their order."""

    def __init__(self, document: Any) -> None:
        self.styles = {style.get(_w("styleId")): style for style in found(document.styles.element, "./w:style")}
        # Reading the part makes one where there is none: the relations say whether there is.
        kinds = [relation.reltype for relation in document.part.rels.values()]
        has = any(kind.endswith("/numbering") for kind in kinds)
        part = document.part.numbering_part.element if has else None
        self.lists = {one.get(_w("numId")): one for one in found(part, "./w:num")} if has else {}
        self.shapes = {one.get(_w("abstractNumId")): one for one in found(part, "./w:abstractNum")} if has else {}
        self.counts: dict[str, list[int]] = {}

    def number_of(self, paragraph: Any) -> str:
        """The number that is printed before a paragraph; empty where it has none, or a bullet."""
        numbered, level = self._list_of(paragraph)
        shape = self._shape(numbered)
        if shape is None or not 0 <= level < DEEPEST:
            return ""
        levels = {whole_number(one.get(_w("ilvl"), "")): one for one in found(shape, "./w:lvl")}
        if level not in levels:
            return ""
        counts = self.counts.setdefault(shape.get(_w("abstractNumId")), [0] * DEEPEST)
        counts[level] = counts[level] + 1 if counts[level] else _start(levels[level])
        counts[level + 1 :] = [0] * (DEEPEST - level - 1)
        return self._printed(levels, counts, level)

    def _printed(self, levels: dict[int | None, Any], counts: list[int], level: int) -> str:
        if _said(levels[level], "numFmt") in ("bullet", "none"):
            return ""
        text = _said(levels[level], "lvlText")
        for other in range(level + 1):
            made = FORMATS.get(_said(levels[other], "numFmt"), str) if other in levels else str
            first = _start(levels[other]) if other in levels else 1
            text = text.replace(f"%{other + 1}", made(counts[other] or first))
        return text + ("" if _said(levels[level], "suff") == "nothing" else " ")

    def _list_of(self, paragraph: Any) -> tuple[str, int]:
        """The list a paragraph is in and how deep, by itself or by its style."""
        holder, seen = paragraph, set[str]()
        level = None
        while holder is not None:
            own = found(holder, "./w:pPr/w:numPr")
            if own:
                deep = found(own[0], "./w:ilvl/@w:val")
                level = whole_number(deep[0]) if deep and level is None else level
                if numbered := found(own[0], "./w:numId/@w:val"):
                    return numbered[0], level if level is not None else self._level_of(numbered[0], seen)
            path = "./w:basedOn/@w:val" if seen else "./w:pPr/w:pStyle/@w:val"
            style = (found(holder, path) or [""])[0]
            holder = self.styles.get(style) if style not in seen else None
            seen.add(style)
        return "", 0

    def _level_of(self, numbered: str, styles: set[str]) -> int:
        """The level that a list gives to a style, where the style does not say it."""
        shape = self._shape(numbered)
        for one in found(shape, "./w:lvl") if shape is not None else ():
            if set(found(one, "./w:pStyle/@w:val")) & styles:
                return whole_number(one.get(_w("ilvl"), "")) or 0
        return 0

    def _shape(self, numbered: str) -> Any:
        listed = self.lists.get(numbered)
        name = found(listed, "./w:abstractNumId/@w:val") if listed is not None else []
        return self.shapes.get(name[0]) if name else None


def _w(name: str) -> str:
    return f"{{{SPACES['w']}}}{name}"


def _start(level: Any) -> int:
    return whole_number(_said(level, "start")) or 1


def _said(level: Any, name: str) -> str:
    return str((found(level, f"./w:{name}/@w:val") or [""])[0])
