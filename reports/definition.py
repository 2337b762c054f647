"""What a report is: a few choices that fit into an address, so that a report is a link.

A definition never holds a day: the same one is run as of any.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from plan.days import FIRST_YEAR, LAST_YEAR
from plan.exports.csvfile import ENCODINGS
from plan.exports.files import read_code_columns
from plan.params import BadParameter, hold_names, read_choice, read_number
from texts.names import nearest

METHODS = ("both", "linear", "cagr")
HEADERS = ("zh", "en", "code")
FORMATS = ("csv", "xlsx", "json")
MOST_CODES = 500
# What a definition is written with in an address; each value of the second is a pair of its own.
NAMES = (
    "dataset", "column", "kind", "codes", "status", "organisation", "year_from", "year_to", "method", "header",
    "format", "encoding", "code_columns",
)  # fmt: skip
SEVERAL = ("column", "kind")


@dataclass(frozen=True)
class Definition:
    """Which rows of which dataset, in which columns and form; empty means all."""

    dataset: str = "progress"
    columns: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    status: str = ""
    organisation: str = ""
    year_from: int = 0
    year_to: int = 0
    method: str = "both"
    header: str = "zh"
    format: str = "csv"
    encoding: str = "utf-8"
    code_columns: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        """The choices that differ from the defaults, in one order: the same definition, the same address."""
        usual = Definition()
        pairs = [("dataset", self.dataset)]
        pairs += [("column", name) for name in self.columns]
        pairs += [("kind", kind) for kind in self.kinds]
        if self.codes:
            pairs.append(("codes", " ".join(self.codes)))
        for name in (
            "status", "organisation", "year_from", "year_to", "method", "header", "format", "encoding",
            "code_columns",
        ):  # fmt: skip
            value = getattr(self, name)
            if value != getattr(usual, name):
                pairs.append((name, str(value)))
        return pairs

    def query(self, **more: str) -> str:
        """The query string, with further pairs at its end (the day)."""
        return urlencode([*self.pairs(), *((key, value) for key, value in more.items() if value)])

    def with_columns(self, columns: Iterable[str]) -> "Definition":
        return replace(self, columns=tuple(columns))


def params_of(pairs: Iterable[Iterable[str]]) -> QueryDict:
    """Stored pairs as the parameters of a request."""
    return QueryDict(urlencode([tuple(pair) for pair in pairs]))


def params_in(text: str) -> QueryDict:
    """The query of the desk's own address, as its forms send it along. Raises BadParameter for another name."""
    params = QueryDict(text)
    hold_names(params, (*NAMES, "as_of", "known_by"), several=SEVERAL)
    return params


def read_choices(params, name: str, choices: Iterable[str]) -> tuple[str, ...]:
    """Several of the listed words, each once, in the order given."""
    allowed, found = list(choices), dict.fromkeys(text for text in params.getlist(name) if text)
    for text in found:
        if text not in allowed:
            raise BadParameter(name, text, _not_among(text, allowed))
    return tuple(found)


def _not_among(text: str, allowed: list[str]) -> str:
    listed = "、".join(allowed)
    if near := nearest(text, allowed):
        return _("最接近的是 %(near)s；应为其中之一：%(choices)s") % {"near": near, "choices": listed}
    return _("应为其中之一：%(choices)s") % {"choices": listed}


def read_codes(params, known: set[str], former: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Codes parted by blanks, commas or lines; one the plan had before (`former`: old to new) is read as today's.

    Raises BadParameter for one that the plan does not have.
    """
    said = re.findall(r"[^\s,，、;；]+", params.get("codes", ""))
    found = tuple(dict.fromkeys(code if code in known else (former or {}).get(code, code) for code in said))
    if len(found) > MOST_CODES:
        raise BadParameter("codes", str(len(found)), _("最多 %(n)s 个编码") % {"n": MOST_CODES})
    if unknown := [code for code in found if code not in known]:
        raise BadParameter("codes", "、".join(unknown[:5]), _("本规划没有这些编码，例如 I-01、P-1.1"))
    return found


def read_shape(params) -> dict[str, str]:
    """How the file is to look."""
    return {
        "method": read_choice(params, "method", METHODS, "both"),
        "header": read_choice(params, "header", HEADERS, "zh"),
        "format": read_choice(params, "format", FORMATS, "csv"),
        "encoding": read_choice(params, "encoding", ENCODINGS, "utf-8"),
        "code_columns": _read_code_columns(params),
    }


def _read_code_columns(params) -> str:
    """Whether codes stand beside their words, "1" or ""; where there are codes only, there is nothing to ask."""
    header = read_choice(params, "header", HEADERS, "zh")
    if header == "code" or params.get("format") == "json":
        header = "code"
    return "1" if read_code_columns(params, header) else ""


def read_years(params) -> dict[str, int]:
    years = {
        name: read_number(params, name, default=0, low=FIRST_YEAR, high=LAST_YEAR)
        for name in ("year_from", "year_to")
    }
    if years["year_to"] and years["year_to"] < years["year_from"]:
        raise BadParameter(
            "year_to", str(years["year_to"]), _("不应早于起始年 %(year)s") % {"year": years["year_from"]}
        )
    return years
