"""The JSON that imports keep: one place for what each version held (audit.stored_json)."""

from audit.stored_json import Shape

HEADINGS = Shape("headings")
SAMPLE = Shape("sample")
MAPPING = Shape("mapping")
COUNTS = Shape("counts")
FAULT = Shape("fault")
LINES = Shape("lines")
CELLS = Shape("cells")
FAULTS = Shape("faults")
DEFAULTS = Shape("defaults")
NAMES = Shape("names")
ANSWERS = Shape("answers")
SHEETS = Shape("sheets")
SAID = Shape("said")
