"""The lists of words that the rules read, from studio/rules/*.toml."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "rules"


class WordList:
    """A list of words, the longest tried first."""

    def __init__(self, text: str) -> None:
        self.all = tuple(sorted(set(text.replace('"', "").split()), key=lambda word: (-len(word), word)))
        joined = "|".join(re.escape(word) for word in self.all) or r"(?!)"
        self._pattern = re.compile(joined)

    def __contains__(self, word: str) -> bool:
        return word in self.all

    def at(self, text: str, place: int = 0) -> str:
        """The longest of the words that stands at a place of the text, or nothing."""
        found = self._pattern.match(text, place)
        return found[0] if found else ""

    def end_of(self, text: str) -> str:
        """The longest of the words the text ends with, or nothing."""
        return next((word for word in self.all if text.endswith(word)), "")

    def found(self, text: str, after: int = 0) -> re.Match[str] | None:
        """The first of the words in the text from a place on."""
        return self._pattern.search(text, after)

    def each(self, text: str) -> list[re.Match[str]]:
        return list(self._pattern.finditer(text))


@dataclass(frozen=True)
class ChapterRule:
    """What the sections of a chapter are, and what stands in them: kinds by their keys, or nothing."""

    words: WordList
    section: str = ""
    statement: str = ""
    run_in: str = ""
    place: str = ""
    future: str = ""
    fits_all: bool = False


@dataclass(frozen=True)
class Template:
    """A sort of plan to start from: its kinds, and which chapter holds which."""

    key: str
    name: str
    name_en: str
    kinds: tuple[dict[str, Any], ...]
    chapters: tuple[ChapterRule, ...]

    def rule_for(self, title: str) -> ChapterRule:
        """The rule of a chapter by the words of its title; the last one is for all others."""
        return next(rule for rule in self.chapters if rule.fits_all or rule.words.found(title))

    def has(self, kind: str) -> bool:
        return any(known["key"] == kind for known in self.kinds)


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def words(table: str, name: str, file: str = "words.toml") -> WordList:
    """One list of one table of the rules."""
    return WordList(read(file)[table][name])


@cache
def number(table: str, name: str) -> int:
    return int(read("words.toml")[table][name])


@cache
def patterns(table: str, name: str, file: str = "figures.toml") -> re.Pattern[str]:
    return re.compile("|".join(read(file)[table][name]))


@cache
def templates() -> dict[str, Template]:
    """The sorts of plan one can start from, by key."""
    return {path.stem: _template(path) for path in sorted((FOLDER / "kinds").glob("*.toml"))}


def _template(path: Path) -> Template:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    chapters = tuple(
        ChapterRule(words=WordList(rule.pop("words")), fits_all=not rule_words, **rule)
        for rule in document["chapter"]
        for rule_words in [rule["words"]]
    )
    return Template(
        key=path.stem,
        name=document["name"],
        name_en=document["name_en"],
        kinds=tuple(document["kind"]),
        chapters=chapters,
    )
