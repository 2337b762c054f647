"""What validators of HTML find in a page and browsers forgive: reads the bytes, draws nothing."""

import re
from collections import Counter
from html.parser import HTMLParser

# Elements that are landmarks by themselves, by the role they have; a section only where it has a name.
LANDMARKS = {"nav": "navigation", "aside": "complementary", "main": "main", "section": "region", "form": "form"}
ROLES = {"navigation", "complementary", "main", "region", "form", "search", "banner", "contentinfo"}
PLAIN = {"div", "span", "p"}
MICROSECONDS = re.compile(r"\d\d:\d\d:\d\d\.\d+")
RAW = re.compile(r"<(?=[\d\s=])")


class Reader(HTMLParser):
    """Collects faults, and names once the whole page is read."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.landmarks: list[tuple[str, str, str]] = []
        self.texts: dict[str, str] = {}
        self.open: list[tuple[str, str]] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        role = given.get("role", "")
        if tag == "time" and MICROSECONDS.search(given.get("datetime") or ""):
            self.faults.append(f"microseconds: {given['datetime']}")
        if tag in PLAIN and not role and ("aria-label" in given or "aria-labelledby" in given):
            self.faults.append(f"a name on a plain {tag}: {given}")
        named = given.get("aria-label") or ""
        by = given.get("aria-labelledby") or ""
        kind = role if role in ROLES else "" if role else LANDMARKS.get(tag, "")
        if kind and (named or by or kind not in ("region", "form")):
            self.landmarks.append((kind, named, by))
        self.open.append((tag, given.get("id") or ""))
        for _tag, key in self.open:
            if key:
                self.texts.setdefault(key, "")

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for _tag, key in self.open:
            if key:
                self.texts[key] += data

    def shared_names(self) -> list[str]:
        """Landmarks of one kind that a list of them cannot tell apart."""
        names = Counter(
            (kind, named or " ".join("".join(self.texts.get(key, "").split()) for key in by.split()))
            for kind, named, by in self.landmarks
        )
        return [f"{times} × {kind} “{name}”" for (kind, name), times in names.items() if times > 1]


def faults_of(html: str) -> list[str]:
    """Raw signs, microseconds, names where no name may stand, landmarks that share one."""
    reader = Reader()
    body = re.sub(r"<(script|style|svg|pre|textarea)\b.*?</\1>", "", html, flags=re.S)
    reader.feed(body)
    raw = [f"a raw sign: {body[at.start() : at.start() + 20]!r}" for at in RAW.finditer(body)]
    return raw + reader.faults + reader.shared_names()
