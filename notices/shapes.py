"""The JSON that notices keep: one place for what each version held (audit.stored_json)."""

from audit.stored_json import Shape

SAID = Shape("said")
