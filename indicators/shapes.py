"""The JSON that targets keep (audit.stored_json)."""

from audit.stored_json import Shape

# Yearly targets: {"2021": "5.5"}, years and values as text.
PATH = Shape("yearly targets")
