"""Codes in addresses: I-01, P-1.1-03, GC1, 重点任务1; and those of plans: sz-sti-14."""

import re
import unicodedata

from django.urls import register_converter

# Letters of any script and digits, with . - _ between; never Latin letters alone, which the addresses beside use.
CODE = r"(?=[^/]*?(?:\d|[^\W\d_A-Za-z]))[^\W_](?:[\w.\-]*[^\W_])?"
CODE_LENGTH = 40
# What an address ends in where it asks for a file: a code with such an end would be read as another's file.
FILE_ENDINGS = (".csv", ".json", ".png", ".svg")
CODE_RULE = (
    "编码由字母（含汉字）、数字和 . - _ 组成，以字母或数字开头和结尾，至少含一个数字或汉字，"
    f"不超过 {CODE_LENGTH} 个字符，不以 .csv 等文件后缀结尾，如 I-01、GC1、重点任务1 / "
    "a code takes letters, digits and . - _, begins and ends with a letter or digit, is not Latin letters alone "
    "and does not end like a file"
)


# Names that addresses beside a plan's begin with, those of the API below /api/v1/ too.
RESERVED = {"accounts", "api", "audit", "healthz", "i18n", "inbox", "metrics", "oidc", "operations", "plans"}
RESERVED |= {"calendar", "following", "handover", "readyz", "robots", "sitemap", "static", "studio", "styleguide"}
RESERVED |= {"assess", "observations", "verify", "webhooks"}
PLAN_ADDRESS = re.compile(r"(?=.{1,50}$)[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
PLAN_ADDRESS_RULE = (
    "地址由小写英文字母、数字和单个连字符组成，以字母或数字开头和结尾，不超过 50 个字符，不与网站自己的地址相同，"
    "如 city-plan-2030 / an address takes lower-case letters, digits and single hyphens between, 50 characters at "
    "most, and is none of the site's own"
)


def is_plan_address(text: str) -> bool:
    """Whether a plan can be reached at /<text>/."""
    return bool(PLAN_ADDRESS.fullmatch(text)) and text not in RESERVED


def is_code(text: str) -> bool:
    """Whether an address takes this code."""
    is_short = len(text) <= CODE_LENGTH
    return is_short and not text.lower().endswith(FILE_ENDINGS) and bool(re.fullmatch(CODE, text))


def folded(code: str) -> str:
    """A code as a reader takes it: I-01, i-01 and Ｉ-０１ are one to whoever types or hears it."""
    return unicodedata.normalize("NFKC", code).casefold()


class CodeConverter:
    regex = CODE

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class FormatConverter:
    regex = "csv|json"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class PictureConverter(FormatConverter):
    regex = "png|svg"


def register():
    register_converter(CodeConverter, "code")
    register_converter(FormatConverter, "format")
    register_converter(PictureConverter, "picture")
