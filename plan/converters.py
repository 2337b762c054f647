"""Codes in addresses: I-01, P-1.1, A-01.1, P-1.1-03."""

from django.urls import register_converter


class CodeConverter:
    regex = r"[A-Za-z]{1,3}-[0-9]+(?:[.\-][0-9]+)*"

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
