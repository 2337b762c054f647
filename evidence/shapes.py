"""The JSON that imports of statements keep: one place for what each version held (audit.stored_json)."""

from audit.stored_json import Shape

ROWS = Shape("evidence_rows")
