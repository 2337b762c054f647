"""Templates are indented for whoever reads them; pages are sent without the indentation.

Only white space that holds a line break is touched, and only where no browser shows it: between the attributes of
a tag, and at the edges of a block (`BLOCKS`); of any other run the break alone stays. It happens once, when a
template is compiled; under `DEBUG=1` it does not, so that an error names its line of the source.
"""

import re

from django.template.loaders import filesystem

BLOCKS = {
    "html", "head", "body", "meta", "title", "link", "script", "style", "header", "footer", "main", "nav",
    "section", "article", "aside", "div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl",
    "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "colgroup", "col", "form",
    "fieldset", "legend", "figure", "figcaption", "blockquote", "pre", "hr", "details", "summary", "option",
    "optgroup", "template", "noscript", "address", "base", "br", "rect", "g", "path", "line", "circle",
    "polyline", "polygon", "use", "defs", "text", "tspan", "desc", "ellipse", "pattern", "clippath", "stop",
    "marker",
}  # fmt: skip
# A message is looked up by its letters, and these texts are shown by them.
LETTERS = r"{%\s*(blocktranslate|comment|verbatim)\b.*?{%\s*end\w+\s*%}"
AS_WRITTEN = re.compile(rf"<(pre|textarea|script|style)\b.*?</\1\s*>|<!--.*?-->|{LETTERS}", re.S)
MARK = re.compile(rf"{LETTERS}|{{%.*?%}}|{{{{.*?}}}}|{{#.*?#}}", re.S)
TAG = re.compile(r"</?([a-zA-Z][\w-]*)")
TEXT = re.compile(r"[^<{]+|.", re.S)
BREAK = re.compile(r"[ \t]*\n\s*")
# Within a tag: a choice of attributes on a line of its own carries the space before them itself.
CHOICES = {"if", "for", "with"}
NO_SPACE = re.compile(r"/?>|{%\s*(if|for|with|elif|else|empty|end)")
# Nothing is seen of these: what stands before them stands before what follows them.
UNSEEN_TAGS = {
    "a", "abbr", "b", "code", "del", "dfn", "em", "i", "ins", "label", "mark", "q", "small", "span",
    "strong", "sub", "sup", "time",
}  # fmt: skip
UNSEEN_MARKS = {"load", "extends", "comment", "csrf_token", "with", "endwith", "joined", "endjoined"}
# Inline without, a block within.
BOXES = {"button", "select", "svg", "datalist"}


class Loader(filesystem.Loader):
    """The project's own pages, folded; a letter's text stays as it is."""

    def get_contents(self, origin):
        source = super().get_contents(origin)
        return fold(source) if origin.template_name.endswith(".html") else source


def fold(source: str) -> str:
    """The template without the white space that is there for its reader."""
    found = list(_pieces(source))
    after, before = _edges(found, forth=True), _edges(found[::-1], forth=False)[::-1]
    return "".join(_folded(*piece, *edges) for piece, *edges in zip(found, after, before, strict=True))


def _folded(kind: str, text: str, after_edge: bool, before_edge: bool) -> str:
    if kind == "tag":
        return _tag(text)
    if kind != "text":
        return text
    if after_edge:
        text = re.sub(r"^[ \t]*\n\s*", "", text)
    if before_edge:
        text = re.sub(r"[ \t]*\n\s*$", "", text)
    return BREAK.sub("\n", text)


def _edges(pieces: list[tuple[str, str]], forth: bool) -> list[bool]:
    """For each piece whether, in every case, the edge of a block stands before it (read backwards: after it)."""
    opening, closing = ({"if"}, {"endif"}) if forth else ({"endif"}, {"if"})
    found, edge, joined = [], False, 0
    choices: list[tuple[bool, list[bool]]] = []
    for kind, text in pieces:
        found.append(edge)
        word = re.match(r"{%\s*(\w+)", text)
        name = word[1] if word and kind == "mark" else ""
        joined += {"joined": 1, "endjoined": -1}.get(name, 0)
        if name in opening:
            choices.append((edge, []))
        elif name in {"else", "elif"} and choices:
            choices[-1][1].append(edge)
            edge = choices[-1][0]
        elif name in closing and choices:
            start, ends = choices.pop()
            edge = all([edge, start, *ends])
        else:
            edge = _edge(kind, text, name, edge, forth, bool(joined))
    return found


def _edge(kind: str, text: str, name: str, edge: bool, forth: bool, joined: bool) -> bool:
    """The same after this piece."""
    if kind == "text":
        if forth and not joined and text[-1:].isspace():
            return True  # a second space is not shown
        return edge and text.isspace()
    if kind == "mark":
        unseen = name in UNSEEN_MARKS or text.startswith(("{#", "<!--")) or re.search(r"\sas\s+\w+\s*%}$", text)
        return edge and bool(unseen)
    tag = TAG.match(text)[1].lower()
    if tag in BOXES:
        return text.startswith("</") != forth
    return tag in BLOCKS or edge and (tag in UNSEEN_TAGS or 'type="hidden"' in text)


def _pieces(source):
    """The template in order, each part with its kind: a tag of HTML, text, or `mark` for what stays as it is."""
    place, text = 0, ""
    while place < len(source):
        if kept := AS_WRITTEN.match(source, place) or MARK.match(source, place):
            kind, end = "mark", kept.end()
        elif TAG.match(source, place):
            kind, end = "tag", _end_of_tag(source, place)
        else:
            end = TEXT.match(source, place).end()
            text, place = text + source[place:end], end
            continue
        if text:
            yield "text", text
        yield kind, source[place:end]
        place, text = end, ""
    if text:
        yield "text", text


def _end_of_tag(source: str, place: int) -> int:
    quote = ""
    while place < len(source):
        if mark := MARK.match(source, place):
            place = mark.end()
            continue
        if quote:
            quote = "" if source[place] == quote else quote
        elif source[place] in "\"'":
            quote = source[place]
        elif source[place] == ">":
            return place + 1
        place += 1
    return place


def _tag(text: str) -> str:
    """A tag with its attributes on one line, as if it had been written so."""
    out, place, quote = "", 0, ""
    moved: list[bool] = []  # for each choice that is open: does it carry the space that stood before it?
    broken = False
    while place < len(text):
        if mark := MARK.match(text, place):
            place = mark.end()
            word = re.match(r"{%\s*(\w*)", mark.group())
            name = word[1] if word and not quote else ""
            if name in CHOICES:
                moved.append(broken)
            out += mark.group()
            carries = bool(moved) and moved[-1] and name in CHOICES | {"elif", "else", "empty"}
            broken = carries and text.startswith("{%", place)  # handed on to the choice within
            out += " " if carries and not broken and not text[place].isspace() else ""
            if name.startswith("end") and moved:
                moved.pop()
            continue
        gap = None if quote else BREAK.match(text, place)
        if gap:
            place, broken = gap.end(), True
            out += "" if NO_SPACE.match(text, place) else " "
            continue
        if quote:
            quote = "" if text[place] == quote else quote
        elif text[place] in "\"'":
            quote = text[place]
        out += text[place]
        place, broken = place + 1, False
    return out
