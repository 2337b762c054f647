"""The JSON that the register of files keeps: one place for what each version held (audit.stored_json)."""

from audit.stored_json import Shape

COLUMNS = Shape("columns")
