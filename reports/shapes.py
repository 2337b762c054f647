"""The JSON that reports keep: one place for what each version held (audit.stored_json)."""

from audit.stored_json import Shape

# Pairs of a name and a value, those that differ from the defaults: a choice added later has its default in all of
# them, and one that is no more is refused by its name when the report is opened (reports.datasets).
DEFINITION = Shape("definition")
