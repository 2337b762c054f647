"""Which file of plotly.js a page loads: the smallest that knows its traces, of the wheel's version.

The partial bundles come from npm where it is there (`package.json`); the wheel's own file knows every trace and
stands in for each of them. A bundle draws a trace it does not know as a scatter, without a word: `TRACES` says
which it knows, and the tests hold every figure to it.
"""

from importlib.util import find_spec
from pathlib import Path

WHOLE = "plotly.min.js"
# By bundle: its place below node_modules.
PARTIAL = {
    "basic": "plotly.js-basic-dist-min/plotly-basic.min.js",
    "cartesian": "plotly.js-cartesian-dist-min/plotly-cartesian.min.js",
}
# Those of its traces that the product draws; the whole file knows them all.
TRACES = {"basic": {"scatter", "bar"}, "cartesian": {"scatter", "bar", "heatmap"}}


def files(node_modules: Path) -> dict[str, Path]:
    """The files that are there, by name: the whole one always, found without importing plotly."""
    partial = {Path(place).name: node_modules / place for place in PARTIAL.values()}
    wheel = find_spec("plotly")
    assert wheel is not None  # a dependency of the project
    assert wheel.origin is not None
    whole = Path(wheel.origin).parent / "package_data" / WHOLE
    return {name: file for name, file in partial.items() if file.is_file()} | {WHOLE: whole}


def name_of(bundle: str, node_modules: Path) -> str:
    """The file name that serves a bundle ("basic", "cartesian" or "whole")."""
    name = Path(PARTIAL.get(bundle, WHOLE)).name
    return name if name in files(node_modules) else WHOLE
