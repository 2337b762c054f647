"""The JSON that drafts keep: one place for what each version held (audit.stored_json)."""

from audit.stored_json import Shape

HELD = Shape("studio_held")
CHANGED = Shape("studio_changed")
KEYS = Shape("studio_keys")
