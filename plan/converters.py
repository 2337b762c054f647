"""Codes in addresses: I-01, P-1.1-03, GC1, 重点任务1."""

import re

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


def is_code(text: str) -> bool:
    """Whether an address takes this code."""
    is_short = len(text) <= CODE_LENGTH
    return is_short and not text.lower().endswith(FILE_ENDINGS) and bool(re.fullmatch(CODE, text))


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
