"""A pasted web page as lines of text: blocks become lines, cells are set apart by tabs, scripts are dropped."""

import re
from html.parser import HTMLParser

BLOCKS = {
    "address", "article", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "footer", "hr", "li", "main", "ol", "p", "section", "table", "tr", "ul",
}  # fmt: skip
SILENT = {"script", "style", "head", "title", "noscript", "template"}
# What stands where the page has a picture: its words cannot be read, and the reader is told so.
PICTURE = "〔图片〕"
TAG = re.compile(r"</?(?:p|div|br|table|tr|td|th|span|h[1-6]|body|html|li|img)\b[^<>]{0,2000}>", re.I)


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0
        self.cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        elif tag == "img":
            self.found.append(f"\n{PICTURE}\n")
        elif tag in ("td", "th"):
            self.found.append("\t" if self.cells else "")
            self.cells += 1
        elif tag in BLOCKS and not (self.cells and tag != "tr"):
            self.cells = 0
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in ("tr", "table"):
            self.cells = 0
            self.found.append("\n")
        elif tag in BLOCKS and not self.cells:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(re.sub(r"[ \t\r\n]+", " ", data))


def has_markup(text: str) -> bool:
    """Whether a text is a page's source: two tags that no plan would print."""
    return len(TAG.findall(text[:200_000])) >= 2


def lines_of_page(page: str) -> str:
    """The page's text, one block a line, one row of a table a line."""
    reader = _Lines()
    reader.feed(page)
    reader.close()
    return "\n".join(line.strip(" ") for line in "".join(reader.found).split("\n"))
