"""The JSON that the spine keeps: one place for what each version held (audit.stored_json)."""

from audit.stored_json import Shape

COLUMNS = Shape("columns")
KINDS = Shape("kinds")
KIND_COUNTS = Shape("kind_counts")
