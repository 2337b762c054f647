"""Columns of text. The last door: whatever wrote a row (a form, an import, a fixture, a restore, a command), its
text is stored by the rule of `texts.cleaning`, and never longer than its column says.

Forms refuse what only its writer can mend (`texts.forms`); here nothing is refused but length, because rows are
written by machines as well, and a log that cannot be written would hide what it was to tell.
"""

from typing import Any

from django.db import models

from texts import forms
from texts.cleaning import LONGEST, kept_text


class CleanColumn:
    """Keeps a column's text clean and within its length, for single rows, bulk writes and updates alike."""

    lines = False
    form_class: type = forms.LineField

    def pre_save(self, instance: Any, add: bool) -> Any:
        text = super().pre_save(instance, add)
        if isinstance(text, str):
            text = kept_text(text, lines=self.lines)
            setattr(instance, self.attname, text)
            limit = self.max_length
            if limit is not None and len(text) > limit:
                raise forms.BadText({self.name: forms.too_long(limit, len(text))})
        return text

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        value = super().get_db_prep_save(value, connection)
        return kept_text(value, lines=self.lines) if isinstance(value, str) else value

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": self.form_class} | options)

    def deconstruct(self) -> Any:
        """To migrations it is Django's own column: the rule is no matter of the database."""
        name, path, positional, named = super().deconstruct()
        return name, f"django.db.models.{self.stock.__name__}", positional, named


class LineField(CleanColumn, models.CharField):
    """Text of one line."""

    stock = models.CharField


class ProseField(CleanColumn, models.TextField):
    """Text of several lines: 20,000 characters, or as said; `max_length=None` where the product writes it."""

    stock, lines, form_class = models.TextField, True, forms.ProseField

    def __init__(self, *args: Any, max_length: int | None = LONGEST, **options: Any):
        super().__init__(*args, max_length=max_length, **options)

    def deconstruct(self) -> Any:
        name, path, positional, named = super().deconstruct()
        named.pop("max_length", None)  # a column of text has no length in any database
        return name, path, positional, named


class AddressField(CleanColumn, models.URLField):
    """An address on the web."""

    default_validators = [forms.check_address]
    stock, form_class = models.URLField, forms.AddressField


class EmailField(CleanColumn, models.EmailField):
    """An address for mail."""

    stock, form_class = models.EmailField, forms.EmailField
