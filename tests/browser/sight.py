"""What can be seen to be wrong with a page, as scripts for `page.evaluate` that return a line a problem."""

from pathlib import Path

_SIGHT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8").split("\n", 1)[1].rstrip().removesuffix(";")
OVERFLOW = f"() => {_SIGHT}.overflow()"
CUT = f"""() => {{
  const sight = {_SIGHT};
  sight.layOut();
  return [...sight.cut(), ...sight.overlap(), ...sight.squeezed()];
}}"""
PARTED = f"() => {_SIGHT}.partedDays()"
SMALL = f"() => {_SIGHT}.small()"
