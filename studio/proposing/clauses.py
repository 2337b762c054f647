"""What a clause is, by the words it begins with: something to be done, a setting, a fact, a state."""

from dataclasses import dataclass, replace

from studio.proposing.rules import words


@dataclass(frozen=True)
class Clause:
    """A clause and what it is: `action`, `setting` of what follows, `fact`, `state` come about, or `bare`.

    `object` is where the thing begins that the verb acts upon; `verb` the last verb before it.
    """

    start: int
    end: int
    sort: str
    object: int
    verb: str = ""


def read_clause(text: str, start: int, end: int) -> Clause:
    """What a clause is, by the words it begins with."""
    if words("clauses", "means").at(text, start) and (comma := text.find("，", start, end)) > 0:
        return replace(read_clause(text, comma + 1, end), start=start)
    body = text[start:end]
    if words("clauses", "facts").found(body):
        return Clause(start, end, "fact", start)
    joint = words("clauses", "joints").at(body)
    if joint and not words("clauses", "verbs").at(body):
        start, body = start + len(joint), body[len(joint) :]
    verb, at = _verb_at(body)
    manner = _manner(body)
    setting = _setting_at(body, manner) or _setting_at(body, 0)
    if verb and not (setting and at <= manner + len(setting)):
        return Clause(start, end, "action", start + at, verb)
    if setting or verb:
        inner = words("clauses", "within").found(body, len(setting) + 2)
        if inner and inner.end() < len(body):
            return Clause(start, end, "action", start + inner.end(), inner[0])
        return Clause(start, end, "setting", start + len(setting))
    if words("clauses", "states").found(body, len(body) // 3):
        return Clause(start, end, "state", start)
    return Clause(start, end, "bare", start)


def _setting_at(body: str, place: int) -> str:
    """The word a setting begins with; 对外开放 and 自主创新 begin with none."""
    is_other = words("clauses", "no_settings").at(body, place)
    return "" if is_other else words("clauses", "settings").at(body, place)


def _manner(body: str) -> int:
    """Where the words of manner before a setting end: 重点在…开展."""
    at = 0
    while found := words("clauses", "manner").at(body, at):
        at += len(found)
    return at


def _verb_at(body: str) -> tuple[str, int]:
    """The verb a clause begins with, after words of manner, and where its object begins."""
    manner, verbs = words("clauses", "manner"), words("clauses", "verbs")
    at, last, verb = 0, "", ""
    while (found := manner.at(body, at)) and at + len(found) < len(body):
        at, last = at + len(found), found
        if verb_here := verbs.at(body, at):
            verb = verb_here
            break
    if not verb:
        verb = verbs.at(body, at)
        if not verb:
            return (last, at) if last in verbs else ("", 0)
    at += len(verb)
    while found := _next_verb(body, at):
        at, verb = at + len(found), found.lstrip("和并、与或")
    return verb, at


def _next_verb(body: str, at: int) -> str:
    verbs = words("clauses", "verbs")
    if found := verbs.at(body, at):
        return found
    if body[at : at + 1] in tuple("和并、与或") and (found := verbs.at(body, at + 1)):
        return body[at] + found
    return ""
